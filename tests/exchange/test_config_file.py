"""Config files: what people write is read, and what cannot be read is told in a sentence with the file's name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from playground.exchange.config_file import MAX_BYTES, read_config
from playground.experiment.config import Config, ConfigError
from playground.options import with_value

SEVEN = b'{"training": {"batch_size": 7}}'


@pytest.mark.parametrize(
    ("content", "config"),
    [
        (b"{}", Config()),
        (Config().to_json().encode(), Config()),
        (SEVEN, with_value(Config(), "training.batch_size", 7)),
        (b"\xef\xbb\xbf" + SEVEN, with_value(Config(), "training.batch_size", 7)),
        (SEVEN.ljust(MAX_BYTES), with_value(Config(), "training.batch_size", 7)),
    ],
)
def test_what_can_be_read(tmp_path: Path, content: bytes, config: Config) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    assert read_config(path) == config


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "mine.json: not valid JSON: "),
        (b'{"data": "\xe9"}', "mine.json: is not UTF-8 text"),
        (SEVEN.ljust(MAX_BYTES + 1), "mine.json: is too large to be a config"),
        (SEVEN.replace(b"7", b"0"), "mine.json: training.batch_size: must lie between 1 and"),
    ],
)
def test_what_is_no_config(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "folder.json").mkdir()
    for name, reason in (
        ("gone", "cannot be read: No such file or directory"),
        ("folder", "is a folder, not a file"),
        ("pipe", "is not an ordinary file"),
    ):
        with pytest.raises(ConfigError, match=rf"^{name}\.json: {reason}$"):
            read_config(tmp_path / f"{name}.json")
