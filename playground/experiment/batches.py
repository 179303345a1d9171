"""Mini-batches in an order drawn anew at each epoch, gathered in blocks so that a step allocates and draws nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.problem import Part
from playground.nn.calls import Call

BLOCK_BYTES = 2**20  # gathered at once; small enough to stay in the processor's cache
BLOCK_BATCHES = 64
Step = list[Call]


class Batches:
    """The training part cut into mini-batches of `size`; the last of an epoch holds what is left.

    A block of batches is gathered into arrays that stay the same for ever, so the calls that train on each place in
    the block are written down once: `compile` is given x (inputs + 1, batch) and targets (outputs, batch).
    """

    def __init__(self, part: Part, size: int, compile: Callable[[Floats, Floats], Step]) -> None:
        self.size = min(size, len(part))
        self.count = -(-len(part) // self.size)
        self.order: NDArray[np.intp] = np.arange(len(part))
        self._part = part
        row_bytes = (part.X.shape[1] + part.targets.shape[1]) * 8
        self._per_block = max(1, min(self.count, BLOCK_BATCHES, BLOCK_BYTES // (self.size * row_bytes)))
        self._X = np.empty((self._per_block * self.size, part.X.shape[1]))
        self._targets = np.empty((self._per_block * self.size, part.targets.shape[1]))
        self._steps = [compile(*self._pair(index, self.size)) for index in range(self._per_block)]
        last = (self.count - 1) % self._per_block
        self._rest = len(part) - (self.count - 1) * self.size  # examples in the last batch
        self._last_steps = [*self._steps[:last], compile(*self._pair(last, self._rest))]
        self._gathered = -1

    def shuffle(self, rng: np.random.Generator) -> None:
        """Draw the order of a new epoch."""
        self.take(rng.permutation(len(self._part)))

    def take(self, order: NDArray[np.intp]) -> None:
        """Use this order of the examples, (examples,)."""
        self.order = order
        self._gathered = -1

    def steps(self, first: int, most: int) -> list[Step]:
        """The steps on batches `first`, `first` + 1, … of this epoch, at most `most`; run them before asking for more."""
        block, offset = divmod(first, self._per_block)
        if block != self._gathered:
            rows = self.order[block * len(self._X) : (block + 1) * len(self._X)]
            # mode="clip" because "raise" would go through a second buffer; the order holds valid indices only.
            np.take(self._part.X, rows, axis=0, out=self._X[: len(rows)], mode="clip")
            np.take(self._part.targets, rows, axis=0, out=self._targets[: len(rows)], mode="clip")
            self._gathered = block
        steps = self._last_steps if (block + 1) * self._per_block >= self.count else self._steps
        return steps[offset : offset + most]

    def gathered_pair(self, batch: int) -> tuple[Floats, Floats]:
        """x and targets of a batch of this epoch that `steps` has just given."""
        return self._pair(batch % self._per_block, self._rest if batch == self.count - 1 else self.size)

    def _pair(self, index: int, size: int) -> tuple[Floats, Floats]:
        rows = slice(index * self.size, index * self.size + size)
        return self._X[rows].T, self._targets[rows].T
