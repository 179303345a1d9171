"""The verbs of a run as actions with their keys: each asks the runner, and says what has come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from playground.experiment.config import MAX_SEED
from playground.ui.forms.controls import RESTART_MARK
from playground.ui.shell.run_bar import action_icons
from playground.ui.theme import Theme

if TYPE_CHECKING:
    from playground.ui.window import Window


class RunActions(QObject):
    """Run or pause, step, epoch, reset and new seed, in `named` by name and in the order in which they are offered."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._theme = window.theme
        self.named = {
            "play": window.action(self.tr("Run"), self.toggle, "Space", self.tr("Train, or pause.")),
            "step": window.action(self.tr("Step"), self.step, ["Right", "."], self.tr("Train one mini-batch.")),
            "epoch": window.action(self.tr("Epoch"), self.epoch, "E", self.tr("Train to the end of the epoch.")),
            "reset": window.action(
                self.tr("Reset"), self.reset, "R", self.tr("The same run again: same seed, same numbers.")
            ),
            "seed": window.action(
                self.tr("New seed"), self.new_seed, "N", self.tr("Other weights at the start; restarts the run.")
            ),
        }
        self.call_off = window.action(
            self.tr("Call off"), self._call_off, "Esc", self.tr("Drop what lasts, as if it had never begun.")
        )
        self.call_off.setEnabled(False)
        window.runner.running_changed.connect(self._follow_running)
        window.runner.busy_changed.connect(self._follow_busy)
        window.files.reading_changed.connect(self._follow_busy)

    def toggle(self) -> None:
        """Play, or pause: then nothing goes on any more."""
        if self._window.runner.busy:
            self._call_off()
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

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self._theme = theme
        action_icons(self.named, theme, self._window.runner.running)

    def _call_off(self) -> None:
        self._window.files.call_off()
        self._window.runner.call_off()
        self._window.strip.answer(self.tr("Called off: what had not ended has never begun."))

    def _follow_busy(self) -> None:
        """Say what lasts, and how it is ended."""
        busy = self._window.files.reading or self._window.runner.busy
        self.call_off.setEnabled(bool(busy))
        sentence = self.tr("{work} … Esc calls it off.").format(work=busy) if busy else ""
        self._window.strip.occupy(sentence, (self.tr("Call off"), self._call_off))

    def _follow_running(self, running: bool) -> None:
        self.named["play"].setText(self.tr("Pause") if running else self.tr("Run"))
        action_icons(self.named, self._theme, running)
        if running:
            self._window.strip.say(
                self.tr("Training. Every control stays live; those marked {0} restart the run.").format(RESTART_MARK)
            )
        else:
            self._window.strip.say(self.tr("Paused. Space goes on."))
