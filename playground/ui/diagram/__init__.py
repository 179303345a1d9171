"""The network as a diagram to read and to edit."""
