"""Something read or worked out in another thread while the window goes on. Knows not what it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from playground.cancellation import cancellable

LOOK = 30  # milliseconds between two looks at the reader


class Reading(QObject):
    """`done` follows when there is a result or an error. The thread ends by itself should nobody wait for it."""

    done = Signal()

    def __init__(self, read: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self._dropped = threading.Event()
        reader = ThreadPoolExecutor(1)
        self.future: Future[Any] = reader.submit(self._read, read)
        reader.shutdown(wait=False)
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK)
        self._clock.timeout.connect(self._look)
        self._clock.start()

    def within(self, seconds: float) -> bool:
        """Wait this long, and say whether all has been read; if so, `done` does not follow any more."""
        wait([self.future], seconds)
        if self.future.done():
            self.stop()
        return self.future.done()

    def stop(self) -> None:
        """Nobody looks any more."""
        self._clock.stop()

    def call_off(self) -> None:
        """Nobody waits for it any more, and it ends as soon as it can."""
        self._dropped.set()
        self.stop()

    def _read(self, read: Callable[[], Any]) -> Any:
        with cancellable(self._dropped.is_set):
            return read()

    def _look(self) -> None:
        if self.future.done():
            self.stop()
            self.done.emit()
