"""The picture of output unit and loss: drawn for every kind of problem, with the remark of a poor pair."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from playground.exchange.report.guard import picture
from playground.experiment.config import Config
from playground.experiment.guard import Guard
from playground.experiment.session import Session
from playground.options import with_text

NEEDS = frozenset({Guard.need})
POOR = (("network.output", "sigmoid"), ("training.loss", "squared_error"))
KINDS = [(), POOR, (("data.source", "hills"),), (("data.source", "iris"),), (("training.regularizer", "l1"),)]


def session_of(*edits: tuple[str, str]) -> Session:
    config = Config()
    for path, text in edits:
        config = with_text(config, path, text)
    return Session(config)


@pytest.mark.parametrize("edits", KINDS)
def test_each_kind_of_problem_has_a_picture(edits: tuple[tuple[str, str], ...], tmp_path: Path) -> None:
    session = session_of(*edits)
    pictures = []
    for epochs in (0, 20):
        session.train(epochs)
        picture(session.frame(NEEDS), tmp_path / "picture.png")
        pictures.append(imread(tmp_path / "picture.png"))
    before, after = pictures
    assert before.shape[1] >= 1000
    assert before.shape != after.shape or not np.array_equal(before, after)


def test_numbers_that_are_none_leave_a_picture(tmp_path: Path) -> None:
    for source in ("circle", "hills"):
        session = session_of(("data.source", source))
        session.network.parameters[...] = np.nan
        with np.errstate(all="ignore"):
            picture(session.frame(NEEDS), tmp_path / "picture.png")
        assert (tmp_path / "picture.png").exists()


def test_a_frame_without_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the frame holds no"):
        picture(session_of().frame(), tmp_path / "picture.png")
    assert not list(tmp_path.iterdir())
