"""What keeps weights small. Biases are left alone: `mask` is 1 at weights and 0 at biases, shaped (count,).

Parameters p and gradients g are flat, (members, count); `rate` is the learning rate, an array without axes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np

from playground.nn.activations.activation import Array, constant
from playground.nn.calls import Call
from playground.nn.optimizers.optimizer import decay
from playground.options import Options, number


@dataclass(frozen=True)
class Regularizer(Options):
    """A penalty on the weights, or a rule that they obey. It acts before the optimizer's step, after it, or both.

    Attributes:
        named: what it is called in a sentence; "" where it does nothing.
        adds_gradient: whether `before` writes something into `total`.
        proportional: whether that is all it does, and in proportion to each weight.
        decays: whether `before` takes ε times its rate of each weight away, beside the gradient.
    """

    named: ClassVar[str] = "penalty"
    adds_gradient: ClassVar[bool] = False
    proportional: ClassVar[bool] = False
    decays: ClassVar[bool] = False

    @property
    def rate(self) -> float | None:
        """What `at_rate` replaces; None where it has none."""
        return None

    @property
    def strength(self) -> float:
        """The number that says how strong it is."""
        return 0.0

    def weaker(self) -> Regularizer:
        """One that leaves weights more room: as strong as is usual, or a tenth as strong where that is less."""
        return self

    def before(self, p: Array, g: Array, total: Array, rate: Array, mask: Array) -> list[Call]:
        """Write g plus the penalty's gradient into `total`, where `adds_gradient`; else perhaps pull the parameters."""
        return []

    def after(self, p: Array, rate: Array, mask: Array) -> list[Call]:
        """Pull the parameters, after a step at this learning rate."""
        return []

    def penalty(self, p: Array, mask: Array) -> Array:
        """What is added to the loss, (members,)."""
        return np.zeros(p.shape[:-1])

    def smooth_penalty(self, p: Array, mask: Array) -> Array:
        """The share of it whose gradient `before` adds, (members,)."""
        return self.penalty(p, mask) if self.adds_gradient else np.zeros(p.shape[:-1])


@dataclass(frozen=True)
class NoRegularizer(Regularizer):
    """Weights may grow as they like: right while training and test loss fall together."""

    label = "none"
    named = ""


@dataclass(frozen=True)
class Penalty(Regularizer):
    """One whose strength is its rate."""

    rate: float = number(0.001, 1e-7, 10.0, "rate α", "Weight of the penalty.", "log")

    @property
    def strength(self) -> float:
        return self.rate

    def weaker(self) -> Regularizer:
        return replace(self, rate=max(min(type(self)().rate, float(f"{self.rate / 10.0:.6g}")), 1e-7))


@dataclass(frozen=True)
class L1(Penalty):
    """Pulls every weight towards 0 at the same speed and holds small ones at exactly 0 until their gradient outweighs it.

    The step is the soft threshold of proximal gradient descent, so that a weight leaves 0 again when it is needed
    (Parikh and Boyd 2014, section 6.5.2).
    """

    label = "L1"
    named = "L1 penalty"
    formula = "L + α Σ |w|"
    latex = r"L + \alpha \sum |w|"

    def after(self, p: Array, rate: Array, mask: Array) -> list[Call]:
        return _soft_threshold(p, self.rate, rate, mask)

    def penalty(self, p: Array, mask: Array) -> Array:
        return self.rate * _sum_of_sizes(p, mask)


@dataclass(frozen=True)
class L2(Penalty):
    """Pulls every weight towards 0 in proportion to its size: w ← w − ε 2α w at each step (Shewchuk, CS 189)."""

    label = "L2"
    named = "L2 penalty"
    formula = "L + α Σ w²"
    latex = r"L + \alpha \sum w^2"
    adds_gradient = proportional = True

    def before(self, p: Array, g: Array, total: Array, rate: Array, mask: Array) -> list[Call]:
        return _add_slope(p, g, total, self.rate, mask)

    def penalty(self, p: Array, mask: Array) -> Array:
        return self.rate * _sum_of_squares(p, mask)


@dataclass(frozen=True)
class ElasticNet(Penalty):
    """L1 and L2 at once: few weights as with L1, but of inputs that say the same all are kept. Source: Zou and Hastie 2005.

    The L1 share is a soft threshold, the L2 share goes through the gradient.
    """

    share: float = number(0.5, 0.0, 1.0, "L1 share ρ", "1 is L1 alone, 0 is L2 alone.")

    label = "elastic net"
    named = "elastic net penalty"
    formula = "L + α (ρ Σ |w| + (1 − ρ) Σ w²)"
    latex = r"L + \alpha (\rho \sum |w| + (1 - \rho) \sum w^2)"
    adds_gradient = True

    def before(self, p: Array, g: Array, total: Array, rate: Array, mask: Array) -> list[Call]:
        return _add_slope(p, g, total, self.rate * (1.0 - self.share), mask)

    def after(self, p: Array, rate: Array, mask: Array) -> list[Call]:
        return _soft_threshold(p, self.rate * self.share, rate, mask)

    def penalty(self, p: Array, mask: Array) -> Array:
        straight, squared = _sum_of_sizes(p, mask), _sum_of_squares(p, mask)
        return self.rate * (self.share * straight + (1.0 - self.share) * squared)

    def smooth_penalty(self, p: Array, mask: Array) -> Array:
        return self.rate * (1.0 - self.share) * _sum_of_squares(p, mask)


@dataclass(frozen=True)
class WeightDecay(Penalty):
    """Takes the same share of every weight away at each step, outside the gradient, which an optimizer would rescale.

    With plain SGD it is L2 at half the rate; with Adam it is AdamW. Source: Loshchilov and Hutter 2019.
    """

    rate: float = number(0.01, 1e-7, 10.0, "rate α", "Share of each weight, times ε, taken away at a step.", "log")

    label = named = "weight decay"
    formula = "w ← w − ε α w"
    latex = r"w \leftarrow w - \varepsilon \alpha w"
    decays = True

    def before(self, p: Array, g: Array, total: Array, rate: Array, mask: Array) -> list[Call]:
        return decay(p, self.rate, rate, mask)


@dataclass(frozen=True)
class MaxNorm(Regularizer):
    """Scales the weights into a unit back to length c when they have grown longer, so that large steps do no lasting harm.

    Source: Srebro and Shraibman 2005.
    """

    limit: float = number(3.0, 0.01, 100.0, "limit c", "Largest length of the weights into one unit.", "log")

    label = "max-norm"
    named = "max-norm limit"
    formula = "‖w‖ ≤ c for each unit"
    latex = r"\|w\| \leq c \;\text{for each unit}"

    @property
    def strength(self) -> float:
        return self.limit

    def weaker(self) -> Regularizer:
        return replace(self, limit=min(max(type(self)().limit, float(f"{10.0 * self.limit:.6g}")), 100.0))

    def after(self, p: Array, rate: Array, mask: Array) -> list[Call]:
        # A unit's weights and bias lie side by side and the bias ends them, so the mask alone tells the units apart.
        ends = np.flatnonzero(mask == 0.0)  # (units,)
        starts = np.concatenate([[0], ends[:-1] + 1])
        unit = np.repeat(np.arange(len(ends)), ends - starts + 1)
        unit[ends] = len(ends)  # biases are scaled by the 1 that stands behind the units' factors
        limit, weight, scaled = constant(self.limit, p), mask.astype(p.dtype), np.empty_like(p)
        factors_and_one = np.ones((*p.shape[:-1], len(ends) + 1), p.dtype)
        factors = factors_and_one[..., :-1]
        return [
            (np.multiply, (p, weight, scaled)),
            (np.multiply, (scaled, scaled, scaled)),
            (np.add.reduceat, (scaled, starts, -1, None, factors)),
            (np.sqrt, (factors, factors)),
            (partial(np.maximum, out=factors), (factors, limit)),
            (np.divide, (limit, factors, factors)),
            (np.take, (factors_and_one, unit, -1, scaled, "clip")),
            (np.multiply, (p, scaled, p)),
        ]


def at_rate(regularizer: Regularizer, rate: Array | float, mask: Array) -> tuple[Regularizer, Array]:
    """A regularizer and a mask that together act at this rate, or at one for each member, (members, 1).

    That may lie beyond what its knob allows: the penalty has the rate 1, on weights that count as much as the rate.
    """
    return replace(regularizer, rate=1.0), mask * rate  # type: ignore[call-arg]


def _add_slope(p: Array, g: Array, total: Array, rate: float, mask: Array) -> list[Call]:
    """total ← g plus the slope of rate · Σ w²."""
    twice = (2.0 * rate * mask).astype(p.dtype)
    return [(np.multiply, (p, twice, total)), (np.add, (total, g, total))]


def _soft_threshold(p: Array, share: float, rate: Array, mask: Array) -> list[Call]:
    """Weights move towards 0 by rate · share, and no further."""
    shares = (share * mask).astype(p.dtype)
    work, size = np.empty_like(p), np.empty_like(p)
    return [
        (np.multiply, (shares, rate, work)),
        (np.abs, (p, size)),
        (np.subtract, (size, work, size)),
        (np.heaviside, (size, constant(0.0, p), work)),
        (np.multiply, (size, work, size)),
        (np.copysign, (size, p, p)),
    ]


def _sum_of_sizes(p: Array, mask: Array) -> Array:
    return (np.abs(p) * mask).sum(axis=-1)


def _sum_of_squares(p: Array, mask: Array) -> Array:
    return (p * p * mask).sum(axis=-1)


REGULARIZERS: dict[str, type[Regularizer]] = {
    "none": NoRegularizer,
    "l1": L1,
    "l2": L2,
    "elastic_net": ElasticNet,
    "weight_decay": WeightDecay,
    "max_norm": MaxNorm,
}
