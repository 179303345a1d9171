"""What an activation is: what a unit does with its pre-activation z, and how a gradient passes back through it.

An activation and its slope are one object: `forward` answers with the calls that write h = f(z), `backward` with those
that write upstream * f'(z). All arrays are (units, batch) or (members, units, batch). Which activations there are,
`activations` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from playground.nn.calls import Call, run
from playground.options import Options

Array = NDArray[np.floating]
ZERO = np.array(0.0)
ONE = np.array(1.0)


@dataclass(frozen=True)
class Activation(Options):
    """A function of the pre-activation. `targets` are the values an output unit is trained towards for no and yes."""

    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)

    def forward(self, z: Array, h: Array) -> list[Call]:
        """Write h = f(z). What is not a number stays so, for a divergence to be found where it begins."""
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


def constant(value: float, like: Array) -> Array:
    """A number as an array without axes, of the type of `like`; with another type, each call would convert them all."""
    return np.array(value, like.dtype)
