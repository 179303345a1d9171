"""Activations that train their slope, draw it, or change the width; and swish with its trained steepness. Knows no network."""

from __future__ import annotations

import numpy as np
import pytest

from playground.nn.activations import (
    ACTIVATIONS,
    Activation,
    CReLU,
    LeakyReLU,
    Maxout,
    PReLU,
    ReLU,
    RReLU,
    Swish,
)
from playground.nn.calls import run
from tests.choices import label
from tests.nn.rig import Rig, check_gradients, check_leaves_its_inputs, check_members, check_single_precision

TRAINED = [PReLU(), PReLU(0.4, shared=True), Swish(trained=True), Swish(2.5, trained=True)]
WIDE = [CReLU(), Maxout(), Maxout(3), Maxout(8)]
EVERY = [*TRAINED, RReLU(), RReLU(0.5, 0.9), *WIDE]
LINE = np.linspace(-4.0, 4.0, 81)[None]  # (units, batch); holds 0


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_gradients_are_finite_differences(activation: Activation, members: int) -> None:
    check_gradients(Rig(activation, 4, 7, members))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("units", "batch"), [(4, 7), (40, 10), (3, 500), (40, 1)])
@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_members_are_worked_out_apart(activation: Activation, units: int, batch: int, training: bool) -> None:
    check_members(activation, units, batch, training)


@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_single_precision(activation: Activation) -> None:
    check_single_precision(activation, 6, 9)


@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_only_the_outputs_are_written(activation: Activation) -> None:
    check_leaves_its_inputs(activation, 4, 7)


@pytest.mark.parametrize("activation", EVERY, ids=label)
def test_what_is_not_a_number_stays_so_in_training(activation: Activation) -> None:
    rig = Rig(activation, 2, 3)
    rig.at.z[:, 1] = np.nan
    assert np.isnan(rig.forward()).any(axis=0).tolist() == [False, True, False]


@pytest.mark.parametrize("activation", TRAINED, ids=label)
def test_begins_with_the_curve_it_shows(activation: Activation) -> None:
    rig = Rig(activation, 4, 7)
    for own, start in zip(rig.at.parameters, activation.parameters(4), strict=True):
        own[...] = start[:, None]
    np.testing.assert_allclose(rig.forward(), activation(rig.at.z), rtol=1e-14)
    np.testing.assert_allclose(rig.backward(), rig.at.upstream * activation.slope(rig.at.z), rtol=1e-13)


def test_looking_sees_the_trained_slope() -> None:
    rig = Rig(PReLU(), 2, 3, training=False)
    rig.at.parameters[0][...] = [[-0.5], [2.0]]
    rig.at.z[...] = [[-4.0, 0.0, 4.0], [-4.0, 0.0, 4.0]]
    np.testing.assert_array_equal(rig.forward(), [[2.0, 0.0, 4.0], [-8.0, 0.0, 4.0]])


def test_one_slope_a_unit_or_one_a_layer() -> None:
    np.testing.assert_array_equal(PReLU().parameters(3)[0], [0.25, 0.25, 0.25])
    np.testing.assert_array_equal(PReLU(0.4, shared=True).parameters(3)[0], [0.4])
    np.testing.assert_array_equal(Swish(2.5, trained=True).parameters(3)[0], [2.5])
    assert Swish(2.5).parameters(3) == ()


def test_the_layer_s_slope_gathers_what_its_units_would() -> None:
    shared, own = Rig(PReLU(shared=True), 4, 7, 3), Rig(PReLU(), 4, 7, 3)
    own.at.z[...], own.at.upstream[...] = shared.at.z, shared.at.upstream
    for rig in (shared, own):
        rig.forward()
        rig.backward()
    sums = own.at.gradients[0].sum(axis=-2, keepdims=True)
    np.testing.assert_allclose(shared.at.gradients[0], sums, rtol=1e-12)


def test_prelu_shows_the_leaky_relu_it_starts_as() -> None:
    np.testing.assert_array_equal(PReLU(0.4)(LINE), LeakyReLU(0.4)(LINE))
    np.testing.assert_array_equal(PReLU(0.4).slope(LINE), LeakyReLU(0.4).slope(LINE))


def test_rrelu_draws_a_slope_for_each_unit_and_example() -> None:
    rig = Rig(RReLU(0.2, 0.5), 50, 400)
    rig.at.z[...] = -1.0
    slopes = -rig.forward()
    assert 0.2 <= slopes.min() < 0.201
    assert 0.499 < slopes.max() <= 0.5
    assert slopes.mean() == pytest.approx(0.35, abs=0.002)
    assert len(np.unique(slopes)) == slopes.size
    rig.at.z[...] = 1.0
    assert (rig.forward() == 1.0).all()


def test_rrelu_goes_back_by_the_slopes_it_went_forward_by() -> None:
    rig = Rig(RReLU(), 5, 6)
    h = rig.forward()
    np.testing.assert_allclose(rig.backward(), rig.at.upstream * h / rig.at.z, rtol=1e-14)


def test_rrelu_has_its_mean_slope_when_only_looking() -> None:
    rig = Rig(RReLU(0.2, 0.5), 5, 6, training=False)
    np.testing.assert_array_equal(rig.forward(), LeakyReLU(0.35)(rig.at.z))
    np.testing.assert_array_equal(RReLU(0.2, 0.5)(LINE), LeakyReLU(0.35)(LINE))
    np.testing.assert_allclose(RReLU()(np.array([[-48.0]])), -11.0, rtol=1e-15)


def test_only_what_draws_says_so() -> None:
    assert [name for name, cls in ACTIVATIONS.items() if cls.random] == ["rrelu"]


@pytest.mark.parametrize("activation", [cls() for cls in ACTIVATIONS.values()], ids=label)
def test_widths_are_those_of_what_comes_in_and_out(activation: Activation) -> None:
    inside, outside = activation.widths(5)
    assert activation(np.zeros((3, inside, 4))).shape == (3, outside, 4)
    assert activation.slope(np.zeros((inside, 4))).shape == (inside, 4)


def test_crelu_is_relu_of_both_signs() -> None:
    z = np.array([[-2.0, 0.0, 3.0], [1.0, -1.0, 0.5]])
    np.testing.assert_array_equal(CReLU()(z), np.vstack([ReLU()(z), ReLU()(-z)]))
    assert CReLU().widths(3) == (3, 6)
    np.testing.assert_array_equal(CReLU().slope(LINE), np.sign(LINE))


def test_maxout_takes_the_largest_of_its_pieces() -> None:
    z = np.array(
        [[1.0, -5.0], [2.0, 8.0], [3.0, -6.0], [-2.0, 7.0], [0.0, -4.0], [1.0, 9.0]]
    )  # (3 pieces · 2 units, 2)
    np.testing.assert_array_equal(Maxout(3)(z), [[3.0, -4.0], [2.0, 9.0]])
    np.testing.assert_array_equal(Maxout(3).slope(z), [[0, 0], [1, 0], [1, 0], [0, 0], [0, 1], [0, 1]])
    assert Maxout(3).widths(2) == (6, 2)


@pytest.mark.parametrize("pieces", [2, 3, 8])
def test_of_equal_pieces_the_first_alone_learns(pieces: int) -> None:
    z, upstream, out = np.ones((pieces, 4)), np.arange(1.0, 5.0)[None], np.full((pieces, 4), np.nan)
    run(Maxout(pieces).backward(z, Maxout(pieces)(z), upstream, out))
    np.testing.assert_array_equal(out, np.vstack([upstream, np.zeros((pieces - 1, 4))]))


def test_maxout_of_a_line_and_zero_is_relu() -> None:
    z = np.vstack([LINE, np.zeros_like(LINE)])
    np.testing.assert_array_equal(Maxout()(z), ReLU()(LINE))


@pytest.mark.parametrize("activation", WIDE, ids=label)
def test_infinite_inputs_do_not_pass_for_finite_outputs(activation: Activation) -> None:
    rows, _ = activation.widths(1)
    with np.errstate(invalid="ignore"):
        assert not np.isfinite(activation(np.full((rows, 1), -np.inf))).all()
        assert not np.isfinite(activation(np.full((rows, 1), np.inf))).all()
