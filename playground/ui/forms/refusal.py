"""One sentence beside the field whose entry was refused, above everything so that nothing moves. Knows no knob."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QWidget

from playground.ui.theme import GRID

NAME = "refusal"  # by which it is found at each edit, some ten times as fast as by its class alone
WIDEST = 40 * GRID


class Refusal(QLabel):
    """The only one of its window. It goes when its field is left, or when `take_back` is called for an edit."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName(NAME)
        self.setProperty("role", "remark")
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        self._leaving = False  # whether it was the leaving of the field that brought the sentence
        cast(QApplication, QApplication.instance()).focusChanged.connect(self._follow_focus)

    def show_at(self, field: QWidget, sentence: str) -> None:
        """Show a sentence below a field, or above it where there is no room below."""
        focus = QApplication.focusWidget()
        self._leaving = focus is not field and not (focus is not None and field.isAncestorOf(focus))
        ground = _ground(field)
        if self.parentWidget() is not ground:
            self.setParent(ground)
        self.setText(sentence)
        self.setAccessibleName(sentence)
        self.ensurePolished()  # else the height knows nothing of the style sheet's padding
        # A pop-up is a window of its own and covers the ground: the sentence stands below all of it.
        spared = field if ground.isAncestorOf(field) and field.window() is ground.window() else field.window()
        beside = QRect(ground.mapFromGlobal(spared.mapToGlobal(QPoint(0, 0))), spared.size())
        width = min(max(ground.width() - 2 * GRID, 20 * GRID), WIDEST)
        self.setFixedWidth(min(width, self.fontMetrics().horizontalAdvance(sentence) + 3 * GRID))
        self.setFixedHeight(self.heightForWidth(self.width()))
        below, above = beside.bottom() + GRID // 2, beside.top() - GRID // 2 - self.height()
        self.move(
            max(GRID, min(beside.right() + 1 - self.width(), ground.width() - GRID - self.width())),
            above if below + self.height() > ground.height() and above >= 0 else below,
        )
        self.raise_()
        self.show()

    def _follow_focus(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._leaving:
            self._leaving = False  # the change that brought it
        else:
            self.hide()


def refuse(field: QWidget, sentence: str) -> None:
    """Say why an entry in a field was refused, in place of whatever was refused before."""
    window = _top(field)
    found = window.findChild(Refusal, NAME)
    (found or Refusal(window)).show_at(field, sentence)


def take_back(field: QWidget) -> None:
    """Let the window's refusal go, if there is one: something was edited since."""
    if found := _top(field).findChild(Refusal, NAME):
        found.hide()


def _top(widget: QWidget) -> QWidget:
    """The window that holds a widget, and not a pop-up over it."""
    window = widget.window()
    while window.windowType() == Qt.WindowType.Popup and (owner := window.parentWidget()) is not None:
        window = owner.window()
    return window


def _ground(field: QWidget) -> QWidget:
    """What the sentence is drawn on: what scrolls with the field, or else the window."""
    ground = field
    while (above := ground.parentWidget()) is not None and ground is not _top(field):
        if isinstance(above.parentWidget(), QAbstractScrollArea):
            return ground
        ground = above
    return ground
