"""A quiet line of words below a picture, whose terms explain themselves on hover. It knows nothing of what it says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QSizePolicy

from playground.ui.forms.controls import wrapped
from playground.ui.forms.glossary import explained
from playground.ui.theme import GRID


class Caption(QLabel):
    """Takes as many lines as it needs, and makes nothing wider."""

    def __init__(self, name: str, font: QFont) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "muted")
        self.setFont(font)
        self.setWordWrap(True)
        self.setContentsMargins(GRID, 0, GRID, GRID // 2)
        wide = self.sizePolicy()
        wide.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self.setSizePolicy(wide)
        self._said = ("", "")

    def say(self, text: str, more: str = "") -> None:
        """Say this; on hover `more`, and what its terms mean."""
        if (text, more) == self._said:
            return
        self._said = text, more
        self.setText(text)
        told = "\n".join(filter(None, (more, explained(text))))
        self.setToolTip(wrapped(told))
        self.setAccessibleDescription(told)
        self.setCursor(Qt.CursorShape.WhatsThisCursor if told else Qt.CursorShape.ArrowCursor)
