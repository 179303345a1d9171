"""The picture of one example's way: every step of small and deep networks, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

from playground.exchange.report.backprop import picture
from playground.experiment.backprop.trace import BackpropTrace
from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.run.session import Session
from playground.nn.normalizations import BatchNorm
from playground.options import with_value

PNG = b"\x89PNG\r\n\x1a\n"


def session_of(*hidden: Layer) -> Session:
    session = Session(with_value(Config(), "network.hidden", hidden))
    session.step(3)
    return session


def frame_of(session: Session) -> Frame:
    return session.frame(frozenset({BackpropTrace}))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written into a picture."""
    words: list[str] = []
    write = Axes.text

    def text(self: Axes, x: float, y: float, s: str, *args: Any, **style: Any) -> Any:
        words.append(s)
        return write(self, x, y, s, *args, **style)

    monkeypatch.setattr(Axes, "text", text)
    return words


def test_every_step_and_number_is_there(tmp_path: Path, written: list[str]) -> None:
    frame = frame_of(session_of(Layer(3)))
    picture(frame, tmp_path / "trace.png")
    assert (tmp_path / "trace.png").read_bytes().startswith(PNG)
    trace = frame.look(BackpropTrace)
    assert trace is not None
    assert "training example 1 through" in written[0]
    for step in trace.steps:
        assert {step.title, step.formula} <= set(written)
    weights = trace.steps[0].matrices[0].values
    assert {f"{value:.4f}".replace("-", "−") for value in weights.ravel() if abs(value) > 1e-3} <= set(written)


def test_a_large_layer_is_cut(tmp_path: Path, written: list[str]) -> None:
    picture(frame_of(session_of(Layer(20, normalization=BatchNorm()))), tmp_path / "trace.png")
    assert "…" in written


def test_numbers_that_are_not_finite_are_drawn(tmp_path: Path) -> None:
    session = session_of(Layer(2))
    session.network.weights[0][...] = [[np.nan, np.inf, 0.0], [0.0, 0.0, 0.0]]
    picture(frame_of(session), tmp_path / "trace.png")
    assert (tmp_path / "trace.png").exists()


def test_without_a_walk_there_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no trace"):
        picture(Session(Config()).frame(), tmp_path / "trace.png")
    assert not list(tmp_path.iterdir())
