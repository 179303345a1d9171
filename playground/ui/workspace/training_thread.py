"""The training thread: does what its letter box asks for, trains, and leaves frames and facts in two others. Draws nothing."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal

from playground.cancellation import Cancelled, cancellable
from playground.data.dataset import DataError
from playground.experiment.config import Config, ConfigError, Impact, impact
from playground.experiment.frame import Frame
from playground.experiment.looks.look import Requests
from playground.experiment.looks.table import MAIN
from playground.experiment.run.session import Position, Session
from playground.experiment.selection import Selection
from playground.ui.words import said
from playground.ui.workspace.kept_runs import KeptRuns
from playground.ui.workspace.operations import Operation

SLICE = 0.0015  # seconds of training between two looks at the letter box
PROMPT = 0.05  # seconds that a command may train before the next one
FRAME_GAP = 1 / 32  # seconds between frames at the least
FRAME_SHARE = 4  # a frame may take at most one part in this many of the thread's time
GATE_PATIENCE = 0.05  # seconds the trainer waits for a window that is painting, at the most

Command = Callable[[], None]


class Facts(QObject):
    """What the thread tells of its run. The signals are emitted by whoever empties its letter box, in their thread.

    `refused(revision, sentence, config, kept)` follows a revision that the session would not come to; it goes on with
    this config, at the revision that it kept. `restarted` follows a revision that made the run start again, `resumed` one
    that brought a run back which had been left, and `lost` one whose run is kept no longer.
    """

    running_changed = Signal(bool)
    restarted = Signal()
    resumed = Signal()
    lost = Signal()
    refused = Signal(int, str, object, object)
    failed = Signal(str, str)  # a sentence, and details for a report


class Work:
    """Something that the thread is at: what it is called, since when, and whether it has been called off."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.began = time.perf_counter()
        self.called_off = False


class TrainingThread(QThread):
    """The loop. `posted` says that there is something in `events` or `frame`; both are emptied by the window's thread.

    `work` is what it is at, and `errand` what it trains for until it is there. A command that is `urgent` is not kept
    waiting by training that lasts: that is taken up again after it.
    """

    posted = Signal()

    def __init__(self, session: Session, facts: Facts) -> None:
        super().__init__()
        self._facts = facts
        self.wanted = 0  # the number of the edit that was sent last
        self.ending = False  # nothing is worth beginning any more
        self.work: Work | None = None
        self.errand: Work | None = None
        self.events: list[Callable[[], object]] = []  # what the window's thread is to call
        self.frame: Frame | None = None
        self.gate = threading.Event()
        self.gate.set()
        self._session = session
        self._runs = KeptRuns(0)
        self._commands: queue.SimpleQueue[tuple[Command, bool]] = queue.SimpleQueue()
        self._urgent: deque[None] = deque()  # one for each urgent command that waits
        self._requests: Requests = MAIN
        self._playing = False
        self._goal: Position | None = None
        self._finished = False
        self._stale = True  # something has changed since the last frame
        self._next_frame = 0.0
        self._steps_per_second: float | None = None
        self._allowance = 0.0  # steps that a limited speed has not used yet
        self._allowed_at = 0.0

    def post(self, command: Command, urgent: bool = True) -> None:
        if urgent:
            self._urgent.append(None)
        self._commands.put((command, urgent))

    # Commands, carried out in this thread

    def play(self) -> None:
        self._set_goal(None)
        if not self._session.over:
            self._allowed_at = time.perf_counter()
            self._set_playing(True)
        self._stale = True

    def pause(self) -> None:
        self._set_playing(False)
        self._set_goal(None)
        self._stale = True

    def train(self, what: str) -> None:
        """Pause, and train to the end of an epoch or one mini-batch on, after what was to be trained before."""
        self._set_playing(False)
        if self._session.over:
            return
        epoch, batch = self._goal or self._session.position
        whole = what == "epoch" or batch + 1 == self._session.scene.steps_per_epoch
        self._set_goal((epoch + 1, 0) if whole else (epoch, batch + 1))
        # What is soon done is done before the next command, as whoever gave both must expect.
        self._stale, soon = True, time.perf_counter() + PROMPT
        with self._working(self._step_name(), lambda: self._interrupted() and time.perf_counter() > soon):
            self._session.advance(PROMPT, self._goal)
        self._look_round()

    def apply(self, config: Config, revision: int, afresh: bool, number: int) -> None:
        """Come to a revision of the document: take its config, and go on with its run where that was left."""

        def unwanted() -> bool:
            return self.ending or (number != self.wanted and not afresh)

        if unwanted():
            return
        try:
            with self._working(self.tr("Preparing the run"), unwanted):
                self._come_to(config, revision, afresh)
        except Cancelled:
            if not unwanted():
                self._refuse(revision, self.tr("Called off: the run goes on as it was."))
        except (ConfigError, DataError) as error:
            self._refuse(revision, said(error.message))
        except Exception as error:
            self._refuse(revision, str(error))
            self._tell_error(error)
        self._stale = True

    def _come_to(self, config: Config, revision: int, afresh: bool) -> None:
        """What can fail comes first: session and runs are then as they were."""
        session, runs = self._session, self._runs
        run = runs.of(revision)
        kept, lost = runs.left(run), run != runs.now and runs.left(run) is None
        may_leave = kept is not None or lost or afresh or impact(session.config, config) >= Impact.TRAINING
        left = session.leave() if may_leave else None
        if kept is None:
            begun = session.apply(config, afresh or lost) >= Impact.NETWORK
        else:
            session = Session.resume(kept)
            begun = session.apply(config) >= Impact.NETWORK
            session.run += self._session.run
            session.observe(self._requests)
            session.select(self._session.selection)
            self._session = session
        if run == runs.now and begun:
            run = runs.new()
        runs.go_on(revision, run, left)
        if begun or kept is not None:
            self._set_goal(None)
            self._tell((self._facts.restarted if begun else self._facts.resumed).emit)
        if lost:
            self._tell(self._facts.lost.emit)

    def _refuse(self, revision: int, sentence: str) -> None:
        kept = self._runs.revision
        self._tell(self._facts.refused.emit, revision, sentence, self._session.config, kept)

    def load(self, session: Session, then: Callable[[int], object]) -> None:
        """Go on with another session, paused; `then` is told its first run."""
        self._set_playing(False)
        self._set_goal(None)
        session.run = self._session.run + 1
        session.observe(self._requests)
        self._session = session
        self._runs = KeptRuns()
        self._tell(then, session.run)
        self._stale = True

    def do(self, operation: Operation) -> None:
        """Carry out what somebody wants done with the session."""
        unwanted = _never if operation.urgent else self._interrupted
        try:
            with self._working(operation.name, unwanted):
                found = operation.do(self._session)
        except (Exception, Cancelled) as error:
            if operation.failed is None:
                raise
            self._tell(operation.failed, error)
        else:
            self._tell(operation.then, found)
        finally:
            self._stale |= operation.changes

    def limit(self, steps_per_second: float | None) -> None:
        self._steps_per_second = steps_per_second
        self._allowance = 0.0
        self._allowed_at = time.perf_counter()

    def observe(self, requests: Requests) -> None:
        if requests != self._requests:
            self._requests = requests
            self._session.observe(requests)
            self._stale = True

    def select(self, selection: Selection) -> None:
        self._session.select(selection)
        self._stale = True

    def finish(self) -> None:
        self._finished = True

    # What it is at

    @contextmanager
    def _working(self, name: str, unwanted: Callable[[], bool]) -> Iterator[Work]:
        """This is what the thread is at; it may be called off by name, or because it is no longer wanted."""
        self.work = work = Work(name)
        try:
            with cancellable(lambda: work.called_off or unwanted()):
                yield work
        finally:
            self.work = None

    def _interrupted(self) -> bool:
        """Whether training and looking have to wait."""
        return self.ending or bool(self._urgent)

    def _set_goal(self, goal: Position | None) -> None:
        self._goal = goal
        if goal is None:
            self.errand = None
        elif self.errand is None:
            self.errand = Work(self.tr("Training to the end of the epoch") if not goal[1] else self._step_name())

    def _step_name(self) -> str:
        return self.tr("A step of {optimizer}").format(optimizer=self._session.config.training.optimizer.label)

    # The loop

    def _obey(self) -> None:
        """Carry out what waits; with nothing to train and nothing to show, wait for it."""
        waiting_for_window = self._stale and self.frame is not None
        idle = not self._playing and self._goal is None and (not self._stale or waiting_for_window)
        try:
            self._carry_out(
                *self._commands.get(timeout=0.01 if waiting_for_window else None)
                if idle
                else self._commands.get_nowait()
            )
            while not self._finished:
                self._carry_out(*self._commands.get_nowait())
        except queue.Empty:
            return

    def _carry_out(self, command: Command, urgent: bool) -> None:
        if urgent:
            self._urgent.popleft()
        command()

    def _advance(self) -> None:
        self.gate.wait(GATE_PATIENCE)
        self._stale = True
        with self._working(self._step_name(), self._interrupted):
            if self._goal is not None:
                self._session.advance(SLICE, self._goal)
            elif self._steps_per_second is None:
                self._session.advance(SLICE)
            else:
                self._advance_slowly(self._steps_per_second)
        self._look_round()

    def _look_round(self) -> None:
        """Whether there is anything left to train."""
        if self._session.over:
            self._set_playing(False)
        if self._goal is not None and (self._session.over or self._session.position >= self._goal):
            self._set_goal(None)

    def _advance_slowly(self, steps_per_second: float) -> None:
        now = time.perf_counter()
        # A limit beyond what the machine can do must not save up steps for later.
        self._allowance = min(
            self._allowance + (now - self._allowed_at) * steps_per_second, max(1.0, steps_per_second / 30)
        )
        self._allowed_at = now
        if self._allowance >= 1.0:
            self._session.step(int(self._allowance))
            self._allowance -= int(self._allowance)
        else:
            time.sleep(min((1.0 - self._allowance) / steps_per_second, 0.02))

    def _publish(self) -> None:
        """Put a frame into the letter box when the last one has been drawn and it is time for another."""
        now = time.perf_counter()
        training = self._playing or self._goal is not None
        if not self._stale or self.frame is not None or (training and now < self._next_frame):
            return
        with self._working(self.tr("Looking at the network"), self._interrupted) as work:
            try:
                self.frame = self._session.frame(self._requests)
            finally:
                self._stale = self.frame is None and not work.called_off
        cost = time.perf_counter() - now
        self._next_frame = now + max(FRAME_GAP, FRAME_SHARE * cost)
        self.posted.emit()

    def _set_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self._tell(self._facts.running_changed.emit, playing)

    def _tell(self, hear: Callable[..., object], *facts: Any) -> None:
        """Let it be called in the window's thread."""
        self.events.append(partial(hear, *facts))
        self.posted.emit()

    def _tell_error(self, error: Exception) -> None:
        details = "".join(traceback.format_exception(error))
        sentence = self.tr("Training stopped on an unexpected error: {error}").format(error=error)
        self._tell(self._facts.failed.emit, sentence, details)

    # Qt overrides

    def run(self) -> None:
        while not self._finished:
            try:
                self._obey()
                if (self._playing or self._goal is not None) and not self._finished:
                    self._advance()
                self._publish()
            except Cancelled:
                continue
            except Exception as error:
                # Whatever it is, the window must live on and say so; the run pauses where it was.
                self._set_playing(False)
                self._set_goal(None)
                self._stale = False
                self._tell_error(error)


def _never() -> bool:
    return False
