"""A layer's values before and after its normalization, now and over time, and how far dropout's networks differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playground.data.dataset import Floats
from playground.exchange.report.sheet import MUTED, WIDTH, dress, dress_bar, plain, sheet, write
from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.mc_dropout import MASKS, MCDropout
from playground.experiment.looks.normalization import Normalized, Values
from playground.options.layers import layer_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OWN, OTHER = "#0877bd", "#c2620a"  # as in the window
HALF, BESIDE = 0.36, 0.2  # of the room between two units


def picture(frame: Frame, path: Path) -> None:
    """Above what goes in and what comes out, with the spread over dropout masks beside them, where there are any; below
    mean and variance of each unit over the epochs, of what goes in dotted.

    Raises:
        ValueError: when the frame holds no layer statistics or nothing of a layer.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    look, mc_dropout, layer_statistics = frame.look(Normalized), frame.look(MCDropout), frame.look(LayerStatistics)
    if look is None or layer_statistics is None:
        raise ValueError("the frame holds nothing of what a layer's units get")
    name = layer_names(look.last + 1)[look.layer]
    title = f"{plain(frame.scene.origin, 50)}: {name}, normalisation: {look.label}"
    figure = sheet(7.2, 1.25 * WIDTH, title)
    grid = figure.add_gridspec(3, 6)
    left = slice(0, 4 if mc_dropout is not None else 6)
    above = figure.add_subplot(grid[slice(0, 1 if look.after is not None else 2), left])
    what = "activation" if look.on_activations else "pre-activation"
    _draw(above, f"{what} (blue), running averages (orange)", look.before, look.running_mean, look.running_deviation)
    lowest = above
    if look.after is not None:
        lowest = figure.add_subplot(grid[1, left])
        asked = (
            (look.shift, np.abs(look.gain)) if look.running_mean is not None and look.gain is not None else (None, None)
        )
        _draw(lowest, "what comes out (blue), β ± γ (orange)", look.after, *asked)
    lowest.set_xlabel("unit", fontsize=9)
    if mc_dropout is not None:
        scene = frame.scene
        axes = figure.add_subplot(grid[:2, 4:])
        _dress(axes, f"standard deviation over {MASKS} dropout masks")
        image = axes.imshow(
            mc_dropout.deviation,
            extent=scene.extent,
            origin="lower",
            interpolation="bilinear",
            aspect="auto",
            cmap="cividis",
        )
        image.set_clim(0.0, None)
        axes.set_xlabel(plain(scene.columns[scene.axes[0]], 24), fontsize=9)
        axes.set_ylabel(plain(scene.columns[scene.axes[1]], 24), fontsize=9)
        bar = figure.colorbar(image, ax=axes, shrink=0.8)
        dress_bar(bar)
    _draw_history(figure.add_subplot(grid[2, :3]), "mean", layer_statistics, layer_statistics.mean, look)
    _draw_history(figure.add_subplot(grid[2, 3:]), "variance", layer_statistics, layer_statistics.variance, look)
    write(figure, path)


def _draw(axes: Axes, title: str, values: Values, mean: Floats | None, deviation: Floats | None) -> None:
    """A histogram on each unit, its mean and deviation, and beside them others."""
    _dress(axes, title)
    units = np.arange(1, len(values.mean) + 1)
    middles = (values.edges[:-1] + values.edges[1:]) / 2.0
    for unit, counts in zip(units, values.counts, strict=True):
        widths = 2.0 * HALF * counts / max(counts.max(), 1)
        axes.barh(middles, widths, np.diff(values.edges), left=unit - widths / 2.0, color=OWN, alpha=0.3)
    axes.errorbar(units, values.mean, values.deviation, fmt="o", markersize=4, color=OWN)
    if mean is not None and deviation is not None:
        axes.errorbar(units + BESIDE, mean, deviation, fmt="o", markersize=4, color=OTHER)
    axes.set_xlim(0.4, len(units) + 0.6)
    axes.set_xticks(units[:: max(len(units) // 12, 1)])


def _draw_history(axes: Axes, title: str, layer_statistics: LayerStatistics, moments: Floats, look: Normalized) -> None:
    """Lines over the epochs, one a unit; dotted what goes in, where something else comes out."""
    from matplotlib import colormaps

    _dress(axes, f"{title} (dotted: what goes in)" if look.after is not None else title)
    rows = layer_statistics.rows[look.layer]
    before, after = moments[..., layer_statistics.rows_of(look.layer)]
    colours = colormaps["viridis"](np.linspace(0.0, 0.82, rows))
    for row, colour in enumerate(colours):
        name = f"unit {row + 1}" if row in (0, rows - 1) else None
        axes.plot(layer_statistics.epoch, after[:, row], color=colour, linewidth=1.5, label=name)
        if look.after is not None:
            axes.plot(layer_statistics.epoch, before[:, row], color=colour, linewidth=1.0, linestyle=":")
    if title == "variance" and ((before > 0.0).any() or (after > 0.0).any()):
        axes.set_yscale("log")
    axes.set_xlabel("epoch", fontsize=9)
    axes.legend(fontsize=8, frameon=False)


def _dress(axes: Axes, title: str) -> None:
    dress(axes)
    axes.set_title(title, loc="left", color=MUTED, fontsize=10)
