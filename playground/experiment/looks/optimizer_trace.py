"""One weight step by step: its gradient, what the optimizer remembers of it, and what became of it. Recorded while looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.config import TrainingConfig
from playground.experiment.looks.look import Look, RunContext, read_only
from playground.experiment.selection import Selection
from playground.nn.network import Network
from playground.nn.optimizers.optimizer import OptimizerStep
from playground.nn.regularizers import Regularizer
from playground.nn.training import Trainer

CAPACITY = 1000  # last steps
COURSE = 64  # records of each doubling of the steps, once there are as many
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


class Recorder:
    """The last CAPACITY steps of one weight without a gap, and its course since the first. It reads and never writes.

    The course is for a logarithmic axis, on which what an optimizer does at first is seen however long a run goes on:
    it has the first 2 COURSE steps, then every second one up to 4 COURSE, every fourth up to 8 COURSE, and so on.
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
        chosen = self._on_course(rows)
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
        self._older = np.concatenate([self._older, rows[self._on_course(rows)]])
        self._rows[:CAPACITY] = self._rows[CAPACITY:]
        self._count = CAPACITY

    def _on_course(self, rows: Floats) -> NDArray[np.bool_]:
        """Which of these records belong to the course, (records,)."""
        place = rows[:, 0] - self.first + 1.0
        _, doublings = np.frexp(place / COURSE)
        chosen: NDArray[np.bool_] = place % 2.0 ** np.maximum(doublings - 1, 0) == 0.0
        return chosen


@dataclass(frozen=True, eq=False)
class Steps:
    """One weight over some steps that were seen of it, all (steps,).

    The moves of a step add up: `moved` is own + decay + pull. What the experiment does not have is None.

    Attributes:
        step: number of each step, from 1; `value` is the weight after it, and `rate` the learning rate.
        gradient: that of the data's loss over the mini-batch.
        penalty: the share that the regularisation adds to it; `clipped` is the sum after clipping.
        moved: what the step has changed.
        own: what of it the optimizer did, −ε · above / below; None where it looks at all weights at once.
        decay: what weight decay did beside the gradient.
        pull: what the regularisation did after the step.
        effective: what a gradient is multiplied by on its way into the weight.
        above, below: of `own`; `symbols` is how they are written.
        memories: what the optimizer remembers, by slot and then by symbol; second come values with their bias corrected.
        sizes: the slots that are never negative.
    """

    step: NDArray[np.int64]
    value: Floats
    rate: Floats
    gradient: Floats
    penalty: Floats | None
    clipped: Floats | None
    moved: Floats
    own: Floats | None
    decay: Floats | None
    pull: Floats | None
    effective: Floats | None
    above: Floats | None
    below: Floats | None
    symbols: tuple[str, str]
    memories: Mapping[str, Mapping[str, Floats]]
    sizes: frozenset[str]

    @classmethod
    def of(cls, rows: Floats, weight: Weight, context: RunContext) -> Steps:
        """Take a recorder's records of this weight apart, (records, columns)."""
        rules, network = context.config.training, context.network
        step, before, value, gradient, total, clipped, rate, clock, *slots = rows.T
        count = len(rules.optimizer.slots)
        around = np.array(slots).reshape(2, count, len(step))
        with np.errstate(all="ignore"):
            found = rules.optimizer.dissect(OptimizerStep(clipped, rate, clock, *around))
        is_bias = weight.input == network.weights[weight.layer].shape[-1] - 1
        decay = None if is_bias else decayed(context, before, rate)
        moved = value - before
        own = pull = None
        if found is not None:
            own = found.step(rate)
            if type(rules.regularizer).after is not Regularizer.after:
                pull = moved - own - (0.0 if decay is None else decay)
        computed = [own, decay, pull]
        if found is not None:
            computed += [found.effective, found.above, found.below]
            computed += [values for lines in found.memories.values() for values in lines.values()]
        for array in computed:
            if array is not None:
                read_only(array)
        return cls(
            step=read_only(step.astype(np.int64)),
            value=read_only(value),
            rate=read_only(rate),
            gradient=read_only(gradient),
            penalty=read_only(total - gradient) if rules.regularizer.adds_gradient else None,
            clipped=read_only(clipped) if rules.clipping.acts else None,
            moved=read_only(moved),
            own=own,
            decay=decay,
            pull=pull,
            effective=None if found is None else found.effective,
            above=None if found is None else found.above,
            below=None if found is None else found.below,
            symbols=("", "") if found is None else (found.above_symbol, found.below_symbol),
            memories={} if found is None else found.memories,
            sizes=rules.optimizer.sizes,
        )


@dataclass(frozen=True, eq=False)
class OptimizerTrace(Look):
    """The weight that the display section names: its last steps one by one, and its course since it is looked at.

    Attributes:
        weight: which it is.
        last: the last CAPACITY steps.
        history: the first steps, then ever fewer of them, and the last.
        since: the place of each step of the course since the first, from 1, (steps,).
    """

    need = "microscope"

    weight: Weight
    last: Steps
    history: Steps
    since: Floats

    @classmethod
    def take(cls, context: RunContext) -> OptimizerTrace:
        rules, recorder = context.config.training, context.progress.recorder
        weight = Weight.of(context.selection)._replace(member=context.member)
        if recorder is None or not recorder.fits(weight, rules):
            recorder = Recorder(weight, rules)
        last, history = recorder.rows(), recorder.history()
        since = read_only(history[:, 0] - recorder.first + 1.0)
        return cls(weight, Steps.of(last, weight, context), Steps.of(history, weight, context), since)


def decayed(context: RunContext, before: Floats, rate: Floats) -> Floats | None:
    """What the rules that take a share of a weight away did, one after the other; of a bias they take none."""
    rules, left = context.config.training, before
    share = context.penalty_rate
    if rules.regularizer.decays and share is not None:
        left = left * (1.0 - rate * share)
    if rules.optimizer.decay_rate is not None:
        left = left * (1.0 - rate * rules.optimizer.decay_rate)
    return None if left is before else left - before
