"""One experiment: the only owner of a run, which it starts, edits, draws and saves. Knows no thread."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Dataset, Floats
from playground.experiment.config import Config, Impact, impact
from playground.experiment.diagnosis import diagnose
from playground.experiment.diagnosis.condition import Finding
from playground.experiment.frame import Divergence, Frame
from playground.experiment.history.curves import Curves
from playground.experiment.looks.look import Look, Request, Requests, read_only, request
from playground.experiment.looks.measuring import Failure
from playground.experiment.looks.table import LOOKS, MAIN
from playground.experiment.run.evaluation import Evaluation
from playground.experiment.run.run import Left, Run
from playground.experiment.run.state import State
from playground.experiment.scene import Scene
from playground.experiment.selection import Selection
from playground.experiment.setup import Setup
from playground.nn.network import Network

Position = tuple[int, int]  # finished epochs, and mini-batches of the one after them


@dataclass(frozen=True)
class Bookmark:
    """A session as it was left."""

    config: Config
    dataset: Dataset
    run: Left


class Session:
    """An experiment that runs.

    Equal configs give equal bits, however the steps are cut into calls. `dataset` replaces what config.data.source
    would load, for snapshots that carry their own data.

    Raises:
        ConfigError: when parts of the config do not go together.
        DataError: when the data cannot be used.
    """

    _run: Run
    _chunk: int

    def __init__(self, config: Config, dataset: Dataset | None = None) -> None:
        self.run = 0  # counts restarts
        self.selection = Selection()
        self._observed: Requests = frozenset()
        self._build(config, _load(config) if dataset is None else dataset)

    @property
    def config(self) -> Config:
        """What it is set to."""
        return self._run.setup.config

    @property
    def dataset(self) -> Dataset:
        """What it learns from."""
        return self._run.setup.problem.dataset

    @property
    def scene(self) -> Scene:
        """What stays the same for the whole of a run."""
        return self._run.setup.scene

    # Training

    def step(self, n: int = 1) -> None:
        """Train n mini-batches, or fewer when the run diverges or ends by itself."""
        with np.errstate(all="ignore"):
            while n > 0 and not self.over:
                n -= self._run.train(n)

    def train(self, epochs: int) -> None:
        """Train to the end of the current epoch and on until this many epochs have been finished."""
        goal = self.epoch + epochs, 0
        while (missing := self._missing(goal)) and not self.over:
            self.step(missing)

    def advance(self, seconds: float, goal: Position | None = None) -> None:
        """Train for about this long, and no further than to `goal`. The clock decides how many steps, never what a step
        does.

        Raises:
            Cancelled: after the last step that was done; a step that lasts is as if it had never begun.
        """
        deadline = time.perf_counter() + seconds
        before = time.perf_counter()
        with np.errstate(all="ignore"):
            while not self.over and before < deadline and (missing := self._missing(goal)):
                self._run.train(min(self._chunk, missing))
                now = time.perf_counter()
                if now - before < 0.0005:
                    self._chunk = min(self._chunk * 2, 1024)
                elif now - before > 0.002:
                    self._chunk = max(self._chunk // 2, 1)
                before = now

    def restart(self) -> None:
        """The same run again from its start: same weights, same order of the mini-batches."""
        self._begin(self._started(self._run.setup))

    def apply(self, config: Config, afresh: bool = False) -> Impact:
        """Take a changed config, restarting only if it must or is to begin `afresh`; the answer says what was necessary.

        Raises:
            ConfigError, DataError, Cancelled: the session then goes on as it was, and so it does after any other error.
        """
        if afresh and config == self.config:
            self.restart()
            return Impact.NETWORK
        change = max(impact(self.config, config), Impact.NETWORK if afresh else Impact.NONE)
        if change == Impact.DATA:
            old, new = self.config.data, config.data
            same_examples = old.source == new.source and (old.seed == new.seed or not new.source.random)
            self._build(config, self.dataset if same_examples else _load(config))
        elif change == Impact.NETWORK:
            self._build(config, self.dataset)
        elif change == Impact.TRAINING:
            setup, before = Setup.of(config, self.dataset, self.selection), self._run.setup.problem
            if (setup.problem.output, setup.problem.outputs) != (before.output, before.outputs):
                self._build(config, self.dataset)
                return Impact.NETWORK
            self._adjust(setup)
        return change

    def set_weight(self, layer: int, unit: int, input: int, value: float, member: int = 0) -> None:
        """Set one weight and go on from there; `input` = the layer's number of inputs means the bias.

        `unit` counts the outputs of the layer, and the weight is the one that a frame shows.

        Raises:
            IndexError: when there is no such weight.
            ValueError: when the value is beyond what the network's precision can hold.
            Cancelled: the weight is then as it was.
        """
        if min(layer, unit, input) < 0:
            raise IndexError("layers, units and inputs are counted from 0")
        self._run.settle()
        network = self._alone(member)
        with np.errstate(all="ignore"):
            weights = network.weights[layer]
            kept = weights.copy()
            try:
                network.activations[layer].set_edge(weights, unit, input, value)
                if not np.isfinite(weights).all():
                    most = f"a number of at most {np.finfo(weights.dtype).max:.2g} in size"
                    raise ValueError(f"a weight in {weights.dtype} must be {most}, not {value:g}")
                self._run.take_edit()
            except BaseException:
                weights[...] = kept
                raise

    def go_back(self) -> None:
        """After a divergence: return to the last record whose training loss was no higher than at the start."""
        self._run.go_back()

    # Looking

    @property
    def divergence(self) -> Divergence | None:
        """Where the run has diverged, if it has."""
        return self._run.divergence

    @property
    def over(self) -> bool:
        """Whether nothing trains any more: the run has diverged, or ended by itself."""
        return self._run.over

    @property
    def network(self) -> Network:
        """The networks that are trained."""
        return self._run.network

    @property
    def member(self) -> int:
        """Which of the networks is shown, counted from 0."""
        return self._run.recorder.within(self.selection).member

    @property
    def position(self) -> Position:
        """How far it has come."""
        return self._run.progress.epoch, self._run.progress.batch

    @property
    def epoch(self) -> int:
        """Finished epochs."""
        return self._run.progress.epoch

    @property
    def step_count(self) -> int:
        """Steps since the start."""
        return self._run.progress.steps

    @property
    def history(self) -> Curves:
        """Epochs, steps, losses, accuracies and gradient sizes so far."""
        return self._run.history.curves()

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
            outputs = self._run.setup.problem.output.decide(network.predict(self._run.setup.problem.inputs(X)))
            if members > 1 and member == "mean":
                outputs = outputs[self._run.living].mean(axis=0)
            outputs = self._run.setup.problem.decode(outputs)
        return outputs[None] if members == 1 and member == "all" else outputs

    def evaluate(self, part: str) -> Evaluation:
        """Loss, and accuracy for classes, on all examples of "train", "validation" or "test"; of members mean and each.

        Raises:
            ValueError: for any other part, or "validation" where no examples validate.
        """
        if part not in ("train", "validation", "test"):
            raise ValueError(f'part must be "train", "validation" or "test", not {part!r}')
        if not self._run.setup.problem.parts[part]:
            raise ValueError("no examples validate: data.validation_share is 0")
        return self._run.evaluate(part)

    def diagnosis(self) -> tuple[Finding, ...]:
        """What is wrong with the run now, the gravest first; of several members, with the one that is shown."""
        with np.errstate(all="ignore"):
            return diagnose(self._run.context(self.selection))

    def select(self, selection: Selection) -> None:
        """Look closely at this from now on: it is what looks are taken of, and over which columns the plane is drawn."""
        setup = self._run.setup.over(selection.axes(len(self.dataset.columns)))
        if setup is not self._run.setup:
            self._run.turn_to(setup)
        self.selection = selection
        self._run.recorder.observe(self._observed, selection)

    def observe(self, requests: Requests) -> None:
        """From now on record what these ask for that no moment tells by itself. What is recorded stays until a step is
        missed.
        """
        self._observed = requests
        self._run.recorder.observe(requests, self.selection)

    def frame(self, requests: Requests = MAIN) -> Frame:
        """All that is drawn of this moment; of looks those that are asked for. It changes nothing, whoever asks."""
        run = self._run
        looks: dict[Request, Look] = {}
        failures: list[Failure] = []
        with np.errstate(all="ignore"):
            scores = run.present_scores()
            context = run.context(self.selection)
            asked = {request(one) for one in requests}
            for one in (one for kind in LOOKS for one in asked if one.look is kind):
                try:
                    look = LOOKS[one.look](context if one.selection is None else run.context(one.selection))
                except Exception as error:
                    failures.append(Failure.of(one.look.words(), error))
                else:
                    looks |= {} if look is None else {one: look}
            gradient_now = run.progress.gradient_sizes()
        shown = zip(context.network.activations, context.network.weights, strict=True)
        return Frame(
            run=self.run,
            epoch=self.epoch,
            step=self.step_count,
            step_in_epoch=run.progress.batch,
            scores=scores,
            scene=self.scene,
            selection=context.selection,
            weights=tuple(read_only(activation.edges(weights).astype(float)) for activation, weights in shown),
            gradient_now=read_only(gradient_now),
            comparable_from=run.comparable_from,
            divergence=self.divergence,
            ending=run.ending,
            diverged=tuple(np.flatnonzero(run.progress.diverged).tolist()),
            looks=looks,
            failures=tuple(failures),
        )

    # Saving

    def state(self) -> State:
        """All that a run has become: weights, optimizer, generators, position and history."""
        return self._run.state()

    @classmethod
    def from_state(cls, config: Config, dataset: Dataset, state: State) -> Session:
        """Go on where `state` was taken.

        Raises:
            StateError: when it does not fit the config and the data.
            ConfigError, DataError: as the constructor.
        """
        session = cls(config, dataset)
        session._run.restore(state)
        return session

    def leave(self) -> Bookmark:
        """Where it stands, to come back to."""
        return Bookmark(self.config, self.dataset, self._run.leave())

    @classmethod
    def resume(cls, bookmark: Bookmark) -> Session:
        """Go on where another was left, as if nothing had happened."""
        session = cls(bookmark.config, bookmark.dataset)
        with np.errstate(all="ignore"):
            session._run.take_up(bookmark.run)
        return session

    # The inside

    def _build(self, config: Config, dataset: Dataset) -> None:
        """Everything anew. What can fail comes first, so that a failure leaves the session as it was."""
        self._begin(self._started(Setup.of(config, dataset, self.selection)))

    def _adjust(self, setup: Setup) -> None:
        """Go on under other rules. What has only been half adjusted is put together again."""
        old, left = self._run.setup, self._run.leave()
        try:
            self._run.adjust(setup)
            self._run.recorder.observe(self._observed, self.selection)
        except Exception:
            self._run = self._started(old)
            self._run.take_up(left)
            raise
        self._chunk = 1

    def _started(self, setup: Setup) -> Run:
        with np.errstate(all="ignore"):
            run = Run(setup)
            run.recorder.observe(self._observed, self.selection)
            return run

    def _begin(self, run: Run) -> None:
        """Train this one from now on."""
        self._run = run
        self.run += 1
        self._chunk = 1  # steps between two looks at the clock; has no influence on any number

    def _missing(self, goal: Position | None) -> int:
        """How many mini-batches of this epoch are missing to a goal, or to the epoch's end."""
        progress = self._run.progress
        last = progress.steps_per_epoch
        if goal is not None and goal[0] <= progress.epoch:
            last = min(goal[1], last) if goal[0] == progress.epoch else progress.batch
        return max(last - progress.batch, 0)

    def _alone(self, member: int) -> Network:
        """One member; IndexError when there is no such one."""
        if not 0 <= member < self.network.members:
            raise IndexError(f"there are {self.network.members} members, counted from 0")
        return self.network.alone(member)


def _load(config: Config) -> Dataset:
    return config.data.source.load(np.random.default_rng([config.data.seed, 0]))
