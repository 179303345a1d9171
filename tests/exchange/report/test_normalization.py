"""The report's picture of a normalization and of dropout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from playground.exchange.report.normalization import picture
from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.mc_dropout import MCDropout
from playground.experiment.looks.normalization import Normalized
from playground.experiment.run.session import Session
from playground.options import with_text, with_value


def frame_of(kind: str, dropout: float, steps: int = 60) -> Frame:
    config = with_text(Config(), "network.hidden.0.normalization", kind)
    session = Session(with_value(config, "training.noise.hidden_dropout", dropout))
    session.step(steps)
    return session.frame(frozenset({Normalized, MCDropout, LayerStatistics}))


KINDS = [("batch_norm", 0.0), ("layer_norm", 0.3), ("none", 0.3), ("none", 0.0)]


@pytest.mark.parametrize(("kind", "dropout"), KINDS)
def test_there_is_a_picture_of_what_there_is(kind: str, dropout: float, tmp_path: Path) -> None:
    path = tmp_path / "normalization.png"
    picture(frame_of(kind, dropout), path)
    assert imread(path).std() > 0.05


def test_the_course_of_mean_and_variance_is_in_it(tmp_path: Path) -> None:
    """More epochs change only the histograms' bars and the lines below them, so the lower half too."""
    drawn = []
    for steps in (10, 200):
        picture(frame_of("none", 0.0, steps), tmp_path / "normalization.png")
        drawn.append(imread(tmp_path / "normalization.png"))
    lower = [pixels[2 * len(pixels) // 3 :] for pixels in drawn]
    assert np.abs(lower[0] - lower[1]).max() > 0.3
