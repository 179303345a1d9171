"""Copies of experiments for the case that the program ends unexpectedly, each of its own process. Knows no screen.

A copy is three files of one name: `.held`, which its process holds while it lives, `.data`, which is written once, and
`.run`, which is renewed. A copy that nobody holds has been left by a process that was killed.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import BinaryIO

from playground.data.dataset import Dataset
from playground.exchange.atomic import sweep, write_atomically
from playground.exchange.held import create_held, left_behind
from playground.exchange.snapshot import (
    DATA_TEXTS,
    RUN_TEXTS,
    Checkpoint,
    data_entries,
    pack,
    read_whole,
    run_entries,
    session_of,
    unpack,
)
from playground.experiment.run.session import Session

HELD = "copy-*.held"
DAMAGED = "damaged"  # the folder of copies that cannot be read


class Copy:
    """A copy that this process holds: one of its own, or one that it has found left behind."""

    def __init__(self, held: BinaryIO) -> None:
        self._held = held
        self._path = Path(held.name)
        self._dataset: Dataset | None = None  # what `.data` holds, once this process knows

    @classmethod
    def make(cls, folder: Path) -> Copy:
        """An empty one.

        Raises:
            OSError: when the folder does not take it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        return cls(create_held(folder, HELD))

    @classmethod
    def left(cls, folder: Path) -> list[Copy]:
        """Those that killed processes have left, the newest first; what they left unfinished is swept away."""
        sweep(folder)
        copies = [cls(held) for held in left_behind(folder, HELD)]
        for copy in copies:
            if not copy.time:
                copy.remove()
        return sorted((copy for copy in copies if copy.time), key=lambda copy: copy.time, reverse=True)

    @property
    def time(self) -> float:
        """When it was last renewed, in seconds since 1970; 0 before the first time."""
        with contextlib.suppress(OSError):
            return self._run.stat().st_mtime
        return 0.0

    def takes(self, checkpoint: Checkpoint) -> bool:
        """Whether the checkpoint has the data that this is a copy of; for others there must be another copy."""
        return self._dataset is None or self._dataset is checkpoint.dataset

    def write(self, checkpoint: Checkpoint) -> None:
        """Renew it.

        Raises:
            OSError, SnapshotError: it is then as it was.
        """
        if self._dataset is None:
            write_atomically(self._data, pack(*data_entries(checkpoint)))
            self._dataset = checkpoint.dataset
        write_atomically(self._run, pack(*run_entries(checkpoint)))

    def read(self) -> Session:
        """The session as it was.

        Raises:
            OSError, SnapshotError: when the copy is damaged.
        """
        (data, of_data), (run, of_run) = (
            unpack(read_whole(self._data), DATA_TEXTS),
            unpack(read_whole(self._run), RUN_TEXTS),
        )
        session = session_of(data | run, of_data | of_run)
        self._dataset = session.dataset
        return session

    def remove(self) -> None:
        """It is no longer needed."""
        for file in (self._run, self._data, self._path):  # the last is what the others are found by
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
        self.let_go()

    def set_aside(self) -> None:
        """It cannot be read: leave it in the folder `DAMAGED`, where nobody looks for copies."""
        folder = self._path.parent / DAMAGED
        for file in (self._data, self._run):
            with contextlib.suppress(OSError):
                folder.mkdir(exist_ok=True)
                file.replace(folder / file.name)
        self.remove()

    def let_go(self) -> None:
        """Leave it for whoever looks next."""
        self._held.close()

    @property
    def _data(self) -> Path:
        return self._path.with_suffix(".data")

    @property
    def _run(self) -> Path:
        return self._path.with_suffix(".run")
