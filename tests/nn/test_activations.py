"""Activations: their values, their slopes, and softmax, which couples the outputs. Knows no network."""

from __future__ import annotations

import math

import numpy as np
import pytest

from playground.nn.activations import (
    ACTIVATIONS,
    OUTPUTS,
    Activation,
    Array,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from playground.nn.calls import run

UNITWISE = [cls() for cls in {**ACTIVATIONS, **OUTPUTS}.values() if cls is not Softmax]
EVERY = [*UNITWISE, Softmax()]
SIDE = np.geomspace(0.05, 8.0, 30)
AWAY_FROM_ZERO = np.concatenate([-SIDE[::-1], SIDE]).reshape(4, 15)  # (units, batch)

KNOWN = [  # activation, z, f(z), f'(z)
    (Linear(), -3.0, -3.0, 1.0),
    (Sigmoid(), 0.0, 0.5, 0.25),
    (Sigmoid(), math.log(3.0), 0.75, 0.1875),
    (Sigmoid(), -math.log(3.0), 0.25, 0.1875),
    (Tanh(), 0.0, 0.0, 1.0),
    (Tanh(), math.atanh(0.5), 0.5, 0.75),
    (ReLU(), -2.0, 0.0, 0.0),
    (ReLU(), 0.0, 0.0, 0.0),
    (ReLU(), 3.0, 3.0, 1.0),
    (LeakyReLU(), -2.0, -0.02, 0.01),
    (LeakyReLU(), 3.0, 3.0, 1.0),
    (LeakyReLU(0.2), -5.0, -1.0, 0.2),
]


def label(value: object) -> str:
    return value.label if isinstance(value, Activation) else str(value)


def softmax_input() -> Array:
    return np.random.default_rng(3).normal(0.0, 2.0, (4, 7))  # (classes, batch)


def backward(activation: Activation, z: Array, upstream: Array) -> Array:
    """The gradient by z, into an array that held no number before."""
    out = np.full_like(z, np.nan)
    run(activation.backward(z, activation(z), upstream, out))
    return out


@pytest.mark.parametrize(("activation", "z", "value", "slope"), KNOWN, ids=label)
def test_known_values(activation: Activation, z: float, value: float, slope: float) -> None:
    at = np.array([[z]])
    assert activation(at) == pytest.approx(value, abs=1e-15)
    assert activation.slope(at) == pytest.approx(slope, abs=1e-15)


def test_every_activation_has_a_known_value() -> None:
    assert {type(activation) for activation, *_ in KNOWN} == {type(activation) for activation in UNITWISE}


@pytest.mark.parametrize("activation", [*UNITWISE, LeakyReLU(0.0), LeakyReLU(0.3), LeakyReLU(1.0)], ids=label)
def test_slope_is_the_central_difference(activation: Activation) -> None:
    z, step = AWAY_FROM_ZERO, 1e-6
    difference = (activation(z + step) - activation(z - step)) / (2.0 * step)
    np.testing.assert_allclose(activation.slope(z), difference, rtol=0.0, atol=1e-9)


@pytest.mark.parametrize("activation", UNITWISE, ids=label)
def test_backward_is_upstream_times_slope(activation: Activation) -> None:
    z = AWAY_FROM_ZERO
    upstream = np.random.default_rng(1).normal(size=z.shape)
    np.testing.assert_allclose(backward(activation, z, upstream), upstream * activation.slope(z), rtol=1e-14)


@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_inputs_are_left_as_they_were(activation: Activation) -> None:
    z = AWAY_FROM_ZERO.copy()
    h = activation(z)
    np.testing.assert_array_equal(z, AWAY_FROM_ZERO)
    kept = h.copy()
    run(activation.backward(z, h, np.ones_like(z), np.empty_like(z)))
    np.testing.assert_array_equal(z, AWAY_FROM_ZERO)
    np.testing.assert_array_equal(h, kept)


@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_members_are_worked_out_apart(activation: Activation) -> None:
    z = np.random.default_rng(2).normal(size=(3, 4, 5))  # (members, units, batch)
    upstream = np.random.default_rng(4).normal(size=z.shape)
    h, gradient = activation(z), backward(activation, z, upstream)
    for member in range(3):
        np.testing.assert_allclose(h[member], activation(z[member]), rtol=1e-15)
        np.testing.assert_allclose(gradient[member], backward(activation, z[member], upstream[member]), rtol=1e-14)


@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_calls_once_written_see_what_is_put_into_their_arrays(activation: Activation) -> None:
    z, h, upstream, out = (np.ones((4, 15)) for _ in range(4))
    calls = [*activation.forward(z, h), *activation.backward(z, h, upstream, out)]
    run(calls)
    z[...], upstream[...] = AWAY_FROM_ZERO, 2.0
    run(calls)
    np.testing.assert_array_equal(h, activation(AWAY_FROM_ZERO))
    np.testing.assert_array_equal(out, backward(activation, AWAY_FROM_ZERO, upstream))


@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_extreme_inputs_stay_finite(activation: Activation) -> None:
    z = np.array([[1000.0, -1000.0, 0.0], [-1000.0, -1000.0, 1000.0]])
    with np.errstate(over="ignore"):
        assert np.isfinite(activation(z)).all()
        assert np.isfinite(backward(activation, z, np.ones_like(z))).all()


def test_sigmoid_saturates_at_exactly_zero_and_one() -> None:
    z = np.array([[-1000.0, 1000.0]])
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(Sigmoid()(z), [[0.0, 1.0]])
        np.testing.assert_array_equal(Sigmoid().slope(z), [[0.0, 0.0]])


def test_tanh_is_a_stretched_sigmoid() -> None:
    z = np.linspace(-20.0, 20.0, 401)[None]
    np.testing.assert_allclose(Tanh()(z), 2.0 * Sigmoid()(2.0 * z) - 1.0, rtol=0.0, atol=1e-15)


def test_sigmoid_slope_is_at_most_a_quarter() -> None:
    z = np.linspace(-30.0, 30.0, 6001)[None]
    slope = Sigmoid().slope(z)
    assert slope.max() == 0.25
    assert z.flat[slope.argmax()] == pytest.approx(0.0, abs=1e-12)


def test_sigmoid_bends_most_at_outputs_021_and_079() -> None:
    z = np.linspace(-4.0, 4.0, 8001)
    bend = np.gradient(Sigmoid().slope(z[None])[0], z)
    outputs = Sigmoid()(z[None])[0]
    assert outputs[bend.argmax()] == pytest.approx((3.0 - math.sqrt(3.0)) / 6.0, abs=1e-3)
    assert outputs[bend.argmin()] == pytest.approx((3.0 + math.sqrt(3.0)) / 6.0, abs=1e-3)


def test_leaky_relu_of_slope_zero_is_relu() -> None:
    np.testing.assert_array_equal(LeakyReLU(0.0)(AWAY_FROM_ZERO), ReLU()(AWAY_FROM_ZERO))


def test_softmax_is_a_distribution_over_the_outputs() -> None:
    h = Softmax()(softmax_input())
    assert (h > 0.0).all()
    np.testing.assert_allclose(h.sum(axis=0), 1.0, rtol=1e-15)


def test_softmax_known_value() -> None:
    z = np.log([[1.0], [2.0], [5.0]])
    np.testing.assert_allclose(Softmax()(z), [[0.125], [0.25], [0.625]], rtol=1e-15)


def test_softmax_does_not_see_a_common_shift() -> None:
    z = softmax_input()
    np.testing.assert_allclose(Softmax()(z + 500.0), Softmax()(z), rtol=1e-12)


def test_softmax_of_two_is_the_sigmoid_of_the_difference() -> None:
    z = np.random.default_rng(5).normal(0.0, 3.0, (2, 50))
    np.testing.assert_allclose(Softmax()(z)[0], Sigmoid()(z[0] - z[1]), rtol=1e-14)


def test_softmax_backward_is_the_numeric_jacobian() -> None:
    softmax, z, step = Softmax(), softmax_input(), 1e-6
    upstream = np.random.default_rng(6).normal(size=z.shape)
    numeric = np.empty_like(z)
    for row in range(len(z)):
        above, below = z.copy(), z.copy()
        above[row] += step
        below[row] -= step
        numeric[row] = (upstream * (softmax(above) - softmax(below))).sum(axis=0) / (2.0 * step)
    np.testing.assert_allclose(backward(softmax, z, upstream), numeric, rtol=0.0, atol=1e-9)
