"""`playground choices`: all that can be set, and defaults that change nothing."""

from __future__ import annotations

import json
import re

import pytest

from playground.cli import main
from playground.cli.choices import describe
from playground.data.sources import SOURCES
from playground.experiment.config import Config, TrainingConfig
from playground.options import Choice, Items, Section, knobs, with_text


def test_choices_lists_every_path_with_a_default_that_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["choices"]) == 0
    text = capsys.readouterr().out
    for path, default in re.findall(r"^  ([a-z_.0-9]+) = (null|\[.*?\]|\"\w*\"|\S+)", text, re.MULTILINE):
        value = json.loads(default) if default.startswith('"') else default
        assert with_text(Config(), path, value) == Config(), path
    paths = [*knobs(Config).items()]
    for path, knob in paths:
        if isinstance(knob, Section):
            paths += [(f"{path}.{name}", inner) for name, inner in knobs(knob.cls).items()]
        else:
            assert f"\n  {path}{':' if isinstance(knob, Items) else ' ='}" in text
    for source in SOURCES:
        assert re.search(rf"^        {source}\b", text, re.MULTILINE)
    assert text == "\n".join(describe(Config())) + "\n"


def test_no_name_runs_into_what_it_stands_for() -> None:
    """Every name of a choice, also the longest, is followed by at least two spaces, and all formulas of one table align."""
    for path, knob in knobs(TrainingConfig).items():
        if isinstance(knob, Choice):
            lines = list(describe(Config()))
            block = lines[next(index for index, line in enumerate(lines) if line.startswith(f"  training.{path} ")) :]
            rows = [line for line in block[: len(knob.table) + 2] if line.startswith("        ")]
            columns = {len(re.match(r" +\S+  +(?=\S)", row)[0]) for row in rows if len(row.split()) > 1}  # type: ignore[index]
            assert len(columns) == 1, path
