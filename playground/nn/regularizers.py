"""What keeps weights small. Biases are left alone: `mask` is 1 at weights and 0 at biases, shaped (count,)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from playground.nn.activations import ZERO, Array
from playground.nn.calls import Call
from playground.options import Options, number


@dataclass(frozen=True)
class Regularizer(Options):
    """A penalty on the weights, applied through the gradient or as a step of its own."""

    adds_gradient: ClassVar[bool] = False

    def gradient(self, p: Array, g: Array, mask: Array, total: Array) -> list[Call]:
        """Write g plus the penalty's gradient into `total`, where `adds_gradient`."""
        return []

    def shrink(self, p: Array, rate: Array, mask: Array, work: Array) -> list[Call]:
        """Pull the parameters, after the optimizer's step at this learning rate."""
        return []

    def penalty(self, p: Array, mask: Array) -> Array:
        """What is added to the loss, (members,)."""
        return np.zeros(p.shape[:-1])


@dataclass(frozen=True)
class NoRegularizer(Regularizer):
    """Weights may grow as they like."""

    label = "none"


@dataclass(frozen=True)
class L1(Regularizer):
    """Pulls every weight towards 0 at the same speed and holds small ones at exactly 0 until their gradient outweighs it.

    The step is the soft threshold of proximal gradient descent, so that a weight leaves 0 again when it is needed
    (Parikh and Boyd 2014, section 6.5.2).
    """

    rate: float = number(0.001, 1e-7, 10.0, "rate α", "Weight of the penalty.", "log")

    label = "L1"
    formula = "L + α Σ |w|"

    def shrink(self, p: Array, rate: Array, mask: Array, work: Array) -> list[Call]:
        alpha, size = np.array(self.rate), np.empty_like(p)
        return [
            (np.multiply, (mask, alpha, work)),
            (np.multiply, (work, rate, work)),
            (np.abs, (p, size)),
            (np.subtract, (size, work, size)),
            (np.heaviside, (size, ZERO, work)),
            (np.multiply, (size, work, size)),
            (np.copysign, (size, p, p)),
        ]

    def penalty(self, p: Array, mask: Array) -> Array:
        return self.rate * (np.abs(p) * mask).sum(axis=-1)


@dataclass(frozen=True)
class L2(Regularizer):
    """Pulls every weight towards 0 in proportion to its size: w ← w − ε 2α w at each step (Shewchuk, CS 189)."""

    rate: float = number(0.001, 1e-7, 10.0, "rate α", "Weight of the penalty.", "log")

    label = "L2"
    formula = "L + α Σ w²"
    adds_gradient = True

    def gradient(self, p: Array, g: Array, mask: Array, total: Array) -> list[Call]:
        twice = np.array(2.0 * self.rate) * mask
        return [(np.multiply, (p, twice, total)), (np.add, (total, g, total))]

    def penalty(self, p: Array, mask: Array) -> Array:
        return self.rate * (p * p * mask).sum(axis=-1)


REGULARIZERS: dict[str, type[Regularizer]] = {"none": NoRegularizer, "l1": L1, "l2": L2}
