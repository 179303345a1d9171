"""Optimizers that evaluate the loss themselves: bowls, saddles, Rosenbrock's valley, and SciPy's. Knows no network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from playground.nn.activations.activation import Array
from playground.nn.calls import run
from playground.nn.optimizers import LBFGS, OPTIMIZERS, Newton
from playground.nn.optimizers.optimizer import SearchingOptimizer

Landscape = Callable[[Array], tuple[Array, Array]]  # losses (members,) and gradients (members, count) of parameters
SADDLE_FREE = Newton(saddle_free=True)
EVERY: list[Any] = [*(cls() for cls in OPTIMIZERS.values() if cls.full_batch), SADDLE_FREE, LBFGS(memory=1)]
START = np.array([[-1.2, 1.0]])


def label(value: object) -> str:
    return repr(value)


def bowl(p: Array) -> tuple[Array, Array]:
    """f = 5 w₁² + 3 w₂² + 4 w₁ w₂."""
    second = np.array([[10.0, 4.0], [4.0, 6.0]], p.dtype)
    g = (p[..., None, :] * second).sum(axis=-1)
    return (p * g).sum(axis=-1) / 2.0, g


def valley(p: Array) -> tuple[Array, Array]:
    """Rosenbrock's."""
    x, y = p[..., 0], p[..., 1]
    g = np.stack([-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)], axis=-1)
    return (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2, g


def saddle(p: Array) -> tuple[Array, Array]:
    """f = x² − y² + y⁴ / 4: a saddle at 0, and minima at y = ±√2."""
    x, y = p[..., 0], p[..., 1]
    return x * x - y * y + y**4 / 4.0, np.stack([2.0 * x, -2.0 * y + y**3], axis=-1)


class Walk:
    """A run of an optimizer over a landscape."""

    def __init__(self, optimizer: SearchingOptimizer, landscape: Landscape, start: Array, rate: Any = 1.0) -> None:
        self.p, self.g = start.copy(), np.full_like(start, 1e6)  # nobody may rely on what g holds
        self.slots = np.zeros((len(optimizer.slots), *start.shape), start.dtype)
        self.evaluations = 0
        self._landscape, self._height = landscape, np.empty(len(start), start.dtype)
        self.calls = optimizer.search(self._evaluate, self.p, self.g, np.asarray(rate, start.dtype), self.slots)

    def steps(self, count: int) -> Walk:
        for _ in range(count):
            before = self.p.copy()
            run(self.calls)
            np.testing.assert_array_equal(self.g, self._landscape(before)[1])
        return self

    def _evaluate(self) -> Array:
        self.evaluations += 1
        self._height[...], self.g[...] = self._landscape(self.p)
        return self._height  # the same array each time, as a network's is


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
@pytest.mark.parametrize("rate", [1.0, 0.1])
def test_finds_the_bottom_of_a_bowl(optimizer: SearchingOptimizer, rate: float) -> None:
    walk = Walk(optimizer, bowl, np.array([[2.0, 1.0], [-3.0, 5.0]]), rate).steps(200)
    np.testing.assert_allclose(walk.p, np.zeros((2, 2)), atol=1e-7)


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_finds_the_end_of_the_valley_of_rosenbrock(optimizer: SearchingOptimizer) -> None:
    np.testing.assert_allclose(Walk(optimizer, valley, START).steps(100).p, [[1.0, 1.0]], atol=1e-6)


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_a_flat_place_is_not_left(optimizer: SearchingOptimizer) -> None:
    walk = Walk(optimizer, lambda p: (np.ones(len(p)), np.zeros_like(p)), START).steps(3)
    np.testing.assert_array_equal(walk.p, START)


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
@pytest.mark.parametrize("count", [2, 7, 45])
def test_members_side_by_side_are_members_alone(optimizer: SearchingOptimizer, count: int) -> None:
    """To the last bit, each at a rate of its own: some are done while others still look for a length."""

    def hills(p: Array) -> tuple[Array, Array]:
        height, g = valley(p[:, :2])
        return height + (np.cos(p[:, 2:]) + p[:, 2:] ** 2).sum(axis=-1), np.hstack([g, 2 * p[:, 2:] - np.sin(p[:, 2:])])

    starts = np.random.default_rng(3).normal(0.0, 2.0, (5, count))
    rates = np.array([[1.0], [0.5], [1e-4], [20.0], [0.1]])
    together = Walk(optimizer, hills, starts, rates).steps(12)
    for member in range(5):
        alone = Walk(optimizer, hills, starts[member : member + 1], rates[member, 0]).steps(12)
        np.testing.assert_array_equal(together.p[member], alone.p[0])
        np.testing.assert_array_equal(together.slots[:, member], alone.slots[:, 0])


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_what_is_not_finite_spreads_to_the_parameters_of_its_member_alone(optimizer: SearchingOptimizer) -> None:
    starts = np.array([[2.0, 1.0], [np.nan, 1.0], [np.inf, 1.0], [1.0, 1.0]])
    with np.errstate(all="ignore"):
        walk = Walk(optimizer, bowl, starts).steps(2)
    np.testing.assert_array_equal(np.isnan(walk.p).any(axis=1), [False, True, True, False])
    np.testing.assert_array_equal(walk.p[0], Walk(optimizer, bowl, starts[:1]).steps(2).p[0])


def test_a_curvature_that_is_not_finite_is_kept_from_lapack(monkeypatch: pytest.MonkeyPatch) -> None:
    """One answers with numbers in part, another with an error."""

    def edge(p: Array) -> tuple[Array, Array]:
        return np.zeros(len(p)), np.where((p > 0.0) & (np.arange(30) == 7), np.nan, p + 1.0)

    def refuse(second: Array) -> None:
        raise np.linalg.LinAlgError

    monkeypatch.setattr(np.linalg, "eigh", refuse)
    assert np.isnan(Walk(Newton(), edge, np.zeros((1, 30))).steps(1).p).all()


@pytest.mark.parametrize("height", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_stops_lbfgs(height: float) -> None:
    walk = Walk(LBFGS(), lambda p: (np.where(p == START, height, p)[:, 0], p), START).steps(1)
    assert np.isnan(walk.p).all()


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_goes_on_from_its_slots(optimizer: SearchingOptimizer) -> None:
    whole, first = Walk(optimizer, valley, START).steps(14), Walk(optimizer, valley, START).steps(6)
    second = Walk(optimizer, valley, first.p)
    second.slots[...] = first.slots
    np.testing.assert_array_equal(second.steps(8).p, whole.p)


@pytest.mark.parametrize("optimizer", EVERY, ids=label)
def test_single_precision(optimizer: SearchingOptimizer) -> None:
    walk = Walk(optimizer, valley, START.astype(np.float32)).steps(60)
    assert walk.p.dtype == np.float32
    np.testing.assert_allclose(walk.p, [[1.0, 1.0]], atol=5e-3)


def test_newton_lands_on_the_minimum_at_once() -> None:
    walk = Walk(Newton(), bowl, np.array([[2.0, 1.0]])).steps(1)
    np.testing.assert_allclose(walk.p, [[0.0, 0.0]], atol=1e-3)
    np.testing.assert_allclose(walk.g, [[24.0, 14.0]])
    assert walk.evaluations == 1 + 2 * 2


def test_damping_and_rate_by_hand() -> None:
    """(H + 4 I)⁻¹ g = [[14, 4], [4, 10]]⁻¹ (24, 14) = (184, 100) / 124."""
    walk = Walk(Newton(damping=4.0), bowl, np.array([[2.0, 1.0]]), 0.5).steps(1)
    np.testing.assert_allclose(walk.p, [[2.0 - 0.5 * 184.0 / 124.0, 1.0 - 0.5 * 100.0 / 124.0]], rtol=1e-8)


def test_newton_bears_directions_without_curvature() -> None:
    def trough(p: Array) -> tuple[Array, Array]:
        return p[:, 0] ** 2, p * [2.0, 0.0]

    np.testing.assert_allclose(Walk(Newton(), trough, np.array([[3.0, 5.0]])).steps(1).p, [[0.0, 5.0]], atol=1e-3)


def test_saddles_draw_newton_and_repel_saddle_free() -> None:
    start = np.array([[0.5, 0.1]])
    np.testing.assert_allclose(Walk(Newton(), saddle, start).steps(20).p, [[0.0, 0.0]], atol=1e-6)
    np.testing.assert_allclose(Walk(SADDLE_FREE, saddle, start).steps(20).p, [[0.0, np.sqrt(2.0)]], atol=1e-6)


def test_where_the_loss_bends_up_saddle_free_is_newton() -> None:
    walks = [Walk(optimizer, bowl, np.array([[2.0, 1.0]])).steps(1) for optimizer in (Newton(0.5), Newton(0.5, True))]
    np.testing.assert_array_equal(walks[0].p, walks[1].p)


@pytest.mark.parametrize("memory", [3, 10, 50])
def test_lbfgs_reaches_the_minimum_of_scipy(memory: int) -> None:
    """Rosenbrock's valley in ten dimensions."""

    def winding(p: Array) -> tuple[Array, Array]:
        x, y = p[..., :-1], p[..., 1:]
        g = np.zeros_like(p)
        g[..., :-1] = -2.0 * (1.0 - x) - 400.0 * x * (y - x * x)
        g[..., 1:] += 200.0 * (y - x * x)
        return ((1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2).sum(axis=-1), g

    start = np.tile([-1.2, 1.0], 5)
    wanted = minimize(winding, start, jac=True, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-9})
    walk = Walk(LBFGS(memory), winding, start[None]).steps(150)
    np.testing.assert_allclose(walk.p[0], wanted.x, atol=1e-5)


def test_direction_is_that_of_the_matrix_written_out() -> None:
    """B⁻¹ ← (I − ρ s yᵀ) B⁻¹ (I − ρ y sᵀ) + ρ s sᵀ for each pair, the oldest first, from γ I."""
    walk = Walk(LBFGS(memory=4), valley, START).steps(6)
    steps, changes = walk.slots[:4, 0], walk.slots[4:, 0]
    assert ((steps * changes).sum(axis=-1) > 0.0).all()
    inverse = np.eye(2) * (steps[0] @ changes[0]) / (changes[0] @ changes[0])
    for s, y in zip(steps[::-1], changes[::-1], strict=True):
        share = 1.0 / (s @ y)
        pull = np.eye(2) - share * np.outer(s, y)
        inverse = pull @ inverse @ pull.T + share * np.outer(s, s)
    before = walk.p.copy()
    walk.steps(1)
    moved, wanted = (walk.p - before)[0], -inverse @ walk.g[0]
    np.testing.assert_allclose(moved / np.linalg.norm(moved), wanted / np.linalg.norm(wanted), rtol=1e-8)


def test_pairs_are_kept_the_latest_first() -> None:
    walk = Walk(LBFGS(memory=3), valley, START)
    assert LBFGS(memory=3).slots == ("step1", "step2", "step3", "change1", "change2", "change3")
    places = [START, *(walk.steps(1).p.copy() for _ in range(5))]
    for age in range(3):
        before, after = places[-2 - age], places[-1 - age]
        np.testing.assert_allclose(walk.slots[age], after - before, rtol=1e-12)
        np.testing.assert_allclose(walk.slots[3 + age], valley(after)[1] - valley(before)[1], rtol=1e-6, atol=1e-9)


def test_no_step_of_lbfgs_goes_up() -> None:
    walk = Walk(LBFGS(), valley, START, 5.0)
    heights = [valley(walk.steps(1).p)[0].item() for _ in range(40)]
    assert heights == sorted(heights, reverse=True)


def test_learning_rate_is_the_first_length_tried() -> None:
    """Down 3 x² from 1 the best length is 1/6; a third of it flattens the slope enough, and twice it is too long."""

    def slide(p: Array) -> tuple[Array, Array]:
        return 3.0 * p[:, 0] ** 2, 6.0 * p

    for rate, length, evaluations in [(0.05, 0.05, 2), (0.01, 0.02, 3), (0.5, 0.25, 3)]:
        walk = Walk(LBFGS(), slide, np.array([[1.0]]), rate).steps(1)
        assert walk.p.item() == pytest.approx(1.0 - 6.0 * length)
        assert walk.evaluations == evaluations


def test_a_step_must_bring_a_share_of_the_fall_that_the_slope_promised() -> None:
    """At a rate of 1 the first length leads from 1 to −1, which is as high; half of it is the bottom of x²."""
    assert Walk(LBFGS(), lambda p: (p[:, 0] ** 2, 2.0 * p), np.array([[1.0]])).steps(1).p.item() == 0.0


def test_where_no_length_brings_the_loss_down_lbfgs_stays_and_forgets() -> None:
    walk = Walk(LBFGS(), bowl, np.array([[2.0, 1.0]])).steps(2)
    assert walk.slots.any()
    liar = Walk(LBFGS(), lambda p: (bowl(p)[0], -bowl(p)[1]), walk.p)
    liar.slots[...] = walk.slots
    np.testing.assert_array_equal(liar.steps(1).p, walk.p)
    assert not liar.slots.any()


def test_a_step_over_which_the_loss_bends_down_is_not_remembered() -> None:
    def dome(p: Array) -> tuple[Array, Array]:
        return -(p**2).sum(axis=-1), -2.0 * p

    walk = Walk(LBFGS(), dome, np.array([[1.0, 2.0]])).steps(1)
    assert (np.abs(walk.p) > 1.0).all()
    assert not walk.slots.any()
    walk.slots[...] = kept = Walk(LBFGS(), bowl, np.array([[2.0, 1.0]])).steps(3).slots
    np.testing.assert_array_equal(walk.steps(1).slots, kept)


def test_a_direction_that_overflows_is_replaced_by_the_gradient() -> None:
    def slope(p: Array) -> tuple[Array, Array]:
        return p[:, 0] ** 2, 2.0 * p

    walk = Walk(LBFGS(memory=1), slope, np.ones((1, 1), np.float32), 0.5)
    walk.slots[...] = [[[1e4]], [[1e-36]]]  # the square of the change is 0, to which curvature would be inverse
    with np.errstate(divide="ignore", invalid="ignore"):
        assert walk.steps(1).p.item() == 0.0
