"""The command line alone: it opens the window, hands over to commands, and its examples can be typed."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pytest

import playground
from playground.cli import COMMANDS, help_text, main, train
from playground.cli.command import Command
from playground.experiment.config import Config
from playground.nn.native.trust import standing
from playground.nn.optimizers import Adam
from playground.options import with_text
from playground.ui import app


@pytest.mark.parametrize(
    ("arguments", "file"),
    [([], None), (["run.safetensors"], Path("run.safetensors")), (["./train"], Path("train"))],
)
def test_without_a_command_the_window_opens(
    arguments: list[str], file: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path | None] = []

    def show(file: Path | None) -> int:
        opened.append(file)
        return 1

    monkeypatch.setattr(app, "main", show)
    assert main(arguments) == 1
    assert opened == [file]


def test_every_example_of_the_help_can_be_typed() -> None:
    settings = re.findall(r"--set ([a-z_.0-9]+)=('.*?'|\S+)", help_text() + train.TEXT)
    assert len(settings) >= 8
    config = Config()
    for path, value in settings:
        if "NAME" not in value and "species" not in value:
            config = with_text(config, path, value.strip("'"))
    assert config.training.optimizer == Adam(beta1=0.8)


def test_a_new_command_is_told_of_and_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def add_arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--loud", action="store_true")

    greet = Command("[--loud]", "say hello", "It is polite.", add_arguments, lambda options: 7 if options.loud else 0)
    monkeypatch.setitem(COMMANDS, "greet", greet)
    assert (main(["greet"]), main(["greet", "--loud"])) == (0, 7)
    for arguments, words in ((["--help"], ("greet [--loud]", "say hello")), (["greet", "-h"], ("It is polite.",))):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
        told = capsys.readouterr().out
        assert all(word in told for word in words)


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"playground {playground.__version__}, {standing()}\n"


def test_the_package_can_be_run() -> None:
    done = subprocess.run([sys.executable, "-m", "playground", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"playground {playground.__version__}, {standing()}\n"
