"""Scales that enclose their values between round ends, and numbers as people write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playground.ui.views.scale import Scale, written

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


@given(st.lists(st.just(0.0) | st.floats(1e-300, 1e300), min_size=1, max_size=20))
@example([5e-324])  # next to nothing, as nothing
def test_a_linear_scale_begins_at_zero_and_wastes_at_most_half(values: list[float]) -> None:
    scale = Scale.linear(np.array([*values, np.nan, np.inf]))
    assert scale.low == 0.0
    assert max(values) <= scale.high * (1 + 1e-6)
    assert scale.high <= 2.0 * max(values) or (max(values) < 1e-300 and scale.high == 1.0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.0123456, "0.0123"),
        (1.0, "1.00"),
        (123.4, "123"),
        (54321.0, "54,321"),
        (1.234e-5, "1.23·10⁻⁵"),
        (2.5e12, "2.50·10¹²"),
        (np.nan, "–"),
        (np.inf, "–"),
    ],
)
def test_numbers_are_written_short(value: float, text: str) -> None:
    assert written(value) == text
