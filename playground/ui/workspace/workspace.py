"""What is worked at: the document, its run, the last moment of that, and what is said of both. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter

from PySide6.QtCore import QObject, Signal

from playground.data.dataset import Dataset
from playground.experiment.config import Config, Impact, impact
from playground.experiment.frame import Frame
from playground.experiment.run.session import Session
from playground.ui.workspace.document import Document
from playground.ui.workspace.kept_runs import MOST
from playground.ui.workspace.notices import Notices
from playground.ui.workspace.operations import Operation, setting_weight
from playground.ui.workspace.runner import Runner


class Workspace(QObject):
    """Closes the ring from an edit to a frame: an edit goes to the runner, and what comes of it is said.

    `frame_changed(frame)` follows every moment of the run that is to be shown; `frame` is the last.
    """

    frame_changed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = Document(session.config, self, session.selection)
        self.runner = Runner(session, self)
        self.notices = Notices(self)
        self.frame: Frame | None = None
        self.document.config_changed.connect(self._follow_config)
        self.document.selection_changed.connect(self.runner.select)
        self.document.weight_edited.connect(self._set_weight)
        self.runner.frame_ready.connect(self._take)
        self.runner.restarted.connect(self._follow_restart)
        self.runner.resumed.connect(self._follow_resumption)
        self.runner.lost.connect(self._follow_loss)
        self.runner.refused.connect(self._follow_refusal)
        self.notices.say(
            self.tr(
                "Space starts the training. Click an input to use it, an edge to set its weight; point at a unit to see it large."
            )
        )

    def load(self, session: Session) -> None:
        """Go on with another experiment, paused."""
        self.notices.answer(self.tr("Another experiment. Space starts it."))
        self.runner.load(session)
        self.document.replace(session.config, session.selection)

    def request_data(self, then: Callable[[Config, Dataset], object]) -> None:
        """Ask for the config and the data that are trained on; both are frozen."""
        self.runner.do(Operation("", attrgetter("config", "dataset"), lambda found: then(*found)))

    def _set_weight(self, layer: int, unit: int, input: int, value: float) -> None:
        place = layer, unit, input
        self.runner.do(setting_weight(place, value, partial(self._follow_weight_refusal, place, value)))

    def _take(self, frame: Frame) -> None:
        self.frame = frame
        self.frame_changed.emit(frame)

    def _follow_config(self, old: Config, new: Config) -> None:
        edit = self.document.last_edit
        self.runner.apply(new, self.document.revision, self.document.afresh)
        if edit and impact(old, new) == Impact.TRAINING:
            self.notices.say(self.tr("{edit}: the run goes on.").format(edit=edit[:1].upper() + edit[1:]))

    def _follow_restart(self) -> None:
        """The run starts again: say by which edit."""
        if self.document.afresh:
            sentence = self.tr("Back at the start: the same seed gives the same run again. Undo brings it back.")
        else:
            sentence = self.tr("Restarted: {edit}.").format(edit=self.document.last_edit)
        self.notices.answer(sentence)

    def _follow_resumption(self) -> None:
        """Undoing an edit has brought back the run that it had ended."""
        self.notices.answer(self.tr("The run goes on where it was left."))

    def _follow_loss(self) -> None:
        """Undoing has come to a run that is kept no longer."""
        self.document.forget_weights()
        self.notices.answer(self.tr("Only the last {count} runs are kept: this one begins anew.").format(count=MOST))

    def _follow_refusal(self, revision: int, sentence: str, config: Config, kept: int) -> None:
        """The session would not come to this revision: say why, and return to the one it has."""
        if revision == self.document.revision:
            self.document.take_back(config, kept)
        self.notices.warn(sentence)

    def _follow_weight_refusal(self, place: tuple[int, int, int], value: float, sentence: str) -> None:
        """A weight could not be set: say why."""
        self.document.take_weight_back(place, value)
        self.notices.warn(sentence)
