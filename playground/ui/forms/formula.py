"""A formula, typeset in the colour of the text around it. Knows where it stands, not what it says."""

from __future__ import annotations

import sys
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.options import Options

HEIGHT = 24  # pixels, of every formula, so that another one moves nothing
LETTERS = 14  # pixels
PATIENCE = 300  # milliseconds for the window to come up before the typesetter is loaded


class Formula(QWidget):
    """One line that holds a formula; hidden while there is none.

    It begins `indent` pixels from the left, further left where it is too long, and is made smaller where even that is
    not enough.
    """

    def __init__(self, indent: int = 0) -> None:
        super().__init__()
        self._indent = indent
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._latex = ""
        self._drawing = QSvgRenderer()
        self._drawn = ("", "")  # formula and colour of the drawing
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._typeset)
        self.hide()

    def show_choice(self, cls: type[Options] | None) -> None:
        """Show what a choice calculates."""
        self._latex = cls.latex if cls else ""
        self.setAccessibleName(cls.formula if cls else "")
        self.setVisible(bool(self._latex))
        if self._latex and _ready():
            self._typeset()

    def place(self) -> QRectF:
        """Where the formula is drawn; empty until it has been typeset."""
        size = self._drawing.viewBoxF().size()
        if self._drawn[0] != self._latex or size.isEmpty():
            return QRectF()
        size *= min(1.0, self.width() / size.width(), self.height() / size.height())
        left = min(self._indent, self.width() - size.width())
        return QRectF(left, (self.height() - size.height()) / 2, size.width(), size.height())

    def _wanted(self) -> tuple[str, str]:
        return self._latex, self.palette().windowText().color().name()

    def _typeset(self) -> None:
        if self._wanted() != self._drawn:
            self._drawing.load(QByteArray(typeset(*self._wanted())))
            self._drawn = self._wanted()
            self.update()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(0, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._wanted() != self._drawn and not self._timer.isActive():
            self._timer.start(0 if _ready() else PATIENCE)  # not here: painting is no time for much work in Python
        with QPainter(self) as painter:
            self._drawing.render(painter, self.place())


def _ready() -> bool:
    """Whether the typesetter has been loaded, which takes a tenth of a second."""
    return "ziamath" in sys.modules


@cache
def typeset(latex: str, colour: str) -> bytes:
    """A formula as SVG, set for a line of text."""
    from ziamath.config import config
    from ziamath.zmath import Latex

    config.svg2 = False  # Qt draws SVG Tiny 1.2
    return Latex(latex, size=LETTERS, color=colour, inline=True).svg().encode()
