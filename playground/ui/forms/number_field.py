"""The one field in which a number is typed or stepped, wherever the window has one. Knows a knob and no config."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit

from playground.options import ConfigError, Number
from playground.ui.forms.numbers import number_text, parsed, stepped
from playground.ui.forms.refusal import refuse, take_back
from playground.ui.theme import GRID, tabular
from playground.ui.words import said

NOTCH = 120  # of a wheel, in eighths of a degree; touchpads send less at a time


class NumberField(QLineEdit):
    """Shows a number that its knob allows. A click or Tab selects all of it, so that typing replaces it.

    Enter, or leaving the field, takes what was typed: `entered` follows. What is no number, or out of bounds, is
    refused in one sentence at the field, and the old number stands again, as it does after Escape. Arrow keys and the
    wheel step through round numbers, by `step` where one is given: `stepped` follows.
    """

    entered = Signal(object)
    stepped = Signal(object)
    keys: ClassVar[dict[int, int]] = {
        Qt.Key.Key_Up: 1,
        Qt.Key.Key_Down: -1,
        Qt.Key.Key_PageUp: 5,
        Qt.Key.Key_PageDown: -5,
    }

    def __init__(self, knob: Number, widest: str = "0.00000", step: float | None = None) -> None:
        super().__init__()
        self._knob = knob
        self._by = step
        self._value: float | None = None
        self._turned = 0
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFont(tabular(self.font()))
        self.setProperty("role", "field")
        self.setFixedWidth(self.fontMetrics().horizontalAdvance(widest) + GRID * 3 // 2)
        self.editingFinished.connect(self._take)
        self.textEdited.connect(self._take_back)

    @property
    def value(self) -> float | None:
        """The number there is, whatever is being typed."""
        return self._value

    def show_limit(self, maximum: float) -> None:
        """Take no more than this from now on."""
        self._knob = replace(self._knob, maximum=maximum)

    def show_value(self, value: float | None) -> None:
        """Show a number; None where there is no single one. What is being typed stays."""
        self._value = value
        text = "" if value is None else ("\N{MINUS SIGN}" if value < 0 else "") + number_text(abs(value))
        if not self.isModified() and text != self.text():
            selected = self.hasSelectedText()
            self.setText(text)
            if selected:
                self.selectAll()

    def _take(self) -> None:
        typed = self.text()
        self._put_back()
        if typed.strip() == self.text():
            return
        value = parsed(self._knob, typed.strip())
        try:
            self._knob.check(value)
        except ConfigError as error:
            refuse(self, f"{self._knob.label} {said(error.reason)}.")
        else:
            self.entered.emit(value)

    def _take_back(self) -> None:
        take_back(self)

    def _put_back(self) -> None:
        self.setModified(False)
        self.show_value(self._value)

    def _step(self, steps: int) -> None:
        """On from what is being typed, if that can stand, else from the number there is."""
        value = parsed(self._knob, self.text().strip()) if self.isModified() else self._value
        self._put_back()
        take_back(self)
        try:
            self._knob.check(value)
        except ConfigError:
            value = self._value
        if isinstance(value, int | float):
            self.stepped.emit(stepped(self._knob, value, steps, self._by))
            self.selectAll()

    # Qt

    def event(self, event: QEvent) -> bool:
        # Undo and Space are the text's only while something is being typed, else the document's and the run's; and
        # Escape is the text's only then.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            undoes = event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo)
            if not self.isModified() and (undoes or event.key() == Qt.Key.Key_Space):
                event.ignore()
                return True
            if self.isModified() and event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typing = self.isModified()
        if event.key() in self.keys:
            self._step(self.keys[event.key()])
        elif event.key() == Qt.Key.Key_Space and not typing:
            event.ignore()
        elif event.key() == Qt.Key.Key_Escape and typing:
            self._put_back()
            take_back(self)
            self.selectAll()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            self.selectAll()
            event.setAccepted(typing)  # else a dialog's default button would act on what was just typed, or refused
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        clicked = event.button() == Qt.MouseButton.LeftButton and not self.hasSelectedText()  # and not dragged
        if clicked and not self.isModified():
            self.selectAll()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.selectAll()  # a number is one word, on either side of its point

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() and event.angleDelta().y():
            notches, self._turned = _whole(self._turned + event.angleDelta().y())
            if notches:
                self._step(notches)
            event.accept()
        else:
            event.ignore()


def _whole(turned: int) -> tuple[int, int]:
    """Whole notches of a wheel, and what is left over."""
    notches = int(turned / NOTCH)
    return notches, turned - notches * NOTCH
