"""A table of examples, frozen, where it comes from, and how it is standardised before a network sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.options import Options
from playground.options.errors import InputError

Floats = NDArray[np.floating]


class DataError(InputError):
    """Data that cannot be used; the message is one sentence that names what and where."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Raw examples. With classes, y holds their indices; without, the number to predict.

    Attributes:
        X: (examples, columns) inputs, float64 or float32, finite.
        y: (examples,) float64: class index 0, 1, ... or target number.
        columns: name of each column of X, with its unit where it has one.
        classes: name of each class, or () for regression.
        target: what y is called.
        origin: where the data come from, for the window's title and the reports.
        note: one sentence on what reading left out, e.g. rows with missing values, else "".
        plane: as `Source.plane`.
        test: rows that are for the test by their makers' will, each once, or None where chance may choose them.
    """

    X: Floats
    y: Floats
    columns: tuple[str, ...]
    classes: tuple[str, ...]
    target: str
    origin: str
    note: str = ""
    plane: bool = False
    test: NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        for array in (self.X, self.y, self.test):
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.X)


class Outline(NamedTuple):
    """What is to be known of data before a network learns from them: how many classes they have, 0 for a number to
    predict, and the two columns that are worth drawing first.
    """

    classes: int
    axes: tuple[int, int] = (0, 1)


@dataclass(frozen=True)
class Source(Options):
    """A choice of data: its fields are its knobs.

    Attributes:
        random: True where `load` draws from the generator it is given, so that another seed gives other examples.
        plane: True where the two columns are coordinates that features such as x1·x2 may be made of.
    """

    random: ClassVar[bool] = False
    plane: ClassVar[bool] = False

    def load(self, rng: np.random.Generator) -> Dataset:
        """The examples. Generators draw from `rng`; files and bundled sets do not touch it.

        Raises:
            DataError: when there is nothing usable; the sentence names what and where.
        """
        raise NotImplementedError

    def outline(self) -> Outline:
        """What a config has to fit. Files are read for it, and what has been read is read no second time.

        Raises:
            DataError: as `load`.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class Scaling:
    """(value − mean) / deviation, column by column. A constant column keeps its size: its deviation counts as 1."""

    mean: Floats  # (columns,)
    deviation: Floats  # (columns,)

    @classmethod
    def of(cls, values: Floats) -> Scaling:
        """The scaling that gives (examples, columns) mean 0 and deviation 1. Of one example nothing can be told."""
        if len(values) == 1:
            return cls.none(values.shape[1])
        # In float32 a long sum is off by so much that a constant column would not be found to be one.
        mean, deviation = values.mean(axis=0, dtype=np.float64), values.std(axis=0, dtype=np.float64)
        constant = deviation <= 1e-12 * np.abs(values).max(axis=0)
        return cls(mean, np.where(constant, 1.0, deviation))

    @classmethod
    def none(cls, columns: int) -> Scaling:
        """The scaling that changes nothing."""
        return cls(np.zeros(columns), np.ones(columns))

    def apply(self, values: Floats, out: Floats | None = None) -> Floats:
        """(examples, columns) scaled, in a new array or in `out`."""
        centred = np.subtract(values, self.mean, out=out, casting="same_kind")
        return np.divide(centred, self.deviation, out=centred, casting="same_kind")

    def invert(self, scaled: Floats) -> Floats:
        """(examples, columns) in the original units."""
        return scaled * self.deviation + self.mean
