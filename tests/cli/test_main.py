"""The command line alone: it opens the window, hands over to commands, and its examples can be typed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import playground
from playground.cli import HELP, main, training
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
    settings = re.findall(r"--set ([a-z_.0-9]+)=('.*?'|\S+)", HELP + training.HELP)
    assert len(settings) >= 8
    config = Config()
    for path, value in settings:
        if "NAME" not in value and "species" not in value:
            config = with_text(config, path, value.strip("'"))
    assert config.training.optimizer == Adam(beta1=0.8)


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"playground {playground.__version__}, {standing()}\n"


def test_the_package_can_be_run() -> None:
    done = subprocess.run([sys.executable, "-m", "playground", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"playground {playground.__version__}, {standing()}\n"
