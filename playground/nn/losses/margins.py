"""Losses of the margin between two sides, for labels −1 and 1: the sign of the output is the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.nn.activations import Activation, Array, Linear, Tanh, constant
from playground.nn.calls import Call
from playground.nn.losses.loss import Loss
from playground.options.message import NOTHING, Message


@dataclass(frozen=True)
class MarginLoss(Loss):
    """A loss of the margin y·ŷ for labels −1 and 1, positive where the sign of the output is right. With more classes each
    output tells its own from all others.
    """

    matched = (Linear,)
    accepted = (Linear, Tanh)
    objection = "{loss} reads the sign of the output as the answer, and {output} is never negative; use linear"

    def targets(self, output: Activation) -> tuple[float, float]:
        return -1.0, 1.0

    def remark(self, output: Activation, classes: bool = True) -> Message:
        words = "the margin stays below 1, and its slope stays in the gradient, so outputs that are badly wrong learn slowly"
        return NOTHING if self.matches(output) else self._mismatch(output, Message(words))


@dataclass(frozen=True)
class Logistic(MarginLoss):
    """Binary cross-entropy for labels −1 and 1, the output being the logit itself. Matches a linear output.

    Source: Cox 1958.
    """

    label = "logistic loss"
    formula = "L = Σ log(1 + e⁻ʸᶻ)"
    latex = r"L = \sum \log(1 + e^{-y z})"

    def part(self, output: Activation) -> str:
        return "log(1 + exp(−y z))" if self.matches(output) else ""

    def probabilities(self, output: Activation, h: Array) -> Array:
        found: Array = 0.5 + 0.5 * np.tanh(0.5 * h)  # σ(h), without overflow: h is the logit
        return found

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        return np.logaddexp(0.0, -target * h).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        return [
            (np.multiply, (h, target, out)),
            (np.exp, (out, out)),
            (np.add, (out, constant(1.0, h), out)),
            (np.divide, (target, out, out)),
            (np.negative, (out, out)),
        ]


@dataclass(frozen=True)
class Hinge(MarginLoss):
    """What a margin lacks of 1: examples that are right by more than that no longer count, as in a support vector machine.
    Matches a linear output.

    The slope at a margin of 1 is taken as 0. Source: Cortes and Vapnik 1995.
    """

    label = "hinge loss"
    formula = "L = Σ max(0, 1 − y·ŷ)"
    latex = r"L = \sum \max(0, 1 - y \hat y)"

    def part(self, output: Activation) -> str:
        return "max(0, 1 − y ŷ)"

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        return np.maximum(1.0 - target * h, 0.0).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        return [
            (np.multiply, (h, target, out)),
            (np.subtract, (constant(1.0, h), out, out)),
            (np.heaviside, (out, constant(0.0, h), out)),
            (np.multiply, (out, target, out)),
            (np.negative, (out, out)),
        ]


@dataclass(frozen=True)
class SquaredHinge(MarginLoss):
    """The hinge squared: smooth at a margin of 1, and harder on answers that are badly wrong. Matches a linear output.

    Source: Tang 2013, "Deep learning using linear support vector machines".
    """

    label = "squared hinge loss"
    formula = "L = Σ max(0, 1 − y·ŷ)²"
    latex = r"L = \sum \max(0, 1 - y \hat y)^2"

    def part(self, output: Activation) -> str:
        return "max(0, 1 − y ŷ)²"

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        lacking = np.maximum(1.0 - target * h, 0.0)
        return (lacking * lacking).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        side = np.empty_like(out)
        return [
            (np.multiply, (h, target, out)),
            (np.subtract, (constant(1.0, h), out, out)),
            (np.heaviside, (out, constant(0.0, h), side)),
            (np.multiply, (out, side, out)),
            (np.multiply, (out, target, out)),
            (np.multiply, (out, constant(-2.0, h), out)),
        ]
