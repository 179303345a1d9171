"""Points of the plane drawn by a formula, to classify or to fit. Knows no file and no network.

Coordinates span about −6 to 6, as in TensorFlow Playground, whose shapes most of these are. Of two classes, index 0 is
the one drawn orange there and index 1 the blue one. The random numbers drawn do not depend on the noise, so turning
the noise up moves the same points further.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Dataset, Floats, Outline, Source
from playground.options import integer, number

Indices = NDArray[np.int64]

COLUMNS = ("x₁", "x₂")
RADIUS = 5.0  # of the circle and the spiral, and half the side of the exclusive or
HALF_SIDE = 6.0  # of the square on which a surface is sampled


def noise_knob(help: str, default: float = 0.0) -> Any:
    """How far the examples stray; `help` says in what unit."""
    return number(default, 0.0, 1.0, "noise", help)


@dataclass(frozen=True)
class Generator(Source):
    """Makes its examples by a formula."""


@dataclass(frozen=True)
class Drawn(Generator):
    """Draws examples by chance."""

    random: ClassVar[bool] = True

    points: int = integer(500, 20, 5000, "points", "How many points are drawn, training and testing together.", "log")
    noise: float = noise_knob("How far the points stray from the pure shape.")


@dataclass(frozen=True)
class Scatter(Drawn):
    """Draws points of the plane, of known classes. The classes differ in size by at most one point."""

    plane: ClassVar[bool] = True
    class_names: ClassVar[tuple[str, ...]]

    def load(self, rng: np.random.Generator) -> Dataset:
        names = self.names()
        y = np.arange(self.points) % len(names)
        return Dataset(self.place(y, rng), y.astype(np.float64), COLUMNS, names, "class", self.label, plane=self.plane)

    def outline(self) -> Outline:
        return Outline(len(self.names()))

    def names(self) -> tuple[str, ...]:
        """The name of each class."""
        return self.class_names

    def place(self, y: Indices, rng: np.random.Generator) -> Floats:
        """Places, (examples, 2), for the classes y, (examples,). Noise moves a point, but leaves it its class."""
        raise NotImplementedError


@dataclass(frozen=True)
class Circle(Scatter):
    """A disc within a ring. Source: TensorFlow Playground."""

    noise: float = noise_knob("Moves a point, along either axis, by up to this times 5, the ring's radius.")

    label = "circle"
    formula = "inside: r < 2.5, outside: 3.5 < r < 5"
    class_names = ("outside", "inside")

    def place(self, y: Indices, rng: np.random.Generator) -> Floats:
        share = rng.random(len(y))
        radius = RADIUS * np.where(y == 1, 0.5 * share, 0.7 + 0.3 * share)
        angle = rng.uniform(0.0, 2.0 * np.pi, len(y))
        return _polar(radius, angle) + self.noise * rng.uniform(-RADIUS, RADIUS, (len(y), 2))


@dataclass(frozen=True)
class ExclusiveOr(Scatter):
    """Four squares, of which opposite ones belong together. Source: TensorFlow Playground."""

    noise: float = noise_knob("Moves a point, along either axis, by up to this times 5, a square's side.")

    label = "exclusive or"
    formula = "same sign: x₁·x₂ > 0"
    class_names = ("different signs", "same sign")
    gap: ClassVar[float] = 0.3  # between a square and the axes

    def place(self, y: Indices, rng: np.random.Generator) -> Floats:
        size = self.gap + rng.uniform(0.0, RADIUS, (len(y), 2))
        right = rng.choice((-1.0, 1.0), len(y))
        signs = np.column_stack((right, np.where(y == 1, right, -right)))
        return signs * size + self.noise * rng.uniform(-RADIUS, RADIUS, (len(y), 2))


@dataclass(frozen=True)
class TwoGaussians(Scatter):
    """Two round clouds, which one straight line separates as well as can be. Source: TensorFlow Playground."""

    noise: float = noise_knob("Widens the clouds: the variance along either axis grows from 0.5 to 7.5.")

    label = "two Gaussians"
    formula = "x ~ N(±(2, 2), 0.5 + 7·noise)"
    class_names = ("lower left", "upper right")

    def place(self, y: Indices, rng: np.random.Generator) -> Floats:
        return _clouds(np.array(((-2.0, -2.0), (2.0, 2.0)))[y], self.noise, rng)


@dataclass(frozen=True)
class Spiral(Scatter):
    """Two arms wound around each other, 1¾ turns each. Source: TensorFlow Playground, after Lang and Witbrock 1988."""

    noise: float = noise_knob("Moves a point, along either axis, by up to this; the arms are 1.4 apart.")

    label = "spiral"
    formula = "r = 5 t, angle = 3.5π t, 0 ≤ t < 1"
    class_names = ("second arm", "first arm")

    def place(self, y: Indices, rng: np.random.Generator) -> Floats:
        t = _rank(y) / np.bincount(y)[y]
        angle = 3.5 * np.pi * t + np.where(y == 1, 0.0, np.pi)
        return _polar(RADIUS * t, 0.5 * np.pi - angle) + self.noise * rng.uniform(-1.0, 1.0, (len(y), 2))


@dataclass(frozen=True)
class Moons(Scatter):
    """Two half circles that reach into each other. Source: scikit-learn's make_moons, 3.5 times as large."""

    noise: float = noise_knob("Standard deviation of how far a point strays, as a share of a moon's radius.", 0.1)

    label = "moons"
    formula = "3.5·(cos t, sin t) and its mirror image, 0 ≤ t ≤ π"
    class_names = ("upper moon", "lower moon")
    radius: ClassVar[float] = 3.5
    middle: ClassVar[tuple[float, float]] = (0.5, 0.25)  # of the two unit moons, which turn into each other about it

    def place(self, y: Indices, rng: np.random.Generator) -> Floats:
        t = np.pi * _rank(y) / (np.bincount(y)[y] - 1)
        upper = _polar(np.ones(len(y)), t) - self.middle
        strayed = np.where(y[:, None] == 0, upper, -upper) + self.noise * rng.standard_normal((len(y), 2))
        return self.radius * strayed


@dataclass(frozen=True)
class Blobs(Scatter):
    """One round cloud per class, evenly placed on a circle."""

    classes: int = integer(3, 2, 6, "classes", "How many clouds there are.")
    noise: float = noise_knob("Widens the clouds: the variance along either axis grows from 0.5 to 7.5.")

    label = "blobs"
    formula = "x ~ N(centre of class k, 0.5 + 7·noise)"
    distance: ClassVar[float] = 4.0  # of each centre from the origin

    def names(self) -> tuple[str, ...]:
        return tuple(f"class {index + 1}" for index in range(self.classes))

    def place(self, y: Indices, rng: np.random.Generator) -> Floats:
        angle = np.pi * (0.5 - 2.0 * y / self.classes)  # the first on top, then clockwise
        return _clouds(_polar(np.full(len(y), self.distance), angle), self.noise, rng)


@dataclass(frozen=True)
class Surface(Drawn):
    """Draws places evenly over a square, and a height to predict at each, to which the noise is added."""

    plane: ClassVar[bool] = True

    noise: float = noise_knob("Standard deviation of what is added to the heights, which span about −1 to 1.")

    def load(self, rng: np.random.Generator) -> Dataset:
        X = rng.uniform(-HALF_SIDE, HALF_SIDE, (self.points, 2))
        y = self.height(X) + self.noise * rng.standard_normal(self.points)
        return Dataset(X, y, COLUMNS, (), "height", self.label, plane=self.plane)

    def outline(self) -> Outline:
        return Outline(0)

    def height(self, X: Floats) -> Floats:
        """The height, (examples,), above each place, (examples, 2), without noise."""
        raise NotImplementedError


@dataclass(frozen=True)
class Plane(Surface):
    """A slope that rises to the upper right: one linear unit fits it. Source: TensorFlow Playground."""

    label = "plane"
    formula = "y = (x₁ + x₂) / 10"

    def height(self, X: Floats) -> Floats:
        return (X[:, 0] + X[:, 1]) / 10.0


@dataclass(frozen=True)
class Hills(Surface):
    """Three hills and three hollows. Source: TensorFlow Playground's "multi gaussian", with true Gaussian bumps."""

    label = "hills"
    formula = "y = Σₖ ± exp(−|x − cₖ|² / 2)"
    centres: ClassVar[Floats] = np.array([(x, y) for y in (2.5, -2.5) for x in (-4.0, 0.0, 4.0)])
    signs: ClassVar[Floats] = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])

    def height(self, X: Floats) -> Floats:
        squared_distance = ((X[:, None, :] - self.centres) ** 2).sum(axis=2)  # (examples, bumps)
        bumps: Floats = np.exp(-0.5 * squared_distance)
        return bumps @ self.signs


def _polar(radius: Floats, angle: Floats) -> Floats:
    """Coordinates, (examples, 2); the angle counts from the x₁ axis towards the x₂ axis."""
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def _clouds(centres: Floats, noise: float, rng: np.random.Generator) -> Floats:
    """A point around each centre, (examples, 2)."""
    return rng.normal(centres, np.sqrt(0.5 + 7.0 * noise))


def _rank(y: Indices) -> Indices:
    """0, 1, 2, ... within each class, for class indices that take turns."""
    return np.arange(len(y)) // (int(y.max()) + 1)
