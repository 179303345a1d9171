"""Histograms that take whatever numbers come: equal bins between two ends, and no sum that overflows. Knows no look."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats

LARGEST = float(np.finfo(np.float64).max)


def ends(values: Floats) -> tuple[float, float]:
    """The lowest and the highest of those that are finite; a little room around a single number, or around 0 for none."""
    finite = np.isfinite(values)
    low = float(np.min(values, initial=np.inf, where=finite))
    high = float(np.max(values, initial=-np.inf, where=finite))
    if low < high:
        return low, high
    middle = low if low == high else 0.0
    room = max(0.5, abs(middle) / 16.0)
    return max(middle - room, -LARGEST), min(middle + room, LARGEST)


def edges(low: float, high: float, count: int) -> Floats:
    """Of so many equal bins, (count + 1,)."""
    power = _power(low, high)
    between = np.linspace(math.ldexp(low, -power), math.ldexp(high, -power), count + 1)
    return np.ldexp(between, power)


def places(values: Floats, low: float, high: float, count: int) -> NDArray[np.intp]:
    """In which bin each value lies, counted from 0; what lies beyond an end, or is no number, in one at an end."""
    power = _power(low, high)
    bottom, top = math.ldexp(low, -power), math.ldexp(high, -power)
    within = np.clip(np.nan_to_num(values.astype(float), nan=low), low, high)
    shares = (np.ldexp(within, -power) - bottom) * (count / (top - bottom))
    return np.minimum(shares, count - 1).astype(np.intp)


def counts(values: Floats, low: float, high: float, count: int) -> NDArray[np.intp]:
    """How many values lie in each bin, (count,), of those between the ends."""
    within = values[(values >= low) & (values <= high)]
    return np.bincount(places(within, low, high, count), minlength=count)


def _power(low: float, high: float) -> int:
    """Of two, by which to divide for numbers of size 1."""
    return math.frexp(max(abs(low), abs(high)))[1]
