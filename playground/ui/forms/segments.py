"""A few words side by side of which one is chosen. Knows no config."""

from __future__ import annotations

from enum import Enum
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QToolButton, QWidget


class Segments(QWidget):
    """A few words side by side of which one is chosen. `options` maps each value to its word and its explanation."""

    chosen = Signal(object)  # the value, by the user only

    def __init__(self, name: str, options: dict[Any, tuple[str, str]]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[Any, QToolButton] = {}
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
            button.setObjectName(f"{name}.{value.value if isinstance(value, Enum) else value}")
            self._group.addButton(button)
            self._buttons[value] = button
            row.addWidget(button)
        self._group.buttonClicked.connect(self._choose)

    def show_value(self, value: object) -> None:
        """Mark this one as chosen."""
        self._buttons[value].setChecked(True)

    def _choose(self, button: QAbstractButton) -> None:
        self.chosen.emit(next(value for value, own in self._buttons.items() if own is button))
