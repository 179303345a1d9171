"""The few dialogs that only say something: keys, about."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from playground import __version__
from playground.ui.commands.menus import key_text
from playground.ui.commands.message_box import show_message
from playground.ui.commands.table import Command, menus
from playground.ui.forms.controls import RESTART_MARK
from playground.ui.theme import GRID

COLUMNS = (("file",), ("edit", "run", "help", ""), ("view",))  # menus below each other; "" is what stands in none


def show_shortcuts(window: QWidget, commands: Sequence[Command]) -> None:
    """All commands and their keys, by menu."""
    dialog = QDialog(window)
    dialog.setObjectName("shortcuts")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(_tr("Keyboard shortcuts"))
    columns = QHBoxLayout()
    columns.setSpacing(4 * GRID)
    for titles in COLUMNS:
        column = QVBoxLayout()
        column.setSpacing(2 * GRID)
        for menu in titles:
            column.addWidget(QLabel(_menu(menu, commands)))
        column.addStretch()
        columns.addLayout(column)
    mark = QLabel(_tr("Controls marked {mark} restart the run: new weights, epoch 0.").format(mark=RESTART_MARK))
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok)
    buttons.accepted.connect(dialog.accept)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
    layout.setSpacing(2 * GRID)
    layout.addLayout(columns)
    layout.addWidget(mark)
    layout.addWidget(buttons)
    dialog.open()


def show_about(window: QWidget) -> None:
    text = _tr(
        "Draw a network, press play, and see why it learns or why it doesn't. After TensorFlow Playground by Smilkov, "
        "Carter and others."
    )
    show_message(window, _tr("About"), f"<b>{_tr('Neural Network Playground')} {__version__}</b><p>{text}</p>")


def _menu(menu: str, commands: Sequence[Command]) -> str:
    """A menu's title, and below it its commands and those of the menus within, each with its keys."""
    there = [command for command in commands if command.menu.partition("/")[0] == menu and command.name]
    cells = [(escape(command.name), escape(key_text(command))) for command in there]
    style = "padding: 1px 16px 1px 0; white-space: nowrap"
    rows = "".join(
        f"<tr><td style='{style}'>{name}</td><td style='{style}'><b>{keys}</b></td></tr>" for name, keys in cells
    )
    title = menus()[menu].replace("&", "") if menu else _tr("In the bar")
    return f"<p><b>{title}</b></p><table>{rows}</table>"


def _tr(text: str) -> str:
    return QCoreApplication.translate("help", text)
