"""Activations that let positive inputs through and hold negative ones back: ReLU and the smooth curves like it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np

from playground.nn.activation import Activation, Array, constant
from playground.nn.calls import Call
from playground.nn.stage import Place
from playground.options import flag, number

FAR = 40.0  # from here on log(1 + eᶻ) is z to the last bit, and eᶻ, squared, still far from overflow in float32
SELU_ALPHA = 1.6732632423543772848170429916717  # the paper's equation 14
SELU_LAMBDA = 1.0507009873554804934193349852946


@dataclass(frozen=True)
class ReLU(Activation):
    """Lets positive inputs through unchanged and blocks the rest; a unit that is never positive has stopped learning.

    The slope at 0 is taken as 0. Source: Nair and Hinton 2010.
    """

    label = "ReLU"
    formula = "f(z) = max(0, z)"
    latex = r"f(z) = \max(0, z)"

    def forward(self, z: Array, h: Array) -> list[Call]:
        # max(0·z, z): so that what is infinite below does not pass for 0. np.maximum wants its output by name.
        return [(np.multiply, (z, constant(0.0, z), h)), (partial(np.maximum, out=h), (h, z))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(np.sign, (h, out)), (np.multiply, (out, upstream, out))]


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """ReLU with a small slope on the negative side, so that no unit dies for good.

    The slope at 0 is that of the negative side. Source: Maas et al. 2013.
    """

    negative_slope: float = number(0.01, 0.0, 1.0, "negative slope", "Slope for negative inputs; 0 is plain ReLU.")

    label = "leaky ReLU"
    formula = "f(z) = z if z > 0, else a·z"
    latex = r"f(z) = z \;\text{if}\; z > 0,\;\text{else}\; a z"

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(np.multiply, (z, constant(self.negative_slope, z), h)), (partial(np.maximum, out=h), (h, z))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        rising = np.empty(z.shape, bool)
        return [
            (np.greater, (z, constant(0.0, z), rising)),
            (np.multiply, (upstream, constant(self.negative_slope, z), out)),
            (np.copyto, (out, upstream, "same_kind", rising)),
        ]


@dataclass(frozen=True)
class ELU(Activation):
    """ReLU whose negative side falls off smoothly to −α, so that the mean of a layer's outputs is nearer 0.

    The slope at 0 is that of the negative side, α. Source: Clevert, Unterthiner and Hochreiter 2016.
    """

    alpha: float = number(1.0, 0.01, 10.0, "depth α", "Far below 0 the output is −α; only at 1 is there no kink at 0.")

    label = "ELU"
    formula = "f(z) = z if z > 0, else α(eᶻ − 1)"
    latex = r"f(z) = z \;\text{if}\; z > 0,\;\text{else}\; \alpha (e^z - 1)"

    def forward(self, z: Array, h: Array) -> list[Call]:
        positive = np.empty_like(z)
        return [
            (np.fmin, (z, constant(0.0, z), h)),
            (np.subtract, (z, h, positive)),
            (np.expm1, (h, h)),
            *([] if self.alpha == 1.0 else [(np.multiply, (h, constant(self.alpha, z), h))]),
            (np.add, (h, positive, h)),
        ]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        calls: list[Call] = [(np.fmin, (z, constant(0.0, z), out)), (np.exp, (out, out))]
        if self.alpha != 1.0:  # else the positive side is 1 already
            calls += _two_sided(z, out, self.alpha, 1.0)
        return [*calls, (np.multiply, (out, upstream, out))]


@dataclass(frozen=True)
class SELU(Activation):
    """ELU with the two numbers that pull a layer's outputs towards mean 0 and variance 1; wants LeCun's initial weights.

    The slope at 0 is that of the negative side, λα. Source: Klambauer et al. 2017.
    """

    label = "SELU"
    formula = "f(z) = λz if z > 0, else λα(eᶻ − 1), with λ = 1.0507, α = 1.6733"
    latex = r"f(z) = \lambda z \;\text{if}\; z > 0,\;\text{else}\; \lambda \alpha (e^z - 1)"

    def forward(self, z: Array, h: Array) -> list[Call]:
        positive = np.empty_like(z)
        return [
            (np.fmin, (z, constant(0.0, z), h)),
            (np.subtract, (z, h, positive)),
            (np.expm1, (h, h)),
            (np.multiply, (h, constant(SELU_LAMBDA * SELU_ALPHA, z), h)),
            (np.multiply, (positive, constant(SELU_LAMBDA, z), positive)),
            (np.add, (h, positive, h)),
        ]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [
            (np.fmin, (z, constant(0.0, z), out)),
            (np.exp, (out, out)),
            *_two_sided(z, out, SELU_LAMBDA * SELU_ALPHA, SELU_LAMBDA),
            (np.multiply, (out, upstream, out)),
        ]


@dataclass(frozen=True)
class Softplus(Activation):
    """ReLU with its corner rounded off, so that every input passes some gradient; its slope is the sigmoid.

    Source: Dugas et al. 2001.
    """

    label = "softplus"
    formula = "f(z) = log(1 + eᶻ)"
    latex = r"f(z) = \log(1 + e^z)"

    def forward(self, z: Array, h: Array) -> list[Call]:
        # np.logaddexp is one call, but seven times slower on large arrays.
        beyond = np.empty_like(z)
        return [
            (np.fmin, (z, constant(FAR, z), h)),
            (np.subtract, (z, h, beyond)),
            (np.exp, (h, h)),
            (np.log1p, (h, h)),
            (np.add, (h, beyond, h)),
        ]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [  # 1 − e⁻ʰ
            (np.negative, (h, out)),
            (np.expm1, (out, out)),
            (np.multiply, (out, upstream, out)),
            (np.negative, (out, out)),
        ]


@dataclass(frozen=True)
class Swish(Activation):
    """The input times its own sigmoid: a smooth ReLU that dips below 0 before it vanishes. β = 1 is SiLU.

    With `trained`, a layer finds its own β, from the given one on.
    Sources: Elfwing, Uchibe and Doya 2018; Ramachandran, Zoph and Le 2017.
    """

    beta: float = number(
        1.0, 0.0, 20.0, "steepness β", "1 is SiLU; 0 is a straight line of slope ½, and large values come near ReLU."
    )
    trained: bool = flag(False, "train β", "Train β along with the weights, one for the layer.")

    label = "swish"
    formula = "f(z) = z / (1 + e⁻ᵝᶻ)"
    latex = r"f(z) = \frac{z}{1 + e^{-\beta z}}"

    def parameters(self, rows: int) -> tuple[Array, ...]:
        return (np.array([self.beta]),) if self.trained else ()

    def forward(self, z: Array, h: Array) -> list[Call]:
        return self._forward(z, h, constant(-self.beta, z))

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return self._backward(z, h, constant(self.beta, z), upstream, out)

    def run_forward(self, at: Place) -> list[Call]:
        if not self.trained:
            return super().run_forward(at)
        (beta,) = at.parameters
        opposite = np.empty_like(beta)
        return [(np.negative, (beta, opposite)), *self._forward(at.z, at.h, opposite)]

    def run_backward(self, at: Place) -> list[Call]:
        if not self.trained:
            return super().run_backward(at)
        (beta,), (gradient,) = at.parameters, at.gradients
        work, rows = np.empty_like(at.z), np.empty((*at.z.shape[:-1], 1), at.z.dtype)
        return [
            *self._backward(at.z, at.h, beta, at.upstream, at.delta),
            (np.subtract, (at.z, at.h, work)),  # h (z − h) is the slope by β
            (np.multiply, (work, at.h, work)),
            (np.vecdot, (work, at.upstream, rows[..., 0])),
            (np.add.reduce, (rows, -2, None, gradient, True)),
        ]

    def _forward(self, z: Array, h: Array, opposite: Array) -> list[Call]:
        """Given −β."""
        return [
            (np.multiply, (z, opposite, h)),
            (np.exp, (h, h)),
            (np.add, (h, constant(1.0, z), h)),
            (np.divide, (z, h, h)),
        ]

    def _backward(self, z: Array, h: Array, beta: Array, upstream: Array, out: Array) -> list[Call]:
        one, rest = constant(1.0, z), np.empty_like(z)
        return [  # 1 + (βh − 1) / (1 + eᵝᶻ)
            (np.multiply, (z, beta, out)),
            (np.exp, (out, out)),
            (np.add, (out, one, out)),
            (np.multiply, (h, beta, rest)),
            (np.subtract, (rest, one, rest)),
            (np.divide, (rest, out, out)),
            (np.add, (out, one, out)),
            (np.multiply, (out, upstream, out)),
        ]


@dataclass(frozen=True)
class GELU(Activation):
    """The input times the share Φ(z) of a normal distribution that lies below it, exactly, not by the fit with tanh.

    Source: Hendrycks and Gimpel 2016.
    """

    label = "GELU"
    formula = "f(z) = z Φ(z) = z (1 + erf(z/√2)) / 2"
    latex = r"f(z) = z \, \Phi(z) = \tfrac{z}{2} (1 + \mathrm{erf} \tfrac{z}{\sqrt 2})"

    def forward(self, z: Array, h: Array) -> list[Call]:
        from scipy.special import ndtr  # Φ; here, because loading it takes a seventh of a second

        return [(ndtr, (z, h)), (np.multiply, (h, z, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        from scipy.special import ndtr

        share = np.empty_like(z)
        return [  # Φ(z) + z e^(−z²/2) / √(2π)
            (np.multiply, (z, z, out)),
            (np.multiply, (out, constant(-0.5, z), out)),
            (np.exp, (out, out)),
            (np.multiply, (out, z, out)),
            (np.multiply, (out, constant(1.0 / math.sqrt(2.0 * math.pi), z), out)),
            (ndtr, (z, share)),
            (np.add, (out, share, out)),
            (np.multiply, (out, upstream, out)),
        ]


@dataclass(frozen=True)
class Mish(Activation):
    """The input times tanh of its softplus: a smooth ReLU for deep networks, close to swish. Source: Misra 2020."""

    label = "mish"
    formula = "f(z) = z tanh(log(1 + eᶻ))"
    latex = r"f(z) = z \tanh(\log(1 + e^z))"

    def forward(self, z: Array, h: Array) -> list[Call]:
        two, work = constant(2.0, z), np.empty_like(z)
        return [  # tanh(log(1 + e)) = n / (n + 2), where e = eᶻ and n = e (e + 2)
            (np.fmin, (z, constant(FAR, z), h)),
            (np.exp, (h, h)),
            (np.add, (h, two, work)),
            (np.multiply, (h, work, h)),
            (np.add, (h, two, work)),
            (np.divide, (h, work, h)),
            (np.multiply, (h, z, h)),
        ]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        two, n, d = constant(2.0, z), np.empty_like(z), np.empty_like(z)
        return [  # (n + 4z (n − e) / d) / d, where d = n + 2
            (np.fmin, (z, constant(FAR, z), out)),
            (np.exp, (out, out)),
            (np.add, (out, two, n)),
            (np.multiply, (out, n, n)),
            (np.subtract, (n, out, out)),
            (np.add, (n, two, d)),
            (np.divide, (out, d, out)),
            (np.multiply, (out, z, out)),
            (np.multiply, (out, constant(4.0, z), out)),
            (np.add, (out, n, out)),
            (np.divide, (out, d, out)),
            (np.multiply, (out, upstream, out)),
        ]


def _two_sided(z: Array, out: Array, low: float, high: float) -> list[Call]:
    """Multiply `out` by `low` where z <= 0, and write `high` where z > 0."""
    rising = np.empty(z.shape, bool)
    return [
        (np.multiply, (out, constant(low, z), out)),
        (np.greater, (z, constant(0.0, z), rising)),
        (np.copyto, (out, constant(high, z), "same_kind", rising)),
    ]
