"""Problem: data split, scaled and encoded for the output units, and the scene that is drawn."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.preprocessing import StandardScaler

from playground.data.dataset import Dataset
from playground.data.generators import Blobs, Circle, Hills
from playground.data.library import Diabetes, Iris
from playground.data.split import split
from playground.experiment.config import Config
from playground.experiment.pairing import output_count
from playground.experiment.problem import Problem
from playground.experiment.selection import Selection
from playground.experiment.setup import Setup
from playground.nn.activations import Activation, Linear, Sigmoid, Softmax, Tanh
from playground.nn.losses import (
    BinaryCrossEntropy,
    CrossEntropy,
    KLDivergence,
    Loss,
    NegativeLogLikelihood,
    SquaredError,
)
from playground.options import with_value
from tests.choices import MARGINS, label
from tests.configs import edited

SOURCES = {0: Hills(points=60), 2: Circle(points=60), 3: Blobs(points=60), 5: Blobs(points=60, classes=5)}


def drawn(config: Config) -> Dataset:
    return config.data.source.load(np.random.default_rng(5))


@pytest.mark.parametrize(
    ("classes", "loss", "output", "count"),
    [
        (0, SquaredError(), Linear(), 1),
        (2, BinaryCrossEntropy(), Sigmoid(), 1),
        (2, SquaredError(), Tanh(), 1),
        (2, CrossEntropy(), Softmax(), 2),
        (2, CrossEntropy(), Sigmoid(), 2),
        (2, BinaryCrossEntropy(), Softmax(), 2),
        (2, SquaredError(), Softmax(), 2),
        (0, NegativeLogLikelihood(), Linear(), 1),
        (2, NegativeLogLikelihood(), Sigmoid(), 1),
        (2, NegativeLogLikelihood(), Softmax(), 2),
        (2, KLDivergence(), Softmax(), 2),
        *((2, loss(), Linear(), 1) for loss in MARGINS),
        *((5, loss(), Tanh(), 5) for loss in MARGINS),
        (3, CrossEntropy(), Softmax(), 3),
        (3, SquaredError(), Tanh(), 3),
        (5, BinaryCrossEntropy(), Sigmoid(), 5),
    ],
    ids=label,
)
def test_output_units(classes: int, loss: Loss, output: Activation, count: int) -> None:
    assert output_count(loss, output, classes) == count
    config = edited({"data.source": SOURCES[classes], "training.loss": loss, "network.output": output})
    problem = Problem(config, drawn(config))
    assert problem.outputs == count
    assert problem.train.targets.shape[1] == count


# Targets and inputs.


@pytest.mark.parametrize(("output", "no", "yes"), [(Sigmoid(), 0, 1), (Linear(), 0, 1), (Tanh(), -1, 1)], ids=label)
def test_two_classes_are_no_and_yes_of_one_output(output: Activation, no: float, yes: float) -> None:
    config = edited({"network.output": output})
    problem = Problem(config, drawn(config))
    for part in (problem.train, problem.parts["test"][0]):
        assert_array_equal(part.targets[:, 0], np.where(part.y == 1, yes, no))


@pytest.mark.parametrize("output", [Linear(), Tanh()], ids=label)
@pytest.mark.parametrize("loss", [loss() for loss in MARGINS], ids=label)
def test_a_margin_is_between_minus_one_and_one_whatever_the_output(loss: Loss, output: Activation) -> None:
    two = edited({"training.loss": loss, "network.output": output})
    problem = Problem(two, drawn(two))
    assert_array_equal(problem.train.targets[:, 0], np.where(problem.train.y == 1, 1, -1))
    scene = scene_of({"training.loss": loss, "network.output": output})
    assert (scene.low, scene.high) == (-1.0, 1.0)
    more = with_value(two, "data.source", Blobs(points=60, classes=4))
    problem = Problem(more, drawn(more))
    assert_array_equal(problem.train.targets, np.where(np.eye(4)[problem.train.y.astype(int)] == 1, 1, -1))


@pytest.mark.parametrize(("output", "no"), [(Softmax(), 0), (Sigmoid(), 0), (Tanh(), -1)], ids=label)
def test_each_of_more_classes_has_an_output(output: Activation, no: float) -> None:
    config = edited({"data.source": Blobs(points=60, classes=4), "network.output": output})
    problem = Problem(config, drawn(config))
    for part in (problem.train, problem.parts["test"][0]):
        assert_array_equal(part.targets, np.where(np.eye(4)[part.y.astype(int)] == 1, 1, no))


@pytest.mark.parametrize("source", [Circle(points=50), Hills(points=50), Iris(), Diabetes()], ids=lambda s: s.label)
def test_scaling_is_that_of_the_training_part(source: Any) -> None:
    config = edited({"data.source": source, "data.train_share": 0.3})
    data = drawn(config)
    train, _, test = split(data, 0.3, 0.0, config.data.seed)
    problem = Problem(config, data)
    scaler = StandardScaler().fit(data.X[train])
    for part, rows in ((problem.train, train), (problem.parts["test"][0], test)):
        assert len(part) == len(rows)
        assert_allclose(part.X[:, :-1], scaler.transform(data.X[rows]), atol=1e-12)
        assert_array_equal(part.X[:, -1], 1.0)
        assert_array_equal(part.y, data.y[rows])
    if not data.classes:
        heights = StandardScaler().fit(data.y[train, None])
        assert_allclose(problem.parts["test"][0].targets, heights.transform(data.y[test, None]), atol=1e-12)
        assert_allclose(
            problem.decode(problem.parts["test"][0].targets)[:, 0], data.y[test], atol=1e-12 * np.abs(data.y).max()
        )


def test_without_standardising_the_network_sees_what_there_is() -> None:
    config = edited(
        {"data.source": Hills(points=50), "data.standardise": False, "data.features": ("x2", "x1_x2", "x1")}
    )
    data = drawn(config)
    problem = Problem(config, data)
    X, y = data.X[problem.rows.train], data.y[problem.rows.train]
    assert_array_equal(problem.train.X, np.column_stack([X[:, 0], X[:, 1], X[:, 0] * X[:, 1], np.ones(len(X))]))
    assert_array_equal(problem.train.targets[:, 0], y)


# The scene.


def scene_of(values: dict[str, Any], data: Dataset | None = None, **axes: int) -> Any:
    config = edited(values)
    return Setup.of(config, data or drawn(config), Selection(**axes)).scene


def test_the_scene_of_the_default_experiment() -> None:
    data = drawn(Config())
    problem = Problem(Config(), data)
    scene = scene_of({}, data)
    assert scene.input_names == ("x₁", "x₂")
    assert scene.classes == ("outside", "inside")
    assert (scene.output, scene.loss, str(scene.remark)) == ("sigmoid", "binary cross-entropy", "")
    assert (scene.low, scene.high, scene.axes, scene.held) == (0.0, 1.0, (0, 1), "")
    assert scene.steps_per_epoch == 25
    train, validation, test = problem.rows
    assert not len(validation)
    assert sorted([*train, *test]) == list(range(500))
    assert_array_equal(scene.train_points, data.X[train])
    assert_array_equal(scene.test_points, data.X[test])
    assert_array_equal(scene.train_y, data.y[train])
    assert_array_equal(scene.test_y, data.y[test])
    for array in (scene.train_points, scene.test_points, scene.train_y, scene.test_y):
        assert not array.flags.writeable
    left, right, bottom, top = scene.extent
    assert -left == right == -bottom == top
    assert np.abs(data.X).max() < right < 1.2 * np.abs(data.X).max()


@pytest.mark.parametrize(
    ("points", "batch", "steps"), [(46, 10, 3), (46, 23, 1), (46, 10_000, 1), (40, 10, 2), (46, 1, 23)]
)
def test_steps_per_epoch(points: int, batch: int, steps: int) -> None:
    assert scene_of({"data.source": Circle(points=points), "training.batch_size": batch}).steps_per_epoch == steps


def test_a_pair_that_does_not_match_is_remarked_upon() -> None:
    scene = scene_of({"training.loss": SquaredError(), "network.output": Sigmoid()})
    assert scene.remark == SquaredError().remark(Sigmoid())
    assert scene.remark


def test_low_and_high_are_what_the_colours_run_between() -> None:
    tanh = scene_of({"network.output": Tanh()})
    assert (tanh.low, tanh.high) == (-1.0, 1.0)
    hills = scene_of({"data.source": Hills(points=50)})
    assert (hills.low, hills.high) == (hills.train_y.min(), hills.train_y.max())
    flat = dataclasses.replace(drawn(edited({"data.source": Hills(points=50)})), y=np.full(50, 3.0))
    scene = scene_of({"data.source": Hills(points=50)}, flat)
    assert (scene.low, scene.high) == (3.0, 4.0)


def test_a_table_is_drawn_along_two_columns_with_a_margin() -> None:
    data = drawn(edited({"data.source": Iris()}))
    scene = scene_of({"data.source": Iris()}, x_axis=3, y_axis=2)
    assert scene.axes == (3, 2)
    assert_array_equal(np.vstack([scene.train_points, scene.test_points]).min(axis=0), data.X[:, [3, 2]].min(axis=0))
    left, right, bottom, top = scene.extent
    assert left < data.X[:, 3].min() < data.X[:, 3].max() < right
    assert bottom < data.X[:, 2].min() < data.X[:, 2].max() < top
    assert scene.held == "sepal length (cm), sepal width (cm) held at their mean"


@pytest.mark.parametrize(
    ("columns", "held"),
    [
        (2, ""),
        (3, "c held at its mean"),
        (5, "c, d, e held at their mean"),
        (6, "the 4 other columns held at their mean"),
    ],
)
def test_what_is_not_drawn_is_named(columns: int, held: str) -> None:
    X = np.random.default_rng(1).normal(size=(10, columns))
    X[:, 1] = 7.0
    scene = scene_of({}, Dataset(X, np.arange(10) % 2.0, tuple("abcdef"[:columns]), ("no", "yes"), "y", "hand"))
    assert scene.held == held
    assert scene.extent[2:] == (6.5, 7.5)  # a constant column has a place of its own


@pytest.mark.parametrize("axis", ["x_axis", "y_axis"])
def test_an_axis_that_is_no_column_is_the_last(axis: str) -> None:
    scene = scene_of({"data.source": Iris()}, **{axis: 4})
    assert scene.axes == ((3, 1) if axis == "x_axis" else (0, 3))


def test_one_column_alone_is_drawn_along_both_axes() -> None:
    data = Dataset(np.arange(10.0)[:, None], np.arange(10.0), ("a",), (), "y", "hand")
    scene = scene_of({}, data)
    assert (scene.axes, scene.held) == ((0, 0), "")
    assert_array_equal(scene.train_points[:, 0], scene.train_points[:, 1])


def test_a_column_chosen_twice_is_drawn_as_one_alone_with_the_others_held() -> None:
    config = edited({"data.source": Iris()})
    data = drawn(config)
    scene = scene_of({"data.source": Iris()}, x_axis=2, y_axis=2)
    points = np.vstack([scene.train_points, scene.test_points])
    assert scene.axes == (2, 2)
    assert_array_equal(np.sort(points[:, 0]), np.sort(data.X[:, 2]))
    assert (scene.low <= points[:, 1]).all()
    assert (points[:, 1] <= scene.high).all()
    assert "petal length" not in scene.held
    problem = Problem(config, data)
    grid = problem.along(2, np.array([1.0, 5.0]))
    rows = np.tile(problem.means, (2, 1))
    rows[:, 2] = 1.0, 5.0
    assert_array_equal(grid, problem.inputs(rows))


def test_an_axis_of_the_plane_chosen_twice_is_as_wide_as_its_points() -> None:
    scene = scene_of({"data.source": Hills(points=50)}, y_axis=0)
    assert scene.graph
    assert_array_equal(scene.train_points[:, 1], scene.train_y)
