"""What a frame tells in words: that a run has diverged, has ended by itself, or has lost members. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from playground.experiment.frame import Frame
from playground.options.numerals import counted
from playground.ui.words import said
from playground.ui.workspace.notices import Notices

MOST_NAMES = 3


class News(QObject):
    """Says each piece of news once, when a frame first holds it."""

    def __init__(
        self, notices: Notices, go_back: Callable[[], None], reset: Callable[[], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._notices = notices
        self._go_back, self._reset = go_back, reset
        self._frame: Frame | None = None
        self._said = ""  # of the members or the end of the run

    def follow(self, frame: Frame) -> None:
        """Say what is new in this frame."""
        before, self._frame = self._frame, frame
        self._follow_divergence(before, frame)
        diverged = before.diverged if before is not None and before.run == frame.run else ()
        if frame.ending and (before is None or frame.ending != before.ending):
            self._tell(said(frame.ending))
        elif not frame.ending and set(frame.diverged) > set(diverged):
            self._tell(self._fallen(frame))
        elif self._said and self._notices.text == self._said and not frame.ending and not frame.diverged:
            self._notices.clear()

    def repeat(self) -> None:
        """Say again why nothing trains, to whoever asks for training after a run has ended."""
        if self._frame is not None and self._frame.ending:
            self._tell(said(self._frame.ending))

    def _tell(self, sentence: str) -> None:
        self._said = sentence
        self._notices.say(sentence)

    def _follow_divergence(self, before: Frame | None, frame: Frame) -> None:
        """Say where the numbers broke and what helps, until they are whole again; no other warning hides it."""
        known = before.divergence if before is not None else None
        if frame.divergence is not None and (frame.divergence is not known or not self._notices.urgent):
            self._notices.warn(
                said(frame.divergence.message) + " " + self.tr("A smaller learning rate helps."),
                (self.tr("Step back to the last good weights"), self._go_back),
                (self.tr("Reset"), self._reset),
            )
        elif frame.divergence is None and known is not None:
            self._notices.answer(
                self.tr("Back at step {step}: lower the learning rate, then go on.").format(step=counted(frame.step))
            )

    def _fallen(self, frame: Frame) -> str:
        """Which members have diverged, by name as far as these are few, and how many are left."""
        names = [frame.scene.members[index] for index in frame.diverged]
        left = len(frame.scene.members) - len(names)
        if len(names) == 1:
            lost = self.tr("{0} diverged and is left where it was").format(names[0])
        else:
            more = len(names) - MOST_NAMES
            if more > 0:
                names = [*names[:MOST_NAMES], self.tr("{0} more").format(more)]
            named = self.tr("{0} and {1}").format(", ".join(names[:-1]), names[-1])
            lost = self.tr("{0} diverged and are left where they were").format(named)
        return f"{lost}; " + (
            self.tr("the other goes on.") if left == 1 else self.tr("the other {0} go on.").format(left)
        )
