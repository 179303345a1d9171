"""`playground choices`: all that can be set, and defaults that change nothing."""

from __future__ import annotations

import json
import re

import pytest

from playground.cli import main
from playground.cli.choices import describe
from playground.data.sources import SOURCES
from playground.experiment.config import Config
from playground.options import Items, Section, knobs, with_text


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
