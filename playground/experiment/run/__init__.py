"""A run from its start to its end: trained, scored, written down. The only room that moves a network."""
