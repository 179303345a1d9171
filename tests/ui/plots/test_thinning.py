"""Fewer points: none is invented, and what matters stays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from playground.ui.plots.thinning import MOST_POINTS, decimate, medians, picked


@given(st.integers(1, 3000), st.integers(0, 2**31))
def test_fewer_points_keep_what_matters(records: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    epochs, values = np.arange(records) * 0.25, rng.normal(size=(records, 3))
    x, y = decimate(epochs, values)
    assert len(x) == len(y) <= MOST_POINTS + 1
    np.testing.assert_array_equal(y.max(axis=0), values.max(axis=0))
    np.testing.assert_array_equal(y.min(axis=0), values.min(axis=0))
    np.testing.assert_array_equal(y[-1], values[-1])
    assert (x[0], x[-1]) == (epochs[0], epochs[-1])
    x, y = medians(epochs, values)
    assert len(x) == len(y) <= 97
    assert np.all(np.diff(x) > 0)
    assert np.all(y <= values.max(axis=0))


def test_medians_of_a_line_with_one_outlier_do_not_see_it() -> None:
    values = np.ones((1000, 1))
    values[500] = 1e6
    np.testing.assert_array_equal(medians(np.arange(1000.0), values)[1], 1.0)


@given(st.integers(1, 5000), st.integers(1, 400))
def test_of_many_records_so_many_are_picked_and_always_the_last(records: int, most: int) -> None:
    rows = picked(records, most)
    assert len(rows) <= most + 1
    assert rows[-1] == records - 1
    assert np.all(np.diff(rows) > 0)
