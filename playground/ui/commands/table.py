"""Every command of the window, one value each, in the order of the menus. Menus, keys, F1 and the palette all walk this."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QUndoStack

from playground.exchange.files import EXPORTS, SNAPSHOT
from playground.ui.commands.run_actions import RunActions
from playground.ui.shell.arrangements import Arrangements
from playground.ui.shell.docks import Docks
from playground.ui.theme import THEMES, Theme
from playground.ui.viewing.view import View
from playground.ui.workspace.files import RECENT, Files


@dataclass(frozen=True)
class Command:
    """Something the user can ask for.

    `now` answers with text and icon where these change with what goes on; a command without a text is not there at
    present. `refusal` says why it cannot be asked for now, "" where it can.
    """

    id: str
    text: str  # in its menu; "&" stands before the letter that chooses it there
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    menu: str = ""  # one of MENUS; "" for a command that has a key or a button only
    group: int = 0  # in a menu, lines are drawn between groups
    named: str = "{}"  # what it is called where no menu stands above it, "{}" being its text
    tip: str = ""
    icon: str = ""
    now: Callable[[], tuple[str, str]] | None = None
    refusal: Callable[[], str] = str

    @property
    def face(self) -> tuple[str, str]:
        """Its text and its icon at present."""
        return self.now() if self.now else (self.text, self.icon)

    @property
    def name(self) -> str:
        """What it is called at present where no menu stands above it; "" while it is not there."""
        text, _ = self.face
        return self.named.format(text.replace("&", "")) if text else ""


def menus() -> dict[str, str]:
    """The titles of the menus by id; a menu within another has its id after that one's and a stroke."""
    return {
        "file": _tr("&File"),
        "file/recent": _tr("Open &recent"),
        "file/export": _tr("&Export"),
        "edit": _tr("&Edit"),
        "run": _tr("&Run"),
        "view": _tr("&View"),
        "view/arrangement": _tr("&Arrangement"),
        "help": _tr("&Help"),
    }


def file_commands(
    files: Files, quit: Callable[[], object], views: Sequence[type[View]], seen: Seen
) -> Iterator[Command]:
    """Of the file menu. `views` are all there can be, of which `seen` gives those that there are."""
    yield Command("file.new", _tr("&New experiment"), files.new, ("Ctrl+N",), "file")
    yield Command("file.open", _tr("&Open snapshot or configuration…"), files.open, ("Ctrl+O",), "file")
    yield Command("file.open_data", _tr("Open &data…"), files.open_data, ("Ctrl+D",), "file")
    for place in range(RECENT):
        yield Command(
            f"file.recent.{place}",
            "",
            partial(files.open_recent, place),
            menu="file/recent",
            named=_tr("Open {}"),
            now=partial(_recent, files, place),
        )
    yield Command("file.save", _tr("&Save snapshot"), files.save, ("Ctrl+S",), "file", 1)
    yield Command("file.save_as", _tr("Save snapshot &as…"), files.save_as, ("Ctrl+Shift+S",), "file", 1)
    for ending, export in EXPORTS.items():
        if ending != SNAPSHOT:
            yield Command(
                f"export{ending}",
                _tr("{export}…").format(export=export.label),
                partial(files.export, ending),
                ("Ctrl+E",) if ending == ".csv" else (),
                "file/export",
                named=_tr("Export {}"),
            )
    for view in views:
        yield Command(
            f"export.{view.name}",
            _tr("{view} as a picture…").format(view=view.title),
            partial(_export, files, view, seen),
            menu="file/export",
            group=1,
            named=_tr("Export {}"),
            now=partial(_exportable, view, seen),
        )
    yield Command("file.quit", _tr("&Quit"), quit, ("Ctrl+Q",), "file", 2)


def edit_commands(stack: QUndoStack, files: Files, boundary: View, find: Callable[[], object]) -> Iterator[Command]:
    """Of the edit menu; `find` opens the palette."""

    def undo() -> tuple[str, str]:
        return f"{_tr('&Undo')} {stack.undoText()}".strip(), ""

    def redo() -> tuple[str, str]:
        return f"{_tr('&Redo')} {stack.redoText()}".strip(), ""

    def nothing_done() -> str:
        return "" if stack.canUndo() else _tr("Nothing has been edited.")

    def nothing_undone() -> str:
        return "" if stack.canRedo() else _tr("Nothing has been undone.")

    yield Command("edit.undo", _tr("&Undo"), stack.undo, ("Ctrl+Z",), "edit", now=undo, refusal=nothing_done)
    keys = ("Ctrl+Shift+Z", "Ctrl+Y")
    yield Command("edit.redo", _tr("&Redo"), stack.redo, keys, "edit", now=redo, refusal=nothing_undone)
    copy = partial(files.copy_view, boundary)
    yield Command("edit.copy", _tr("&Copy decision boundary"), copy, ("Ctrl+Shift+C",), "edit", 1)
    tip = _tr("Find it by a part of its name, and set or run it there.")
    yield Command("edit.find", _tr("&Find a command or a setting…"), find, ("Ctrl+K",), "edit", 2, tip=tip)


def run_commands(run: RunActions, find_rate: Callable[[], object]) -> Iterator[Command]:
    """Of the run menu, and in the same order of the bar."""

    def playing() -> tuple[str, str]:
        return (_tr("Pause"), "pause") if run.running else (_tr("Run"), "play")

    def idle() -> str:
        return "" if run.busy else _tr("Nothing lasts at present.")

    tip = _tr("Train, or pause.")
    yield Command("run.play", _tr("Run"), run.toggle, ("Space",), "run", tip=tip, icon="play", now=playing)
    tip = _tr("Train one mini-batch.")
    yield Command("run.step", _tr("Step"), run.step, ("Right", "."), "run", tip=tip, icon="step")
    tip = _tr("Train to the end of the epoch.")
    yield Command("run.epoch", _tr("Epoch"), run.epoch, ("E",), "run", tip=tip, icon="epoch")
    tip = _tr("The same run again: same seed, same numbers.")
    yield Command("run.reset", _tr("Reset"), run.reset, ("R",), "run", tip=tip, icon="reset")
    tip = _tr("Other weights at the start; restarts the run.")
    yield Command("run.seed", _tr("New seed"), run.new_seed, ("N",), "run", tip=tip, icon="seed")
    tip = _tr("Drop what lasts, as if it had never begun.")
    yield Command("run.call_off", _tr("Call off"), run.call_off, ("Esc",), "run", tip=tip, refusal=idle)
    yield Command("run.find_rate", _tr("&Find a learning rate…"), find_rate, ("Ctrl+L",), "run", 1)


def view_commands(
    docks: Docks,
    arrangements: Arrangements,
    show_theme: Callable[[Theme], object],
    exchange: Callable[[], object],
    fill: Callable[[], object],
) -> Iterator[Command]:
    """Of the view menu; `exchange` takes the other theme, and `fill` the whole screen."""
    for number, (name, one) in enumerate(arrangements.all.items(), start=1):
        show = partial(arrangements.show, name)
        named = _tr("Arrangement {}")
        yield Command(
            f"arrangement.{name}", one.title, show, (f"Ctrl+{number}",), "view/arrangement", named=named, tip=one.tip
        )
    for number, (name, dock) in enumerate(docks.items(), start=1):
        keys = (f"Alt+{number}",) if number <= 9 else ()
        show = partial(docks.bring_up, name)
        yield Command(f"show.{name}", dock.windowTitle(), show, keys, "view", 1, named=_tr("Show {}"))
    yield Command("view.next", _tr("&Next panel"), partial(docks.step, 1), ("F6",), "view", 2)
    yield Command("view.previous", _tr("&Previous panel"), partial(docks.step, -1), ("Shift+F6",), "view", 2)
    for theme, text in ((THEMES["light"], _tr("&Light")), (THEMES["dark"], _tr("&Dark"))):
        choose = partial(show_theme, theme)
        yield Command(f"theme.{theme.name}", text, choose, menu="view", group=3, named=_tr("{} colours"))
    tip = _tr("Exchange the light and the dark colours.")
    yield Command("theme.exchange", _tr("Light or dark"), exchange, ("Ctrl+T",), tip=tip, icon="theme")
    yield Command("view.full_screen", _tr("&Full screen"), fill, ("F11",), "view", 4)
    yield Command("view.reset", _tr("&Reset layout"), arrangements.reset, menu="view", group=4)


def help_commands(show_keys: Callable[[], object], show_about: Callable[[], object]) -> Iterator[Command]:
    """Of the help menu."""
    yield Command("help.keys", _tr("&Keyboard shortcuts"), show_keys, ("F1",), "help")
    yield Command("help.about", _tr("&About"), show_about, menu="help")


Seen = Callable[[type[View]], View | None]


def _recent(files: Files, place: int) -> tuple[str, str]:
    recent = files.recent
    return recent[place].name if place < len(recent) else "", ""


def _export(files: Files, kind: type[View], seen: Seen) -> None:
    view = seen(kind)
    assert view is not None
    files.export_view(view)


def _exportable(kind: type[View], seen: Seen) -> tuple[str, str]:
    """Views of the laboratory come when they are first seen."""
    return _tr("{view} as a picture…").format(view=kind.title) if seen(kind) else "", ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("commands", text)
