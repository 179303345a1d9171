"""Experiments made of several runs. Knows no screen and no files."""
