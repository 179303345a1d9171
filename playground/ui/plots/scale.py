"""Where numbers stand on an axis. Draws nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from playground.experiment.looks import bins
from playground.options.numerals import power as power_of_ten
from playground.options.numerals import trimmed

Floats = NDArray[np.floating]
Numbers = TypeVar("Numbers", float, Floats)

SMALLEST = 1e-300  # below it, parts of a number are no longer exact
TAME = (
    1e30  # pyqtgraph squares sizes and keeps some in single precision: what is drawn lies between this and its inverse
)
NARROWEST = 1e-12  # share of its numbers' size that an axis can span and still have pixels in double precision
FAR = 1e3  # spans of the axis beyond an end, no further than which anything is drawn


@dataclass(frozen=True)
class Scale:
    """Where values stand on an axis, whatever they are; round ends move seldom while values do.

    Attributes:
        low, high: ends in axis units: values in units of 10 to the `power`, or their decimal logarithms when `log`.
        zero: where zeros stand when `log` and there are any: below every other value.
        power: 0 unless values are too large or too small to be drawn as they are.
        air: share of the axis to show beyond each end.
    """

    low: float
    high: float
    log: bool
    zero: float | None = None
    power: int = 0
    air: float = 0.02

    @classmethod
    def linear(cls, values: Floats) -> Scale:
        """From 0 to a round number above all values."""
        largest = float(np.max(values, initial=0.0, where=np.isfinite(values)))
        power = _power(largest)
        return cls(0.0, _round_above(_scaled(largest, power)) or 1.0, False, power=power)

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
        power = _power(max(-low, high))
        bottom, top = -_round_above(_scaled(-low, power)), _round_above(_scaled(high, power))
        return cls(bottom, top if top > bottom else 1.0, False, power=power)

    @classmethod
    def around(cls, values: Floats) -> Scale:
        """Between round numbers as near to all values as these are to one another; to the one there is, as to zero."""
        finite = values[np.isfinite(values)]
        if not finite.size or finite.min() == finite.max():
            return cls.around_zero(finite)
        power = _power(float(np.abs(finite).max()))
        low, high = _scaled(float(finite.min()), power), _scaled(float(finite.max()), power)
        if high - low < NARROWEST * max(abs(low), abs(high)):
            return cls.around_zero(finite)
        step = 10.0 ** math.floor(math.log10(high - low)) / 2.0
        return cls(step * math.floor(low / step), step * math.ceil(high / step), False, power=power)

    @classmethod
    def within(cls, values: Floats, air: float = 0.0) -> Scale:
        """From the lowest to the highest value, with so much air; of numbers too close to be told apart, wider."""
        low, high = bins.ends(values)
        if high / 2.0 - low / 2.0 < NARROWEST * max(abs(low), abs(high)):
            low, high = bins.ends(np.array([low]))
        power = _power(max(abs(low), abs(high)))
        return cls(_scaled(low, power), _scaled(high, power), False, power=power, air=air)

    @classmethod
    def share(cls, values: Floats) -> Scale:
        """From a round share below all values to 1."""
        smallest = float(np.min(values, initial=1.0, where=np.isfinite(values)))
        return cls(min(math.floor(10.0 * max(smallest, 0.0)) / 10.0, 0.9), 1.0, False)

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest axis unit to show, with a little air."""
        bottom = self.low if self.zero is None else self.zero
        return bottom - self.air * (self.high - bottom), self.high + self.air * (self.high - bottom)

    def places(self, values: Floats) -> Floats:
        """Axis units of values of any shape; what has no place is NaN."""
        if not self.log:
            far = FAR * (self.high - self.low)
            scaled = np.where(np.isfinite(values), _scaled(values, self.power), np.nan)
            return np.clip(scaled, self.low - far, self.high + far)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(values)
        logs = np.where(np.isfinite(logs), logs, np.nan)
        return np.where(values == 0.0, np.nan if self.zero is None else self.zero, logs)

    def value(self, place: float) -> float:
        """What stands at a place of a linear axis."""
        half = self.power // 2
        return place * 10.0**half * 10.0 ** (self.power - half)

    def written(self, place: float) -> str:
        """The number that stands at a place of a linear axis."""
        number = trimmed(place)
        return number if self.power == 0 or place == 0.0 else f"{number}·{power_of_ten(self.power)}"


def _power(largest: float) -> int:
    """Of ten, in whose units numbers up to this size are drawn."""
    return 0 if largest == 0.0 or 1.0 / TAME <= largest <= TAME else math.floor(math.log10(largest))


def _scaled(values: Numbers, power: int) -> Numbers:
    """In units of 10 to the power, which itself may be beyond all numbers."""
    if power == 0:
        return values
    half = power // 2
    with np.errstate(over="ignore"):
        return values / 10.0**half / 10.0 ** (power - half)


def _round_above(number: float) -> float:
    """A round number that is no smaller; 0 for what is not above 0."""
    if number < SMALLEST:
        return 0.0
    step = 10.0 ** math.floor(math.log10(number))
    step = next(part for part in (step / 5.0, step / 2.0, step, 2.0 * step) if number <= 6.0 * part)
    return step * math.ceil(number / step - 1e-9)
