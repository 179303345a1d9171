"""What an activation is: what a unit does with its pre-activation z, and how a gradient passes back through it.

An activation and its slope are one object: `forward` answers with the calls that write h = f(z), `backward` with those
that write upstream * f'(z). All arrays are (units, batch) or (members, units, batch). Which activations there are,
`activations` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from playground.nn.calls import Call, run
from playground.nn.stage import Array as Array
from playground.nn.stage import Place, Stage
from playground.options import Options


@dataclass(frozen=True)
class Activation(Stage, Options):
    """A function of the pre-activation.

    Most are a curve: what training does is what `forward` and `backward` do. One that trains numbers of its own, or
    draws them, shows in these two the curve it starts from, or stands for when only looking, and overrides
    `run_forward` and `run_backward` for training.

    Attributes:
        targets: the values an output unit is trained towards for no and yes.
        identity: whether h is z itself, with a slope of 1 everywhere.
        coupled: whether the outputs of a layer share out one whole, so that each depends on all pre-activations.
        share: of a coupled one: of what of the pre-activations each output is the share, written with {} for z.
        slope_by_output: f′ written by f, where it is plain from the height; "" where it is not.
        slope_in_words: what f′ is where a unit has several pre-activations, so that there is no curve.
        delta: how ∂L/∂z follows from h and ∂L/∂h where that is no product of slopes, in letters, written with ŷ, ∂L/∂ŷ
            and Σₖ ŷₖ ∂L/∂ŷₖ; `delta_latex` is it for typesetting.
        unmatched: what a loss that does not match it as an output unit has to expect; "" where it is only that its slope
            stays in the gradient.
        cancelled_by: which loss's match it is, in a sentence; "" where there is none.
    """

    targets: ClassVar[tuple[float, float]] = (0.0, 1.0)
    identity: ClassVar[bool] = False
    coupled: ClassVar[bool] = False
    share: ClassVar[str] = ""
    slope_by_output: ClassVar[str] = ""
    slope_in_words: ClassVar[str] = ""
    delta: ClassVar[str] = ""
    delta_latex: ClassVar[str] = ""
    unmatched: ClassVar[str] = ""
    cancelled_by: ClassVar[str] = ""

    @property
    def elementwise(self) -> bool:
        """Whether it is a curve: each output depends on one pre-activation alone."""
        return self.widths(1) == (1, 1) and not self.coupled

    def widths(self, units: int) -> tuple[int, int]:
        """How many pre-activations a layer of so many units has, and how many outputs."""
        return units, units

    def forward(self, z: Array, h: Array) -> list[Call]:
        """Write h = f(z). What is not a number stays so, for a divergence to be found where it begins."""
        raise NotImplementedError

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        """Write the gradient by z into `out`, given `upstream`, the gradient by h. `out` is none of the others."""
        raise NotImplementedError

    def run_forward(self, at: Place) -> list[Call]:
        return self.forward(at.z, at.h)

    def run_backward(self, at: Place) -> list[Call]:
        return self.backward(at.z, at.h, at.upstream, at.delta)

    def decide(self, h: Array) -> Array:
        """What an output unit says when testing, of what it puts out in training; most say just that."""
        return h

    def logits(self, h: Array) -> Array:
        """Pre-activations that lead to these outputs, for losses that are computed from them; else h itself will do."""
        return h

    def alone(self) -> Activation:
        """What one output is of its own pre-activation while those of the others rest: most are that anyway."""
        return self

    def place_alone(self, z: Array) -> Array:
        """Where on that curve each of the outputs stands, (rows, examples)."""
        return z

    def centred(self) -> Activation | None:
        """The same curve about a mean of 0, of one that is never negative; None where there is none."""
        return None

    def edges(self, weights: Array) -> Array:
        """The weights (rows, inputs + 1) as a diagram draws them, one row for each output, in a new array."""
        return weights.copy()

    def set_edge(self, weights: Array, unit: int, input: int, value: float) -> None:
        """Change the weights so that `edges` shows this value there."""
        weights[unit, input] = value

    def __call__(self, z: Array) -> Array:
        """f(z), in a new array; where the widths differ, z must have its two axes."""
        inside, outside = self.widths(1)
        h = np.empty_like(z)
        if inside != outside:
            h = np.empty((*z.shape[:-2], z.shape[-2] // inside * outside, z.shape[-1]), z.dtype)
        run(self.forward(z, h))
        return h

    def slope(self, z: Array) -> Array:
        """f'(z), in a new array; of a unit with several pre-activations or outputs, the slope of its outputs' sum."""
        h, out = self(z), np.empty_like(z)
        run(self.backward(z, h, np.ones_like(h), out))
        return out


def constant(value: float, like: Array) -> Array:
    """A number as an array without axes, of the type of `like`; with another type, each call would convert them all."""
    return np.array(value, like.dtype)
