"""`playground range-test`: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from playground.cli import main
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.options import with_text
from playground.study.range_test import RangeTest, range_test


def expected(*settings: str) -> RangeTest:
    config = Config()
    for setting in settings:
        config = with_text(config, *setting.split("="))
    return range_test(config, Session(config).dataset)


def test_it_prints_the_rate_and_where_training_had_diverged(capsys: pytest.CaptureFixture[str]) -> None:
    result = expected("training.optimizer=adam")
    assert main(["range-test", "--set", "training.optimizer=adam"]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        f"{result.suggestion:.2g}\tthe loss fell fastest",
        f"{result.broke_at:.2g}\ttraining had diverged",
    ]
    assert printed.err == ""


def test_it_writes_the_curve_in_full(tmp_path: Path) -> None:
    result = expected()
    assert main(["range-test", "--out", str(tmp_path / "curve.csv")]) == 0
    with (tmp_path / "curve.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["learning_rate", "loss", "running_average"]
    columns = [[float(cell) for cell in column] for column in zip(*rows, strict=True)]
    assert columns == [result.rates.tolist(), result.losses.tolist(), result.smoothed.tolist()]


def test_without_a_certain_fall_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["range-test", "--set", "training.batch_size=1"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "the loss did not fall for certain at any rate"


def test_it_begins_with_a_config_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.json"
    file.write_text(with_text(Config(), "training.optimizer", "adam").to_json(), encoding="utf-8")
    assert main(["range-test", str(file)]) == 0
    assert capsys.readouterr().out.startswith(f"{expected('training.optimizer=adam').suggestion:.2g}\t")


def test_an_optimizer_without_a_rate_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    settings = ("training.batch_size=1000", "training.optimizer=lbfgs")
    assert main(["range-test", *(part for setting in settings for part in ("--set", setting))]) == 2
    assert "there is no learning rate to look for" in capsys.readouterr().err


def test_a_curve_that_cannot_be_written_is_told_after_the_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["range-test", "--out", str(tmp_path / "missing" / "curve.csv")]) == 2
    printed = capsys.readouterr()
    assert "the loss fell fastest" in printed.out
    assert "curve.csv: cannot be written: No such file or directory" in printed.err


def test_its_help_says_what_the_numbers_mean(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["range-test", "--help"])
    assert done.value.code == 0
    printed = capsys.readouterr().out
    assert "0.000001 to 100" in " ".join(printed.split())
    assert "FILE.csv" in printed
