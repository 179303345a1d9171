"""Optimizers that divide each weight's step by the size of its gradients so far. Shapes as in optimizer.py.

ε₀ stands where PyTorch puts it: outside the root, but for Adadelta.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.nn.activations.activation import Array, constant
from playground.nn.calls import Call
from playground.nn.optimizers.optimizer import Dissection, Line, Optimizer, OptimizerStep, descend, move_average
from playground.options import flag, number


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Divides by the root of all squared gradients so far: rare inputs keep a large step, and all steps shrink for good.

    Source: Duchi, Hazan and Singer 2011.
    """

    epsilon: float = number(1e-10, 1e-12, 1.0, "ε₀", "Keeps the division away from zero.", "log")

    label = "Adagrad"
    formula = "s ← s + g²,  w ← w − ε g / (√s + ε₀)"
    latex = r"s \leftarrow s + g^2, \quad w \leftarrow w - \varepsilon \frac{g}{\sqrt s + \varepsilon_0}"
    advice = "s only grows, so the effective rate shrinks for good (see “all”)."
    slots = ("sum",)
    sizes = frozenset({"sum"})

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        (sum,) = slots
        work = np.empty_like(p)
        return [
            (np.multiply, (g, g, work)),
            (np.add, (sum, work, sum)),
            (np.sqrt, (sum, work)),
            *descend(p, g, work, constant(self.epsilon, p), rate),
        ]

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection:
        (sum,) = optimizer_step.after
        below = np.sqrt(sum) + self.epsilon
        g, memories = {"g": optimizer_step.gradient}, {"sum": {"s": sum}}
        lines = (Line("s", "s + g²", g | {"s": optimizer_step.before[0]}, sum),)
        names = g | {"ε₀": self.epsilon}
        return Dissection(
            optimizer_step.gradient, "g", optimizer_step.rate / below, below, "(√s + ε₀)", memories, lines, names
        )


@dataclass(frozen=True)
class Adadelta(Optimizer):
    """Takes steps as large as the recent ones were for gradients as large as this; wants a learning rate near 1.

    Source: Zeiler 2012.
    """

    memory: float = number(0.9, 0.0, 0.9999, "ρ", "Memory of the squared gradients s and of the squared steps u.")
    epsilon: float = number(1e-6, 1e-12, 1.0, "ε₀", "Sets the size of the first steps.", "log")

    label = "Adadelta"
    formula = "d = g √(u + ε₀) / √(s + ε₀),  w ← w − ε d"
    latex = r"w \leftarrow w - \varepsilon \frac{\sqrt{u + \varepsilon_0}}{\sqrt{s + \varepsilon_0}} \, g"
    advice = "The effective rate follows √u, the size of recent steps: it finds its own scale."
    slots = ("square", "change")
    sizes = frozenset({"square", "change"})

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        square, change = slots
        epsilon = constant(self.epsilon, p)
        step, work = np.empty_like(p), np.empty_like(p)
        return [
            (np.multiply, (g, g, work)),
            *move_average(square, self.memory, work, work),
            (np.add, (change, epsilon, step)),
            (np.add, (square, epsilon, work)),
            (np.divide, (step, work, step)),
            (np.sqrt, (step, step)),
            (np.multiply, (step, g, step)),
            (np.multiply, (step, step, work)),
            *move_average(change, self.memory, work, work),
            (np.multiply, (step, rate, step)),
            (np.subtract, (p, step, p)),
        ]

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection:
        square, change = optimizer_step.after
        above, below = np.sqrt(optimizer_step.before[1] + self.epsilon), np.sqrt(square + self.epsilon)
        memories = {"square": {"s": square}, "change": {"u": change}}
        symbols = "g √(u + ε₀)", "√(s + ε₀)"
        effective, whole = optimizer_step.rate * above / below, optimizer_step.gradient * above
        g, rest, u = {"g": optimizer_step.gradient}, {"ρ": self.memory}, {"u": optimizer_step.before[1]}
        step = g | u | {"ε₀": self.epsilon}
        lines = (
            Line("s", "ρ s + (1 − ρ) g²", g | rest | {"s": optimizer_step.before[0]}, square),
            Line("d", " / ".join(symbols), step | {"s": square}, whole / below),
            Line("u", "ρ u + (1 − ρ) d²", u | rest | {"d": whole / below}, change),
        )
        return Dissection(whole, symbols[0], effective, below, symbols[1], memories, lines, step)


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """Divides by the root of the recent squared gradients, so that all weights move at about the same speed.

    Source: Hinton, Neural Networks for Machine Learning, lecture 6; centred: Graves 2013.
    """

    memory: float = number(0.99, 0.0, 0.9999, "ρ", "Memory of the gradient's square s.")
    momentum: float = number(0.0, 0.0, 0.999, "momentum β", "Share of the last velocity that is kept.")
    centred: bool = flag(False, "centred", "Divide by the gradient's deviation, s less the square of its mean.")
    epsilon: float = number(1e-8, 1e-12, 1.0, "ε₀", "Keeps the division away from zero.", "log")

    label = "RMSprop"
    formula = "s ← ρ s + (1 − ρ) g²,  v ← β v + g / (√s + ε₀),  w ← w − ε v"
    latex = r"v \leftarrow \beta v + \frac{g}{\sqrt s + \varepsilon_0}, \quad w \leftarrow w - \varepsilon v"
    advice = "s forgets: with small gradients the rate grows again, unlike Adagrad's."
    slots = ("square", "mean", "velocity")
    sizes = frozenset({"square"})

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        square, mean, velocity = slots
        epsilon, work = constant(self.epsilon, p), np.empty_like(p)
        calls: list[Call] = [(np.multiply, (g, g, work)), *move_average(square, self.memory, work, work)]
        if self.centred:
            calls += [
                *move_average(mean, self.memory, g, work),
                (np.multiply, (mean, mean, work)),
                (np.subtract, (square, work, work)),
                (np.abs, (work, work)),  # rounding may have left a difference of nothing below zero
                (np.sqrt, (work, work)),
            ]
        else:
            calls.append((np.sqrt, (square, work)))
        if not self.momentum:
            return [*calls, *descend(p, g, work, epsilon, rate)]
        return [
            *calls,
            (np.add, (work, epsilon, work)),
            (np.divide, (g, work, work)),
            (np.multiply, (velocity, constant(self.momentum, p), velocity)),
            (np.add, (velocity, work, velocity)),
            (np.multiply, (velocity, rate, work)),
            (np.subtract, (p, work, p)),
        ]

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection:
        (square, mean, velocity), g = optimizer_step.after, {"g": optimizer_step.gradient}
        memories, faded = {"square": {"s": square}}, g | {"ρ": self.memory}
        lines = [Line("s", "ρ s + (1 − ρ) g²", faded | {"s": optimizer_step.before[0]}, square)]
        variance = square
        if self.centred:
            memories["mean"] = {"ḡ": mean}
            lines.append(Line("ḡ", "ρ ḡ + (1 − ρ) g", faded | {"ḡ": optimizer_step.before[1]}, mean))
            variance = np.abs(square - mean * mean)
        below = np.sqrt(variance) + self.epsilon
        effective = optimizer_step.rate / below
        symbol = "(√(s − ḡ²) + ε₀)" if self.centred else "(√s + ε₀)"
        names = g | {"ε₀": self.epsilon}
        if self.momentum:
            memories["velocity"] = {"v": velocity}
            names |= {"β": self.momentum, "v": optimizer_step.before[2], "s": square, "ḡ": mean}
            lines.append(Line("v", f"β v + g / {symbol}", names, velocity))
            return Dissection(velocity, "v", effective, memories=memories, lines=tuple(lines))
        return Dissection(optimizer_step.gradient, "g", effective, below, symbol, memories, tuple(lines), names)
