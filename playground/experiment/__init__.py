"""One experiment without a screen: what it is set to, how it runs, what can be seen of it."""
