"""Session: the same config gives the same bits however it is run and looked at; what an edit keeps and what it restarts."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.preprocessing import StandardScaler

from playground.data.dataset import DataError, Floats, Source
from playground.data.formats.text import CsvFile
from playground.data.generators import Blobs, Circle, Hills, Spiral
from playground.data.library import Diabetes, Iris
from playground.data.sources import FILES, SOURCES
from playground.data.split import split
from playground.experiment.config import Config, ConfigError, Impact, Layer
from playground.experiment.frame import Frame
from playground.experiment.looks.maps import MAP_SIZE
from playground.experiment.run import run as run_module
from playground.experiment.run import session as session_module
from playground.experiment.run.session import Session
from playground.nn.activations import ACTIVATIONS, Activation, ReLU, Sigmoid, Softmax, Tanh
from playground.nn.clipping import CLIPPINGS, ClipByNorm, ClipByValue
from playground.nn.initializers import INITIALIZERS, Zeros
from playground.nn.losses import BinaryCrossEntropy, CrossEntropy, Loss, SquaredError
from playground.nn.normalizations import NORMALIZATIONS
from playground.nn.optimizers import OPTIMIZERS, Adam, Momentum, Optimizer
from playground.nn.regularizers import L1, L2, REGULARIZERS, ElasticNet, MaxNorm, WeightDecay
from playground.nn.schedules import SCHEDULES, Cosine, Exponential, OneCycle, Steps, WarmUp
from playground.options import Options, with_value
from tests.choices import label, pairs
from tests.configs import edited
from tests.frames import look_at
from tests.strategies import small_configs

TABLES = {name: cls for name, cls in SOURCES.items() if cls not in FILES}


IRIS_COLUMNS = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
SMALL = edited({"data.source": Circle(points=46)})  # 23 training examples: mini-batches of 10, 10 and 3


def bits(session: Session) -> dict[str, Any]:
    """All that a run has become."""
    state = session.state()
    return state.plain | {name: array.tobytes() for name, array in state.arrays.items()}


def run_to(config: Config, steps: int) -> Session:
    session = Session(config)
    session.step(steps)
    return session


def rules_of(optimizer: Optimizer) -> dict[str, Any]:
    """The optimizer, with all examples at once where it needs them."""
    batch = {"training.batch_size": 1000} if optimizer.full_batch else {}
    return {"training.optimizer": optimizer, **batch}


# The same config, the same bits.

LOOKS: dict[str, Callable[[Session], object]] = {
    "frame": lambda session: session.frame(),
    "bare frame": lambda session: session.frame(frozenset()),
    "evaluate": lambda session: (session.evaluate("train"), session.evaluate("test")),
    "predict": lambda session: session.predict(np.ones((7, 2))),
    "history": lambda session: session.history,
    "state": lambda session: session.state(),
    "select": lambda session: look_at(session, layer=1 - session.selection.layer, x_axis=1 - session.selection.x_axis),
}
MOVES: dict[str, Callable[[Session], object]] = {
    **{f"step {n}": partial(Session.step, n=n) for n in (0, 1, 2, 5)},
    **{f"train {n}": partial(Session.train, epochs=n) for n in (0, 1, 3)},
}


@given(actions=st.lists(st.sampled_from(sorted(MOVES | LOOKS)), max_size=12), optimizer=st.sampled_from([*OPTIMIZERS]))
def test_neither_cuts_nor_looks_change_a_bit(actions: list[str], optimizer: str) -> None:
    config = edited({"training.batch_size": 2, **rules_of(OPTIMIZERS[optimizer]())}, SMALL)
    session = Session(config)  # 12 steps an epoch, of which every third is recorded
    for action in actions:
        (MOVES | LOOKS)[action](session)
    straight = run_to(config, session.step_count)
    assert bits(session) == bits(straight)
    assert session.frame().scores == straight.frame().scores


@settings(max_examples=25)
@given(st.lists(st.sampled_from([1e-4, 4e-4, 1e-3, 3e-3]), min_size=40, max_size=40))
def test_the_clock_decides_how_many_steps_but_no_number(ticks: list[float]) -> None:
    times = itertools.accumulate(itertools.cycle(ticks))
    session = Session(SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session_module, "time", SimpleNamespace(perf_counter=lambda: next(times)))
        for _ in range(3):
            before = session.step_count
            session.advance(0.02)
            assert session.step_count > before
    assert bits(session) == bits(run_to(SMALL, session.step_count))


def test_training_counts_steps_and_epochs() -> None:
    session = Session(edited({"training.batch_size": 2}, SMALL))
    session.step(1)
    session.step(1)
    assert (session.step_count, session.epoch) == (2, 0)
    session.train(1)
    assert (session.step_count, session.epoch) == (12, 1)
    session.train(4)
    assert (session.step_count, session.epoch) == (60, 5)
    session.step(16)
    frame = session.frame()
    assert (frame.step, frame.epoch, frame.step_in_epoch) == (76, 6, 4)


def test_restarting_gives_the_same_run() -> None:
    session = Session(edited({"training.optimizer": Adam()}, SMALL))
    session.step(25)
    first, weights = bits(session), session.network.parameters.copy()
    session.restart()
    assert (session.run, session.step_count, session.epoch, len(session.history)) == (2, 0, 0, 1)
    assert bits(session) == bits(Session(session.config))
    assert not np.array_equal(session.network.parameters, weights)
    session.step(25)
    assert bits(session) == first


@pytest.mark.parametrize(("seed", "same_data"), [("network.seed", True), ("data.seed", False)])
def test_another_seed_is_another_run(seed: str, same_data: bool) -> None:
    one, other = Session(SMALL), Session(edited({seed: 2}, SMALL))
    assert np.array_equal(one.dataset.X, other.dataset.X) == same_data
    assert np.array_equal(one.scene.train_points, other.scene.train_points) == same_data
    assert np.array_equal(one.network.parameters, other.network.parameters) != same_data
    for session in (one, other):
        session.train(1)
    assert not np.array_equal(one.network.parameters, other.network.parameters)
    assert np.array_equal(one.state().arrays["order"], other.state().arrays["order"]) != same_data


# Everything can be built and learns.


def test_the_default_experiment_learns_the_circle() -> None:
    session = Session(Config())
    start = session.evaluate("train").loss
    session.train(100)
    for part in ("train", "test"):
        evaluation = session.evaluate(part)
        assert evaluation.loss < 0.3 * start
        assert evaluation.accuracy is not None
        assert evaluation.accuracy > 0.95


def check(frame: Frame, config: Config) -> None:
    """All that a frame promises."""
    scene = frame.scene
    hidden = [layer.activation.widths(layer.units)[1] for layer in config.network.hidden]
    units = [len(scene.input_names), *hidden, len(frame.weights[-1])]
    shapes = list(itertools.pairwise(units))
    assert [weights.shape for weights in frame.weights] == [(above, below + 1) for below, above in shapes]
    assert frame.gradient_now.shape == (len(shapes), 3)
    assert frame.outputs is not None
    assert frame.unit_maps is not None
    assert frame.curves is not None
    assert frame.outputs.shape == (units[-1], MAP_SIZE, MAP_SIZE)
    assert [maps.shape for maps in frame.unit_maps] == [(count, MAP_SIZE, MAP_SIZE) for count in units]
    curves = list(vars(frame.curves).values())
    assert {curve.shape for curve in curves[:9]} == {(len(frame.curves),)}
    assert {curve.shape for curve in curves[9:12]} == {(len(frame.curves), len(shapes))}
    members = len(scene.members)
    assert {curve.shape for curve in curves[12:]} == {(len(frame.curves), members if members > 1 else 0)}
    assert {maps.dtype for maps in (frame.outputs, *frame.unit_maps)} == {np.dtype(np.float32)}
    assert {weights.dtype for weights in frame.weights} == {np.dtype(np.float64)}
    points = [scene.train_points, scene.test_points]
    assert [array.shape[1] for array in points] == [2, 2]
    for array in (*frame.weights, frame.gradient_now, frame.outputs, *frame.unit_maps, *curves, *points):
        assert not array.flags.writeable
    for array in (*frame.weights, frame.gradient_now, frame.outputs, *frame.unit_maps, frame.curves.train_loss):
        assert np.isfinite(array).all()
    for accuracy in (frame.scores.train_accuracy, frame.scores.test_accuracy):
        assert (accuracy is not None and 0.0 <= accuracy <= 1.0) if scene.classes else accuracy is None
    assert np.isfinite([frame.scores.train_loss, frame.scores.test_loss]).all()
    assert frame.divergence is None


def check_trains(values: dict[str, Any]) -> None:
    config = edited(values)
    session = Session(config)
    start = session.network.parameters.copy()
    session.train(2)
    check(session.frame(), config)
    assert session.epoch == 2
    assert not np.array_equal(session.network.parameters, start)


@pytest.mark.parametrize("source", TABLES)
def test_each_data_set(source: str) -> None:
    check_trains({"data.source": TABLES[source]()})


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pets.csv"
    path.write_text("size,weight,age,kind\n" + "1,2,3,cat\n2,4.5,1,dog\n3,1,2,cat\n4,8,6,dog\n" * 5)
    check_trains({"data.source": CsvFile(path=str(path))})


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_activation(activation: str) -> None:
    check_trains({"network.hidden": (Layer(5, ACTIVATIONS[activation]()), Layer(3, Tanh()))})


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_each_normalization(normalization: str) -> None:
    check_trains({"network.hidden": (Layer(5, Tanh(), NORMALIZATIONS[normalization]()), Layer(3, Tanh()))})


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_each_precision_alone_and_with_others(precision: str, members: int) -> None:
    check_trains({"network.precision": precision, "ensemble.members": members, "data.validation_share": 0.2})


@pytest.mark.parametrize(
    ("path", "choice"),
    [
        *(("training.regularizer", cls()) for cls in REGULARIZERS.values()),
        *(("training.schedule", cls()) for cls in SCHEDULES.values()),
        *(("training.clipping", cls()) for cls in CLIPPINGS.values()),
        *(("network.initializer", cls()) for cls in INITIALIZERS.values()),
    ],
    ids=label,
)
def test_each_choice(path: str, choice: Options) -> None:
    check_trains({path: choice})


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_each_optimizer(optimizer: str) -> None:
    check_trains(rules_of(OPTIMIZERS[optimizer]()))


@pytest.mark.parametrize(
    ("source", "loss", "output"),
    [
        (source, *pair)
        for source, classes in ((Circle(), 2), (Blobs(), 3), (Hills(), 0))
        for pair in pairs(classes, automatic=True)
    ],
    ids=label,
)
def test_each_pair_of_loss_and_output(source: Any, loss: Loss | None, output: Activation | None) -> None:
    check_trains({"data.source": source, "training.loss": loss, "network.output": output})


@pytest.mark.parametrize("hidden", [(), (Layer(1),), (Layer(32, ReLU()),) * 10], ids=["none", "one unit", "ten of 32"])
def test_networks_small_and_large(hidden: tuple[Layer, ...]) -> None:
    check_trains({"network.hidden": hidden})


def test_zeros_leave_hidden_units_alike() -> None:
    session = Session(edited({"network.initializer": Zeros(), "data.source": Hills()}))
    session.train(3)
    first = session.network.weights[0]
    assert_array_equal(first, np.broadcast_to(first[0], first.shape))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(config=small_configs(), steps=st.integers(1, 4))
def test_any_experiment_runs_or_says_why_not(config: Config, steps: int) -> None:
    assert Config.from_json(config.to_json()) == config
    try:
        session = Session(config)
    except (ConfigError, DataError):  # that each refusal is a sentence is the business of those who refuse
        reject()
    session.step(steps)
    frame = session.frame()
    assert session.step_count <= steps
    assert all(np.isfinite(weights).all() for weights in frame.weights)
    assert np.isfinite([frame.scores.train_loss, frame.scores.test_loss]).all() or session.over
    other = Session.from_state(config, session.dataset, session.state())
    for one in (session, other):
        one.step(2)
    if not session.over:
        assert bits(session) == bits(other)


# Predictions and evaluations.


@pytest.mark.parametrize(
    "source", [Circle(points=46), Blobs(points=60), Hills(points=46), Iris(), Diabetes()], ids=label
)
def test_predictions_by_hand(source: Any) -> None:
    session = Session(edited({"data.source": source, "training.learning_rate": 0.01}))
    session.train(3)
    data = session.dataset
    train, _, test = split(data, 0.5, 0.0, session.config.data.seed)
    h = StandardScaler().fit(data.X[train]).transform(data.X)
    weights = session.frame().weights
    for layer in weights[:-1]:
        h = np.tanh(h @ layer[:, :-1].T + layer[:, -1])
    z = h @ weights[-1][:, :-1].T + weights[-1][:, -1]
    predicted = session.predict(data.X)
    if not data.classes:
        assert_allclose(predicted, z * data.y[train].std() + data.y[train].mean(), rtol=1e-10)
        scaled = (predicted[:, 0] - data.y) / data.y[train].std()
        for part, rows in (("train", train), ("test", test)):
            evaluation = session.evaluate(part)
            assert evaluation.loss == pytest.approx(0.5 * (scaled[rows] ** 2).mean())
            assert evaluation.accuracy is None
        return
    exponentials = np.exp(z)
    many = len(data.classes) > 2
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True) if many else 1.0 / (1.0 + np.exp(-z))
    assert_allclose(predicted, probabilities, rtol=1e-10)
    answers = predicted.argmax(axis=1) if many else predicted[:, 0] > 0.5
    truth = predicted[np.arange(len(data)), data.y.astype(int)] if many else np.abs(1.0 - data.y - predicted[:, 0])
    for part, rows in (("train", train), ("test", test)):
        right = (answers == data.y)[rows].mean()
        evaluation = session.evaluate(part)
        assert (evaluation.loss, evaluation.accuracy) == pytest.approx((-np.log(truth[rows]).mean(), right))


@pytest.mark.parametrize("shape", [(2,), (5, 3), (5, 1), (1, 5, 2), ()])
def test_inputs_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"^X must be \(examples, 2\), not \("):
        Session(SMALL).predict(np.zeros(shape))


def test_any_number_of_examples_and_kind_of_numbers_will_do() -> None:
    session = Session(SMALL)
    assert session.predict(np.zeros((0, 2))).shape == (0, 1)
    assert_array_equal(session.predict([[1, 2]]), session.predict(np.array([[1.0, 2.0]])))  # type: ignore[arg-type]


def test_a_saturated_output_predicts_in_silence() -> None:
    session = Session(SMALL)
    session.set_weight(2, 0, 2, -2000.0)
    assert_array_equal(session.predict(np.zeros((1, 2))), [[0.0]])
    assert np.isfinite(session.evaluate("train").loss)


@pytest.mark.parametrize("part", ["training", "", None])
def test_there_are_three_parts_to_evaluate(part: Any) -> None:
    with pytest.raises(ValueError, match=r'^part must be "train", "validation" or "test", not '):
        Session(SMALL).evaluate(part)


# Frames.


def test_frames_show_the_scores_of_now() -> None:
    session = Session(SMALL)
    for _ in range(5):
        session.step()
        scores = session.frame(frozenset()).scores
        train, test = session.evaluate("train"), session.evaluate("test")
        assert (scores.train_loss, scores.train_accuracy) == (train.loss, train.accuracy)
        assert (scores.test_loss, scores.test_accuracy) == (test.loss, test.accuracy)
        assert (scores.validation_loss, scores.validation_accuracy) == (None, None)


def test_an_older_frame_stays_as_it_was() -> None:
    session = Session(SMALL)
    session.step(4)
    frame = session.frame()
    weights, gradient = [layer.copy() for layer in frame.weights], frame.gradient_now.copy()
    session.train(3)
    for kept, layer in zip(weights, frame.weights, strict=True):
        assert_array_equal(kept, layer)
    assert_array_equal(frame.gradient_now, gradient)
    assert not np.array_equal(session.frame().weights[0], weights[0])


def test_large_data_are_scored_once_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "SMALL", 45)
    session = Session(SMALL)
    session.train(2)
    scores = session.frame().scores
    session.step(2)
    assert session.frame().scores is scores
    session.train(1)
    assert session.frame().scores != scores
    assert_array_equal(session.history.step, [0, 3, 6, 9])


# Edits.

GOING_ON: list[dict[str, Any]] = [
    {"training.learning_rate": 0.3},
    {"training.regularizer": L2(0.01)},
    {"training.regularizer": L1(0.01)},
    {"training.optimizer": Adam()},
    {"training.optimizer": Momentum()},
    *({"training.regularizer": value} for value in (ElasticNet(0.1), WeightDecay(0.1), MaxNorm(0.1))),
    *({"training.schedule": value} for value in (Steps(1), Exponential(0.5), Cosine(3), WarmUp(4), OneCycle(4))),
    *({"training.clipping": value} for value in (ClipByValue(1e-4), ClipByNorm(1e-4))),
    {"training.batch_size": 7},
    {"training.batch_size": 1000},
]


@pytest.mark.parametrize("values", GOING_ON, ids=str)
def test_training_goes_on_under_other_rules(values: dict[str, Any]) -> None:
    session, untouched = run_to(SMALL, 7), run_to(SMALL, 7)
    config = edited(values, SMALL)
    assert session.apply(config) == Impact.TRAINING
    assert session.config == config
    assert (session.run, session.epoch, session.step_count) == (1, 2, 7)
    assert_array_equal(session.network.parameters, untouched.network.parameters)
    assert_array_equal(session.history.train_loss, untouched.history.train_loss)
    assert session.evaluate("train") == untouched.evaluate("train")
    for one in (session, untouched):
        one.step(2)
    assert session.step_count == 9
    assert not np.array_equal(session.network.parameters, untouched.network.parameters)
    session.train(5)
    check(session.frame(), config)


def test_the_new_rate_is_used_at_once() -> None:
    session = run_to(SMALL, 7)
    session.apply(edited({"training.learning_rate": 0.5}, SMALL))
    before = session.network.parameters.copy()
    session.step()
    assert_array_equal(session.network.parameters, before - 0.5 * session.network.gradients)


def test_a_schedule_tells_time_by_the_epochs_of_the_run() -> None:
    session = Session(edited({"training.schedule": Exponential(0.5), "training.learning_rate": 0.2}, SMALL))
    for time in (0, 1 / 3, 2 / 3, 1, 4 / 3):
        before = session.network.parameters.copy()
        session.step()
        rate = 0.2 * 0.5**time
        assert_allclose(session.network.parameters, before - rate * session.network.gradients, rtol=1e-14)
    session.apply(with_value(session.config, "training.batch_size", 23))  # begins the epoch under way anew
    before = session.network.parameters.copy()
    session.step()
    assert_allclose(session.network.parameters, before - 0.1 * session.network.gradients, rtol=1e-14)
    assert session.epoch == 2


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_how_a_run_is_cut_is_nothing_to_its_schedule(schedule: str) -> None:
    config = edited({"training.schedule": SCHEDULES[schedule]()}, SMALL)
    cut = Session(config)
    for steps in (1, 2, 5, 1, 1, 10):
        cut.step(steps)
        cut.frame()
    assert bits(cut) == bits(run_to(config, 20))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_there_and_back_in_mid_epoch_changes_nothing(optimizer: str) -> None:
    config = edited(rules_of(OPTIMIZERS[optimizer]()), SMALL)
    session = run_to(config, 8)
    for values in ({"training.learning_rate": 9.0}, {"training.regularizer": L2()}):
        session.apply(edited(values, config))
    session.apply(config)
    session.step(20)
    assert bits(session) == bits(run_to(config, 28))


def test_an_optimizer_keeps_its_memory_when_its_knobs_change() -> None:
    session = run_to(edited({"training.optimizer": Adam()}, SMALL), 7)
    before = session.state().arrays
    session.apply(edited({"training.optimizer": Adam(beta1=0.5)}, SMALL))
    after = session.state().arrays
    for name in ("optimizer.mean", "optimizer.square"):
        assert before[name].any()
        assert_array_equal(after[name], before[name])
    assert after["clock"] == 7


def test_another_optimizer_starts_with_nothing_to_remember() -> None:
    session = run_to(edited({"training.optimizer": Adam()}, SMALL), 7)
    session.apply(edited({"training.optimizer": Momentum()}, SMALL))
    session.step(2)
    session.apply(edited({"training.optimizer": Adam()}, SMALL))
    arrays = session.state().arrays
    assert not arrays["optimizer.mean"].any()
    assert not arrays["optimizer.square"].any()
    assert arrays["clock"] == 0
    session.step()
    assert session.state().arrays["clock"] == 1


@pytest.mark.parametrize(("size", "batch"), [(4, 3), (5, 3), (7, 2), (15, 1), (23, 0), (1, 15)])
def test_other_mini_batches_go_on_with_the_first_example_not_yet_seen(size: int, batch: int) -> None:
    session = run_to(edited({"training.batch_size": 5}, SMALL), 5 + 3)  # 15 examples into the second epoch
    order = session.state().arrays["order"]
    session.apply(edited({"training.batch_size": size}, SMALL))
    assert_array_equal(session.state().arrays["order"], order)
    frame = session.frame()
    assert (frame.step, frame.epoch, frame.step_in_epoch) == (8, 1, batch)
    assert batch * size <= 15 < (batch + 1) * size
    assert frame.scene.steps_per_epoch == -(-23 // size)
    session.train(1)
    assert (session.epoch, session.step_count) == (2, 8 + frame.scene.steps_per_epoch - batch)


def test_a_selection_touches_nothing_but_the_scene() -> None:
    config = edited({"data.source": Iris()})
    session, untouched = run_to(config, 8), run_to(config, 8)
    scene = session.scene
    for choice in ({"layer": 1}, {"example": 4}, {"part": "train"}):
        assert look_at(session, **choice).scene is scene
    look_at(session, x_axis=3)
    assert session.scene.axes == (3, 1)
    assert_array_equal(session.scene.train_points[:, 0], session.dataset.X[session._run.setup.problem.rows.train, 3])
    assert session.config == config
    session.step(20)
    untouched.step(20)
    assert bits(session) == bits(untouched)


def test_no_change_is_none() -> None:
    session = run_to(SMALL, 8)
    assert session.apply(edited({}, SMALL)) == Impact.NONE
    assert bits(session) == bits(run_to(SMALL, 8))


@pytest.mark.parametrize(
    ("values", "impact"),
    [
        ({"network.hidden": (Layer(3), Layer(3))}, Impact.NETWORK),
        ({"network.seed": 7, "training.learning_rate": 0.5}, Impact.NETWORK),
        ({"network.initializer": Zeros()}, Impact.NETWORK),
        ({"network.output": Tanh()}, Impact.NETWORK),
        ({"training.loss": CrossEntropy()}, Impact.NETWORK),  # two outputs instead of one
        ({"training.loss": SquaredError()}, Impact.NETWORK),  # linear instead of sigmoid
        ({"data.source": Spiral(points=46)}, Impact.DATA),
        ({"data.seed": 3}, Impact.DATA),
        ({"data.train_share": 0.8}, Impact.DATA),
        ({"data.features": ("x1", "x2", "x1_x2")}, Impact.DATA),
        ({"data.standardise": False}, Impact.DATA),
    ],
    ids=str,
)
def test_what_must_restart_is_as_if_newly_built(values: dict[str, Any], impact: Impact) -> None:
    session, config = run_to(SMALL, 8), edited(values, SMALL)
    assert session.apply(config) == impact
    assert (session.run, session.step_count, session.config) == (2, 0, config)
    fresh = Session(config)
    for steps in (0, 8):
        session.step(steps)
        fresh.step(steps)
        assert bits(session) == bits(fresh)
    check(session.frame(), config)


def test_a_loss_for_the_same_output_goes_on() -> None:
    config = edited({"network.output": Sigmoid()}, SMALL)
    session = run_to(config, 8)
    before = session.network.parameters.copy()
    assert session.apply(edited({"training.loss": SquaredError()}, config)) == Impact.TRAINING
    assert_array_equal(session.network.parameters, before)
    assert session.scene.loss == "squared error"
    assert session.scene.remark
    session.step()
    assert (session.run, session.step_count) == (1, 9)
    assert session.apply(edited({"training.loss": BinaryCrossEntropy()}, config)) == Impact.TRAINING
    assert session.evaluate("train").loss == pytest.approx(session.frame().scores.train_loss)


def test_the_examples_are_loaded_again_only_if_they_change() -> None:
    session = Session(SMALL)
    data = session.dataset
    session.apply(edited({"data.train_share": 0.3}, SMALL))
    assert session.dataset is data
    session.apply(edited({"data.source": Circle(points=46, noise=0.1)}, SMALL))
    assert session.dataset is not data


@pytest.mark.parametrize("source", ["iris", "file"])
def test_another_seed_splits_a_table_anew_but_does_not_read_it_again(tmp_path: Path, source: str) -> None:
    path = tmp_path / "here.csv"
    path.write_text("a,b,c\n" + "".join(f"{k},{k % 3},{k / 2}\n" for k in range(20)))
    config = edited({"data.source": Iris() if source == "iris" else CsvFile(str(path))})
    session = Session(config)
    data, points = session.dataset, session.scene.train_points
    path.unlink()
    assert session.apply(edited({"data.seed": 4}, config)) == Impact.DATA
    assert session.dataset is data
    assert not np.array_equal(session.scene.train_points, points)


@pytest.mark.parametrize("source", [CsvFile, *TABLES.values()], ids=lambda source: source.label)
def test_a_source_says_whether_the_seed_has_a_say(source: type[Source], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n3,4.5\n")
    one = CsvFile(str(path)) if source is CsvFile else source()
    if source.random:
        one = with_value(one, "noise", 0.5)  # a pure spiral has no say either
    first, second = (one.load(np.random.default_rng(seed)).X for seed in (1, 2))
    assert np.array_equal(first, second) != source.random


def test_a_given_data_set_stands_in_for_the_source() -> None:
    own = Spiral(points=46).load(np.random.default_rng(9))
    session = Session(SMALL, own)
    assert session.dataset is own
    session.apply(edited({"network.seed": 4}, SMALL))
    assert session.dataset is own
    session.apply(edited({"data.seed": 4}, SMALL))
    assert session.dataset.origin == "circle"


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"network.output": Tanh(), "training.loss": CrossEntropy()}, "training.loss"),
        ({"training.loss": CrossEntropy(), "data.source": Hills()}, "training.loss"),
        ({"network.output": Softmax(), "data.source": Hills()}, "network.output"),
        ({"data.source": CsvFile(path="/nowhere/nothing.csv")}, "nothing.csv"),
        ({"data.source": Iris(), "data.left_out": IRIS_COLUMNS}, "data.left_out: leaves no column"),
    ],
    ids=str,
)
def test_what_is_refused_leaves_the_session_as_it_was(values: dict[str, Any], path: str) -> None:
    session, untouched = run_to(SMALL, 8), run_to(SMALL, 8)
    scene, frame = session.scene, session.frame()
    with pytest.raises((ConfigError, DataError), match=path):
        session.apply(edited(values, SMALL))
    assert session.scene is scene
    assert session.config == SMALL
    assert session.run == 1
    assert_array_equal(session.frame().outputs, frame.outputs)
    for steps in (0, 100):
        session.step(steps)
        untouched.step(steps)
        assert bits(session) == bits(untouched)


def test_a_column_left_out_is_not_seen_but_can_be_drawn() -> None:
    config = edited({"data.source": Iris(), "data.left_out": (IRIS_COLUMNS[1], "no such column")})
    session = Session(config)
    scene = session.scene
    assert scene.input_names == (IRIS_COLUMNS[0], *IRIS_COLUMNS[2:])
    assert (scene.columns, scene.axes) == (IRIS_COLUMNS, (0, 1))
    assert scene.held == f"{IRIS_COLUMNS[2]}, {IRIS_COLUMNS[3]} held at their mean"
    rows = np.array(session.dataset.X[:3])
    answers = session.predict(rows)
    rows[:, 1] = 1e6
    assert_array_equal(session.predict(rows), answers)
    session.step(5)
    whole = with_value(config, "data.left_out", ())
    assert session.apply(whole) == Impact.DATA
    assert_array_equal(session.frame().weights[0], Session(whole).frame().weights[0])


def test_a_config_that_makes_no_sense_builds_nothing() -> None:
    with pytest.raises(ConfigError, match=r"^training\.loss: cross-entropy needs outputs between 0 and 1"):
        Session(edited({"network.output": Tanh(), "training.loss": CrossEntropy()}))


# Weights set by hand.


@pytest.mark.parametrize(("layer", "unit", "input"), [(0, 3, 0), (0, 0, 2), (1, 1, 4), (2, 0, 1), (2, 0, 2)])
def test_a_weight_is_set_and_training_goes_on_from_there(layer: int, unit: int, input: int) -> None:
    session = run_to(SMALL, 7)
    before, network = session.frame(), session.network
    expected = [weights.copy() for weights in before.weights]
    expected[layer][unit, input] = 2.5
    session.set_weight(layer, unit, input, 2.5)
    frame = session.frame()
    for weights, wanted in zip(frame.weights, expected, strict=True):
        assert_array_equal(weights, wanted)
    assert frame.scores != before.scores
    assert frame.scores.train_loss == session.evaluate("train").loss
    assert not np.array_equal(frame.outputs, before.outputs)
    assert (frame.run, frame.step) == (1, 7)
    start: Floats = network.parameters.copy()
    session.step()
    assert_array_equal(network.parameters, start - 0.03 * network.gradients)


@pytest.mark.parametrize(("layer", "unit", "input"), [(3, 0, 0), (0, 4, 0), (0, 0, 3), (2, 1, 0), (2, 0, 3)])
def test_a_weight_that_is_not_there_cannot_be_set(layer: int, unit: int, input: int) -> None:
    session = run_to(SMALL, 7)
    with pytest.raises(IndexError):
        session.set_weight(layer, unit, input, 2.5)
    session.step(5)
    assert bits(session) == bits(run_to(SMALL, 12))
