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


def coloured(levels: NDArray[np.uint8], *tables: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Maps of levels (maps, rows, columns), in one table (256, 3) or in one each, as pixels of QImage.Format_RGB32."""
    colours = np.stack(tables).astype(np.uint32)
    pixels = 0xFF000000 | colours[..., 0] << 16 | colours[..., 1] << 8 | colours[..., 2]
    if len(tables) == 1:
        return np.ascontiguousarray(pixels[0][levels])
    return np.ascontiguousarray(pixels[np.arange(len(levels))[:, None, None], levels])


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
