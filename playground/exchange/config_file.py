"""A configuration as a file holds it: JSON, which people write by hand too. Knows no screen."""

from __future__ import annotations

from pathlib import Path

from playground.experiment.config import Config, ConfigError

MAX_BYTES = 1_000_000


def read_config(path: Path) -> Config:
    """The config in a JSON file; fields that are missing take their defaults, and a byte order mark is passed over.

    Raises:
        ConfigError: one sentence that names the file and, where there is one, the field.
    """
    try:
        return Config.from_json(_read(path).decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(path.name, "cannot be read: {reason}", reason=error.strerror) from None
    except UnicodeDecodeError:
        raise ConfigError(path.name, "is not UTF-8 text") from None
    except ConfigError as error:
        raise ConfigError(path.name, error.message) from None


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise ConfigError("", "is a folder, not a file")
    if path.exists() and not path.is_file():
        raise ConfigError("", "is not an ordinary file")
    with path.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ConfigError("", "is too large to be a config")
    return content
