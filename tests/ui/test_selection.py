"""One selection in the real window: whoever chooses a unit, a weight or an example, all views follow and the diagram shows it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget

from playground.experiment.looks.activation_maps import ActivationMaps
from playground.experiment.looks.normalization import Normalized
from playground.experiment.looks.pre_activations import PreActivations
from playground.ui.diagram.canvas import Canvas
from playground.ui.diagram.geometry import Place
from playground.ui.theme import LIGHT
from playground.ui.viewing.view import View
from playground.ui.views.dead_units import DeadUnitsView
from playground.ui.views.normalization import NormalizationView
from tests.ui.conftest import Pilot


def canvas(pilot: Pilot) -> Canvas:
    found = pilot.find(Canvas, "network_diagram")
    assert isinstance(found, Canvas)
    return found


def click(pilot: Pilot, place: Place) -> None:
    """Press a unit or an edge of the diagram, and close what pops up."""
    geometry = canvas(pilot).diagram.geometry
    at = geometry.unit(place.layer + 1, place.unit).center()
    if place.input is not None:
        at = geometry.edge_point(place.layer, place.unit, place.input, 0.2).toPoint()
    QTest.mouseClick(canvas(pilot), Qt.MouseButton.LeftButton, pos=at)
    for popup in pilot.window.findChildren(QWidget):
        if popup.isWindow() and popup is not pilot.window and popup.isVisible():
            popup.close()


def chosen(pilot: Pilot) -> tuple[int, int, int]:
    selection = pilot.window.document.selection
    return selection.layer, selection.unit, selection.input


def marked(pilot: Pilot) -> Place:
    """The unit that has the ring in the picture."""
    diagram = canvas(pilot).diagram
    image = canvas(pilot).grab().toImage()
    shape = diagram.geometry.shape
    found = []
    for column in range(1, len(shape)):
        for unit in range(shape[column]):
            corner = diagram.geometry.unit(column, unit).topLeft() - QPoint(3, 3)
            if image.pixelColor(corner).name() == LIGHT.accent:
                found.append(Place(column - 1, unit))
    [place] = found
    return place


def opened(pilot: Pilot, name: str) -> View:
    pilot.window.docks.bring_up(name)
    pilot.until(lambda: any(view.name == name for view in pilot.window.views))
    return next(view for view in pilot.window.views if view.name == name)


def test_a_click_in_the_diagram_is_followed_by_every_view_of_units(pilot: Pilot) -> None:
    for name in ("units", "maps", "optimizer_trace"):
        opened(pilot, name)
    assert marked(pilot) == Place(0, 0)
    click(pilot, Place(1, 1))
    assert chosen(pilot) == (1, 1, 0)
    assert marked(pilot) == Place(1, 1)
    pilot.until(lambda: (look := pilot.frame.look(PreActivations)) and (look.layer, look.unit) == (1, 1))
    pilot.until(lambda: (look := pilot.frame.look(ActivationMaps)) and look.layer == 1)
    for name in ("units", "maps", "optimizer_trace"):
        assert pilot.find(QComboBox, f"{name}.layer").currentIndex() == 1
        assert pilot.find(QComboBox, f"{name}.unit").currentIndex() == 1
    click(pilot, Place(0, 3, 1))
    assert chosen(pilot) == (0, 3, 1), "an edge is the weight under the microscope"
    assert pilot.find(QComboBox, "optimizer_trace.input").currentIndex() == 1
    assert marked(pilot) == Place(0, 3)
    assert pilot.window.document.undo_stack.isClean(), "looking is no edit"


def test_a_choice_in_any_view_is_marked_in_the_diagram_and_the_keyboard_goes_on_from_there(pilot: Pilot) -> None:
    opened(pilot, "units")
    pilot.until(lambda: pilot.frame.look(PreActivations))
    QTest.keyClick(canvas(pilot), Qt.Key.Key_Down)
    units = pilot.find(QComboBox, "units.unit")
    units.activated.emit(2)
    assert marked(pilot) == Place(0, 2)
    canvas(pilot).setFocus()
    click(pilot, Place(0, 1))
    units.activated.emit(2)
    QTest.keyClick(canvas(pilot), Qt.Key.Key_Down)
    assert chosen(pilot)[:2] == (0, 3)
    assert units.currentIndex() == 3


@pytest.mark.parametrize("name", ["dead_units", "normalization"])
def test_a_unit_is_chosen_where_it_is_drawn(name: str, pilot: Pilot) -> None:
    view = opened(pilot, name)
    pilot.until(lambda: pilot.frame.look(Normalized) or name == "dead_units")
    pilot.play()
    pilot.settle()
    view.grab()
    if isinstance(view, DeadUnitsView):
        plot, at, place = view._lives, QPointF(0.5, 4 + 1.5), Place(1, 1)
    else:
        assert isinstance(view, NormalizationView)
        plot, at, place = view._before, QPointF(3.0, 0.0), Place(0, 2)
    scene = plot.vb.mapViewToScene(at)
    QTest.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=view.canvas.mapFromScene(scene))
    assert chosen(pilot)[:2] == (place.layer, place.unit)
    assert marked(pilot) == place
    drawn = view._lives._mark.yData[0] if isinstance(view, DeadUnitsView) else view._before._mark.getRegion()[0]
    assert drawn == (5 if isinstance(view, DeadUnitsView) else 2.5)


def test_the_example_that_is_followed_has_its_ring_whichever_tabs_are_seen(pilot: Pilot) -> None:
    window = pilot.window
    assert len(window.boundary._followed.getData()[0]) == 0, "nobody has chosen one"
    window.document.select(example=7)
    pilot.settle()
    ring = [coordinates.tolist() for coordinates in window.boundary._followed.getData()]
    assert ring == [[x] for x in window.workspace.frame.scene.train_points[7].tolist()]
    opened(pilot, "backprop")
    pilot.settle()
    window.docks.bring_up("gradient")
    pilot.settle()
    assert [coordinates.tolist() for coordinates in window.boundary._followed.getData()] == ring
