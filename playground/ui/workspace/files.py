"""Files in the window: opening, saving, exporting, the recent ones, and the question before something is lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from playground.data.dataset import DataError, Outline, Source
from playground.data.formats import FORMATS, source_of
from playground.data.formats.file import TableFile
from playground.exchange.atomic import sweep
from playground.exchange.files import EXPORTS, OPENERS, SNAPSHOT
from playground.exchange.snapshot import SnapshotError
from playground.experiment.config import Config, ConfigError
from playground.experiment.frame import Frame
from playground.experiment.run.session import Session
from playground.ui.data_editor.opening import OpenDataDialog
from playground.ui.panels.data_panel import AXES, with_source
from playground.ui.viewing.figure import FIGURES, copy_figure, save_figure
from playground.ui.viewing.view import View
from playground.ui.words import said
from playground.ui.workspace.operations import unwritten, writing
from playground.ui.workspace.reading import Reading
from playground.ui.workspace.workspace import Workspace

RECENT = 10
SOON = 0.1  # seconds in which most files have been read


class Files(QObject):
    """The file menu's work, with dialogs over a window. `path` is the snapshot that Save writes to, or None.

    `title_changed` says that there is another file, or that there is something to save, or no longer.
    """

    reading_changed = Signal()
    recent_changed = Signal()
    title_changed = Signal()

    def __init__(self, workspace: Workspace, window: QWidget) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._document, self._runner, self._notices = workspace.document, workspace.runner, workspace.notices
        self._window = window
        self.path: Path | None = None
        self._kept_step: int | None = None  # of the experiment as it was opened or saved; None until it has been drawn
        self._reading: Reading | None = None
        self.reading = ""  # what is going on, "" where nothing is
        self._trained = False
        self.recent = _recent()  # the files opened and saved last, the latest first
        self._document.history_changed.connect(self.title_changed)
        workspace.frame_changed.connect(self._follow_frame)

    # Opening

    def new(self) -> None:
        """The default experiment."""
        if self.may_leave(self.new):
            self._read(self.tr("the default experiment"), lambda: Session(Config()), partial(self._take, path=None))

    def open(self) -> None:
        """Ask for a snapshot or a configuration, and open it."""
        path = self._ask_which(self.tr("Open"), self.tr("Snapshots and configurations"), OPENERS)
        if path is not None:
            self.open_path(path)

    def open_data(self) -> None:
        """Ask for a table or for images, and open them."""
        path = self._ask_which(self.tr("Open data"), self.tr("Tables and images"), FORMATS)
        if path is not None:
            self.open_data_file(path)

    def open_recent(self, place: int) -> None:
        """Open one of the recent files again."""
        self.open_path(self.recent[place])

    def open_path(self, path: Path) -> None:
        """Open a snapshot, a configuration or data, by the ending; what fails is said and changes nothing."""
        sweep(path.parent)
        name, suffix = path.name, path.suffix.lower()
        if suffix in OPENERS:
            kept = path if suffix == SNAPSHOT else None
            self._read(name, partial(_open_session, path), partial(self._exchange, source=path, path=kept))
        else:
            self.open_data_file(path)

    def open_data_file(self, path: Path) -> None:
        """Take a user's own file as the data, an edit that can be undone; of a table, ask which columns to use."""
        source = source_of(path)
        if not isinstance(source, TableFile):
            self._read(path.name, source.outline, partial(self._take_data, source, path))
            return
        dialog = OpenDataDialog(source, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._take_data(dialog.source(), path, dialog.outline()))
        dialog.open()

    def _take_data(self, source: Source, path: Path, outline: Outline) -> None:
        document = self._document
        document.edit(self.tr("Open data"), with_source(document.config, source, outline))
        document.select(**dict(zip(AXES, outline.axes, strict=True)))
        self._remember(path)

    def open_copy(self, session: Session, then: Callable[[], object]) -> None:
        """Take an experiment that has not been saved yet, once the present one may be left; `then` is called after it."""
        if self.may_leave(partial(self.open_copy, session, then)):
            self._take(session, None)
            self._document.undo_stack.resetClean()
            then()

    def call_off(self) -> None:
        """Open nothing after all."""
        if self._reading is not None:
            self._reading.call_off()
            self._reading.deleteLater()
            self._reading = None
            self._say_reading("")

    def _exchange(self, session: Session, source: Path, path: Path | None) -> None:
        """Take what was read from `source`, once the present experiment may be left."""
        if self.may_leave(partial(self._exchange, session, source, path)):
            self._take(session, path)
            self._remember(source)

    def _read(self, name: str, read: Callable[[], Any], take: Callable[[Any], object]) -> None:
        """Read in another thread, in place of what is still being read; `take` is given what there was.

        What fails is said, and changes nothing.
        """
        self.call_off()
        self._reading = Reading(read, self)
        self._reading.done.connect(partial(self._follow_reading, name, take))
        if self._reading.within(SOON):
            self._follow_reading(name, take)
        else:
            self._say_reading(self.tr("Reading {name}").format(name=name))

    def _follow_reading(self, name: str, take: Callable[[Any], object]) -> None:
        assert self._reading is not None
        reading, self._reading = self._reading, None
        reading.deleteLater()
        self._say_reading("")
        try:
            found = reading.future.result()
        except (SnapshotError, ConfigError, DataError) as error:
            sentence = said(error.message)
            self._notices.warn(sentence if name in sentence else f"{name}: {sentence}")
        else:
            take(found)

    def _say_reading(self, what: str) -> None:
        if what != self.reading:
            self.reading = what
            self.reading_changed.emit()

    def _take(self, session: Session, path: Path | None) -> None:
        self.path = path
        self._kept_step = None
        self._trained = False
        self._workspace.load(session)
        self.title_changed.emit()

    # Saving

    @property
    def unsaved(self) -> bool:
        """Whether anything has been edited or trained since the experiment was opened or saved."""
        return self._trained or not self._document.undo_stack.isClean()

    def _follow_frame(self, frame: Frame) -> None:
        """Notice training that has not been saved."""
        if self._kept_step is None:
            self._kept_step = frame.step
        trained = self._kept_step is not None and frame.step != self._kept_step
        if trained != self._trained:
            self._trained = trained
            self.title_changed.emit()

    def keep(self) -> None:
        """All is saved, or is not meant to be."""
        frame = self._workspace.frame
        self._kept_step, self._trained = frame.step if frame else None, False
        self._document.undo_stack.setClean()
        self.title_changed.emit()

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Write the snapshot to where it came from, or ask where; `then` is called when it has been written."""
        self._save(self.path or self._ask_for_snapshot(), then)

    def save_as(self) -> None:
        """Ask where, and write the snapshot there."""
        self._save(self._ask_for_snapshot(), None)

    def _save(self, path: Path | None, then: Callable[[], object] | None) -> None:
        if path is not None:
            saved = partial(self._follow_saved, then)
            self._runner.do(writing(path, EXPORTS[SNAPSHOT].write, saved, self._notices.warn))

    def _follow_saved(self, then: Callable[[], object] | None, path: Path) -> None:
        """The snapshot has been written."""
        self.path = path
        self.keep()
        self._notices.answer(self.tr("Saved {file}.").format(file=path))
        self._remember(path)
        if then is not None:
            then()

    def _follow_exported(self, path: Path) -> None:
        """Something else has been written."""
        self._notices.answer(self.tr("Exported {file}.").format(file=path))
        QSettings().setValue("folder", str(path.parent))

    def may_leave(self, then: Callable[[], object]) -> bool:
        """Whether the present experiment may be left now: nothing to save, or the user does not want it.

        If the user wants to save first, the answer is no, and `then` is called when the snapshot has been written.
        """
        if not self.unsaved:
            return True
        answer = QMessageBox.question(
            self._window,
            self.tr("Unsaved changes"),
            self.tr("Leave this experiment without saving a snapshot of it?"),
            QMessageBox.StandardButton.Save | QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Save,
        )
        if answer == QMessageBox.StandardButton.Save:
            self.save(then)
            return False
        return answer == QMessageBox.StandardButton.Discard

    # Exporting

    def export(self, ending: str) -> None:
        """Ask where, and write what a file of this ending holds."""
        export = EXPORTS[ending]
        path = self._ask_where(export.label, export.name, export.kind, [ending])
        if path is not None:
            self._runner.do(writing(path, export.write, self._follow_exported, self._notices.warn))

    def export_view(self, view: View) -> None:
        """Ask where, and write a view as a picture."""
        path = self._ask_where(view.title, f"{view.name}.png", self.tr("Pictures"), FIGURES)
        if path is not None:
            self._write(path, partial(save_figure, view, path))

    def copy_view(self, view: View) -> None:
        """Put a view's picture on the clipboard."""
        copy_figure(view)
        self._notices.answer(self.tr("Copied: {view}.").format(view=view.title))

    def _write(self, path: Path, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            self._notices.warn(unwritten(path, error))
        else:
            self._follow_exported(path)

    # The inside

    def _ask_which(self, title: str, kind: str, endings: Iterable[str]) -> Path | None:
        filters = f"{_pattern(kind, endings)};;{self.tr('All files')} (*)"
        name, _ = QFileDialog.getOpenFileName(self._window, title, self._folder(), filters)
        return Path(name) if name else None

    def _ask_where(self, title: str, name: str, kind: str, endings: Collection[str]) -> Path | None:
        start = str(Path(self._folder()) / name)
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, start, _pattern(kind, endings))
        if not chosen:
            return None
        path, ending = Path(chosen), Path(name).suffix
        if path.suffix.lower() in endings:
            return path
        path = path.with_name(path.name + ending)  # the dialog has not asked about this name
        question = self.tr("{file} exists already. Replace it?").format(file=path.name)
        buttons = QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No
        if (
            path.exists()
            and QMessageBox.question(self._window, title, question, buttons) != QMessageBox.StandardButton.Yes
        ):
            return None
        return path

    def _ask_for_snapshot(self) -> Path | None:
        kind = EXPORTS[SNAPSHOT].kind
        return self._ask_where(self.tr("Save snapshot"), f"experiment{SNAPSHOT}", kind, [SNAPSHOT])

    def _folder(self) -> str:
        return str(QSettings().value("folder", str(Path.home()), type=str))

    def _remember(self, path: Path) -> None:
        settings = QSettings()
        latest = path.resolve()
        self.recent = [latest, *(path for path in _recent() if path != latest)][:RECENT]
        settings.setValue("recent", "\n".join(map(str, self.recent)))
        settings.setValue("folder", str(latest.parent))
        self.recent_changed.emit()


def _recent() -> list[Path]:
    """As all windows have kept them."""
    return [Path(name) for name in str(QSettings().value("recent", "", type=str)).split("\n") if name]


def _open_session(path: Path) -> Session:
    found = OPENERS[path.suffix.lower()](path)
    return found if isinstance(found, Session) else Session(found)


def _pattern(kind: str, endings: Iterable[str]) -> str:
    """What a dialog of files offers, as "Pictures (*.png *.svg)"."""
    return f"{kind} ({' '.join(f'*{ending}' for ending in endings if ending)})"
