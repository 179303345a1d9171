"""How wrong an output is, and the gradient with which that is sent back.

Outputs h, pre-activations z and targets are (outputs, batch) or (members, outputs, batch). A loss with its matched
output unit takes the short gradient h − target, in which the unit's own slope has cancelled (Shewchuk, CS 189
lecture 17); any other pair goes the long way and may vanish, and seeing that is what the program is for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from playground.nn.activations import ONE, Activation, Array, Linear, Sigmoid, Softmax
from playground.nn.calls import Call
from playground.options import Options

TINY = np.array(np.finfo(np.float64).tiny)
FLOOR = np.array(np.finfo(np.float64).eps)  # keeps a division by a vanished probability bounded


@dataclass(frozen=True)
class Loss(Options):
    """One number per example, summed over the outputs."""

    matched: ClassVar[type[Activation]]
    for_classes_only: ClassVar[bool] = True

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        """The loss of each example, (batch,) or (members, batch)."""
        raise NotImplementedError

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        """Write the gradient by the output h into `out`."""
        raise NotImplementedError

    def gradient(self, output: Activation, z: Array, h: Array, target: Array, out: Array) -> list[Call]:
        """Write the gradient by the output's pre-activation z into `out`."""
        if type(output) is self.matched:
            return [(np.subtract, (h, target, out))]
        upstream = np.empty_like(out)
        return [*self.slope(h, target, upstream), *output.backward(z, h, upstream, out)]

    def refusal(self, output: Activation) -> str:
        """Why this loss makes no sense with that output unit; empty where it does."""
        return ""

    def remark(self, output: Activation) -> str:
        """What to expect of a pair that works but does not match; empty for the matched pair."""
        if type(output) is self.matched:
            return ""
        return (
            f"{self.label} does not match {output.label} output: the slope of {output.label} stays in the gradient, "
            f"so outputs that are badly wrong may learn slowly. Its match is {self.matched.label}."
        )


@dataclass(frozen=True)
class SquaredError(Loss):
    """Half the squared distance, so that the gradient by the output is the error itself. Matches a linear output."""

    label = "squared error"
    formula = "L = ½ Σ (ŷ − y)²"
    matched = Linear
    for_classes_only = False

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        error = h - target
        return 0.5 * (error * error).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        return [(np.subtract, (h, target, out))]

    def remark(self, output: Activation) -> str:
        if isinstance(output, Sigmoid | Softmax):
            better = "binary cross-entropy" if isinstance(output, Sigmoid) else "cross-entropy"
            return (
                f"squared error does not match {output.label} output: the slope of {output.label} stays in the gradient, "
                f"so outputs that are badly wrong learn slowly. {better.capitalize()} cancels it."
            )
        return super().remark(output)


@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """The surprise of each yes-or-no output, in nats, computed from the logits. Matches a sigmoid output."""

    label = "binary cross-entropy"
    formula = "L = −Σ y log ŷ + (1 − y) log(1 − ŷ)"
    matched = Sigmoid

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        if isinstance(output, Sigmoid):
            return (np.logaddexp(0.0, z) - target * z).sum(axis=-2)
        yes, no = np.log(np.maximum(h, TINY)), np.log(np.maximum(1.0 - h, TINY))
        return -(target * yes + (1.0 - target) * no).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        width = np.empty_like(out)
        return [
            (np.subtract, (ONE, h, width)),
            (np.multiply, (width, h, width)),
            (np.add, (width, FLOOR, width)),
            (np.subtract, (h, target, out)),
            (np.divide, (out, width, out)),
        ]

    def refusal(self, output: Activation) -> str:
        if isinstance(output, Sigmoid | Softmax):
            return ""
        return f"binary cross-entropy needs outputs between 0 and 1, and {output.label} leaves that range; use sigmoid"


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """The surprise of the true class, in nats, computed from the logits. Matches a softmax output."""

    label = "cross-entropy"
    formula = "L = −Σ yₖ log ŷₖ"
    matched = Softmax

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        if isinstance(output, Softmax):
            return np.logaddexp.reduce(z, axis=-2) - (target * z).sum(axis=-2)
        return (target * np.logaddexp(0.0, -z)).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        return [(np.add, (h, FLOOR, out)), (np.divide, (target, out, out)), (np.negative, (out, out))]

    def gradient(self, output: Activation, z: Array, h: Array, target: Array, out: Array) -> list[Call]:
        if isinstance(output, Sigmoid):  # target · (h − 1): exact even where h is too small to divide by
            return [(np.subtract, (h, ONE, out)), (np.multiply, (out, target, out))]
        return super().gradient(output, z, h, target, out)

    def refusal(self, output: Activation) -> str:
        if isinstance(output, Sigmoid | Softmax):
            return ""
        return f"cross-entropy needs outputs between 0 and 1, and {output.label} leaves that range; use softmax"

    def remark(self, output: Activation) -> str:
        if isinstance(output, Sigmoid):
            return (
                "cross-entropy with sigmoid outputs never punishes a wrong yes: only the true class is pushed up, and the "
                "outputs do not sum to 1. Softmax is its match."
            )
        return super().remark(output)


LOSSES: dict[str, type[Loss]] = {
    "squared_error": SquaredError,
    "binary_cross_entropy": BinaryCrossEntropy,
    "cross_entropy": CrossEntropy,
}
