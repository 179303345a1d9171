"""Normalizations: mean and variance of what they let through, running averages, exact gradients. Knows no network."""

from __future__ import annotations

import numpy as np
import pytest

from playground.nn.normalizations import NORMALIZATIONS, BatchNorm, LayerNorm, NoNormalization, Normalization
from playground.options import knobs
from tests.choices import label
from tests.nn.rig import Rig, check_gradients, check_leaves_its_inputs, check_members, check_single_precision

BOTH = [BatchNorm(), LayerNorm()]
OTHER_KNOBS = [BatchNorm(momentum=0.4, epsilon=0.3), LayerNorm(epsilon=0.3)]


def start(rig: Rig) -> None:
    """Set γ to 1 and β to 0, where training starts."""
    gain, shift = rig.at.parameters
    gain[...], shift[...] = 1.0, 0.0


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("batch", [2, 7])
@pytest.mark.parametrize("normalization", [*BOTH, *OTHER_KNOBS], ids=label)
def test_gradients_are_finite_differences(normalization: Normalization, batch: int, members: int) -> None:
    check_gradients(Rig(normalization, 4, batch, members))


@pytest.mark.parametrize("normalization", BOTH, ids=label)
def test_gradients_of_one_example_and_of_one_unit(normalization: Normalization) -> None:
    check_gradients(Rig(normalization, 4, 1))
    check_gradients(Rig(normalization, 1, 6))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("units", "batch"), [(4, 7), (40, 10), (3, 500), (5, 1)])
@pytest.mark.parametrize("normalization", BOTH, ids=label)
def test_members_are_worked_out_apart(normalization: Normalization, units: int, batch: int, training: bool) -> None:
    check_members(normalization, units, batch, training)


def test_layer_norm_of_one_example_rounds_otherwise_beside_other_members() -> None:
    check_members(LayerNorm(), 40, 1, tolerance=1e-12)


@pytest.mark.parametrize("normalization", BOTH, ids=label)
def test_single_precision(normalization: Normalization) -> None:
    check_single_precision(normalization, 6, 9)


@pytest.mark.parametrize("normalization", BOTH, ids=label)
def test_only_the_outputs_are_written(normalization: Normalization) -> None:
    check_leaves_its_inputs(normalization, 4, 7)


@pytest.mark.parametrize(("normalization", "axis"), [(BatchNorm(), 1), (LayerNorm(), 0)], ids=label)
def test_starts_with_mean_0_and_variance_1(normalization: Normalization, axis: int) -> None:
    rig = Rig(normalization, 30, 40)
    assert [own.tolist() for own in normalization.parameters(2)] == [[1.0, 1.0], [0.0, 0.0]]
    start(rig)
    rig.at.z[...] = 50.0 + 3.0 * rig.at.z
    h = rig.forward()
    np.testing.assert_allclose(h.mean(axis=axis), 0.0, atol=1e-13)
    np.testing.assert_allclose(h.var(axis=axis), 1.0, atol=1e-5)


@pytest.mark.parametrize(("normalization", "axis"), [(OTHER_KNOBS[0], 1), (OTHER_KNOBS[1], 0)], ids=label)
def test_gain_shift_and_epsilon_enter_as_the_formula_says(normalization: Normalization, axis: int) -> None:
    rig = Rig(normalization, 4, 7)
    gain, shift = rig.at.parameters
    z = rig.at.z
    normal = (z - z.mean(axis=axis, keepdims=True)) / np.sqrt(z.var(axis=axis, keepdims=True) + 0.3)
    np.testing.assert_allclose(rig.forward(), gain * normal + shift, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("normalization", BOTH, ids=label)
def test_level_and_scale_of_what_comes_in_are_lost(normalization: Normalization) -> None:
    rig = Rig(normalization, 5, 8)
    h = rig.forward()
    rig.at.z[...] = 7.0 + 1000.0 * rig.at.z
    np.testing.assert_allclose(rig.forward(), h, atol=1e-4)


def test_running_averages_move_by_the_momentum() -> None:
    rig = Rig(BatchNorm(momentum=0.25), 4, 7)
    mean, variance = rig.at.statistics
    assert not mean.any()
    assert (variance == 1.0).all()
    rig.forward()
    np.testing.assert_allclose(mean, 0.25 * rig.at.z.mean(axis=1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(variance, 0.75 + 0.25 * rig.at.z.var(axis=1, ddof=1, keepdims=True), rtol=1e-14)
    for _ in range(200):
        rig.forward()
    np.testing.assert_allclose(mean, rig.at.z.mean(axis=1, keepdims=True), rtol=1e-12)
    np.testing.assert_allclose(variance, rig.at.z.var(axis=1, ddof=1, keepdims=True), rtol=1e-12)


def test_looking_goes_by_the_running_averages_and_leaves_them() -> None:
    rig = Rig(BatchNorm(epsilon=0.3), 4, 7, training=False)
    gain, shift = rig.at.parameters
    mean, variance = rig.at.statistics
    mean[...], variance[...] = 2.0, 5.0
    np.testing.assert_allclose(rig.forward(), gain * (rig.at.z - 2.0) / np.sqrt(5.3) + shift, rtol=1e-12, atol=1e-14)
    assert (mean == 2.0).all()
    assert (variance == 5.0).all()


def test_a_batch_of_one_gives_the_shift_and_no_variance() -> None:
    rig = Rig(BatchNorm(), 4, 1)
    mean, variance = rig.at.statistics
    np.testing.assert_array_equal(rig.forward(), rig.at.parameters[1])
    np.testing.assert_allclose(mean, 0.1 * rig.at.z, rtol=1e-15)
    assert (variance == 1.0).all()
    assert not rig.backward().any()


def test_rows_that_are_all_alike_do_no_harm() -> None:
    for normalization in BOTH:
        rig = Rig(normalization, 4, 7)
        rig.at.z[...] = 3.0
        np.testing.assert_allclose(rig.forward(), np.broadcast_to(rig.at.parameters[1], (4, 7)), atol=1e-14)
        assert np.isfinite(rig.backward()).all()


def test_layer_norm_is_the_same_in_training_and_testing() -> None:
    training, looking = Rig(LayerNorm(), 4, 7), Rig(LayerNorm(), 4, 7, training=False)
    np.testing.assert_array_equal(training.forward(), looking.forward())
    assert LayerNorm().statistics(4) == ()


def test_none_has_nothing_to_train_and_no_knob() -> None:
    none = NoNormalization()
    assert (none.parameters(4), none.statistics(4), knobs(NoNormalization), none.after) == ((), (), {}, False)


@pytest.mark.parametrize("name", [name for name in NORMALIZATIONS if name != "none"])
def test_each_may_stand_after_the_activation(name: str) -> None:
    cls = NORMALIZATIONS[name]
    assert cls().after is False
    assert cls.from_plain({"after": True}).after is True
