"""Optimizers: two steps worked out by hand, a parabola and Rosenbrock's valley. Knows no network."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from playground.nn.activations import Array
from playground.nn.calls import run
from playground.nn.optimizers import OPTIMIZERS, SGD, Adam, Momentum, Optimizer

EVERY = [*(cls() for cls in OPTIMIZERS.values()), Momentum(nesterov=True)]


def label(value: object) -> str:
    if isinstance(value, Optimizer):
        return "Nesterov" if value == Momentum(nesterov=True) else value.label
    return str(value)


def descend(
    optimizer: Optimizer, start: Array, gradient: Callable[[Array], Array], rate: float, steps: int
) -> list[Array]:
    """The parameters after each step, from `start`, (members, count)."""
    p, g, work = start.copy(), np.empty_like(start), np.full_like(start, np.nan)
    slots: tuple[Array, ...] = tuple(np.zeros_like(start) for _ in optimizer.slots)
    clock = np.array(0.0)
    calls = optimizer.update(p, g, np.array(rate), clock, slots, work)
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


@pytest.mark.parametrize(
    ("optimizer", "first", "second"),
    [
        (SGD(), 0.95, 1.05),
        (Momentum(0.9), 0.95, 1.005),  # v = 0.5, then 0.9 · 0.5 − 1 = −0.55
        (Momentum(0.9, nesterov=True), 0.905, 1.0545),  # 0.5 + 0.9 · 0.5 = 0.95, then −1 − 0.9 · 0.55 = −1.495
        (Adam(), 1.0 - 0.05 / (0.5 + 1e-8), 0.9 + 0.1 * (0.055 / 0.19) / math.sqrt(0.00124975 / 0.001999)),
    ],
    ids=label,
)
def test_two_steps_by_hand(optimizer: Optimizer, first: float, second: float) -> None:
    gradients = iter([np.array([[0.5]]), np.array([[-1.0]])])
    path = descend(optimizer, np.array([[1.0]]), lambda p: next(gradients), 0.1, 2)
    assert [p.item() for p in path] == pytest.approx([first, second], abs=1e-8)


def test_every_optimizer_is_worked_out_by_hand() -> None:
    assert {SGD, Momentum, Adam} == set(OPTIMIZERS.values())


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


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_finds_the_bottom_of_a_parabola(optimizer: Optimizer) -> None:
    bottom = np.array([[1.0, -2.0]])
    path = descend(optimizer, np.array([[3.0, 1.0]]), lambda p: np.array([10.0, 1.0]) * (p - bottom), 0.02, 2000)
    np.testing.assert_allclose(path[-1], bottom, atol=1e-6)


@pytest.mark.parametrize(("optimizer", "rate"), list(zip(EVERY, (1e-3, 2e-4, 2e-2, 2e-4), strict=True)), ids=label)
def test_goes_down_the_valley_of_rosenbrock(optimizer: Optimizer, rate: float) -> None:
    start = np.array([[-1.2, 1.0]])
    path = descend(optimizer, start, rosenbrock_gradient, rate, 2000)
    heights = [rosenbrock(p).item() for p in path[::400]] + [rosenbrock(path[-1]).item()]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] < 0.1 * rosenbrock(start).item()


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
    slots: tuple[Array, ...] = tuple(np.zeros_like(p) for _ in optimizer.slots)
    calls = optimizer.update(p, g, rate, step, slots, np.empty_like(p))
    run(calls)
    first = 1.0 - p.item()
    rate[...], step[...], p[...] = 0.2, 1.0, 1.0
    for slot in slots:
        slot[...] = 0.0
    run(calls)
    assert 1.0 - p.item() == pytest.approx(2.0 * first, rel=1e-12)


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_a_zero_gradient_leaves_a_fresh_start_alone(optimizer: Optimizer) -> None:
    start = np.array([[1.0, -2.0]])
    np.testing.assert_array_equal(descend(optimizer, start, np.zeros_like, 0.1, 3)[-1], start)
