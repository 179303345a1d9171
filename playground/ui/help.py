"""The few dialogs that only say something: shortcuts, details of an error, about."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMessageBox, QWidget

from playground import __version__


def show_shortcuts(window: QMainWindow) -> None:
    """All actions of a window that have a key, in the order of its menus."""
    rows = []
    for menu_action in window.menuBar().actions():
        menu = menu_action.menu()
        actions: list[QAction] = menu.actions() if menu is not None else []  # type: ignore[attr-defined]
        for action in actions:
            keys = ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts())
            if keys:
                text = action.text().replace("&", "")
                rows.append(f"<tr><td style='padding: 2px 24px 2px 0'>{text}</td><td><b>{keys}</b></td></tr>")
    _message(window, _tr("Keyboard shortcuts"), f"<table>{''.join(rows)}</table>", "")


def show_details(window: QWidget, sentence: str, details: str) -> None:
    """An error with its traceback, to copy into a report."""
    _message(window, _tr("What happened"), sentence, details)


def show_about(window: QWidget) -> None:
    text = _tr(
        "Draw a network, press play, and see why it learns or why it doesn't. After TensorFlow Playground by Smilkov, "
        "Carter and others."
    )
    _message(window, _tr("About"), f"<b>{_tr('Neural Network Playground')} {__version__}</b><p>{text}</p>", "")


def _message(window: QWidget, title: str, text: str, details: str) -> None:
    box = QMessageBox(window)
    box.setWindowTitle(title)
    box.setText(text)
    box.setDetailedText(details)
    box.open()


def _tr(text: str) -> str:
    return QCoreApplication.translate("help", text)
