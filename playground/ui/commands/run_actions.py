"""The verbs of a run: each asks the runner, and says what has come of it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from playground.experiment.config import MAX_SEED
from playground.ui.forms.controls import RESTART_MARK
from playground.ui.workspace.files import Files
from playground.ui.workspace.news import News
from playground.ui.workspace.operations import going_back
from playground.ui.workspace.workspace import Workspace


class RunActions(QObject):
    """Run or pause, step, epoch, reset and new seed, and the end of whatever lasts."""

    def __init__(self, workspace: Workspace, files: Files) -> None:
        super().__init__(workspace)
        self._workspace, self._files = workspace, files
        self._runner, self._notices = workspace.runner, workspace.notices
        self._news = News(self._notices, self.go_back, self.reset, self)
        workspace.frame_changed.connect(self._news.follow)
        self._runner.running_changed.connect(self._follow_running)
        self._runner.busy_changed.connect(self._follow_busy)
        files.reading_changed.connect(self._follow_busy)

    @property
    def running(self) -> bool:
        return self._runner.running

    @property
    def busy(self) -> str:
        """What lasts; "" for nothing."""
        return self._files.reading or self._runner.busy

    def toggle(self) -> None:
        """Play, or pause: then nothing goes on any more."""
        if self._runner.busy:
            self.call_off()
        elif self._runner.running:
            self._runner.pause()
        else:
            self._runner.play()
            self._news.repeat()

    def step(self) -> None:
        """Pause, and train one mini-batch."""
        self._runner.step()
        self._notices.say(self.tr("Trained one mini-batch."))

    def epoch(self) -> None:
        """Pause, and train to the end of the epoch."""
        self._runner.epoch()
        self._notices.say(self.tr("Trained to the end of the epoch."))

    def go_back(self) -> None:
        """After a divergence, return to the last good weights."""
        self._runner.do(going_back())

    def reset(self) -> None:
        """The same run again from its start, paused."""
        frame = self._workspace.frame
        self._runner.pause()
        self._workspace.document.restart(self.tr("reset"), trained=frame is None or frame.step > 0)

    def new_seed(self) -> None:
        """Other weights at the start, and another order of the mini-batches."""
        document = self._workspace.document
        seed = (document.config.network.seed + 1) % (MAX_SEED + 1)
        document.set("network.seed", seed, self.tr("New seed"))

    def call_off(self) -> None:
        """Drop what lasts, as if it had never begun."""
        self._files.call_off()
        self._runner.call_off()
        self._notices.answer(self.tr("Called off: what had not ended has never begun."))

    def _follow_busy(self) -> None:
        """Say what lasts, and how it is ended."""
        sentence = self.tr("{work} … Esc calls it off.").format(work=self.busy) if self.busy else ""
        self._notices.occupy(sentence, (self.tr("Call off"), self.call_off))

    def _follow_running(self, running: bool) -> None:
        if running:
            self._notices.say(
                self.tr("Training. Every control stays live; those marked {0} restart the run.").format(RESTART_MARK)
            )
        else:
            self._notices.say(self.tr("Paused. Space goes on."))
