"""Which file holds what, by its ending: OPENERS read an experiment, EXPORTS write something of one. Knows no screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playground.exchange.atomic import write_atomically
from playground.exchange.config_file import read_config
from playground.exchange.snapshot import load_snapshot, save_snapshot
from playground.exchange.tables import write_history
from playground.experiment.config import Config
from playground.experiment.run.session import Session

SNAPSHOT = ".safetensors"

# Each raises ConfigError, DataError or SnapshotError, naming the file. One that ends otherwise holds data: `FORMATS`.
OPENERS: dict[str, Callable[[Path], Session | Config]] = {SNAPSHOT: load_snapshot, ".json": read_config}


class Export(NamedTuple):
    """Something of a session that can be written: the usual name of its file, what it is and its kind in a menu.

    `write` raises OSError or SnapshotError; a file that was there before is then as it was.
    """

    name: str
    label: str
    kind: str
    write: Callable[[Session, Path], None]


def _write_history(session: Session, path: Path) -> None:
    write_history(session.history, path)


def _write_config(session: Session, path: Path) -> None:
    write_atomically(path, session.config.to_json().encode())


EXPORTS: dict[str, Export] = {
    SNAPSHOT: Export("snapshot.safetensors", "Snapshot", "Snapshots", save_snapshot),
    ".csv": Export("history.csv", "History as CSV", "Tables", _write_history),
    ".json": Export("config.json", "Configuration as JSON", "Configurations", _write_config),
}
