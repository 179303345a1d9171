"""Losses: their values, their gradients by the pre-activation, and which output units they accept. Knows no network."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.nn.activations import OUTPUTS, Activation, Array, Linear, Sigmoid, Softmax, Tanh
from playground.nn.calls import run
from playground.nn.losses import LOSSES, BinaryCrossEntropy, CrossEntropy, Loss, SquaredError

PAIRS = [(output(), loss()) for output in OUTPUTS.values() for loss in LOSSES.values()]
LEGAL = [(output, loss) for output, loss in PAIRS if not loss.refusal(output)]
MATCHED = [(output, loss) for output, loss in PAIRS if type(output) is loss.matched]


def label(value: object) -> str:
    return value.label if isinstance(value, Activation | Loss) else str(value)


def one_hot(classes: NDArray[np.int64], outputs: int) -> Array:
    """(..., batch) class indices as (..., outputs, batch)."""
    return np.swapaxes(np.eye(outputs)[classes], -1, -2)


def gradient(loss: Loss, output: Activation, z: Array, target: Array) -> Array:
    out = np.full_like(z, np.nan)
    run(loss.gradient(output, z, output(z), target, out))
    return out


def test_which_pairs_are_legal() -> None:
    assert {(type(output), type(loss)) for output, loss in LEGAL} == {
        (Linear, SquaredError),
        (Sigmoid, SquaredError),
        (Tanh, SquaredError),
        (Softmax, SquaredError),
        (Sigmoid, BinaryCrossEntropy),
        (Softmax, BinaryCrossEntropy),
        (Sigmoid, CrossEntropy),
        (Softmax, CrossEntropy),
    }


def test_a_refusal_names_both_sides_and_the_way_out() -> None:
    for output, loss in PAIRS:
        refusal = loss.refusal(output)
        if refusal:
            assert loss.label in refusal
            assert output.label in refusal
            assert loss.matched.label in refusal


def test_a_remark_stands_at_unmatched_pairs_only() -> None:
    for output, loss in LEGAL:
        assert bool(loss.remark(output)) == (type(output) is not loss.matched)


@pytest.mark.parametrize(
    ("loss", "output", "z", "target", "value"),
    [
        (SquaredError(), Linear(), [3.0], [1.0], 2.0),
        (SquaredError(), Linear(), [3.0, -1.0], [1.0, 1.0], 4.0),
        (SquaredError(), Sigmoid(), [0.0], [1.0], 0.125),
        (BinaryCrossEntropy(), Sigmoid(), [0.0], [1.0], math.log(2.0)),
        (
            BinaryCrossEntropy(),
            Sigmoid(),
            [math.log(3.0), math.log(3.0)],
            [1.0, 0.0],
            math.log(4.0 / 3.0) + math.log(4.0),
        ),
        (BinaryCrossEntropy(), Softmax(), [0.0, math.log(3.0)], [0.0, 1.0], 2.0 * math.log(4.0 / 3.0)),
        (CrossEntropy(), Softmax(), [5.0, 5.0, 5.0], [0.0, 1.0, 0.0], math.log(3.0)),
        (CrossEntropy(), Softmax(), [0.0, math.log(3.0)], [1.0, 0.0], math.log(4.0)),
        (CrossEntropy(), Sigmoid(), [math.log(3.0), 7.0], [1.0, 0.0], math.log(4.0 / 3.0)),
    ],
    ids=label,
)
def test_known_values(loss: Loss, output: Activation, z: list[float], target: list[float], value: float) -> None:
    column, wanted = np.array([z]).T, np.array([target]).T
    assert loss.value(output, column, output(column), wanted) == pytest.approx([value], rel=1e-14)


@pytest.mark.parametrize("lead", [(), (3,)], ids=["one", "members"])
@pytest.mark.parametrize(("output", "loss"), LEGAL, ids=label)
def test_gradient_is_the_central_difference(output: Activation, loss: Loss, lead: tuple[int, ...]) -> None:
    rng, step = np.random.default_rng(7), 1e-6
    z = rng.normal(size=(*lead, 3, 6))
    target = one_hot(rng.integers(0, 3, (*lead, 6)), 3)
    numeric = np.empty_like(z)
    for row in range(3):
        above, below = z.copy(), z.copy()
        above[..., row, :] += step
        below[..., row, :] -= step
        difference = loss.value(output, above, output(above), target) - loss.value(output, below, output(below), target)
        assert difference.shape == (*lead, 6)
        numeric[..., row, :] = difference / (2.0 * step)
    np.testing.assert_allclose(gradient(loss, output, z, target), numeric, rtol=0.0, atol=1e-8)


@pytest.mark.parametrize(("output", "loss"), MATCHED, ids=label)
def test_a_matched_pair_gives_exactly_the_error(output: Activation, loss: Loss) -> None:
    rng = np.random.default_rng(8)
    z = rng.normal(size=(4, 9))
    target = one_hot(rng.integers(0, 4, 9), 4)
    np.testing.assert_array_equal(gradient(loss, output, z, target), output(z) - target)


def test_every_loss_has_its_match() -> None:
    assert {type(loss) for _, loss in MATCHED} == set(LOSSES.values())


@pytest.mark.parametrize(("output", "loss"), LEGAL, ids=label)
def test_finite_at_logits_of_a_thousand(output: Activation, loss: Loss) -> None:
    z = np.array([[1000.0, -1000.0, 1000.0, -1000.0], [-1000.0, 1000.0, 1000.0, -1000.0]])
    for target in (one_hot(np.array([0, 0, 0, 0]), 2), one_hot(np.array([1, 1, 1, 1]), 2)):
        with np.errstate(over="ignore"):
            assert np.isfinite(loss.value(output, z, output(z), target)).all()
            assert np.isfinite(gradient(loss, output, z, target)).all()


def test_a_matched_loss_is_exact_at_logits_of_a_thousand() -> None:
    z, wrong = np.array([[1000.0], [-1000.0]]), np.array([[0.0], [1.0]])
    with np.errstate(over="ignore"):
        one = BinaryCrossEntropy().value(Sigmoid(), z, Sigmoid()(z), wrong)
        many = CrossEntropy().value(Softmax(), z, Softmax()(z), wrong)
        np.testing.assert_array_equal(gradient(BinaryCrossEntropy(), Sigmoid(), z, wrong), [[1.0], [-1.0]])
    assert one == pytest.approx([2000.0], rel=1e-12)
    assert many == pytest.approx([2000.0], rel=1e-12)
    np.testing.assert_array_equal(gradient(CrossEntropy(), Softmax(), z, wrong), [[1.0], [-1.0]])


def test_squared_error_vanishes_where_cross_entropy_does_not() -> None:
    z, target = np.array([[8.0]]), np.array([[0.0]])
    assert abs(gradient(SquaredError(), Sigmoid(), z, target).item()) < 1e-3
    assert gradient(BinaryCrossEntropy(), Sigmoid(), z, target).item() > 0.999


def test_cross_entropy_is_the_entropy_where_prediction_and_target_agree() -> None:
    die = np.full((6, 1), 1.0 / 6.0)
    bits = CrossEntropy().value(Softmax(), np.log(die), die, die) / math.log(2.0)
    assert bits == pytest.approx([math.log2(6.0)], rel=1e-14)
    loaded = np.array([[0.5], [0.1], [0.1], [0.1], [0.1], [0.1]])
    assert CrossEntropy().value(Softmax(), np.log(loaded), loaded, die) > bits * math.log(2.0)


def test_only_squared_error_predicts_numbers() -> None:
    assert [cls for cls in LOSSES.values() if not cls.for_classes_only] == [SquaredError]
