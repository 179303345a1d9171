"""What training moves: weights, optimizer, mini-batches, generators and position. Knows no history and no screen."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.cancellation import check
from playground.data.dataset import Floats
from playground.experiment.config import Config
from playground.experiment.problem import Problem
from playground.experiment.run.batches import BLOCK_BATCHES, Batches
from playground.experiment.run.early_stopping import EpochMonitor
from playground.experiment.run.state import State
from playground.experiment.run.weight_recorder import Weight, WeightRecorder
from playground.nn.calls import Call, run
from playground.nn.network import Network
from playground.nn.optimizers.optimizer import OptimizerStep, SearchingOptimizer
from playground.nn.training import Trainer

WEIGHT_NOISE = 2**20  # numbers drawn at once
LONG = 2**24  # weights times examples from which on a step may last, some hundredths of a second


class LastStep(NamedTuple):
    """What one member's last step began from and was made of, in double precision; arrays are (count,).

    `gradient` is that of the data's loss over so many `examples`, `total` has the penalty's share as well, and `optimizer_step`,
    whose slots are (slots, count), what reached the optimizer.
    """

    examples: int
    before: Floats
    gradient: Floats
    total: Floats
    optimizer_step: OptimizerStep


class Progress:
    """Networks on their way. All that a step changes lies here, so a moment of it can be kept and returned to."""

    def __init__(self, config: Config, problem: Problem) -> None:
        self.network = Network(problem.inputs_count, problem.layers, len(problem.members), problem.dtype.type)
        self.network.initialise(
            config.network.initializer, [np.random.default_rng([member.seed, 0]) for member in problem.members]
        )
        self.network.gradients[:] = np.nan  # none yet
        self._weights_per_layer = np.add.reduceat(self.network.is_weight, self.network.starts)
        self._before = np.full_like(self.network.parameters, np.nan)
        self._slots_before: Floats
        self.epoch = 0  # finished epochs
        self.batch = 0  # mini-batches done in this epoch
        self.steps = 0
        self.recorder: WeightRecorder | None = None  # of a weight that is, or was, looked at step by step
        self._recording = False
        self._ending = False  # an epoch has ended, and what is decided then has not been
        self._trainer: Trainer
        self._last_trainer: Trainer | None = None  # of the last step; a new one may already stand ready for the next
        self._batches: Batches
        self.take_rules(config, problem)

    @property
    def steps_per_epoch(self) -> int:
        return self._batches.count

    @property
    def batch_size(self) -> int:
        return self._batches.size

    @property
    def last_update(self) -> Floats:
        """What the last step has added to the parameters, (members, count); NaN where none has been seen."""
        return self.network.parameters - self._before

    def last_step(self, member: int) -> LastStep | None:
        """How the last step came about; None where none has been seen."""
        trainer = self._last_trainer
        if trainer is None or np.isnan(self._before[member]).any():
            return None
        slots = [trainer.optimizer.spread(array[:, member]) for array in (self._slots_before, trainer.slots)]
        examples = self._batches.gathered_pair((self.batch or self.steps_per_epoch) - 1)[0].shape[-1]
        rate = float(trainer.rate if trainer.rate.ndim == 0 else trainer.rate[member, 0])
        arrays = (self._before, self.network.gradients, trainer.total, trainer.clipped)
        before, gradient, total, clipped = (array[member].astype(float) for array in arrays)
        return LastStep(
            examples, before, gradient, total, OptimizerStep(clipped, np.array(rate), trainer.clock.copy(), *slots)
        )

    def ready(self, member: int) -> OptimizerStep:
        """What the optimizer would go into this member's next step with, in place of a track's; no gradient yet."""
        trainer = self._trainer
        assert self._rates is not None
        epochs = self.epoch + self.batch / self.steps_per_epoch
        rate = float(self._rates[member]) * self._config.training.schedule.factor(epochs)
        slots = trainer.optimizer.spread(trainer.slots[:, member])
        nothing = np.zeros(self.network.parameters.shape[1])
        return OptimizerStep(nothing, np.array(rate), trainer.clock.copy(), slots, slots.copy())

    def last_masks(self, member: int) -> list[Floats]:
        """By what dropout multiplied the hidden layers of the mini-batch last trained on, each (units, batch).

        Nothing without dropout, and where no step has been seen since the run began or was taken back.
        """
        if not self._config.training.noise.hidden_dropout or np.isnan(self._before[member]).any():
            return []
        batch = (self.batch or self.steps_per_epoch) - 1
        masks = [self._batches.drawn(batch, layer, "fill_mask") for layer in range(len(self.network.units) - 1)]
        alone = self.network.members == 1
        return [mask if alone else mask[member] for mask in masks if mask is not None]

    @property
    def stopped(self) -> NDArray[np.bool_]:
        """Which members have stopped early and are back at their best weights, (members,)."""
        return self._monitor.stopped

    @property
    def diverged(self) -> NDArray[np.bool_]:
        """Which members, beside others, have left the finite numbers and stay where they were last good, (members,)."""
        return self._monitor.diverged

    @property
    def broken(self) -> NDArray[np.bool_]:
        """Which members have a number that is not finite among all that goes from step to step, (members,).

        No step makes such a number finite again, so that it does not matter when one looks.
        """
        network = self.network
        of_weights = np.isfinite(network.parameters).all(axis=1) & np.isfinite(network.statistics).all(axis=1)
        of_slots = np.logical_and.reduce(np.isfinite(self._trainer.slots), axis=(0, 2))
        finite: NDArray[np.bool_] = np.logical_and(of_weights, of_slots)
        return ~finite

    @property
    def all_frozen(self) -> bool:
        """Whether no member trains any more."""
        return bool(self._monitor.frozen.all())

    @property
    def best_epochs(self) -> Floats:
        """At whose end each member was best so far, (members,)."""
        return self._monitor.epoch

    def take_rules(self, config: Config, problem: Problem) -> None:
        """Train under these rules from now on, with an optimizer that remembers nothing."""
        self._config, self._problem = config, problem
        self._monitor = EpochMonitor(
            config.training.stopping, config.training.schedule, self.network.parameters, self.network.statistics
        )
        self._rates: Floats | None = None
        self._compile()

    def train(self, steps: int) -> None:
        """Train so many mini-batches, over as many epochs as that takes.

        Raises:
            Cancelled: between two steps, or amid one that lasts; that one has then never begun, and is not known of any
                more how the one before it came about.
        """
        end = self.steps + steps
        while self.steps < end:
            self.end_epoch()
            if not self._lasts:
                self._train(min(end - self.steps, self._at_once))
                if self.steps < end:
                    check()
                continue
            checkpoint = self.checkpoint()
            try:
                self._train(1)
            except BaseException:
                self.return_to(checkpoint)
                raise

    def end_epoch(self) -> None:
        """Decide what is decided once an epoch, if one has ended; before the next step it is done at the latest.

        Raises:
            Cancelled: it is then still to be done.
        """
        if self._ending and self._monitor.looks:
            with np.errstate(all="ignore"):
                losses = self._problem.losses(self.network)
            if self._monitor.look(self.epoch, losses, self.network.parameters, self.network.statistics):
                self._compile()
                run(self._holding())
        self._ending = False

    def _train(self, most: int) -> None:
        """Train at most so many, to the end of the epoch at most, or over as many whole ones as can be trained at once."""
        batches = self._batches
        self._trainer.set_time(self.epoch, self.batch, batches.count)
        epochs = min(most // batches.count, batches.epochs_at_once)
        if self.batch == 0 and epochs > 1 and not self._recording and not self._monitor.looks:
            batches.run_epochs(epochs, self._keep)
            self._count(epochs * batches.count)
            return
        if self.batch == 0:
            batches.shuffle()
        steps = min(most, batches.count - self.batch)
        if self.recorder is not None and self._recording:
            write_down = self.recorder.writing_down(self._trainer, self.steps)
            for batch in range(self.batch, self.batch + steps):
                write_down(partial(batches.run, batch, 1, self._keep))
        else:
            batches.run(self.batch, steps, self._keep)
        self._count(steps)

    def _keep(self) -> None:
        """Before a step that may be the last: what it starts from."""
        self._before[...] = self.network.parameters
        self._slots_before[...] = self._trainer.slots

    def _count(self, steps: int) -> None:
        """So many have been done, to the end of an epoch at most or over whole ones."""
        self._last_trainer = self._trainer
        self.steps += steps
        epochs, self.batch = divmod(self.batch + steps, self._batches.count)
        self.epoch += epochs
        self._ending = epochs > 0

    def follow(self, weight: Weight | None) -> None:
        """Record every step of this weight from now on; none is followed at no cost. What has been recorded stays until
        a step has been missed.
        """
        rules, recorder, resumed = self._config.training, self.recorder, not self._recording
        self._recording = weight is not None
        if weight is None:
            return
        if recorder is None or not recorder.fits(weight, rules) or (resumed and recorder.steps != self.steps):
            self.recorder = WeightRecorder(weight, rules)

    def first_broken_step(self, last: int) -> tuple[int, int] | None:
        """Train up to step `last`, or to the first that leaves the finite numbers: that step, and in which layer it did.

        Of several members that is the step from which on none is left.
        """
        several = self.network.members > 1
        while self.steps < last:
            batch, living = self.batch, ~self.diverged
            broken = self.step_freezing()
            if several and (living & ~broken).any():
                continue
            layer = self._trainer.broken_layer(*self._batches.gathered_pair(batch), living if several else ...)
            if layer is not None:
                return self.steps, layer
        return None

    def step_freezing(self) -> NDArray[np.bool_]:
        """Train one mini-batch; members that break in it, while others do not, are held where they were before it.

        Which broke, held or not, (members,).
        """
        check()
        before = self.network.parameters.copy(), self.network.statistics.copy()
        self.train(1)
        self.end_epoch()
        broken = self.broken
        if broken.any() and not (broken | self.diverged).all():
            self._freeze(broken, *before)
        return broken

    def try_rate(self, learning_rate: float) -> float:
        """Train one mini-batch at this learning rate; its mean loss before the step, as training saw it."""
        check()
        batch = self.batch
        self._trainer.rate.fill(learning_rate)
        self.train(1)
        return float(self._trainer.last_loss(*self._batches.gathered_pair(batch)).mean())

    def drop(self, members: NDArray[np.bool_], checkpoint: State) -> None:
        """Hold these members, (members,), before the step that broke them, so that it does not matter when that is found.

        To find it, training goes the way from a moment before it once more. Members in which only the loss is not finite
        are held where they are.

        Raises:
            Cancelled: none has been dropped then.
        """
        now, last = self.checkpoint(), self.steps
        try:
            self.return_to(checkpoint)
            while self.steps < last:
                self.step_freezing()
        except BaseException:
            self.return_to(now)
            raise
        self._freeze(members & ~self.diverged, self.network.parameters, self.network.statistics)

    def _freeze(self, members: NDArray[np.bool_], parameters: Floats, statistics: Floats) -> None:
        """Hold these members there from now on; the others go on."""
        self._monitor.drop(members, parameters, statistics)
        self._compile()
        run(self._holding())

    def checkpoint(self) -> State:
        """A copy of all that training changes."""
        plain = {
            "epoch": self.epoch,
            "step_in_epoch": self.batch,
            "steps": self.steps,
            **self._batches.generators(self.batch),
        }
        return State({name: array.copy() for name, array in self._arrays().items()}, plain)

    def return_to(self, checkpoint: State) -> bool:
        """Undo what training has changed since; False when a generator does not take the state it is given."""
        for name, array in self._arrays().items():
            if name != "order":
                array[...] = checkpoint.arrays[name]
        self._before.fill(np.nan)
        self.epoch = checkpoint.plain["epoch"]
        self.batch = checkpoint.plain["step_in_epoch"]
        self.steps = checkpoint.plain["steps"]
        self._ending = False
        if self.recorder is not None:
            self.recorder.forget_after(self.steps)
        self._compile()
        self._batches.take(checkpoint.arrays["order"].copy())
        return self._batches.take_generators({name: checkpoint.plain[name] for name in ("orders", "chances")})

    def adjusted(self, checkpoint: State, size: int) -> State:
        """A moment of before, when mini-batches had this size, under the present rules, which watch anew."""
        fresh = self.checkpoint()
        arrays = {name: array for name, array in checkpoint.arrays.items() if not name.startswith("watch.")}
        if any(name.startswith("optimizer.") for name in arrays.keys() ^ fresh.arrays.keys()):  # another optimizer
            arrays = {name: arrays[name] for name in ("parameters", "gradients", "statistics", "order")}
        # Members may have come to share one order, or each to have its own: the same, until the next epoch.
        order = np.broadcast_to(arrays["order"][:1], fresh.arrays["order"].shape)
        if arrays["order"].shape != order.shape:
            arrays = arrays | {"order": order}
        orders = checkpoint.plain["orders"] * len(order)
        # Within an epoch, go on at the mini-batch that holds the first example not yet seen.
        batch = min(checkpoint.plain["step_in_epoch"] * size // self.batch_size, self._batches.count - 1)
        plain = checkpoint.plain | {"step_in_epoch": batch, "orders": orders[: len(order)]}
        return State(fresh.arrays | arrays, plain)

    def gradient_sizes(self) -> Floats:
        """Norm, largest and mean absolute gradient of each layer's weights, biases apart: (layers, 3).

        Of several members the mean over those that have not diverged.
        """
        network = self.network
        if network.members == 1:
            return self._sizes_of(network.gradients[0])
        return np.mean([self._sizes_of(gradients) for gradients in network.gradients[~self.diverged]], axis=0)

    def penalty(self) -> float:
        """What regularisation adds to the loss; of several members the mean over those that have not diverged."""
        penalties = self._trainer.penalty()
        return float(penalties[0] if len(penalties) == 1 else penalties[~self.diverged].mean())

    def _sizes_of(self, gradients: Floats) -> Floats:
        """Of one member's gradients, (count,): (layers, 3)."""
        starts, is_weight = self.network.starts, self.network.is_weight
        sizes = np.abs(gradients * is_weight)
        answer = np.empty((len(starts), 3))
        np.sqrt(np.add.reduceat(sizes * sizes, starts), out=answer[:, 0])
        answer[:, 1] = np.maximum.reduceat(sizes, starts)
        answer[:, 2] = np.add.reduceat(sizes, starts) / self._weights_per_layer
        return answer

    def _holding(self) -> list[Call]:
        """Put members that do not train any more back to where they are held; of the fallen nothing else remains."""
        network, monitor = self.network, self._monitor
        if not monitor.frozen.any():
            return []
        nothing = np.zeros(1, network.parameters.dtype)
        kept = (
            (network.parameters, monitor.frozen, monitor.frozen_parameters),
            (network.statistics, monitor.frozen, monitor.frozen_statistics),
            (network.gradients, monitor.diverged, nothing),
            *((slot, monitor.diverged, nothing) for slot in self._trainer.slots),
        )
        return [
            (np.putmask, (array, np.repeat(rows[:, None], array.shape[1], 1), values)) for array, rows, values in kept
        ]

    def _compile(self) -> None:
        """Write the steps down for the rates as they are, unless they are already; all that a moment holds stays."""
        members, rules = self._problem.members, self._config.training
        rates = np.array([member.learning_rate for member in members]) * self._monitor.share
        rates[self._monitor.frozen] = 0.0
        if self._rates is not None and np.array_equal(rates, self._rates):
            return
        penalty_rates = [member.penalty_rate for member in members]
        trainer = Trainer(
            self.network,
            self._problem.loss,
            rules.optimizer,
            rules.regularizer,
            float(rates[0]) if (rates == rates[0]).all() else rates,
            rules.schedule,
            rules.clipping,
            rules.noise,
            None if len(set(penalty_rates)) == 1 else np.array(penalty_rates, float),
        )
        if self._rates is None:
            self._slots_before = trainer.slots.copy()
        else:
            trainer.slots[...] = self._trainer.slots
            trainer.clock[...] = self._trainer.clock
        self._trainer = trainer
        holding = self._holding()
        size = min(rules.batch_size, self._problem.examples) * self.network.parameters.size
        self._lasts = size >= LONG or isinstance(rules.optimizer, SearchingOptimizer)
        self._at_once = max(LONG // size, 1)  # steps that do not last together
        batches = Batches(
            self._problem.train,
            members,
            rules.batch_size,
            lambda x, targets, turn: [*trainer.step(x, targets, turn), *holding],
            rules.noise,
            self._problem.ends,
            max(1, WEIGHT_NOISE // self.network.parameters.size) if rules.noise.weight_noise else BLOCK_BATCHES,
            self._lasts,
        )
        if self._rates is not None:
            batches.take_generators(self._batches.generators(self.batch))
            batches.take(self._batches.order)
        self._batches, self._rates = batches, rates

    def _arrays(self) -> dict[str, NDArray[np.generic]]:
        """All arrays that training changes, themselves."""
        return {
            "parameters": self.network.parameters,
            "gradients": self.network.gradients,
            "statistics": self.network.statistics,
            "order": self._batches.order,
            "clock": self._trainer.clock,
            **{f"optimizer.{name}": slot for name, slot in self._named_slots()},
            **self._monitor.arrays,
        }

    def _named_slots(self) -> list[tuple[str, Floats]]:
        return list(zip(self._trainer.optimizer.slots, self._trainer.slots, strict=True))
