"""One run from its start: trained, scored, written down, and taken back where it breaks. Knows no edits and no screen."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.frame import Divergence
from playground.experiment.history.curves import History, Scores
from playground.experiment.looks.context import RunContext
from playground.experiment.problem import Problem
from playground.experiment.run.evaluation import Evaluation
from playground.experiment.run.progress import Progress
from playground.experiment.run.recorder import Recorder
from playground.experiment.run.state import State, StateError, check_state
from playground.experiment.selection import Selection
from playground.experiment.setup import Setup
from playground.nn.network import Network
from playground.options.layers import layer_in_sentence
from playground.options.message import NOTHING, Message
from playground.options.numerals import counted

SMALL = 10_000  # examples, times members, up to which scores are taken at every frame; of one member, 4 times an epoch


@dataclass(frozen=True)
class Left:
    """Where a run stood when it was left: its state, what it would go back to, and whether it had diverged."""

    state: State
    good: State
    divergence: Divergence | None

    @property
    def nbytes(self) -> int:
        """What it takes of memory."""
        return sum(array.nbytes for state in (self.state, self.good) for array in state.arrays.values())


class Run:
    """Networks that learn from a problem, and what is known of how they have fared.

    Attributes:
        setup: what it is built from.
        progress: what training moves.
        history: the records so far.
        recorder: what is seen beyond scores.
        scores: the last that were taken.
        comparable_from: the step of the last break in the losses: a weight set by hand, or another loss.
        divergence: set when the run has diverged; it then trains no further until it goes back.
    """

    def __init__(self, setup: Setup) -> None:
        problem = setup.problem
        self.setup = setup
        self._small = len(problem.dataset) * len(problem.members) <= SMALL
        self._record_due = self._layer_statistics_due = self._check_due = False  # since the last step
        self.divergence: Divergence | None = None
        self.progress = Progress(setup.config, problem)
        self.history = History(len(self.network.units), self._resolution(), self.network.members)
        self.recorder = Recorder(setup, self.progress)
        self.scores = self._score()
        self.comparable_from = 0
        self._start()
        # `_good` is the last record whose loss was no higher than at the start.
        self._good = self._checkpoint = self.progress.checkpoint()
        self._record()
        self.recorder.record()

    # Training

    def train(self, most: int) -> int:
        """Train at most `most` mini-batches, no further than the next record; the number of mini-batches trained.

        Raises:
            Cancelled: after the last step that was done; what else belongs to it is done before anything else is.
        """
        self.catch_up()
        if self.over:
            return 0
        progress = self.progress
        first = progress.batch
        due, record = self.history.next_due(progress.epoch, first, progress.steps_per_epoch)
        stop = min(due, first + most)
        progress.train(stop - first)
        self._check_due = True
        self._record_due, self._layer_statistics_due = record and stop == due, progress.batch == 0
        self.catch_up()
        return stop - first

    def catch_up(self) -> None:
        """Decide and write down what belongs to the last step, where that was called off.

        Raises:
            Cancelled: it is then still to be done.
        """
        with np.errstate(all="ignore"):
            self.progress.end_epoch()
            if self._record_due:
                if self._take_scores(recording=True):
                    self._record()
                else:
                    self._find_divergence()
                self._record_due = False
            elif self._check_due and not math.isfinite(self.network.parameters.sum()):
                self._find_broken()
            self._check_due = False
            if self._layer_statistics_due and self.recorder.layer_statistics.due(self.progress.epoch):
                self._find_broken()
                if self.divergence is None:
                    self.recorder.record()
            self._layer_statistics_due = False

    def adjust(self, setup: Setup) -> None:
        """Go on with the same weights under other rules of training.

        Raises:
            Cancelled: nothing has been adjusted then.
        """
        self.settle()
        progress, problem, old_loss = self.progress, setup.problem, self.setup.problem.loss
        scores = self._score_under(problem, ~progress.broken)  # what may last, before anything is changed
        now, size = progress.checkpoint(), progress.batch_size
        self.recorder.turn_to(setup)
        progress.take_rules(setup.config, problem)
        self._good, self._checkpoint = progress.adjusted(self._good, size), progress.adjusted(now, size)
        self._return_to(self._checkpoint)
        self.history.resolution = min(self.history.resolution, self._resolution())
        self.divergence = None
        self.scores, self._scored_at = scores, progress.steps
        if problem.loss != old_loss:  # another measure of what is good
            self._start()
            self._good = progress.checkpoint()
            self._break_off()
        self.setup = setup  # last: what is called off before is as if it had never begun

    def take_edit(self) -> None:
        """Go on from weights that someone has changed by hand. What was not finite before has been settled."""
        scores = self._score()
        if not math.isfinite(scores.train_loss):  # which the next step will find out
            self._checkpoint = self.progress.checkpoint()
            return
        self.scores = scores
        if not self.progress.steps:
            self._start()
        self._break_off()

    def go_back(self) -> None:
        """After a divergence: return to the last record whose training loss was no higher than at the start."""
        self._return_to(self._good)
        self._checkpoint = self._good
        self.comparable_from = min(self.comparable_from, self.progress.steps)
        self.divergence = None
        self.scores = self._score()

    # Looking

    @property
    def over(self) -> bool:
        """Whether nothing trains any more: the run has diverged, or ended by itself."""
        return self.divergence is not None or self.progress.all_frozen

    @property
    def network(self) -> Network:
        """The networks that are trained."""
        return self.progress.network

    @property
    def living(self) -> NDArray[np.bool_]:
        """Which members' answers count, (members,): those that have not diverged; all, if none is left."""
        living = ~(self.progress.broken | self.progress.diverged)
        return living if living.any() else ~living

    @property
    def ending(self) -> Message:
        """In words, when the run has ended by itself; else NOTHING."""
        progress = self.progress
        if not progress.all_frozen or self.divergence is not None:
            return NOTHING
        patience = self.setup.config.training.stopping.patience or 0
        epochs = progress.best_epochs[progress.stopped]
        one = Message("epoch {epoch}", epoch=counted(epochs[0])) if len(epochs) == 1 else None
        diverged = int(progress.diverged.sum())
        rest = Message("; 1 member had diverged" if diverged == 1 else "; {count} members had diverged", count=diverged)
        return Message(
            "Stopped after epoch {epoch}: the validation loss had not fallen for {patience} epochs. "
            "The weights of {best} are back{rest}.",
            epoch=counted(progress.epoch),
            patience=counted(patience),
            best=one or Message("the best epoch of each member"),
            rest=rest if diverged else "",
        )

    def evaluate(self, part: str) -> Evaluation:
        """Loss and accuracy on all examples of a part that has any."""
        return self._evaluate(part, self.setup.problem, self._counting())

    def present_scores(self) -> Scores:
        """The scores of the weights as they are, where that is quick; at every other time those of the last record."""
        if self._small and self._scored_at != self.progress.steps:
            scores = self._score()
            self.scores = scores if math.isfinite(scores.train_loss) else self.scores
        return self.scores

    def settle(self) -> None:
        """Catch up, and take back now what the next record would find to be no longer finite."""
        self.catch_up()
        with np.errstate(all="ignore"):
            self._find_broken()

    def turn_to(self, setup: Setup) -> None:
        """Another plane is drawn."""
        self.recorder.turn_to(setup)
        self.setup = setup

    def context(self, selection: Selection) -> RunContext:
        """What looks at this moment may read; whatever of it takes time is got when it is first read."""
        recorder = self.recorder
        selection = recorder.within(selection)
        return RunContext(
            self.setup,
            selection,
            self.progress,
            self.network.alone(selection.member),
            recorder.maps,
            self.divergence,
            self.comparable_from,
            self.living,
            self.history,
            self._unrecorded,
            recorder.layer_statistics,
            recorder.sample_pass,
        )

    # Saving

    def state(self) -> State:
        """All that the run has become: weights, optimizer, generators, position and history. All of it is finite."""
        self.settle()
        checkpoint = self.progress.checkpoint()
        plain = {
            "resolution": self.history.resolution,
            "start_loss": self._start_loss,
            "comparable_from": self.comparable_from,
            "vitals_every": self.recorder.layer_statistics.every,
        }
        logs = {"history": self.history.rows.copy(), "vitals": self.recorder.layer_statistics.rows.copy()}
        return State(checkpoint.arrays | logs, checkpoint.plain | plain)

    def restore(self, state: State) -> None:
        """Go on where `state` was taken.

        Raises:
            StateError: when it is not that of such a run.
        """
        check_state(state, self.state(), self.progress.steps_per_epoch, len(self.setup.problem.train))
        self._resume(state)
        self._good = self._checkpoint

    def leave(self) -> Left:
        """Where it stands, for another of the same config and data to take up."""
        return Left(self.state(), self._good, self.divergence)

    def take_up(self, left: Left) -> None:
        """Go on where another run was left, as if nothing had happened."""
        self._resume(left.state)
        self._good, self.divergence = left.good, left.divergence

    # The inside

    def _resume(self, state: State) -> None:
        self.history.restore(state.arrays["history"])
        self.history.resolution = state.plain["resolution"]
        self._start_loss, self.comparable_from = state.plain["start_loss"], state.plain["comparable_from"]
        self.recorder.layer_statistics.restore(state.arrays["vitals"])
        self.recorder.layer_statistics.every = state.plain["vitals_every"]
        if not self.progress.return_to(state):
            raise StateError("generator: is not the state of a PCG64 generator")
        self._forget_later()
        self.scores = self._score()
        self._checkpoint = self.progress.checkpoint()

    def _break_off(self) -> None:
        """From here on losses say something else than before; a record of this very moment is written anew."""
        self.comparable_from = self.progress.steps
        if self.history.last_step == self.progress.steps:
            self._record()
        else:
            self._checkpoint = self.progress.checkpoint()

    def _resolution(self) -> int:
        """Of the history: as fine as scoring all examples allows, and no finer than the steps."""
        often = self._small and self.network.members == 1
        return min(2 if often else 0, self.progress.steps_per_epoch.bit_length() - 1)

    def _find_broken(self) -> None:
        if self.progress.broken.any() and not self._take_scores(recording=False):
            self._find_divergence()

    def _take_scores(self, recording: bool) -> bool:
        """Score the present weights; False when no member is left. Scores that are not finite are not taken.

        Members that are broken are lost, and at a record those whose loss is not finite: while others go on they are
        held. Between records such a loss may pass.
        """
        scores = self._score()
        lost = self.progress.broken
        if recording:
            lost |= ~np.isfinite(scores.train_losses)
        if (lost | self.progress.diverged).all():
            return False
        if lost.any():
            self.progress.drop(lost, self._checkpoint)
            scores = self._score()
        if math.isfinite(scores.train_loss):
            self.scores = scores
        return True

    def _find_divergence(self) -> None:
        """Run again from the last checkpoint, step by step, to where the first number is not finite; stop just before it."""
        progress, now = self.progress, self.progress.steps
        self._return_to(self._checkpoint)
        try:
            # Where it is only the loss over all examples that is not finite yet, the step is still to come, within an
            # epoch. If none comes, there was no more to it than that sum.
            found = progress.first_broken_step(now + progress.steps_per_epoch)
            step, layer = found or (now, len(self.network.units) - 1)
            self._return_to(self._checkpoint)
            while progress.steps < step - 1:
                progress.step_freezing()
        except BaseException:  # nobody has looked, then, and the run is as it was at its checkpoint
            self._return_to(self._checkpoint)
            raise
        self._scored_at = self.progress.steps
        where = layer_in_sentence(layer, len(self.network.units))
        words = "The run diverged at step {step}: numbers in {layer} grew beyond all bounds."
        self.divergence = Divergence(step, layer, Message(words, step=counted(step), layer=where))

    def _start(self) -> None:
        """What is good from now on: a loss no higher than the present one, or any that is finite."""
        loss = self.scores.train_loss
        self._start_loss = loss if math.isfinite(loss) else sys.float_info.max

    def _counting(self) -> NDArray[np.bool_] | None:
        """Which members count, where there are several."""
        return self.living if self.network.members > 1 else None

    def _evaluate(self, part: str, problem: Problem, counting: NDArray[np.bool_] | None) -> Evaluation:
        with np.errstate(all="ignore"):
            return problem.evaluate(self.network, part, counting)

    def _score(self) -> Scores:
        return self._score_under(self.setup.problem, self._counting())

    def _score_under(self, problem: Problem, counting: NDArray[np.bool_] | None) -> Scores:
        train, test = self._evaluate("train", problem, counting), self._evaluate("test", problem, counting)
        validation = self._evaluate("validation", problem, counting) if problem.parts["validation"] else None
        self._scored_at = self.progress.steps
        of_mean = None if test.of_mean is None else test.of_mean[1 if problem.dataset.classes else 0]
        return Scores(
            self.progress.steps,
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

    def _unrecorded(self) -> Floats | None:
        """This moment as a row of the history, where it has been scored and is not written down."""
        scored = self.history.last_step < self.scores.step == self.progress.steps
        return self.history.row(*self._present) if scored else None

    @property
    def _present(self) -> tuple[float, int, Scores, Floats, float]:
        """This moment as the history writes it down."""
        progress = self.progress
        epoch = progress.epoch + progress.batch / progress.steps_per_epoch
        return epoch, progress.steps, self.scores, progress.gradient_sizes(), progress.penalty()

    def _record(self) -> None:
        progress = self.progress
        self.history.add(*self._present)
        self._checkpoint = progress.checkpoint()
        if self.scores.train_loss <= self._start_loss:
            self._good = self._checkpoint

    def _return_to(self, checkpoint: State) -> None:
        """Undo what training has changed since; records of later steps are dropped."""
        self.progress.return_to(checkpoint)
        self._record_due = self._layer_statistics_due = False
        self._scored_at = -1
        self._forget_later()

    def _forget_later(self) -> None:
        """Drop what was written down of steps that are still to come."""
        self.history.forget_after(self.progress.steps)
        self.recorder.layer_statistics.forget_after(self.progress.steps)
