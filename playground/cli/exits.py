"""How a command ends: its exit code, what it says of what went wrong, and Ctrl+C."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

DONE, BAD_INPUT, DIVERGED, INTERRUPTED = 0, 2, 3, 130


def complain(sentence: str) -> int:
    """Say it; the answer is the exit code of bad input."""
    print(f"playground: {sentence}", file=sys.stderr)
    return BAD_INPUT


@contextmanager
def ctrl_c() -> Iterator[threading.Event]:
    """An event that Ctrl+C sets, so that no step is cut in two."""
    stop = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
