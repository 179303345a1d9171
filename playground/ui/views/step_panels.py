"""The small plots of the optimizer microscope: their scales, the marks on them, and how symbols are written."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from playground.ui.views.curve import Floats, Scale, written


class Panel(NamedTuple):
    """A plot's title, the kind of its scale, and its lines by symbol, each (steps,)."""

    title: str
    kind: str  # "signed" with 0, "size" logarithmic, "near" around the values alone
    lines: dict[str, Floats]


def scale_of(values: Floats, kind: str) -> Scale:
    """Round ends around values (steps, lines), by a panel's kind."""
    if kind == "size":
        return Scale.logarithmic(values)
    finite = values[np.isfinite(values)]
    if kind == "near" and finite.size and finite.max() > finite.min():
        low, high = float(finite.min()), float(finite.max())
        step = 10.0 ** math.floor(math.log10(high - low)) / 2.0
        return Scale(step * math.floor(low / step), step * math.ceil(high / step), False)
    top = Scale.linear(finite).high if finite.size and finite.max() > 0.0 else 0.0
    bottom = -Scale.linear(-finite).high if finite.size and finite.min() < 0.0 else 0.0
    return Scale(bottom, top if top > bottom else 1.0, False)


def marks(scale: Scale) -> list[float]:
    """The ends of a linear scale, and 0 between them where it is not close to one."""
    if not scale.low < 0.0 < scale.high:
        return [scale.low, scale.high]
    nearest = 0.2 * (scale.high - scale.low)
    return [mark for mark in (scale.low, 0.0, scale.high) if mark == 0.0 or abs(mark) > nearest]


def plain(text: str) -> str:
    """WORKAROUND Qt: DejaVu Sans loses a hat that stands on its own character, so it follows its letter."""
    return text.replace("\N{COMBINING CIRCUMFLEX ACCENT}", "\N{MODIFIER LETTER CIRCUMFLEX ACCENT}")


def signed(value: float) -> str:
    """A number of three digits with a true minus."""
    return written(value).replace("-", "−")
