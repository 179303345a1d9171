"""Numbers of a knob as they are typed, written, stepped through and slid over. Knows no widget."""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Sequence

from playground.options import Integer, Number
from playground.options.numerals import typed

AIMABLE = 1e6  # a range wider than this, such as a seed's, has no slider and steps by one
PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def number_text(value: float) -> str:
    """A number as short as it can be typed: 0.03, 0.000001, 1e-8, 250."""
    return typed(value if isinstance(value, int) else float(f"{value:.6g}"))


def read_number(text: str) -> float | None:
    """The finite number a text stands for, with a decimal point or comma; None for anything else."""
    written = text.strip().replace("\N{MINUS SIGN}", "-").replace(",", ".")
    if not PLAIN_NUMBER.fullmatch(written):  # float() also takes 1_0, nan and the digits of every script
        return None
    value = float(written)
    return value if math.isfinite(value) else None


def parsed(knob: Number, typed: str) -> float | str:
    """What was typed as a number, or as it is; whether it may stand is for the knob to say."""
    number = None if isinstance(knob, Integer) and "," in typed else read_number(typed)
    if number is None:
        return typed
    return int(number) if isinstance(knob, Integer) and number.is_integer() else number


def stops(knob: Number, maximum: float) -> list[float]:
    """Round numbers to slide over, from the knob's minimum to `maximum`."""
    if knob.scale == "log":
        between = _decades(knob, (1.0, 1.5, 2.0, 3.0, 5.0, 7.0))
    else:
        step = _step(knob)
        between = [
            _round(knob, index * step) for index in range(math.ceil(knob.minimum / step), int(maximum / step) + 1)
        ]
    return [knob.minimum, *(stop for stop in between if knob.minimum < stop < maximum), maximum]


def stepped(knob: Number, value: float, steps: int, step: float | None = None) -> float:
    """The number that lies some steps on: multiples of a round step, or 1, 3, 10, 30 on a logarithmic scale.

    `step` takes the place of the step that suits the knob's range.
    """
    if knob.scale == "log":
        marks = sorted({knob.minimum, *_decades(knob, (1.0, 3.0)), knob.maximum})
        at = bisect.bisect_right(marks, value) - 1 if steps > 0 else bisect.bisect_left(marks, value)
        number = marks[min(max(at + steps, 0), len(marks) - 1)]
    else:
        step = step or _step(knob)
        at = math.floor(value / step + 1e-9) if steps > 0 else math.ceil(value / step - 1e-9)
        number = _round(knob, (at + steps) * step)
    return min(max(number, knob.minimum), knob.maximum)


def _step(knob: Number) -> float:
    span = knob.maximum - knob.minimum
    step = 1.0 if span > AIMABLE else 10.0 ** math.floor(math.log10(span / 20.0))
    return max(step, 1.0) if isinstance(knob, Integer) else step


def _decades(knob: Number, mantissas: Sequence[float]) -> list[float]:
    """These numbers in every decade of the knob's range."""
    decades = range(math.floor(math.log10(knob.minimum)), math.ceil(math.log10(knob.maximum)) + 1)
    numbers = {_round(knob, mantissa * 10.0**decade) for decade in decades for mantissa in mantissas}
    return sorted(number for number in numbers if knob.minimum <= number <= knob.maximum)


def _round(knob: Number, value: float) -> float:
    """Without the dust of binary fractions, and whole where it must be."""
    return round(value) if isinstance(knob, Integer) else float(f"{value:.10g}")
