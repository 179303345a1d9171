"""Vital signs of layers and units: by hand, on a schedule of epochs, and without a trace on the run."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.config import Config, Layer
from playground.experiment.history.curves import Curves
from playground.experiment.history.layer_statistics import (
    CAPACITY,
    MOST_ROWS,
    LayerStatistics,
    LayerStatisticsLog,
    steepest,
)
from playground.experiment.run.session import Session
from playground.nn.activations import ACTIVATIONS, Activation, ReLU, Sigmoid, Softmax, Step, Tanh
from playground.nn.activations.piecewise import Maxout
from playground.nn.normalizations import BatchNorm
from playground.options import with_value


def config_of(*layers: Layer, **changes: object) -> Config:
    config: Config = with_value(Config(), "network.hidden", layers)
    for path, value in changes.items():
        config = with_value(config, path.replace("__", "."), value)
    return config


def statistics_of(session: Session) -> LayerStatistics:
    layer_statistics = session.frame(frozenset({LayerStatistics})).look(LayerStatistics)
    assert layer_statistics is not None
    return layer_statistics


def test_a_record_by_hand() -> None:
    session = Session(config_of(Layer(3, Sigmoid()), Layer(2, ReLU())))
    session.train(1)
    before = session.network.parameters.copy()
    layer_statistics = statistics_of(session)
    X = session._run.setup.problem.train.X
    first, second, last = (weights.copy() for weights in session.network.weights)
    h = Sigmoid()(first @ X.T)
    one = np.ones((1, len(X)))
    z = second @ np.vstack([h, one])
    output = Sigmoid()(last @ np.vstack([np.maximum(z, 0.0), one]))
    np.testing.assert_allclose(
        layer_statistics.slope[-1], [(h * (1 - h)).mean(), (z > 0).mean(), (output * (1 - output)).mean()], rtol=1e-12
    )
    np.testing.assert_allclose(layer_statistics.saturated[-1, 1], (z <= 0).mean(), rtol=1e-12)
    np.testing.assert_allclose(layer_statistics.saturated[-1, 0], (h * (1 - h) < 0.05 / 4).mean(), rtol=1e-12)
    np.testing.assert_array_equal(layer_statistics.dead[-1], [0.0, (z <= 0).all(axis=1).mean(), 0.0])
    np.testing.assert_array_equal(session.network.parameters, before)


def test_mean_and_variance_of_what_flows_are_those_of_the_rows() -> None:
    """Of a layer with batch norm, before and after it; of one without, of its pre-activations, twice."""
    session = Session(config_of(Layer(3, Tanh(), BatchNorm()), Layer(20, Maxout(2))))
    session.train(2)
    layer_statistics = statistics_of(session)
    assert layer_statistics.rows == (3, MOST_ROWS, 1)
    assert layer_statistics.mean.shape == layer_statistics.variance.shape == (2, 3, 3 + MOST_ROWS + 1)
    X = session._run.setup.problem.train.X
    weights = session.network.weights
    sums = weights[0] @ X.T
    np.testing.assert_allclose(layer_statistics.mean[0, -1, :3], sums.mean(axis=1), rtol=1e-9)
    np.testing.assert_allclose(layer_statistics.variance[0, -1, :3], sums.var(axis=1), rtol=1e-9)
    gain, shift = (values[:, 0] for values in session.network.stage_parameters[0][0])
    epsilon = session.config.network.hidden[0].normalization.epsilon
    deviation = np.sqrt(sums.var(axis=1, keepdims=True) + epsilon)
    after = gain[:, None] * (sums - sums.mean(axis=1, keepdims=True)) / deviation + shift[:, None]
    np.testing.assert_allclose(layer_statistics.mean[1, -1, :3], after.mean(axis=1), rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(layer_statistics.variance[1, -1, :3], after.var(axis=1), rtol=1e-7)
    z = weights[1] @ np.vstack([np.tanh(after), np.ones((1, len(X)))])
    for side in (0, 1):
        np.testing.assert_allclose(
            layer_statistics.mean[side, -1, 3:-1], z.mean(axis=1)[:MOST_ROWS], rtol=1e-7, atol=1e-12
        )
        np.testing.assert_allclose(layer_statistics.variance[side, -1, 3:-1], z.var(axis=1)[:MOST_ROWS], rtol=1e-7)


def test_a_unit_that_is_zero_everywhere_is_dead_and_the_log_says_since_when() -> None:
    session = Session(config_of(Layer(3, ReLU()), training__learning_rate=0.01))
    session.train(2)
    session.set_weight(0, 1, 2, -1000.0)
    session.train(2)
    layer_statistics = statistics_of(session)
    assert layer_statistics.units == (3, 1)
    np.testing.assert_array_equal(layer_statistics.epoch, [0, 1, 2, 3, 4])
    np.testing.assert_array_equal(layer_statistics.unit_dead[:, 1], [False, False, False, True, True])
    np.testing.assert_allclose(layer_statistics.dead[-1, 0], layer_statistics.unit_dead[-1, :3].mean())


def test_the_update_is_that_of_the_last_step_without_biases() -> None:
    session, twin = Session(Config()), Session(Config())
    session.train(3)
    twin.train(2)
    twin.step(twin.scene.steps_per_epoch - 1)
    before = [weights.copy() for weights in twin.network.weights]
    twin.step(1)
    moved = [np.linalg.norm((now - old)[:, :-1]) for now, old in zip(twin.network.weights, before, strict=True)]
    length = [np.linalg.norm(weights[:, :-1]) for weights in twin.network.weights]
    np.testing.assert_allclose(statistics_of(session).update[-1], np.divide(moved, length), rtol=1e-9)


def test_looking_changes_nothing() -> None:
    config = config_of(Layer(4, Tanh(), BatchNorm()), Layer(3, ReLU()), training__batch_size=250)
    looked_at, alone = Session(config), Session(config)
    for _ in range(5):
        looked_at.step(1)
        looked_at.frame(frozenset({LayerStatistics, Curves}))
        alone.step(1)
    for name in ("parameters", "gradients", "statistics"):
        np.testing.assert_array_equal(getattr(looked_at.network, name), getattr(alone.network, name))


def test_nobody_who_does_not_ask_gets_it() -> None:
    assert Session(Config()).frame().look(LayerStatistics) is None


def test_the_log_thins_itself_and_stays_on_whole_distances() -> None:
    log = LayerStatisticsLog((2, 1), (2, 1))
    row = np.arange(8 + 3 + 4 * 3.0)
    for epoch in range(3 * CAPACITY):
        if log.due(epoch):
            log.add(epoch, epoch * 25, row)
    assert log.every == 4
    assert log.count <= CAPACITY
    np.testing.assert_array_equal(np.diff(log.rows[:, 0]), 4.0)
    log.forget_after(100 * 25)
    assert log.rows[-1, 0] == 100


def test_a_saved_run_goes_on_with_the_same_log() -> None:
    whole, first = Session(Config()), Session(Config())
    whole.train(6)
    first.train(3)
    rest = Session.from_state(first.config, first.dataset, first.state())
    rest.train(3)
    one, other = statistics_of(whole), statistics_of(rest)
    for name in ("epoch", "step", "slope", "saturated", "dead", "update", "dead_since", "mean", "variance"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("activation", [cls() for cls in ACTIVATIONS.values()], ids=lambda value: value.label)
def test_the_steepest_slope(activation: Activation) -> None:
    known = {"sigmoid": 0.25, "tanh": 1.0, "ReLU": 1.0, "linear": 1.0, "softplus": 1.0, "step": 0.0, "maxout": 1.0}
    found = steepest(activation)
    assert found == pytest.approx(known.get(activation.label, found), abs=1e-3)
    assert isinstance(activation, Step) or activation.label == "sign" or found >= 0.15


def test_softmax_is_as_steep_as_a_sigmoid() -> None:
    assert steepest(Softmax()) == 0.25
