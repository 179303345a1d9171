"""The report's picture of a normalization and of dropout."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.image import imread

from playground.exchange.report.normalization import picture
from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.normalized import Normalized
from playground.experiment.session import Session
from playground.experiment.thinned import Thinned
from playground.options import with_text, with_value


def frame_of(kind: str, dropout: float) -> Frame:
    config = with_text(Config(), "network.hidden.0.normalization", kind)
    session = Session(with_value(config, "training.noise.hidden_dropout", dropout))
    session.step(10)
    return session.frame(frozenset({Normalized.need, Thinned.need}))


@pytest.mark.parametrize(("kind", "dropout"), [("batch_norm", 0.0), ("layer_norm", 0.3), ("none", 0.3)])
def test_there_is_a_picture_of_what_there_is(kind: str, dropout: float, tmp_path: Path) -> None:
    path = tmp_path / "normalization.png"
    picture(frame_of(kind, dropout), path)
    assert imread(path).std() > 0.05


def test_without_either_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no normalisation"):
        picture(frame_of("none", 0.0), tmp_path / "normalization.png")
    assert not list(tmp_path.iterdir())
