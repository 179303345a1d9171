"""The colours of weights and of units' maps in a network's diagram."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from playground.nn.activations import Activation
from playground.ui.theme import NEGATIVE, POSITIVE, Theme

SHADES = 8  # steps of colour from a weight near 0 to one of 1 and more


@cache
def edge_colours(theme: Theme, faintest: float) -> list[QColor]:
    """For each shade, faint to full, the negative and the positive colour; last the colour of a weight of exactly 0."""
    strengths = np.linspace(faintest, 1.0, SHADES).tolist()
    signs = (NEGATIVE, POSITIVE)
    return [*(_mixed(theme.base, sign, strength) for strength in strengths for sign in signs), QColor(theme.border)]


@cache
def map_colours(theme: Theme, number: bool = False) -> NDArray[np.uint32]:
    """The theme's map table, or that of a number to predict, as (256,) pixels of QImage.Format_RGB32."""
    red, green, blue = (theme.value_table() if number else theme.map_table()).astype(np.uint32).T
    pixels: NDArray[np.uint32] = 0xFF000000 | red << 16 | green << 8 | blue
    return pixels


@cache
def bound_of(activation: Activation) -> float | None:
    """The largest size of its values, or None where they grow with the pre-activation."""
    rows, _ = activation.widths(1)
    z = np.tile(np.linspace(-100.0, 100.0, 2001), (rows, 1))
    largest = float(np.abs(activation(z)).max())
    return largest if largest < 10.0 else None


def _mixed(ground: str, colour: str, strength: float) -> QColor:
    below, above = QColor(ground), QColor(colour)
    parts = zip(below.getRgb()[:3], above.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * strength) for a, b in parts))
