"""What a unit does with its pre-activation z, and how a gradient passes back through it.

An activation and its slope are one object: `forward` answers with the calls that write h = f(z), `backward` with those
that write upstream * f'(z). All arrays are (units, batch) or (members, units, batch).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.nn.calls import Call, run
from playground.options import Options, number

Array = NDArray[np.floating]
ZERO = np.array(0.0)
ONE = np.array(1.0)


@dataclass(frozen=True)
class Activation(Options):
    """A function of the pre-activation. `targets` are the values an output unit is trained towards for no and yes."""

    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def forward(self, z: Array, h: Array) -> list[Call]:
        """Write h = f(z)."""
        raise NotImplementedError

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        """Write the gradient by z into `out`, given `upstream`, the gradient by h. `out` is none of the others."""
        raise NotImplementedError

    def __call__(self, z: Array) -> Array:
        """f(z), in a new array."""
        h = np.empty_like(z)
        run(self.forward(z, h))
        return h

    def slope(self, z: Array) -> Array:
        """f'(z), in a new array; of an activation that works unit by unit."""
        out = np.empty_like(z)
        run(self.backward(z, self(z), np.ones_like(z), out))
        return out


@dataclass(frozen=True)
class Linear(Activation):
    """Passes its input on. A network of linear units alone is one linear map, however deep."""

    label = "linear"
    formula = "f(z) = z"

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(np.copyto, (h, z))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(np.copyto, (out, upstream))]


@dataclass(frozen=True)
class Sigmoid(Activation):
    """Squashes to between 0 and 1. Its slope h(1 − h) is at most 1/4, so gradients shrink at every layer they cross.

    Source: Hasegawa-Johnson, ECE 417 lecture 8.
    """

    label = "sigmoid"
    formula = "f(z) = 1 / (1 + e⁻ᶻ)"

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(np.negative, (z, h)), (np.exp, (h, h)), (np.add, (h, ONE, h)), (np.reciprocal, (h, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(np.subtract, (ONE, h, out)), (np.multiply, (out, h, out)), (np.multiply, (out, upstream, out))]


@dataclass(frozen=True)
class Tanh(Activation):
    """Squashes to between −1 and 1, centred on 0: 2σ(2z) − 1. Its slope is 1 − h², at most 1.

    Source: Hasegawa-Johnson, ECE 417 lecture 8.
    """

    label = "tanh"
    formula = "f(z) = tanh z"
    targets = (-1.0, 1.0)

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(np.tanh, (z, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(np.multiply, (h, h, out)), (np.subtract, (ONE, out, out)), (np.multiply, (out, upstream, out))]


@dataclass(frozen=True)
class ReLU(Activation):
    """Lets positive inputs through unchanged and blocks the rest; a unit that is never positive has stopped learning.

    The slope at 0 is taken as 0. Source: Nair and Hinton 2010.
    """

    label = "ReLU"
    formula = "f(z) = max(0, z)"

    def forward(self, z: Array, h: Array) -> list[Call]:
        # On small arrays these two are faster than np.maximum.
        return [(np.heaviside, (z, ZERO, h)), (np.multiply, (h, z, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(np.heaviside, (z, ZERO, out)), (np.multiply, (out, upstream, out))]


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """ReLU with a small slope on the negative side, so that no unit dies for good. Source: Maas et al. 2013."""

    negative_slope: float = number(0.01, 0.0, 1.0, "negative slope", "Slope for negative inputs; 0 is plain ReLU.")

    label = "leaky ReLU"
    formula = "f(z) = z if z > 0, else a·z"

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [*self._slope(z, h), (np.multiply, (h, z, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [*self._slope(z, out), (np.multiply, (out, upstream, out))]

    def _slope(self, z: Array, out: Array) -> list[Call]:
        low, rise = np.array(self.negative_slope), np.array(1.0 - self.negative_slope)
        return [(np.heaviside, (z, ZERO, out)), (np.multiply, (out, rise, out)), (np.add, (out, low, out))]


@dataclass(frozen=True)
class Softmax(Activation):
    """Turns one output per class into probabilities that are positive and sum to 1. For output units only."""

    label = "softmax"
    formula = "f(z)ₖ = eᶻᵏ / Σⱼ eᶻʲ"

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


ACTIVATIONS: dict[str, type[Activation]] = {
    "linear": Linear,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
}

OUTPUTS: dict[str, type[Activation]] = {"linear": Linear, "sigmoid": Sigmoid, "tanh": Tanh, "softmax": Softmax}
