"""Initializers: spread, repeatability, and the symmetry that zeros never break."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from playground.nn.activations import Sigmoid
from playground.nn.calls import run
from playground.nn.initializers import (
    INITIALIZERS,
    Constant,
    He,
    HeUniform,
    Identity,
    Initializer,
    LeCun,
    Normal,
    Orthogonal,
    Scaled,
    Uniform,
    Xavier,
    XavierNormal,
    Zeros,
)
from playground.nn.losses import BinaryCrossEntropy
from playground.nn.network import Network
from playground.nn.optimizers import SGD
from playground.nn.regularizers import NoRegularizer
from playground.nn.training import Trainer
from tests.choices import label

UNITS, INPUTS = 500, 300
EVERY = [cls() for cls in INITIALIZERS.values()]
SHAPES = [(1, 1), (1, 5), (5, 1), (4, 4), (3, 8), (8, 3)]


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        (Xavier(), 2.0 / (INPUTS + UNITS)),
        (Xavier(scale=3.0), 9.0 * 2.0 / (INPUTS + UNITS)),
        (XavierNormal(), 2.0 / (INPUTS + UNITS)),
        (He(), 2.0 / INPUTS),
        (HeUniform(), 2.0 / INPUTS),
        (LeCun(), 1.0 / INPUTS),
        (LeCun(scale=0.1), 0.01 / INPUTS),
        (Orthogonal(), 1.0 / UNITS),
        (Uniform(), 0.5**2 / 3.0),
        (Uniform(3.0), 3.0),
        (Normal(), 0.25),
        (Normal(2.0), 4.0),
    ],
    ids=label,
)
def test_variance(initializer: Initializer, variance: float) -> None:
    weights = initializer.draw(np.random.default_rng(1), UNITS, INPUTS)
    assert weights.shape == (UNITS, INPUTS)
    assert weights.var() == pytest.approx(variance, rel=0.05)
    assert weights.mean() == pytest.approx(0.0, abs=0.02 * np.sqrt(variance))


@pytest.mark.parametrize(
    ("initializer", "limit"),
    [
        (Xavier(), np.sqrt(6.0 / (INPUTS + UNITS))),
        (HeUniform(), np.sqrt(6.0 / INPUTS)),
        (Uniform(0.7), 0.7),
        (Uniform(0.7, scale=2.0), 1.4),
    ],
    ids=label,
)
def test_uniform_draws_fill_their_range(initializer: Initializer, limit: float) -> None:
    size = np.abs(initializer.draw(np.random.default_rng(2), UNITS, INPUTS))
    assert 0.99 * limit < size.max() <= limit


@pytest.mark.parametrize("initializer", [XavierNormal(), He(), LeCun(), Normal()], ids=label)
def test_normal_draws_have_the_tails_of_a_bell_curve(initializer: Initializer) -> None:
    weights = initializer.draw(np.random.default_rng(2), UNITS, INPUTS)
    share = (np.abs(weights) > 2.0 * weights.std()).mean()
    assert share == pytest.approx(0.0455, rel=0.05)


@pytest.mark.parametrize(
    ("initializer", "first"),
    [
        (Xavier(), [[0.7471015332331885, 0.7542978058440928, 0.03753980457512429]]),
        (He(), [[-0.654774266857938, -1.0813345918512576, -0.20278641527443442]]),
        (Uniform(), [[0.3050029237453802, 0.30794078973649375, 0.015325561042142]]),
        (Normal(), [[-0.4009657126267237, -0.6621794978140725, -0.12418081104762427]]),
    ],
    ids=label,
)
def test_same_weights_as_ever(initializer: Initializer, first: list[list[float]]) -> None:
    np.testing.assert_array_equal(initializer.draw(np.random.default_rng(5), 1, 3), first)


@pytest.mark.parametrize("initializer", EVERY, ids=label)
def test_the_generator_decides(initializer: Initializer) -> None:
    first, again, other = (initializer.draw(np.random.default_rng(seed), 4, 3) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert np.array_equal(first, other) == isinstance(initializer, Zeros | Constant | Identity)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("initializer", EVERY, ids=label)
def test_any_shape(initializer: Initializer, shape: tuple[int, int]) -> None:
    weights = initializer.draw(np.random.default_rng(4), *shape)
    assert weights.shape == shape
    assert weights.dtype == np.float64
    assert np.isfinite(weights).all()


@pytest.mark.parametrize("initializer", EVERY, ids=label)
def test_scale_multiplies_all_weights(initializer: Initializer) -> None:
    assert isinstance(initializer, Scaled) == (not isinstance(initializer, Zeros))
    if isinstance(initializer, Scaled):
        plain, scaled = (i.draw(np.random.default_rng(3), 4, 6) for i in (initializer, replace(initializer, scale=2.5)))
        np.testing.assert_array_equal(scaled, 2.5 * plain)


@pytest.mark.parametrize("initializer", [replace(each, bias=0.25) for each in EVERY], ids=label)
def test_biases_start_where_they_are_told(initializer: Initializer) -> None:
    network = Network(3, [(4, Sigmoid()), (2, Sigmoid())], members=2)
    network.parameters[...] = np.nan
    network.initialise(initializer, [np.random.default_rng(seed) for seed in (1, 2)])
    for member in range(2):
        rng = np.random.default_rng(member + 1)
        for weights in network.weights:
            units, columns = weights.shape[1:]
            np.testing.assert_array_equal(weights[member, :, -1], 0.25)
            np.testing.assert_array_equal(weights[member, :, :-1], initializer.draw(rng, units, columns - 1))


@pytest.mark.parametrize(("units", "inputs"), SHAPES)
def test_orthogonal_rows_or_columns(units: int, inputs: int) -> None:
    weights = Orthogonal().draw(np.random.default_rng(6), units, inputs)
    product = weights @ weights.T if units <= inputs else weights.T @ weights
    np.testing.assert_allclose(product, np.eye(min(units, inputs)), rtol=0.0, atol=1e-12)


def test_orthogonal_draws_favour_no_direction() -> None:
    rng = np.random.default_rng(7)
    draws = np.array([Orthogonal().draw(rng, 3, 3) for _ in range(4000)])
    np.testing.assert_allclose(draws.mean(axis=0), 0.0, atol=0.04)  # without the signs, the diagonal leans to one side
    np.testing.assert_allclose((draws**2).mean(axis=0), 1.0 / 3.0, atol=0.02)
    assert np.linalg.det(draws).mean() == pytest.approx(0.0, abs=0.06)  # as many with a reflection as without


def test_identity_hands_inputs_on() -> None:
    rng, x = np.random.default_rng(1), np.array([3.0, 5.0, 7.0])
    np.testing.assert_array_equal(Identity().draw(rng, 3, 3) @ x, x)
    np.testing.assert_array_equal(Identity().draw(rng, 2, 3) @ x, [3.0, 5.0])
    np.testing.assert_array_equal(Identity(scale=2.0).draw(rng, 4, 3) @ x, [6.0, 10.0, 14.0, 0.0])


def test_constant_weights_are_all_the_same() -> None:
    np.testing.assert_array_equal(Constant(0.2, scale=5.0).draw(np.random.default_rng(1), 4, 3), np.ones((4, 3)))


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_signal_and_gradient_grow_like_the_scale_to_the_depth(scale: float) -> None:
    rng, depth = np.random.default_rng(8), 6
    layers = [Orthogonal(scale=scale).draw(rng, 16, 16) for _ in range(depth)]
    end, start = np.linalg.multi_dot(layers[::-1]), rng.normal(size=16)
    assert np.linalg.norm(end @ start) == pytest.approx(scale**depth * np.linalg.norm(start), rel=1e-12)
    assert np.linalg.norm(end.T @ start) == pytest.approx(scale**depth * np.linalg.norm(start), rel=1e-12)


def test_zeros_are_zero() -> None:
    np.testing.assert_array_equal(Zeros().draw(np.random.default_rng(1), 4, 3), np.zeros((4, 3)))


@pytest.mark.parametrize("alike", [Zeros(), Constant()], ids=label)
def test_equal_weights_keep_the_units_of_a_layer_equal_for_ever(alike: Initializer) -> None:
    rng = np.random.default_rng(3)
    x = np.vstack([rng.normal(size=(2, 20)), np.ones(20)])
    target = (x[:1] > 0.3).astype(float)

    def trained(initializer: Initializer) -> Network:
        network = Network(2, [(4, Sigmoid()), (1, Sigmoid())])
        network.initialise(initializer, [np.random.default_rng(1)])
        trainer = Trainer(network, BinaryCrossEntropy(), SGD(), NoRegularizer(), 1.0)
        for _ in range(50):
            run(trainer.step(x, target))
        return network

    hidden, output = trained(alike).weights
    assert np.abs(hidden).min() > 1e-3  # they did learn
    np.testing.assert_array_equal(hidden, np.tile(hidden[0], (4, 1)))
    np.testing.assert_array_equal(output[:, :-1], np.full((1, 4), output[0, 0]))
    assert np.ptp(trained(Xavier()).weights[0][:, 0]) > 0.1
