"""How a gradient becomes a step. An optimizer is a value; what it remembers lies in the arrays it is handed.

Everything is flat: parameters p, gradients g, each slot and `work` are (members, count). `rate` is the learning rate
and `clock` how many steps the slots have seen; both are arrays without axes, which stay the same objects while their
values change. Only an update that needs the clock moves it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from playground.nn.activations import ONE, Array
from playground.nn.calls import Call
from playground.options import Options, flag, number

LARGE = 16_384  # parameters from which on memory, not Python, is what an update waits for


@dataclass(frozen=True)
class Optimizer(Options):
    """`slots` names the arrays, all zero at first, that an update keeps from step to step."""

    slots: ClassVar[tuple[str, ...]] = ()

    def update(
        self, p: Array, g: Array, rate: Array, clock: Array, slots: tuple[Array, ...], work: Array
    ) -> list[Call]:
        """Move p. What `work` holds before and after means nothing."""
        raise NotImplementedError


@dataclass(frozen=True)
class SGD(Optimizer):
    """Straight down the gradient of the mini-batch; with the full batch it is gradient descent."""

    label = "SGD"
    formula = "w ← w − ε g"

    def update(
        self, p: Array, g: Array, rate: Array, clock: Array, slots: tuple[Array, ...], work: Array
    ) -> list[Call]:
        if p.size < LARGE:
            return [(np.multiply, (g, rate, work)), (np.subtract, (p, work, p))]
        return [(self._descend, (p.reshape(-1), g.reshape(-1), rate))]

    def _descend(self, p: Array, g: Array, rate: Array) -> None:
        from scipy.linalg.blas import daxpy  # here, because loading it takes a tenth of a second

        daxpy(g, p, p.size, -float(rate))  # one pass through memory instead of two


@dataclass(frozen=True)
class Momentum(Optimizer):
    """A ball that rolls: past gradients fade by the factor β at each step. Source: Polyak 1964; Nesterov 1983."""

    momentum: float = number(0.9, 0.0, 0.999, "momentum β", "Share of the last velocity that is kept; 0 is plain SGD.")
    nesterov: bool = flag(
        False, "Nesterov", "Look ahead: use the gradient's effect on the velocity already in this step."
    )

    label = "momentum"
    formula = "v ← β v + g,  w ← w − ε v"
    slots = ("velocity",)

    def update(
        self, p: Array, g: Array, rate: Array, clock: Array, slots: tuple[Array, ...], work: Array
    ) -> list[Call]:
        (velocity,) = slots
        kept = np.array(self.momentum)
        roll: list[Call] = [(np.multiply, (velocity, kept, velocity)), (np.add, (velocity, g, velocity))]
        if not self.nesterov:
            return [*roll, (np.multiply, (velocity, rate, work)), (np.subtract, (p, work, p))]
        ahead: list[Call] = [(np.multiply, (velocity, kept, work)), (np.add, (work, g, work))]
        return [*roll, *ahead, (np.multiply, (work, rate, work)), (np.subtract, (p, work, p))]


@dataclass(frozen=True)
class Adam(Optimizer):
    """Momentum divided by the recent size of each weight's own gradient. Source: Kingma and Ba 2015, section 2.

    The bias corrections of mean and square are drawn into the rate and ε₀, as the paper does for efficiency.
    """

    beta1: float = number(0.9, 0.0, 0.9999, "β₁", "Memory of the gradient's mean m.")
    beta2: float = number(0.999, 0.0, 0.99999, "β₂", "Memory of the gradient's square v.")
    epsilon: float = number(1e-8, 1e-12, 1.0, "ε₀", "Keeps the division away from zero.", "log")

    label = "Adam"
    formula = "w ← w − ε m̂ / (√v̂ + ε₀)"
    slots = ("mean", "square")

    def update(
        self, p: Array, g: Array, rate: Array, clock: Array, slots: tuple[Array, ...], work: Array
    ) -> list[Call]:
        mean, square = slots
        share1, share2 = np.array(1.0 - self.beta1), np.array(1.0 - self.beta2)
        rate_now, epsilon_now = np.empty_like(rate), np.empty(())
        return [
            (np.add, (clock, ONE, clock)),
            (np.subtract, (g, mean, work)),
            (np.multiply, (work, share1, work)),
            (np.add, (mean, work, mean)),
            (np.multiply, (g, g, work)),
            (np.subtract, (work, square, work)),
            (np.multiply, (work, share2, work)),
            (np.add, (square, work, square)),
            (self._correct, (rate, clock, rate_now, epsilon_now)),
            (np.sqrt, (square, work)),
            (np.add, (work, epsilon_now, work)),
            (np.divide, (mean, work, work)),
            (np.multiply, (work, rate_now, work)),
            (np.subtract, (p, work, p)),
        ]

    def _correct(self, rate: Array, clock: Array, rate_now: Array, epsilon_now: Array) -> None:
        t = float(clock)
        root = math.sqrt(1.0 - self.beta2**t)
        epsilon_now[...] = self.epsilon * root
        np.multiply(rate, root / (1.0 - self.beta1**t), rate_now)


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": SGD, "momentum": Momentum, "adam": Adam}
