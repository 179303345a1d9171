"""A copy of the experiment, renewed while the program runs, so that whatever ends it costs ten seconds and no more."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QObject, QStandardPaths, QTimer

from playground.exchange.copies import DAMAGED, Copy
from playground.exchange.snapshot import Checkpoint, SnapshotError
from playground.ui.words import said
from playground.ui.workspace.files import Files
from playground.ui.workspace.operations import Operation, copying
from playground.ui.workspace.reading import Reading
from playground.ui.workspace.workspace import Workspace

INTERVAL = 5_000  # milliseconds; as many again are left for the writing, in which a gigabyte can be written


class Autosave(QObject):
    """Keeps the copy of this window, takes it away when the window closes in good order, and offers what others left.

    The trainer only says what it is at; the writing is done by a third thread. Nothing is written while there is
    nothing to lose, or nothing has changed.
    """

    def __init__(self, workspace: Workspace, files: Files) -> None:
        super().__init__(workspace)
        self._files, self._runner, self._notices = files, workspace.runner, workspace.notices
        data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
        self.folder = Path(data) / "copies"
        self._copy: Copy | None = None
        self._kept: object = None  # what the run was when the copy was last renewed
        self._left: list[Copy] = []
        self._writing: Reading | None = None
        self._loading = False  # the trainer has not yet begun with what was restored
        self._complaint = ""
        self._weights_set = 0  # by hand
        workspace.document.weight_edited.connect(self._count)
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self.renew)
        self._timer.start()

    def offer(self) -> None:
        """If other processes have been killed, say so and offer to go on with what they were at."""
        self._left = Copy.left(self.folder)
        self._offer(self.tr("The program ended unexpectedly."))

    def renew(self) -> None:
        """See to it that the copy is soon of this moment."""
        if self._writing is not None or self._loading:
            return
        if self._files.unsaved:
            self._runner.do(copying(self._kept, self._weights_set, self._write))
        else:
            self._drop()

    def clear(self) -> None:
        """The window closes in good order: its copy is no longer needed, and others may take what was left."""
        self._timer.stop()
        self._finish()
        self._drop()
        for copy in self._left:
            copy.let_go()

    # The copy of this window

    def _count(self) -> None:
        self._weights_set += 1

    def _write(self, found: tuple[object, Checkpoint] | None) -> None:
        if found is not None and self._writing is None and not self._loading and self._timer.isActive():
            key, checkpoint = found
            self._writing = Reading(partial(_renewed, self._copy, self.folder, checkpoint), self)
            self._writing.done.connect(partial(self._follow_written, key))

    def _follow_written(self, key: object) -> None:
        complaint = self._finish()
        if complaint and complaint != self._complaint:
            sentence = self.tr("No copy is kept of this experiment, should the program end unexpectedly: {reason}.")
            self._notices.warn(sentence.format(reason=complaint))
        elif not complaint:
            self._kept = key
        self._complaint = complaint

    def _finish(self) -> str:
        """Wait for what is being written; the answer is what went wrong."""
        writing, self._writing = self._writing, None
        if writing is None:
            return ""
        writing.stop()
        writing.deleteLater()
        try:
            self._copy = writing.future.result()
        except OSError as error:
            return error.strerror or str(error)
        except SnapshotError as error:
            return said(error.message)
        return ""

    def _drop(self) -> None:
        if self._copy is not None:
            self._copy.remove()
        self._copy, self._kept = None, None

    # Those that others have left

    def _offer(self, before: str) -> None:
        """Say what was before, and offer the newest copy that is left."""
        if not self._left:
            return
        copy, older = self._left[0], len(self._left) - 1
        sentence = self.tr("{before} A copy of the experiment was kept: {time}.")
        if older:
            sentence += " " + self.tr("{older} older ones follow.")
        time = QLocale().toString(QDateTime.fromSecsSinceEpoch(int(copy.time)), QLocale.FormatType.ShortFormat)
        self._notices.warn(
            sentence.format(before=before, time=time, older=older),
            (self.tr("Restore it"), partial(self._restore, copy)),
            (self.tr("Delete it"), partial(self._delete, copy)),
        )

    def _restore(self, copy: Copy) -> None:
        self._notices.answer(self.tr("Reading the copy …"))
        reading = Reading(copy.read, self)
        reading.done.connect(partial(self._follow_read, reading, copy))

    def _follow_read(self, reading: Reading, copy: Copy) -> None:
        reading.deleteLater()
        try:
            session = reading.future.result()
        except (OSError, SnapshotError) as error:
            self._left.remove(copy)
            copy.set_aside()
            reason = (isinstance(error, OSError) and error.strerror) or error
            sentence = self.tr("The copy is damaged and was put into the folder {folder}: {reason}.")
            sentence = sentence.format(folder=self.folder / DAMAGED, reason=reason)
            self._notices.warn(sentence)
            self._offer(sentence)
        else:
            self._files.open_copy(session, partial(self._take_over, copy))

    def _take_over(self, copy: Copy) -> None:
        """What was left behind is this window's own from now on."""
        self._finish()
        self._drop()
        self._left.remove(copy)
        self._copy, self._loading = copy, True
        self._runner.do(Operation("", lambda _: None, self._follow_loaded))
        self._offer(self.tr("Restored."))

    def _delete(self, copy: Copy) -> None:
        self._left.remove(copy)
        copy.remove()
        self._notices.answer(self.tr("The copy was deleted."))
        self._offer(self.tr("Deleted."))

    def _follow_loaded(self, _: object) -> None:
        self._loading = False


def _renewed(copy: Copy | None, folder: Path, checkpoint: Checkpoint) -> Copy:
    """The copy, of this moment; another where that has other data."""
    if copy is not None and copy.takes(checkpoint):
        copy.write(checkpoint)
        return copy
    other = Copy.make(folder)
    try:
        other.write(checkpoint)
    except (OSError, SnapshotError):
        other.remove()
        raise
    if copy is not None:
        copy.remove()
    return other
