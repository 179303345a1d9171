"""What surrounds panels and views: bars, strips, docks."""
