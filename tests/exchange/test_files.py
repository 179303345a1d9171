"""The tables of files: a format of data and an export made up on the spot are known wherever files are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from playground.cli import main
from playground.data.formats import FORMATS
from playground.data.formats.file import TableFile
from playground.data.formats.text import read_table
from playground.data.sources import SOURCES
from playground.data.table import Table
from playground.exchange.config_file import read_config
from playground.exchange.files import EXPORTS, OPENERS, Export
from playground.exchange.snapshot import load_snapshot


@dataclass(frozen=True)
class Upright(TableFile):
    """A table of which the rows are columns."""

    label = "upright table"

    def table(self) -> Table:
        path = Path(self.path)
        turned = path.with_suffix(".turned")
        rows = [line.split() for line in path.read_text().splitlines()]
        turned.write_text("\n".join(map(",".join, zip(*rows, strict=True))))
        return read_table(turned)


@pytest.fixture
def upright(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setitem(FORMATS, ".upright", Upright)
    monkeypatch.setitem(SOURCES, "upright", Upright)
    path = tmp_path / "trees.upright"
    path.write_text("height 1 2 3 4 5 6\nage 2.5 3 5 7 9 11\n")
    return path


def test_a_new_format_is_read_and_a_new_export_is_left_by_the_command_line(
    upright: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Export("steps.txt", "Steps", "Texts", lambda session, path: path.write_text(str(session.step_count)))
    monkeypatch.setitem(EXPORTS, ".txt", steps)
    monkeypatch.setattr("playground.cli.train.PICTURED", ())
    assert main(["train", str(upright), "--out", str(tmp_path), "--epochs", "2", "--quiet"]) == 0
    session = load_snapshot(tmp_path / "snapshot.safetensors")
    assert session.dataset.columns == ("height",)
    assert session.dataset.y.tolist() == [2.5, 3.0, 5.0, 7.0, 9.0, 11.0]
    assert read_config(tmp_path / "config.json").data.source == Upright(str(upright))
    assert (tmp_path / "steps.txt").read_text() == str(session.step_count)


def test_what_opens_an_experiment_is_written_too_under_the_same_ending() -> None:
    assert set(OPENERS) <= set(EXPORTS)
    assert all(export.name.endswith(ending) for ending, export in EXPORTS.items())
