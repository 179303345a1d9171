"""Writing a file whole or not at all. Knows nothing of what is in it."""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Make or replace the file: whoever opens it, even after a crash, finds the old content or the new, and all of it.

    Raises:
        OSError: the old file is then as it was, and nothing is left over.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    if target.exists() and not target.is_file():  # a rename would replace a device
        raise OSError(errno.EINVAL, "not an ordinary file", str(path))
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")  # in the same folder: a rename does not cross disks
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
