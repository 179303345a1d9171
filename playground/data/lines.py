"""Examples of a single input, by a formula: the smallest problems there are. Knows no file and no network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from playground.data.dataset import Dataset, Outline
from playground.data.generators import HALF_SIDE, Drawn, Generator, noise_knob
from playground.options import number, text


@dataclass(frozen=True)
class Wave(Drawn):
    """Two full waves over a single input: a curve on which the pieces that a network is made of can be counted."""

    noise: float = noise_knob("Standard deviation of what is added to the heights, which span −1 to 1.")

    label = "wave"
    formula = "y = sin x"

    def load(self, rng: np.random.Generator) -> Dataset:
        x = rng.uniform(-HALF_SIDE, HALF_SIDE, self.points)
        y = np.sin(x) + self.noise * rng.standard_normal(self.points)
        return Dataset(x[:, None], y, ("x",), (), "height", self.label)

    def outline(self) -> Outline:
        return Outline(0)


@dataclass(frozen=True)
class OneExample(Generator):
    """One example, for training and for the test, to follow every number by hand.

    A single unit learns it slowly or fast, depending on where it starts and on its loss. Source: Nielsen, Neural
    Networks and Deep Learning, chapter 3, 2015.
    """

    names: ClassVar[tuple[str, str]] = ("no", "yes")

    x: float = number(1.0, -10.0, 10.0, "x", "The only input.")
    target: str = text("no", "target", "The class to be answered.", names)

    label = "one example"
    formula = "x ↦ target"

    def load(self, rng: np.random.Generator) -> Dataset:
        y = np.full(2, float(self.names.index(self.target)))
        return Dataset(np.full((2, 1), self.x), y, ("x",), self.names, "class", self.label, test=np.array([1]))

    def outline(self) -> Outline:
        return Outline(len(self.names))
