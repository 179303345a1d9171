"""A copy of the experiment, renewed while the program runs, so that a crash loses a minute and no more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QStandardPaths, QTimer

if TYPE_CHECKING:
    from playground.ui.window import Window

INTERVAL = 60_000  # milliseconds


class Autosave(QObject):
    """Writes the copy, offers one that a crash has left, and takes it away when the window closes in good order.

    Of several windows only the first keeps a copy; the lock goes with the process, however that ends.
    """

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))
        self.path = folder / "autosave.safetensors"
        self._saved: tuple[int, int] | None = None  # run and step of the last copy
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(str(folder / "autosave.lock"))
        self._lock.setStaleLockTime(0)
        self._keeps = self._lock.tryLock(0)
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self.renew)
        if self._keeps:
            self._timer.start()

    def offer(self) -> None:
        """If a crash has left a copy, say so and offer to open it."""
        if self._keeps and self.path.exists():
            self._window.strip.warn(
                self.tr("The program ended unexpectedly last time. A copy of the experiment was kept."),
                (self.tr("Restore it"), self._restore),
            )

    def renew(self) -> None:
        """Write the copy, unless nothing has happened since the last one or an older copy still waits to be restored."""
        frame = self._window.frame
        if frame is not None and (frame.run, frame.step) != self._saved and not self._window.strip.urgent:
            self._saved = frame.run, frame.step
            self._window.runner.back_up(self.path)

    def clear(self) -> None:
        """The window closes in good order: the copy is no longer needed."""
        self._timer.stop()
        if self._keeps:
            self.path.unlink(missing_ok=True)
            self._lock.unlock()

    def _restore(self) -> None:
        self._window.files.open_copy(self.path)
