"""Second derivatives by differences, against those by hand. Knows no network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.nn.activations.activation import Array
from playground.nn.curvature import hessian
from playground.nn.optimizers.optimizer import Objective

POINTS = np.array([[-1.2, 1.0], [0.5, 30.0], [0.0, 0.0], [40.0, -3.0]])


def valley(p: Array, g: Array) -> Objective:
    """Rosenbrock's."""

    def objective() -> Array:
        x, y = p[:, 0], p[:, 1]
        g[:, 0], g[:, 1] = -2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)
        return (1.0 - x) ** 2 + 100.0 * (y - x * x) ** 2

    return objective


def by_hand(p: Array) -> Array:
    x, y = p[:, 0], p[:, 1]
    second = np.empty((len(p), 2, 2))
    second[:, 0, 0], second[:, 1, 1] = 1200.0 * x * x - 400.0 * y + 2.0, 200.0
    second[:, 0, 1] = second[:, 1, 0] = -400.0 * x
    return second


@pytest.mark.parametrize(("dtype", "error"), [(np.float64, 2e-10), (np.float32, 1e-4)])
def test_second_derivatives_of_each_member(dtype: Any, error: float) -> None:
    p = POINTS.astype(dtype)
    g = np.empty_like(p)
    objective = valley(p, g)
    objective()
    kept_p, kept_g = p.copy(), g.copy()
    second = hessian(objective, p, g)
    assert second.dtype == dtype
    wanted = by_hand(POINTS)
    assert (np.abs(second - wanted) <= error * np.abs(wanted).max(axis=(1, 2), keepdims=True)).all()
    np.testing.assert_array_equal(second, second.swapaxes(1, 2))
    np.testing.assert_array_equal(p, kept_p)
    np.testing.assert_array_equal(g, kept_g)
    for member in range(len(p)):
        alone = p[member : member + 1].copy()
        its_g = np.empty_like(alone)
        np.testing.assert_array_equal(hessian(valley(alone, its_g), alone, its_g)[0], second[member])


def test_curvature_of_a_bowl_by_hand() -> None:
    """f = 5 w₁² + 3 w₂² + 4 w₁ w₂ at (2, 1)."""
    p, g = np.array([[2.0, 1.0]]), np.empty((1, 2))

    def objective() -> Array:
        g[:, 0], g[:, 1] = 10.0 * p[:, 0] + 4.0 * p[:, 1], 6.0 * p[:, 1] + 4.0 * p[:, 0]
        return np.zeros(1)

    np.testing.assert_allclose(hessian(objective, p, g), [[[10.0, 4.0], [4.0, 6.0]]], rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_gradient_that_is_the_place_itself_has_curvature_one_exactly(dtype: Any) -> None:
    p = np.linspace(-3.0, 7.0, 12, dtype=dtype)[None]
    g = np.empty_like(p)

    def objective() -> Array:
        g[...] = p
        return np.zeros(1)

    np.testing.assert_array_equal(hessian(objective, p, g)[0], np.eye(12))
