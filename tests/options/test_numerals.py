"""Numbers as a reader sees them: one way for each, everywhere."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.options.numerals import MINUS, counted, percent, signed, trimmed, typed, written


@pytest.mark.parametrize(
    ("value", "whole", "short"),
    [
        (0.0, "0", "0"),
        (0.5, "0.500", "0.5"),
        (-2.0, "−2.00", "−2"),
        (0.0123456, "0.0123", "0.0123"),
        (0.0003, "0.000300", "0.0003"),
        (0.99999, "1.00", "1"),
        (123.4, "123", "123"),
        (2450.0, "2,450", "2,450"),
        (99999.0, "99,999", "99,999"),
        (99999.9, "1.00·10⁵", "10⁵"),
        (np.float32(-np.inf), "−∞", "−∞"),
        (1.234e-5, "1.23·10⁻⁵", "1.23·10⁻⁵"),
        (5e-7, "5.00·10⁻⁷", "5·10⁻⁷"),
        (1e-150, "1.00·10⁻¹⁵⁰", "10⁻¹⁵⁰"),
        (-1.25e9, "−1.25·10⁹", "−1.25·10⁹"),
        (5e-324, "4.94·10⁻³²⁴", "4.94·10⁻³²⁴"),
        (math.nan, "–", "–"),
        (math.inf, "∞", "∞"),
        (-math.inf, "−∞", "−∞"),
    ],
)
def test_a_number_is_written_in_three_digits(value: float, whole: str, short: str) -> None:
    assert written(value) == whole
    assert trimmed(value) == short


@given(st.floats(-1e308, 1e308), st.integers(1, 6))
def test_what_is_written_is_the_number_in_so_many_digits(value: float, digits: int) -> None:
    mantissa, _, power = written(value, digits).replace(",", "").replace(MINUS, "-").partition("·10")
    exponent = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or "0"
    assert float(f"{mantissa}e{exponent}") == pytest.approx(value, rel=0.5 * 10.0 ** (1 - digits), abs=1e-323)
    assert signed(value, digits).lstrip("+") == written(value, digits)


def test_shares_and_counts() -> None:
    assert [percent(share) for share in (0.456, 1.0, math.nan)] == ["45.6 %", "100.0 %", "–"]
    assert percent(0.456, 0) == "46 %"
    assert [counted(epoch) for epoch in (0.0, 12.25, 1234567.0, 0.0025575)] == ["0", "12.25", "1,234,567", "0.003"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (250, "250"),
        (100.0, "100"),
        (0.03, "0.03"),
        (1e-6, "0.000001"),
        (1e-8, "1e-8"),
        (-2.5e-9, "-2.5e-9"),
        (0.0, "0"),
        (1e9, "1e9"),
        (0.1 + 0.2, "0.30000000000000004"),
    ],
)
def test_a_number_is_typed_with_all_its_digits(value: float, text: str) -> None:
    assert typed(value) == text
    assert float(text) == value
