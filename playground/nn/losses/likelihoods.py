"""Losses of the probability that the outputs give to the target, in nats, computed from the logits where these are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from playground.nn.activations import Activation, Array, Linear, Sigmoid, Softmax, constant
from playground.nn.calls import Call
from playground.nn.losses.distances import SquaredError
from playground.nn.losses.loss import Loss

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
    objection = "needs outputs between 0 and 1, and {} leaves that range; use sigmoid"

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        if isinstance(output, Sigmoid):
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
        if isinstance(output, Sigmoid):
            return [(np.subtract, (h, target, out))]
        return super().gradient(output, z, h, target, out)

    def remark(self, output: Activation, classes: bool = True) -> str:
        if isinstance(output, Softmax):
            return (
                "binary cross-entropy judges each softmax output as an answer of its own, although they sum to 1, so that a "
                "mistake counts about twice. The match of softmax is cross-entropy."
            )
        return super().remark(output, classes)


@dataclass(frozen=True)
class CrossEntropy(Loss):
    """The surprise of the true class, in nats, computed from the logits: for three classes and more. Matches a softmax output."""

    label = "cross-entropy"
    formula = "L = −Σ yₖ log ŷₖ"
    latex = r"L = -\sum y_k \log \hat y_k"
    matched = (Softmax,)
    accepted: ClassVar[tuple[type[Activation], ...]] = (Sigmoid, Softmax)
    objection = "needs outputs between 0 and 1, and {} leaves that range; use softmax"

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        if isinstance(output, Softmax):
            return np.logaddexp.reduce(z, axis=-2) - (target * z).sum(axis=-2)
        return (target * np.logaddexp(0.0, -z)).sum(axis=-2)

    def gradient(self, output: Activation, z: Array, h: Array, target: Array, out: Array) -> list[Call]:
        if isinstance(output, Softmax):
            return [(np.subtract, (h, target, out))]
        # Of a sigmoid target · (h − 1): exact even where h is too small to divide by.
        return [(np.subtract, (h, constant(1.0, h), out)), (np.multiply, (out, target, out))]

    def remark(self, output: Activation, classes: bool = True) -> str:
        if isinstance(output, Sigmoid):
            return (
                f"cross-entropy with {output.label} outputs never punishes a wrong yes: only the true class is pushed up, and the "
                "outputs do not sum to 1. Softmax is its match."
            )
        return super().remark(output, classes)


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
    objection = "compares two distributions, and the outputs of {} do not sum to 1; use softmax"

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
    objection = "needs a probability, and {} stands for none; use linear (Gaussian), sigmoid (yes or no) or softmax"
    for_classes_only = False

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        constant = 0.5 * np.log(2.0 * np.pi) * z.shape[-2] if isinstance(output, Linear) else 0.0
        return self._term(output).value(output, z, h, target) + constant

    def gradient(self, output: Activation, z: Array, h: Array, target: Array, out: Array) -> list[Call]:
        return self._term(output).gradient(output, z, h, target, out)

    def match(self, classes: int) -> Activation:
        return Linear() if not classes else Sigmoid() if classes == 2 else Softmax()

    def refusal(self, output: Activation, classes: bool = True) -> str:
        if isinstance(output, Sigmoid | Softmax) and not classes:
            return f"{output.label} stands for the probability of a class, and these data have a number to predict"
        return super().refusal(output, classes)

    def _term(self, output: Activation) -> Loss:
        """The loss that it amounts to, but for a constant."""
        match output:
            case Linear():
                return SquaredError()
            case Sigmoid():
                return BinaryCrossEntropy()
            case _:
                return CrossEntropy()
