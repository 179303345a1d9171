"""Bins: those of NumPy where NumPy has any, and some for whatever numbers come beside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from playground.experiment.looks import bins

LARGEST = float(np.finfo(np.float64).max)
SINGLE = float(np.finfo(np.float32).max)
TINY = 5e-324
STRANGE = [
    [],
    [3.0],
    [3.0] * 9,
    [0.0, -0.0],
    [2.0**53] * 4,
    [-LARGEST] * 2,
    [-LARGEST, LARGEST],
    [0.0, TINY],
    [TINY] * 3,
    [-SINGLE, 1.0, SINGLE],
    [np.nan],
    [np.inf, -np.inf],
    [np.nan, 1.0, 2.0, np.inf],
    [1.0, 1.0 + 2.0**-52],
]


@pytest.mark.parametrize("given", STRANGE, ids=str)
def test_all_that_is_finite_is_counted_between_edges_that_are(given: list[float]) -> None:
    values = np.array(given)
    with np.errstate(all="ignore"):
        low, high = bins.ends(values)
        edges, counts = bins.edges(low, high, 7), bins.counts(values, low, high, 7)
    assert low < high
    assert (edges[0], edges[-1]) == (low, high)
    assert np.isfinite(edges).all()
    assert (edges[1:] >= edges[:-1]).all()
    assert counts.sum() == np.isfinite(values).sum()


@given(
    values=arrays(np.float64, st.integers(1, 30), elements=st.integers(-1000, 1000).map(float)),
    count=st.integers(1, 40),
)
def test_they_are_numpys(values: np.ndarray, count: int) -> None:
    values = values + 0.37  # away from the edges, where rounding decides
    low, high = bins.ends(np.append(values, [-1500.0, 1500.0]))
    counts, edges = np.histogram(values, count, (low, high))
    assert_array_equal(bins.counts(values, low, high, count), counts)
    assert_allclose(bins.edges(low, high, count), edges, atol=1e-12)


@given(values=arrays(np.float64, 20, elements=st.floats(-1.0, 1.0)), power=st.integers(-900, 900))
def test_they_are_the_same_at_any_size(values: np.ndarray, power: int) -> None:
    values = np.round(values, 6)
    large = np.ldexp(values, power)
    low, high = bins.ends(np.append(values, [-1.0, 1.0]))
    ends = bins.ends(np.append(large, np.ldexp([-1.0, 1.0], power)))
    assert_array_equal(bins.counts(large, *ends, 9), bins.counts(values, low, high, 9))
