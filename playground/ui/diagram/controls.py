"""The small flat controls above a network's diagram, each with one sentence on what it does or why it cannot."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from playground.options import Integer
from playground.ui.forms.number_field import NumberField

HEIGHT = 22


def stepper(name: str, knob: Integer, fewer: str, more: str) -> tuple[QToolButton, NumberField, QToolButton]:
    """Fewer, how many, more: the number can be typed too, and keeps its width."""
    count = NumberField(knob, "00")
    count.setObjectName(name)
    count.setAlignment(Qt.AlignmentFlag.AlignCenter)
    count.setAccessibleName(knob.label)
    buttons = tool_button("\N{MINUS SIGN}", f"{name}_fewer", fewer), tool_button("+", f"{name}_more", more)
    count.setFixedHeight(HEIGHT)
    return buttons[0], count, buttons[1]


def tool_button(text: str, name: str, spoken: str) -> QToolButton:
    """A small flat button, and what a screen reader calls it."""
    button = QToolButton()
    button.setObjectName(name)
    button.setText(text)
    button.setAccessibleName(spoken)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setFixedHeight(HEIGHT)
    button.setMinimumWidth(20)
    return button


class Word(QLabel):
    """A quiet word beside a control: all of it, or nothing where there is no room for it."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.width() >= self.sizeHint().width():
            super().paintEvent(event)


def describe(widget: QWidget, help: str) -> None:
    """One sentence as tooltip and for screen readers."""
    widget.setToolTip(help)
    widget.setAccessibleDescription(help)


def enable(button: QToolButton, possible: bool, help: str, reason: str) -> None:
    """Whether a button can be pressed, and what it does or why it cannot."""
    button.setEnabled(possible)
    describe(button, help if possible else reason)
