"""One weight, written down at each step for as long as it is looked at. Knows not what is made of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.config import TrainingConfig
from playground.experiment.selection import Selection
from playground.nn.network import Network
from playground.nn.training import Trainer

CAPACITY = 1000  # last steps
PER_DOUBLING = 64  # records of each doubling of the steps, once there are as many
# Of a record; behind them stand the slots before the step and after it.
COLUMNS = ("step", "before", "after", "gradient", "total", "clipped", "rate", "clock")


class Weight(NamedTuple):
    """Which weight of which member; `input` may be the bias, which follows the last. All are counted from 0."""

    member: int
    layer: int
    unit: int
    input: int

    @classmethod
    def of(cls, selection: Selection) -> Weight:
        """The one that is looked at."""
        return cls(selection.member, selection.layer, selection.unit, selection.input)

    def place(self, network: Network) -> int:
        """Where it lies in a member's flat buffers. A unit with several rows is looked at through its first."""
        rows, columns = network.weights[self.layer].shape[-2:]
        return int(network.starts[self.layer]) + self.unit % rows * columns + self.input


class WeightRecorder:
    """The last CAPACITY steps of one weight without a gap, and its course since the first. It reads and never writes.

    The course is for a logarithmic axis, on which what an optimizer does at first is seen however long a run goes on:
    it has the first 2 PER_DOUBLING steps, then every second one up to 4 PER_DOUBLING, every fourth up to 8 PER_DOUBLING, and so on.
    """

    def __init__(self, weight: Weight, rules: TrainingConfig) -> None:
        self._weight, self._rules = weight, rules
        # Twice as many as are asked for, so that to thin them out is a matter of every thousandth step.
        self._rows = np.empty((2 * CAPACITY, len(COLUMNS) + 2 * len(rules.optimizer.slots)))
        self._count: int  # of the rows that are in use
        self._older: Floats  # the course before them
        self.first: int  # the step that the course begins with
        self.steps: int  # done when the last record was made
        self._begin_after(0)

    def fits(self, weight: Weight, rules: TrainingConfig) -> bool:
        """Whether steps of this weight under these rules may follow those that are there."""
        own = self._rules
        return weight == self._weight and (rules.optimizer, rules.regularizer) == (own.optimizer, own.regularizer)

    def rows(self) -> Floats:
        """A copy of the last records, first to last, (records, columns)."""
        return self._rows[max(self._count - CAPACITY, 0) : self._count].copy()

    def history(self) -> Floats:
        """A copy of the records of the course, and behind them the last there is, (records, columns)."""
        rows = self._rows[: self._count]
        chosen = self._in_history(rows)
        chosen[-1:] = True
        return np.concatenate([self._older, rows[chosen]])

    def forget_after(self, step: int) -> None:
        """Drop the records of later steps."""
        self._count = int(np.searchsorted(self._rows[: self._count, 0], step, side="right"))
        self._older = self._older[self._older[:, 0] <= step]
        self.steps = min(self.steps, step)

    def writing_down(self, trainer: Trainer, steps: int) -> Callable[[Callable[[], None]], None]:
        """What takes the next steps, one at a time, and writes each down; `steps` is how many have been done."""
        if steps != self.steps or not (self._count or len(self._older)):
            self._begin_after(steps)
        member, place = self._weight.member, self._weight.place(trainer.network)
        common, named = trainer.optimizer.common, zip(trainer.optimizer.slots, trainer.slots, strict=True)
        # Views of one number, which are read in half the time.
        parameter, *gradients = (
            array[member, place : place + 1]
            for array in (trainer.network.parameters, trainer.network.gradients, trainer.total, trainer.clipped)
        )
        slots = [slot[member, :1] if name in common else slot[member, place : place + 1] for name, slot in named]
        rate = trainer.rate if trainer.rate.ndim == 0 else trainer.rate[member]

        def write_down(step: Callable[[], None]) -> None:
            before, slots_before = parameter.item(), [slot.item() for slot in slots]
            step()
            if self._count == len(self._rows):
                self._make_room()
            self.steps += 1
            self._rows[self._count] = [
                self.steps,
                before,
                parameter.item(),
                *[gradient.item() for gradient in gradients],
                rate.item(),
                trainer.clock.item(),
                *slots_before,
                *[slot.item() for slot in slots],
            ]
            self._count += 1

        return write_down

    def _begin_after(self, steps: int) -> None:
        """Keep no record, and expect the step after these."""
        self._count = 0
        self._older = self._rows[:0].copy()
        self.first, self.steps = steps + 1, steps

    def _make_room(self) -> None:
        """Keep the last CAPACITY records, and of those before only what belongs to the course."""
        rows = self._rows[:CAPACITY]
        self._older = np.concatenate([self._older, rows[self._in_history(rows)]])
        self._rows[:CAPACITY] = self._rows[CAPACITY:]
        self._count = CAPACITY

    def _in_history(self, rows: Floats) -> NDArray[np.bool_]:
        """Which of these records belong to the course, (records,)."""
        place = rows[:, 0] - self.first + 1.0
        _, doublings = np.frexp(place / PER_DOUBLING)
        chosen: NDArray[np.bool_] = place % 2.0 ** np.maximum(doublings - 1, 0) == 0.0
        return chosen
