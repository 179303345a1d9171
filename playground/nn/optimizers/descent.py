"""Optimizers that follow the gradient alike in all weights: straight down, rolling, or by its sign. Shapes: optimizer.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from playground.nn.activations.activation import Array, constant
from playground.nn.calls import Call
from playground.nn.optimizers.optimizer import Dissection, Line, Optimizer, OptimizerStep, move_average
from playground.options import flag, number

LARGE = 16_384  # parameters from which on memory, not Python, is what an update waits for


@dataclass(frozen=True)
class SGD(Optimizer):
    """Straight down the gradient of the mini-batch; with the full batch it is gradient descent."""

    label = "SGD"
    formula = "w ← w − ε g"
    latex = r"w \leftarrow w - \varepsilon g"
    advice = "The step is the gradient times −ε: it is as noisy as the mini-batches are."

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        if p.size < LARGE or rate.ndim:
            work = np.empty_like(p)
            return [(np.multiply, (g, rate, work)), (np.subtract, (p, work, p))]
        # One pass through memory instead of two.
        return [(self._descend, (_axpy(p.dtype), p.reshape(-1), g.reshape(-1), rate))]

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection:
        return Dissection(optimizer_step.gradient, "g", optimizer_step.rate, names={"g": optimizer_step.gradient})

    def _descend(self, axpy: Callable[..., object], p: Array, g: Array, rate: Array) -> None:
        axpy(g, p, p.size, -rate.item())


@dataclass(frozen=True)
class Momentum(Optimizer):
    """A ball that rolls: past gradients fade by the factor β at each step. Source: Polyak 1964; Nesterov 1983."""

    momentum: float = number(0.9, 0.0, 0.999, "momentum β", "Share of the last velocity that is kept; 0 is plain SGD.")
    nesterov: bool = flag(
        False, "Nesterov", "Look ahead: use the gradient's effect on the velocity already in this step."
    )

    label = "momentum"
    formula = "v ← β v + g,  w ← w − ε v"
    latex = r"v \leftarrow \beta v + g, \quad w \leftarrow w - \varepsilon v"
    advice = "v goes on after g has turned: w overshoots and comes back (see “all”)."
    slots = ("velocity",)

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        (velocity,) = slots
        kept, work = constant(self.momentum, p), np.empty_like(p)
        roll: list[Call] = [(np.multiply, (velocity, kept, velocity)), (np.add, (velocity, g, velocity))]
        if not self.nesterov:
            return [*roll, (np.multiply, (velocity, rate, work)), (np.subtract, (p, work, p))]
        ahead: list[Call] = [(np.multiply, (velocity, kept, work)), (np.add, (work, g, work))]
        return [*roll, *ahead, (np.multiply, (work, rate, work)), (np.subtract, (p, work, p))]

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection:
        (velocity,), g = optimizer_step.after, optimizer_step.gradient
        memories, names = {"velocity": {"v": velocity}}, {"g": g} | {"β": self.momentum}
        lines = (Line("v", "β v + g", names | {"v": optimizer_step.before[0]}, velocity),)
        if not self.nesterov:
            return Dissection(velocity, "v", optimizer_step.rate, memories=memories, lines=lines)
        above = self.momentum * velocity + g
        return Dissection(above, "(β v + g)", optimizer_step.rate, memories=memories, lines=lines, names=names)


@dataclass(frozen=True)
class Lion(Optimizer):
    """Takes the sign of the momentum alone: every weight moves by ε at each step, so the rate wants to be small.

    Source: Chen et al. 2023; its weight decay is that of the regularisation.
    """

    beta1: float = number(0.9, 0.0, 0.9999, "β₁", "Share of the mean m, against the gradient, in the direction.")
    beta2: float = number(0.99, 0.0, 0.99999, "β₂", "Memory of the gradient's mean m.")

    label = "Lion"
    formula = "w ← w − ε sign(β₁ m + (1 − β₁) g)"
    latex = r"w \leftarrow w - \varepsilon \, \mathrm{sign}(\beta_1 m + (1 - \beta_1) g)"
    advice = "Every step has the length ε; the mean m only decides its sign."
    slots = ("mean",)

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        (mean,) = slots
        work, direction = np.empty_like(p), np.empty_like(p)
        return [
            (np.multiply, (mean, constant(self.beta1, p), direction)),
            (np.multiply, (g, constant(1.0 - self.beta1, p), work)),
            (np.add, (direction, work, direction)),
            (np.sign, (direction, direction)),
            (np.multiply, (direction, rate, direction)),
            (np.subtract, (p, direction, p)),
            *move_average(mean, self.beta2, g, work),
        ]

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection:
        (before,), (mean,), g = optimizer_step.before, optimizer_step.after, optimizer_step.gradient
        direction = np.sign(self.beta1 * before + (1.0 - self.beta1) * g)
        symbol, seen = "sign(β₁ m + (1 − β₁) g)", {"m": before, "g": g}
        names = seen | {"β₁": self.beta1}
        lines = (Line("m", "β₂ m + (1 − β₂) g", seen | {"β₂": self.beta2}, mean),)
        return Dissection(
            direction, symbol, optimizer_step.rate, memories={"mean": {"m": mean}}, lines=lines, names=names
        )


@cache
def _axpy(dtype: np.dtype[np.floating]) -> Callable[..., object]:
    """BLAS's y ← y + a x in this precision."""
    from scipy.linalg.blas import get_blas_funcs  # here, because loading it takes a tenth of a second

    threadpool_limits(limits=1, user_api="blas")  # SciPy brings a BLAS of its own, which nn/ could not limit before
    function: Callable[..., object] = get_blas_funcs("axpy", dtype=dtype)
    return function
