"""What a command without a window begins with: a file and settings on its command line, and the session they make."""

from __future__ import annotations

import argparse
from pathlib import Path

from playground.cli.exits import complain
from playground.data.formats import source_of
from playground.exchange.files import OPENERS
from playground.experiment.config import Config, Impact
from playground.experiment.run.session import Session
from playground.options import with_text, with_value


def add_beginning(parser: argparse.ArgumentParser) -> None:
    """Ask for what `begin` wants to know."""
    add = parser.add_argument
    add("file", metavar="FILE", nargs="?", type=Path, help="snapshot, config or data to begin with")
    add("--set", metavar="PATH=VALUE", type=setting, action="append", default=[], help="change a setting; repeatable")


def begin(file: Path | None, settings: list[tuple[str, str]]) -> Session:
    """The session that a file and the settings ask for.

    Raises:
        ConfigError, DataError, SnapshotError: when there is none.
    """
    begun = Config() if file is None else _open(file)
    if isinstance(begun, Config):
        return Session(_changed(begun, settings))
    if begun.apply(_changed(begun.config, settings)) >= Impact.NETWORK:
        complain("with these settings the run starts anew")
    return begun


def _open(file: Path) -> Session | Config:
    read = OPENERS.get(file.suffix.lower())
    return with_value(Config(), "data.source", source_of(file)) if read is None else read(file)


def _changed(config: Config, settings: list[tuple[str, str]]) -> Config:
    for path, text in settings:
        config = with_text(config, path, text)
    return config


def setting(text: str) -> tuple[str, str]:
    """Path and value of what stands on the command line."""
    path, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not PATH=VALUE, such as training.learning_rate=0.1")
    return path, value
