"""The history as CSV: every number in full, in its place, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.exchange.tables import FIXED, write_history
from playground.experiment.config import Config
from playground.experiment.history.curves import Curves
from playground.experiment.run.session import Session
from playground.options import with_text
from playground.options.layers import layer_names


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def history(epochs: int, *settings: tuple[str, str]) -> Curves:
    config = Config()
    for setting in settings:
        config = with_text(config, *setting)
    session = Session(config)
    session.train(epochs)
    return session.history


def column(rows: list[dict[str, str]], name: str) -> Any:
    return np.array([float(row[name] or "nan") for row in rows])


def test_every_number_comes_back_in_full(tmp_path: Path) -> None:
    curves = history(3)
    write_history(curves, tmp_path / "history.csv")
    rows = read(tmp_path / "history.csv")
    assert len(rows) == len(curves)
    for name in FIXED:
        assert np.array_equal(column(rows, name), getattr(curves, name), equal_nan=True), name
    for index, layer in enumerate(layer_names(3)):
        for measure in ("norm", "largest", "mean"):
            expected = getattr(curves, f"gradient_{measure}")[:, index]
            assert np.array_equal(column(rows, f"{layer} gradient {measure}"), expected, equal_nan=True)
    assert rows[0]["step"] == "0"
    assert rows[0]["output gradient norm"] == ""  # before the first step there is none
    assert {row["validation_loss"] for row in rows} == {""}
    assert len(rows[0]) == 9 + 3 * 3


def test_a_regression_has_no_accuracies(tmp_path: Path) -> None:
    write_history(history(1, ("data.source", "hills")), tmp_path / "history.csv")
    assert {row["train_accuracy"] for row in read(tmp_path / "history.csv")} == {""}


def test_a_negative_number_is_left_alone(tmp_path: Path) -> None:
    one = np.ones((1, 4))
    curves = Curves(-one[:, 0], one[:, 0].astype(np.int64), *(one[:, 0],) * 7, one, one, one, one[:, :0], one[:, :0])
    write_history(curves, tmp_path / "history.csv")
    _, row = (tmp_path / "history.csv").read_text().splitlines()
    assert row.startswith("-1.0,1,1.0,")


def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("full")

    (tmp_path / "history.csv").write_text("old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        write_history(history(0), tmp_path / "history.csv")
    assert (tmp_path / "history.csv").read_text() == "old"
    assert os.listdir(tmp_path) == ["history.csv"]
