"""The small flat buttons above a network's diagram, each with one sentence on what it does or why it cannot."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from playground.ui.theme import tabular


def stepper(name: str, fewer: str, more: str) -> tuple[QToolButton, QLabel, QToolButton]:
    """Fewer, how many, more: the number keeps its width."""
    count = QLabel()
    count.setObjectName(name)
    count.setFont(tabular(count.font()))
    count.setAlignment(Qt.AlignmentFlag.AlignCenter)
    count.setFixedWidth(count.fontMetrics().horizontalAdvance("00") + 4)
    return tool_button("\N{MINUS SIGN}", f"{name}_fewer", fewer), count, tool_button("+", f"{name}_more", more)


def tool_button(text: str, name: str, spoken: str) -> QToolButton:
    """A small flat button, and what a screen reader calls it."""
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setAccessibleName(spoken)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setFixedHeight(22)
    button.setMinimumWidth(22)
    return button


def describe(widget: QWidget, help: str) -> None:
    """One sentence as tooltip and for screen readers."""
    widget.setToolTip(help)
    widget.setAccessibleDescription(help)


def enable(button: QToolButton, possible: bool, help: str, reason: str) -> None:
    """Whether a button can be pressed, and what it does or why it cannot."""
    button.setEnabled(possible)
    describe(button, help if possible else reason)
