"""Losses of the probability that the outputs give to the target, in nats, computed from the logits where these are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from playground.nn.activations import Activation, Array, Linear, Sigmoid, Softmax, constant
from playground.nn.calls import Call
from playground.nn.losses.distances import SquaredError
from playground.nn.losses.loss import Loss
from playground.options.message import NOTHING, Message

TINY = np.array(np.finfo(np.float64).tiny)
FLOOR = float(np.finfo(np.float64).eps)  # keeps a division by a vanished probability bounded


@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """The surprise of each yes-or-no output, in nats, for labels 0 and 1, computed from the logits. Matches a sigmoid
    output.
    """

    label = "binary cross-entropy"
    formula = "L = −Σ (y log ŷ + (1 − y) log(1 − ŷ))"
    latex = r"L = -\sum (y \log \hat y + (1 - y) \log(1 - \hat y))"
    matched = (Sigmoid,)
    accepted = (Sigmoid, Softmax)
    objection = "{loss} needs outputs between 0 and 1, and {output} leaves that range; use sigmoid"

    def part(self, output: Activation) -> str:
        return "−(y log ŷ + (1 − y) log(1 − ŷ))"

    def slope_by_output(self, output: Activation) -> str:
        return "(ŷ − y) / (ŷ (1 − ŷ))"

    def error_factor(self, output: Activation) -> float | None:
        return 1.0 if self.matches(output) else None

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        if self.matches(output):
            return (np.logaddexp(0.0, z) - target * z).sum(axis=-2)
        yes, no = np.log(np.maximum(h, TINY)), np.log(np.maximum(1.0 - h, TINY))
        return -(target * yes + (1.0 - target) * no).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        width = np.empty_like(out)
        return [
            (np.subtract, (constant(1.0, h), h, width)),
            (np.multiply, (width, h, width)),
            (np.add, (width, constant(FLOOR, h), width)),
            (np.subtract, (h, target, out)),
            (np.divide, (out, width, out)),
        ]

    def gradient(self, output: Activation, z: Array, h: Array, target: Array, out: Array) -> list[Call]:
        if self.matches(output):
            return [(np.subtract, (h, target, out))]
        return super().gradient(output, z, h, target, out)

    def remark(self, output: Activation, classes: bool = True) -> Message:
        if output.coupled:
            words = (
                "{loss} judges each {output} output as an answer of its own, although they sum to 1, so that a mistake "
                "counts about twice. The match of {output} is cross-entropy."
            )
            return self._message(words, output)
        return super().remark(output, classes)


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """The surprise of the true class, in nats, computed from the logits: for three classes and more. Matches a softmax output."""

    label = "cross-entropy"
    formula = "L = −Σ yₖ log ŷₖ"
    latex = r"L = -\sum y_k \log \hat y_k"
    matched = (Softmax,)
    accepted: ClassVar[tuple[type[Activation], ...]] = (Sigmoid, Softmax)
    objection = "{loss} needs outputs between 0 and 1, and {output} leaves that range; use softmax"
    one_output_per_class = True

    def parts(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        if not self.matches(output):
            return super().parts(output, z, h, target)
        surprise: Array = target * (np.logaddexp.reduce(z, axis=-2, keepdims=True) - z)
        return surprise

    def part(self, output: Activation) -> str:
        return "−y log ŷ"

    def slope_by_output(self, output: Activation) -> str:
        return "−y / ŷ"

    def error_factor(self, output: Activation) -> float | None:
        return 1.0 if self.matches(output) else None

    def short_gradient(self, output: Activation) -> str:
        return "" if self.matches(output) else "y ⊙ (ŷ − 1)"

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        if self.matches(output):
            return np.logaddexp.reduce(z, axis=-2) - (target * z).sum(axis=-2)
        return (target * np.logaddexp(0.0, -z)).sum(axis=-2)

    def gradient(self, output: Activation, z: Array, h: Array, target: Array, out: Array) -> list[Call]:
        if self.matches(output):
            return [(np.subtract, (h, target, out))]
        # Of a sigmoid target · (h − 1): exact even where h is too small to divide by.
        return [(np.subtract, (h, constant(1.0, h), out)), (np.multiply, (out, target, out))]

    def remark(self, output: Activation, classes: bool = True) -> Message:
        words = (
            "{loss} with {output} outputs never punishes a wrong yes: only the true class is pushed up, and the "
            "outputs do not sum to 1. Softmax is its match."
        )
        return NOTHING if self.matches(output) else self._message(words, output)


@dataclass(frozen=True)
class KLDivergence(CrossEntropy):
    """The nats wasted by expecting ŷ where y is true: cross-entropy less the entropy of the targets, so 0 when they agree.
    Matches a softmax output.

    The gradient is that of cross-entropy. Source: Kullback and Leibler 1951.
    """

    label = "KL divergence"
    formula = "L = Σ yₖ log(yₖ / ŷₖ)"
    latex = r"L = \sum y_k \log(y_k / \hat y_k)"
    accepted = (Softmax,)
    objection = "{loss} compares two distributions, and the outputs of {output} do not sum to 1; use softmax"

    def parts(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        return super().parts(output, z, h, target) + target * np.log(np.where(target > 0.0, target, 1.0))

    def part(self, output: Activation) -> str:
        return ""

    def slope_by_output(self, output: Activation) -> str:
        return ""

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        entropy = -(target * np.log(np.maximum(target, TINY))).sum(axis=-2)
        return super().value(output, z, h, target) - entropy


@dataclass(frozen=True)
class NegativeLogLikelihood(Loss):
    """How improbable the answer is, in nats, under the model that the output unit stands for: yes or no for sigmoid, one of
    several for softmax, a number with unit Gaussian noise for linear. Matches all three: its minimum is the maximum
    likelihood.

    Source: Bishop 2006, section 5.2.
    """

    label = "negative log-likelihood"
    formula = "L = −log p(y | x)"
    latex = r"L = -\log p(y \mid x)"
    matched = (Linear, Sigmoid, Softmax)
    accepted = matched
    objection = "{loss} needs a probability, and {output} stands for none; use linear (Gaussian), sigmoid (yes or no) or softmax"
    for_classes_only = False

    def parts(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        return self._term(output).parts(output, z, h, target) + self._constant(output)

    def part(self, output: Activation) -> str:
        return "" if self._constant(output) else self._term(output).part(output)

    def slope_by_output(self, output: Activation) -> str:
        return "" if self._constant(output) else self._term(output).slope_by_output(output)

    def error_factor(self, output: Activation) -> float | None:
        return self._term(output).error_factor(output)

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        return self._term(output).value(output, z, h, target) + self._constant(output) * z.shape[-2]

    def gradient(self, output: Activation, z: Array, h: Array, target: Array, out: Array) -> list[Call]:
        return self._term(output).gradient(output, z, h, target, out)

    def match(self, classes: int) -> Activation:
        return Linear() if not classes else Sigmoid() if classes == 2 else Softmax()

    def refusal(self, output: Activation, classes: bool = True) -> Message:
        if self.matches(output) and self._term(output).for_classes_only and not classes:
            words = "{output} stands for the probability of a class, and these data have a number to predict"
            return self._message(words, output)
        return super().refusal(output, classes)

    def _term(self, output: Activation) -> Loss:
        """The loss that it amounts to, but for a constant."""
        return next(loss for loss in (SquaredError(), BinaryCrossEntropy(), CrossEntropy()) if loss.matches(output))

    def _constant(self, output: Activation) -> float:
        """What a Gaussian's width adds for each output."""
        return 0.0 if self._term(output).for_classes_only else 0.5 * np.log(2.0 * np.pi)
