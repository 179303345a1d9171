"""The menus of the window: what stands where. What an entry does is the window's and the files' affair."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from playground.exchange.files import EXPORTS, SNAPSHOT
from playground.ui.commands.help import show_about, show_shortcuts
from playground.ui.theme import THEMES

if TYPE_CHECKING:
    from playground.ui.window import Window


def build_menus(window: Window, run_actions: list[QAction]) -> None:
    """Fill the window's menu bar."""
    tr, files, bar = window.tr, window.files, window.menuBar()
    file_menu = bar.addMenu(tr("&File"))
    file_menu.addAction(window.action(tr("&New experiment"), files.new, "Ctrl+N"))
    file_menu.addAction(window.action(tr("&Open snapshot or configuration…"), files.open, "Ctrl+O"))
    file_menu.addAction(window.action(tr("Open &data…"), files.open_data, "Ctrl+D"))
    file_menu.addMenu(files.recent_menu)
    file_menu.addSeparator()
    file_menu.addAction(window.action(tr("&Save snapshot"), files.save, "Ctrl+S"))
    file_menu.addAction(window.action(tr("Save snapshot &as…"), files.save_as, "Ctrl+Shift+S"))
    export_menu = file_menu.addMenu(tr("&Export"))
    for ending, export in EXPORTS.items():
        if ending != SNAPSHOT:
            entry = tr("{export}…").format(export=export.label)
            keys = "Ctrl+E" if ending == ".csv" else ""
            export_menu.addAction(window.action(entry, partial(files.export, ending), keys))
    export_menu.addSeparator()
    _list_views(window, export_menu)
    export_menu.aboutToShow.connect(partial(_list_views, window, export_menu))
    file_menu.addSeparator()
    file_menu.addAction(window.action(tr("&Quit"), window.close_window, "Ctrl+Q"))

    edit_menu = bar.addMenu(tr("&Edit"))
    undo = window.document.undo_stack.createUndoAction(window, tr("&Undo"))
    undo.setShortcuts([QKeySequence("Ctrl+Z")])
    redo = window.document.undo_stack.createRedoAction(window, tr("&Redo"))
    redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
    edit_menu.addActions([undo, redo])
    edit_menu.addSeparator()
    copy = window.action(tr("&Copy decision boundary"), partial(files.copy_view, window.boundary), "Ctrl+Shift+C")
    edit_menu.addAction(copy)

    run_menu = bar.addMenu(tr("&Run"))
    run_menu.addActions(run_actions)
    run_menu.addSeparator()
    run_menu.addAction(window.action(tr("&Find a learning rate…"), window.find_rate, "Ctrl+L"))

    view_menu = bar.addMenu(tr("&View"))
    for number, (name, dock) in enumerate(window.docks.items(), start=1):
        keys = f"Ctrl+{number}" if number <= 9 else ""
        view_menu.addAction(window.action(dock.windowTitle(), partial(window.arrangement.bring_up, name), keys))
    view_menu.addSeparator()
    view_menu.addAction(window.action(tr("&Next panel"), partial(window.arrangement.step, 1), "F6"))
    view_menu.addAction(window.action(tr("&Previous panel"), partial(window.arrangement.step, -1), "Shift+F6"))
    view_menu.addSeparator()
    themes = QActionGroup(window)
    for theme, text in ((THEMES["light"], tr("&Light")), (THEMES["dark"], tr("&Dark"))):
        choose = window.action(text, partial(window.show_theme, theme))
        choose.setObjectName(f"theme_{theme.name}")
        themes.addAction(choose)
        view_menu.addAction(choose)
    view_menu.addSeparator()
    view_menu.addAction(window.action(tr("&Full screen"), window.toggle_full_screen, "F11"))
    view_menu.addAction(window.action(tr("&Reset layout"), window.arrangement.reset))

    help_menu = bar.addMenu(tr("&Help"))
    help_menu.addAction(window.action(tr("&Keyboard shortcuts"), partial(show_shortcuts, window), "F1"))
    help_menu.addAction(window.action(tr("&About"), partial(show_about, window)))


def _list_views(window: Window, menu: QMenu) -> None:
    """An entry for each view there is; those of the laboratory come when they are first seen."""
    known = {action.text() for action in menu.actions()}
    for view in (window.editor, *window.views):
        text = window.tr("{view} as a picture…").format(view=view.title)
        if text not in known:
            menu.addAction(window.action(text, partial(window.files.export_view, view)))
