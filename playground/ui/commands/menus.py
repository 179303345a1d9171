"""The table of commands as Qt has it: an action each, with its keys, in the menu bar. What it does it does not know."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from playground.ui.commands.table import Command, menus
from playground.ui.icons import icon
from playground.ui.theme import Theme


class Actions(QObject):
    """An action for each command of a window, by the command's id. `refresh` lets them say what is so now."""

    def __init__(self, window: QMainWindow, commands: Iterable[Command]) -> None:
        super().__init__(window)
        self.commands = tuple(commands)
        self._window = window
        self._theme: Theme | None = None
        self._drawn: dict[str, tuple[str, Theme]] = {}
        self._actions = {command.id: self._action(command) for command in self.commands}
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, int] = {}
        for command in self.commands:
            if command.menu:
                self._place(command)
        self.refresh()

    def __getitem__(self, id: str) -> QAction:
        return self._actions[id]

    def refresh(self, *_: object) -> None:
        """Say what each is called now, and let those not be chosen that cannot be."""
        for command in self.commands:
            action, (text, drawing) = self._actions[command.id], command.face
            action.setText(text)
            action.setVisible(bool(text))
            action.setEnabled(bool(text) and not command.refusal())
            if drawing and self._theme is not None and self._drawn.get(command.id) != (drawing, self._theme):
                self._drawn[command.id] = drawing, self._theme
                action.setIcon(icon(drawing, self._theme))
        for id, menu in self._menus.items():
            if "/" in id:
                menu.setEnabled(any(action.isVisible() for action in menu.actions()))

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self._theme = theme
        self.refresh()

    def _action(self, command: Command) -> QAction:
        action = QAction(command.text, self._window)
        action.setObjectName(command.id)
        shortcuts = [QKeySequence(key) for key in command.keys]
        action.setShortcuts(shortcuts)
        hint = key_text(command)
        tip = command.tip or command.text
        action.setToolTip(f"{tip} ({hint})" if hint else tip)
        action.setStatusTip("")
        action.triggered.connect(lambda _=False: command.run())
        self._window.addAction(action)
        return action

    def _place(self, command: Command) -> None:
        menu = self._menu(command.menu)
        if self._groups.setdefault(command.menu, command.group) != command.group:
            self._groups[command.menu] = command.group
            menu.addSeparator()
        menu.addAction(self._actions[command.id])

    def _menu(self, id: str) -> QMenu:
        """The menu of this id, at the end of what there is where it is new."""
        if id not in self._menus:
            above, _, _ = id.rpartition("/")
            menu = (self._menu(above) if above else self._window.menuBar()).addMenu(menus()[id])
            menu.aboutToShow.connect(self.refresh)
            self._menus[id] = menu
        return self._menus[id]


def key_text(command: Command) -> str:
    """A command's keys as they are written on this machine's keyboard."""
    return ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in command.keys)
