"""Where the weights and biases of a layer start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.options import Options, number

Weights = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Initializer(Options):
    """Draws the weights of one layer. Its biases all start at `bias`."""

    bias: float = number(0.0, -10.0, 10.0, "bias", "Where every bias starts.")

    def draw(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        """Weights of a layer, (units, inputs)."""
        raise NotImplementedError

    @property
    def scale(self) -> float:
        """By what it multiplies its own pattern."""
        return 1.0


@dataclass(frozen=True)
class Zeros(Initializer):
    """All weights zero: the units of a layer stay equal for ever, because nothing tells them apart."""

    label = "zeros"
    formula = "w = 0"
    latex = r"w = 0"

    def draw(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        return np.zeros((units, inputs))


@dataclass(frozen=True, kw_only=True)
class Scaled(Initializer):
    """Weights that follow a pattern, times R. In a deep network the signal and the gradient grow like R to the depth."""

    scale: float = number(1.0, 0.01, 100.0, "scale R", "Multiplies all weights at the start, but no biases.", "log")

    def draw(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        return self.scale * self.pattern(rng, units, inputs)

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        """The weights for R = 1, (units, inputs)."""
        raise NotImplementedError


@dataclass(frozen=True)
class Constant(Scaled):
    """All weights the same: signals get through, yet the units of a layer stay equal for ever, as with zeros."""

    value: float = number(0.1, -10.0, 10.0, "value", "The weight that all start from.")

    label = "constant"
    formula = "w = R c"
    latex = r"w = R c"

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        return np.full((units, inputs), float(self.value))


@dataclass(frozen=True)
class Uniform(Scaled):
    """Evenly spread within a fixed range, whatever the layer's size: to see what a start of the wrong size does."""

    limit: float = number(0.5, 0.001, 100.0, "limit", "Largest absolute weight at the start.", "log")

    label = "uniform"
    formula = "w ~ R · U(−a, a)"
    latex = r"w \sim R \, U(-a, a)"

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        return rng.uniform(-self.limit, self.limit, (units, inputs))


@dataclass(frozen=True)
class Normal(Scaled):
    """A bell curve of fixed width, whatever the layer's size: to see what a start of the wrong size does."""

    deviation: float = number(0.5, 0.001, 100.0, "deviation", "Standard deviation of the weights at the start.", "log")

    label = "normal"
    formula = "w ~ R · N(0, s²)"
    latex = r"w \sim R \, N(0, s^2)"

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        return rng.normal(0.0, self.deviation, (units, inputs))


@dataclass(frozen=True)
class Xavier(Scaled):
    """Keeps the variance of signals and gradients about equal through tanh layers. Source: Glorot and Bengio 2010."""

    label = "Xavier uniform"
    formula = "w ~ R · U(−a, a), a = √(6 / (inputs + units))"
    latex = r"w \sim R \, U(-a, a), \quad a^2 = \frac{6}{n_{\mathrm{in}} + n_{\mathrm{out}}}"

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        limit = np.sqrt(6.0 / (inputs + units))
        return rng.uniform(-limit, limit, (units, inputs))


@dataclass(frozen=True)
class XavierNormal(Scaled):
    """Xavier's variance, drawn from a bell curve, so that some weights start large. Source: Glorot and Bengio 2010."""

    label = "Xavier normal"
    formula = "w ~ R · N(0, 2 / (inputs + units))"
    latex = r"w \sim R \, N(0, \frac{2}{n_{\mathrm{in}} + n_{\mathrm{out}}})"

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        return rng.normal(0.0, np.sqrt(2.0 / (inputs + units)), (units, inputs))


@dataclass(frozen=True)
class He(Scaled):
    """Xavier's twin for ReLU, which halves the signal's variance at every layer. Source: He et al. 2015."""

    label = "He normal"
    formula = "w ~ R · N(0, 2 / inputs)"
    latex = r"w \sim R \, N(0, \frac{2}{n_{\mathrm{in}}})"

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        return rng.normal(0.0, np.sqrt(2.0 / inputs), (units, inputs))


@dataclass(frozen=True)
class HeUniform(Scaled):
    """He's variance, spread evenly, so that no weight starts large. Source: He et al. 2015."""

    label = "He uniform"
    formula = "w ~ R · U(−a, a), a = √(6 / inputs)"
    latex = r"w \sim R \, U(-a, a), \quad a^2 = \frac{6}{n_{\mathrm{in}}}"

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        limit = np.sqrt(6.0 / inputs)
        return rng.uniform(-limit, limit, (units, inputs))


@dataclass(frozen=True)
class LeCun(Scaled):
    """Keeps the variance of signals through linear layers; what SELU counts on.

    Sources: LeCun et al. 1998, "Efficient BackProp"; Klambauer et al. 2017.
    """

    label = "LeCun normal"
    formula = "w ~ R · N(0, 1 / inputs)"
    latex = r"w \sim R \, N(0, \frac{1}{n_{\mathrm{in}}})"

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        return rng.normal(0.0, np.sqrt(1.0 / inputs), (units, inputs))


@dataclass(frozen=True)
class Orthogonal(Scaled):
    """A rotation, drawn evenly from all of them: a linear layer keeps lengths, so depth neither blows up nor fades.

    Where units and inputs differ in number, the fewer of rows and columns are at right angles. Sources: Saxe, McClelland
    and Ganguli 2014; Mezzadri 2007 for the signs.
    """

    label = "orthogonal"
    formula = "w = R Q, QᵀQ = I or QQᵀ = I"
    latex = r"w = R Q, \quad Q^\top Q = I \;\text{or}\; Q Q^\top = I"

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        columns, triangle = np.linalg.qr(rng.normal(size=(max(units, inputs), min(units, inputs))))
        columns *= np.copysign(1.0, np.diag(triangle))
        return columns if units >= inputs else columns.T


@dataclass(frozen=True)
class Identity(Scaled):
    """Each unit hands on the input of its own number; surplus units start silent, surplus inputs are not looked at.

    Source: Le, Jaitly and Hinton 2015.
    """

    label = "identity"
    formula = "w = R if unit and input have one number, else 0"
    latex = r"w_{ij} = R \;\text{if}\; i = j,\;\text{else}\; 0"

    def pattern(self, rng: np.random.Generator, units: int, inputs: int) -> Weights:
        return np.eye(units, inputs)


INITIALIZERS: dict[str, type[Initializer]] = {
    "xavier": Xavier,
    "xavier_normal": XavierNormal,
    "he": He,
    "he_uniform": HeUniform,
    "lecun": LeCun,
    "orthogonal": Orthogonal,
    "identity": Identity,
    "uniform": Uniform,
    "normal": Normal,
    "constant": Constant,
    "zeros": Zeros,
}
