"""The line at the window's foot, which the message and the diagnosis share. It knows how wide they are, not their words."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.ui.shell.diagnosis_strip import DiagnosisStrip
from playground.ui.shell.message_strip import MessageStrip
from playground.ui.theme import GRID

READING = 6000  # milliseconds in which a sentence can be read
COLUMN = 7 / 32  # of the width, for a message beside a finding: as much as the data and learning panels have


class Foot(QWidget):
    """The message begins at the left end, the diagnosis ends at the right one: neither moves when the other changes.

    With nothing found the message has all the room that the diagnosis leaves. Beside a finding it has a column of a
    fixed width; news too long for that takes more of the finding's sentence, but never of its buttons, until it can
    have been read. A warning has the whole line, and the diagnosis folds to the button that opens all findings.
    """

    def __init__(self, message: MessageStrip, diagnosis: DiagnosisStrip) -> None:
        super().__init__()
        self.setObjectName("foot")
        self.setFixedHeight(4 * GRID + 4)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._message, self._diagnosis = message, diagnosis
        for strip in (message, diagnosis):
            strip.setParent(self)
        self._fresh = QTimer(self)
        self._fresh.setSingleShot(True)
        self._fresh.setInterval(READING)
        self._fresh.timeout.connect(self._share)
        message.changed.connect(self._announce)
        diagnosis.changed.connect(self._share)

    # The inside

    def _announce(self) -> None:
        if self._diagnosis.findings:  # to what is found later, words that were there before give way at once
            self._fresh.start()
        self._share()

    def _share(self) -> None:
        """Give both their room."""
        message, diagnosis = self._message, self._diagnosis
        width, height = self.width(), self.height()
        diagnosis.share(width - int(COLUMN * width))
        diagnosis.fold(message.urgent)
        if message.urgent or not diagnosis.findings:
            column = max(width - diagnosis.least_width, 0)
        else:
            column = int(COLUMN * width)
            if self._fresh.isActive():
                column = max(min(message.whole_width, width - diagnosis.least_width), column)
        message.setGeometry(0, 0, column, height)
        diagnosis.setGeometry(column, (height - diagnosis.height()) // 2, width - column, diagnosis.height())

    # Qt overrides

    def sizeHint(self) -> QSize:
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()
