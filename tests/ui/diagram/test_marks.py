"""Bands where a layer is normalised, and the key: where they stand, what they say, and that they cover nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QToolTip

from playground.experiment.config import Config, Layer, NetworkConfig
from playground.nn.normalizations import NORMALIZATIONS, BatchNorm, LayerNorm, NoNormalization, Normalization
from playground.ui.diagram.canvas import Canvas
from playground.ui.diagram.geometry import Geometry
from playground.ui.diagram.marks import BAND, SIGNS, Key, bands_of, words_of_key
from playground.ui.diagram.numbers import Quantity
from playground.ui.diagram.picture import Diagram
from playground.ui.theme import DARK, LIGHT, Theme
from tests.ui.conftest import Pilot
from tests.ui.diagram.test_diagram import geometries


@pytest.fixture(autouse=True)
def application(qapp: object) -> None:
    """Fonts and images need one."""


def normalised(*kinds: Normalization) -> Config:
    return Config(network=NetworkConfig(hidden=tuple(Layer(3, normalization=kind) for kind in kinds)))


def geometry_of(config: Config, width: int = 600, height: int = 300) -> Geometry:
    shape = (2, *(layer.units for layer in config.network.hidden), 1)
    return Geometry.fitted(shape, width, height, 40, 24)


def painted(diagram: Diagram) -> QImage:
    image = QImage(diagram.geometry.width, diagram.geometry.height, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        diagram.paint(painter, image.rect())
    return image


# Bands


def test_every_normalisation_has_a_sign_of_its_own() -> None:
    signs = [cls.sign for cls in NORMALIZATIONS.values()]
    assert signs == ["", "BN", "LN"]


def test_batch_norm_has_a_band_a_unit_and_layer_norm_one_across_all() -> None:
    config = normalised(BatchNorm(), LayerNorm(), NoNormalization(), BatchNorm(after=True))
    geometry = geometry_of(config)
    bands = bands_of(config, geometry)
    assert [band.kind.sign for band in bands] == ["BN"] * 3 + ["LN"] + ["BN"] * 3
    for unit, band in enumerate(bands[:3]):
        picture = geometry.unit(1, unit)
        assert (band.rect.top(), band.rect.height()) == (picture.top(), picture.height())
        assert geometry.left[0] + geometry.sides[0] < band.rect.left() < band.rect.right() < picture.left()
    across = bands[3].rect
    assert (across.top(), across.bottom()) == (geometry.unit(2, 0).top(), geometry.unit(2, 2).bottom())
    assert all(band.rect.left() > geometry.unit(4, 0).right() for band in bands[4:]), "behind the activation"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("kind", [BatchNorm(), LayerNorm(after=True)])
def test_a_normalised_layer_is_seen(theme: Theme, kind: Normalization) -> None:
    plain, config = normalised(NoNormalization()), normalised(kind)
    geometry = geometry_of(config)
    band = bands_of(config, geometry)[0].rect
    one, other = (painted(Diagram(each, None, geometry, theme)).copy(band) for each in (plain, config))
    changed = sum(one.pixel(x, y) != other.pixel(x, y) for x in range(band.width()) for y in range(band.height()))
    assert changed > 0.7 * band.width() * band.height(), "but for its lower end, where the bias lies"
    assert band.width() == BAND


def test_a_band_says_what_it_does_where_the_pointer_rests(pilot: Pilot) -> None:
    canvas = pilot.find(Canvas, "network_diagram")
    pilot.window.document.set("network.hidden.0.normalization", BatchNorm(), "")
    band = bands_of(pilot.window.document.config, canvas.diagram.geometry)[0].rect
    QApplication.sendEvent(
        canvas, QHelpEvent(QHelpEvent.Type.ToolTip, band.center(), canvas.mapToGlobal(band.center()))
    )
    assert QToolTip.text().startswith("batch norm: γ")
    assert canvas.diagram.help_at(QPoint(1, 1)) == ""


# The key


@given(geometries, st.sampled_from(list(SIGNS)))
def test_the_key_covers_nothing(geometry: Geometry, what: str) -> None:
    place = Key(geometry, what).place(QFontMetrics(QApplication.font()))
    assume(place is not None)
    assert place is not None
    assert QRect(0, 0, geometry.width, geometry.height).contains(place)
    for column in range(len(geometry.shape)):
        for unit in range(geometry.count(column)):
            assert not geometry.unit(column, unit).intersects(place)
    for layer, units in enumerate(geometry.shape[1:]):
        for unit, input in (
            (0, 0),
            (units - 1, geometry.shape[layer] - 1),
            (units - 1, 0),
            (0, geometry.shape[layer] - 1),
        ):
            for along in range(11):
                assert not place.contains(geometry.edge_point(layer, unit, input, along / 10).toPoint())


def test_it_finds_room_in_usual_networks_and_none_in_full_ones() -> None:
    metrics = QFontMetrics(QApplication.font())
    rows = tuple(range(9))
    for shape in ((2, 4, 2, 1), (7, *[8] * 6, 1), (2, 1)):
        assert Key(Geometry.fitted(shape, 598, 330, 50, 24, 1.0, rows), Quantity.WEIGHTS).place(metrics) is not None
    assert Key(Geometry.fitted((9, 9, 9), 300, 240), Quantity.WEIGHTS).place(metrics) is None


def test_the_key_goes_at_the_press_of_its_button_and_names_what_edges_show(pilot: Pilot) -> None:
    canvas, button = pilot.find(Canvas, "network_diagram"), pilot.find(QToolButton, "diagram_key")
    metrics = QFontMetrics(QApplication.font())
    place = Key(canvas.diagram.geometry, Quantity.WEIGHTS).place(metrics)
    assert place is not None
    assert canvas.diagram.key
    shown = canvas.grab().toImage()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not canvas.diagram.key
    assert canvas.grab().toImage() != shown
    assert painted(replace(canvas.diagram, key=True)) != painted(canvas.diagram)
    for what, sign in SIGNS.items():
        pilot.window.editor.choose(edges=what)
        assert f"|{sign}|" in button.toolTip()
        assert sign in words_of_key(what)
        assert Key(canvas.diagram.geometry, what).words[0] == f"|{sign}|"
