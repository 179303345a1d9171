"""What every view is: a widget that draws frames and nothing else; and the controls and axes views share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any, ClassVar

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QGraphicsView,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.measuring import Failure
from playground.ui.document import Document
from playground.ui.theme import GRID, Theme, tabular
from playground.ui.views.notice import Notice


class View(QWidget):
    """A panel of pictures. Gestures on it that change what is drawn are edits of the document's display section.

    `needs_changed` says that `needs` has changed, so that a run that stands still is asked for a frame too.
    """

    name: ClassVar[str]  # object name of its dock, and file name of its exports
    title: ClassVar[str]
    needs: frozenset[str] = frozenset()  # which parts of a frame it draws
    follows: ClassVar[tuple[str, ...]] = ()  # dotted paths of what it shows of the config, besides the display section
    takes_turns: ClassVar[bool] = False  # while training, views that change slowly take turns, one a frame
    needs_changed = Signal()

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        self.document = document
        self.theme = theme
        self.setObjectName(self.name)
        self._notice: Notice | None = None  # made when it is first needed

    @property
    def failure(self) -> Failure | None:
        """Why the last moment is not drawn; None where it is."""
        return self._notice.failure if self._notice else None

    def draw(self, frame: Frame) -> None:
        """Draw this moment as far as it can be, and say below what of it could not be measured or drawn."""
        drawn = self._attempt(partial(self.show_frame, frame))
        self._notify(frame.failure(self.needs) or drawn)

    def follow(self, old: Config, new: Config) -> None:
        """Follow an edit of what it shows; what cannot be drawn is said below until the next moment is."""
        shown = attrgetter(*self.follows, "display")
        if shown(old) != shown(new) and (failure := self._attempt(partial(self.show_config, new))):
            self._notify(failure)

    def dress(self, theme: Theme) -> None:
        """Take these colours, for what is drawn too; what cannot be is said below until the next moment is."""
        if failure := self._attempt(partial(self.show_theme, theme)):
            self._notify(failure)

    def show_frame(self, frame: Frame) -> None:
        """Draw this moment."""
        raise NotImplementedError

    def show_config(self, config: Config) -> None:
        """Follow the display section, and what else `follows` names."""

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self.theme = theme

    def figure(self) -> QGraphicsView:
        """What an export of this view draws. It may be made for the purpose: whoever asks keeps it while drawing."""
        raise NotImplementedError

    def _attempt(self, show: Callable[[], None]) -> Failure | None:
        """What went wrong while something was shown. One view's fault must not take the others with it, nor training."""
        try:
            show()
        except Exception as error:
            return Failure.of(self.name, error)
        return None

    def _notify(self, failure: Failure | None) -> None:
        if self._notice is None and failure is not None:
            self._notice = Notice(self.name)
            layout = self.layout()
            assert layout is not None
            layout.addWidget(self._notice)
        if self._notice is not None and failure is not self._notice.failure:
            self._notice.tell(failure)


class PlotView(View):
    """A view of plots: a slim row of controls above a canvas."""

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__(document, theme)
        self.controls = QHBoxLayout()
        self.controls.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        self.controls.setSpacing(GRID)
        self.canvas = pg.GraphicsLayoutWidget()
        self.canvas.ci.layout.setContentsMargins(GRID // 2, 0, GRID, GRID // 2)
        self.canvas.ci.layout.setSpacing(0)
        self.canvas.setMinimumSize(16 * GRID, 12 * GRID)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(0)
        self.rows.addLayout(self.controls)
        self.rows.addWidget(self.canvas, stretch=1)

    def show_theme(self, theme: Theme) -> None:
        super().show_theme(theme)
        self.canvas.setBackground(theme.base)

    def figure(self) -> QGraphicsView:
        canvas: QGraphicsView = self.canvas
        return canvas


class Segments(QWidget):
    """A few words side by side of which one is chosen. `options` maps each value to its word and its explanation."""

    chosen = Signal(str)  # by the user only

    def __init__(self, name: str, options: dict[str, tuple[str, str]]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for value, (word, explanation) in options.items():
            button = QToolButton()
            button.setText(word)
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.setToolTip(explanation)
            button.setAccessibleDescription(explanation)
            button.setObjectName(f"{name}.{value}")
            self._group.addButton(button)
            self._buttons[value] = button
            row.addWidget(button)
        self._group.buttonClicked.connect(self._choose)

    def show_value(self, value: str) -> None:
        """Mark this one as chosen."""
        self._buttons[value].setChecked(True)

    def _choose(self, button: QAbstractButton) -> None:
        self.chosen.emit(button.objectName().rpartition(".")[2])


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


def small(font: QFont) -> QFont:
    """The font of ticks and legends: a little smaller, with figures of one width."""
    font = tabular(font)
    font.setPointSizeF(0.85 * font.pointSizeF())
    return font


def quiet(plot: Any, font: QFont) -> None:
    """Take away what pyqtgraph adds to a PlotItem: buttons, menu, loose margins, minor ticks; grid lines lie behind."""
    plot.hideButtons()
    plot.setMenuEnabled(False)
    plot.layout.setContentsMargins(0, 0, 0, 0)
    plot.vb.setDefaultPadding(0.0)
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setStyle(
            tickFont=font, tickLength=0, tickTextOffset=4, tickAlpha=255, maxTickLevel=0, hideOverlappingLabels=GRID
        )
        axis.enableAutoSIPrefix(False)
        axis.setZValue(-1)
        axis.label.setFont(font)
    plot.getAxis("left").setGrid(255)
    plot.getAxis("left").setPen(None)
    show_bottom(plot, True)


def show_bottom(plot: Any, shown: bool) -> None:
    """Give the horizontal axis the room of its numbers and its name, or none."""
    axis = plot.getAxis("bottom")
    axis.setStyle(showValues=shown)
    axis.showLabel(shown and bool(axis.labelText))
    axis.setHeight(4 * GRID if shown else GRID + GRID // 2)


def colour_axes(plot: Any, theme: Theme) -> None:
    """Lines in the colour of borders, words in that of secondary text."""
    plot.getAxis("bottom").setPen(theme.border)
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setTickPen(theme.raised)
        axis.setTextPen(theme.muted)  # last, for the label has the colour of the pen set last
        axis.showLabel(bool(axis.labelText) and axis.style["showValues"])
