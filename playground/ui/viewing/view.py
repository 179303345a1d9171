"""What every view is: a widget that draws frames and nothing else; and the controls and axes views share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any, ClassVar

import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGraphicsView,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.look import Look, Requests
from playground.experiment.looks.measuring import Failure
from playground.ui.theme import GRID, Theme
from playground.ui.viewing.notice import Notice
from playground.ui.viewing.options import keep, recall
from playground.ui.workspace.document import Document


class View(QWidget):
    """A panel of pictures. Gestures on it change what is selected, or its own options, which are kept for the next time.

    `needs_changed` says that `needs` has changed, so that a run that stands still is asked for a frame too.
    """

    name: ClassVar[str]  # object name of its dock, and file name of its exports
    title: ClassVar[str]
    needs: Requests = frozenset()  # which looks it draws
    shows: ClassVar[tuple[type[Look], ...]] = ()  # which of them one comes here to see
    options: Any = None  # how it draws, a frozen dataclass; here as at first
    follows: ClassVar[tuple[str, ...]] = ()  # dotted paths of what it shows of the config
    takes_turns: ClassVar[bool] = False  # while training, views that change slowly take turns, one a frame
    needs_changed = Signal()

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        self.document = document
        self.theme = theme
        self.setObjectName(self.name)
        self._notice: Notice | None = None  # made when it is first needed
        if self.options is not None:
            self.options = recall(self.name, self.options)
        document.selection_changed.connect(self.follow_selection)

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
        if (
            self.follows
            and attrgetter(*self.follows)(old) != attrgetter(*self.follows)(new)
            and (failure := self._attempt(partial(self.show_config, new)))
        ):
            self._notify(failure)

    def follow_selection(self) -> None:
        """Follow what is selected; what cannot be drawn is said below until the next moment is."""
        if failure := self._attempt(self.show_choices):
            self._notify(failure)

    def choose(self, **options: Any) -> None:
        """Draw otherwise from now on, and remember so."""
        self.options = replace(self.options, **options)
        keep(self.name, self.options)
        self.show_choices()

    def dress(self, theme: Theme) -> None:
        """Take these colours, for what is drawn too; what cannot be is said below until the next moment is."""
        if failure := self._attempt(partial(self.show_theme, theme)):
            self._notify(failure)

    def show_frame(self, frame: Frame) -> None:
        """Draw this moment."""
        raise NotImplementedError

    def show_config(self, config: Config) -> None:
        """Follow what `follows` names."""

    def show_choices(self) -> None:
        """Follow what is selected, and the options of this view."""

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
