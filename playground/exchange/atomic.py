"""Writing a file whole or not at all. Knows nothing of what is in it."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from playground.cancellation import check
from playground.exchange.held import create_held, left_behind

AT_ONCE = 2**24  # bytes
PART = ".playground-*.part"  # what is not a whole file yet


def write_atomically(path: Path, content: bytes) -> None:
    """Make or replace the file: whoever opens it, even after a crash, finds the old content or the new, and all of it.

    A file that is replaced keeps its mode and its owner. What killed processes have left in the folder is swept away.

    Raises:
        OSError, Cancelled: the old file is then as it was, and nothing is left over.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    if target.exists() and not target.is_file():  # a rename would replace a device
        raise OSError(errno.EINVAL, "not an ordinary file", str(path))
    if target.exists() and not os.access(target, os.W_OK):  # a rename would not ask
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    sweep(target.parent)
    # In the same folder: a rename does not cross disks.
    with create_held(target.parent, PART) as file:
        try:
            if target.exists():
                _keep_rights(file, target.stat())
            for start in range(0, len(content), AT_ONCE):
                check()
                file.write(memoryview(content)[start : start + AT_ONCE])
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, target)
        finally:
            Path(file.name).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Take away the parts of files that killed processes have left in a folder."""
    for file in left_behind(folder, PART):
        with file, contextlib.suppress(OSError):
            os.unlink(file.name)


def _keep_rights(file: BinaryIO, status: os.stat_result) -> None:
    own = os.fstat(file.fileno())
    if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
        try:
            os.fchown(file.fileno(), status.st_uid, status.st_gid)
        except PermissionError:
            raise PermissionError(errno.EPERM, "its owner could not be kept", file.name) from None
    if own.st_mode != status.st_mode:
        os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
