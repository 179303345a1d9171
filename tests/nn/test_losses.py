"""Losses: their values, their gradients by the pre-activation, and which output units they accept. Knows no network."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from playground.nn.activations import (
    OUTPUTS,
    Activation,
    Array,
    Linear,
    ReLU,
    Sigmoid,
    SignOutput,
    Softmax,
    StepOutput,
    Tanh,
)
from playground.nn.calls import run
from playground.nn.losses import (
    LOSSES,
    AbsoluteError,
    BinaryCrossEntropy,
    CrossEntropy,
    Hinge,
    Huber,
    KLDivergence,
    Logistic,
    Loss,
    NegativeLogLikelihood,
    SquaredError,
    SquaredHinge,
)
from tests.choices import DISTANCES, MARGINS, label

VARIANTS = [*(cls() for cls in LOSSES.values()), SquaredError(half=False), Huber(0.3)]
PAIRS = [(output(), loss) for output in OUTPUTS.values() for loss in VARIANTS]
LEGAL = [(output, loss) for output, loss in PAIRS if not loss.refusal(output)]
FOR_NUMBERS = [(output, loss) for output, loss in LEGAL if not loss.refusal(output, classes=False)]
LIKELIHOODS = [  # whose gradient by the logits is the error itself
    (Linear(), SquaredError()),
    (Linear(), NegativeLogLikelihood()),
    (Sigmoid(), BinaryCrossEntropy()),
    (Sigmoid(), NegativeLogLikelihood()),
    (Softmax(), CrossEntropy()),
    (Softmax(), NegativeLogLikelihood()),
    (Softmax(), KLDivergence()),
]
LOG_2_PI = math.log(2.0 * math.pi)


def one_hot(classes: NDArray[np.int64], outputs: int) -> Array:
    """(..., batch) class indices as (..., outputs, batch)."""
    return np.swapaxes(np.eye(outputs)[classes], -1, -2)


def targets(loss: Loss, output: Activation, classes: NDArray[np.int64], outputs: int) -> Array:
    """(..., outputs, batch): no and yes as this loss wants to hear them."""
    no, yes = loss.targets(output)
    return no + (yes - no) * one_hot(classes, outputs)


def value(loss: Loss, output: Activation, z: Array, target: Array) -> Array:
    return loss.value(output, z, output(z), target)


def gradient(loss: Loss, output: Activation, z: Array, target: Array) -> Array:
    out = np.full_like(z, np.nan)
    run(loss.gradient(output, z, output(z), target, out))
    return out


# Which pairs make sense.


def test_which_pairs_are_legal() -> None:
    any_output = (Linear, Sigmoid, Tanh, ReLU, Softmax, StepOutput, SignOutput)
    assert {(type(output), type(loss)) for output, loss in LEGAL} == {
        *((output, loss) for loss in DISTANCES for output in any_output),
        *((output, loss) for loss in (BinaryCrossEntropy, CrossEntropy) for output in (Sigmoid, StepOutput, Softmax)),
        (Softmax, KLDivergence),
        *((output, NegativeLogLikelihood) for output in (Linear, Sigmoid, StepOutput, Softmax)),
        *((output, loss) for loss in MARGINS for output in (Linear, Tanh, SignOutput)),
    }


def test_which_pairs_predict_numbers() -> None:
    outputs = {
        loss: {type(output) for output, other in FOR_NUMBERS if type(other) is loss} for loss in set(LOSSES.values())
    }
    assert {loss for loss in outputs if outputs[loss]} == {*DISTANCES, NegativeLogLikelihood}
    assert outputs[NegativeLogLikelihood] == {Linear}
    for loss in LOSSES.values():
        assert loss.for_classes_only == (not outputs[loss])


def test_a_refusal_names_both_sides_and_the_way_out() -> None:
    for output, loss in PAIRS:
        refusal = str(loss.refusal(output))
        if refusal:
            assert refusal.startswith(loss.label)
            assert output.label in refusal
            assert all(match.label in refusal for match in loss.matched)


def test_a_number_to_predict_is_refused_with_the_reason() -> None:
    assert str(Hinge().refusal(Linear(), classes=False)).startswith("hinge loss needs classes")
    for output in (Sigmoid(), Softmax()):
        assert str(NegativeLogLikelihood().refusal(output, classes=False)).startswith(f"{output.label} stands for")


def test_a_remark_stands_at_unmatched_pairs_only() -> None:
    for output, loss in LEGAL:
        remark = str(loss.remark(output))
        assert bool(remark) == (not isinstance(output, loss.matched))
        if remark:
            assert loss.label in remark
            assert output.label in remark


@pytest.mark.parametrize("loss", VARIANTS, ids=label)
@pytest.mark.parametrize(("classes", "likely"), [(0, Linear), (2, Sigmoid), (5, Softmax)])
def test_the_match_is_matched(loss: Loss, classes: int, likely: type[Activation]) -> None:
    match = loss.match(classes)
    assert type(match) in loss.matched
    assert not loss.refusal(match)
    if isinstance(loss, NegativeLogLikelihood):
        assert type(match) is likely


def test_margins_want_labels_of_minus_one_and_one() -> None:
    for output, loss in LEGAL:
        assert loss.targets(output) == ((-1.0, 1.0) if isinstance(loss, MARGINS) else output.targets)


# Values, worked by hand.


@pytest.mark.parametrize(
    ("loss", "output", "z", "target", "wanted"),
    [
        (SquaredError(), Linear(), [3.0], [1.0], 2.0),
        (SquaredError(), Linear(), [3.0, -1.0], [1.0, 1.0], 4.0),
        (SquaredError(), Sigmoid(), [0.0], [1.0], 0.125),
        (SquaredError(half=False), Linear(), [3.0, -1.0], [1.0, 1.0], 8.0),
        (AbsoluteError(), Linear(), [3.0, -1.0], [1.0, 1.0], 4.0),
        (AbsoluteError(), ReLU(), [3.0, -1.0], [1.0, 1.0], 3.0),
        (Huber(), Linear(), [1.5, -1.0], [1.0, 1.0], 0.125 + 1.5),
        (Huber(2.0), Linear(), [3.0, -3.0], [1.0, 1.0], 2.0 + 6.0),
        (BinaryCrossEntropy(), Sigmoid(), [0.0], [1.0], math.log(2.0)),
        (BinaryCrossEntropy(), Sigmoid(), [math.log(3.0)] * 2, [1.0, 0.0], math.log(4.0 / 3.0) + math.log(4.0)),
        (BinaryCrossEntropy(), Softmax(), [0.0, math.log(3.0)], [0.0, 1.0], 2.0 * math.log(4.0 / 3.0)),
        (CrossEntropy(), Softmax(), [5.0, 5.0, 5.0], [0.0, 1.0, 0.0], math.log(3.0)),
        (CrossEntropy(), Softmax(), [0.0, math.log(3.0)], [1.0, 0.0], math.log(4.0)),
        (CrossEntropy(), Sigmoid(), [math.log(3.0), 7.0], [1.0, 0.0], math.log(4.0 / 3.0)),
        (KLDivergence(), Softmax(), [0.0, math.log(3.0)], [1.0, 0.0], math.log(4.0)),
        (KLDivergence(), Softmax(), [0.0, math.log(3.0)], [0.5, 0.5], 0.5 * math.log(4.0 / 3.0)),
        (NegativeLogLikelihood(), Linear(), [3.0, -1.0], [1.0, 1.0], 4.0 + LOG_2_PI),
        (NegativeLogLikelihood(), Sigmoid(), [math.log(3.0)], [0.0], math.log(4.0)),
        (NegativeLogLikelihood(), Softmax(), [0.0, math.log(3.0)], [1.0, 0.0], math.log(4.0)),
        (Logistic(), Linear(), [math.log(3.0)], [-1.0], math.log(4.0)),
        (Logistic(), Linear(), [math.log(3.0), 0.0], [1.0, -1.0], math.log(4.0 / 3.0) + math.log(2.0)),
        (Hinge(), Linear(), [0.25, 0.25, 3.0], [1.0, -1.0, 1.0], 0.75 + 1.25),
        (Hinge(), Tanh(), [0.0], [-1.0], 1.0),
        (SquaredHinge(), Linear(), [0.25, 0.25, 3.0], [1.0, -1.0, 1.0], 0.5625 + 1.5625),
    ],
    ids=label,
)
def test_known_values(loss: Loss, output: Activation, z: list[float], target: list[float], wanted: float) -> None:
    assert value(loss, output, np.array([z]).T, np.array([target]).T) == pytest.approx([wanted], rel=1e-14)


@pytest.mark.parametrize(
    ("loss", "z", "target", "wanted"),
    [
        (SquaredError(half=False), [3.0, -1.0], [1.0, 1.0], [4.0, -4.0]),
        (AbsoluteError(), [3.0, -1.0, 1.0], [1.0, 1.0, 1.0], [1.0, -1.0, 0.0]),
        (Huber(0.5), [3.0, -1.0, 1.25], [1.0, 1.0, 1.0], [0.5, -0.5, 0.25]),
        (Logistic(), [math.log(3.0), math.log(3.0)], [1.0, -1.0], [-0.25, 0.75]),
        (Hinge(), [0.25, 0.25, 3.0, 1.0], [1.0, -1.0, 1.0, 1.0], [-1.0, 1.0, 0.0, 0.0]),
        (SquaredHinge(), [0.25, 0.25, 3.0], [1.0, -1.0, 1.0], [-1.5, 2.5, 0.0]),
    ],
    ids=label,
)
def test_known_gradients_of_a_linear_output(
    loss: Loss, z: list[float], target: list[float], wanted: list[float]
) -> None:
    got = gradient(loss, Linear(), np.array([z]).T, np.array([target]).T)
    np.testing.assert_allclose(got, np.array([wanted]).T, rtol=1e-15)


def test_cross_entropy_is_the_entropy_where_prediction_and_target_agree() -> None:
    die = np.full((6, 1), 1.0 / 6.0)
    bits = value(CrossEntropy(), Softmax(), np.log(die), die) / math.log(2.0)
    assert bits == pytest.approx([math.log2(6.0)], rel=1e-14)
    loaded = np.array([[0.5], [0.1], [0.1], [0.1], [0.1], [0.1]])
    assert value(CrossEntropy(), Softmax(), np.log(loaded), die) > bits * math.log(2.0)


def test_divergence_is_cross_entropy_less_entropy() -> None:
    rng = np.random.default_rng(14)
    z, target = rng.normal(0.0, 3.0, (6, 50)), rng.dirichlet(np.full(6, 0.3), 50).T
    entropy = -(target * np.log(target)).sum(axis=0)
    crossed, divergence = (value(loss, Softmax(), z, target) for loss in (CrossEntropy(), KLDivergence()))
    np.testing.assert_allclose(divergence, crossed - entropy, rtol=1e-12)
    np.testing.assert_allclose(divergence, (target * np.log(target / Softmax()(z))).sum(axis=0), rtol=1e-10)
    assert (divergence > 0.0).all()
    np.testing.assert_allclose(value(KLDivergence(), Softmax(), np.log(target), target), 0.0, atol=1e-14)
    certain = one_hot(np.arange(6), 6)
    np.testing.assert_array_equal(
        value(KLDivergence(), Softmax(), z[:, :6], certain), value(CrossEntropy(), Softmax(), z[:, :6], certain)
    )


def test_losses_that_are_the_same_in_other_words() -> None:
    rng = np.random.default_rng(15)
    z = rng.normal(0.0, 4.0, (3, 40))
    classes = rng.integers(0, 3, 40)
    target = one_hot(classes, 3)
    zero_one = BinaryCrossEntropy(), Sigmoid(), z, target
    minus_one_one = Logistic(), Linear(), z, 2.0 * target - 1.0
    np.testing.assert_allclose(value(*minus_one_one), value(*zero_one), rtol=1e-12)
    np.testing.assert_allclose(gradient(*minus_one_one), gradient(*zero_one), rtol=1e-12, atol=1e-16)
    softmax = CrossEntropy(), Softmax(), np.stack([np.zeros(40), z[0]]), one_hot(np.ones(40, dtype=int), 2)
    np.testing.assert_allclose(gradient(*softmax)[1], Sigmoid()(z[0]) - 1.0, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(value(*softmax), np.logaddexp(0.0, -z[0]), rtol=1e-12, atol=1e-15)
    density = np.exp(-value(NegativeLogLikelihood(), Linear(), z[:1], target[:1]))
    np.testing.assert_allclose(density, np.exp(-0.5 * (z[0] - target[0]) ** 2) / math.sqrt(2.0 * math.pi), rtol=1e-12)
    np.testing.assert_allclose(
        value(Huber(1e3), Linear(), z, target), value(SquaredError(), Linear(), z, target), rtol=1e-12
    )
    np.testing.assert_allclose(
        value(Huber(1e-3), Linear(), z, target) / 1e-3, value(AbsoluteError(), Linear(), z, target), atol=2e-3
    )


# Gradients.


@pytest.mark.parametrize("lead", [(), (3,)], ids=["one", "members"])
@pytest.mark.parametrize(("output", "loss"), LEGAL, ids=label)
def test_gradient_is_the_central_difference(output: Activation, loss: Loss, lead: tuple[int, ...]) -> None:
    rng, step = np.random.default_rng(7), 1e-6
    z = rng.normal(size=(*lead, 3, 6))
    target = targets(loss, output, rng.integers(0, 3, (*lead, 6)), 3)
    numeric = np.empty_like(z)
    for row in range(3):
        above, below = z.copy(), z.copy()
        above[..., row, :] += step
        below[..., row, :] -= step
        difference = value(loss, output, above, target) - value(loss, output, below, target)
        assert difference.shape == (*lead, 6)
        numeric[..., row, :] = difference / (2.0 * step)
    np.testing.assert_allclose(gradient(loss, output, z, target), numeric, rtol=0.0, atol=1e-8)
    assert np.abs(numeric).max() > 0.05


@pytest.mark.parametrize(("output", "loss"), LIKELIHOODS, ids=label)
def test_a_likelihood_gives_exactly_the_error(output: Activation, loss: Loss) -> None:
    rng = np.random.default_rng(8)
    z = rng.normal(size=(4, 9))
    target = one_hot(rng.integers(0, 4, 9), 4)
    np.testing.assert_array_equal(gradient(loss, output, z, target), output(z) - target)


def test_without_the_half_the_gradient_is_exactly_twice_the_error() -> None:
    rng = np.random.default_rng(8)
    z, target = rng.normal(size=(2, 4, 9))
    np.testing.assert_array_equal(gradient(SquaredError(half=False), Linear(), z, target), 2.0 * (z - target))


@pytest.mark.parametrize("output", [Sigmoid(), Tanh(), Softmax()], ids=label)
@pytest.mark.parametrize("loss", [SquaredError(), AbsoluteError(), Huber()], ids=label)
def test_the_wrong_pair_vanishes_and_says_so(loss: Loss, output: Activation) -> None:
    z = np.array([[12.0], [-12.0]])
    target = targets(loss, output, np.array([1]), 2)
    assert value(loss, output, z, target) > 0.99
    assert np.abs(gradient(loss, output, z, target)).max() < 2e-5
    assert "learn slowly" in str(loss.remark(output))


def test_squared_error_vanishes_where_cross_entropy_does_not() -> None:
    z, target = np.array([[8.0]]), np.array([[0.0]])
    assert abs(gradient(SquaredError(), Sigmoid(), z, target).item()) < 1e-3
    assert gradient(BinaryCrossEntropy(), Sigmoid(), z, target).item() > 0.999


def test_an_output_that_is_wrongly_0_is_not_corrected_and_the_remark_says_so() -> None:
    z, target = np.array([[-2.0]]), np.array([[1.0]])
    for loss in (SquaredError(), AbsoluteError(), Huber()):
        assert gradient(loss, ReLU(), z, target) == 0.0
        assert "not corrected" in str(loss.remark(ReLU()))


# Extremes.


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(("output", "loss"), LEGAL, ids=label)
def test_finite_at_logits_of_a_thousand(output: Activation, loss: Loss) -> None:
    z = np.array([[1000.0, -1000.0, 1000.0, -1000.0], [-1000.0, 1000.0, 1000.0, -1000.0]])
    for yes in (0, 1):
        target = targets(loss, output, np.full(4, yes), 2)
        assert np.isfinite(value(loss, output, z, target)).all()
        assert np.isfinite(gradient(loss, output, z, target)).all()


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(("output", "loss"), LEGAL, ids=label)
def test_a_number_at_the_end_of_the_numbers(output: Activation, loss: Loss) -> None:
    z = np.array([[1e308, -1e308, 1e308, -1e308], [-1e308, 1e308, 1e308, -1e308]])
    for yes in (0, 1):
        target = targets(loss, output, np.full(4, yes), 2)
        assert not np.isnan(value(loss, output, z, target)).any()
        assert not np.isnan(gradient(loss, output, z, target)).any()


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("far", [1000.0, 1e308])
@pytest.mark.parametrize(
    ("loss", "output"),
    [
        (BinaryCrossEntropy(), Sigmoid()),
        (NegativeLogLikelihood(), Sigmoid()),
        (Logistic(), Linear()),
        (Hinge(), Linear()),
    ],
    ids=label,
)
def test_a_loss_of_the_logit_is_exact_however_far(loss: Loss, output: Activation, far: float) -> None:
    no, yes = loss.targets(output)
    wrong, right = (np.array([[far, -far]]), np.array([[no, yes]])), (np.array([[far, -far]]), np.array([[yes, no]]))
    np.testing.assert_allclose(value(loss, output, *wrong), far + isinstance(loss, Hinge), rtol=1e-15)
    np.testing.assert_array_equal(gradient(loss, output, *wrong), [[1.0, -1.0]])
    np.testing.assert_array_equal(value(loss, output, *right), 0.0)
    np.testing.assert_array_equal(gradient(loss, output, *right), 0.0)


@pytest.mark.parametrize("far", [1000.0, 8e307])
@pytest.mark.parametrize("loss", [CrossEntropy(), NegativeLogLikelihood(), KLDivergence()], ids=label)
def test_a_loss_of_softmax_is_exact_however_far(loss: Loss, far: float) -> None:
    z, wrong, right = np.array([[far], [-far]]), np.array([[0.0], [1.0]]), np.array([[1.0], [0.0]])
    assert value(loss, Softmax(), z, wrong) == pytest.approx([2.0 * far], rel=1e-15)
    np.testing.assert_array_equal(gradient(loss, Softmax(), z, wrong), [[1.0], [-1.0]])
    np.testing.assert_array_equal(value(loss, Softmax(), z, right), 0.0)
    np.testing.assert_array_equal(gradient(loss, Softmax(), z, right), 0.0)


@pytest.mark.parametrize("far", [1000.0, 1e308])
def test_outliers_pull_no_harder_than_they_may(far: float) -> None:
    z, target = np.array([[far, -far]]), np.zeros((1, 2))
    np.testing.assert_array_equal(value(AbsoluteError(), Linear(), z, target), far)
    np.testing.assert_array_equal(gradient(AbsoluteError(), Linear(), z, target), [[1.0, -1.0]])
    np.testing.assert_allclose(value(Huber(0.5), Linear(), z, target), 0.5 * (far - 0.25), rtol=1e-15)
    np.testing.assert_array_equal(gradient(Huber(0.5), Linear(), z, target), [[0.5, -0.5]])


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(("output", "loss"), LEGAL, ids=label)
def test_what_is_no_number_does_not_pass_for_one(output: Activation, loss: Loss, broken: float) -> None:
    """A run that has left the finite numbers must be seen to have: in its outputs or else in its loss."""
    z = np.array([[broken], [0.0]])
    with np.errstate(all="ignore"):
        target = targets(loss, output, np.array([0]), 2)
        if np.isnan(output(z)).any():
            assert np.isnan(value(loss, output, z, target)).all()


numbers = st.floats(-30.0, 30.0)


@given(numbers, numbers, numbers, numbers, st.floats(0.0, 1.0))
def test_every_loss_of_a_logit_is_convex(a: float, b: float, c: float, d: float, share: float) -> None:
    """Which is why a single layer with its matched loss has no false minimum."""
    first, second = np.array([[a], [b]]), np.array([[c], [d]])
    between = share * first + (1.0 - share) * second
    for output, loss in LEGAL:
        if type(output) in loss.matched:
            target = targets(loss, output, np.array([1]), 2)
            chord = share * value(loss, output, first, target) + (1.0 - share) * value(loss, output, second, target)
            assert value(loss, output, between, target) <= chord + 1e-9


@pytest.mark.parametrize(("output", "reach"), [(Sigmoid(), "from 0 to 1"), (Tanh(), "from −1 to 1")])
def test_for_numbers_a_bounded_output_is_told_that_it_cannot_reach_them(output: Activation, reach: str) -> None:
    told = str(SquaredError().remark(output, classes=False))
    assert reach in told
    assert told.endswith("Its match is linear.")
    assert not SquaredError().remark(Linear(), classes=False)
    assert "not corrected" in str(SquaredError().remark(ReLU(), classes=False))
