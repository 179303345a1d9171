"""Scales that enclose their values between round ends, and numbers as people write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playground.ui.plots.scale import Scale

positive = st.floats(1e-300, 1e300)


@given(st.lists(positive, min_size=1, max_size=20), st.booleans())
def test_a_logarithmic_scale_encloses_its_values(values: list[float], zero: bool) -> None:
    array = np.array(values + [0.0] * zero + [np.nan, np.inf])
    scale = Scale.logarithmic(array)
    places = scale.places(array)
    count = len(values)
    assert scale.low - 1e-6 <= places[:count].min()
    assert places[:count].max() <= scale.high + 1e-6
    assert scale.high - scale.low > 0.2
    assert np.isnan(places[-2:]).all()
    if zero:
        assert places[count] == scale.zero < scale.low
    else:
        assert scale.zero is None


@given(st.lists(st.just(0.0) | st.floats(0.0, allow_infinity=False), min_size=1, max_size=20))
@example([5e-324])
@example([1.7e308])
def test_a_linear_scale_begins_at_zero_and_wastes_at_most_half(values: list[float]) -> None:
    array = np.array([*values, np.nan, np.inf])
    scale = Scale.linear(array)
    places = scale.places(array)[: len(values)]
    assert scale.low == 0.0
    assert places.max() <= scale.high * (1 + 1e-6)
    assert scale.high <= 2.0 * places.max() * (1 + 1e-6) or (max(values) == 0.0 and scale.high == 1.0)


HARD = st.lists(st.floats() | st.sampled_from([0.0, 3.4e38, -3.4e38, 1e308, -1e308, 5e-324, -5e-324]), max_size=20)
LINEAR = [Scale.linear, Scale.around_zero, Scale.around, Scale.within]


@pytest.mark.parametrize("make", [*LINEAR, Scale.logarithmic, Scale.share])
@given(values=HARD)
@example(values=[])
@example(values=[1e308, -1e308])
@example(values=[2.0**53, 2.0**53 + 2.0])
@example(values=[np.nan, np.inf])
def test_whatever_comes_stands_where_it_can_be_drawn(make: Callable[[Any], Scale], values: list[float]) -> None:
    array = np.array(values)
    scale = make(array)
    bottom, top = scale.ends
    assert np.isfinite([bottom, top]).all()
    assert bottom < top
    assert max(abs(bottom), abs(top)) <= 1e31
    assert top - bottom >= 1e-31
    places = scale.places(array)
    assert places.shape == array.shape
    known = places[np.isfinite(places)]
    assert (np.abs(known) <= 1e35).all()
    if make in LINEAR:
        assert (np.isfinite(places) == np.isfinite(array)).all()


@pytest.mark.parametrize("make", [Scale.around_zero, Scale.around, Scale.within])
@given(values=HARD)
@example(values=[1e308, -1e308])
@example(values=[5e-324])
def test_a_scale_encloses_all_that_is_finite(make: Callable[[Any], Scale], values: list[float]) -> None:
    array = np.array(values)
    scale = make(array)
    places = scale.places(array[np.isfinite(array)])
    bottom, top = scale.low, scale.high
    dust = 1e-9 * (top - bottom)
    assert ((places >= bottom - dust) & (places <= top + dust)).all()


def test_numbers_beyond_all_axes_are_written_with_their_power() -> None:
    scale = Scale.linear(np.array([1.7e308]))
    assert scale.written(scale.high) == "2·10³⁰⁸"
    assert scale.written(0.0) == "0"
    assert Scale.linear(np.array([1700.0])).written(2000.0) == "2,000"
    within = Scale.within(np.array([-3e50, 5e50]))
    assert within.value(within.high) == 5e50
