"""The verbs of a run: each asks the runner, and says what has come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from playground.experiment.config import MAX_SEED
from playground.ui.forms.controls import RESTART_MARK

if TYPE_CHECKING:
    from playground.ui.window import Window


class RunActions(QObject):
    """Run or pause, step, epoch, reset and new seed, and the end of whatever lasts."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        window.runner.running_changed.connect(self._follow_running)
        window.runner.busy_changed.connect(self._follow_busy)
        window.files.reading_changed.connect(self._follow_busy)

    @property
    def running(self) -> bool:
        return self._window.runner.running

    @property
    def busy(self) -> str:
        """What lasts; "" for nothing."""
        return self._window.files.reading or self._window.runner.busy

    def toggle(self) -> None:
        """Play, or pause: then nothing goes on any more."""
        if self._window.runner.busy:
            self.call_off()
        elif self._window.runner.running:
            self._window.runner.pause()
        else:
            self._window.runner.play()
            self._window.news.repeat()

    def step(self) -> None:
        """Pause, and train one mini-batch."""
        self._window.runner.step()
        self._window.strip.say(self.tr("Trained one mini-batch."))

    def epoch(self) -> None:
        """Pause, and train to the end of the epoch."""
        self._window.runner.epoch()
        self._window.strip.say(self.tr("Trained to the end of the epoch."))

    def reset(self) -> None:
        """The same run again from its start, paused."""
        frame = self._window.frame
        self._window.runner.pause()
        self._window.document.restart(self.tr("reset"), trained=frame is None or frame.step > 0)

    def new_seed(self) -> None:
        """Other weights at the start, and another order of the mini-batches."""
        document = self._window.document
        seed = (document.config.network.seed + 1) % (MAX_SEED + 1)
        document.set("network.seed", seed, self.tr("New seed"))

    def call_off(self) -> None:
        """Drop what lasts, as if it had never begun."""
        self._window.files.call_off()
        self._window.runner.call_off()
        self._window.strip.answer(self.tr("Called off: what had not ended has never begun."))

    def _follow_busy(self) -> None:
        """Say what lasts, and how it is ended."""
        sentence = self.tr("{work} … Esc calls it off.").format(work=self.busy) if self.busy else ""
        self._window.strip.occupy(sentence, (self.tr("Call off"), self.call_off))

    def _follow_running(self, running: bool) -> None:
        if running:
            self._window.strip.say(
                self.tr("Training. Every control stays live; those marked {0} restart the run.").format(RESTART_MARK)
            )
        else:
            self._window.strip.say(self.tr("Paused. Space goes on."))
