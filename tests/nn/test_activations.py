"""Activations: their values, their slopes, and softmax, which couples the outputs. Knows no network."""

from __future__ import annotations

import math

import numpy as np
import pytest

from playground.nn.activations import (
    ACTIVATIONS,
    ELU,
    GELU,
    OUTPUTS,
    SELU,
    Activation,
    Array,
    HardSigmoid,
    LeakyReLU,
    Linear,
    Mish,
    PReLU,
    ReLU,
    RReLU,
    Sigmoid,
    Sign,
    SignOutput,
    Sine,
    Softmax,
    Softplus,
    Step,
    StepOutput,
    Swish,
    Tanh,
)
from playground.nn.calls import run
from tests.choices import label

EVERY = [cls() for cls in dict.fromkeys([*ACTIVATIONS.values(), *OUTPUTS.values()])]
UNITWISE = [each for each in EVERY if each.widths(1) == (1, 1) and not isinstance(each, Softmax)]
SIDE = np.geomspace(0.05, 8.0, 30)
AWAY_FROM_ZERO = np.concatenate([-SIDE[::-1], SIDE]).reshape(4, 15)  # (units, batch)

LINE = np.linspace(-20.0, 20.0, 4001)[None]  # (units, batch); holds 0 and ±3
LOG_2, LOG_3 = math.log(2.0), math.log(3.0)
OTHER_KNOBS = [
    LeakyReLU(0.0),
    LeakyReLU(0.3),
    LeakyReLU(1.0),
    PReLU(0.7),
    RReLU(0.1, 0.2),
    ELU(0.3),
    ELU(2.5),
    Swish(0.0),
    Swish(0.4),
    Swish(7.0),
    Swish(2.5, trained=True),
]

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
    (PReLU(), -2.0, -0.5, 0.25),
    (PReLU(), 3.0, 3.0, 1.0),
    (RReLU(), -48.0, -11.0, 11.0 / 48.0),
    (RReLU(), 3.0, 3.0, 1.0),
    (ELU(), 3.0, 3.0, 1.0),
    (ELU(), -LOG_2, -0.5, 0.5),
    (ELU(2.0), -LOG_2, -1.0, 1.0),
    (ELU(2.0), 0.0, 0.0, 2.0),
    (ELU(2.0), 0.5, 0.5, 1.0),
    (SELU(), 1.0, 1.0507009873554805, 1.0507009873554805),
    (SELU(), -LOG_2, -0.8790496704236883, 0.8790496704236883),
    (Softplus(), 0.0, LOG_2, 0.5),
    (Softplus(), LOG_3, 2.0 * LOG_2, 0.75),
    (Softplus(), -LOG_3, math.log(4.0 / 3.0), 0.25),
    (Swish(), 0.0, 0.0, 0.5),
    (Swish(), LOG_3, 0.75 * LOG_3, 0.75 + 0.1875 * LOG_3),
    (Swish(2.0), -LOG_3 / 2.0, -0.125 * LOG_3, 0.25 - 0.1875 * LOG_3),
    (Swish(0.0), 3.0, 1.5, 0.5),
    (GELU(), 0.0, 0.0, 0.5),
    (GELU(), 1.0, 0.8413447460685429, 1.0833154705876864),  # Φ(1), Φ(1) + φ(1)
    (GELU(), -1.0, -0.15865525393145707, -0.08331547058768626),
    (Mish(), 0.0, 0.0, 0.6),
    (Mish(), LOG_2, 0.8 * LOG_2, 0.8 + 0.24 * LOG_2),  # tanh(log 3) = 4/5
    (Sine(), 0.0, 0.0, 1.0),
    (Sine(), math.pi / 6.0, 0.5, math.sqrt(0.75)),
    (HardSigmoid(), 0.0, 0.5, 1.0 / 6.0),
    (HardSigmoid(), 1.5, 0.75, 1.0 / 6.0),
    (HardSigmoid(), -3.0, 0.0, 0.0),
    (HardSigmoid(), 3.0, 1.0, 0.0),
    (HardSigmoid(), 4.0, 1.0, 0.0),
    (Step(), -0.1, 0.0, 0.0),
    (Step(), 0.0, 0.0, 0.0),
    (Step(), 0.1, 1.0, 0.0),
    (Sign(), -0.1, -1.0, 0.0),
    (Sign(), 0.0, 0.0, 0.0),
    (Sign(), 0.1, 1.0, 0.0),
    (StepOutput(), 0.0, 0.5, 0.25),
    (SignOutput(), 0.0, 0.0, 1.0),
]


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


@pytest.mark.parametrize("activation", [*UNITWISE, *OTHER_KNOBS], ids=label)
def test_slope_is_the_central_difference(activation: Activation) -> None:
    z, step = AWAY_FROM_ZERO, 1e-6
    difference = (activation(z + step) - activation(z - step)) / (2.0 * step)
    np.testing.assert_allclose(activation.slope(z), difference, rtol=0.0, atol=1e-9)


@pytest.mark.parametrize("activation", [*UNITWISE, *OTHER_KNOBS], ids=label)
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
    run(activation.backward(z, h, np.ones_like(h), np.empty_like(z)))
    np.testing.assert_array_equal(z, AWAY_FROM_ZERO)
    np.testing.assert_array_equal(h, kept)


@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_members_are_worked_out_apart(activation: Activation) -> None:
    z = np.random.default_rng(2).normal(size=(3, 4, 5))  # (members, units, batch)
    h = activation(z)
    upstream = np.random.default_rng(4).normal(size=h.shape)
    gradient = backward(activation, z, upstream)
    for member in range(3):
        np.testing.assert_allclose(h[member], activation(z[member]), rtol=1e-15)
        np.testing.assert_allclose(gradient[member], backward(activation, z[member], upstream[member]), rtol=1e-14)


@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_calls_once_written_see_what_is_put_into_their_arrays(activation: Activation) -> None:
    z, out = np.ones((4, 15)), np.ones((4, 15))
    h, upstream = np.ones_like(activation(z)), np.ones_like(activation(z))
    calls = [*activation.forward(z, h), *activation.backward(z, h, upstream, out)]
    run(calls)
    z[...], upstream[...] = AWAY_FROM_ZERO, 2.0
    run(calls)
    np.testing.assert_array_equal(h, activation(AWAY_FROM_ZERO))
    np.testing.assert_array_equal(out, backward(activation, AWAY_FROM_ZERO, upstream))


@pytest.mark.parametrize("activation", [*EVERY, *OTHER_KNOBS], ids=label)
def test_extreme_inputs_stay_finite(activation: Activation) -> None:
    z = np.array([[1000.0, -1000.0, 0.0], [-1000.0, -1000.0, 1000.0]])
    with np.errstate(over="ignore"):
        assert np.isfinite(activation(z)).all()
        assert np.isfinite(activation.slope(z)).all()


@pytest.mark.parametrize("activation", [*UNITWISE, *OTHER_KNOBS], ids=label)
def test_what_is_not_a_number_stays_so(activation: Activation) -> None:
    z = np.array([[1.0, np.nan, -1.0]])
    with np.errstate(invalid="ignore"):
        assert np.isnan(activation(z)).tolist() == [[False, True, False]]


@pytest.mark.parametrize("activation", [*EVERY, *OTHER_KNOBS], ids=label)
def test_float32_stays_float32(activation: Activation) -> None:
    z = AWAY_FROM_ZERO.astype(np.float32)
    h, gradient = activation(z), activation.slope(z)
    assert h.dtype == gradient.dtype == np.float32
    exact = AWAY_FROM_ZERO.astype(np.float32).astype(np.float64)
    np.testing.assert_allclose(h, activation(exact), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(gradient, activation.slope(exact), rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize("activation", [*EVERY, *OTHER_KNOBS], ids=label)
def test_every_constant_has_the_type_of_the_arrays(activation: Activation) -> None:
    z, out = np.ones((4, 15), np.float32), np.ones((4, 15), np.float32)
    h, upstream = np.ones_like(activation(z)), np.ones_like(activation(z))
    calls = [*activation.forward(z, h), *activation.backward(z, h, upstream, out)]
    handed = [value for _, arguments in calls for value in arguments if isinstance(value, np.ndarray)]
    assert {value.dtype.name for value in handed} <= {"float32", "bool"}


@pytest.mark.parametrize(
    "activation",
    [Linear(), Sigmoid(), Tanh(), ReLU(), LeakyReLU(), ELU(), SELU(), Softplus(), HardSigmoid(), Step(), Sign()],
    ids=label,
)
def test_monotone(activation: Activation) -> None:
    assert (np.diff(activation(LINE)) >= -1e-15).all()
    assert (activation.slope(LINE) >= 0.0).all()


@pytest.mark.parametrize(
    ("activation", "low", "high"),
    [
        (Sigmoid(), 0.0, 1.0),
        (Tanh(), -1.0, 1.0),
        (HardSigmoid(), 0.0, 1.0),
        (Step(), 0.0, 1.0),
        (Sign(), -1.0, 1.0),
        (Sine(), -1.0, 1.0),
    ],
    ids=label,
)
def test_bounded_on_both_sides(activation: Activation, low: float, high: float) -> None:
    values = activation(LINE)
    assert (values.min(), values.max()) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert low <= values.min() <= values.max() <= high


@pytest.mark.parametrize(
    ("activation", "least"),
    [
        (ReLU(), 0.0),
        (ELU(), -1.0),
        (ELU(2.5), -2.5),
        (SELU(), -1.7580993408473766),
        (Softplus(), 0.0),
        (Swish(), -0.2784645427610738),
        (Swish(2.0), -0.2784645427610738 / 2.0),
        (GELU(), -0.1699712074),
        (Mish(), -0.3088429),
    ],
    ids=label,
)
def test_bounded_below_and_like_the_input_above(activation: Activation, least: float) -> None:
    assert activation(LINE).min() == pytest.approx(least, abs=1e-5)
    far = activation(np.array([[50.0, 60.0]]))
    rise = SELU().slope(np.ones((1, 1))).item() if isinstance(activation, SELU) else 1.0
    np.testing.assert_allclose(far, [[50.0 * rise, 60.0 * rise]], rtol=1e-14)


@pytest.mark.parametrize("activation", [Linear(), Tanh(), Sine(), Sign()], ids=label)
def test_odd(activation: Activation) -> None:
    np.testing.assert_array_equal(activation(-LINE), -activation(LINE))


@pytest.mark.parametrize("activation", [Sigmoid(), HardSigmoid()], ids=label)
def test_a_half_plus_something_odd(activation: Activation) -> None:
    np.testing.assert_allclose(activation(LINE) + activation(-LINE), 1.0, rtol=0.0, atol=1e-15)


@pytest.mark.parametrize("activation", [Swish(), Swish(3.0), GELU(), Softplus()], ids=label)
def test_differs_from_its_mirror_image_by_the_input(activation: Activation) -> None:
    np.testing.assert_allclose(activation(LINE) - activation(-LINE), LINE, rtol=0.0, atol=1e-14)


@pytest.mark.parametrize("activation", [Step(), Sign()], ids=label)
def test_decisions_pass_no_gradient(activation: Activation) -> None:
    upstream = np.random.default_rng(7).normal(size=LINE.shape)
    assert not backward(activation, LINE, upstream).any()
    assert "nothing below it learns" in " ".join((type(activation).__doc__ or "").split())


def test_softplus_has_the_slope_of_a_sigmoid() -> None:
    np.testing.assert_allclose(Softplus().slope(LINE), Sigmoid()(LINE), rtol=1e-14)


def test_softplus_and_mish_join_their_straight_part_without_a_step() -> None:
    z = np.linspace(39.9, 40.1, 2001)[None]
    for activation in (Softplus(), Mish()):
        np.testing.assert_allclose(activation(z), z, rtol=4e-16)
        np.testing.assert_allclose(activation.slope(z), 1.0, rtol=4e-16)


def test_small_values_far_below_zero_keep_their_digits() -> None:
    z = np.array([[-30.0]])
    e = math.exp(-30.0)
    np.testing.assert_allclose(Softplus()(z), e, rtol=1e-12)
    np.testing.assert_allclose(Softplus().slope(z), e, rtol=1e-12)
    np.testing.assert_allclose(ELU().slope(z), e, rtol=1e-12)
    np.testing.assert_allclose(Swish()(z), -30.0 * e, rtol=1e-12)
    np.testing.assert_allclose(Mish()(z), -30.0 * e, rtol=1e-12)
    np.testing.assert_allclose(Mish().slope(z), -29.0 * e, rtol=1e-12)


def test_steep_swish_is_relu() -> None:
    z = np.linspace(2.0, 20.0, 50)[None]
    np.testing.assert_allclose(Swish(20.0)(z), ReLU()(z), rtol=1e-15)
    np.testing.assert_allclose(Swish(20.0)(-z), ReLU()(-z), rtol=0.0, atol=1e-15)


def test_selu_keeps_mean_and_variance() -> None:
    values = SELU()(np.random.default_rng(8).standard_normal((1000, 1000)))
    assert values.mean() == pytest.approx(0.0, abs=0.005)
    assert values.var() == pytest.approx(1.0, abs=0.005)


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


def test_hard_outputs_decide_what_they_say_only_when_testing() -> None:
    z = np.array([[-3.0, -1e-9, 0.0, 1e-9, 3.0, np.nan]])
    np.testing.assert_array_equal(StepOutput()(z), Sigmoid()(z))
    np.testing.assert_array_equal(SignOutput()(z), Tanh()(z))
    np.testing.assert_array_equal(StepOutput().decide(Sigmoid()(z)), [[0.0, 0.0, 0.0, 1.0, 1.0, np.nan]])
    np.testing.assert_array_equal(SignOutput().decide(Tanh()(z)), [[-1.0, -1.0, 0.0, 1.0, 1.0, np.nan]])
    np.testing.assert_array_equal(Sigmoid().decide(Sigmoid()(z)), Sigmoid()(z))
