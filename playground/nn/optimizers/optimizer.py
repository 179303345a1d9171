"""What an optimizer is, and the pieces that several are made of. Knows no network.

Everything is flat: parameters p and gradients g are (members, count), `slots` is (slots, members, count), and `mask`
(count,) is 1 at weights and 0 at biases. `rate` is the learning rate and `clock` how many steps the slots have seen;
both are arrays without axes, which stay the same objects while their values change. Only an update that needs the
clock moves it. Which optimizers there are, `optimizers` says.

Some need more of the loss than one gradient. They are handed it as an `Objective`: called, it computes the loss with its
penalty of each member, (members,), at the parameters as they stand, and writes its gradient into g.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np

from playground.nn.activations.activation import Array, constant
from playground.nn.calls import Call
from playground.options import Options

Objective = Callable[[], Array]


@dataclass(frozen=True, eq=False)
class OptimizerStep:
    """What was seen of one weight over some steps.

    Attributes:
        gradient: as it reached the optimizer, (steps,).
        rate, clock: the learning rate of each step, and the clock after it, (steps,).
        before, after: what stood in the slots around each step, (slots, steps).
    """

    gradient: Array
    rate: Array
    clock: Array
    before: Array
    after: Array


@dataclass(frozen=True, eq=False)
class Line:
    """A line of a step worked out by hand: `symbol` becomes `formula`, in which `names` stand for numbers.

    `value` is what comes out, (steps,). A number that is the same for all weights may be a plain one.
    """

    symbol: str
    formula: str
    names: Mapping[str, Array | float]
    value: Array


@dataclass(frozen=True, eq=False)
class Dissection:
    """How the steps of one weight came about: each was −ε · above / below. Arrays are (steps,).

    Attributes:
        above, above_symbol: what the learning rate is multiplied by.
        below, below_symbol: what it is divided by; None where nothing is.
        memories: what stands in each slot, by the slot's name and then by symbol, with its value after the correction of
            the bias towards its start at 0.
        effective: what a gradient of this moment is multiplied by on its way into the weight.
        lines: what is worked out besides, in this order; `names` are all other numbers in `above` and `below`.
    """

    above: Array
    above_symbol: str
    effective: Array
    below: Array | None = None
    below_symbol: str = ""
    memories: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    names: Mapping[str, Array | float] = field(default_factory=dict)

    def last_line(self, rate: Array) -> Line:
        """How the step itself is worked out."""
        formula = f"−ε {self.above_symbol}" + (f" / {self.below_symbol}" if self.below is not None else "")
        names = {line.symbol: line.value for line in self.lines} | {"ε": rate} | dict(self.names)
        return Line("Δw", formula, names, self.step(rate))

    def step(self, rate: Array) -> Array:
        """What the optimizer added to the weight, (steps,)."""
        return -rate * self.above if self.below is None else -rate * self.above / self.below


class Cost(NamedTuple):
    """What a step takes: so many gradients, and beside them numbers to store and multiplications, as of a matrix product."""

    gradients: int = 1
    numbers: int = 0
    multiplications: int = 0


@dataclass(frozen=True)
class Optimizer(Options):
    """How a gradient becomes a step. An optimizer is a value; what it remembers lies in the arrays it is handed.

    `slots` names what it keeps from step to step, each all zero at first; `full_batch` says that a step is of use only
    on all examples at once. `common` are slots in which the first entry of each member stands for all, and `sizes`
    those that are never negative. `advice` is what to
    look for in its steps, for people, and `advice_on_l2` the same where an L2 penalty is part of the gradient that it
    gets; either is empty where there is nothing to say. `adaptive_moments` says that it divides the gradient's mean by the
    root of its mean square, as Adam does.
    """

    advice: ClassVar[str] = ""
    advice_on_l2: ClassVar[str] = ""
    adaptive_moments: ClassVar[bool] = False
    slots: ClassVar[tuple[str, ...]] = ()
    common: ClassVar[frozenset[str]] = frozenset()
    sizes: ClassVar[frozenset[str]] = frozenset()
    full_batch: ClassVar[bool] = False

    @property
    def decay_rate(self) -> float | None:
        """The share of each weight, times ε, that it takes away beside the gradient; None where that is none of its business."""
        return None

    def decaying_less(self) -> Optimizer:
        """One that takes less away: as much as is usual, or a tenth where that is less."""
        return self

    def cost(self, count: int) -> Cost:
        """Of a step of one network with so many parameters."""
        return Cost()

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        """Move p and leave g as it is."""
        raise NotImplementedError

    def spread(self, slots: Array) -> Array:
        """A member's slots, (slots, count), in double precision, with the common ones' first entry everywhere."""
        slots = slots.astype(float)
        for slot, name in zip(slots, self.slots, strict=True):
            if name in self.common:
                slot.fill(slot[0])
        return slots

    def dissect(self, optimizer_step: OptimizerStep) -> Dissection | None:
        """How steps already done came about; None where an optimizer does not tell."""
        return None


@dataclass(frozen=True)
class SearchingOptimizer(Optimizer):
    """Looks around before it moves: has `search` in place of `update`."""

    advice = "The step follows from the gradient and curvature of all weights at once."
    full_batch = True
    because: ClassVar[str]  # no number of a step follows from its own gradient: what it is instead

    def search(self, objective: Objective, p: Array, g: Array, rate: Array, slots: Array) -> list[Call]:
        """Evaluate the objective as often as needed, move p, and leave in g the gradient where the step began.

        What g holds before does not matter. `rate` may also be (members, 1). A step may allocate: beside its many
        evaluations that is nothing. A member whose gradient is not finite gets parameters that are not either.
        """
        raise NotImplementedError


def move_average(average: Array, kept: float, new: Array, work: Array) -> list[Call]:
    """average ← kept · average + (1 − kept) · new. `new` may be `work`."""
    return [
        (np.multiply, (average, constant(kept, average), average)),
        (np.multiply, (new, constant(1.0 - kept, average), work)),
        (np.add, (average, work, average)),
    ]


def descend(p: Array, above: Array, root: Array, epsilon: Array, rate: Array) -> list[Call]:
    """p ← p − rate · above / (root + epsilon); nothing of `root` is left."""
    return [
        (np.add, (root, epsilon, root)),
        (np.divide, (above, root, root)),
        (np.multiply, (root, rate, root)),
        (np.subtract, (p, root, p)),
    ]


def decay(p: Array, share: float, rate: Array, mask: Array) -> list[Call]:
    """p ← p − rate · share · p at the weights."""
    shares, work = (share * mask).astype(p.dtype), np.empty_like(p)
    return [(np.multiply, (p, shares, work)), (np.multiply, (work, rate, work)), (np.subtract, (p, work, p))]
