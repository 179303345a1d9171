"""Rows that are written down in the course of a run, one a moment: what every log has in common. Knows no run."""

from __future__ import annotations

import numpy as np

from playground.data.dataset import Floats

STEP = 1  # the column that counts steps; the one before it counts epochs


class Log:
    """At most `capacity` rows of `columns` numbers, in the order of their steps."""

    def __init__(self, capacity: int, columns: int) -> None:
        self.count = 0
        self._rows = np.empty((capacity, columns))

    @property
    def rows(self) -> Floats:
        """All records, (records, columns): a view."""
        return self._rows[: self.count]

    @property
    def last_step(self) -> int:
        """Of the last record; −1 before the first."""
        return int(self._rows[self.count - 1, STEP]) if self.count else -1

    @property
    def full(self) -> bool:
        """Whether another record has no room."""
        return self.count == len(self._rows)

    def restore(self, rows: Floats) -> None:
        """Continue after these records, (records, columns)."""
        self.count = len(rows)
        self._rows[: self.count] = rows

    def forget_after(self, step: int) -> None:
        """Drop the records of later steps."""
        self.count = int(np.searchsorted(self.rows[:, STEP], step, side="right"))
