"""Files that a process holds while it lives, so that another can tell what a dead one has left. Knows not what is in them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


def create_held(folder: Path, pattern: str) -> BinaryIO:
    """Make a file, with a name of its own for the pattern's star, and hold it until it is closed or the process ends.

    Raises:
        OSError: when it cannot be made.
    """
    while True:
        path = folder / pattern.replace("*", secrets.token_hex(8))
        file = path.open("xb")
        with contextlib.suppress(OSError):  # a file system without locks; nobody takes the file for left behind there
            fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()  # somebody has swept it away before it was held


def left_behind(folder: Path, pattern: str) -> Iterator[BinaryIO]:
    """The files of this pattern that no living process holds; each is held from now on, until it is closed."""
    for path in sorted(folder.glob(pattern)):
        with contextlib.suppress(OSError):  # held by a living process, or just gone
            file = path.open("rb+")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                continue
            if os.fstat(file.fileno()).st_nlink:
                yield file
            else:
                file.close()
