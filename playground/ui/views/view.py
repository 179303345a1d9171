"""What every view is: a widget that draws frames and nothing else."""

from __future__ import annotations

from typing import ClassVar

import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.ui.document import Document
from playground.ui.theme import Theme


class View(QWidget):
    """A panel of pictures. Gestures on it that change what is drawn are edits of the document's display section."""

    name: ClassVar[str]  # object name of its dock, and file name of its exports
    title: ClassVar[str]
    needs: ClassVar[frozenset[str]] = frozenset()  # which parts of a frame it draws

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        self.document = document
        self.theme = theme
        self.setObjectName(self.name)

    def show_frame(self, frame: Frame) -> None:
        """Draw this moment."""
        raise NotImplementedError

    def show_config(self, config: Config) -> None:
        """Follow the display section."""

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self.theme = theme

    def figure(self) -> pg.GraphicsView:
        """What an export of this view draws."""
        raise NotImplementedError
