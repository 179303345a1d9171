"""A tag beside the mouse. Knows not what it says."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from playground.ui.theme import GRID


class Tag(QLabel):
    """Says beside the mouse what lies under it, and lets the mouse through."""

    def __init__(self, name: str, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.setObjectName(name)
        self.setProperty("role", "tag")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def tell(self, text: str, mouse: QPointF) -> None:
        """Say this beside a place of the canvas; "" is nothing."""
        self.setVisible(bool(text))
        if text:
            self.setText(text)
            self.adjustSize()
            x, y = int(mouse.x()) + 2 * GRID, int(mouse.y()) + 2 * GRID
            x = min(x, self._canvas.width() - self.width())
            if y + self.height() > self._canvas.height():
                y -= self.height() + 3 * GRID
            self.move(x, y)
