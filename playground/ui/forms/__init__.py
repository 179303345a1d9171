"""Knobs as widgets, and what explains them. Knows no run."""
