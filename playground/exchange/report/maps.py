"""What each unit of the layer on display is told and answers over the plane, or along a single input."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from playground.data.dataset import Floats
from playground.exchange.report.sheet import CLASSES, MIDDLE, MUTED, TEXT, WIDTH, dress, plain, sheet, write
from playground.experiment.frame import Frame
from playground.experiment.looks.activation_maps import ActivationMaps, crossings
from playground.options.layers import layer_names

COLUMNS = 8  # units side by side


def picture(frame: Frame, path: Path) -> None:
    """Of each unit the pre-activation above the activation; along a single input the curves and where the sum bends.

    Raises:
        ValueError: when the frame holds no excitations.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    look = frame.look(ActivationMaps)
    if look is None:
        raise ValueError("the frame holds no excitations")
    if look.x is None or look.answer is None:
        _draw_maps(frame, look, path)
    else:
        _draw_curves(frame, look, look.x, look.answer[0], path)


def _draw_maps(frame: Frame, look: ActivationMaps, path: Path) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    units = len(look.h)
    columns = min(units, COLUMNS)
    rows = math.ceil(units / columns)
    side = 1.25 * WIDTH / COLUMNS
    figure = sheet(2.2 * rows * side + 0.6, max(columns, 4) * side)
    name = layer_names(len(frame.weights))[look.layer]
    title = f"{plain(frame.scene.origin, 24)}: {name}\nabove pre-activation z, below activation"
    figure.suptitle(title, x=0.01, ha="left", color=TEXT, fontsize=10, fontweight="bold")
    table = LinearSegmentedColormap.from_list("signs", [CLASSES[0], MIDDLE, CLASSES[1]])
    every = np.atleast_1d(figure.subplots(2 * rows, columns, squeeze=False))
    for axes in every.ravel():
        axes.set_axis_off()
    for unit in range(units):
        row, column = divmod(unit, columns)
        for below, maps in enumerate((look.z, look.h)):
            axes = every[2 * row + below, column]
            reach = _largest(maps)
            axes.imshow(maps[unit], origin="lower", cmap=table, vmin=-reach, vmax=reach, aspect="auto")
        values = look.z[unit]
        if np.isfinite(values).all() and values.min() < 0.0 < values.max():
            every[2 * row, column].contour(values, [0.0], colors=TEXT, linewidths=0.8, origin="lower")
        every[2 * row, column].set_title(f"unit {unit + 1}", fontsize=8, color=MUTED, pad=2)
    write(figure, path)


def _draw_curves(frame: Frame, look: ActivationMaps, x: Floats, answer: Floats, path: Path) -> None:
    from matplotlib import colormaps

    scene = frame.scene
    name = layer_names(len(frame.weights))[look.layer]
    title = f"{plain(scene.origin, 40)}: units of {name}, and where their sum bends"
    figure = sheet(6.0, title=title)
    above, below = figure.subplots(2, 1, sharex=True)
    colours = colormaps["viridis"](0.82 * np.arange(len(look.h)) / max(len(look.h) - 1, 1))
    dress(above, below)
    for unit, values in enumerate(look.h[:, 0]):
        above.plot(x, values, color=colours[unit], linewidth=1.5)
    above.set_ylabel("activation")
    below.plot(*scene.train_points.T, ".", color=MUTED, markersize=4, alpha=0.5)
    below.plot(x, answer, color=TEXT, linewidth=1.8)
    units, places = crossings(x, look.z[:, 0])
    below.scatter(places, np.interp(places, x, answer), c=colours[units], marker="d", s=40, zorder=3)
    below.set_ylabel("output" if scene.classes else plain(scene.target, 40))
    below.set_xlabel(plain(scene.columns[scene.axes[0]], 60))
    write(figure, path)


def _largest(maps: Floats) -> float:
    return float(np.max(np.abs(maps), initial=0.0, where=np.isfinite(maps))) or 1.0
