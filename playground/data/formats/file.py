"""What a user's file of examples is, and what a table is among them. Knows neither a format nor a screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from playground.data.dataset import Dataset, Outline, Source
from playground.data.table import TASKS, Table
from playground.options import names, text


@dataclass(frozen=True)
class FileSource(Source):
    """Data that lie in a file, which the user has to choose."""

    path: str = text("", "file", "The file to read.")

    @classmethod
    def at(cls, path: Path) -> Self:
        """This file, to be found again from any folder."""
        return cls(str(path.resolve()))


@dataclass(frozen=True)
class TableFile(FileSource):
    """A table of which one column is to be predicted from others."""

    target: str = text("", "target", "Name of the column to predict; nothing stands for the last one.")
    inputs: tuple[str, ...] = names((), "inputs", "Columns to predict it from; none stands for all other numbers.")
    task: str = text("automatic", "task", "Automatic takes texts, or at most 10 whole numbers, for classes.", TASKS)

    def table(self) -> Table:
        """All that the file holds.

        Raises:
            DataError: when it holds no table; the sentence names the file and the place.
        """
        raise NotImplementedError

    def load(self, rng: np.random.Generator) -> Dataset:
        return self.table().dataset(self.target, self.inputs, self.task)

    def outline(self) -> Outline:
        return Outline(len(self.table().dataset(self.target, self.inputs, self.task).classes))
