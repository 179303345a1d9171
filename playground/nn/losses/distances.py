"""Losses of the distance between output and target; the only ones that suit any number to predict."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from playground.nn.activations import Activation, Array, Linear, constant
from playground.nn.calls import Call
from playground.nn.losses.loss import Loss
from playground.options import flag, number


@dataclass(frozen=True)
class SquaredError(Loss):
    """The squared distance, or half of it, which makes the gradient by the output the error itself. Matches a linear
    output, where its minimum is the mean of the answers that an input may have.
    """

    half: bool = flag(True, "with the ½", "Take half the square: the gradient is ŷ − y; without the half 2(ŷ − y).")

    label = "squared error"
    formula = "L = ½ Σ (ŷ − y)², or without the ½"
    latex = r"L = (\tfrac{1}{2}) \sum (\hat y - y)^2"
    matched = (Linear,)
    for_classes_only = False

    @property
    def equation(self) -> tuple[str, str]:
        half, half_latex = ("½ ", r"\tfrac{1}{2} ") if self.half else ("", "")
        return f"L = {half}Σ (ŷ − y)²", rf"L = {half_latex}\sum (\hat y - y)^2"

    def part(self, output: Activation) -> str:
        return "½ (ŷ − y)²" if self.half else "(ŷ − y)²"

    def slope_by_output(self, output: Activation) -> str:
        return "ŷ − y" if self.half else "2 (ŷ − y)"

    def error_factor(self, output: Activation) -> float | None:
        return (1.0 if self.half else 2.0) if self.matches(output) else None

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        error = h - target
        return (0.5 if self.half else 1.0) * (error * error).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        error: list[Call] = [(np.subtract, (h, target, out))]
        return error if self.half else [*error, (np.multiply, (out, constant(2.0, h), out))]


@dataclass(frozen=True)
class AbsoluteError(Loss):
    """The distance itself: far-off examples pull no harder than near ones, so outliers hardly count. Matches a linear
    output, where its minimum is the median of the answers that an input may have.

    The slope at 0 is taken as 0.
    """

    label = "mean absolute error"
    formula = "L = Σ |ŷ − y|"
    latex = r"L = \sum |\hat y - y|"
    matched = (Linear,)
    for_classes_only = False

    def part(self, output: Activation) -> str:
        return "|ŷ − y|"

    def slope_by_output(self, output: Activation) -> str:
        return "sign(ŷ − y)"

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        return np.abs(h - target).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        return [(np.subtract, (h, target, out)), (np.sign, (out, out))]


@dataclass(frozen=True)
class Huber(Loss):
    """Squared near the target, absolute beyond δ: smooth at the minimum, and outliers pull with δ at most. Matches a
    linear output.

    Source: Huber 1964.
    """

    delta: float = number(
        1.0, 1e-3, 1e3, "threshold δ", "Distance beyond which the loss grows in a straight line.", "log"
    )

    label = "Huber loss"
    formula = "L = Σ ½e² if |e| ≤ δ, else δ(|e| − ½δ); e = ŷ − y"
    latex = r"L = \sum \frac{e^2}{2} \;\text{if}\; |e| \leq \delta,\;\text{else}\; \delta (|e| - \frac{\delta}{2})"
    matched = (Linear,)
    for_classes_only = False

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        distance = np.abs(h - target)
        near = np.minimum(distance, self.delta)
        return (near * (distance - 0.5 * near)).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        low, high = constant(-self.delta, h), constant(self.delta, h)
        return [
            (np.subtract, (h, target, out)),
            (partial(np.minimum, out=out), (out, high)),  # a positional `out` is deprecated for these two
            (partial(np.maximum, out=out), (out, low)),
        ]
