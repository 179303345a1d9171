"""A map of outputs as pixels: colours of classes, blending, finer cells, the line between two classes. Draws nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from playground.experiment.looks import bins
from playground.experiment.scene import Scene
from playground.ui.plots.scale import SMALLEST
from playground.ui.theme import CLASSES, SYMBOLS, Theme

Floats = NDArray[np.floating]
Pixels = NDArray[np.uint8]

SYMBOL_SIZES = {"star": 1.4, "d": 1.2, "t": 1.1, "p": 1.1}  # to look as large as a disc
NO_LINE: Floats = np.zeros((0, 2))
FINER = 4  # a hard map is worked out on this many times finer cells, so that its borders are not stairs


def class_colour(index: int) -> QColor:
    return QColor(CLASSES[index % len(CLASSES)])


def symbol(index: int) -> str:
    """The shape of a class; the ninth has the first's colour, and another shape."""
    return SYMBOLS[(index + index // len(CLASSES)) % len(SYMBOLS)]


def class_colours(count: int = 256) -> Pixels:
    """The colours of the first classes, (count, 3)."""
    colours = map(class_colour, range(count))
    return np.array([(colour.red(), colour.green(), colour.blue()) for colour in colours], dtype=np.uint8)


def predicted(outputs: Floats, scene: Scene) -> NDArray[np.intp]:
    """Class indices (cells, cells) of outputs (outputs, cells, cells), decided as the accuracy does."""
    if len(outputs) > 1:
        return outputs.argmax(axis=0)
    return (outputs[0] > (scene.low + scene.high) / 2.0).astype(np.intp)


def shades(values: Floats, levels: tuple[float, float], count: int = 256) -> NDArray[np.intp]:
    """Which of so many colours between two levels values of any shape have; what is no number has the first."""
    low, high = levels if levels[0] < levels[1] else bins.ends(np.array(levels))
    return bins.places(values, low, high, count)


def blended(outputs: Floats, scene: Scene, theme: Theme) -> Pixels:
    """Each class's colour as far as its output is above the others', (cells, cells, 3).

    Outputs (classes, cells, cells) count as shares of the whole. What all classes have in common colours nothing, and
    where the two largest are equal the colours fade to the middle; so two classes look as they do with one output.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # a run that has diverged
        shares = np.clip(np.nan_to_num((outputs - scene.low) / (scene.high - scene.low)), 0.0, 1.0)
    shares /= np.maximum(shares.sum(axis=0), 1e-6)
    ranked = np.partition(shares, -2, axis=0)
    certainty = (ranked[-1] - ranked[-2])[..., None]
    own = shares - shares.min(axis=0)
    own /= np.maximum(own.sum(axis=0), 1e-6)
    mixed = np.tensordot(own, class_colours(len(own)).astype(np.float32), axes=(0, 0))
    middle = theme.map_table()[127].astype(np.float32)
    return (middle + certainty * (mixed - middle)).round().astype(np.uint8)


def finer(values: Floats) -> Floats:
    """Maps (maps, cells, cells) drawn between cell centres, on FINER times as many cells along each side."""
    cells = values.shape[1]
    at = np.clip((np.arange(cells * FINER) + 0.5) / FINER - 0.5, 0.0, cells - 1.0)
    first = np.minimum(at.astype(int), cells - 2)
    part = (at - first).astype(values.dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # a run that has diverged
        rows = values[:, first] + part[:, None] * (values[:, first + 1] - values[:, first])
        return rows[:, :, first] + part * (rows[:, :, first + 1] - rows[:, :, first])


def steady_top(values: Floats, before: float) -> float:
    """A round number above all values; as long as they fill a third of it, the one from before, so that nothing flickers."""
    largest = float(np.max(values, initial=0.0, where=np.isfinite(values)))
    if before / 3.0 <= largest <= before and before > 0.0:
        return before
    if largest < SMALLEST:
        return before or 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(part * power for part in (1.0, 2.0, 5.0, 10.0) if largest <= part * power)


def contour(values: Floats, level: float, extent: tuple[float, float, float, float]) -> Floats:
    """Where values (cells, cells) cross a level: lines in plane coordinates, (points, 2), with a row of NaN between two.

    None goes past a value that is no finite number.
    """
    x_low, x_high, y_low, y_high = extent
    rows, columns = ((np.arange(count) + 0.5) / count for count in values.shape)
    across, up = x_low + columns * (x_high - x_low), y_low + rows * (y_high - y_low)
    found: Any = contour_generator(across, up, values, line_type=LineType.ChunkCombinedNan).lines(level)
    [points] = found[0]
    return NO_LINE if points is None else points
