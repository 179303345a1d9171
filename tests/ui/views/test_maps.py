"""The view of excitations and activations: large maps of one unit, small ones of all, curves along a single input."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from playground.data.dataset import Dataset
from playground.experiment.config import Config, Layer
from playground.experiment.looks.activation_maps import ActivationMaps, crossings
from playground.experiment.run.session import Session
from playground.nn.activations import ReLU, Softmax, Tanh
from playground.options import with_value
from playground.ui.plots.map_sheet import MapSheet, tiled
from playground.ui.plots.unit_curves import UnitCurves
from playground.ui.theme import CLASSES, DARK, LIGHT
from playground.ui.views.maps import MapsView
from playground.ui.workspace.document import Document
from tests.frames import altered, look_at
from tests.ui.views.rig import show_alone

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., MapsView]


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(session: Session, theme: Any = LIGHT) -> MapsView:
        view = MapsView(Document(session.config, selection=session.selection), theme)
        show_alone(view, qtbot, session.frame(MapsView.needs), (400, 440))
        return view

    return make


def session_of(*layers: Layer, layer: int = 0, unit: int = 0, output: Any = None, line: bool = False) -> Session:
    config: Config = with_value(Config(), "network.hidden", layers)
    config = with_value(config, "network.output", output)
    x = np.linspace(-2.0, 2.0, 40)
    data = Dataset(x[:, None], np.abs(x), ("x",), (), "y", "a curve") if line else None
    return look_at(Session(config, data), layer=layer, unit=unit)


def sheet_of(view: MapsView) -> MapSheet:
    return view._sheet


def colour_at(image: QImage, x: float, y: float) -> str:
    """At a share of the way to the right and up."""
    return image.pixelColor(int(x * image.width()), int((1.0 - y) * image.height())).name()


def expected(value: float, low: float, high: float) -> str:
    level = int(np.clip((value - low) * (256.0 / (high - low)), 0.0, 255.0))
    return QColor(*LIGHT.map_table()[level].tolist()).name()


def test_the_large_maps_are_one_unit_s(make_view: MakeView) -> None:
    session = session_of(Layer(3, Tanh()), unit=2)
    look = session.frame(MapsView.needs).look(ActivationMaps)
    assert look is not None
    view = make_view(session)
    sheet = sheet_of(view)
    assert [panel.title for panel in sheet._panels] == ["pre-activation z", "activation h"]
    assert sheet._panels[1].levels == (-1.0, 1.0)
    reach = sheet._panels[0].levels[1]
    assert np.abs(look.z).max() <= reach
    for x, y in ((0.1, 0.8), (0.7, 0.3)):
        row, column = int(y * 96), int(x * 96)
        for image, maps, end in zip(sheet._large, (look.z, look.h), (reach, 1.0), strict=True):
            low = expected(float(maps[2, row, column]), -end, end)
            assert colour_at(image, (column + 0.5) / 96, (row + 0.5) / 96) == low


def test_the_small_maps_are_all_units_and_a_click_chooses_one(make_view: MakeView, qtbot: QtBot) -> None:
    view = make_view(session_of(Layer(5, Tanh())))
    sheet = sheet_of(view)
    assert [image.height() // image.width() for image in sheet._small] == [5, 5]
    places = sheet._small_places
    assert len(places) == 5
    assert not any(a.intersects(b) for a in places for b in places if a is not b)
    assert all(sheet.rect().adjusted(-1, -1, 1, 1).contains(place) for place in places)
    at = view.canvas.mapFromScene(sheet.mapToScene(places[3].center()))
    qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert view.document.selection.unit == 3
    assert sheet._unit == 3
    view.document.select(unit=0)
    assert sheet._unit == 0


def test_the_line_is_where_the_unit_changes_sides(make_view: MakeView) -> None:
    session = session_of(Layer(2, Tanh()))
    session.set_weight(0, 0, 0, 1.0)
    session.set_weight(0, 0, 1, 0.0)
    session.set_weight(0, 0, 2, 0.0)
    sheet = sheet_of(make_view(session))
    border = sheet._border.boundingRect()
    assert (border.left(), border.right()) == pytest.approx((0.5, 0.5), abs=0.05)
    assert border.height() > 0.9


def test_the_output_layer_is_shown_soft_and_hard(make_view: MakeView) -> None:
    session = session_of(Layer(3), layer=1)
    session.train(3)
    sheet = sheet_of(make_view(session))
    assert [panel.title for panel in sheet._panels] == ["pre-activation z", "output, soft", "hard"]
    assert [panel.levels for panel in sheet._panels[1:]] == [(0.0, 1.0)] * 2
    assert not sheet._small
    hard = sheet._large[2]
    ends = {QColor(*LIGHT.map_table()[level].tolist()).name() for level in (0, 255)}
    assert {colour_at(hard, x, y) for x in (0.1, 0.5, 0.9) for y in (0.1, 0.5, 0.9)} <= ends


def test_several_outputs_are_chosen_from(make_view: MakeView) -> None:
    sheet = sheet_of(make_view(session_of(Layer(3), layer=1, unit=1, output=Softmax())))
    assert len(sheet._small) == 2
    assert sheet._panels[1].levels == (0.0, 1.0)
    for panel in sheet._panels:
        assert [QColor(*table[255].tolist()).name() for table in panel.tables] == list(CLASSES[: len(panel.tables)])
        assert len(panel.tables) == len(panel.maps)


def test_what_lies_under_the_mouse_is_told(make_view: MakeView) -> None:
    session = session_of(Layer(3, Tanh()), unit=1)
    look = session.frame(MapsView.needs).look(ActivationMaps)
    assert look is not None
    view = make_view(session)
    sheet = sheet_of(view)
    place = sheet._large_places[1]
    told = view.told(
        sheet.mapToScene(QPointF(place.left() + 0.25 * place.width(), place.bottom() - 0.75 * place.height()))
    )
    assert told.startswith("x₁ −")
    assert f"h {look.h[1, 72, 24]:.3g}".replace("-", "−") in told
    assert view.told(sheet.mapToScene(sheet._small_places[2].center())) == "unit 3"
    assert view.told(QPointF(-5.0, -5.0)) == ""


def test_the_colours_of_z_do_not_flicker(make_view: MakeView) -> None:
    session = session_of(Layer(2, ReLU()))
    view = make_view(session)
    before = [panel.levels for panel in sheet_of(view)._panels]
    for weights in session.network.weights[:1]:
        weights *= 0.8
    view.show_frame(session.frame(MapsView.needs))
    assert [panel.levels for panel in sheet_of(view)._panels] == before


def test_along_a_single_input_there_are_curves_and_kinks(make_view: MakeView) -> None:
    session = session_of(Layer(4, ReLU()), unit=2, line=True)
    session.train(2)
    look = session.frame(MapsView.needs).look(ActivationMaps)
    assert look is not None
    assert look.x is not None
    assert look.answer is not None
    view = make_view(session)
    assert isinstance(view._shown, UnitCurves)
    curves = view._curves
    for unit, curve in enumerate(curves.curves):
        np.testing.assert_array_equal(curve.getData()[1], look.h[unit, 0])
    widths = [curve.opts["pen"].widthF() for curve in curves.curves]
    assert np.argmax(widths) == 2
    np.testing.assert_array_equal(curves.answer.getData()[1], look.answer[0])
    _, places = crossings(look.x, look.z[:, 0])
    np.testing.assert_array_equal(curves.kinks.getData()[0], places)
    assert curves.points.getData()[0].size == len(session.scene.train_y)
    assert "bends" in view.caption.text()


def test_from_a_plane_to_a_line_and_back(make_view: MakeView) -> None:
    plane, line = session_of(Layer(3)), session_of(Layer(3), line=True)
    view = make_view(plane)
    for session, kind in ((line, UnitCurves), (plane, MapSheet)):
        view.show_frame(session.frame(MapsView.needs))
        assert type(view._shown) is kind
        shown = [item for item in view.figure().scene().items() if type(item) in (UnitCurves, MapSheet)]
        assert shown == [view._shown]


def test_numbers_beyond_all_bounds_and_both_themes(make_view: MakeView) -> None:
    session = session_of(Layer(2, ReLU()))
    view = make_view(session)
    frame = session.frame(MapsView.needs)
    look = frame.look(ActivationMaps)
    assert look is not None
    broken = look.z.copy()
    broken[:, :48] = np.nan
    broken[:, 48:] = np.inf
    view.show_frame(altered(frame, looks=(dataclasses.replace(look, z=broken, h=broken),)))
    view.show_theme(DARK)
    assert not view.grab().isNull()


@given(
    st.integers(1, 40), st.floats(200, 2000), st.floats(200, 2000), st.sampled_from([(8.0, 1.0, 20.0), (4.0, 2.0, 1.0)])
)
def test_tiles_fill_the_room_and_keep_apart(count: int, width: float, height: float, shape: tuple[float, ...]) -> None:
    gap, times, plus = shape
    room = QRectF(5.0, 7.0, width, height)
    places = tiled(count, room, gap, times, plus)
    assert len(places) == count
    side = places[0].width()
    assert all(place.width() == side for place in places)
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[i + 1 :])
    if side > 4.0:  # but for the rounding to whole pixels
        assert all(room.adjusted(-1.0, -1.0, 1.0, 1.0).contains(place) for place in places)
