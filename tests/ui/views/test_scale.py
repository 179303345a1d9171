"""Scales that enclose their values between round ends, and numbers as people write them."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from playground.ui.views.scale import Scale

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
