"""What is written down of a run, on a schedule of steps: never of seconds, and never more than fits a plot."""

from __future__ import annotations

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.frame import Curves, Scores

CAPACITY = 2048
FIXED = 6  # epoch, step, two losses, two accuracies; then norm, largest and mean, each once a layer


class History:
    """Records at equal distances in epochs, from the start on.

    There are 2**resolution records an epoch, or one every 2**-resolution epochs. When CAPACITY is reached every second
    record is dropped and the distance doubles, so a run of any length keeps between half and all of CAPACITY.
    """

    def __init__(self, layers: int, resolution: int) -> None:
        self.layers = layers
        self.resolution = resolution
        self._rows = np.empty((CAPACITY, FIXED + 3 * layers))
        self.count = 0

    @property
    def rows(self) -> Floats:
        """All records, (records, 6 + 3 · layers): a view."""
        return self._rows[: self.count]

    def next_due(self, epoch: int, step: int, steps_per_epoch: int) -> tuple[int, bool]:
        """After `step` steps of `epoch`: at which step of this epoch to stop next, and whether a record is due there."""
        if self.resolution < 0:
            return steps_per_epoch, (epoch + 1) % 2**-self.resolution == 0
        per_epoch = 2**self.resolution
        mark = step * per_epoch // steps_per_epoch + 1
        return -(-mark * steps_per_epoch // per_epoch), True

    def add(self, epoch: float, step: int, scores: Scores, gradients: Floats) -> None:
        """Write down a moment; gradients are (layers, 3): norm, largest, mean."""
        if self.count == CAPACITY:
            self._rows[: CAPACITY // 2] = self._rows[::2].copy()
            self.count = CAPACITY // 2
            self.resolution -= 1
        accuracies = (scores.train_accuracy, scores.test_accuracy)
        row = self._rows[self.count]
        row[:FIXED] = (
            epoch,
            step,
            scores.train_loss,
            scores.test_loss,
            *(np.nan if a is None else a for a in accuracies),
        )
        row[FIXED:] = gradients.T.ravel()
        self.count += 1

    def restore(self, rows: Floats) -> None:
        """Continue after these records, (records, 6 + 3 · layers)."""
        self.count = len(rows)
        self._rows[: self.count] = rows

    def forget_after(self, step: int) -> None:
        """Drop the records of later steps."""
        self.count = int(np.searchsorted(self.rows[:, 1], step, side="right"))

    def curves(self) -> Curves:
        """A frozen copy."""
        rows = self.rows.copy()
        rows.setflags(write=False)
        epoch, step, train_loss, test_loss, train_accuracy, test_accuracy = rows[:, :FIXED].T
        norm, largest, mean = np.split(rows[:, FIXED:], 3, axis=1)
        steps = step.astype(np.int64)
        steps.setflags(write=False)
        return Curves(epoch, steps, train_loss, test_loss, train_accuracy, test_accuracy, norm, largest, mean)
