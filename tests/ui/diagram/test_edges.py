"""What the edges of the diagram show: weights, gradients or the last updates, in paint, in words and in the window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.looks.edge_values import EdgeValues
from playground.experiment.looks.maps import UnitMaps
from playground.experiment.run.session import Session
from playground.nn.activations import Sigmoid
from playground.options import with_value
from playground.ui.diagram.bar import DiagramBar
from playground.ui.diagram.canvas import Canvas
from playground.ui.diagram.geometry import Geometry, Place
from playground.ui.diagram.numbers import Quantity
from playground.ui.diagram.picture import Diagram
from playground.ui.theme import LIGHT, NEGATIVE, POSITIVE
from tests.frames import altered

NEEDS = frozenset({UnitMaps, EdgeValues})


@pytest.fixture(autouse=True)
def application(qapp: object) -> None:
    """Fonts and images need one."""


def showing(*layers: Layer) -> Config:
    config: Config = with_value(Config(), "network.hidden", layers or (Layer(2),))
    return config


def moment(config: Config, steps: int = 3) -> Frame:
    session = Session(config)
    session.step(steps)
    return session.frame(NEEDS)


def diagram_of(config: Config, frame: Frame, what: Quantity) -> Diagram:
    shape = (2, *(layer.units for layer in config.network.hidden), 1)
    return Diagram(config, frame, Geometry.fitted(shape, 600, 300, 24, 24), LIGHT, what=what)


def with_gradients(frame: Frame, *matrices: Any) -> Frame:
    arrays = tuple(np.array(matrix, float) for matrix in matrices)
    return altered(frame, looks=(EdgeValues(arrays, arrays),))


def strongest(diagram: Diagram, place: Place) -> QColor:
    """The colour furthest from the ground across the middle of an edge."""
    image = QImage(diagram.geometry.width, diagram.geometry.height, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        diagram.paint(painter, image.rect())
    assert place.input is not None
    middle = diagram.geometry.edge_point(place.layer, place.unit, place.input, 0.25).toPoint()
    colours = [image.pixelColor(middle + QPoint(0, dy)) for dy in range(-3, 4)]
    return min(colours, key=lambda colour: colour.value() - colour.saturation())


@pytest.mark.parametrize("what", Quantity)
def test_edges_show_the_frame_s_numbers_and_editing_stays_with_the_weights(what: Quantity) -> None:
    config = showing()
    frame = moment(config)
    diagram, values = diagram_of(config, frame, what), frame.look(EdgeValues)
    assert values is not None
    shown = [frame.weights, values.gradients, values.updates][list(Quantity).index(what)]
    for place in (Place(0, 1, 0), Place(0, 1, 2), Place(1, 0, 1)):
        assert place.input is not None
        assert diagram.shown(place) == shown[place.layer][place.unit, place.input]
        assert diagram.value(place) == frame.weights[place.layer][place.unit, place.input]


def test_the_largest_gradient_of_the_network_has_the_full_colour_however_small() -> None:
    config = showing()
    frame = with_gradients(moment(config), [[1e-9, -1e-9, 0.0], [1e-12, 0.0, 0.0]], [[0.0, 0.0, 1e-10]])
    diagram = diagram_of(config, frame, Quantity.GRADIENTS)
    assert strongest(diagram, Place(0, 0, 0)).name() == POSITIVE
    assert strongest(diagram, Place(0, 0, 1)).name() == NEGATIVE
    assert strongest(diagram, Place(0, 1, 0)).saturation() < 120
    assert strongest(diagram, Place(0, 1, 1)).saturation() < 60


def test_where_nothing_is_known_nothing_is_drawn() -> None:
    config = showing()
    fresh = moment(config, steps=0)
    for frame in (fresh, altered(fresh, looks=()), with_gradients(fresh, [[1.0, 2.0]])):
        diagram = diagram_of(config, frame, Quantity.UPDATES)
        assert diagram.shown(Place(0, 0, 0)) is None
        assert strongest(diagram, Place(0, 0, 0)).name() == LIGHT.base
        assert diagram.value(Place(0, 0, 0)) is not None
    nothing = with_gradients(fresh, np.zeros((2, 3)), np.zeros((1, 3)))
    assert diagram_of(config, nothing, Quantity.UPDATES).shown(Place(0, 0, 0)) == 0.0


def test_the_label_says_which_number_it_is(qtbot: Any) -> None:
    place = Place(0, 1, 0)
    for what, text in (
        ("weights", "+0.001"),
        ("gradients", "gradient \N{MINUS SIGN}2.50·10⁻⁶"),
        ("updates", "last update \N{MINUS SIGN}2.50·10⁻⁶"),
    ):
        config = showing()
        frame = with_gradients(moment(config), [[0.0, 0.0, 0.0], [-2.5e-6, 0.0, 0.0]], [[0.0, 0.0, 1.0]])
        frame = replace(frame, weights=(np.full((2, 3), 0.001), frame.weights[1]))
        canvas = Canvas(diagram_of(config, frame, Quantity(what)))
        qtbot.addWidget(canvas)
        assert canvas._number(place) == text


def test_the_control_asks_for_what_it_shows(windows: Any) -> None:
    pilot = windows.open(showing(Layer(3, Sigmoid())))
    asked: list[frozenset[str]] = []
    pilot.window.editor.needs_changed.connect(lambda: asked.append(pilot.window.editor.needs))
    pilot.play()
    pilot.settle()
    assert pilot.frame.look(EdgeValues) is None
    for what in (Quantity.GRADIENTS, Quantity.UPDATES):
        QTest.mouseClick(pilot.find(QAbstractButton, f"diagram.edges.{what.value}"), Qt.MouseButton.LeftButton)
        assert pilot.window.editor.options.edges is what
        canvas = pilot.find(Canvas, "network_diagram")
        pilot.until(lambda canvas=canvas: canvas.diagram.shown(Place(0, 0, 0)) is not None)
        assert canvas.diagram.what is what
    assert pilot.window.document.undo_stack.isClean(), "looking is no edit"
    pilot.window.editor.choose(edges=Quantity.WEIGHTS)
    pilot.until(lambda: pilot.frame.look(EdgeValues) is None)
    assert [EdgeValues in needs for needs in asked] == [True, False]


def test_a_narrow_window_cuts_words_before_it_cuts_controls(qtbot: Any) -> None:
    bar = DiagramBar()
    qtbot.addWidget(bar)
    bar.show()
    wide = bar.sizeHint().width()
    assert bar.minimumSizeHint().width() < 0.75 * wide
    for width in (wide, bar.minimumSizeHint().width()):
        bar.resize(width, bar.height())
        for button in bar.findChildren(QAbstractButton):
            assert button.width() >= 20, button.objectName()
    bar.show_members(("seed 1", "seed 2"), 0)
    assert bar.sizeHint().width() - bar.members.sizeHint().width() < wide


def test_hovering_an_edge_paints_its_gradient(windows: Any) -> None:
    pilot = windows.open(showing())
    pilot.window.editor.choose(edges=Quantity.GRADIENTS)
    canvas = pilot.find(Canvas, "network_diagram")
    pilot.until(lambda: canvas.diagram.shown(Place(0, 0, 0)) is not None)
    at, none = QPointF(canvas.diagram.geometry.edge_point(0, 0, 0, 0.5)), Qt.MouseButton.NoButton
    kind, keys = QMouseEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(canvas, QMouseEvent(kind, at, canvas.mapToGlobal(at), none, none, keys))
    assert canvas.hovered == Place(0, 0, 0)
    assert canvas._number(canvas.hovered).startswith("gradient ")
    canvas.grab()
