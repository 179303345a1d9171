"""Maps: the right answer at the right place, right way up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.preprocessing import StandardScaler

from playground.data.dataset import Dataset, Floats
from playground.data.generators import Blobs, Circle, Hills
from playground.data.library import Diabetes, Iris
from playground.experiment.config import Config
from playground.experiment.history.curves import Curves
from playground.experiment.looks.look import Look
from playground.experiment.looks.maps import MAP_SIZE, Answers, UnitMaps
from playground.experiment.run.session import Session
from playground.experiment.scene import Scene
from playground.nn.activations import SignOutput
from playground.options import with_value
from tests.frames import look_at


def session_of(values: dict[str, Any], dataset: Dataset | None = None, **axes: int) -> Session:
    """The default with values at dotted paths, trained a little, over these axes."""
    config = Config()
    for path, value in values.items():
        config = with_value(config, path, value)
    session = look_at(Session(config, dataset), **axes)
    session.train(2)
    return session


def centres(scene: Scene) -> tuple[Floats, Floats]:
    """Raw coordinates of the cell centres: of each column, and of each row from the lowest."""
    left, right, bottom, top = scene.extent
    edges = np.linspace(left, right, MAP_SIZE + 1), np.linspace(bottom, top, MAP_SIZE + 1)
    across, upwards = ((edge[1:] + edge[:-1]) / 2.0 for edge in edges)
    return across, upwards


def raw_points(session: Session) -> Floats:
    """The cell centres, (rows, columns, raw columns), with the columns that are not drawn at their training mean."""
    scene = session.scene
    across, upwards = centres(scene)
    X = np.empty((MAP_SIZE, MAP_SIZE, len(scene.columns)))
    X[...] = session.dataset.X[session._run.setup.problem.rows.train].mean(axis=0)
    X[..., scene.axes[0]] = across[None, :]
    X[..., scene.axes[1]] = upwards[:, None]
    return X


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"data.source": Hills(), "data.features": ("x1", "x2", "x1_x2", "sin_x2")},
        {"data.source": Blobs(classes=4)},
        {"data.source": Iris()},
        {"data.source": Iris(), "axes": (3, 0)},
        {"data.source": Diabetes(), "axes": (2, 8)},
        {"data.source": Circle(), "data.standardise": False},
    ],
    ids=["circle", "hills", "blobs", "iris", "iris along others", "diabetes", "raw circle"],
)
def test_the_outputs_are_the_predictions_at_the_cell_centres(values: dict[str, Any]) -> None:
    x_axis, y_axis = values.pop("axes", (0, 1))
    session = session_of(values, x_axis=x_axis, y_axis=y_axis)
    outputs = session.frame().outputs
    assert outputs is not None
    predicted = session.predict(raw_points(session).reshape(MAP_SIZE**2, -1))
    assert outputs.shape == (predicted.shape[1], MAP_SIZE, MAP_SIZE)
    scale = max(1.0, float(np.abs(predicted).max()))
    assert_allclose(outputs.reshape(len(outputs), -1).T, predicted, atol=1e-6 * scale)
    assert np.ptp(outputs) > 0.01


def test_rows_run_upwards_and_columns_to_the_right() -> None:
    session = session_of({"data.source": Hills(), "data.standardise": False, "network.hidden": ()})
    across, upwards = centres(session.scene)
    for weights, expected in (((1.0, 0.0), across[None, :]), ((0.0, 1.0), upwards[:, None])):
        for index, weight in enumerate((*weights, 0.0)):
            session.set_weight(0, 0, index, weight)
        outputs = session.frame().outputs
        assert outputs is not None
        assert_allclose(outputs[0], np.broadcast_to(expected, (MAP_SIZE, MAP_SIZE)), rtol=1e-6)


def test_unit_maps_are_the_activations_by_hand() -> None:
    session = session_of({})
    frame = session.frame()
    assert frame.unit_maps is not None
    scaler = StandardScaler().fit(session.dataset.X[session._run.setup.problem.rows.train])
    h = scaler.transform(raw_points(session).reshape(-1, 2)).T
    for index, maps in enumerate(frame.unit_maps):
        if index:
            z = frame.weights[index - 1] @ np.vstack([h, np.ones(h.shape[1])])
            h = np.tanh(z) if index < 3 else 1.0 / (1.0 + np.exp(-z))
        assert maps.shape == (len(h), MAP_SIZE, MAP_SIZE)
        assert_allclose(maps.reshape(len(h), -1), h, atol=1e-6)
    assert len(frame.unit_maps) == 4
    assert_array_equal(frame.unit_maps[-1], frame.outputs)


def test_the_output_units_own_map_is_in_the_units_of_the_data() -> None:
    session = session_of({"data.source": Diabetes()})
    frame = session.frame()
    assert frame.unit_maps is not None
    assert_allclose(frame.unit_maps[-1], frame.outputs, rtol=1e-5)
    y = session.dataset.y[session._run.setup.problem.rows.train]
    assert y.min() < frame.unit_maps[-1].mean() < y.max()


def test_exchanged_axes_turn_the_map_over() -> None:
    session = session_of({"data.source": Iris()})
    before = session.frame()
    look_at(session, x_axis=1, y_axis=0)
    after = session.frame()
    assert after.scene.extent == (*before.scene.extent[2:], *before.scene.extent[:2])
    assert before.outputs is not None
    assert_array_equal(after.outputs, before.outputs.transpose(0, 2, 1))


def test_of_one_column_the_map_is_constant_from_top_to_bottom() -> None:
    x = np.linspace(-2.0, 2.0, 40)
    session = session_of({}, Dataset(x[:, None], np.sin(x), ("a",), (), "y", "hand"))
    frame = session.frame()
    assert frame.outputs is not None
    predicted = session.predict(centres(session.scene)[0][:, None])[:, 0]
    assert_allclose(frame.outputs[0], np.tile(predicted, (MAP_SIZE, 1)), atol=1e-6)


@pytest.mark.parametrize(
    "needs",
    [set(), {Curves}, {Answers}, {UnitMaps}, {Answers, UnitMaps}, {Curves, Answers, UnitMaps}],
    ids=lambda needs: "+".join(sorted(look.words() for look in needs)),
)
def test_only_what_is_needed_is_drawn(needs: set[type[Look]]) -> None:
    session = session_of({})
    frame, whole = session.frame(frozenset(needs)), session.frame()
    assert (frame.curves is not None) == (Curves in needs)
    assert (frame.outputs is not None) == (Answers in needs)
    assert (frame.unit_maps is not None) == (UnitMaps in needs)
    if frame.outputs is not None:
        assert_array_equal(frame.outputs, whole.outputs)
    for maps, expected in zip(frame.unit_maps or (), whole.unit_maps or (), strict=False):
        assert_array_equal(maps, expected)


def test_maps_stay_as_they_were_drawn() -> None:
    session = session_of({})
    frame = session.frame()
    assert frame.outputs is not None
    assert frame.unit_maps is not None
    maps = [frame.outputs, *frame.unit_maps]
    before = [array.copy() for array in maps]
    session.train(5)
    assert not np.array_equal(session.frame().outputs, frame.outputs)
    for array, kept in zip(maps, before, strict=True):
        assert array.dtype == np.float32
        assert not array.flags.writeable
        assert_array_equal(array, kept)


@pytest.mark.parametrize(
    "values",
    [{}, {"data.source": Hills()}, {"data.source": Iris()}, {"network.output": SignOutput()}],
    ids=["classes", "number", "more classes", "hard"],
)
def test_the_outputs_are_the_same_with_the_units_and_without(values: dict[str, Any]) -> None:
    session = session_of(values)
    alone, among = session.frame(frozenset({Answers})), session.frame(frozenset({Answers, UnitMaps}))
    assert alone.outputs is not None
    assert among.outputs is not None
    assert_array_equal(alone.outputs, among.outputs)
    assert not among.outputs.flags.writeable
