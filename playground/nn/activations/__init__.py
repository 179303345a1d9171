"""The activations there are: the straight, the stepped and the squashing ones here, the others beside; two tables.

`activation` says what one must be able to do. All arrays are (units, batch) or (members, units, batch).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from playground.nn.activations.activation import Activation, Array, constant
from playground.nn.activations.gated import GELU, Mish, Swish
from playground.nn.activations.piecewise import CReLU, Maxout, PReLU, RReLU
from playground.nn.activations.rectifiers import ELU, SELU, LeakyReLU, ReLU, Softplus
from playground.nn.calls import Call

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "OUTPUTS",
    "SELU",
    "Activation",
    "Array",
    "CReLU",
    "HardSigmoid",
    "LeakyReLU",
    "Linear",
    "Maxout",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "Sigmoid",
    "Sign",
    "SignOutput",
    "Sine",
    "Softmax",
    "Softplus",
    "Step",
    "StepOutput",
    "Swish",
    "Tanh",
    "constant",
]


@dataclass(frozen=True)
class Linear(Activation):
    """Passes its input on. A network of linear units alone is one linear map, however deep."""

    label = "linear"
    formula = "f(z) = z"
    latex = r"f(z) = z"
    identity = True

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(np.copyto, (h, z))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(np.copyto, (out, upstream))]


@dataclass(frozen=True)
class Step(Activation):
    """Decides: 1 for positive inputs, otherwise 0. Its slope is 0 everywhere, so that nothing below it learns.

    At 0, where there is no slope, it is taken as 0 too. Source: McCulloch and Pitts 1943.
    """

    label = "step"
    formula = "f(z) = 1 if z > 0, else 0"
    latex = r"f(z) = 1 \;\text{if}\; z > 0,\;\text{else}\; 0"

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(np.heaviside, (z, constant(0.0, z), h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(np.copyto, (out, constant(0.0, z)))]


@dataclass(frozen=True)
class Sign(Activation):
    """Decides between −1 and 1; exactly 0 stays 0. Its slope is 0 everywhere, so that nothing below it learns.

    At 0, where there is no slope, it is taken as 0 too. Source: Widrow and Hoff 1960.
    """

    label = "sign"
    formula = "f(z) = z / |z|, and f(0) = 0"
    latex = r"f(z) = z / |z|, \quad f(0) = 0"
    targets = (-1.0, 1.0)

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(np.sign, (z, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(np.copyto, (out, constant(0.0, z)))]


@dataclass(frozen=True)
class Sigmoid(Activation):
    """Squashes to between 0 and 1. Its slope h(1 − h) is at most 1/4, so gradients shrink at every layer they cross.

    Source: Hasegawa-Johnson, ECE 417 lecture 8.
    """

    label = "sigmoid"
    formula = "f(z) = 1 / (1 + e⁻ᶻ)"
    latex = r"f(z) = \frac{1}{1 + e^{-z}}"
    slope_by_output = "f (1 − f)"
    cancelled_by = "For classes, binary cross-entropy cancels it."

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [
            (np.negative, (z, h)),
            (np.exp, (h, h)),
            (np.add, (h, constant(1.0, z), h)),
            (np.reciprocal, (h, h)),
        ]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [
            (np.subtract, (constant(1.0, z), h, out)),
            (np.multiply, (out, h, out)),
            (np.multiply, (out, upstream, out)),
        ]

    def logits(self, h: Array) -> Array:
        tiny = np.finfo(h.dtype).tiny
        found: Array = np.log(np.maximum(h, tiny)) - np.log(np.maximum(1.0 - h, tiny))
        return found

    def centred(self) -> Activation:
        return Tanh()


@dataclass(frozen=True)
class HardSigmoid(Activation):
    """A sigmoid of three straight pieces. Outside −3 to 3 it is saturated for good: no gradient passes there.

    The slope at the corners −3 and 3 is taken as 0. Sources: Courbariaux, Bengio and David 2015; Howard et al. 2019.
    """

    label = "hard sigmoid"
    formula = "f(z) = min(1, max(0, z/6 + ½))"
    latex = r"f(z) = \min(1, \max(0, \tfrac{z}{6} + \tfrac{1}{2}))"

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [
            (np.multiply, (z, constant(1.0 / 6.0, z), h)),
            (np.add, (h, constant(0.5, z), h)),
            (partial(np.maximum, out=h), (h, constant(0.0, z))),
            (partial(np.minimum, out=h), (h, constant(1.0, z))),
        ]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        size, flat = np.empty_like(z), np.empty(z.shape, bool)
        return [
            (np.absolute, (z, size)),
            (np.greater_equal, (size, constant(3.0, z), flat)),
            (np.multiply, (upstream, constant(1.0 / 6.0, z), out)),
            (np.copyto, (out, constant(0.0, z), "same_kind", flat)),
        ]


@dataclass(frozen=True)
class Tanh(Activation):
    """Squashes to between −1 and 1, centred on 0: 2σ(2z) − 1. Its slope is 1 − h², at most 1.

    Source: Hasegawa-Johnson, ECE 417 lecture 8.
    """

    label = "tanh"
    formula = "f(z) = tanh z"
    latex = r"f(z) = \tanh z"
    slope_by_output = "1 − f²"
    targets = (-1.0, 1.0)

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(np.tanh, (z, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [
            (np.multiply, (h, h, out)),
            (np.subtract, (constant(1.0, z), out, out)),
            (np.multiply, (out, upstream, out)),
        ]


@dataclass(frozen=True)
class Sine(Activation):
    """A wave: it never saturates, but very different inputs look alike to it. At home where the answer oscillates.

    Sources: Parascandolo, Huttunen and Virtanen 2016; Sitzmann et al. 2020.
    """

    label = "sine"
    formula = "f(z) = sin z"
    latex = r"f(z) = \sin z"
    targets = (-1.0, 1.0)

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(np.sin, (z, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(np.cos, (z, out)), (np.multiply, (out, upstream, out))]


@dataclass(frozen=True)
class Softmax(Activation):
    """Turns one output per class into probabilities that are positive and sum to 1. For output units only."""

    label = "softmax"
    formula = "f(z)ₖ = eᶻᵏ / Σⱼ eᶻʲ"
    latex = r"f(z)_k = e^{z_k} / \sum_j e^{z_j}"
    coupled = True
    share = "exp({})"
    delta = "ŷ ⊙ (∂L/∂ŷ − Σₖ ŷₖ ∂L/∂ŷₖ)"
    delta_latex = r"\hat y \odot (\partial L / \partial \hat y - \sum_k \hat y_k \partial L / \partial \hat y_k)"
    cancelled_by = "Cross-entropy cancels it."

    def forward(self, z: Array, h: Array) -> list[Call]:
        row = np.empty_like(z[..., :1, :])
        return [
            (np.maximum.reduce, (z, -2, None, row, True)),
            (np.subtract, (z, row, h)),
            (np.exp, (h, h)),
            (np.add.reduce, (h, -2, None, row, True)),
            (np.divide, (h, row, h)),
        ]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        row = np.empty_like(z[..., :1, :])
        return [
            (np.multiply, (upstream, h, out)),
            (np.add.reduce, (out, -2, None, row, True)),
            (np.subtract, (upstream, row, out)),
            (np.multiply, (out, h, out)),
        ]

    def logits(self, h: Array) -> Array:
        found: Array = np.log(np.maximum(h, np.finfo(h.dtype).tiny))
        return found

    def alone(self) -> Activation:
        return Sigmoid()

    def place_alone(self, z: Array) -> Array:
        """zₖ − log Σ eᶻʲ over the other rows j: the k-th output is the sigmoid of it."""
        others = [np.logaddexp.reduce(np.delete(z, row, axis=0), axis=0) for row in range(len(z))]
        above: Array = z - np.stack(others)
        return above


@dataclass(frozen=True)
class StepOutput(Sigmoid):
    """For output units that must say yes or no: trained soft, as a sigmoid, and hard when testing.

    Losses are those of the soft output; a step itself would pass no gradient. Source: Hasegawa-Johnson, ECE 417 lecture 8.
    """

    label = "step (trained as sigmoid)"
    formula = "f(z) = 1 if z > 0, else 0; in training 1 / (1 + e⁻ᶻ)"
    latex = r"f(z) = 1 \;\text{if}\; z > 0,\;\text{else}\; 0; \quad \text{in training}\; \frac{1}{1 + e^{-z}}"

    def decide(self, h: Array) -> Array:
        return np.where(h > 0.5, 1.0, np.where(np.isnan(h), h, 0.0)).astype(h.dtype)


@dataclass(frozen=True)
class SignOutput(Tanh):
    """For output units that must choose a side: trained soft, as a tanh, and hard when testing, −1 or 1.

    Losses are those of the soft output; a sign itself would pass no gradient. Source: Hasegawa-Johnson, ECE 417 lecture 8.
    """

    label = "sign (trained as tanh)"
    formula = "f(z) = z / |z|; in training tanh z"
    latex = r"f(z) = \frac{z}{|z|}; \quad \text{in training}\; \tanh z"

    def decide(self, h: Array) -> Array:
        return np.sign(h)


ACTIVATIONS: dict[str, type[Activation]] = {
    "linear": Linear,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "prelu": PReLU,
    "rrelu": RReLU,
    "crelu": CReLU,
    "elu": ELU,
    "selu": SELU,
    "softplus": Softplus,
    "swish": Swish,
    "gelu": GELU,
    "mish": Mish,
    "maxout": Maxout,
    "sine": Sine,
    "hard_sigmoid": HardSigmoid,
    "step": Step,
    "sign": Sign,
}

OUTPUTS: dict[str, type[Activation]] = {
    "linear": Linear,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "softmax": Softmax,
    "step": StepOutput,
    "sign": SignOutput,
}
