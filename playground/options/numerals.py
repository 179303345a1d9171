"""How numbers are written for a reader, everywhere: digits that count, a true minus, powers of ten. Knows no meaning."""

from __future__ import annotations

import math
from decimal import Decimal

MINUS = "\N{MINUS SIGN}"
SUPERSCRIPTS = str.maketrans("-0123456789" + MINUS, "⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SMALLEST_PLAIN, LARGEST_PLAIN = 1e-4, 1e5  # sizes beyond these are written with a power of ten


def written(value: float, digits: int = 3) -> str:
    """A number in so many digits: 0.0123, 1.00, 12,345, −1.23·10⁻⁵, 0; what is no number is –, beyond all bounds ∞."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return f"{MINUS}∞" if value < 0.0 else "∞"
    if value == 0.0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if abs(float(f"{mantissa}e{exponent}")) >= SMALLEST_PLAIN and round(abs(value)) < LARGEST_PLAIN:
        return f"{value:,.{max(digits - 1 - int(exponent), 0)}f}".replace("-", MINUS)
    return f"{mantissa}·{power(int(exponent))}".replace("-", MINUS)


def trimmed(value: float, digits: int = 3) -> str:
    """A number in at most so many digits, no more than it needs: 0.5, 2,000, 5·10⁻⁷, 10⁻⁵."""
    mantissa, times, exponent = written(value, digits).partition("·")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return exponent if mantissa == "1" and times else mantissa + times + exponent


def signed(value: float, digits: int = 3) -> str:
    """As `written`, with a plus before what is above 0."""
    return f"+{written(value, digits)}" if value > 0.0 else written(value, digits)


def percent(share: float, decimals: int = 1) -> str:
    """A share from 0 to 1: 45.6 %."""
    return f"{100.0 * share:.{decimals}f} %".replace("-", MINUS) if math.isfinite(share) else "–"


def counted(count: float) -> str:
    """A count, which may lie between two whole numbers, as epochs do: 1,234,567, 12.25, 0.002."""
    return f"{count:,.2f}".rstrip("0").rstrip(".") if count == 0.0 or abs(count) >= 0.01 else trimmed(count, 1)


def typed(value: float) -> str:
    """A number with all its digits, as it can be typed: 250, 0.03, 0.000001, 1e-8."""
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    number = Decimal(repr(value))
    if -6 <= number.adjusted() < 9 or not number:
        return f"{number:f}".removesuffix(".0")
    return f"{number.scaleb(-number.adjusted()).normalize():f}e{number.adjusted()}"


def power(exponent: int) -> str:
    """Of ten: 10⁻⁵."""
    return f"10{str(exponent).translate(SUPERSCRIPTS)}"
