"""What a network may see of a point of the plane: its coordinates and functions of them. Knows no network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Dataset, Floats
from playground.options import Options


@dataclass(frozen=True)
class Feature(Options):
    """One input made of the two coordinates."""

    def value(self, X: Floats) -> Floats:
        """The input, (examples,), of raw points X, (examples, 2)."""
        raise NotImplementedError


@dataclass(frozen=True)
class X1(Feature):
    """The horizontal coordinate."""

    label = "x₁"

    def value(self, X: Floats) -> Floats:
        return X[:, 0]


@dataclass(frozen=True)
class X2(Feature):
    """The vertical coordinate."""

    label = "x₂"

    def value(self, X: Floats) -> Floats:
        return X[:, 1]


@dataclass(frozen=True)
class X1Squared(Feature):
    """Tells the middle from both sides; with its twin it gives the distance from the centre, which is the circle."""

    label = "x₁²"

    def value(self, X: Floats) -> Floats:
        return X[:, 0] ** 2


@dataclass(frozen=True)
class X2Squared(Feature):
    """Tells the middle from above and below."""

    label = "x₂²"

    def value(self, X: Floats) -> Floats:
        return X[:, 1] ** 2


@dataclass(frozen=True)
class X1X2(Feature):
    """Positive where both coordinates have the same sign: it solves exclusive or by itself."""

    label = "x₁·x₂"

    def value(self, X: Floats) -> Floats:
        return X[:, 0] * X[:, 1]


@dataclass(frozen=True)
class SinX1(Feature):
    """A wave from left to right, odd about the centre; coordinates count as radians."""

    label = "sin x₁"

    def value(self, X: Floats) -> Floats:
        return np.sin(X[:, 0])


@dataclass(frozen=True)
class SinX2(Feature):
    """A wave from bottom to top, odd about the centre; coordinates count as radians."""

    label = "sin x₂"

    def value(self, X: Floats) -> Floats:
        return np.sin(X[:, 1])


@dataclass(frozen=True)
class CosX1(Feature):
    """A wave from left to right, even about the centre; coordinates count as radians."""

    label = "cos x₁"

    def value(self, X: Floats) -> Floats:
        return np.cos(X[:, 0])


@dataclass(frozen=True)
class CosX2(Feature):
    """A wave from bottom to top, even about the centre; coordinates count as radians."""

    label = "cos x₂"

    def value(self, X: Floats) -> Floats:
        return np.cos(X[:, 1])


FEATURES: dict[str, type[Feature]] = {
    "x1": X1,
    "x2": X2,
    "x1_squared": X1Squared,
    "x2_squared": X2Squared,
    "x1_x2": X1X2,
    "sin_x1": SinX1,
    "sin_x2": SinX2,
    "cos_x1": CosX1,
    "cos_x2": CosX2,
}


def input_names(dataset: Dataset, features: tuple[str, ...], left_out: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What enters a network: of the plane the chosen features, in the order of FEATURES; of a table all its columns but
    those that are left out.
    """
    if dataset.plane:
        return tuple(cls.label for cls in _chosen(features))
    return tuple(name for name in dataset.columns if name not in left_out)


def inputs(dataset: Dataset, features: tuple[str, ...], X: Floats, left_out: tuple[str, ...] = ()) -> Floats:
    """The values, (examples, inputs), that `input_names` names.

    X, (examples, columns), holds any raw points, not only those of `dataset`; a table's come back as they are.
    """
    if dataset.plane:
        return np.column_stack([cls().value(X) for cls in _chosen(features)])
    kept = [column for column, name in enumerate(dataset.columns) if name not in left_out]
    return X if len(kept) == len(dataset.columns) else X[:, kept]


def _chosen(features: tuple[str, ...]) -> list[type[Feature]]:
    return [cls for name, cls in FEATURES.items() if name in features]
