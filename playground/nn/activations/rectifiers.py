"""Activations that let positive inputs through and hold negative ones back: ReLU and the smooth curves like it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from playground.nn.activations.activation import Activation, Array, constant
from playground.nn.calls import Call
from playground.options import number

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
    unmatched = "where ReLU is 0 its slope is 0 too, so an output that is wrongly 0 is not corrected"

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


def _two_sided(z: Array, out: Array, low: float, high: float) -> list[Call]:
    """Multiply `out` by `low` where z <= 0, and write `high` where z > 0."""
    rising = np.empty(z.shape, bool)
    return [
        (np.multiply, (out, constant(low, z), out)),
        (np.greater, (z, constant(0.0, z), rising)),
        (np.copyto, (out, constant(high, z), "same_kind", rising)),
    ]
