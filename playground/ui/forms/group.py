"""A part of a panel under a heading that folds it away. Knows no config."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from playground.ui.theme import GRID


class Group(QWidget):
    """Widgets below each other; a press on the heading folds them, and then a few words beside it say what they hold."""

    folded = Signal(bool)

    def __init__(self, name: str, title: str, tip: str, *parts: QWidget, open: bool = True) -> None:
        super().__init__()
        self.setObjectName(f"group.{name}")
        self.heading = QToolButton()
        self.heading.setObjectName(f"group.{name}.heading")
        self.heading.setText(title)
        self.heading.setCheckable(True)
        self.heading.setChecked(open)
        self.heading.setIconSize(QSize(GRID, GRID))
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setProperty("role", "fold")
        self.heading.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.heading.setToolTip(tip)
        self.heading.setAccessibleDescription(tip)
        self.heading.toggled.connect(self._fold)
        self._summary = QLabel()
        self._summary.setObjectName(f"group.{name}.summary")
        self._summary.setProperty("role", "muted")
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.heading, 0, Qt.AlignmentFlag.AlignLeft)
        top.addWidget(self._summary, 1)
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        for part in parts:
            column.addWidget(part)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, GRID // 2)
        whole.setSpacing(GRID // 2)
        whole.addLayout(top)
        whole.addWidget(self._content)
        self._fold(open)

    @property
    def open(self) -> bool:
        """Whether its parts can be seen."""
        return self.heading.isChecked()

    def show_summary(self, words: str) -> None:
        """What it holds, in a few words; shown while it is folded."""
        self._summary.setText(words)
        self._summary.setToolTip(words)

    def _fold(self, open: bool) -> None:
        self.heading.setArrowType(Qt.ArrowType.DownArrow if open else Qt.ArrowType.RightArrow)
        self._content.setVisible(open)
        self._summary.setVisible(not open)
        self.folded.emit(not open)
