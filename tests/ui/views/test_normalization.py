"""The normalisation view: histograms, means and bars are the frame's, and a layer without is told how to get one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QComboBox, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.mc_dropout import MASKS, MCDropout
from playground.experiment.looks.normalization import Normalized
from playground.experiment.run.session import Session
from playground.options import with_text, with_value
from playground.options.numerals import written
from playground.ui.plots.heat_map import shades
from playground.ui.theme import DARK, LIGHT
from playground.ui.viewing.figure import save_figure
from playground.ui.views.normalization import NormalizationView, Period
from playground.ui.workspace.document import Document
from tests.frames import look_at
from tests.ui.views.rig import show_alone

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., NormalizationView]


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(config: Config, frame: Frame) -> NormalizationView:
        view = NormalizationView(Document(config), LIGHT)
        show_alone(view, qtbot, frame, (640, 320))
        return view

    return make


def config_of(kind: str = "batch_norm", dropout: float = 0.0) -> Config:
    config = with_text(Config(), "network.hidden.0.normalization", kind)
    return with_value(config, "training.noise.hidden_dropout", dropout)


def frame_of(config: Config, steps: int = 60, layer: int = 0) -> Frame:
    session = look_at(Session(config), layer=layer)
    session.step(steps)
    return session.frame(NormalizationView.needs)


def look_of(frame: Frame) -> Normalized:
    look = frame.look(Normalized)
    assert look is not None
    return look


def told(view: NormalizationView) -> str:
    return view.findChild(QLabel, "normalization.sentence").text()


def test_bars_are_means_and_deviations(make_view: MakeView) -> None:
    config = config_of()
    frame = frame_of(config)
    view, look = make_view(config, frame), look_of(frame)
    assert look.after is not None
    assert look.gain is not None
    assert look.shift is not None
    assert look.running_mean is not None
    assert look.running_deviation is not None
    for plot, mean, deviation in (
        (view._before._own, look.before.mean, look.before.deviation),
        (view._before._other, look.running_mean, look.running_deviation),
        (view._after._own, look.after.mean, look.after.deviation),
        (view._after._other, look.shift, np.abs(look.gain)),
    ):
        ends = plot.getData()[1].reshape(-1, 2)
        np.testing.assert_allclose(ends.mean(axis=1), mean, atol=1e-12)
        np.testing.assert_allclose(ends[:, 1] - ends[:, 0], 2.0 * deviation)
    units, means = view._before._singles.getData()
    np.testing.assert_array_equal(means[::2], look.batch_means.ravel())
    assert (units[:2] < 1.0).all()
    assert (np.round(units[-2:]) == 4.0).all()


def test_a_histogram_is_widest_where_most_lie(make_view: MakeView) -> None:
    config = config_of()
    frame = frame_of(config)
    view, look = make_view(config, frame), look_of(frame)
    path = view._before._histograms.path()
    points = np.array([(path.elementAt(i).x, path.elementAt(i).y) for i in range(path.elementCount())])
    first = points[points[:, 0] < 1.5]
    widest = first[np.abs(first[:, 0] - 1.0).argmax(), 1]
    most = look.before.counts[0].argmax()
    assert look.before.edges[most] - 1e-9 <= widest <= look.before.edges[most + 1] + 1e-9


def test_a_layer_without_is_told_how_to_get_one(make_view: MakeView) -> None:
    config = config_of()
    frame = frame_of(config)
    view = make_view(config, frame)
    assert "batch norm" in told(view)
    assert "γ" in told(view)
    bare = with_text(Config(), "network.hidden.0.normalization", "none")
    view.show_frame(frame_of(bare))
    assert "no normalisation" in told(view)
    assert "choose batch norm" in told(view)
    assert view._after.scene() is None
    view.show_frame(frame_of(bare, layer=2))
    assert "the answer" in told(view)
    view.show_frame(frame)
    assert view._after.scene() is not None


def test_layer_norm_is_compared_with_nothing(make_view: MakeView) -> None:
    config = config_of("layer_norm")
    view = make_view(config, frame_of(config))
    assert "layer norm" in told(view)
    assert "running" not in told(view)
    assert not np.size(view._before._other.getData()[0])
    assert not np.size(view._after._other.getData()[0])


def test_dropout_brings_the_map(make_view: MakeView) -> None:
    config = config_of(dropout=0.3)
    frame = frame_of(config)
    view = make_view(config, frame)
    mc_dropout = frame.look(MCDropout)
    assert mc_dropout is not None
    np.testing.assert_array_equal(view._image.image, shades(mc_dropout.deviation, view._key.levels))
    view.canvas.grab()
    x_low, x_high, y_low, y_high = frame.scene.extent
    place = view._map.vb.mapViewToScene(QPointF((x_low + x_high) / 2.0 + 1e-6, (y_low + y_high) / 2.0 + 1e-6))
    assert view.told(place) == f"standard deviation {mc_dropout.deviation[20, 20]:.3g} over {MASKS} masks"
    view.show_frame(frame_of(config_of()))
    assert view._map.scene() is None


def test_the_mouse_tells_a_unit_s_numbers(make_view: MakeView) -> None:
    config = config_of()
    view = make_view(config, frame_of(config))
    view.canvas.grab()
    assert view.told(view._before.vb.mapViewToScene(QPointF(3.1, 0.0))).startswith("Unit 3 in: ")
    assert view.told(QPointF(-9.0, -9.0)) == ""


def test_the_chosen_unit_is_told(make_view: MakeView) -> None:
    config = config_of()
    view = make_view(config, frame_of(config))
    view.findChild(QComboBox, "normalization.unit").activated.emit(2)
    assert view.document.selection.unit == 2
    assert "Unit 3 in:" in told(view)


def test_it_is_exported_in_both_themes(make_view: MakeView, tmp_path: Any) -> None:
    config = config_of(dropout=0.2)
    view = make_view(config, frame_of(config))
    drawn = []
    for theme in (LIGHT, DARK):
        view.show_theme(theme)
        save_figure(view, tmp_path / f"{theme.name}.png")
        save_figure(view, tmp_path / f"{theme.name}.svg")
        drawn.append((tmp_path / f"{theme.name}.png").read_bytes())
    assert drawn[0] != drawn[1]
    assert view.caption.text()


# Over time


def history_of(kind: str, epochs: int = 4) -> tuple[Config, Frame]:
    config = config_of(kind)
    session = Session(config)
    session.train(epochs)
    return config, session.frame(NormalizationView.needs)


def lines(plot: Any) -> Any:
    return np.stack([curve.getData()[1] for curve in plot._curves], axis=1)


@pytest.mark.parametrize("kind", ["none", "batch_norm", "layer_norm"])
def test_over_time_each_unit_has_a_line_of_means_and_one_of_variances(make_view: MakeView, kind: str) -> None:
    config, frame = history_of(kind)
    view, layer_statistics = make_view(config, frame), frame.look(LayerStatistics)
    view.choose(period=Period.OVER_TIME)
    assert layer_statistics is not None
    own = slice(0, 4)
    sides = (1,) if kind == "none" else (1, 0)
    mean = np.hstack([layer_statistics.mean[side, :, own] for side in sides])
    variance = np.hstack([layer_statistics.variance[side, :, own] for side in sides])
    np.testing.assert_allclose(lines(view._history.mean), mean, atol=1e-8)
    np.testing.assert_allclose(lines(view._history.variance), np.log10(variance))
    assert view._history.mean.scene() is view.canvas.scene()
    assert view._before.scene() is None
    assert "unit 1: mean" in view._history.legend.note


def test_the_period_is_chosen_and_back(make_view: MakeView) -> None:
    config = config_of()
    view = make_view(config, frame_of(config))
    view.findChild(QToolButton, "normalization.period.over_time").click()
    assert view.options.period is Period.OVER_TIME
    assert view._history.mean.scene() is view.canvas.scene()
    view.choose(period=Period.NOW)
    assert view._history.mean.scene() is None
    assert view._before.scene() is view.canvas.scene()


def test_over_time_another_unit_tells_its_numbers_and_the_mouse_those_below_it(make_view: MakeView) -> None:
    config, frame = history_of("batch_norm")
    view, layer_statistics = make_view(config, frame), frame.look(LayerStatistics)
    view.choose(period=Period.OVER_TIME)
    assert layer_statistics is not None
    view.document.select(unit=2)
    assert view._history.legend.note.startswith("unit 3: mean ")
    plot = view._history.variance
    plot.record, plot.line = 1, 4 + 3
    plot.pointed.emit()
    assert view._history.legend.note == (
        f"epoch 1   unit 4 before batch norm: mean 0, variance {written(layer_statistics.variance[0, 1, 3])}"
    )
