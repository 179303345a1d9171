"""Clipping: entries or the whole gradient cut to a length, members apart, and the gradient itself left as it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from playground.nn.activations import Array, Linear
from playground.nn.calls import run
from playground.nn.clipping import CLIPPINGS, ClipByNorm, ClipByValue, Clipping, NoClipping
from playground.nn.losses import SquaredError
from playground.nn.network import Network
from playground.nn.optimizers import SGD
from playground.nn.regularizers import L2, NoRegularizer
from playground.nn.training import Trainer

GRADIENTS = arrays(
    float, st.tuples(st.integers(1, 3), st.integers(1, 8)), elements=st.floats(-1e9, 1e9, allow_subnormal=False)
)
TINY = float(np.finfo(float).tiny)


def clipped(clipping: Clipping, g: Array) -> Array:
    out, before = np.full_like(g, np.nan), g.copy()
    run(clipping.calls(g, out))
    np.testing.assert_array_equal(g, before)
    return out


def test_no_clipping_calls_nothing() -> None:
    g = np.ones((1, 3))
    assert NoClipping().calls(g, g) == []


def test_by_value_on_paper() -> None:
    np.testing.assert_array_equal(clipped(ClipByValue(0.5), np.array([[0.2, -0.7, 3.0]])), [[0.2, -0.5, 0.5]])


def test_by_norm_on_paper() -> None:
    g = np.array([[3.0, -4.0], [0.3, 0.4]])  # lengths 5 and 0.5, each member's own
    np.testing.assert_allclose(clipped(ClipByNorm(1.0), g), [[0.6, -0.8], [0.3, 0.4]], rtol=1e-15)
    np.testing.assert_array_equal(clipped(ClipByNorm(1.0), np.zeros((1, 4))), np.zeros((1, 4)))


@given(GRADIENTS, st.floats(1e-6, 1e6))
def test_no_entry_is_larger_than_the_limit_and_smaller_ones_stay(g: Array, limit: float) -> None:
    after = clipped(ClipByValue(limit), g)
    small = np.abs(g) <= limit
    np.testing.assert_array_equal(after[small], g[small])
    np.testing.assert_array_equal(after[~small], np.sign(g[~small]) * limit)


@given(GRADIENTS, st.floats(1e-6, 1e6))
def test_no_gradient_is_longer_than_the_limit_and_its_direction_stays(g: Array, limit: float) -> None:
    after = clipped(ClipByNorm(limit), g)
    for old, new in zip(g, after, strict=True):
        length = np.linalg.norm(old)
        assert np.linalg.norm(new) <= limit * (1.0 + 1e-12)
        if length <= limit * (1.0 - 1e-12):
            np.testing.assert_array_equal(new, old)
        else:
            # Below the normal numbers a scaled entry has lost bits.
            np.testing.assert_allclose(new * length, old * np.linalg.norm(new), rtol=1e-9, atol=length * TINY)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("clipping", [ClipByValue(), ClipByNorm()])
def test_what_is_not_a_number_stays_so(clipping: Clipping, value: float) -> None:
    with np.errstate(all="ignore"):
        after = clipped(clipping, np.array([[1.0, value]]))
    assert np.isnan(after).any() or value == np.inf


@pytest.mark.parametrize("clipping", [cls() for cls in CLIPPINGS.values()], ids=lambda value: value.label)
def test_the_optimizer_sees_the_clipped_gradient_and_the_views_the_whole(clipping: Clipping) -> None:
    """The penalty's share is clipped with the rest: it is a part of the loss."""
    network = Network(2, [(1, Linear())])
    network.weights[0][...] = before = np.array([[4.0, -5.0, 1.0]])
    learner = Trainer(network, SquaredError(), SGD(), L2(0.5), 0.1, clipping=clipping)
    run(learner.step(np.array([[1.0], [2.0], [1.0]]), np.array([[7.0]])))
    whole = -12.0 * np.array([[1.0, 2.0, 1.0]])  # the output is −5
    np.testing.assert_allclose(network.gradients, whole, rtol=1e-15)
    total = whole + np.array([[4.0, -5.0, 0.0]])
    used = total if isinstance(clipping, NoClipping) else clipped(clipping, total)
    np.testing.assert_allclose(network.weights[0], before - 0.1 * used, rtol=1e-14)


def test_a_gradient_within_the_limit_is_as_without_clipping() -> None:
    x, target = np.array([[1.0], [2.0], [1.0]]), np.array([[7.0]])
    results = []
    for clipping in (NoClipping(), ClipByNorm(1e6), ClipByValue(1e6)):
        network = Network(2, [(1, Linear())])
        run(Trainer(network, SquaredError(), SGD(), NoRegularizer(), 0.1, clipping=clipping).step(x, target))
        results.append(network.parameters.copy())
    np.testing.assert_array_equal(results[1], results[0])
    np.testing.assert_array_equal(results[2], results[0])
