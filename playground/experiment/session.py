"""One running experiment: the only owner of network, optimizer state, generators and history. Knows no thread."""

from __future__ import annotations

import math
import time

import numpy as np

from playground.data.dataset import Dataset, Floats
from playground.experiment.batches import Batches
from playground.experiment.config import Config, Impact, impact
from playground.experiment.frame import CURVES, NEEDS, OUTPUTS, UNITS, Curves, Divergence, Frame, Scene, Scores
from playground.experiment.history import History
from playground.experiment.maps import Maps
from playground.experiment.problem import Evaluation, Problem
from playground.experiment.state import State, StateError, check_state
from playground.nn.activations import Array
from playground.nn.calls import run
from playground.nn.network import Network
from playground.nn.training import Trainer

SMALL = 10_000  # examples up to which scores are taken at every frame and four times an epoch


class Session:
    """An experiment that runs.

    Equal configs give equal bits, however the steps are cut into calls. `dataset` replaces what config.data.source
    would load, for snapshots that carry their own data.

    Raises:
        ConfigError: when parts of the config do not go together.
        DataError: when the data cannot be used.
    """

    config: Config
    dataset: Dataset
    scene: Scene
    network: Network
    epoch: int  # finished epochs
    divergence: Divergence | None
    _problem: Problem
    _good: State

    def __init__(self, config: Config, dataset: Dataset | None = None) -> None:
        self.run = 0  # counts restarts
        self._chunk = 1  # steps between two looks at the clock; has no influence on any number
        self._build(config, _load(config) if dataset is None else dataset)

    # Training

    def step(self, n: int = 1) -> None:
        """Train n mini-batches; stops early when the run diverges."""
        with np.errstate(all="ignore"):
            while n > 0 and self.divergence is None:
                n -= self._run(n)

    def train(self, epochs: int) -> None:
        """Train to the end of the current epoch and on until this many epochs have been finished."""
        goal = self.epoch + epochs
        while self.epoch < goal and self.divergence is None:
            self.step(self._batches.count - self._cursor)

    def advance(self, seconds: float) -> None:
        """Train for about this long. The clock decides how many steps, never what a step does."""
        deadline = time.perf_counter() + seconds
        before = time.perf_counter()
        with np.errstate(all="ignore"):
            while self.divergence is None and before < deadline:
                self._run(self._chunk)
                now = time.perf_counter()
                if now - before < 0.0005:
                    self._chunk = min(self._chunk * 2, 1024)
                elif now - before > 0.002:
                    self._chunk = max(self._chunk // 2, 1)
                before = now

    def restart(self) -> None:
        """The same run again from its start: same weights, same order of the mini-batches."""
        self._start()

    def apply(self, config: Config) -> Impact:
        """Take a changed config, restarting only if it must; the answer says what it made necessary.

        Raises:
            ConfigError, DataError: the session then goes on as it was.
        """
        change = impact(self.config, config)
        if change == Impact.DATA:
            old, new = self.config.data, config.data
            same_examples = old.source == new.source and (old.seed == new.seed or not new.source.random)
            self._build(config, self.dataset if same_examples else _load(config))
        elif change == Impact.NETWORK:
            self._build(config, self.dataset)
        elif change == Impact.TRAINING:
            problem = Problem(config, self.dataset)
            if (problem.output, problem.outputs) != (self._problem.output, self._problem.outputs):
                self._build(config, self.dataset)
                return Impact.NETWORK
            self._adjust(config, problem)
        elif change == Impact.DISPLAY:
            scene = self._problem.scene(config)
            if scene.axes != self.scene.axes:
                self.scene = scene
                self._maps = Maps(self._problem, scene)
            self.config = config
        return change

    def set_weight(self, layer: int, unit: int, input: int, value: float) -> None:
        """Set one weight and go on from there; `input` = the layer's number of inputs means the bias.

        Raises:
            IndexError: when there is no such weight.
            ValueError: when the value is not finite.
        """
        if min(layer, unit, input) < 0:
            raise IndexError("layers, units and inputs are counted from 0")
        if not math.isfinite(value):
            raise ValueError(f"a weight must be a finite number, not {value}")
        self.network.weights[layer][unit, input] = value
        self._scored_at = -1
        self._checkpoint = self._moment()

    def go_back(self) -> None:
        """After a divergence: return to the last record whose training loss was no higher than at the start."""
        self._return_to(self._good)
        self._checkpoint = self._good
        self.divergence = None
        self._scores = self._score()

    # Looking

    @property
    def step_count(self) -> int:
        """Steps since the start."""
        return self._steps

    @property
    def history(self) -> Curves:
        """Epochs, steps, losses, accuracies and gradient sizes so far."""
        return self._history.curves()

    def predict(self, X: Floats) -> Floats:
        """Outputs (examples, outputs) for raw inputs (examples, columns), in the units of the data.

        Raises:
            ValueError: when X is not two-dimensional with one column per column of the data.
        """
        X = np.asarray(X, dtype=float)
        if X.ndim != 2 or X.shape[1] != len(self.dataset.columns):
            raise ValueError(f"X must be (examples, {len(self.dataset.columns)}), not {X.shape}")
        with np.errstate(all="ignore"):
            return self._problem.decode(self.network.predict(self._problem.inputs(X)))

    def evaluate(self, part: str) -> Evaluation:
        """Loss, and accuracy for classes, on all examples of "train" or "test".

        Raises:
            ValueError: for any other part.
        """
        if part not in ("train", "test"):
            raise ValueError(f'part must be "train" or "test", not {part!r}')
        with np.errstate(all="ignore"):
            return self._problem.evaluate(self.network, self._problem.train if part == "train" else self._problem.test)

    def frame(self, needs: frozenset[str] = NEEDS) -> Frame:
        """All that is drawn of this moment; maps and curves only if they are among the needs."""
        with np.errstate(all="ignore"):
            stale = self._small and self._scored_at != self.step_count
            # Weights that are not finite stay so: the next record would find the same, had no frame come by.
            if stale and not self._take_scores() and not np.isfinite(self.network.parameters).all():
                self._find_divergence()
            outputs, units = self._maps.draw(self.network, OUTPUTS in needs, UNITS in needs)
            gradient_now = self._gradient_sizes()
        return Frame(
            run=self.run,
            epoch=self.epoch,
            step=self.step_count,
            step_in_epoch=self._cursor,
            scores=self._scores,
            scene=self.scene,
            weights=tuple(_frozen(weights.copy()) for weights in self.network.weights),
            gradient_now=_frozen(gradient_now),
            curves=self._history.curves() if CURVES in needs else None,
            outputs=outputs,
            unit_maps=units,
            divergence=self.divergence,
        )

    # Saving

    def state(self) -> State:
        """All that a run has become: weights, optimizer, generators, position and history."""
        moment = self._moment()
        return State(moment.arrays | {"history": self._history.rows.copy()}, moment.plain)

    @classmethod
    def from_state(cls, config: Config, dataset: Dataset, state: State) -> Session:
        """Go on where `state` was taken.

        Raises:
            StateError: when it does not fit the config and the data.
            ConfigError, DataError: as the constructor.
        """
        session = cls(config, dataset)
        check_state(state, session.state(), session._batches.count)
        session._history.restore(state.arrays["history"])
        session._history.resolution = state.plain["resolution"]
        try:
            session._return_to(state)
            taken = session._rng.bit_generator.state == state.plain["generator"]
        except (TypeError, ValueError, KeyError, OverflowError):
            taken = False
        if not taken:
            raise StateError("generator: is not the state of a PCG64 generator")
        session._scores = session._score()
        session._checkpoint = session._good = session._moment()
        return session

    # The inside

    def _build(self, config: Config, dataset: Dataset) -> None:
        """Everything anew. What can fail comes first, so that a failure leaves the session as it was."""
        problem = Problem(config, dataset)
        scene = problem.scene(config)
        self.config, self.dataset, self._problem, self.scene = config, dataset, problem, scene
        layers = [(layer.units, layer.activation) for layer in config.network.hidden]
        self.network = Network(problem.train.X.shape[1] - 1, [*layers, (problem.outputs, problem.output)])
        self._small = len(dataset) <= SMALL
        self._maps = Maps(problem, scene)
        self._start()

    def _start(self) -> None:
        config = self.config
        self.run += 1
        self.epoch = 0
        self._cursor = 0  # mini-batches done in this epoch
        self._steps = 0
        self.divergence = None
        self.network.initialise(config.network.initializer, [np.random.default_rng([config.network.seed, 0])])
        self.network.gradients[:] = np.nan  # none yet
        self._rng = np.random.default_rng([config.network.seed, 1])
        self._make_trainer()
        self._history = History(len(self.network.units), self._resolution())
        self._scores = self._score()
        self._start_loss = self._scores.train_loss
        self._record()

    def _make_trainer(self) -> None:
        training = self.config.training
        self._trainer = Trainer(
            self.network,
            self._problem.loss,
            training.optimizer,
            training.regularizer,
            training.learning_rate,
            training.schedule,
            training.clipping,
        )
        self._batches = Batches(self._problem.train, training.batch_size, self._trainer.step)

    def _resolution(self) -> int:
        """Of the history: as fine as scoring all examples allows, and no finer than the steps."""
        return min(2 if self._small else 0, self._batches.count.bit_length() - 1)

    def _adjust(self, config: Config, problem: Problem) -> None:
        """Go on with the same weights under other rules of training."""
        now, size, old_loss = self._moment(), self._batches.size, self._problem.loss
        self.config, self._problem, self.scene = config, problem, problem.scene(config)
        self._maps = Maps(problem, self.scene)
        self._make_trainer()
        self._good, self._checkpoint = self._adjusted(self._good, size), self._adjusted(now, size)
        self._return_to(self._checkpoint)
        self._history.resolution = min(self._history.resolution, self._resolution())
        self.divergence = None
        self._scores = self._score()
        if problem.loss != old_loss:  # another measure of what is good
            self._start_loss = self._scores.train_loss
            self._good = self._checkpoint = self._moment()

    def _adjusted(self, moment: State, size: int) -> State:
        """A moment of before, when mini-batches had this size, under the present rules of training."""
        fresh, arrays = self._moment().arrays, moment.arrays
        if arrays.keys() != fresh.keys():  # another optimizer, which has nothing to remember yet
            arrays = fresh | {name: arrays[name] for name in ("parameters", "gradients", "order")}
        # Within an epoch, go on at the mini-batch that holds the first example not yet seen.
        batch = min(moment.plain["step_in_epoch"] * size // self._batches.size, self._batches.count - 1)
        return State(arrays, moment.plain | {"step_in_epoch": batch})

    def _run(self, most: int) -> int:
        """Train at most `most` mini-batches, no further than the next record; the number of mini-batches trained."""
        first = self._cursor
        due, record = self._history.next_due(self.epoch, first, self._batches.count)
        stop = min(due, first + most)
        self._train_to(stop)
        if record and stop == due:
            if self._take_scores():
                self._record()
            else:
                self._find_divergence()
        return stop - first

    def _train_to(self, stop: int) -> None:
        """Train up to mini-batch `stop` of this epoch."""
        batches = self._batches
        if self._cursor == 0:
            batches.shuffle(self._rng)
        self._trainer.set_time(self.epoch, self._cursor, batches.count)
        while self._cursor < stop:
            steps = batches.steps(self._cursor, stop - self._cursor)
            for calls in steps:
                run(calls)
            self._cursor += len(steps)
            self._steps += len(steps)
        if stop == batches.count:
            self.epoch += 1
            self._cursor = 0

    def _take_scores(self) -> bool:
        """Score the present weights; False, and the scores stay as they were, when the loss is not finite."""
        scores = self._score()
        finite = math.isfinite(scores.train_loss)
        if finite:
            self._scores = scores
        return finite

    def _find_divergence(self) -> None:
        """Run again from the last checkpoint, step by step, to where the first number is not finite; stop just before it."""
        now = self.step_count
        self._return_to(self._checkpoint)
        # Where it is only the loss over all examples that is not finite yet, the step is still to come, within an epoch.
        # If none comes, there was no more to it than that sum.
        step, layer = self._first_broken_step(now + self._batches.count) or (now, len(self.network.units) - 1)
        self._return_to(self._checkpoint)
        while self.step_count < step - 1:
            self._train_to(self._cursor + 1)
        self._scored_at = self.step_count
        name = "output layer" if layer == len(self.network.units) - 1 else f"hidden layer {layer + 1}"
        self.divergence = Divergence(
            step, layer, name, f"The run diverged at step {step:,}: numbers in the {name} grew beyond all bounds."
        )

    def _first_broken_step(self, last: int) -> tuple[int, int] | None:
        """Train up to step `last`, or to the first that leaves the finite numbers: that step, and in which layer it did."""
        while self.step_count < last:
            batch = self._cursor
            self._train_to(batch + 1)
            layer = self._trainer.broken_layer(*self._batches.gathered_pair(batch))
            if layer is not None:
                return self.step_count, layer
        return None

    def _score(self) -> Scores:
        train, test = self.evaluate("train"), self.evaluate("test")
        self._scored_at = self.step_count
        return Scores(train.loss, test.loss, train.accuracy, test.accuracy)

    def _record(self) -> None:
        epoch = self.epoch + self._cursor / self._batches.count
        self._history.add(epoch, self.step_count, self._scores, self._gradient_sizes())
        self._checkpoint = self._moment()
        if self._scores.train_loss <= self._start_loss:
            self._good = self._checkpoint

    def _moment(self) -> State:
        """A copy of all that training changes, the history apart."""
        arrays = {
            "parameters": self.network.parameters,
            "gradients": self.network.gradients,
            "order": self._batches.order,
            "clock": self._trainer.clock,
            **{f"optimizer.{name}": slot for name, slot in self._named_slots()},
        }
        plain = {
            "epoch": self.epoch,
            "step_in_epoch": self._cursor,
            "steps": self.step_count,
            "resolution": self._history.resolution,
            "start_loss": self._start_loss,
            "generator": self._rng.bit_generator.state,
        }
        return State({name: array.copy() for name, array in arrays.items()}, plain)

    def _return_to(self, moment: State) -> None:
        """Undo what training has changed since; records of later steps are dropped."""
        self.network.parameters[:] = moment.arrays["parameters"]
        self.network.gradients[:] = moment.arrays["gradients"]
        self._batches.take(moment.arrays["order"].copy())
        for name, slot in self._named_slots():
            slot[:] = moment.arrays[f"optimizer.{name}"]
        self.epoch = moment.plain["epoch"]
        self._cursor = moment.plain["step_in_epoch"]
        self._steps = moment.plain["steps"]
        self._trainer.clock[...] = moment.arrays["clock"]
        self._start_loss = moment.plain["start_loss"]
        self._rng.bit_generator.state = moment.plain["generator"]
        self._history.forget_after(self.step_count)

    def _named_slots(self) -> list[tuple[str, Floats]]:
        return list(zip(self._trainer.optimizer.slots, self._trainer.slots, strict=True))

    def _gradient_sizes(self) -> Floats:
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


def _load(config: Config) -> Dataset:
    return config.data.source.load(np.random.default_rng([config.data.seed, 0]))


def _frozen(array: Array) -> Array:
    array.setflags(write=False)
    return array
