"""Where numbers stand on a vertical axis. Draws nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

SMALLEST = 1e-300  # below it, parts of a number are no longer exact


@dataclass(frozen=True)
class Scale:
    """Where values stand on a vertical axis; its ends are round, so that it moves seldom while values do.

    Attributes:
        low, high: ends in axis units: values, or their decimal logarithms when `log`.
        zero: where zeros stand when `log` and there are any: below every other value.
    """

    low: float
    high: float
    log: bool
    zero: float | None = None

    @classmethod
    def linear(cls, values: Floats) -> Scale:
        """From 0 to a round number above all values."""
        largest = float(np.max(values, initial=0.0, where=np.isfinite(values)))
        if largest < SMALLEST:
            largest = 1.0
        step = 10.0 ** math.floor(math.log10(largest))
        step = next(part for part in (step / 5.0, step / 2.0, step, 2.0 * step) if largest <= 6.0 * part)
        return cls(0.0, step * math.ceil(largest / step - 1e-9), False)

    @classmethod
    def logarithmic(cls, values: Floats) -> Scale:
        """Between numbers 1, 2 or 5 times a power of ten that enclose all positive values; zeros apart below."""
        positive = values[np.isfinite(values) & (values > 0.0)]
        logs = np.log10([positive.min(), positive.max()]) if positive.size else np.array([-3.0, 0.0])
        marks = np.log10([1.0, 2.0, 5.0, 10.0])
        low, high = np.floor(logs)
        low += marks[marks <= logs[0] - low + 1e-9][-1]
        high += marks[marks >= logs[1] - high - 1e-9][0]
        if high <= low:
            high = low + marks[1]
        zero = float(low - max(0.3, 0.12 * (high - low))) if np.any(values == 0.0) else None
        return cls(float(low), float(high), True, zero)

    @classmethod
    def around_zero(cls, values: Floats) -> Scale:
        """From 0, or a round number below all values, to a round number above them."""
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (-1.0, 1.0)
        bottom = -cls.linear(np.array([-low])).high if low < 0.0 else 0.0
        return cls(bottom, cls.linear(np.array([high])).high if high > 0.0 or not bottom else 0.0, False)

    @classmethod
    def share(cls, values: Floats) -> Scale:
        """From a round share below all values to 1."""
        smallest = float(np.min(values, initial=1.0, where=np.isfinite(values)))
        return cls(min(math.floor(10.0 * smallest) / 10.0, 0.9), 1.0, False)

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest axis unit to show, with a little air."""
        bottom = self.low if self.zero is None else self.zero
        return bottom - 0.02 * (self.high - bottom), self.high + 0.02 * (self.high - bottom)

    def places(self, values: Floats) -> Floats:
        """Axis units of values of any shape; what has no place is NaN."""
        if not self.log:
            return np.where(np.isfinite(values), values, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(values)
        logs = np.where(np.isfinite(logs), logs, np.nan)
        return np.where(values == 0.0, np.nan if self.zero is None else self.zero, logs)
