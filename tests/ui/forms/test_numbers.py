"""Numbers are written short, and read as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.ui.forms.numbers import number_text, read_number


@given(st.floats(1e-12, 1e8))
def test_a_number_reads_back_from_its_text(value: float) -> None:
    assert float(number_text(value)) == pytest.approx(value, rel=1e-5)
    assert len(number_text(value)) <= 13


@pytest.mark.parametrize(
    ("value", "text"), [(0.03, "0.03"), (1e-05, "0.00001"), (1e-8, "1e-8"), (250, "250"), (100.0, "100"), (0.0, "0")]
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("text", "value"), [("1e-300", 1e-300), ("−3", -3.0), (" .5 ", 0.5), ("1,5", 1.5), ("-1E3", -1000.0)]
)
def test_numbers_are_read_as_they_are_written(text: str, value: float) -> None:
    assert read_number(text) == value


def test_a_number_has_the_digits_of_a_keyboard_only() -> None:
    assert read_number("\u0663") is None
