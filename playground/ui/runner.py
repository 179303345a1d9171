"""The window's end of the training thread: commands go down, frames and facts come up."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playground.experiment.config import Config
from playground.experiment.session import Session
from playground.ui.training_thread import TrainingThread


class Runner(QObject):
    """Runs a session in a thread. Every method returns at once; what comes of it is told by signals in this thread.

    `frame_ready` is emitted with the trainer held at a gate, so what its slots draw is not slowed down; the next frame
    is made only after they are done. `refused(config, sentence, kept)` follows a config that the session would not take;
    it goes on with the one it kept. `loaded(run)` says which run another session begins with; `restarted` follows a config
    that made the run start again, `resumed` one whose undoing brought a run back that had been left. `lent(config,
    dataset)` follows `lend`, `remembered(what it is called, moment)` follows `remember`.
    """

    frame_ready = Signal(object)
    running_changed = Signal(bool)
    loaded = Signal(int)
    restarted = Signal()
    resumed = Signal()
    refused = Signal(object, str, object)
    saved = Signal(object)
    exported = Signal(object)
    lent = Signal(object, object)
    remembered = Signal(object, object)
    failed = Signal(str, str)  # a sentence, and details for a report

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running = False
        self._thread = TrainingThread(session)
        self._thread.posted.connect(self._collect)
        self._thread.start()

    @property
    def running(self) -> bool:
        return self._running

    def play(self) -> None:
        self._thread.post(self._thread.play)

    def pause(self) -> None:
        self._thread.post(self._thread.pause)

    def step(self) -> None:
        """Pause, and train one mini-batch."""
        self._thread.post(partial(self._thread.train, "mini-batch"))

    def epoch(self) -> None:
        """Pause, and train to the end of the epoch, a whole one if it has not begun."""
        self._thread.post(partial(self._thread.train, "epoch"))

    def restart(self) -> None:
        """The same run again from its start."""
        self._thread.post(self._thread.restart)

    def go_back(self) -> None:
        """After a divergence, return to the last good weights."""
        self._thread.post(self._thread.go_back)

    def apply(self, config: Config, back: bool = False) -> None:
        """Take a changed config; of several that wait only the last counts.

        With `back`, a run that an edit of this config has ended goes on where it was left.
        """
        self._thread.wanted = config
        self._thread.post(partial(self._thread.apply, config, back))

    def set_weight(self, layer: int, unit: int, input: int, value: float) -> None:
        """Set a weight of the member that is shown."""
        self._thread.post(partial(self._thread.set_weight, layer, unit, input, value))

    def load(self, session: Session) -> None:
        """Go on with another session, paused; the caller must not touch it any more."""
        self._thread.post(partial(self._thread.load, session))

    def save(self, path: Path) -> None:
        """Write a snapshot of this moment."""
        self._thread.post(partial(self._thread.save, path))

    def remember(self, known: object) -> None:
        """Ask for this moment of the run, unless it is `known`, which is what `remembered` has called an earlier one."""
        self._thread.post(partial(self._thread.remember, known))

    def export_history(self, path: Path) -> None:
        """Write the whole history as a table."""
        self._thread.post(partial(self._thread.export_history, path))

    def lend(self) -> None:
        """Ask for the config and the data that are trained on; both are frozen."""
        self._thread.post(self._thread.lend)

    def limit(self, steps_per_second: float | None) -> None:
        """Train no faster than this; None is as fast as can be."""
        self._thread.post(partial(self._thread.limit, steps_per_second))

    def need(self, needs: frozenset[str]) -> None:
        """From now on frames hold these parts."""
        self._thread.post(partial(self._thread.need, needs))

    def stop(self) -> None:
        """End the thread and wait for it; nothing is emitted any more."""
        self._thread.posted.disconnect(self._collect)
        self._thread.post(self._thread.finish)
        self._thread.gate.set()
        self._thread.wait(5000)

    def _collect(self) -> None:
        """Hand out what the thread has put into its letter box."""
        while self._thread.events:
            kind, arguments = self._thread.events.pop(0)
            if kind == "running_changed":
                [self._running] = arguments
            getattr(self, kind).emit(*arguments)
        frame = self._thread.frame
        if frame is not None:
            self._thread.gate.clear()
            try:
                self.frame_ready.emit(frame)
            finally:
                self._thread.frame = None
                self._thread.gate.set()
