"""Inputs are chosen in the diagram's first column: by click, by keyboard, of the plane and of a table."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from playground.data.features import FEATURES
from playground.data.formats.text import CsvFile
from playground.data.library import Iris
from playground.experiment.config import Config
from playground.options import with_value
from playground.ui.diagram.canvas import Canvas
from playground.ui.diagram.geometry import Place
from playground.ui.diagram.inputs import Inputs
from playground.ui.forms.refusal import Refusal
from tests.ui.conftest import Pilot, Windows


def canvas_of(pilot: Pilot) -> Canvas:
    canvas = pilot.find(Canvas, "network_diagram")
    assert isinstance(canvas, Canvas)
    return canvas


def place_of(pilot: Pilot, name: str) -> QPoint:
    """The middle of the candidate of that name."""
    diagram = canvas_of(pilot).diagram
    return diagram.geometry.unit(0, diagram.input_names.index(name)).center()


def click(pilot: Pilot, name: str) -> None:
    QTest.mouseClick(canvas_of(pilot), Qt.MouseButton.LeftButton, pos=place_of(pilot, name))


def inputs(pilot: Pilot) -> tuple[str, ...]:
    return pilot.frame.scene.input_names


def test_features_name_what_enters_and_columns_what_does_not() -> None:
    names = ("a", "b", "c")
    features, columns = (Inputs(names, names, (False, True, True), plane) for plane in (True, False))
    assert features.rows == columns.rows == (1, 2, 0)
    assert [features.toggled(row) for row in (0, 1)] == [("data.features", names), ("data.features", ("c",))]
    assert [columns.toggled(row) for row in (0, 1)] == [("data.left_out", ()), ("data.left_out", ("a", "b"))]
    assert Inputs(names, names, (False, True, False), True).toggled(1) is None, "the last one stays"


def test_a_click_takes_a_feature_in_and_another_leaves_it_out(pilot: Pilot) -> None:
    document, canvas = pilot.window.document, canvas_of(pilot)
    assert canvas.diagram.input_names[2:4] == ("x₁²", "x₂²")
    where = place_of(pilot, "x₁²")
    click(pilot, "x₁²")
    assert document.config.data.features == ("x1", "x2", "x1_squared")
    pilot.until(lambda: inputs(pilot) == ("x₁", "x₂", "x₁²"))
    assert place_of(pilot, "x₁²") == where, "nothing has moved"
    click(pilot, "x₁")
    pilot.until(lambda: inputs(pilot) == ("x₂", "x₁²"))
    assert document.undo_stack.undoText() == "Input x₁: out"
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.config == Config()
    pilot.until(lambda: inputs(pilot) == ("x₁", "x₂"))


def test_the_last_input_stays_and_says_why(windows: Windows) -> None:
    pilot = windows.open(with_value(Config(), "data.features", ("x2",)))
    click(pilot, "x₂")
    assert pilot.window.document.config.data.features == ("x2",)
    (said,) = [label.text() for label in pilot.window.findChildren(Refusal) if label.isVisible()]
    assert said == "The only input stays: a network needs one."


def test_the_keyboard_takes_an_input_in_with_few_keys(pilot: Pilot) -> None:
    canvas = canvas_of(pilot)
    assert canvas.hasFocus(), "the window starts there"
    for _ in range(3):
        pilot.press(Qt.Key.Key_Down)
    pilot.press(Qt.Key.Key_Space)
    pilot.until(lambda: inputs(pilot) == ("x₁", "x₂", "x₁²"))
    assert not pilot.running
    pilot.press(Qt.Key.Key_Up)
    pilot.press(Qt.Key.Key_Return)
    pilot.until(lambda: inputs(pilot) == ("x₁", "x₁²"))
    assert canvas.selected is not None
    assert canvas.name(canvas.selected) == "x₂", "the selection keeps its row"
    pilot.press(Qt.Key.Key_Right)
    pilot.press(Qt.Key.Key_Space)
    pilot.until(lambda: pilot.running)


def test_after_a_click_space_is_the_run_s(pilot: Pilot) -> None:
    click(pilot, "x₁²")
    pilot.press(Qt.Key.Key_Space, at=canvas_of(pilot))
    pilot.until(lambda: pilot.running)
    assert pilot.window.document.config.data.features == ("x1", "x2", "x1_squared")


def test_columns_of_a_table_are_left_out_and_taken_back(windows: Windows) -> None:
    pilot = windows.open(with_value(Config(), "data.source", Iris()))
    assert inputs(pilot) == canvas_of(pilot).diagram.input_names
    click(pilot, "sepal width (cm)")
    assert pilot.window.document.config.data.left_out == ("sepal width (cm)",)
    pilot.until(lambda: len(inputs(pilot)) == 3)
    canvas = canvas_of(pilot)
    assert canvas.diagram.geometry.left_out(Place(-1, 3))
    assert canvas.diagram.geometry.row(0, 3) == 1, "it stays where it was"
    click(pilot, "sepal width (cm)")
    pilot.until(lambda: len(inputs(pilot)) == 4)


def test_what_is_left_out_is_faint_and_has_no_edges(windows: Windows) -> None:
    pilot = windows.open(with_value(Config(), "data.features", ("x1",)))
    canvas = canvas_of(pilot)
    image = canvas.grab().toImage()
    strengths = {}
    for name in ("x₁", "x₂"):
        unit = canvas.diagram.geometry.unit(0, canvas.diagram.input_names.index(name))
        pixels = [
            QColor(image.pixel(unit.left() + x, unit.top() + y))
            for x in range(3, unit.width() - 3)
            for y in range(3, unit.height() - 3)
        ]
        strengths[name] = np.mean([pixel.saturation() for pixel in pixels])
    assert strengths["x₂"] < 0.5 * strengths["x₁"]
    assert strengths["x₂"] > 0, "and yet a sketch of it"
    assert canvas.diagram.geometry.edges == 4 + 8 + 2


def test_thirteen_columns_stand_apart_in_the_smallest_window(windows: Windows, tmp_path: Path) -> None:
    columns = [f"measurement {number}" for number in range(13)]
    rng = np.random.default_rng(0)
    rows = [[*map(str, row.round(3)), "ab"[int(row[0] > 0)]] for row in rng.normal(size=(40, 13))]
    path = tmp_path / "wine.csv"
    path.write_text("\n".join(map(",".join, [[*columns, "kind"], *rows])))
    pilot = windows.open(with_value(Config(), "data.source", CsvFile(str(path))))
    geometry = canvas_of(pilot).diagram.geometry
    assert geometry.count(0) == 13
    places = [geometry.unit(0, unit) for unit in range(13)]
    assert min(lower.top() - upper.bottom() for upper, lower in pairwise(places)) >= 3


def test_every_candidate_says_what_a_click_does(pilot: Pilot) -> None:
    canvas = canvas_of(pilot)
    names = [canvas.name(Place(-1, unit)) for unit in range(len(FEATURES))]
    assert names == [feature.label for feature in FEATURES.values()]
    assert "leaves it out" in canvas._choice(Place(-1, 0))
    assert "takes it in" in canvas._choice(Place(-1, 2))
