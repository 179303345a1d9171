"""Adam and its relatives: momentum divided by the recent size of each weight's own gradient. Shapes as in optimizer.py.

The bias corrections of mean and square are drawn into the rate and ε₀, as Kingma and Ba advise for efficiency.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np

from playground.nn.activations.activation import Array, constant
from playground.nn.calls import Call
from playground.nn.optimizers.optimizer import Dissection, Line, Optimizer, OptimizerStep, decay, descend, move_average
from playground.options import number

ONE = np.array(1.0)


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum divided by the recent size of each weight's own gradient: a good first choice, with a small learning rate.

    Source: Kingma and Ba 2015, section 2.
    """

    beta1: float = number(0.9, 0.0, 0.9999, "β₁", "Memory of the gradient's mean m.")
    beta2: float = number(0.999, 0.0, 0.99999, "β₂", "Memory of the gradient's square v.")
    epsilon: float = number(1e-8, 1e-12, 1.0, "ε₀", "Keeps the division away from zero.", "log")

    label = "Adam"
    formula = "w ← w − ε m̂ / (√v̂ + ε₀)"
    latex = r"w \leftarrow w - \varepsilon \frac{\hat m}{\sqrt{\hat v} + \varepsilon_0}"
    advice = "m̂, v̂ differ from m, v at first. While g keeps its sign a step is about ε."
    advice_on_l2 = "√v̂ divides the L2 share too, not AdamW's decay: see L2, AdamW."
    adaptive_moments = True
    slots: ClassVar[tuple[str, ...]] = ("mean", "square")
    sizes: ClassVar[frozenset[str]] = frozenset({"square"})

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        work = np.empty_like(p)
        rate_now, epsilon_now = np.empty_like(rate), np.empty((), p.dtype)
        return [
            *self._remember(g, slots[:2]),
            *self._correct(clock, rate, rate_now, epsilon_now),
            *self._root(slots, work),
            *descend(p, slots[0], work, epsilon_now, rate_now),
        ]

    def _correct(self, clock: Array, rate: Array, rate_now: Array, epsilon_now: Array) -> list[Call]:
        """Rate and ε₀ for m and v as they are after one more step: ε √(1 − β₂ᵗ) / (1 − β₁ᵗ) and ε₀ √(1 − β₂ᵗ)."""
        left, factor = np.empty(2), np.empty(())
        first, second = left[:1].reshape(()), left[1:].reshape(())
        return [
            (np.add, (clock, ONE, clock)),
            (np.power, (np.array([self.beta1, self.beta2]), clock, left)),
            (np.subtract, (ONE, left, left)),
            (np.sqrt, (second, second)),
            (np.multiply, (np.array(self.epsilon), second, epsilon_now)),
            (np.divide, (second, first, factor)),
            (np.multiply, (rate, factor, rate_now)),
        ]

    def _remember(self, g: Array, moments: Array) -> list[Call]:
        """Take the gradient into its mean and square, both in one call where that is possible."""
        new, kept = np.empty_like(moments), np.empty_like(moments)
        kept[0], kept[1] = self.beta1, self.beta2
        return [
            (np.multiply, (g, constant(1.0 - self.beta1, g), new[0])),
            (np.multiply, (g, g, new[1])),
            (np.multiply, (new[1], constant(1.0 - self.beta2, g), new[1])),
            (np.multiply, (moments, kept, moments)),
            (np.add, (moments, new, moments)),
        ]

    def _root(self, slots: Array, out: Array) -> list[Call]:
        """Write √v, not yet corrected."""
        return [(np.sqrt, (slots[1], out))]

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection:
        (mean, square), (mean_before, square_before) = optimizer_step.after[:2], optimizer_step.before[:2]
        corrected = mean / (1.0 - self.beta1**optimizer_step.clock)
        variance = square / (1.0 - self.beta2**optimizer_step.clock)
        below = np.sqrt(variance) + self.epsilon
        memories = {"mean": {"m": mean, "m̂": corrected}, "square": {"v": square, "v̂": variance}}
        g, first, second = {"g": optimizer_step.gradient}, {"β₁": self.beta1}, {"β₂": self.beta2}
        lines = (
            Line("m", "β₁ m + (1 − β₁) g", g | first | {"m": mean_before}, mean),
            Line("v", "β₂ v + (1 − β₂) g²", g | second | {"v": square_before}, square),
            Line("m̂", "m / (1 − β₁ᵗ)", first | {"m": mean, "ᵗ": optimizer_step.clock}, corrected),
            Line("v̂", "v / (1 − β₂ᵗ)", second | {"v": square, "ᵗ": optimizer_step.clock}, variance),
        )
        names = {"ε₀": self.epsilon}
        return Dissection(corrected, "m̂", optimizer_step.rate / below, below, "(√v̂ + ε₀)", memories, lines, names)


@dataclass(frozen=True)
class AMSGrad(Adam):
    """Adam that divides by the largest square so far, so that no step grows again. Source: Reddi, Kale and Kumar 2018."""

    label = "AMSGrad"
    formula = "w ← w − ε m̂ / (√max v̂ + ε₀)"
    latex = r"w \leftarrow w - \varepsilon \frac{\hat m}{\sqrt{\max \hat v} + \varepsilon_0}"
    advice = "The largest v so far never falls: the effective rate never grows again."
    advice_on_l2 = "√max v̂ divides the L2 share too, not AdamW's decay: see L2, AdamW."
    slots = ("mean", "square", "largest")
    sizes = frozenset({"square", "largest"})

    def _root(self, slots: Array, out: Array) -> list[Call]:
        _, square, largest = slots
        return [(partial(np.maximum, out=largest), (largest, square)), (np.sqrt, (largest, out))]

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection:
        adam, largest = super().dissect(optimizer_step), optimizer_step.after[2]
        corrected = largest / (1.0 - self.beta2**optimizer_step.clock)
        below = np.sqrt(corrected) + self.epsilon
        memories = {**adam.memories, "largest": {"max v": largest, "max v̂": corrected}}
        *lines, _ = adam.lines
        lines += [
            Line("max v", "max(max v, v)", {"max v": optimizer_step.before[2], "v": optimizer_step.after[1]}, largest),
            Line(
                "max v̂", "max v / (1 − β₂ᵗ)", {"max v": largest, "β₂": self.beta2, "ᵗ": optimizer_step.clock}, corrected
            ),
        ]
        effective, symbol = optimizer_step.rate / below, "(√max v̂ + ε₀)"
        return Dissection(adam.above, "m̂", effective, below, symbol, memories, tuple(lines), adam.names)


@dataclass(frozen=True)
class Adamax(Optimizer):
    """Adam with the largest recent gradient in place of the root mean square: steps stay bounded where gradients are rare.

    Source: Kingma and Ba 2015, section 7.1.
    """

    beta1: float = number(0.9, 0.0, 0.9999, "β₁", "Memory of the gradient's mean m.")
    beta2: float = number(0.999, 0.0, 0.99999, "β₂", "By what factor the largest gradient u fades at each step.")
    epsilon: float = number(1e-8, 1e-12, 1.0, "ε₀", "Keeps the division away from zero.", "log")

    label = "Adamax"
    formula = "u ← max(β₂ u, |g| + ε₀),  w ← w − ε m̂ / u"
    latex = r"u \leftarrow \max(\beta_2 u, |g| + \varepsilon_0), \quad w \leftarrow w - \varepsilon \frac{\hat m}{u}"
    advice = "u is the largest recent gradient: no step is much longer than ε."
    slots = ("mean", "largest")
    sizes = frozenset({"largest"})

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        mean, largest = slots
        work, rate_now, left = np.empty_like(p), np.empty_like(rate), np.empty(())
        return [
            *move_average(mean, self.beta1, g, work),
            (np.abs, (g, work)),
            (np.add, (work, constant(self.epsilon, p), work)),
            (np.multiply, (largest, constant(self.beta2, p), largest)),
            (partial(np.maximum, out=largest), (largest, work)),
            (np.add, (clock, ONE, clock)),
            (np.power, (np.array(self.beta1), clock, left)),
            (np.subtract, (ONE, left, left)),
            (np.divide, (rate, left, rate_now)),
            (np.divide, (mean, largest, work)),
            (np.multiply, (work, rate_now, work)),
            (np.subtract, (p, work, p)),
        ]

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection:
        mean, largest = optimizer_step.after
        corrected = mean / (1.0 - self.beta1**optimizer_step.clock)
        memories = {"mean": {"m": mean, "m̂": corrected}, "largest": {"u": largest}}
        g, first, faded = {"g": optimizer_step.gradient}, {"β₁": self.beta1}, {"β₂": self.beta2, "ε₀": self.epsilon}
        lines = (
            Line("m", "β₁ m + (1 − β₁) g", g | first | {"m": optimizer_step.before[0]}, mean),
            Line("u", "max(β₂ u, |g| + ε₀)", g | faded | {"u": optimizer_step.before[1]}, largest),
            Line("m̂", "m / (1 − β₁ᵗ)", first | {"m": mean, "ᵗ": optimizer_step.clock}, corrected),
        )
        return Dissection(corrected, "m̂", optimizer_step.rate / largest, largest, "u", memories, lines)


@dataclass(frozen=True)
class Nadam(Adam):
    """Adam that looks ahead as Nesterov does, with a momentum μ that grows from β₁/2 to β₁. Source: Dozat 2016.

    The slot `warmth` holds, in the first entry of each member, what the product of all μ so far lacks of 1.
    """

    growth: float = number(0.004, 0.0, 1.0, "ψ", "How fast the momentum grows: μ = β₁ (1 − ½ · 0.96^(ψ t)).")

    label = "Nadam"
    formula = "w ← w − ε (μ′ m̂ + (1 − μ) ĝ) / (√v̂ + ε₀)"
    latex = r"w \leftarrow w - \varepsilon \frac{\mu' \hat m + (1 - \mu) \hat g}{\sqrt{\hat v} + \varepsilon_0}"
    slots = ("mean", "square", "warmth")
    sizes = frozenset({"square", "warmth"})
    common = frozenset({"warmth"})

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        mean, warmth = slots[0], slots[2][:, :1]
        work, ahead, root = np.empty_like(p), np.empty_like(p), np.empty_like(p)
        rate_of_g, rate_of_mean, epsilon_now = np.empty_like(rate), np.empty_like(rate), np.empty((), p.dtype)
        return [
            *self._remember(g, slots[:2]),
            *self._correct_both(clock, rate, warmth, rate_of_g, rate_of_mean, epsilon_now),
            *self._root(slots, root),
            (np.add, (root, epsilon_now, root)),
            (np.multiply, (g, rate_of_g, work)),
            (np.multiply, (mean, rate_of_mean, ahead)),
            (np.add, (work, ahead, work)),
            (np.divide, (work, root, work)),
            (np.subtract, (p, work, p)),
        ]

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection:
        adam, mean, product = super().dissect(optimizer_step), optimizer_step.after[0], 1.0 - optimizer_step.after[2]
        now, next = self._momentum(optimizer_step.clock), self._momentum(optimizer_step.clock + 1.0)
        corrected = mean / (1.0 - product * next)
        above = next * corrected + (1.0 - now) / (1.0 - product) * optimizer_step.gradient
        memories = {
            **adam.memories,
            "mean": {"m": mean, "m̂": corrected},
            "warmth": {"1 − Π μ": optimizer_step.after[2]},
        }
        growth = {"β₁": self.beta1, "ψ": self.growth}
        lines = (
            *adam.lines[:2],
            Line("μ", "β₁ (1 − ½·0.96^(ψ t))", growth | {"t": optimizer_step.clock}, np.asarray(now)),
            Line("μ′", "β₁ (1 − ½·0.96^(ψ (t + 1)))", growth | {"t": optimizer_step.clock}, np.asarray(next)),
            Line("Π", "Π μ", {"Π": 1.0 - optimizer_step.before[2], "μ": np.asarray(now)}, product),
            Line("m̂", "m / (1 − Π μ′)", {"m": mean, "Π": product, "μ′": np.asarray(next)}, corrected),
            Line(
                "ĝ",
                "g / (1 − Π)",
                {"g": optimizer_step.gradient, "Π": product},
                optimizer_step.gradient / (1.0 - product),
            ),
            adam.lines[3],
        )
        symbol = "(μ′ m̂ + (1 − μ) ĝ)"
        return Dissection(above, symbol, adam.effective, adam.below, adam.below_symbol, memories, lines, adam.names)

    def _correct_both(
        self, clock: Array, rate: Array, warmth: Array, rate_of_g: Array, rate_of_mean: Array, epsilon_now: Array
    ) -> list[Call]:
        """Rates and ε₀ as `_correct` has them, for g by (1 − μ) / (1 − Π), for m by μ′ / (1 − Π μ′)."""
        momenta, times, root = np.empty(2), np.empty(2), np.empty(())
        now, next = momenta[:1].reshape(()), momenta[1:].reshape(())
        product, factor, below = np.empty(()), np.empty(()), np.empty(())
        one_warmth = warmth[:1].reshape(())  # all members have taken as many steps
        half, growth, beta = np.array(-0.5), np.array(self.growth), np.array(self.beta1)
        return [
            (np.add, (clock, ONE, clock)),
            (np.add, (clock, np.array([0.0, 1.0]), times)),
            (np.multiply, (times, growth, times)),
            (np.power, (np.array(0.96), times, momenta)),
            (np.multiply, (momenta, half, momenta)),
            (np.add, (momenta, ONE, momenta)),
            (np.multiply, (momenta, beta, momenta)),
            (np.subtract, (ONE, one_warmth, product)),
            (np.multiply, (product, now, product)),
            (np.subtract, (ONE, product, warmth)),
            (np.power, (np.array(self.beta2), clock, root)),
            (np.subtract, (ONE, root, root)),
            (np.sqrt, (root, root)),
            (np.multiply, (np.array(self.epsilon), root, epsilon_now)),
            (np.subtract, (ONE, now, factor)),
            (np.multiply, (root, factor, factor)),
            (np.subtract, (ONE, product, below)),
            (np.divide, (factor, below, factor)),
            (np.multiply, (rate, factor, rate_of_g)),
            (np.multiply, (root, next, factor)),
            (np.multiply, (product, next, below)),
            (np.subtract, (ONE, below, below)),
            (np.divide, (factor, below, factor)),
            (np.multiply, (rate, factor, rate_of_mean)),
        ]

    def _momentum(self, step: float | Array) -> float | Array:
        return self.beta1 * (1.0 - 0.5 * 0.96 ** (step * self.growth))


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with weight decay of its own, which does not pass through the division as an L2 penalty would.

    Biases do not decay. Source: Loshchilov and Hutter 2019.
    """

    decay: float = number(0.01, 0.0, 10.0, "decay λ", "Share of each weight, times ε, taken away at every step.")

    label = "AdamW"
    formula = "w ← w − ε λ w − ε m̂ / (√v̂ + ε₀)"
    latex = r"w \leftarrow w - \varepsilon \lambda w - \varepsilon \frac{\hat m}{\sqrt{\hat v} + \varepsilon_0}"
    advice = "√v̂ does not divide the decay, as it would L2's: see L2, AdamW."

    @property
    def decay_rate(self) -> float:
        return self.decay

    def decaying_less(self) -> AdamW:
        return replace(self, decay=min(type(self)().decay, self.decay / 10.0))

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        return [*decay(p, self.decay, rate, mask), *super().update(p, g, rate, clock, slots, mask)]
