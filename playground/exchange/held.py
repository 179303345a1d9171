"""Files that a process holds while it lives, so that another can tell what a dead one has left. Knows not what is in them."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def _hold(file: BinaryIO, wait: bool) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _hold(file: BinaryIO, wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


def create_held(folder: Path, pattern: str) -> BinaryIO:
    """Make a file, with a name of its own for the pattern's star, and hold it until it is closed or the process ends.

    Raises:
        OSError: when it cannot be made.
    """
    while True:
        path = folder / pattern.replace("*", secrets.token_hex(8))
        file = path.open("xb")
        with contextlib.suppress(OSError):  # a file system without locks; nobody takes the file for left behind there
            _hold(file, wait=True)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # somebody has swept it away before it was held


def left_behind(folder: Path, pattern: str) -> Iterator[BinaryIO]:
    """The files of this pattern that no living process holds; each is held from now on, until it is closed."""
    for path in sorted(folder.glob(pattern)):
        with contextlib.suppress(OSError):  # held by a living process, or just gone
            file = path.open("rb+")
            try:
                _hold(file, wait=False)
            except OSError:
                file.close()
                continue
            if os.fstat(file.fileno()).st_nlink:
                yield file
            else:
                file.close()
