"""The network's picture: where its parts lie, which pixels they colour, and what happens when a frame does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from playground.data.generators import Blobs, Hills
from playground.experiment.config import Config, Layer, NetworkConfig
from playground.experiment.frame import Frame
from playground.experiment.looks.dead_units import DeadUnits
from playground.experiment.looks.dropped_units import DroppedUnits
from playground.experiment.looks.maps import MAP_SIZE, UnitMaps
from playground.experiment.run.session import Session
from playground.nn.activations import ACTIVATIONS, Activation, Linear, ReLU, Tanh
from playground.options import with_value
from playground.ui.diagram.colours import bound_of
from playground.ui.diagram.geometry import LARGEST, REACH, SMALLEST, Floats, Geometry, Place
from playground.ui.diagram.picture import Diagram, DiagramItem
from playground.ui.theme import CLASSES, DARK, LIGHT, NEGATIVE, POSITIVE, Theme
from tests.frames import altered

shapes = st.tuples(st.integers(1, 40), st.lists(st.integers(1, 32), max_size=10), st.integers(1, 6)).map(
    lambda parts: (parts[0], *parts[1], parts[2])
)
sizes = st.integers(120, 1600)


@st.composite
def geometries_of(draw: st.DrawFn) -> Geometry:
    """Any diagram, beside whose inputs some may be left out."""
    shape, names = draw(shapes), st.integers(24, 160)
    rows = tuple(draw(st.permutations(range(shape[0] + draw(st.integers(0, 9))))))
    zoom = draw(st.floats(0.2, 4.0))
    return Geometry.fitted(shape, draw(sizes), draw(sizes), draw(names), draw(names), zoom, rows)


geometries = geometries_of()


@pytest.fixture(autouse=True)
def application(qapp: object) -> None:
    """Fonts and images need one."""


@given(geometries)
def test_units_lie_inside_and_apart(geometry: Geometry) -> None:
    whole = QRect(0, 0, geometry.width, geometry.height)
    counts = [geometry.count(column) for column in range(len(geometry.shape))]
    units = [geometry.unit(column, unit) for column, n in enumerate(counts) for unit in range(n)]
    assert all(whole.contains(rect) and SMALLEST <= rect.width() <= LARGEST for rect in units)
    for column, n in enumerate(counts):
        own = [geometry.unit(column, unit) for unit in range(n)]
        assert not any(one.intersects(other) for one, other in combinations(own, 2))
    ends = [left + side for left, side in zip(geometry.left, geometry.sides, strict=True)]
    assert all(end < left for end, left in zip(ends, geometry.left[1:], strict=False))


@given(geometries)
def test_biases_lie_inside_and_cover_no_other_unit(geometry: Geometry) -> None:
    whole = QRect(0, 0, geometry.width, geometry.height)
    for column, n in enumerate(geometry.shape[1:], start=1):
        for unit in range(n):
            bias = geometry.bias(column, unit)
            assert whole.contains(bias)
            assert bias.intersects(geometry.unit(column, unit))
            assert not any(bias.intersects(geometry.unit(column, other)) for other in range(n) if other != unit)


@given(geometries)
def test_units_and_biases_are_found_where_they_are_drawn(geometry: Geometry) -> None:
    for column in range(len(geometry.shape)):
        n = geometry.count(column)
        for unit in {0, n // 2, n - 1}:
            place = Place(column - 1, unit)
            assert geometry.place_at(QPointF(geometry.unit(column, unit).center())) == place
            assert geometry.left_out(place) == (column == 0 and unit >= geometry.shape[0])
            assert geometry.unit_in(column, geometry.row(column, unit)) == unit
            if column:
                found = geometry.place_at(QPointF(geometry.bias(column, unit).center()))
                assert found == Place(column - 1, unit, geometry.shape[column - 1])


@given(geometries, st.data())
def test_an_edge_is_found_where_it_is_drawn(geometry: Geometry, data: st.DataObject) -> None:
    layer = data.draw(st.integers(0, len(geometry.shape) - 2))
    unit = data.draw(st.integers(0, geometry.shape[layer + 1] - 1))
    input = data.draw(st.integers(0, geometry.shape[layer] - 1))
    along = data.draw(st.floats(0.2, 0.8))
    point = geometry.edge_point(layer, unit, input, along)
    found = geometry.place_at(point)
    assert found is not None
    assert found.layer == layer
    assert found.input is not None
    # Where edges cross, either will do.
    other = geometry.edge_point(layer, found.unit, found.input, along)
    assert abs(other.y() - point.y()) < 0.01


def test_nothing_is_found_away_from_everything() -> None:
    geometry = Geometry.fitted((1, 1), 600, 300)
    point = geometry.edge_point(0, 0, 0, 0.5)
    assert geometry.place_at(point + QPointF(0, REACH - 1)) == Place(0, 0, 0)
    assert geometry.place_at(point + QPointF(0, REACH + 1)) is None
    assert geometry.place_at(QPointF(1, 1)) is None


@given(geometries, st.integers(0, 800), st.integers(0, 800))
def test_whatever_may_be_seen_is_painted(geometry: Geometry, x: int, y: int) -> None:
    visible = QRect(x, y, 300, 200)
    for column in range(len(geometry.shape)):
        seen = geometry.units_in(column, visible)
        for unit in range(geometry.count(column)):
            if geometry.unit(column, unit).intersects(visible):
                assert unit in seen
    painted = geometry.edges_in(visible)
    assert painted.shape == (geometry.edges,)
    inside = visible.contains(geometry.edge_point(0, 0, 0, 0.5).toPoint())
    assert painted[0] or not inside


def test_it_fits_where_it_can_and_fills_the_room() -> None:
    default = Geometry.fitted((2, 4, 2, 1), 620, 280, 24, 24)
    assert (default.width, default.height) == (620, 280)
    assert default.sides[-1] > 48
    assert 4 * default.pitches[1] > 0.8 * 280
    deep = Geometry.fitted((7, *[8] * 6, 1), 620, 280, 50, 24)
    assert (deep.width, deep.height) == (620, 280)
    wide = Geometry.fitted((2, 32, 1), 620, 280)
    assert wide.height > 280
    assert wide.sides == (SMALLEST,) * 3


def test_free_is_where_neither_unit_nor_name_nor_edge_comes() -> None:
    geometry = Geometry.fitted((2, 4, 1), 600, 300, 80, 40)
    around = QRect(0, 0, 10, 10)
    for point in (
        geometry.edge_point(1, 0, 0, 0.5).toPoint(),
        geometry.edge_point(0, 3, 1, 0.3).toPoint(),
        geometry.unit(1, 2).center(),
        QPoint(20, geometry.unit(0, 1).center().y()),  # a name
    ):
        around.moveCenter(point)
        assert not geometry.free(around)
    for point in (QPoint(560, 280), QPoint(20, 20)):
        around.moveCenter(point)
        assert geometry.free(around)


def test_many_inputs_shrink_without_shrinking_the_layers() -> None:
    geometry = Geometry.fitted((30, 4, 2, 1), 620, 280, 100, 24)
    assert geometry.sides[0] == SMALLEST
    assert geometry.sides[1] == geometry.sides[3] > 40


# What is painted


def config_of(units: Sequence[int], activation: Activation | None = None) -> Config:
    layers = tuple(Layer(n, activation or Tanh()) for n in units)
    return Config(network=NetworkConfig(hidden=layers))


def diagram_of(
    config: Config,
    weights: Sequence[Floats] | None = None,
    maps: Sequence[Floats] | None = None,
    theme: Theme = LIGHT,
    size: tuple[int, int] = (600, 300),
) -> Diagram:
    """A diagram with these weights and maps in place of a fresh run's."""
    frame = Session(config).frame()
    if weights is not None:
        frame = replace(frame, weights=tuple(weights))
    if maps is not None:
        frame = altered(frame, unit_maps=tuple(maps))
    shape = (2, *(layer.units for layer in config.network.hidden), 1)
    return Diagram(config, frame, Geometry.fitted(shape, *size, 24, 24), theme)


def painted(diagram: Diagram, lit: Place | None = None) -> QImage:
    image = QImage(diagram.geometry.width, diagram.geometry.height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    diagram.paint(painter, image.rect(), lit)
    painter.end()
    return image


def maps_of(config: Config, value: float = 0.0) -> list[Floats]:
    counts = (2, *(layer.units for layer in config.network.hidden), 1)
    return [np.full((n, MAP_SIZE, MAP_SIZE), value, dtype=np.float32) for n in counts]


def corner_colours(image: QImage, rect: QRect) -> dict[str, str]:
    near = rect.adjusted(4, 4, -4, -4)
    points = {"ul": near.topLeft(), "ur": near.topRight(), "lr": near.bottomRight()}  # the fourth has the bias
    return {name: image.pixelColor(point).name() for name, point in points.items()}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_pictures_stand_the_right_way_up(theme: Theme, column: int) -> None:
    config = config_of([3])
    maps = maps_of(config)
    if column == 2:
        maps[2][:] = 0.5  # half-way between the sigmoid's targets
    maps[column][:, MAP_SIZE // 2 :, MAP_SIZE // 2 :] = 1.0  # high y, high x
    maps[column][:, : MAP_SIZE // 2, MAP_SIZE // 2 :] = 0.0 if column == 2 else -1.0  # low y, high x
    diagram = diagram_of(config, maps=maps, theme=theme)
    colours = corner_colours(painted(diagram), diagram.geometry.unit(column, 0))
    middle = QColor(*theme.map_table()[127].tolist()).name()
    assert colours == {"ul": middle, "ur": POSITIVE, "lr": NEGATIVE}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_an_output_that_stands_for_a_class_is_sure_in_the_colour_of_its_class(theme: Theme) -> None:
    config = with_value(with_value(Config(), "data.source", Blobs(classes=3)), "network.hidden", ())
    frame = Session(config).frame(frozenset({UnitMaps}))
    assert frame.unit_maps is not None
    sure = np.full((3, MAP_SIZE, MAP_SIZE), frame.scene.high)
    frame = altered(frame, unit_maps=(frame.unit_maps[0], sure))
    diagram = Diagram(config, frame, Geometry.fitted((2, 3), 600, 400, 24, 24), theme)
    image = painted(diagram)
    for output in range(3):
        assert image.pixelColor(diagram.geometry.unit(1, output).center()).name() == CLASSES[output]


def test_bounded_activations_have_a_fixed_scale_and_unbounded_ones_their_own() -> None:
    for activation, value, full in (
        (Tanh(), 0.5, False),
        (Tanh(), 1.0, True),
        (ReLU(), 250.0, True),
        (Linear(), 0.1, True),
    ):
        config = config_of([1], activation)
        maps = maps_of(config, 0.5)
        maps[1][:] = value
        diagram = diagram_of(config, maps=maps)
        colour = corner_colours(painted(diagram), diagram.geometry.unit(1, 0))["ur"]
        assert (colour == POSITIVE) is full, (activation, value)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_bound_is_what_the_activation_cannot_exceed(name: str) -> None:
    activation = ACTIVATIONS[name]()
    bound = bound_of(activation)
    rows, _ = activation.widths(1)
    far = np.abs(activation(np.tile([-600.0, 600.0], (rows, 1)))).max()
    assert (bound is None) == (far > 100.0)
    assert bound is None or bound == pytest.approx(1.0, rel=1e-5)


def test_a_map_that_is_not_finite_says_so_and_spares_the_others() -> None:
    config = config_of([2])
    maps = maps_of(config, 1.0)
    maps[1][0] = np.nan
    diagram = diagram_of(config, maps=maps)
    image = painted(diagram)
    assert corner_colours(image, diagram.geometry.unit(1, 0))["ur"] == LIGHT.middle
    assert corner_colours(image, diagram.geometry.unit(1, 1))["ur"] == POSITIVE
    box = diagram.geometry.unit(1, 0).adjusted(2, 2, -2, -2)
    written = {image.pixelColor(x, box.center().y()).name() for x in range(box.left(), box.right())}
    assert len(written) > 1


def rgb(colour: str) -> Floats:
    return np.array([QColor(colour).red(), QColor(colour).green(), QColor(colour).blue()], dtype=float)


def straight(weight: float, theme: Theme = LIGHT) -> Floats:
    """The pixels (21, 3) of a cut across a level edge of this weight."""
    config = config_of([1])
    diagram = diagram_of(config, [np.zeros((1, 3)), np.array([[weight, 0.0]])], theme=theme)
    image, middle = painted(diagram), diagram.geometry.edge_point(1, 0, 0, 0.5).toPoint()
    return np.array([rgb(image.pixelColor(middle.x(), middle.y() + dy).name()) for dy in range(-10, 11)])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_show_their_sign(theme: Theme) -> None:
    ground = rgb(theme.base)
    for weight, colour in ((-3.0, NEGATIVE), (3.0, POSITIVE)):
        assert np.abs(straight(weight, theme) - rgb(colour)).max(axis=1).min() <= 1
    for weight in (-1e-6, 0.0, 1e-6):
        assert np.abs(straight(weight, theme) - ground).max() > 10, "even the thinnest is to be seen"


def test_heavier_edges_are_thicker_but_not_without_end() -> None:
    weights = (0.01, 0.5, 1.0, 2.0, 4.0, 1e6)
    ink = [np.abs(straight(weight) - rgb(LIGHT.base)).max(axis=1).sum() / 255.0 for weight in weights]
    assert all(thin < thick for thin, thick in pairwise(ink))
    assert ink[-1] <= 6.5


def test_a_bias_shows_its_sign() -> None:
    config = config_of([2])
    diagram = diagram_of(config, [np.array([[0.1, 0.1, -2.0], [0.1, 0.1, 2.0]]), np.array([[0.1, 0.1, 0.0]])])
    image, geometry = painted(diagram), diagram.geometry
    assert image.pixelColor(geometry.bias(1, 0).center()).name() == NEGATIVE
    assert image.pixelColor(geometry.bias(1, 1).center()).name() == POSITIVE
    assert image.pixelColor(geometry.bias(2, 0).center()).name() == LIGHT.border


def test_what_is_lit_stands_out_and_the_rest_fades() -> None:
    config = config_of([2])
    weights = [np.full((2, 3), 2.0), np.full((1, 3), 2.0)]
    diagram = diagram_of(config, weights)

    def colour(lit: Place | None, unit: int) -> str:
        point = diagram.geometry.edge_point(0, unit, unit, 0.5).toPoint()
        return painted(diagram, lit).pixelColor(point).name()

    assert colour(None, 0) == colour(None, 1) == POSITIVE
    for lit in (Place(0, 1), Place(0, 1, 1), Place(0, 1, 2), Place(-1, 1)):
        assert colour(lit, 1) == POSITIVE
        assert colour(lit, 0) != POSITIVE


def test_the_largest_network_paints_both_signs_in_every_gap() -> None:
    diagram = diagram_of(config_of([32] * 10))
    assert not diagram.geometry.curved
    image = painted(diagram)
    left = diagram.geometry.left
    for column in range(1, 10):
        x = (left[column] + SMALLEST + left[column + 1]) // 2
        colours = [image.pixelColor(x, y) for y in range(0, image.height(), 3)]
        assert any(colour.red() > colour.blue() + 20 for colour in colours)
        assert any(colour.blue() > colour.red() + 20 for colour in colours)


# A frame of another network


def foreign_frames() -> list[Frame | None]:
    others = [Session(config_of(units)).frame() for units in ([], [3], [4, 3], [4, 2, 2])]
    bare = altered(Session(config_of([4, 2])).frame(), unit_maps=None)
    return [None, bare, *others]


@pytest.mark.parametrize("index", range(6))
def test_a_frame_that_does_not_fit_leaves_empty_boxes(index: int, qtbot: QtBot) -> None:
    config, frame = config_of([4, 2]), foreign_frames()[index]
    diagram = Diagram(config, frame, Geometry.fitted((2, 4, 2, 1), 600, 300), LIGHT)
    image = painted(diagram, Place(0, 1))
    if frame is None or len(frame.weights) != 3:
        assert diagram.value(Place(0, 0, 0)) is None
        assert corner_colours(image, diagram.geometry.unit(1, 0)) == dict.fromkeys(("ul", "ur", "lr"), LIGHT.middle)


def test_values_are_the_frames() -> None:
    config = config_of([2])
    weights = [np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([[7.0, 8.0, 9.0]])]
    diagram = diagram_of(config, weights)
    assert diagram.value(Place(0, 1, 0)) == 4.0
    assert diagram.value(Place(0, 1, 2)) == 6.0
    assert diagram.value(Place(0, 1)) == 6.0, "of a unit, its bias"
    assert diagram.value(Place(1, 0)) == 9.0
    assert diagram.value(Place(-1, 0)) is None


def test_the_export_paints_the_same() -> None:
    diagram = diagram_of(config_of([2]))
    item = DiagramItem(diagram)
    image = QImage(item.boundingRect().size().toSize(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    item.paint(painter, None)
    painter.end()
    assert image == painted(diagram)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_number_to_predict_has_the_colours_of_the_main_view(theme: Theme) -> None:
    config = with_value(config_of([2]), "data.source", Hills())
    frame = Session(config).frame()
    outputs = np.full((1, MAP_SIZE, MAP_SIZE), frame.scene.low, dtype=np.float32)
    outputs[:, MAP_SIZE // 2 :] = frame.scene.high
    assert frame.unit_maps is not None
    frame = altered(frame, unit_maps=(*frame.unit_maps[:-1], outputs))
    diagram = Diagram(config, frame, Geometry.fitted((2, 2, 1), 600, 300, 24, 24), theme)
    colours = corner_colours(painted(diagram), diagram.geometry.unit(2, 0))
    low, high = (QColor(*theme.value_table()[end].tolist()).name() for end in (0, 255))
    assert colours == {"ul": high, "ur": high, "lr": low}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 3e38])
@pytest.mark.parametrize("activation", [ReLU(), Tanh()], ids=["relu", "tanh"])
def test_maps_of_a_diverged_run_are_drawn_without_a_warning(activation: Activation, value: float) -> None:
    config = config_of([2], activation)
    maps = maps_of(config, 1.0)
    maps[1][0, :3] = value
    maps[2][0, :3] = value
    diagram = diagram_of(config, maps=maps)
    image = painted(diagram)
    spoilt = corner_colours(image, diagram.geometry.unit(1, 0))["ur"]
    assert (spoilt == LIGHT.middle) is not np.isfinite(value)
    assert corner_colours(image, diagram.geometry.unit(1, 1))["ur"] == POSITIVE


def test_a_dead_unit_is_crossed_out() -> None:
    config = Config(network=NetworkConfig(hidden=(Layer(3, ReLU()),)))
    session = Session(config)
    session.set_weight(0, 1, 2, -1000.0)
    frame = session.frame(frozenset({UnitMaps, DeadUnits}))
    diagram = Diagram(config, frame, Geometry.fitted((2, 3, 1), 400, 300), LIGHT)
    assert [diagram.dead(Place(0, unit)) for unit in range(3)] == [False, True, False]
    assert not diagram.dead(Place(-1, 1))
    without = replace(diagram, frame=altered(frame, looks=()))
    crossed, plain = painted(diagram), painted(without)
    for column, units in enumerate((2, 3, 1)):
        for unit in range(units):
            rect = diagram.geometry.unit(column, unit)
            same = crossed.copy(rect) == plain.copy(rect)
            assert same == ((column, unit) != (1, 1))


def test_units_that_dropout_has_switched_off_are_veiled() -> None:
    config = config_of([3])
    frame = Session(config).frame()
    off = np.array([True, False, True])
    geometry = Geometry.fitted((2, 3, 1), 600, 300, 24, 24)
    bare = painted(Diagram(config, frame, geometry, LIGHT))
    diagram = Diagram(config, altered(frame, looks=(DroppedUnits((off,)),)), geometry, LIGHT)
    veiled = painted(diagram)
    places = [geometry.unit(1, unit) for unit in range(3)]
    changed = [corner_colours(bare, rect) != corner_colours(veiled, rect) for rect in places]
    assert changed == off.tolist()
    assert [diagram.off(Place(0, unit)) for unit in range(3)] == off.tolist()
