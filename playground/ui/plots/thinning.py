"""Fewer points that look the same, or show the same course, as many records. Draws nothing."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from playground.ui.plots.scale import Floats

MOST_POINTS = 400  # of one line; about as many as a plot of the usual size has pixels
MOST_MEDIANS = 96


def decimate(epochs: Floats, values: Floats, most: int = MOST_POINTS) -> tuple[Floats, Floats]:
    """At most `most` points and one that look the same: lowest and highest of each run of records.

    epochs (records,) and values (records, lines) become (points,) and (points, lines).
    """
    if len(epochs) <= most:
        return epochs, values
    starts = np.arange(0, len(epochs), _run_length(2 * len(epochs), most))
    points = np.stack([np.fmin.reduceat(values, starts, axis=0), np.fmax.reduceat(values, starts, axis=0)], axis=1)
    points = points.reshape(2 * len(starts), -1)
    return np.append(np.repeat(epochs[starts], 2), epochs[-1]), np.concatenate([points, values[-1:]])


def medians(epochs: Floats, values: Floats, most: int = MOST_MEDIANS) -> tuple[Floats, Floats]:
    """At most `most` points and one that show the course of noisy lines: the median of each run of records.

    Shapes as in `decimate`. The last point is the median of the last full length of a run, so that it does not jump.
    """
    length = _run_length(len(epochs), most)
    if length == 1:
        return epochs, values
    runs = len(epochs) // length
    grouped = values[: runs * length].reshape(runs, length, -1)
    middle = epochs[: runs * length].reshape(runs, length).mean(axis=1)
    tail = np.median(values[-length:], axis=0)
    return np.append(middle, epochs[-1]), np.vstack([np.median(grouped, axis=1), tail])


def picked(records: int, most: int = MOST_POINTS) -> NDArray[np.intp]:
    """Every so many records and the last: at most `most` and one."""
    return np.append(np.arange(0, records - 1, _run_length(records, most)), records - 1)


def _run_length(records: int, most: int) -> int:
    """A power of two, for runs that stay the same while records are added: otherwise the line shimmers."""
    return 1 << max(math.ceil(math.log2(records / most)), 0) if records else 1
