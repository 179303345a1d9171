"""What training moves: weights, optimizer, mini-batches, generator and position. Knows no scores, history or screen."""

from __future__ import annotations

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.batches import Batches
from playground.experiment.config import Config
from playground.experiment.problem import Problem
from playground.experiment.state import State
from playground.nn.calls import run
from playground.nn.network import Network
from playground.nn.training import Trainer


class Progress:
    """A network on its way. All that a step changes lies here, so a moment of it can be kept and returned to."""

    def __init__(self, config: Config, problem: Problem) -> None:
        layers = [(layer.units, layer.activation) for layer in config.network.hidden]
        self.network = Network(problem.train.X.shape[1] - 1, [*layers, (problem.outputs, problem.output)])
        self.network.initialise(config.network.initializer, [np.random.default_rng([config.network.seed, 0])])
        self.network.gradients[:] = np.nan  # none yet
        self.epoch = 0  # finished epochs
        self.batch = 0  # mini-batches done in this epoch
        self.steps = 0
        self._rng = np.random.default_rng([config.network.seed, 1])
        self.take_rules(config, problem)

    @property
    def steps_per_epoch(self) -> int:
        return self._batches.count

    @property
    def batch_size(self) -> int:
        return self._batches.size

    def take_rules(self, config: Config, problem: Problem) -> None:
        """Train under these rules from now on, with an optimizer that remembers nothing."""
        rules = config.training
        self._trainer = Trainer(
            self.network,
            problem.loss,
            rules.optimizer,
            rules.regularizer,
            rules.learning_rate,
            rules.schedule,
            rules.clipping,
        )
        self._batches = Batches(problem.train, rules.batch_size, self._trainer.step)

    def train_to(self, batch: int) -> None:
        """Train up to this mini-batch of the epoch."""
        batches = self._batches
        if self.batch == 0:
            batches.shuffle(self._rng)
        self._trainer.set_time(self.epoch, self.batch, batches.count)
        while self.batch < batch:
            steps = batches.steps(self.batch, batch - self.batch)
            for calls in steps:
                run(calls)
            self.batch += len(steps)
            self.steps += len(steps)
        if batch == batches.count:
            self.epoch += 1
            self.batch = 0

    def first_broken_step(self, last: int) -> tuple[int, int] | None:
        """Train up to step `last`, or to the first that leaves the finite numbers: that step, and in which layer it did."""
        while self.steps < last:
            batch = self.batch
            self.train_to(batch + 1)
            layer = self._trainer.broken_layer(*self._batches.gathered_pair(batch))
            if layer is not None:
                return self.steps, layer
        return None

    def moment(self) -> State:
        """A copy of all that training changes."""
        arrays = {
            "parameters": self.network.parameters,
            "gradients": self.network.gradients,
            "order": self._batches.order,
            "clock": self._trainer.clock,
            **{f"optimizer.{name}": slot for name, slot in self._named_slots()},
        }
        plain = {
            "epoch": self.epoch,
            "step_in_epoch": self.batch,
            "steps": self.steps,
            "generator": self._rng.bit_generator.state,
        }
        return State({name: array.copy() for name, array in arrays.items()}, plain)

    def return_to(self, moment: State) -> bool:
        """Undo what training has changed since; False when the generator does not take the state it is given."""
        self.network.parameters[:] = moment.arrays["parameters"]
        self.network.gradients[:] = moment.arrays["gradients"]
        self._batches.take(moment.arrays["order"].copy())
        for name, slot in self._named_slots():
            slot[:] = moment.arrays[f"optimizer.{name}"]
        self._trainer.clock[...] = moment.arrays["clock"]
        self.epoch = moment.plain["epoch"]
        self.batch = moment.plain["step_in_epoch"]
        self.steps = moment.plain["steps"]
        try:
            self._rng.bit_generator.state = moment.plain["generator"]
        except (TypeError, ValueError, KeyError, OverflowError):
            return False
        taken: bool = self._rng.bit_generator.state == moment.plain["generator"]
        return taken

    def adjusted(self, moment: State, size: int) -> State:
        """A moment of before, when mini-batches had this size, under the present rules."""
        fresh, arrays = self.moment().arrays, moment.arrays
        if arrays.keys() != fresh.keys():  # another optimizer, which has nothing to remember yet
            arrays = fresh | {name: arrays[name] for name in ("parameters", "gradients", "order")}
        # Within an epoch, go on at the mini-batch that holds the first example not yet seen.
        batch = min(moment.plain["step_in_epoch"] * size // self.batch_size, self._batches.count - 1)
        return State(arrays, moment.plain | {"step_in_epoch": batch})

    def gradient_sizes(self) -> Floats:
        """Norm, largest and mean absolute gradient of each layer's weights, biases apart: (layers, 3)."""
        network = self.network
        sizes = np.abs(network.gradients[0] * network.is_weight)
        weights_per_layer = np.add.reduceat(network.is_weight, network.starts)
        return np.stack(
            [
                np.sqrt(np.add.reduceat(sizes * sizes, network.starts)),
                np.maximum.reduceat(sizes, network.starts),
                np.add.reduceat(sizes, network.starts) / weights_per_layer,
            ],
            axis=1,
        )

    def _named_slots(self) -> list[tuple[str, Floats]]:
        return list(zip(self._trainer.optimizer.slots, self._trainer.slots, strict=True))
