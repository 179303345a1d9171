"""What commands open over the window: the palette, the search for a rate, all keys, about, and the details of an error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow

from playground.ui.commands import help
from playground.ui.commands.message_box import show_details
from playground.ui.commands.palette import Palette
from playground.ui.commands.range_dialog import RangeDialog
from playground.ui.commands.table import Command
from playground.ui.theme import Theme
from playground.ui.workspace.workspace import Workspace


class Dialogs(QObject):
    """Those of one window; `commands` gives all that it has."""

    def __init__(
        self, window: QMainWindow, workspace: Workspace, theme: Theme, commands: Callable[[], Sequence[Command]]
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._theme, self._commands = window, workspace, theme, commands
        self._range: RangeDialog | None = None
        workspace.runner.failed.connect(self.tell_failure)

    def find_command(self) -> None:
        """Open the palette, in which commands and settings are found by name."""
        frame = self._workspace.frame
        scene = frame.scene if frame is not None else None
        Palette(self._window, self._commands(), self._workspace.document, scene).open()

    def find_rate(self) -> None:
        """Look for a good learning rate, while the run goes on."""
        if self._range is None:
            self._range = RangeDialog(self._workspace.document, self._theme, self._window)
            self._range.experiment_wanted.connect(partial(self._workspace.request_data, self._range.run))
        self._range.start()

    def show_keys(self) -> None:
        """All commands and their keys."""
        help.show_shortcuts(self._window, self._commands())

    def show_about(self) -> None:
        """What the program is."""
        help.show_about(self._window)

    def tell_failure(self, sentence: str, details: str) -> None:
        """Say that something went wrong, with its details a click away."""
        show = partial(show_details, self._window, sentence, details)
        self._workspace.notices.warn(sentence, *([(self.tr("Details"), show)] if details else []))

    def show_theme(self, theme: Theme) -> None:
        """Take these colours."""
        self._theme = theme
        if self._range is not None:
            self._range.show_theme(theme)

    def close(self) -> None:
        """The window closes: what works on in a dialog ends."""
        if self._range is not None:
            self._range.reject()
