"""Something read or worked out in another thread while the window goes on. Knows not what it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from playground.cancellation import cancellable


class Bell(QObject):
    """Rung by the reader. Only the future keeps it, so the window cannot take it away while it is being rung."""

    rung = Signal()


class Reading(QObject):
    """`done` follows when there is a result or an error. The thread ends by itself should nobody wait for it."""

    done = Signal()

    def __init__(self, read: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self._dropped = threading.Event()
        reader = ThreadPoolExecutor(1)
        self.future: Future[Any] = reader.submit(self._read, read)
        reader.shutdown(wait=False)
        bell = Bell()
        bell.rung.connect(self.done, Qt.ConnectionType.QueuedConnection)  # to the thread of this object
        self.future.add_done_callback(lambda _: bell.rung.emit())

    def within(self, seconds: float) -> bool:
        """Wait this long, and say whether all has been read; if so, `done` does not follow any more."""
        ended = bool(wait([self.future], seconds).done)
        if ended:
            self.stop()
        return ended

    def stop(self) -> None:
        """Nobody is told any more."""
        self.blockSignals(True)

    def call_off(self) -> None:
        """Nobody waits for it any more, and it ends as soon as it can."""
        self._dropped.set()
        self.stop()

    def _read(self, read: Callable[[], Any]) -> Any:
        with cancellable(self._dropped.is_set):
            return read()
