"""Words on one line or two, cut with … where there is no room for all of them. They know nothing of what they say."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class Elided(QLabel):
    """Takes whatever room it is given; its text, and so what a screen reader says, stays whole."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)  # a sentence may name a file, and a file may have any name
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def whole_width(self) -> int:
        """The pixels that all of the text wants."""
        return self.fontMetrics().horizontalAdvance(self.text()) + 1

    def lines(self, width: float) -> tuple[list[str], bool]:
        """The text in as many lines, one or two, as there is height for, this wide; and whether that is all of it."""
        metrics, text = QFontMetrics(self.font()), self.text()
        if metrics.horizontalAdvance(text) <= width:
            return [text], True
        words, count = text.split(" "), 0
        if self.height() >= 2 * metrics.height() - 2:
            count = len(words) - 1
            while count and metrics.horizontalAdvance(" ".join(words[:count])) > width:
                count -= 1
        rest = " ".join(words[count:])
        cut = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, int(width))
        return [*([" ".join(words[:count])] if count else []), cut], cut == rest

    # Qt overrides

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        room = self.contentsRect()
        lines, _ = self.lines(room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), "\n".join(lines))
