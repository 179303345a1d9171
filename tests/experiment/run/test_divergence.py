"""Divergence: at which step and in which layer a run left the finite numbers, held against the same run in plain NumPy."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray
from sklearn.preprocessing import StandardScaler

from playground.data.generators import Hills
from playground.data.split import split
from playground.experiment.config import Config, DataConfig, Impact, Layer, NetworkConfig, TrainingConfig
from playground.experiment.run.session import Session
from playground.nn.activations import Activation, Linear, ReLU
from playground.nn.optimizers import Adam, Momentum
from playground.options import with_value
from playground.options.layers import layer_in_sentence

SEEDS = range(1, 13)


def exploding(
    seed: int = 1, activation: Activation | None = None, depth: int = 2, rate: float = 3.0, **training: Any
) -> Config:
    """50 training examples and squared error, at a learning rate that is too large."""
    hidden = (Layer(6, activation or Linear()),) * depth
    return Config(
        DataConfig(Hills(points=100)),
        NetworkConfig(hidden, seed=seed),
        TrainingConfig(learning_rate=rate, **training),
    )


def diverged(config: Config) -> Session:
    session = Session(config)
    session.train(20)
    assert session.divergence
    return session


def bits(session: Session) -> dict[str, Any]:
    """All that a run has become."""
    state = session.state()
    return state.plain | {name: array.tobytes() for name, array in state.arrays.items()}


class OnPaper:
    """The run of `exploding` in textbook NumPy, with the biases apart: linear or ReLU layers, gradient descent."""

    def __init__(self, config: Config) -> None:
        data = config.data.source.load(np.random.default_rng([config.data.seed, 0]))
        train = split(data, 0.5, 0.0, config.data.seed).train
        self.X = StandardScaler().fit_transform(data.X[train])
        self.y = StandardScaler().fit_transform(data.y[train, None])
        self.config = config
        self.rectified = isinstance(config.network.hidden[0].activation, ReLU)
        rng = np.random.default_rng([config.network.seed, 0])
        sizes = [2, *(layer.units for layer in config.network.hidden), 1]
        self.weights, self.biases = [], []
        for inputs, units in pairwise(sizes):
            limit = np.sqrt(6.0 / (inputs + units))
            self.weights.append(rng.uniform(-limit, limit, (units, inputs)))
            self.biases.append(np.zeros(units))

    def run(self, steps: int) -> tuple[int, int] | None:
        """The step, counted from 1, and the layer of the first number that is not finite; None when all are."""
        rng, size, done = np.random.default_rng([self.config.network.seed, 1]), self.config.training.batch_size, 0
        while done < steps:
            order = rng.permutation(len(self.X))
            for first in range(0, len(order), size):
                done += 1
                layer = self._step(order[first : first + size])
                if layer is not None:
                    return done, layer
                if done == steps:
                    break
        return None

    def _step(self, rows: NDArray[np.intp]) -> int | None:
        last = len(self.weights) - 1
        h = [self.X[rows].T]
        for layer, (weights, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = weights @ h[-1] + bias[:, None]
            h.append(np.where(z > 0.0, z, 0.0) if self.rectified and layer < last else z)
            if not np.isfinite(z).all():
                return layer
        error = h[-1] - self.y[rows].T
        delta, gradients = error / len(rows), []
        for layer in range(last, -1, -1):
            gradients.append((delta @ h[layer].T, delta.sum(axis=1)))
            if not all(np.isfinite(array).all() for array in (delta, *gradients[-1])):
                return layer
            delta = self.weights[layer].T @ delta
            if self.rectified:
                delta = delta * (h[layer] > 0.0)
        if not np.isfinite(error**2).all():
            return last
        for layer, (by_weights, by_bias) in enumerate(reversed(gradients)):
            self.weights[layer] = self.weights[layer] - self.config.training.learning_rate * by_weights
            self.biases[layer] = self.biases[layer] - self.config.training.learning_rate * by_bias
        after = enumerate(zip(self.weights, self.biases, strict=True))
        return next((layer for layer, pair in after if not all(np.isfinite(array).all() for array in pair)), None)


@pytest.mark.parametrize("batch", [10, 7, 50])
@pytest.mark.parametrize(
    ("activation", "depth", "rate", "layers"),
    [
        (Linear(), 1, 3.0, {1}),
        (Linear(), 2, 0.9, {1, 2}),
        (Linear(), 3, 9.0, {1, 2, 3}),
        (ReLU(), 1, 3.0, {0, 1}),
        (ReLU(), 2, 100.0, {1, 2}),
    ],
    ids=lambda value: value.label if isinstance(value, Activation) else str(value),
)
def test_step_and_layer_are_those_of_the_first_number_that_is_not_finite(
    activation: Activation, depth: int, rate: float, layers: set[int], batch: int
) -> None:
    seen = set()
    for seed in SEEDS:
        config = exploding(seed, activation, depth, rate, batch_size=batch)
        session = Session(config)
        session.step(60)
        with np.errstate(all="ignore"):
            found = OnPaper(config).run(70)
        if found is None or found[0] > 61:
            assert session.divergence is None
            assert session.step_count == 60
        else:
            assert session.divergence
            assert (session.divergence.step, session.divergence.layer) == found
            seen.add(found[1])
    assert seen
    assert seen <= layers


@pytest.mark.parametrize("seed", SEEDS)
def test_the_run_stops_just_before(seed: int) -> None:
    session = diverged(exploding(seed))
    assert session.divergence
    before = session.divergence.step - 1
    assert session.step_count == before
    assert np.isfinite(session.network.parameters).all()
    paper = OnPaper(session.config)
    with np.errstate(all="ignore"):
        assert paper.run(before) is None
    for layer, weights, biases in zip(session.network.weights, paper.weights, paper.biases, strict=True):
        assert_allclose(layer, np.column_stack([weights, biases]), rtol=1e-6)


def test_what_is_said_of_it() -> None:
    session = diverged(exploding())
    found = session.divergence
    assert found
    layer = layer_in_sentence(found.layer, 3)
    assert str(found.message) == f"The run diverged at step {found.step}: numbers in {layer} grew beyond all bounds."
    frame = session.frame()
    assert frame.divergence is found
    assert np.isfinite([frame.scores.train_loss, frame.scores.test_loss]).all()
    assert all(np.isfinite(weights).all() for weights in frame.weights)


def test_layers_are_called_by_their_names() -> None:
    found = [diverged(exploding(seed, depth=3, rate=9.0)).divergence for seed in SEEDS]
    assert {where.layer: str(where.message.values["layer"]) for where in found if where} == {
        1: "layer 2",
        2: "layer 3",
        3: "the output layer",
    }


def test_a_diverged_run_does_not_train_on() -> None:
    session = diverged(exploding())
    before = bits(session)
    session.step(5)
    session.train(2)
    session.advance(0.01)
    session.frame()
    assert bits(session) == before


# However the run is cut, and whenever a frame is drawn.


@given(seed=st.sampled_from(SEEDS), rate=st.sampled_from([0.9, 3.0]), cuts=st.lists(st.integers(0, 5), max_size=8))
def test_cuts_and_frames_do_not_change_what_is_found(seed: int, rate: float, cuts: list[int]) -> None:
    config = exploding(seed, rate=rate)
    session, straight = Session(config), Session(config)
    for steps in cuts:
        session.step(steps)
        session.frame(frozenset())
    session.step(max(60 - sum(cuts), 0))
    straight.step(60)
    assert session.divergence == straight.divergence
    assert bits(session) == bits(straight)


@pytest.mark.parametrize("seed", range(1, 41))
def test_a_frame_at_every_step_finds_the_same(seed: int) -> None:
    config = exploding(seed, rate=0.9)
    session, straight = Session(config), Session(config)
    straight.step(60)
    for _ in range(60):
        session.step()
        session.frame(frozenset())
    assert session.divergence == straight.divergence
    assert bits(session) == bits(straight)


def test_a_frame_need_not_wait_for_the_next_record() -> None:
    session = Session(exploding(batch_size=1))  # 50 steps an epoch, recorded after 13, 25, 38 and 50
    while not session.divergence and session.step_count < 13:
        session.step()
        session.frame(frozenset())
    assert session.divergence
    assert session.divergence.step < 13
    assert_array_equal(session.history.step, [0])
    assert session.divergence == diverged(exploding(batch_size=1)).divergence


def test_a_sum_over_all_examples_may_overflow_where_no_step_did() -> None:
    config = exploding(depth=0, rate=1e-6, batch_size=1)
    for look in (True, False):
        session = Session(config)
        session.step(14)  # recorded after 13, 25, 38, ... steps
        session.set_weight(0, 0, 2, 1.3e154)  # the loss of each example is 0.8e308: just finite
        session.step()
        if look:
            assert session.frame(frozenset()).divergence is None
        session.step(100)
        assert session.divergence
        assert (session.divergence.step, session.divergence.layer) == (25, len(session.network.units) - 1)


# The ways out.


@pytest.mark.parametrize("seed", SEEDS)
def test_going_back_to_the_last_good_weights(seed: int) -> None:
    config = exploding(seed, batch_size=3, rate=0.9)
    session = Session(config)
    session.train(20)
    assert session.divergence
    curves = session.history
    good = curves.step[np.flatnonzero(curves.train_loss <= curves.train_loss[0])[-1]]
    session.go_back()
    straight = Session(config)
    straight.step(int(good))
    assert session.divergence is None
    assert session.step_count == good
    assert bits(session) == bits(straight)
    assert session.history.step[-1] == good
    frame = session.frame()
    assert frame.scores == straight.frame().scores
    assert frame.scores.train_loss <= curves.train_loss[0]
    assert frame.divergence is None


def test_going_back_changes_nothing_of_what_follows() -> None:
    session = diverged(exploding())
    first, found = bits(session), session.divergence
    for _ in range(2):
        session.go_back()
        session.train(20)
        assert session.divergence == found
        assert bits(session) == first


def test_large_data_show_the_scores_of_the_weights_gone_back_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.experiment.run.run.SMALL", 45)
    session = Session(exploding(depth=0, rate=3.0, batch_size=50))  # each epoch doubles the error
    session.train(600)
    assert session.divergence
    assert len(session.history) > 400
    session.go_back()
    assert session.frame().scores.train_loss == session.evaluate("train").loss


CALMER: list[dict[str, Any]] = [
    {"learning_rate": 0.01},
    {"learning_rate": 0.01, "batch_size": 50},
    {"learning_rate": 0.01, "batch_size": 1},
    {"learning_rate": 0.01, "optimizer": Adam()},
    {"learning_rate": 0.001, "optimizer": Momentum(), "batch_size": 7},
]


@pytest.mark.parametrize("back_first", [True, False])
@pytest.mark.parametrize("values", CALMER, ids=str)
def test_going_back_and_on_under_calmer_rules(values: dict[str, Any], back_first: bool) -> None:
    session = Session(exploding(rate=0.01))
    session.step(7)
    session.apply(exploding(rate=3.0))
    session.train(20)
    assert session.divergence
    config = session.config
    for name, value in values.items():
        config = with_value(config, f"training.{name}", value)
    if back_first:
        session.go_back()
    assert session.apply(config) == Impact.TRAINING
    assert session.divergence is None
    if not back_first:
        session.go_back()
    good, epoch = session.step_count, session.epoch
    assert np.isfinite(session.network.parameters).all()
    assert session.frame().step_in_epoch < session.scene.steps_per_epoch
    session.train(30)
    assert session.divergence is None
    assert session.epoch == epoch + 30
    assert session.step_count > good
    assert session.evaluate("train").loss < session.history.train_loss[0]


def test_weights_set_by_hand_can_blow_up_and_be_undone() -> None:
    session = Session(exploding(rate=0.01))
    session.train(3)
    kept = bits(session)
    session.set_weight(2, 0, 0, 1e200)
    session.step(20)
    assert session.divergence
    assert session.divergence.step == 3 * 5 + 1
    session.go_back()
    assert bits(session) == kept


def test_restarting_clears_it() -> None:
    session = diverged(exploding())
    found = session.divergence
    session.restart()
    assert session.divergence is None
    assert bits(session) == bits(Session(session.config))
    session.train(20)
    assert session.divergence == found


def test_a_new_experiment_clears_it() -> None:
    session = diverged(exploding())
    session.apply(exploding(rate=0.01, seed=2))
    assert session.divergence is None
    assert bits(session) == bits(Session(session.config))
