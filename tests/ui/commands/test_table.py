"""The table of commands: each is reached by a menu or a key, and the window has no action beside it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from tests.ui.conftest import Pilot, Windows


def leaves(menu: QMenu | QMenuBar) -> Iterator[QAction]:
    for action in menu.actions():
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from leaves(inner)
        elif not action.isSeparator():
            yield action


def test_every_command_has_a_menu_or_a_key_and_the_window_has_no_action_beside_them(pilot: Pilot) -> None:
    """Of others there are only those that Qt makes itself: of docks, of menus, and of what stands in the bar."""
    window, actions = pilot.window, pilot.window.commands
    ids = [command.id for command in actions.commands]
    assert len(set(ids)) == len(ids) > 50
    in_menus = list(leaves(window.menuBar()))
    for command in actions.commands:
        assert (actions[command.id] in in_menus) == bool(command.menu)
        assert command.menu or command.keys, command.id
        assert actions[command.id].shortcuts() == [QKeySequence(key) for key in command.keys]
    known = {actions[id] for id in ids}
    assert set(window.actions()) == known
    assert set(in_menus) <= known
    assert {action for action in window.findChildren(QAction) if action.shortcuts()} <= known
    assert {action for action in pilot.bar.actions() if action.text()} <= known
    for menu in window.menuBar().findChildren(QMenu):
        lines = [action.isSeparator() for action in menu.actions() if action.isVisible()]
        doubled = [first and second for first, second in zip([True, *lines], [*lines, True], strict=True)]
        assert not lines or not any(doubled), menu.title()


def test_a_command_says_what_it_would_do_now(pilot: Pilot) -> None:
    actions, document = pilot.window.commands, pilot.window.document
    command = {command.id: command for command in actions.commands}
    assert (command["edit.undo"].name, actions["edit.undo"].isEnabled()) == ("Undo", False)
    assert command["edit.undo"].refusal() == "Nothing has been edited."
    document.set("training.learning_rate", 0.5, "rate")
    assert (command["edit.undo"].name, actions["edit.undo"].text()) == ("Undo rate", "&Undo rate")
    assert actions["edit.undo"].isEnabled()
    actions["edit.undo"].trigger()
    assert (command["edit.undo"].name, command["edit.redo"].name) == ("Undo", "Redo rate")
    assert command["edit.undo"].refusal()
    assert not command["edit.redo"].refusal()
    assert command["run.call_off"].refusal()
    assert command["show.loss"].name == "Show Loss"
    export = command["export.units"]  # once the view has been seen
    assert (export.name, actions["export.units"].isVisible()) == ("", False)
    actions["show.units"].trigger()
    pilot.until(lambda: actions["export.units"].isVisible())
    assert export.name == "Export Units as a picture…"


def test_recent_files_are_commands(windows: Windows) -> None:
    QSettings().setValue("recent", "/somewhere/one.safetensors\n/elsewhere/two.csv")
    actions = windows.open().window.commands
    recent = [command.name for command in actions.commands if command.menu == "file/recent" and command.name]
    assert recent == ["Open one.safetensors", "Open two.csv"]


def test_the_run_has_icons_and_play_one_for_pause(pilot: Pilot) -> None:
    actions, names = pilot.window.commands, ("run.play", "run.step", "run.epoch", "run.reset", "run.seed")

    def pictures() -> list[object]:
        return [actions[name].icon().pixmap(24, 24).toImage() for name in names]

    idle = pictures()
    pilot.press(Qt.Key.Key_Space)
    pilot.until(lambda: actions["run.play"].text() == "Pause")
    assert [one == other for one, other in zip(pictures(), idle, strict=True)] == [False, True, True, True, True]
    pilot.press(Qt.Key.Key_Space)
    pilot.until(lambda: pictures() == idle)
    actions["theme.exchange"].trigger()
    assert not any(one == other for one, other in zip(pictures(), idle, strict=True))
