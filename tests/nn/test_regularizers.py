"""Regularizers: weights pulled towards zero, exactly, and biases left alone."""

from __future__ import annotations

import numpy as np
import pytest

from playground.nn.activations import Array, Linear, Tanh
from playground.nn.calls import run
from playground.nn.losses import SquaredError
from playground.nn.network import Network
from playground.nn.optimizers import SGD
from playground.nn.regularizers import L1, L2, REGULARIZERS, NoRegularizer, Regularizer
from playground.nn.training import Trainer

EVERY = [cls() for cls in REGULARIZERS.values()]
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


@pytest.mark.parametrize("regularizer", EVERY, ids=label)
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
    ("regularizer", "penalty"), [(NoRegularizer(), 0.0), (L1(0.5), 3.0), (L2(0.5), 7.0)], ids=label
)
def test_penalty_counts_weights_only(regularizer: Regularizer, penalty: float) -> None:
    p, mask = np.array([[1.0, -2.0, 100.0, 3.0], [0.0, 0.0, 100.0, 0.0]]), np.array([1.0, 1.0, 0.0, 1.0])
    np.testing.assert_allclose(regularizer.penalty(p, mask), [penalty, 0.0], rtol=1e-15)
