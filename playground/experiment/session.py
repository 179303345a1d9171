"""One running experiment: the only owner of network, optimizer state, generators and history. Knows no thread."""

from __future__ import annotations

import math
import time

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Dataset, Floats
from playground.experiment.conditions import Finding
from playground.experiment.config import Config, Impact, impact
from playground.experiment.diagnosis import diagnose
from playground.experiment.frame import CURVES, NEEDS, OUTPUTS, UNITS, Curves, Divergence, Frame, Scene, Scores
from playground.experiment.history import History
from playground.experiment.look import Inside, frozen
from playground.experiment.observer import Observer
from playground.experiment.problem import Evaluation, Problem
from playground.experiment.progress import Progress
from playground.experiment.state import State, StateError, check_state
from playground.nn.network import Network

SMALL = 10_000  # examples, times members, up to which scores are taken at every frame; of one member, 4 times an epoch


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
    divergence: Divergence | None
    _problem: Problem
    _good: State

    def __init__(self, config: Config, dataset: Dataset | None = None) -> None:
        self.run = 0  # counts restarts
        self._needs: frozenset[str] = frozenset()  # of the last frame
        self._chunk = 1  # steps between two looks at the clock; has no influence on any number
        self._build(config, _load(config) if dataset is None else dataset)

    # Training

    def step(self, n: int = 1) -> None:
        """Train n mini-batches, or fewer when the run diverges or ends by itself."""
        with np.errstate(all="ignore"):
            while n > 0 and not self.over:
                n -= self._run(n)

    def train(self, epochs: int) -> None:
        """Train to the end of the current epoch and on until this many epochs have been finished."""
        goal = self.epoch + epochs
        while self.epoch < goal and not self.over:
            self.step(self._progress.steps_per_epoch - self._progress.batch)

    def advance(self, seconds: float) -> None:
        """Train for about this long. The clock decides how many steps, never what a step does."""
        deadline = time.perf_counter() + seconds
        before = time.perf_counter()
        with np.errstate(all="ignore"):
            while not self.over and before < deadline:
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
                self._observer.turn_to(self._problem, scene)
            self.config = config
        return change

    def set_weight(self, layer: int, unit: int, input: int, value: float, member: int = 0) -> None:
        """Set one weight and go on from there; `input` = the layer's number of inputs means the bias.

        `unit` counts the outputs of the layer, and the weight is the one that a frame shows.

        Raises:
            IndexError: when there is no such weight.
            ValueError: when the value is not finite.
        """
        if min(layer, unit, input) < 0:
            raise IndexError("layers, units and inputs are counted from 0")
        if not math.isfinite(value):
            raise ValueError(f"a weight must be a finite number, not {value}")
        network = self._alone(member)
        network.activations[layer].set_edge(network.weights[layer], unit, input, value)
        self._scored_at = -1
        self._checkpoint = self._progress.moment()

    def go_back(self) -> None:
        """After a divergence: return to the last record whose training loss was no higher than at the start."""
        self._return_to(self._good)
        self._checkpoint = self._good
        self.divergence = None
        self._scores = self._score()

    # Looking

    @property
    def over(self) -> bool:
        """Whether nothing trains any more: the run has diverged, or ended by itself."""
        return self.divergence is not None or self._progress.all_held

    @property
    def network(self) -> Network:
        """The networks that are trained."""
        return self._progress.network

    @property
    def member(self) -> int:
        """Which of the networks is shown, counted from 0."""
        return min(self.config.display.member, self.network.members - 1)

    @property
    def epoch(self) -> int:
        """Finished epochs."""
        return self._progress.epoch

    @property
    def step_count(self) -> int:
        """Steps since the start."""
        return self._progress.steps

    @property
    def history(self) -> Curves:
        """Epochs, steps, losses, accuracies and gradient sizes so far."""
        return self._history.curves()

    def predict(self, X: Floats, member: int | str = "mean") -> Floats:
        """Outputs (examples, outputs) for raw inputs (examples, columns), in the units of the data.

        Of several members the mean, one (counted from 0), or with "all" those of each, (members, examples, outputs).
        An output unit that is hard when testing says so here.

        Raises:
            ValueError: when X is not two-dimensional with one column per column of the data.
            IndexError: when there is no such member.
        """
        X = np.asarray(X, dtype=float)
        if X.ndim != 2 or X.shape[1] != len(self.dataset.columns):
            raise ValueError(f"X must be (examples, {len(self.dataset.columns)}), not {X.shape}")
        members = self.network.members
        network = self._alone(member) if isinstance(member, int) else self.network
        with np.errstate(all="ignore"):
            outputs = self._problem.output.decide(network.predict(self._problem.inputs(X)))
            if members > 1 and member == "mean":
                outputs = outputs[self._living].mean(axis=0)
            outputs = self._problem.decode(outputs)
        return outputs[None] if members == 1 and member == "all" else outputs

    def evaluate(self, part: str) -> Evaluation:
        """Loss, and accuracy for classes, on all examples of "train", "validation" or "test"; of members mean and each.

        Raises:
            ValueError: for any other part, or "validation" where no examples validate.
        """
        if part not in ("train", "validation", "test"):
            raise ValueError(f'part must be "train", "validation" or "test", not {part!r}')
        if not self._problem.parts[part]:
            raise ValueError("no examples validate: data.validation_share is 0")
        with np.errstate(all="ignore"):
            return self._problem.evaluate(self.network, part, self._living if self.network.members > 1 else None)

    def diagnosis(self) -> tuple[Finding, ...]:
        """What is wrong with the run now, the gravest first; of several members, with the one that is shown."""
        with np.errstate(all="ignore"):
            return diagnose(self._inside())

    def frame(self, needs: frozenset[str] = NEEDS) -> Frame:
        """All that is drawn of this moment; maps and curves only if they are among the needs."""
        self._needs = needs
        self._observer.follow(self.config, needs)
        with np.errstate(all="ignore"):
            stale = self._small and self._scored_at != self.step_count
            # Weights that are not finite stay so: the next record would find the same, had no frame come by.
            if stale and not self._take_scores(~_finite(self.network.parameters)):
                self._find_divergence()
            inside = self._inside()
            network, maps = inside.network, inside.maps
            outputs, disagreement = maps.outputs(self.network, self._living) if OUTPUTS in needs else (None, None)
            units = maps.units(network) if UNITS in needs else None
            gradient_now = self._progress.gradient_sizes()
            looks = self._observer.looks(needs, inside)
        shown = zip(network.activations, network.weights, strict=True)
        return Frame(
            run=self.run,
            epoch=self.epoch,
            step=self.step_count,
            step_in_epoch=self._progress.batch,
            scores=self._scores,
            scene=self.scene,
            member=inside.member,
            weights=tuple(frozen(activation.edges(weights).astype(float)) for activation, weights in shown),
            gradient_now=frozen(gradient_now),
            curves=inside.curves if CURVES in needs else None,
            outputs=outputs,
            disagreement=disagreement,
            unit_maps=units,
            divergence=self.divergence,
            ending=self._ending(),
            fallen=tuple(np.flatnonzero(self._progress.fallen).tolist()),
            looks=looks,
        )

    # Saving

    def state(self) -> State:
        """All that a run has become: weights, optimizer, generators, position and history."""
        moment = self._progress.moment()
        plain = {
            "resolution": self._history.resolution,
            "start_loss": self._start_loss,
            "vitals_every": self._observer.vitals.every,
        }
        logs = {"history": self._history.rows.copy(), "vitals": self._observer.vitals.rows.copy()}
        return State(moment.arrays | logs, moment.plain | plain)

    @classmethod
    def from_state(cls, config: Config, dataset: Dataset, state: State) -> Session:
        """Go on where `state` was taken.

        Raises:
            StateError: when it does not fit the config and the data.
            ConfigError, DataError: as the constructor.
        """
        session = cls(config, dataset)
        check_state(state, session.state(), session._progress.steps_per_epoch, len(session._problem.train))
        session._history.restore(state.arrays["history"])
        session._history.resolution = state.plain["resolution"]
        session._start_loss = state.plain["start_loss"]
        session._observer.vitals.restore(state.arrays["vitals"])
        session._observer.vitals.every = state.plain["vitals_every"]
        if not session._progress.return_to(state):
            raise StateError("generator: is not the state of a PCG64 generator")
        session._forget_later()
        session._scores = session._score()
        session._checkpoint = session._good = session._progress.moment()
        return session

    # The inside

    def _build(self, config: Config, dataset: Dataset) -> None:
        """Everything anew. What can fail comes first, so that a failure leaves the session as it was."""
        problem = Problem(config, dataset)
        scene = problem.scene(config)
        self.config, self.dataset, self._problem, self.scene = config, dataset, problem, scene
        self._small = len(dataset) * len(problem.members) <= SMALL
        self._start()

    def _start(self) -> None:
        self.run += 1
        self.divergence = None
        self._progress = Progress(self.config, self._problem)
        self._history = History(len(self.network.units), self._resolution(), self.network.members)
        self._observer = Observer(self._problem, self.scene, self._progress)
        self._observer.follow(self.config, self._needs)
        self._scores = self._score()
        self._start_loss = self._scores.train_loss
        self._record()
        self._observer.record()

    def _resolution(self) -> int:
        """Of the history: as fine as scoring all examples allows, and no finer than the steps."""
        often = self._small and self.network.members == 1
        return min(2 if often else 0, self._progress.steps_per_epoch.bit_length() - 1)

    def _adjust(self, config: Config, problem: Problem) -> None:
        """Go on with the same weights under other rules of training."""
        progress, old_loss = self._progress, self._problem.loss
        now, size = progress.moment(), progress.batch_size
        self.config, self._problem, self.scene = config, problem, problem.scene(config)
        self._observer.turn_to(problem, self.scene)
        progress.take_rules(config, problem)
        self._observer.follow(config, self._needs)
        self._good, self._checkpoint = progress.adjusted(self._good, size), progress.adjusted(now, size)
        self._return_to(self._checkpoint)
        self._history.resolution = min(self._history.resolution, self._resolution())
        self.divergence = None
        self._scores = self._score()
        if problem.loss != old_loss:  # another measure of what is good
            self._start_loss = self._scores.train_loss
            self._good = self._checkpoint = progress.moment()

    def _run(self, most: int) -> int:
        """Train at most `most` mini-batches, no further than the next record; the number of mini-batches trained."""
        progress = self._progress
        first = progress.batch
        due, record = self._history.next_due(progress.epoch, first, progress.steps_per_epoch)
        stop = min(due, first + most)
        progress.train_to(stop)
        if record and stop == due:
            if self._take_scores():
                self._record()
            else:
                self._find_divergence()
        if progress.batch == 0 and self._observer.vitals.due(progress.epoch) and self.divergence is None:
            self._observer.record()
        return stop - first

    def _take_scores(self, broken: NDArray[np.bool_] | None = None) -> bool:
        """Score the present weights; False when no member is left. Scores that are not finite are not taken.

        Members whose loss is not finite, of the `broken` ones if given, (members,), are lost: while others go on they
        are held where they were at the last checkpoint.
        """
        scores = self._score()
        lost = ~np.isfinite(scores.train_losses)
        if broken is not None:
            lost &= broken
        if (lost | self._progress.fallen).all():
            return False
        if lost.any():
            self._progress.drop(lost, self._checkpoint)
            scores = self._score()
        if math.isfinite(scores.train_loss):
            self._scores = scores
        return True

    def _find_divergence(self) -> None:
        """Run again from the last checkpoint, step by step, to where the first number is not finite; stop just before it."""
        progress, now = self._progress, self.step_count
        self._return_to(self._checkpoint)
        # Where it is only the loss over all examples that is not finite yet, the step is still to come, within an epoch.
        # If none comes, there was no more to it than that sum.
        step, layer = progress.first_broken_step(now + progress.steps_per_epoch) or (now, len(self.network.units) - 1)
        self._return_to(self._checkpoint)
        while self.step_count < step - 1:
            progress.train_to(progress.batch + 1)
        self._scored_at = self.step_count
        name = "output layer" if layer == len(self.network.units) - 1 else f"hidden layer {layer + 1}"
        self.divergence = Divergence(
            step, layer, name, f"The run diverged at step {step:,}: numbers in the {name} grew beyond all bounds."
        )

    def _score(self) -> Scores:
        train, test = self.evaluate("train"), self.evaluate("test")
        validation = self.evaluate("validation") if self._problem.parts["validation"] else None
        self._scored_at = self.step_count
        of_mean = None if test.of_mean is None else test.of_mean[1 if self.dataset.classes else 0]
        return Scores(
            train.loss,
            None if validation is None else validation.loss,
            test.loss,
            train.accuracy,
            None if validation is None else validation.accuracy,
            test.accuracy,
            train.losses,
            (validation or test).losses,
            of_mean,
        )

    @property
    def _living(self) -> NDArray[np.bool_]:
        """Which members' answers count, (members,): those that have not fallen; all, if none is left."""
        living = _finite(self.network.parameters) & ~self._progress.fallen
        return living if living.any() else ~living

    def _ending(self) -> str:
        """In words, when the run has ended by itself."""
        progress = self._progress
        if not progress.all_held or self.divergence is not None:
            return ""
        patience = getattr(self.config.training.stopping, "patience", 0)
        epochs = progress.best_epochs[progress.stopped]
        at = f"epoch {epochs[0]:,.0f}" if len(epochs) == 1 else "the best epoch of each member"
        fallen = int(progress.fallen.sum())
        rest = f"; {fallen} member{'s' if fallen > 1 else ''} had diverged" if fallen else ""
        return (
            f"Stopped after epoch {self.epoch:,}: the validation loss had not fallen for {patience:,} epochs. "
            f"The weights of {at} are back{rest}."
        )

    def _record(self) -> None:
        progress = self._progress
        epoch = progress.epoch + progress.batch / progress.steps_per_epoch
        self._history.add(epoch, progress.steps, self._scores, progress.gradient_sizes(), progress.penalty())
        self._checkpoint = progress.moment()
        if self._scores.train_loss <= self._start_loss:
            self._good = self._checkpoint

    def _inside(self) -> Inside:
        return self._observer.inside(self.config, self._history, self.member, self.divergence)

    def _alone(self, member: int) -> Network:
        """One member; IndexError when there is no such one."""
        if not 0 <= member < self.network.members:
            raise IndexError(f"there are {self.network.members} members, counted from 0")
        return self.network.alone(member)

    def _return_to(self, moment: State) -> None:
        """Undo what training has changed since; records of later steps are dropped."""
        self._progress.return_to(moment)
        self._forget_later()

    def _forget_later(self) -> None:
        """Drop what was written down of steps that are still to come."""
        self._history.forget_after(self.step_count)
        self._observer.vitals.forget_after(self.step_count)


def _load(config: Config) -> Dataset:
    return config.data.source.load(np.random.default_rng([config.data.seed, 0]))


def _finite(parameters: Floats) -> NDArray[np.bool_]:
    """Which members' numbers all are, (members,)."""
    finite: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(parameters), axis=1)
    return finite
