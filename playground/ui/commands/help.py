"""The few dialogs that only say something: shortcuts, about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from playground import __version__
from playground.ui.commands.message_box import show_message
from playground.ui.forms.controls import RESTART_MARK


def show_shortcuts(window: QMainWindow) -> None:
    """All actions of a window that have a key: first those of its menus, in their order."""
    rows = []
    for action in dict.fromkeys([*_within(window.menuBar().actions()), *window.actions()]):
        keys = ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts())
        if keys:
            text = escape(action.text().replace("&", ""))
            rows.append(f"<tr><td style='padding: 2px 24px 2px 0'>{text}</td><td><b>{keys}</b></td></tr>")
    mark = _tr("Controls marked {mark} restart the run: new weights, epoch 0.").format(mark=RESTART_MARK)
    show_message(window, _tr("Keyboard shortcuts"), f"<table>{''.join(rows)}</table><p>{mark}</p>")


def show_about(window: QWidget) -> None:
    text = _tr(
        "Draw a network, press play, and see why it learns or why it doesn't. After TensorFlow Playground by Smilkov, "
        "Carter and others."
    )
    show_message(window, _tr("About"), f"<b>{_tr('Neural Network Playground')} {__version__}</b><p>{text}</p>")


def _within(actions: Sequence[QAction]) -> Iterator[QAction]:
    """The actions, and after each that opens a menu those of that menu."""
    for action in actions:
        yield action
        menu = action.menu()
        if isinstance(menu, QMenu):
            yield from _within(menu.actions())


def _tr(text: str) -> str:
    return QCoreApplication.translate("help", text)
