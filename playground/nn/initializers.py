"""Where the weights of a layer start. Biases start at zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.options import Options, number


@dataclass(frozen=True)
class Initializer(Options):
    """Draws the weights of one layer."""

    def draw(self, rng: np.random.Generator, units: int, inputs: int) -> NDArray[np.float64]:
        """Weights of a layer, (units, inputs)."""
        raise NotImplementedError


@dataclass(frozen=True)
class Zeros(Initializer):
    """All weights zero: the units of a layer stay equal for ever, because nothing tells them apart."""

    label = "zeros"
    formula = "w = 0"

    def draw(self, rng: np.random.Generator, units: int, inputs: int) -> NDArray[np.float64]:
        return np.zeros((units, inputs))


@dataclass(frozen=True)
class Uniform(Initializer):
    """Evenly spread within a fixed range, whatever the layer's size."""

    limit: float = number(0.5, 0.001, 100.0, "limit", "Largest absolute weight at the start.", "log")

    label = "uniform"
    formula = "w ~ U(−a, a)"

    def draw(self, rng: np.random.Generator, units: int, inputs: int) -> NDArray[np.float64]:
        return rng.uniform(-self.limit, self.limit, (units, inputs))


@dataclass(frozen=True)
class Normal(Initializer):
    """A bell curve of fixed width, whatever the layer's size."""

    deviation: float = number(0.5, 0.001, 100.0, "deviation", "Standard deviation of the weights at the start.", "log")

    label = "normal"
    formula = "w ~ N(0, s²)"

    def draw(self, rng: np.random.Generator, units: int, inputs: int) -> NDArray[np.float64]:
        return rng.normal(0.0, self.deviation, (units, inputs))


@dataclass(frozen=True)
class Xavier(Initializer):
    """Keeps the variance of signals and gradients about equal through tanh layers. Source: Glorot and Bengio 2010."""

    label = "Xavier"
    formula = "w ~ U(−a, a), a = √(6 / (inputs + units))"

    def draw(self, rng: np.random.Generator, units: int, inputs: int) -> NDArray[np.float64]:
        limit = np.sqrt(6.0 / (inputs + units))
        return rng.uniform(-limit, limit, (units, inputs))


@dataclass(frozen=True)
class He(Initializer):
    """Xavier's twin for ReLU, which halves the signal's variance at every layer. Source: He et al. 2015."""

    label = "He"
    formula = "w ~ N(0, 2 / inputs)"

    def draw(self, rng: np.random.Generator, units: int, inputs: int) -> NDArray[np.float64]:
        return rng.normal(0.0, np.sqrt(2.0 / inputs), (units, inputs))


INITIALIZERS: dict[str, type[Initializer]] = {
    "xavier": Xavier,
    "he": He,
    "uniform": Uniform,
    "normal": Normal,
    "zeros": Zeros,
}
