"""One weight step by step: its gradient, what the optimizer remembers of it, and what became of it. Records nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only
from playground.experiment.run.weight_recorder import Weight, WeightRecorder
from playground.nn.optimizers.optimizer import OptimizerStep
from playground.nn.regularizers import Regularizer


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
    """The weight that is selected: its last steps one by one, and its course since it is looked at.

    Attributes:
        weight: which it is.
        last: the last CAPACITY steps.
        history: the first steps, then ever fewer of them, and the last.
        since: the place of each step of the course since the first, from 1, (steps,).
    """

    weight: Weight
    last: Steps
    history: Steps
    since: Floats


def measure(context: RunContext) -> OptimizerTrace:
    """This moment's, of what is selected."""
    rules, recorder = context.config.training, context.progress.recorder
    weight = Weight.of(context.selection)
    if recorder is None or not recorder.fits(weight, rules):
        recorder = WeightRecorder(weight, rules)
    last, history = recorder.rows(), recorder.history()
    since = read_only(history[:, 0] - recorder.first + 1.0)
    return OptimizerTrace(weight, Steps.of(last, weight, context), Steps.of(history, weight, context), since)


def decayed(context: RunContext, before: Floats, rate: Floats) -> Floats | None:
    """What the rules that take a share of a weight away did, one after the other; of a bias they take none."""
    rules, left = context.config.training, before
    share = context.penalty_rate
    if rules.regularizer.decays and share is not None:
        left = left * (1.0 - rate * share)
    if rules.optimizer.decay_rate is not None:
        left = left * (1.0 - rate * rules.optimizer.decay_rate)
    return None if left is before else left - before
