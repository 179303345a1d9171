"""Neural Network Playground: draw a network, press play, and see why it learns or why it doesn't."""

__version__ = "0.1.0"
