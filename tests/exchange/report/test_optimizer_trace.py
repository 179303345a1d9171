"""The report's picture of one weight's steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.image import imread

from playground.exchange.report import optimizer_trace
from playground.exchange.report.optimizer_trace import picture
from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.optimizer_trace import OptimizerTrace
from playground.experiment.run.session import Session
from playground.nn.optimizers import OPTIMIZERS
from playground.options import with_text


def frame_of(optimizer: str, steps: int) -> Frame:
    config = with_text(with_text(Config(), "training.optimizer", optimizer), "training.batch_size", "1000")
    session = Session(config)
    session.observe(frozenset({OptimizerTrace}))
    session.step(steps)
    return session.frame(frozenset({OptimizerTrace}))


def test_there_is_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "optimizer_trace.png"
    picture(frame_of("adam", 3), path)
    pixels = imread(path)
    assert pixels.shape[0] > 300
    assert pixels.std() > 0.05


def test_every_optimizer_has_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = []
    monkeypatch.setattr(optimizer_trace, "write", lambda figure, path: figures.append(figure))
    for optimizer in OPTIMIZERS:
        frame = frame_of(optimizer, 3)
        trace = frame.look(OptimizerTrace)
        assert trace is not None
        picture(frame, tmp_path / "optimizer_trace.png")
        figures[-1].set_layout_engine("none")  # which would take twice the time
        figures[-1].draw_without_rendering()
        titles = {axes.get_title(loc="left") for axes in figures[-1].axes}
        assert titles == {"gradient", *trace.history.memories, "rate", "step", "weight"}, optimizer
        assert all(axes.lines for axes in figures[-1].axes), optimizer


def test_without_steps_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no step"):
        picture(frame_of("adam", 0), tmp_path / "optimizer_trace.png")
    with pytest.raises(ValueError, match="no step"):
        picture(Session(Config()).frame(), tmp_path / "optimizer_trace.png")
    assert not list(tmp_path.iterdir())


def test_it_shows_the_whole_course_over_a_logarithmic_axis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures = []
    monkeypatch.setattr(optimizer_trace, "write", lambda figure, path: figures.append(figure))
    session = Session(with_text(Config(), "training.optimizer", "adagrad"))
    for steps in (7, 2600):  # seven of them are before it is looked at
        session.step(steps)
        session.observe(frozenset({OptimizerTrace}))
        frame = session.frame(frozenset({OptimizerTrace}))
    picture(frame, tmp_path / "optimizer_trace.png")
    [figure] = figures
    assert "steps 8 to 2,607" in figure.get_suptitle()
    for axes in figure.axes:
        assert axes.get_xscale() == "log"
        assert axes.lines[0].get_xdata()[[0, -1]].tolist() == [1.0, 2600.0]
    assert [axes.get_yscale() for axes in figure.axes] == ["linear", "log", "log", "linear", "linear"]
    assert figure.axes[-1].get_xlabel() == "step, counted from 8 on"
