"""The layers view: what its four pictures hold is the frame's, and what the mouse and the sentence tell is true."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.gradient_flow import EDGES, GradientFlow
from playground.experiment.run.session import Session
from playground.nn.activations import Sigmoid
from playground.options import with_value
from playground.options.message import Message
from playground.ui.plots.curve import CurvePlot
from playground.ui.plots.layer_plots import (
    COLUMNS,
    Factors,
    Histograms,
    Sentence,
    Waterfall,
    decades,
    logarithms,
    plain_power,
    reach,
    waterfall_pixels,
)
from playground.ui.plots.legend import Legend
from playground.ui.plots.scale import Scale
from playground.ui.plots.tag import Tag
from playground.ui.theme import DARK, LIGHT
from playground.ui.views.layers import NEEDS, LayersView, Picture
from playground.ui.workspace.document import Document
from tests.frames import altered
from tests.ui.views.rig import show_alone

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., LayersView]
ALL = frozenset({Curves, GradientFlow, LayerStatistics})


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(frame: Frame | None = None, picture: str = "waterfall") -> LayersView:
        view = LayersView(Document(Config()), LIGHT)
        view.choose(picture=Picture(picture))
        show_alone(view, qtbot, frame, (600, 260))
        return view

    return make


def frame_of(*hidden: Layer, epochs: int = 10, members: int = 1) -> Frame:
    config = with_value(Config(), "network.hidden", hidden or (Layer(4), Layer(3)))
    session = Session(with_value(config, "ensemble.members", members))
    session.train(epochs)
    return session.frame(ALL)


def flow_of(frame: Frame, **changes: Any) -> GradientFlow:
    flow = frame.look(GradientFlow)
    assert flow is not None
    return dataclasses.replace(flow, **changes)


def item_of(view: LayersView, kind: type) -> Any:
    return next(item for item in view.figure().scene().items() if type(item) is kind)


def told_at(view: LayersView, plot: Any, x: float, y: float) -> str:
    return view.told(plot.vb.mapViewToScene(QPointF(x, y)))


def test_it_asks_only_for_what_its_picture_needs(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view()
    for picture, needs in NEEDS.items():
        button = view.findChild(QAbstractButton, f"layers.picture.{picture.value}")
        if picture is not Picture.WATERFALL:
            with qtbot.waitSignal(view.needs_changed):
                qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert view.needs == needs
        assert view.options.picture is picture
        assert button.toolTip() == button.accessibleDescription() != ""
        assert view.findChild(QLabel, "layers.caption").text()
    assert view.document.undo_stack.isClean()
    assert make_view().findChild(QAbstractButton, "layers.picture.waterfall").isChecked()


def test_a_picture_fills_its_room_after_another(make_view: MakeView) -> None:
    view = make_view(frame_of())
    for picture, kind in (("distribution", Histograms), ("updates", CurvePlot), ("waterfall", Waterfall)) * 2:
        view.choose(picture=Picture(picture))
        bottom = item_of(view, kind).geometry().bottom()
        assert bottom > 0.9 * view.canvas.height()


def test_every_network_and_moment_can_be_drawn(make_view: MakeView) -> None:
    frames = [frame_of(*(Layer(2, Sigmoid()),) * count, epochs=epochs) for count, epochs in ((10, 3), (1, 0), (4, 2))]
    frames += [frame_of(members=3), Session(with_value(Config(), "network.hidden", ())).frame(ALL)]
    view = make_view()
    for picture in Picture:
        view.choose(picture=Picture(picture))
        for theme, frame in zip((DARK, LIGHT, DARK, LIGHT, DARK), frames, strict=True):
            view.show_theme(theme)
            view.show_frame(frame)
            view.show_frame(altered(frame, curves=None, looks=()))  # of before it was asked for
            view.canvas.grab()


def test_the_waterfall_s_colours_are_the_norms() -> None:
    norms = np.array([[1e-4, 1.0, 0.0], [1e-2, 1.0, np.nan]])
    pixels = waterfall_pixels(np.array([5.0, 10.0]), norms, Scale(-4.0, 0.0, True), LIGHT)
    table = LIGHT.value_table()
    assert pixels.shape == (3, COLUMNS, 4)
    np.testing.assert_array_equal(pixels[0, 0], [*table[0], 255])
    np.testing.assert_array_equal(pixels[0, -1], [*table[128], 255])
    np.testing.assert_array_equal(pixels[1], np.tile([*table[255], 255], (COLUMNS, 1)))
    np.testing.assert_array_equal(pixels[2, 0], QColor(LIGHT.warning).getRgb())
    assert pixels[2, -1, 3] == 0
    change = np.flatnonzero((pixels[0] != pixels[0, 0]).any(axis=1))[0]
    assert change == round(0.75 * COLUMNS)  # half-way between the two records


def test_the_waterfall_spans_the_run_and_tells_a_record(make_view: MakeView) -> None:
    frame = frame_of(epochs=20)
    view = make_view(frame)
    image = item_of(view, pg.ImageItem)
    np.testing.assert_allclose(image.mapRectToParent(image.boundingRect()).getRect(), (0.0, -0.5, 20.0, 3.0))
    curves = frame.curves
    assert curves is not None
    record = int(np.flatnonzero(curves.epoch == 12.0)[0])
    told = told_at(view, item_of(view, Waterfall), 12.02, 1.2)
    assert told == f"epoch 12, layer 2: ‖∂L/∂W‖ = {curves.gradient_norm[record, 1]:#.3g}"
    assert "output" in told_at(view, item_of(view, Waterfall), 12.0, 2.0)
    assert view.told(QPointF(-5.0, -5.0)) == ""


def test_bars_stand_for_the_histograms(make_view: MakeView) -> None:
    frame = frame_of()
    counts = np.zeros((3, len(EDGES) - 1), int)
    counts[0, 40], counts[0, 41], counts[2, 50] = 4, 2, 7
    flow = flow_of(frame, gradients=counts, zero_gradients=np.array([8, 0, 0]))
    view = make_view(altered(frame, looks=(flow,)), "distribution")
    plot = item_of(view, Histograms)
    bars = plot._bars[0].opts
    np.testing.assert_allclose(bars["height"], np.array([8, 4, 2, 8]) * 0.1)  # of 8 and of 7 at most
    np.testing.assert_allclose(bars["x"], [-6.75, EDGES[40] + 0.125, EDGES[41] + 0.125, EDGES[50] + 0.125])
    np.testing.assert_allclose(bars["y0"], [-0.45, -0.45, -0.45, 1.55])
    assert told_at(view, plot, EDGES[40] + 0.1, 0.0).startswith("layer 1, 0.0100 to 0.0178: 4 gradients")
    assert told_at(view, plot, -6.75, 0.0).startswith("layer 1, exactly 0: 8 gradients, 0 weights")


def test_factors_grow_from_one_and_blame_has_its_stripe(make_view: MakeView) -> None:
    frame = frame_of()
    numbers = {"slope": [0.1, 1.0, 0.5], "gain": [10.0, 0.0, np.nan], "ratio": [0.01, 0.0, np.nan]}
    numbers |= {"signal": [2.0, 20.0, 10.0], "forward": [1.0, 10.0, 0.5]}
    changes = {name: np.array(values) for name, values in numbers.items()}
    flow = flow_of(frame, **changes, culprit=1, sentence=Message("Layer 2 is to blame."))
    view = make_view(altered(frame, looks=(flow,)), "factors")
    plot = item_of(view, Factors)
    slope, gain, forward = (bars.opts for bars in plot._bars)
    np.testing.assert_allclose((slope["x0"], slope["width"]), ([-1.0, 0.0], [1.0, 0.0]))
    np.testing.assert_allclose((gain["x0"], gain["width"]), ([0.0, -2.0], [1.0, 2.0]))  # nothing goes to the end
    np.testing.assert_allclose((forward["x0"] + forward["width"])[:2], [0.0, 1.0])
    np.testing.assert_allclose((forward["x0"][2], forward["width"][2]), np.log10([0.5, 2.0]))
    np.testing.assert_allclose(plot._dots.getData()[0], [-2.0, -2.0])
    assert plot._stripe.isVisible()
    assert plot._stripe.opts["y0"] == [0.5]
    assert item_of(view, Sentence).text == "Layer 2 is to blame."
    assert told_at(view, plot, 0.0, 0.0).splitlines() == [
        "layer 1: δ is × 0.0100 that of the layer above",
        "mean |f′(z)| = 0.100",
        "‖Wᵀδ‖ / ‖δ‖ = 10.0 of the weights above",
        "z spreads by 2.00, × 1.00 that of the layer below",
    ]
    assert told_at(view, plot, 0.0, 2.0) == (
        "output: its δ comes straight from the loss; its z spreads × 0.500 as far as that of the layer below"
    )
    normed = dataclasses.replace(flow, normalised=np.array([True, False, False]), passed=np.array([0.001, 1.0, np.nan]))
    view.show_frame(altered(frame, looks=(normed,)))
    np.testing.assert_allclose(plot._bars[0].opts["x0"], [-3.0, 0.0])
    assert "mean |f′(z)| = 0.100, with its normalisation × 0.00100" in told_at(view, plot, 0.0, 0.0)
    nobody = dataclasses.replace(flow, culprit=None)
    view.show_frame(altered(frame, looks=(nobody,)))
    assert not plot._stripe.isVisible()


def test_updates_are_the_vitals_in_a_band_about_a_thousandth(make_view: MakeView) -> None:
    frame = frame_of()
    layer_statistics = frame.look(LayerStatistics)
    assert layer_statistics is not None
    view = make_view(frame, "updates")
    plot = item_of(view, CurvePlot)
    for layer, curve in enumerate(plot._curves):
        epochs, places = curve.getData()
        np.testing.assert_array_equal(epochs, layer_statistics.epoch[1:])
        np.testing.assert_allclose(10.0**places, layer_statistics.update[1:, layer])
    np.testing.assert_allclose(item_of(view, pg.LinearRegionItem).getRegion(), (-3.5, -2.5))
    low, high = plot.vb.viewRange()[1]
    assert low < -3.5 < -2.5 < high
    legend = item_of(view, Legend)
    assert [entry.name for entry in legend.entries] == ["layer 1", "layer 2", "output"]
    assert legend.note == "epoch 10"
    assert "CS231n" in view.caption.text()
    assert "member" not in view.caption.text()
    view.show_frame(frame_of(members=3))
    assert "the first member" in view.caption.text()


def test_the_tag_follows_the_mouse(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(frame_of(), "factors")
    tag = view.findChild(Tag, "layers.tag")
    place = view.canvas.mapFromScene(item_of(view, Factors).vb.mapViewToScene(QPointF(0.0, 0.0)))

    def seen() -> bool:
        place.setX(place.x() ^ 1)
        qtbot.mouseMove(view.canvas.viewport(), place)
        return tag.isVisible() and tag.text().startswith("layer 1: δ is")

    qtbot.waitUntil(seen)


def test_scales_are_round_and_bounded() -> None:
    counts = np.zeros((1, len(EDGES) - 1), int)
    assert decades(counts) == (-6, 1)
    counts[0, 0] = 1
    assert decades(counts) == (-12, 1)
    assert reach(np.array([0.0, np.nan, 1.0])) == 1
    assert reach(np.array([0.003, 100.0])) == 3
    assert reach(np.array([1e-200])) == 8
    np.testing.assert_array_equal(logarithms(np.array([0.0, np.nan, 10.0, 1e9]), 3), [-3.0, 0.0, 1.0, 3.0])
    assert [plain_power(e) for e in (-2, 0, 3, -5)] == ["0.01", "1", "1,000", "10⁻⁵"]
