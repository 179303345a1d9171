"""The decision boundary: right way up, in the right colours, and every toggle an edit that can be undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from playground.data.dataset import Dataset
from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.maps import MAP_SIZE, Answers, UnitMaps
from playground.experiment.run.session import Session
from playground.ui.plots.heat_map import shades
from playground.ui.plots.key import Key
from playground.ui.plots.legend import Legend
from playground.ui.plots.points import MOST_POINTS, Part, inked
from playground.ui.theme import CLASSES, DARK, LIGHT, NEGATIVE, POSITIVE
from playground.ui.views.boundary import BoundaryView
from playground.ui.workspace.document import Document
from tests.configs import written
from tests.frames import altered
from tests.ui.views.rig import show_alone

# Any window with a smallest size, on a screen that is not there.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

MakeView = Callable[..., BoundaryView]


@pytest.fixture
def make_view(qtbot: QtBot) -> MakeView:
    def make(frame: Frame | None = None, *edits: tuple[str, Any], theme: Any = LIGHT, **options: bool) -> BoundaryView:
        view = BoundaryView(Document(written(*edits)), theme)
        view.choose(**options)
        show_alone(view, qtbot, frame, (400, 440))
        return view

    return make


def frame_of(*edits: tuple[str, str]) -> Frame:
    return Session(written(*edits)).frame()


def without_points(frame: Frame) -> Frame:
    none = {f"{part}_points": np.zeros((0, 2)) for part in ("train", "validation", "test")}
    none |= {f"{part}_y": np.zeros(0) for part in ("train", "validation", "test")}
    return dataclasses.replace(frame, scene=dataclasses.replace(frame.scene, **none))


def with_outputs(frame: Frame, outputs: Any) -> Frame:
    full = np.broadcast_to(np.asarray(outputs, dtype=np.float32), (len(outputs), MAP_SIZE, MAP_SIZE))
    return altered(frame, outputs=full)


def items_of(view: BoundaryView, kind: type) -> list[Any]:
    return [item for item in view.figure().scene().items() if type(item) is kind]


def map_of(view: BoundaryView) -> Any:
    return items_of(view, pg.ImageItem)[0]


def key_of(view: BoundaryView) -> Key:
    return items_of(view, Key)[0]


def assert_mapped(view: BoundaryView, values: Any) -> None:
    """Values (cells, cells) have their colours between the key's ends."""
    np.testing.assert_array_equal(map_of(view).image, shades(values, key_of(view).levels))


def place_of(view: BoundaryView, across: float, up: float) -> Any:
    """Pixel of the canvas at a place of the map, both counted from 0 at the lower left to 1."""
    extent = view._scene.extent
    x = extent[0] + across * (extent[1] - extent[0])
    y = extent[2] + up * (extent[3] - extent[2])
    return view.canvas.mapFromScene(map_of(view).getViewBox().mapViewToScene(QPointF(x, y)))


def colour_at(view: BoundaryView, across: float, up: float) -> QColor:
    return view.canvas.grab().toImage().pixelColor(place_of(view, across, up))


def near(colour: QColor, wanted: str | QColor, tolerance: int = 6) -> bool:
    wanted = QColor(wanted)
    pairs = zip(colour.toTuple()[:3], wanted.toTuple()[:3], strict=True)
    return all(abs(a - b) <= tolerance for a, b in pairs)


def button(view: BoundaryView, name: str) -> QAbstractButton:
    found = view.findChild(QAbstractButton, name)
    assert found is not None
    return found


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_high_x_and_high_y_lie_at_the_top_right(make_view: MakeView, theme: Any) -> None:
    outputs = np.zeros((1, MAP_SIZE, MAP_SIZE), np.float32)
    outputs[0, MAP_SIZE // 2 :, MAP_SIZE // 2 :] = 1.0
    view = make_view(with_outputs(without_points(frame_of()), outputs), theme=theme)
    assert near(colour_at(view, 0.8, 0.8), POSITIVE)
    for across, up in ((0.2, 0.2), (0.2, 0.8), (0.8, 0.2)):
        assert near(colour_at(view, across, up), NEGATIVE)


def test_the_middle_of_the_output_has_the_middle_colour(make_view: MakeView) -> None:
    view = make_view(with_outputs(without_points(frame_of()), [[[0.5]]]))
    assert near(colour_at(view, 0.5, 0.5), LIGHT.middle)
    view.show_theme(DARK)
    assert near(colour_at(view, 0.5, 0.5), DARK.middle)


def test_a_hard_map_has_only_class_colours(make_view: MakeView) -> None:
    ramp = np.linspace(0.0, 1.0, MAP_SIZE, dtype=np.float32)[None, None, :]
    view = make_view(with_outputs(without_points(frame_of()), ramp), hard=True)
    colours = {tuple(colour) for colour in map_of(view).image.reshape(-1, 3).tolist()}
    assert colours == {QColor(name).toTuple()[:3] for name in CLASSES[:2]}
    assert near(colour_at(view, 0.4, 0.5), CLASSES[0], 0)
    assert near(colour_at(view, 0.6, 0.5), CLASSES[1], 0)
    assert key_of(view).bar is None


def test_more_classes_have_their_own_colours(make_view: MakeView) -> None:
    frame = without_points(frame_of(("data.source", '{"name": "blobs", "classes": 5}')))
    assert frame.outputs.shape[0] == 5
    outputs = np.zeros((5, MAP_SIZE, MAP_SIZE), np.float32)
    for index in range(4):
        outputs[index, :, index * MAP_SIZE // 4 : (index + 1) * MAP_SIZE // 4] = 1.0
    outputs[:, :10] = 0.2
    view = make_view(with_outputs(frame, outputs))
    for index in range(4):
        assert near(colour_at(view, 0.125 + 0.25 * index, 0.6), CLASSES[index])
    assert near(colour_at(view, 0.3, 0.05), LIGHT.middle)  # undecided
    assert key_of(view).classes == frame.scene.classes
    view.choose(hard=True)
    colours = {tuple(colour) for colour in map_of(view).image.reshape(-1, 3).tolist()}
    assert colours <= {QColor(name).toTuple()[:3] for name in CLASSES[:5]}


def test_a_number_to_predict_is_drawn_between_the_targets(make_view: MakeView) -> None:
    frame = without_points(frame_of(("data.source", "hills")))
    low, high = frame.scene.low, frame.scene.high
    outputs = np.full((1, MAP_SIZE, MAP_SIZE), low, np.float32)
    outputs[0, :, MAP_SIZE // 2 :] = high
    view = make_view(with_outputs(frame, outputs), ("data.source", "hills"))
    table = LIGHT.value_table()
    assert near(colour_at(view, 0.2, 0.5), QColor(*table[0].tolist()))
    assert near(colour_at(view, 0.8, 0.5), QColor(*table[255].tolist()))
    assert key_of(view).title == frame.scene.target
    assert key_of(view).levels == (low, high)
    assert not view.findChild(QAbstractButton, "boundary.classes.hard").isVisible()


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("boundary.classes.hard", "hard", True),
        ("boundary.train", "training", False),
        ("boundary.test", "held_out", True),
    ],
)
def test_a_toggle_is_remembered_and_no_edit(
    make_view: MakeView, qtbot: QtBot, name: str, path: str, value: bool
) -> None:
    view = make_view(frame_of())
    before = button(view, name).isChecked()
    qtbot.mouseClick(button(view, name), Qt.MouseButton.LeftButton)
    assert getattr(view.options, path) is value
    assert button(view, name).isChecked() is not before
    assert view.document.undo_stack.isClean()
    later = make_view(frame_of())
    assert getattr(later.options, path) is value
    assert button(later, name).isChecked() is not before


def test_every_control_explains_itself(make_view: MakeView) -> None:
    for control in make_view(frame_of()).findChildren(QAbstractButton):
        assert control.objectName()
        assert control.toolTip()
        assert control.accessibleDescription() == control.toolTip()


def test_test_points_are_hidden_until_asked_for(make_view: MakeView) -> None:
    frame = with_outputs(without_points(frame_of()), [[[0.0]]])
    scene = dataclasses.replace(frame.scene, test_points=np.zeros((1, 2)), test_y=np.ones(1))
    view = make_view(dataclasses.replace(frame, scene=scene))
    assert near(colour_at(view, 0.5, 0.5), NEGATIVE)
    view.choose(held_out=True)
    assert near(colour_at(view, 0.5, 0.5), "white")  # hollow
    view.show_theme(DARK)
    assert near(colour_at(view, 0.5, 0.5), "white"), "a hole of the dark ground would be taken for a dark point"


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_training_point_has_its_classs_colour_and_is_darker_than_any_map_of_it(
    make_view: MakeView, theme: Any
) -> None:
    frame = with_outputs(without_points(frame_of()), [[[1.0]]])
    scene = dataclasses.replace(frame.scene, train_points=np.zeros((1, 2)), train_y=np.ones(1))
    view = make_view(dataclasses.replace(frame, scene=scene), theme=theme)
    seen, ground = colour_at(view, 0.5, 0.5), colour_at(view, 0.9, 0.9)
    assert near(ground, CLASSES[1])
    assert near(seen, inked(QColor(CLASSES[1])))
    assert abs(seen.hue() - ground.hue()) <= 2


def test_the_key_tells_whose_points_are_drawn(make_view: MakeView) -> None:
    view = make_view(frame_of(("data.validation_share", "0.2")))
    assert list(key_of(view).parts.values()) == ["training"]
    high = key_of(view).minimumHeight()
    view.choose(held_out=True)
    assert list(key_of(view).parts.values()) == ["training", "validation", "test"]
    view.choose(training=False)
    assert list(key_of(view).parts.values()) == ["validation", "test"]
    view.choose(held_out=False)
    assert key_of(view).parts == {}
    assert key_of(view).minimumHeight() < high


def test_classes_differ_in_shape_too(make_view: MakeView) -> None:
    view = make_view(frame_of(("data.source", '{"name": "blobs", "classes": 6}')))
    signs = {scatter.opts["symbol"] for scatter in items_of(view, pg.ScatterPlotItem) if scatter.isVisible()}
    assert len(signs) == 6


def test_at_most_5000_points_are_drawn_and_it_says_so(make_view: MakeView) -> None:
    frame = frame_of()
    many = np.random.default_rng(0).uniform(-4.0, 4.0, (9000, 2))
    scene = dataclasses.replace(frame.scene, train_points=many, train_y=np.arange(9000) % 2.0)
    view = make_view(dataclasses.replace(frame, scene=scene))
    assert sum(len(scatter.data) for scatter in items_of(view, pg.ScatterPlotItem)) <= MOST_POINTS
    assert items_of(view, Legend)[0].note == "4,864 of 9,000 points drawn", "no test point is to be seen"
    view.choose(held_out=True)
    assert items_of(view, Legend)[0].note == "4,999 of 9,250 points drawn"
    view.choose(training=False)
    assert items_of(view, Legend)[0].note == "135 of 250 points drawn"


def test_held_columns_are_said(make_view: MakeView) -> None:
    frame = frame_of(("data.source", "iris"))
    assert items_of(make_view(frame), Legend)[0].note == frame.scene.held != ""


def test_one_column_spreads_the_points(make_view: MakeView) -> None:
    frame = frame_of()
    points = np.stack([np.linspace(-4.0, 4.0, 50)] * 2, axis=1)
    scene = dataclasses.replace(
        frame.scene, columns=("x",), axes=(0, 0), train_points=points, train_y=np.zeros(50), test_points=points[:1]
    )
    view = make_view(dataclasses.replace(frame, scene=dataclasses.replace(scene, test_y=np.zeros(1))))
    x, y = max((scatter.getData() for scatter in items_of(view, pg.ScatterPlotItem)), key=lambda data: len(data[0]))
    np.testing.assert_array_equal(x, points[:, 0])
    assert len(np.unique(y)) == 50
    assert view.describe(0.0, 0.0).startswith("x 0\n")


def test_a_unit_is_shown_large_and_the_output_comes_back(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of()
    view = make_view(frame)
    assert view.needs == {Answers}
    with qtbot.waitSignal(view.needs_changed):
        view.show_unit((1, 2))
    assert view.needs == {Answers, UnitMaps}
    assert_mapped(view, frame.unit_maps[1][2])
    assert key_of(view).levels == (-1.0, 1.0)  # tanh
    assert key_of(view).title == "layer 1, unit 3"
    view.show_unit((0, 1))
    assert key_of(view).title == f"input {frame.scene.input_names[1]}"
    assert key_of(view).levels[0] == -key_of(view).levels[1]
    with qtbot.waitSignal(view.needs_changed):
        view.show_unit(None)
    assert view.needs == {Answers}
    assert_mapped(view, frame.outputs[0])
    assert key_of(view).classes == frame.scene.classes


def test_a_unit_that_is_gone_or_not_yet_there_shows_the_output(make_view: MakeView) -> None:
    frame = frame_of()
    view = make_view(frame)
    for place, shown in (((7, 0), frame), ((1, 9), frame), ((1, 0), altered(frame, unit_maps=None))):
        view.show_unit(place)
        view.show_frame(shown)
        assert_mapped(view, frame.outputs[0])


def test_hover_tells_coordinates_value_and_class(make_view: MakeView, qtbot: QtBot) -> None:
    outputs = np.zeros((1, MAP_SIZE, MAP_SIZE), np.float32)
    outputs[0, MAP_SIZE // 2 :] = 0.75
    view = make_view(with_outputs(frame_of(), outputs))
    assert view.describe(1.0, 2.0) == "x₁ 1   x₂ 2\noutput 0.75 → inside"
    assert view.describe(1.0, -2.0) == "x₁ 1   x₂ −2\noutput 0 → outside"
    assert view.describe(100.0, 0.0) == ""
    tag = view.findChild(object, "boundary.tag")
    qtbot.mouseMove(view.canvas.viewport(), place_of(view, 0.5, 0.9))
    qtbot.waitUntil(lambda: tag.isVisible())
    assert "inside" in tag.text()
    view.show_frame(with_outputs(frame_of(), [[[0.25]]]))
    assert "output 0.25 → outside" in tag.text()


def test_hover_tells_numbers_and_more_classes(make_view: MakeView) -> None:
    hills = frame_of(("data.source", "hills"))
    assert "height 0.5" in make_view(with_outputs(hills, [[[0.5]]])).describe(0.0, 0.0)
    blobs = frame_of(("data.source", '{"name": "blobs", "classes": 3}'))
    view = make_view(with_outputs(blobs, [[[0.1]], [[0.2]], [[0.7]]]))
    assert view.describe(0.0, 0.0).endswith(f"output 0.7 → {blobs.scene.classes[2]}")


def test_zoom_has_a_way_back(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of()
    view = make_view(frame)
    box = map_of(view).getViewBox()
    extent = frame.scene.extent
    whole = button(view, "boundary.whole")
    assert not whole.isEnabled()
    box.setRange(xRange=(0.0, 1.0), yRange=(0.0, 1.0), padding=0.0)
    qtbot.mouseClick(whole, Qt.MouseButton.LeftButton)
    np.testing.assert_allclose(np.ravel(box.viewRange()), extent)
    assert not whole.isEnabled()
    box.setRange(xRange=(0.0, 1.0), yRange=(0.0, 1.0), padding=0.0)
    view.show_frame(frame)
    assert box.viewRange()[0][1] < extent[1]  # a new frame does not undo the zoom
    middle = view.canvas.mapFromScene(box.sceneBoundingRect().center())
    qtbot.mouseDClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseRelease(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: not whole.isEnabled())


@pytest.mark.parametrize("size", [(400, 440), (700, 400), (380, 700)])
def test_a_plane_is_square_and_a_table_fills_the_view(make_view: MakeView, qtbot: QtBot, size: tuple[int, int]) -> None:
    view = make_view(frame_of())
    view.resize(*size)
    box = map_of(view).getViewBox()

    def shape() -> tuple[float, float]:
        return box.sceneBoundingRect().width(), box.sceneBoundingRect().height()

    qtbot.waitUntil(lambda: abs(shape()[0] - shape()[1]) <= 1.0)
    view.show_frame(frame_of(("data.source", "iris")))
    qtbot.waitUntil(lambda: shape()[0] > size[0] - 70 and shape()[1] > size[1] - 150)


def test_any_frame_follows_any_other(make_view: MakeView) -> None:
    view = make_view()
    sources = ["circle", '{"name": "blobs", "classes": 6}', "hills", "iris", "circle", "diabetes"]
    for source in sources:
        frame = frame_of(("data.source", source), ("network.hidden", "[]"))
        view.show_frame(frame)
        view.show_frame(altered(frame, outputs=None))  # nobody asked for maps
        view.canvas.grab()
        assert map_of(view).image.shape[:2] == (MAP_SIZE, MAP_SIZE)


def test_a_diverged_network_is_drawn(make_view: MakeView) -> None:
    for source in ("circle", "hills", "iris"):
        frame = frame_of(("data.source", source))
        broken = np.full(frame.outputs.shape, np.nan, np.float32)
        broken[:, ::2] = np.inf
        for hard in (False, True):
            make_view(altered(frame, outputs=broken), hard=hard).canvas.grab()


def test_a_new_name_of_an_axis_is_centred_and_a_long_one_is_cut_with_a_tooltip(make_view: MakeView) -> None:
    frame = frame_of()
    view = make_view(frame)
    long = "the mean distance from the centre to the points of the perimeter, in all, & a <b> more"
    for name, held in (("x1", ""), ("height in m", ""), (long, "a > 3"), ("<i>", "")):
        scene = dataclasses.replace(frame.scene, columns=(name, name), held=held)
        view.show_frame(dataclasses.replace(frame, scene=scene))
        view.canvas.grab()
        for side in ("bottom", "left"):
            axis = view._plot.getAxis(side)
            label = axis.label.sceneBoundingRect()
            box = view._plot.vb.sceneBoundingRect()
            offset = label.center() - box.center()
            assert abs(offset.x() if side == "bottom" else offset.y()) <= 2
            assert view.canvas.sceneRect().contains(label.center())
            assert max(label.width(), label.height()) <= box.width() + 12
            assert axis.toolTip() == (long if name == long else "")
            assert axis.label.toPlainText().strip() == name or name == long


def test_the_output_of_a_regression_is_the_map_itself(make_view: MakeView) -> None:
    frame = frame_of(("data.source", "hills"))
    view = make_view(frame, ("data.source", "hills"))
    view.show_unit((len(frame.unit_maps) - 1, 0))
    assert_mapped(view, frame.outputs[0])
    np.testing.assert_array_equal(map_of(view).lut, LIGHT.value_table())
    assert (key_of(view).title, key_of(view).levels) == (frame.scene.target, (frame.scene.low, frame.scene.high))


MEMBERS = ("ensemble.members", "3")


def test_members_disagree_at_a_toggle_that_is_an_edit(make_view: MakeView, qtbot: QtBot) -> None:
    frame = frame_of(MEMBERS)
    view = make_view(frame, MEMBERS)
    mean, disagreement = (button(view, f"boundary.answers.{name}") for name in ("mean", "disagreement"))
    assert mean.isVisible()
    assert mean.isChecked()
    assert_mapped(view, frame.outputs[0])
    qtbot.mouseClick(disagreement, Qt.MouseButton.LeftButton)
    assert view.options.disagreement
    assert_mapped(view, frame.disagreement[0])
    np.testing.assert_array_equal(map_of(view).lut, LIGHT.spread_table())
    low, high = key_of(view).levels
    assert low == 0.0
    assert frame.disagreement.max() <= high <= 10.0 * frame.disagreement.max()
    assert key_of(view).title == "standard deviation"
    assert not button(view, "boundary.classes.hard").isEnabled()
    value = float(frame.disagreement[0, MAP_SIZE // 2, MAP_SIZE // 2])
    assert view.describe(0.01, 0.01).endswith(f"standard deviation {value:.3g}")
    view.choose(disagreement=False)
    assert mean.isChecked()
    assert button(view, "boundary.classes.hard").isEnabled()
    assert_mapped(view, frame.outputs[0])


def test_one_member_has_nothing_to_disagree_about(make_view: MakeView) -> None:
    frame = frame_of()
    view = make_view(frame_of(MEMBERS), MEMBERS, disagreement=True)
    view.show_frame(frame)
    assert not button(view, "boundary.answers.mean").isVisible()
    assert button(view, "boundary.classes.hard").isEnabled()
    assert_mapped(view, frame.outputs[0])


def test_of_several_classes_the_one_they_differ_most_in_counts(make_view: MakeView) -> None:
    frame = frame_of(MEMBERS, ("data.source", "blobs"))
    view = make_view(frame, MEMBERS, ("data.source", "blobs"), disagreement=True)
    assert_mapped(view, frame.disagreement.max(axis=0))
    broken = np.full_like(frame.disagreement, np.nan)
    view.show_frame(altered(frame, disagreement=broken))
    view.canvas.grab()


def test_validation_points_are_pale_and_held_out_with_the_test(make_view: MakeView) -> None:
    frame = with_outputs(without_points(frame_of(("data.validation_share", "0.2"))), [[[0.0]]])
    scene = dataclasses.replace(frame.scene, validation_points=np.zeros((1, 2)), validation_y=np.ones(1))
    view = make_view(dataclasses.replace(frame, scene=scene))
    box = button(view, "boundary.test")
    assert box.text() == "held out"
    assert "validation" in box.toolTip()
    assert near(colour_at(view, 0.5, 0.5), NEGATIVE)
    view.choose(held_out=True)
    pale = [round(255 - Part.VALIDATION.value * (255 - channel)) for channel in inked(QColor(CLASSES[1])).toTuple()[:3]]
    assert near(colour_at(view, 0.5, 0.5), QColor(*pale))
    view.show_frame(frame_of())
    assert box.text() == "test"
    assert "validation" not in box.toolTip()


# Over a single input


@pytest.mark.parametrize("source", ["wave", "one_example"])
def test_over_a_single_input_the_answer_is_a_line_and_points_stand_at_their_targets(
    make_view: MakeView, source: str
) -> None:
    view = make_view(frame := frame_of(("data.source", source)))
    scene, plane = frame.scene, view._plot
    assert frame.outputs is not None
    x, line = plane._answer.getData()
    np.testing.assert_array_equal(line, frame.outputs[0, 0])
    assert (x[0] + x[-1]) / 2.0 == pytest.approx(sum(scene.extent[:2]) / 2.0)
    assert (map_of(view).image is None) == (source == "wave")
    [points] = [item for item in view._points._train if len(item.data)]
    heights = points.getData()[1]
    np.testing.assert_array_equal(heights, [scene.low] if source == "one_example" else scene.train_y)
    assert scene.extent[2] < scene.low < scene.high < scene.extent[3]
    assert plane.getAxis("left").labelText == ("output" if scene.classes else "height")
    text = view.describe(float(x[50]), scene.high)
    assert text.startswith("x ")
    assert f"{line[50]:.3g}".replace("-", "−") in text


def test_from_a_line_back_to_a_map_nothing_of_the_line_stays(make_view: MakeView) -> None:
    view = make_view(frame_of(("data.source", "wave")))
    view.show_frame(frame_of())
    assert not len(view._plot._answer.getData()[0])
    assert map_of(view).image is not None


def test_of_more_classes_over_a_single_input_there_is_no_line(make_view: MakeView) -> None:
    rng = np.random.default_rng(2)
    y = np.arange(90) % 3.0
    data = Dataset(rng.normal(size=(90, 1)) + y[:, None], y, ("x",), ("a", "b", "c"), "class", "three")
    frame = Session(Config(), data).frame()
    view = make_view(frame)
    assert not frame.scene.graph
    answer = view._plot._answer.getData()[0]
    assert answer is None or not len(answer)
    heights = frame.scene.train_points[:, 1]
    assert heights.std() > 0.2
    assert frame.scene.extent[2] < heights.min() < heights.max() < frame.scene.extent[3]
