"""Some of the examples as a network sees them. Knows no config."""

from __future__ import annotations

from playground.data.dataset import Floats
from playground.data.split import Indices


class Part:
    """Some of the examples as the network sees them."""

    def __init__(self, X: Floats, targets: Floats, y: Floats) -> None:
        self.X = X  # (examples, inputs + 1), the last column all ones
        self.targets = targets  # (examples, outputs)
        self.y = y  # (examples,) class index or number, as in the data

    def __len__(self) -> int:
        return len(self.X)

    def some(self, rows: Indices) -> Part:
        """Only the examples at these positions."""
        return Part(self.X[rows], self.targets[rows], self.y[rows])
