"""Regularizers: weights pulled towards zero, exactly, and biases left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from playground.nn.activations import Array, Linear, PReLU, Tanh
from playground.nn.calls import run
from playground.nn.layer_arrays import Dense
from playground.nn.losses import SquaredError
from playground.nn.network import Network
from playground.nn.normalizations import BatchNorm
from playground.nn.optimizers import SGD, Adam, AdamW
from playground.nn.regularizers import (
    L1,
    L2,
    REGULARIZERS,
    ElasticNet,
    MaxNorm,
    NoRegularizer,
    Regularizer,
    WeightDecay,
)
from playground.nn.training import Trainer

EVERY = [cls() for cls in REGULARIZERS.values()]
PENALTIES = [NoRegularizer(), L1(), L2(), ElasticNet(), ElasticNet(0.3, 0.1)]
RATE = 0.1  # ε


def label(value: object) -> str:
    return type(value).__name__ if isinstance(value, Regularizer) else str(value)


def linear_unit(weights: list[float], bias: float, regularizer: Regularizer) -> Trainer:
    network = Network(len(weights), [(1, Linear())])
    network.weights[0][...] = [[*weights, bias]]
    return Trainer(network, SquaredError(), SGD(), regularizer, RATE)


def still(trainer: Trainer) -> tuple[Array, Array]:
    """An example at which a linear unit's data gradient is exactly zero: no input, and the bias hits the target."""
    bias = trainer.network.weights[0][:, -1:]
    return np.array([[0.0]] * trainer.network.inputs + [[1.0]]), bias.copy()


def independent(wanted: list[float], offset: float) -> tuple[Array, Array]:
    """Examples on which each weight's loss is ½ (w − wanted)² on its own, and the bias's ½ (b − offset)²."""
    count = len(wanted)
    inputs = np.sqrt(count) * np.hstack([np.eye(count), -np.eye(count)])
    return np.vstack([inputs, np.ones(2 * count)]), np.array([wanted]) @ inputs + offset


def test_l2_shrinks_by_its_formula_where_the_data_are_silent() -> None:
    weights, alpha = np.array([1.5, -0.3, 0.0]), 0.7
    trainer = linear_unit(list(weights), 2.5, L2(alpha))
    for _ in range(5):
        run(trainer.step(*still(trainer)))
        weights = weights - RATE * (2.0 * alpha * weights)
        np.testing.assert_allclose(trainer.network.weights[0], [[*weights, 2.5]], rtol=1e-15)


def test_l1_walks_to_exactly_zero_where_the_data_are_silent() -> None:
    trainer = linear_unit([0.35, -0.21, 0.05], 2.5, L1(1.0))
    seen = []
    for _ in range(5):
        run(trainer.step(*still(trainer)))
        seen.append(trainer.network.weights[0][0].copy())
    np.testing.assert_allclose(seen[0], [0.25, -0.11, 0.0, 2.5], rtol=1e-13)
    np.testing.assert_allclose(seen[2], [0.05, 0.0, 0.0, 2.5], rtol=1e-13)
    np.testing.assert_array_equal(seen[4], [0.0, 0.0, 0.0, 2.5])


def test_l1_ends_at_the_soft_threshold_and_l2_at_the_ridge() -> None:
    wanted, alpha, offset = [2.0, 0.5, 0.1, -0.2, -0.3, -3.0], 0.25, 0.9
    x, target = independent(wanted, offset)
    lasso, ridge = (linear_unit([0.0, 1.0, 1.0, 1.0, -1.0, 1.0], 0.0, choice) for choice in (L1(alpha), L2(alpha)))
    for _ in range(600):
        run(lasso.step(x, target))
        run(ridge.step(x, target))
    soft = np.sign(wanted) * np.maximum(np.abs(wanted) - alpha, 0.0)
    np.testing.assert_allclose(lasso.network.weights[0], [[*soft, offset]], atol=1e-12)
    np.testing.assert_array_equal(lasso.network.weights[0][0, :-1] == 0.0, soft == 0.0)
    np.testing.assert_allclose(
        ridge.network.weights[0], [[*np.array(wanted) / (1.0 + 2.0 * alpha), offset]], atol=1e-12
    )


def test_l1_lets_a_weight_leave_zero_when_its_gradient_outweighs() -> None:
    trainer = linear_unit([0.0, 0.0], 0.0, L1(1.0))
    for _ in range(100):
        run(trainer.step(*independent([0.9, -0.9], 0.0)))
    np.testing.assert_array_equal(trainer.network.weights[0][0, :-1], [0.0, 0.0])
    run(trainer.step(*independent([3.0, -3.0], 0.0)))
    np.testing.assert_allclose(trainer.network.weights[0][0, :-1], [0.2, -0.2], rtol=1e-12)  # ε (3 − α)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_elastic_net_ends_between_the_two(share: float) -> None:
    wanted, alpha = np.array([2.0, 0.3, 0.05, -0.4, -3.0]), 0.25
    trainer = linear_unit([1.0] * 5, 0.0, ElasticNet(alpha, share))
    for _ in range(600):
        run(trainer.step(*independent(list(wanted), 0.9)))
    soft = np.sign(wanted) * np.maximum(np.abs(wanted) - alpha * share, 0.0)
    np.testing.assert_allclose(
        trainer.network.weights[0], [[*soft / (1.0 + 2.0 * alpha * (1.0 - share)), 0.9]], atol=1e-12
    )


@pytest.mark.parametrize(("share", "alone"), [(0.0, L2(0.01)), (1.0, L1(0.01))], ids=label)
def test_the_ends_of_the_elastic_net_are_l2_and_l1(share: float, alone: Regularizer) -> None:
    x, target = independent([0.5, -1.0, 0.01], 0.3)
    one, other = linear_unit([0.0, 1.0, -1.0], 0.0, ElasticNet(0.01, share)), linear_unit([0.0, 1.0, -1.0], 0.0, alone)
    for _ in range(50):
        run(one.step(x, target))
        run(other.step(x, target))
    np.testing.assert_allclose(one.network.weights[0], other.network.weights[0], rtol=1e-13)


def test_weight_decay_takes_a_share_and_no_more() -> None:
    weights = np.array([1.5, -0.3, 0.0])
    trainer = linear_unit(list(weights), 2.5, WeightDecay(0.7))
    for _ in range(5):
        run(trainer.step(*still(trainer)))
        weights = weights - RATE * 0.7 * weights
        np.testing.assert_allclose(trainer.network.weights[0], [[*weights, 2.5]], rtol=1e-15)


def test_weight_decay_is_l2_for_sgd_and_makes_adam_adamw() -> None:
    x, target = independent([0.5, -1.0, 0.01], 0.3)

    def trained(optimizer: SGD | Adam, regularizer: Regularizer) -> Array:
        trainer = linear_unit([0.0, 1.0, -1.0], 0.0, regularizer)
        learner = Trainer(trainer.network, SquaredError(), optimizer, regularizer, RATE)
        for _ in range(50):
            run(learner.step(x, target))
        return learner.network.parameters

    np.testing.assert_allclose(trained(SGD(), WeightDecay(0.2)), trained(SGD(), L2(0.1)), rtol=1e-13)
    np.testing.assert_array_equal(trained(Adam(), WeightDecay(0.2)), trained(AdamW(decay=0.2), NoRegularizer()))
    assert not np.allclose(trained(Adam(), WeightDecay(0.2)), trained(Adam(), L2(0.1)), rtol=1e-3)


@pytest.mark.parametrize("members", [1, 3])
def test_max_norm_scales_back_the_units_that_are_too_long(members: int) -> None:
    rng = np.random.default_rng(3)
    network = Network(3, [(4, Tanh()), (2, Linear())], members)
    network.parameters[...] = rng.normal(size=network.parameters.shape)
    wanted = [weights.copy() for weights in network.weights]
    scaled = 0
    for weights in wanted:
        lengths = np.linalg.norm(weights[..., :-1], axis=-1, keepdims=True)
        scaled += int(np.count_nonzero(lengths > 1.5))
        weights[..., :-1] *= np.where(lengths > 1.5, 1.5 / lengths, 1.0)
    assert 0 < scaled < 6 * members
    run(MaxNorm(1.5).after(network.parameters, np.array(RATE), network.is_weight))
    for weights, after in zip(wanted, network.weights, strict=True):
        np.testing.assert_allclose(after, weights, rtol=1e-15)


def test_max_norm_leaves_shorter_units_and_biases_untouched_bit_by_bit() -> None:
    trainer = linear_unit([3.0, 4.0], 1e9, MaxNorm(5.0))
    network = trainer.network
    run(MaxNorm(5.0).after(network.parameters, np.array(RATE), network.is_weight))
    np.testing.assert_array_equal(network.parameters, [[3.0, 4.0, 1e9]])


@pytest.mark.parametrize("regularizer", EVERY, ids=label)
def test_nothing_pulls_a_bias(regularizer: Regularizer) -> None:
    trainer = linear_unit([9.0, -9.0], 2.5, regularizer)
    for _ in range(3):
        run(trainer.step(*still(trainer)))
    assert trainer.network.weights[0][0, -1] == 2.5
    assert (np.abs(trainer.network.weights[0][0, :-1]) < 9.0).all() != isinstance(regularizer, NoRegularizer)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("regularizer", [L1(1.0), L2(1.0), ElasticNet(1.0), WeightDecay(1.0), MaxNorm(0.5)], ids=label)
def test_nothing_pulls_what_stages_train(regularizer: Regularizer, members: int) -> None:
    """γ, β and trained slopes lie among the weights in the flat buffer, and are none; next to them, weights are pulled."""
    network = Network(2, [Dense(3, PReLU(), BatchNorm()), Dense(2, Linear())], members)
    network.parameters[...] = np.random.default_rng(1).uniform(2.0, 3.0, network.parameters.shape)
    before, g = network.parameters.copy(), np.zeros_like(network.parameters)
    total = np.zeros_like(g)
    run(regularizer.before(network.parameters, g, total, np.array(RATE), network.is_weight))
    network.parameters -= RATE * total
    run(regularizer.after(network.parameters, np.array(RATE), network.is_weight))
    shrunk = np.abs(network.parameters) < np.abs(before)
    np.testing.assert_array_equal(shrunk, np.broadcast_to(network.is_weight == 1.0, shrunk.shape))
    np.testing.assert_array_equal(network.parameters[~shrunk], before[~shrunk])


@pytest.mark.parametrize("regularizer", [L1(), L2(), ElasticNet(share=0.3)], ids=label)
def test_penalties_of_members_at_rates_of_their_own(regularizer: L1 | L2 | ElasticNet) -> None:
    """A rate of 1 on weights that count as much as a member's rate is that member's rate: so the trainer does it."""
    p, mask, rates = np.random.default_rng(1).normal(size=(3, 5)), np.array([1.0, 1.0, 0.0, 1.0, 0.0]), [0.1, 0.02, 3.0]
    together = replace(regularizer, rate=1.0).penalty(p, mask * np.array(rates)[:, None])
    alone = [replace(regularizer, rate=rate).penalty(p[i : i + 1], mask)[0] for i, rate in enumerate(rates)]
    np.testing.assert_allclose(together, alone, rtol=1e-14)


@pytest.mark.parametrize("regularizer", EVERY, ids=label)
def test_what_is_not_a_number_stays_so(regularizer: Regularizer) -> None:
    trainer = linear_unit([np.nan, 1.0], 2.5, regularizer)
    run(trainer.step(*independent([1.0, 1.0], 0.0)))
    assert np.isnan(trainer.network.weights[0]).any()


@pytest.mark.parametrize("regularizer", PENALTIES, ids=label)
@pytest.mark.parametrize("members", [1, 3])
def test_a_step_is_sgd_down_loss_and_penalty(regularizer: Regularizer, members: int) -> None:
    """Away from the kink of |w|, the soft threshold too is a step along the penalty's slope."""
    rng = np.random.default_rng(2)
    network = Network(3, [(4, Tanh()), (2, Linear())], members)
    network.parameters[...] = rng.uniform(0.2, 0.9, network.parameters.shape) * rng.choice(
        [-1.0, 1.0], network.parameters.shape
    )
    x, target = np.vstack([rng.normal(size=(3, 6)), np.ones(6)]), rng.normal(size=(2, 6))
    trainer = Trainer(network, SquaredError(), SGD(), regularizer, RATE)

    before, step = network.parameters.copy(), 1e-6
    slope = np.empty_like(before)
    for index in np.ndindex(before.shape):
        above, below = before.copy(), before.copy()
        above[index] += step
        below[index] -= step
        difference = regularizer.penalty(above, network.is_weight) - regularizer.penalty(below, network.is_weight)
        slope[index] = difference.sum() / (2.0 * step)

    run(trainer.step(x, target))
    after = before - RATE * (network.gradients + slope)
    np.testing.assert_allclose(network.parameters, after, rtol=1e-9)
    assert not slope[:, network.is_weight == 0.0].any()
    assert bool(slope.any()) != isinstance(regularizer, NoRegularizer)


@pytest.mark.parametrize(
    ("regularizer", "penalty"),
    [
        (NoRegularizer(), 0.0),
        (L1(0.5), 3.0),
        (L2(0.5), 7.0),
        (ElasticNet(0.5, 0.25), 6.0),
        (WeightDecay(), 0.0),
        (MaxNorm(), 0.0),
    ],
    ids=label,
)
def test_penalty_counts_weights_only(regularizer: Regularizer, penalty: float) -> None:
    p, mask = np.array([[1.0, -2.0, 100.0, 3.0], [0.0, 0.0, 100.0, 0.0]]), np.array([1.0, 1.0, 0.0, 1.0])
    np.testing.assert_allclose(regularizer.penalty(p, mask), [penalty, 0.0], rtol=1e-15)


@pytest.mark.parametrize("regularizer", EVERY, ids=label)
def test_single_precision_stays_single(regularizer: Regularizer) -> None:
    p, rate, mask = np.array([[4.0, -2.0, 7.0]], np.float32), np.array(RATE, np.float32), np.array([1.0, 1.0, 0.0])
    double, g = p.astype(float), np.ones_like(p)
    total, wanted = np.empty_like(p), np.empty_like(double)
    calls = [*regularizer.before(p, g, total, rate, mask), *regularizer.after(p, rate, mask)]
    run(calls)
    run(regularizer.before(double, g.astype(float), wanted, np.array(RATE), mask))
    run(regularizer.after(double, np.array(RATE), mask))
    np.testing.assert_allclose(p, double, rtol=1e-6)
    if regularizer.adds_gradient:
        np.testing.assert_allclose(total, wanted, rtol=1e-6)
    used = [array for _, arguments in calls for array in arguments if isinstance(array, np.ndarray)]
    assert all(array.dtype == np.float32 for array in used if array.dtype.kind == "f"), "other types cost conversions"
