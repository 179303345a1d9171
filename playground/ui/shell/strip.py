"""One line of text that is quiet, or warns and stands out. Knows nothing of what it says."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from playground.ui.forms.elided import Elided
from playground.ui.style_sheet import change_role


class Strip(QWidget):
    """A line for subclasses to say something in, `_text`, and to warn with."""

    def __init__(self, name: str, text_name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._text = Elided(text_name)
        self._warning = False

    def _stand_out(self, warning: bool) -> None:
        self._warning = warning
        change_role(self._text, "warning" if warning else "muted")
        self.update()

    # Qt overrides

    def paintEvent(self, event: QPaintEvent) -> None:
        """A style sheet's ground would be that of the buttons' too."""
        if self._warning:
            with QPainter(self) as painter:
                painter.fillRect(self.rect(), self.palette().linkVisited())
