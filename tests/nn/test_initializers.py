"""Initializers: spread, repeatability, and the symmetry that zeros never break."""

from __future__ import annotations

import numpy as np
import pytest

from playground.nn.activations import Sigmoid
from playground.nn.calls import run
from playground.nn.initializers import INITIALIZERS, He, Initializer, Normal, Uniform, Xavier, Zeros
from playground.nn.losses import BinaryCrossEntropy
from playground.nn.network import Network
from playground.nn.optimizers import SGD
from playground.nn.regularizers import NoRegularizer
from playground.nn.training import Trainer

UNITS, INPUTS = 500, 300


def label(value: object) -> str:
    return value.label if isinstance(value, Initializer) else str(value)


@pytest.mark.parametrize(
    ("initializer", "variance"),
    [
        (Xavier(), 2.0 / (INPUTS + UNITS)),
        (He(), 2.0 / INPUTS),
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


@pytest.mark.parametrize(("initializer", "limit"), [(Xavier(), np.sqrt(6.0 / (INPUTS + UNITS))), (Uniform(0.7), 0.7)])
def test_uniform_draws_fill_their_range(initializer: Initializer, limit: float) -> None:
    size = np.abs(initializer.draw(np.random.default_rng(2), UNITS, INPUTS))
    assert 0.99 * limit < size.max() <= limit


@pytest.mark.parametrize("initializer", [cls() for cls in INITIALIZERS.values()], ids=label)
def test_the_generator_decides(initializer: Initializer) -> None:
    first, again, other = (initializer.draw(np.random.default_rng(seed), 4, 3) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert np.array_equal(first, other) == isinstance(initializer, Zeros)


def test_zeros_are_zero() -> None:
    np.testing.assert_array_equal(Zeros().draw(np.random.default_rng(1), 4, 3), np.zeros((4, 3)))


def test_zeros_keep_the_units_of_a_layer_equal_for_ever() -> None:
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

    hidden, output = trained(Zeros()).weights
    assert np.abs(hidden).min() > 1e-3  # they did learn
    np.testing.assert_array_equal(hidden, np.tile(hidden[0], (4, 1)))
    np.testing.assert_array_equal(output[:, :-1], np.full((1, 4), output[0, 0]))
    assert np.ptp(trained(Xavier()).weights[0][:, 0]) > 0.1
