"""The gradient view: true numbers on a logarithmic scale, zeros said and never lost."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.run.session import Session
from playground.options import with_value
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.legend import Legend
from playground.ui.theme import DARK, LIGHT
from playground.ui.views.gradient import BarPlot, GradientView, Measure
from playground.ui.workspace.document import Document
from tests.frames import altered
from tests.ui.views.rig import show_alone

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., GradientView]


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(frame: Frame | None = None, theme: Any = LIGHT) -> GradientView:
        view = GradientView(Document(Config()), theme)
        show_alone(view, qtbot, frame)
        return view

    return make


def frame_of(epochs: int = 10, hidden: int | None = None) -> Frame:
    config = Config()
    if hidden is not None:
        config = with_value(config, "network.hidden", (Layer(2),) * hidden)
    session = Session(config)
    session.train(epochs)
    return session.frame()


def with_norms(frame: Frame, norms: Any, now: Any | None = None) -> Frame:
    """The frame with these norms, (records, layers), one record an epoch; the other measures are theirs doubled."""
    norms = np.asarray(norms, dtype=float)
    none = dict.fromkeys((field.name for field in dataclasses.fields(Curves)), np.full(len(norms), np.nan))
    records = {"epoch": np.arange(len(norms)) * 1.0, "step": np.arange(len(norms))}
    sizes = {"gradient_norm": norms, "gradient_largest": 2.0 * norms, "gradient_mean": 2.0 * norms}
    curves = Curves(**(none | records | sizes))
    last = norms[-1] if now is None else np.asarray(now)
    return altered(frame, curves=curves, gradient_now=np.stack([last, 2.0 * last, 2.0 * last], axis=1))


def item_of(view: GradientView, kind: type) -> Any:
    return next(item for item in view.figure().scene().items() if type(item) is kind)


def lines_of(view: GradientView) -> list[tuple[Any, Any]]:
    """What the faint lines hold: every record of each layer."""
    plot = item_of(view, CurvePlot)
    return [curve.getData() for curve in plot._curves]


def bars_of(view: GradientView) -> Any:
    return item_of(view, pg.BarGraphItem).opts


def ticks_of(view: GradientView) -> list[str]:
    axis = item_of(view, CurvePlot).getAxis("left")
    return axis.tickStrings(axis.tickValues(*axis.range, 200)[0][1], 1.0, 1.0)


def hover(view: GradientView, qtbot: QtBot, plot: Any, x: float, y: float, note: str) -> None:
    """Rest the mouse at a place; pyqtgraph leaves out moves that follow each other within 10 ms."""
    place = view.canvas.mapFromScene(plot.vb.mapViewToScene(QPointF(x, y)))
    legend = item_of(view, Legend)

    def seen() -> bool:
        place.setX(place.x() ^ 1)
        qtbot.mouseMove(view.canvas.viewport(), place)
        return legend.note == note

    qtbot.waitUntil(seen)


@pytest.mark.parametrize(("measure", "field"), [("norm", 0), ("largest", 1), ("mean", 2)])
def test_the_lines_are_the_frame_s(make_view: MakeView, qtbot: QtBot, measure: str, field: int) -> None:
    frame = frame_of()
    view = make_view(frame)
    assert view.needs == {Curves}
    qtbot.mouseClick(view.findChild(QAbstractButton, f"gradient.measure.{measure}"), Qt.MouseButton.LeftButton)
    curves = frame.curves
    sizes = (curves.gradient_norm, curves.gradient_largest, curves.gradient_mean)[field]
    assert np.isnan(sizes[0]).all()
    drawn = lines_of(view)
    assert len(drawn) == 3
    for layer, (epochs, places) in enumerate(drawn):
        np.testing.assert_array_equal(epochs, curves.epoch[1:])
        np.testing.assert_allclose(10.0**places, sizes[1:, layer])
    bottom = bars_of(view)["y0"]
    np.testing.assert_allclose(10.0 ** (bottom + bars_of(view)["height"]), frame.gradient_now[:, field])


def test_the_measure_is_chosen_and_remembered(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(frame_of())
    mean, norm = (view.findChild(QAbstractButton, f"gradient.measure.{name}") for name in ("mean", "norm"))
    assert norm.isChecked()
    qtbot.mouseClick(mean, Qt.MouseButton.LeftButton)
    assert view.options.measure is Measure.MEAN
    assert mean.isChecked()
    assert make_view().options.measure is Measure.MEAN
    qtbot.mouseClick(norm, Qt.MouseButton.LeftButton)
    assert view.options.measure is Measure.NORM


def test_every_control_explains_itself(make_view: MakeView) -> None:
    for control in make_view().findChildren(QAbstractButton):
        assert control.objectName()
        assert control.toolTip() == control.accessibleDescription() != ""


def test_one_colour_and_name_a_layer(make_view: MakeView) -> None:
    view = make_view(frame_of(2, hidden=10))
    legend = item_of(view, Legend)
    assert [entry.name for entry in legend.entries] == [*(f"layer {n}" for n in range(1, 11)), "output"]
    assert [entry.colour for entry in legend.entries] == LIGHT.layer_colours(11) == list(bars_of(view)["brushes"])
    view.show_theme(DARK)
    assert [entry.colour for entry in legend.entries] == DARK.layer_colours(11) == list(bars_of(view)["brushes"])


def test_a_zero_stands_at_the_bottom_and_is_called_zero(make_view: MakeView) -> None:
    view = make_view(with_norms(frame_of(1), [[0.1, 0.0, 1e-4]] * 5))
    (_, first), (_, second), (_, third) = lines_of(view)
    np.testing.assert_allclose(first, -1.0)
    np.testing.assert_allclose(third, -4.0)
    assert np.all(second < -4.0)
    assert np.all(np.isfinite(second))
    assert ticks_of(view)[0] == "0"
    assert bars_of(view)["height"][1] < 0.2 * bars_of(view)["height"][2] + 0.2
    view.canvas.grab()


def test_all_zeros_and_nothing_at_all_are_drawn(make_view: MakeView) -> None:
    frame = frame_of(1)
    for norms in ([[0.0, 0.0, 0.0]] * 3, [[np.nan] * 3], [[np.inf, 0.5, np.nan]] * 3, [[np.nan] * 3] * 2):
        view = make_view(with_norms(frame, norms))
        view.canvas.grab()
    make_view(Session(Config()).frame()).canvas.grab()  # before the first step


def test_a_smaller_network_follows_a_larger_one(make_view: MakeView) -> None:
    view = make_view()
    for hidden in (10, 1, 0, 4):
        frame = frame_of(3, hidden)
        view.show_frame(frame)
        view.show_frame(altered(frame, curves=None))  # nobody asked for curves
        view.canvas.grab()
        assert len(lines_of(view)) == hidden + 1 == len(bars_of(view)["height"])


def test_hover_shows_the_record_under_the_mouse(make_view: MakeView, qtbot: QtBot) -> None:
    norms = 10.0 ** -np.array([[1.0, 2.0, 3.0]] * 8 + [[2.0, 3.0, 4.0]] * 3)
    view = make_view(with_norms(frame_of(1), norms, now=[1e-3, 1e-3, 1e-3]))
    plot = item_of(view, CurvePlot)
    assert item_of(view, Legend).note == ""
    hover(view, qtbot, plot, 9.2, -3.1, "epoch 9   layer 2  0.00100")
    tops = bars_of(view)["y0"] + bars_of(view)["height"]
    np.testing.assert_allclose(tops, [-2.0, -3.0, -4.0])
    hover(view, qtbot, item_of(view, BarPlot), 2.1, -3.0, "output  0.00100")
    np.testing.assert_allclose(bars_of(view)["y0"] + bars_of(view)["height"], -3.0)
