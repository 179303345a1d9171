"""Optimizers of one gradient: two steps by hand, a parabola and Rosenbrock's valley. Knows no network.

Those that search are walked in test_second_order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from playground.nn.activations import Array
from playground.nn.calls import run
from playground.nn.optimizers import (
    OPTIMIZERS,
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    Lion,
    Momentum,
    Nadam,
    Optimizer,
    RMSprop,
    SearchingOptimizer,
)
from playground.nn.optimizers.descent import LARGE

NESTEROV = Momentum(nesterov=True)
ROLLING, CENTRED = RMSprop(momentum=0.9), RMSprop(centred=True)
PLAIN = [cls for cls in OPTIMIZERS.values() if not issubclass(cls, SearchingOptimizer)]
EVERY = [*(cls() for cls in PLAIN), NESTEROV, ROLLING, CENTRED]


def label(value: object) -> str:
    if isinstance(value, Optimizer):
        others = {NESTEROV: "Nesterov", ROLLING: "RMSprop with momentum", CENTRED: "RMSprop centred"}
        return others.get(value, value.label)
    return str(value)


def descend(
    optimizer: Optimizer,
    start: Array,
    gradient: Callable[[Array], Array],
    rate: float,
    steps: int,
    mask: Array | None = None,
) -> list[Array]:
    """The parameters after each step, from `start`, (members, count); all are biases unless `mask` says otherwise."""
    p, g = start.copy(), np.empty_like(start)
    slots, clock = np.zeros((len(optimizer.slots), *start.shape)), np.array(0.0)
    calls = optimizer.update(p, g, np.array(rate), clock, slots, np.zeros(start.shape[-1]) if mask is None else mask)
    path: list[Array] = []
    for _ in range(steps):
        g[...] = gradient(p)
        kept = g.copy()
        run(calls)
        np.testing.assert_array_equal(g, kept)  # others still want to see the gradient
        path.append(p.copy())
    return path


def rosenbrock(p: Array) -> Array:
    x, y = p[..., 0], p[..., 1]
    return (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2


def rosenbrock_gradient(p: Array) -> Array:
    x, y = p[..., 0], p[..., 1]
    return np.stack([-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)], axis=-1)


ADAM = 0.1 * (0.055 / 0.19) / math.sqrt(0.00124975 / 0.001999)  # m = −0.055, v = 0.00124975
U1 = 0.1 * 0.25 * 1e-6 / 0.025  # Adadelta's mean square step after the first
MU = [0.9 * (1.0 - 0.5 * 0.96 ** (0.004 * step)) for step in range(4)]


@pytest.mark.parametrize(
    ("optimizer", "first", "second"),
    [
        (SGD(), 0.05, -0.1),
        (Momentum(0.9), 0.05, -0.055),  # v = 0.5, then 0.9 · 0.5 − 1 = −0.55
        (NESTEROV, 0.095, -0.1495),  # 0.5 + 0.9 · 0.5 = 0.95, then −1 − 0.9 · 0.55 = −1.495
        (Adagrad(), 0.1, -0.1 / math.sqrt(1.25)),
        (Adadelta(), 0.05e-3 / math.sqrt(0.025001), -0.1 * math.sqrt(U1 + 1e-6) / math.sqrt(0.122501)),
        (RMSprop(), 1.0, -0.1 / math.sqrt(0.012475)),  # s = 0.0025, then 0.012475
        (ROLLING, 1.0, 0.9 - 0.1 / math.sqrt(0.012475)),
        (CENTRED, 0.05 / math.sqrt(0.0025 - 0.005**2), -0.1 / math.sqrt(0.012475 - 0.00505**2)),
        (Adam(), 0.1, -ADAM),
        (AMSGrad(), 0.1, -ADAM),  # v only grows here
        (Adamax(), 0.1, -0.1 * 0.055 / 0.19),  # u = 0.5, then 1
        (
            Nadam(),
            0.1 * (0.5 + MU[2] * 0.05 / (1.0 - MU[1] * MU[2])) / 0.5,
            -0.1
            * ((1.0 - MU[2]) / (1.0 - MU[1] * MU[2]) + MU[3] * 0.055 / (1.0 - MU[1] * MU[2] * MU[3]))
            / math.sqrt(0.00124975 / 0.001999),
        ),
        (AdamW(decay=0.5), 0.05 + 0.1, 0.05 * 0.85 - ADAM),
        (Lion(), 0.1, -0.1),  # 0.9 · 0.005 − 0.1 is negative
    ],
    ids=label,
)
def test_two_steps_by_hand(optimizer: Optimizer, first: float, second: float) -> None:
    """How far a weight of 1 moves down at a gradient of 0.5, and then at one of −1."""
    gradients = iter([np.array([[0.5]]), np.array([[-1.0]])])
    path = descend(optimizer, np.array([[1.0]]), lambda p: next(gradients), 0.1, 2, np.ones(1))
    assert [p.item() for p in path] == pytest.approx([1.0 - first, 1.0 - first - second], abs=1e-6)


def test_every_optimizer_is_worked_out_by_hand() -> None:
    marks: Any = test_two_steps_by_hand
    assert {type(case[0]) for case in marks.pytestmark[0].args[1]} == set(PLAIN)


def test_the_knobs_of_adam_enter_its_step() -> None:
    gradients = iter([np.array([[0.5]]), np.array([[-1.0]])])
    path = descend(Adam(beta1=0.5, beta2=0.25, epsilon=0.1), np.array([[1.0]]), lambda p: next(gradients), 0.1, 2)
    # m = 0.25, m̂ = 0.5; v = 0.1875, v̂ = 0.25; then m = −0.375, m̂ = −0.5; v = 0.796875, v̂ = 0.85
    first = 1.0 - 0.1 * 0.5 / (0.5 + 0.1)
    assert [p.item() for p in path] == pytest.approx([first, first + 0.1 * 0.5 / (math.sqrt(0.85) + 0.1)], abs=1e-14)


def test_momentum_of_zero_is_sgd() -> None:
    start = np.array([[2.0, -1.0]])
    for nesterov in (False, True):
        path = descend(Momentum(0.0, nesterov), start, lambda p: 3.0 * p, 0.1, 5)
        np.testing.assert_allclose(path, descend(SGD(), start, lambda p: 3.0 * p, 0.1, 5), rtol=1e-15)


def test_first_step_of_adam_is_the_rate_whatever_the_gradient() -> None:
    (p,) = descend(Adam(), np.zeros((1, 3)), lambda p: np.array([[1e-3, -7.0, 1e4]]), 0.1, 1)
    np.testing.assert_allclose(p, [[-0.1, 0.1, -0.1]], rtol=1e-4)


def test_amsgrad_divides_by_the_largest_square() -> None:
    gradients = iter([np.array([[1.0]]), np.array([[0.1]])])
    path = descend(AMSGrad(0.0, 0.5), np.zeros((1, 1)), lambda p: next(gradients), 0.1, 2)
    # v = 0.5, corrected by 0.5; then v = 0.255, but 0.5 was larger, corrected by 0.75
    assert [p.item() for p in path] == pytest.approx([-0.1, -0.1 - 0.01 / math.sqrt(0.5 / 0.75)], abs=1e-7)


def test_adamw_is_adam_and_a_decay_of_the_weights_alone() -> None:
    start, mask, rate, share = np.array([[2.0, -1.0, 3.0]]), np.array([1.0, 1.0, 0.0]), 0.1, 0.4
    still = descend(AdamW(decay=share), start, np.zeros_like, rate, 5, mask)[-1]
    np.testing.assert_allclose(still, start * np.where(mask, (1.0 - rate * share) ** 5, 1.0), rtol=1e-14)
    free = descend(AdamW(decay=0.0), start, lambda p: 3.0 * p, rate, 5, mask)
    np.testing.assert_array_equal(free, descend(Adam(), start, lambda p: 3.0 * p, rate, 5, mask))


def test_centred_rmsprop_bears_a_gradient_that_never_changes() -> None:
    """Its square less the square of its mean is then nothing, or with rounding a little less than that."""
    gradients = np.array([[0.1, 0.3, 0.7, 1.1, 1e-3, 123.4]])
    path = descend(RMSprop(memory=0.5, centred=True), np.zeros((1, 6)), lambda p: gradients, 1e-9, 300)
    assert np.isfinite(path).all()


BOWL = np.array([10.0, 1.0])
RATES: dict[Optimizer, tuple[float, float]] = {  # for the parabola and for Rosenbrock's valley
    Adagrad(): (0.5, 0.1),
    Adadelta(): (20.0, 0.1),
    Adamax(): (0.02, 2e-3),
    Nadam(): (0.02, 2e-3),
    Lion(): (1e-3, 1e-3),
    RMSprop(): (1e-3, 1e-3),
    ROLLING: (1e-4, 1e-4),
    CENTRED: (1e-4, 1e-4),
    SGD(): (0.02, 1e-3),
    Momentum(): (0.02, 2e-4),
    NESTEROV: (0.02, 2e-4),
}


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_finds_the_bottom_of_a_parabola(optimizer: Optimizer) -> None:
    bottom, (rate, _) = np.array([[1.0, -2.0]]), RATES.get(optimizer, (0.02, 0.02))
    path = descend(optimizer, np.array([[3.0, 1.0]]), lambda p: BOWL * (p - bottom), rate, 5000)
    # Where the step's length does not shrink with the gradient, they end up dancing around the bottom.
    restless = isinstance(optimizer, Lion | RMSprop | Adadelta)
    np.testing.assert_allclose(path[-1], bottom, atol=0.02 if restless else 1e-6)


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_goes_down_the_valley_of_rosenbrock(optimizer: Optimizer) -> None:
    start, (_, rate) = np.array([[-1.2, 1.0]]), RATES.get(optimizer, (0.02, 0.02))
    path = descend(optimizer, start, rosenbrock_gradient, rate, 2000)
    heights = [rosenbrock(p).item() for p in path[::400]] + [rosenbrock(path[-1]).item()]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] < 0.3 * rosenbrock(start).item()


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_members_and_entries_move_apart(optimizer: Optimizer) -> None:
    start = np.array([[1.0, 2.0], [-3.0, 4.0], [0.5, -0.5]])
    together = descend(optimizer, start, lambda p: 0.5 * p, 0.1, 7)[-1]
    for index in np.ndindex(start.shape):
        alone = descend(optimizer, start[index].reshape(1, 1), lambda p: 0.5 * p, 0.1, 7)[-1]
        assert together[index] == pytest.approx(alone.item(), rel=1e-14)


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_the_rate_may_change_between_steps(optimizer: Optimizer) -> None:
    p, g, rate, step = np.array([[1.0]]), np.array([[0.5]]), np.array(0.1), np.array(1.0)
    slots = np.zeros((len(optimizer.slots), 1, 1))
    calls = optimizer.update(p, g, rate, step, slots, np.zeros(1))
    run(calls)
    first = 1.0 - p.item()
    rate[...], step[...], p[...] = 0.2, 1.0, 1.0
    slots[...] = 0.0
    run(calls)
    assert 1.0 - p.item() == pytest.approx(2.0 * first, rel=1e-12)


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_a_zero_gradient_leaves_a_fresh_start_alone(optimizer: Optimizer) -> None:
    start = np.array([[1.0, -2.0]])
    np.testing.assert_array_equal(descend(optimizer, start, np.zeros_like, 0.1, 3)[-1], start)


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
@pytest.mark.parametrize("count", [3, LARGE])
def test_single_precision_follows_double(optimizer: Optimizer, count: int) -> None:
    start, steps = np.linspace(-2.0, 3.0, count)[None], 5
    wanted = descend(optimizer, start, lambda p: p - 1.0, 0.01, steps, np.ones(count))[-1]
    p, rate = start.astype(np.float32), np.array(0.01, np.float32)
    g, slots = np.empty_like(p), np.zeros((len(optimizer.slots), *p.shape), np.float32)
    clock = np.array(0.0)
    calls = optimizer.update(p, g, rate, clock, slots, np.ones(count))
    for _ in range(steps):
        g[...] = p - 1.0
        run(calls)
    np.testing.assert_allclose(p, wanted, rtol=1e-4, atol=1e-4)
    used = [array for _, arguments in calls for array in arguments if isinstance(array, np.ndarray)]
    assert all(array.dtype == np.float32 for array in used if array.size > 2), "other types cost conversions"
