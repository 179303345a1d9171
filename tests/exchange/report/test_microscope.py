"""The report's picture of one weight's steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.image import imread

from playground.exchange.report.microscope import picture
from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.microscope import Microscope
from playground.experiment.session import Session
from playground.nn.optimizers import OPTIMIZERS
from playground.options import with_text


def frame_of(optimizer: str, steps: int) -> Frame:
    config = with_text(with_text(Config(), "training.optimizer", optimizer), "training.batch_size", "1000")
    session = Session(config)
    session.frame(frozenset({Microscope.need}))
    session.step(steps)
    return session.frame(frozenset({Microscope.need}))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_has_a_picture(optimizer: str, tmp_path: Path) -> None:
    path = tmp_path / "microscope.png"
    picture(frame_of(optimizer, 3), path)
    pixels = imread(path)
    assert pixels.shape[0] > 300
    assert pixels.std() > 0.05


def test_without_steps_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no step"):
        picture(frame_of("adam", 0), tmp_path / "microscope.png")
    with pytest.raises(ValueError, match="no step"):
        picture(Session(Config()).frame(), tmp_path / "microscope.png")
    assert not list(tmp_path.iterdir())
