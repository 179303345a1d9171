"""The pictures of single looks: drawn for every kind of problem, of numbers that are none, and of nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from matplotlib.image import imread

from playground.exchange.report import Picture, loss_breakdown, loss_gradient, metrics
from playground.experiment.history.curves import Curves
from playground.experiment.looks.loss_breakdown import LossBreakdown
from playground.experiment.looks.loss_gradient import LossGradient
from playground.experiment.looks.metrics import Metrics
from playground.experiment.run.session import Session
from tests.configs import written

Edits = tuple[tuple[str, str], ...]

POOR = (("network.output", "sigmoid"), ("training.loss", "squared_error"))


HILLS, IRIS, DIGITS = ((("data.source", name),) for name in ("hills", "iris", "digits"))
L1 = (("training.regularizer", "l1"),)


class Drawn(NamedTuple):
    """A picture, what its frame must hold, and the kinds of problem of which it is another one."""

    picture: Picture
    needs: frozenset[type]
    kinds: tuple[Edits, ...]


DRAWN = {
    "loss_gradient": Drawn(loss_gradient.picture, frozenset({LossGradient}), ((), POOR, HILLS, IRIS)),
    "metrics": Drawn(metrics.picture, frozenset({Metrics}), ((), HILLS, DIGITS)),
    "loss_breakdown": Drawn(loss_breakdown.picture, frozenset({Curves, LossBreakdown}), ((), HILLS, IRIS, L1)),
}


@pytest.mark.parametrize(("drawn", "edits"), [(drawn, edits) for drawn in DRAWN.values() for edits in drawn.kinds])
def test_each_kind_of_problem_has_a_picture(drawn: Drawn, edits: Edits, tmp_path: Path) -> None:
    session = Session(written(*edits))
    session.train(20)
    drawn.picture(session.frame(drawn.needs), tmp_path / "picture.png")
    picture = imread(tmp_path / "picture.png")
    assert picture.shape[1] >= 1000
    assert picture.std() > 0.01


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=DRAWN)
def test_the_picture_changes_as_the_run_goes_on(drawn: Drawn, tmp_path: Path) -> None:
    session, pictures = Session(written()), []
    for epochs in (0, 20):
        session.train(epochs)
        drawn.picture(session.frame(drawn.needs), tmp_path / "picture.png")
        pictures.append(imread(tmp_path / "picture.png"))
    before, after = pictures
    assert before.shape != after.shape or not np.array_equal(before, after)


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=DRAWN)
def test_numbers_that_are_none_leave_a_picture(drawn: Drawn, tmp_path: Path) -> None:
    for source in ("circle", "hills"):
        session = Session(written(("data.source", source)))
        session.network.parameters[...] = np.nan
        with np.errstate(all="ignore"):
            drawn.picture(session.frame(drawn.needs), tmp_path / "picture.png")
        assert (tmp_path / "picture.png").exists()


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=DRAWN)
def test_a_frame_without_it_is_refused(drawn: Drawn, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the frame holds no"):
        drawn.picture(Session(written()).frame(), tmp_path / "picture.png")
    assert not list(tmp_path.iterdir())
