"""Where the units of the layer on display sit on their activation, and how saturated the layers were over the epochs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playground.data.dataset import Floats
from playground.exchange.report.sheet import MUTED, TEXT, WIDTH, dress, plain, sheet, write
from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.pre_activations import PreActivations
from playground.options.layers import layer_names
from playground.options.numerals import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SLOPE, UNIT, SHADE = "#f59322", "#0a6ebd", "#eceef2"  # as in the window
HIGHEST = 1.5  # of the curves: what grows without end leaves the picture


def picture(frame: Frame, path: Path) -> None:
    """The curves over the histogram on the left; saturation and mean slope of every layer on the right.

    Raises:
        ValueError: when the frame does not hold where the units sit.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    pre_activations, layer_statistics = frame.look(PreActivations), frame.look(LayerStatistics)
    if pre_activations is None or layer_statistics is None:
        raise ValueError("the frame does not hold where the units sit")
    names = layer_names(len(layer_statistics.units))
    title = f"{plain(frame.scene.origin, 50)}: where the units of {names[pre_activations.layer]} sit"
    figure = sheet(4.6, 1.25 * WIDTH, title)
    grid = figure.add_gridspec(2, 5)
    curves = figure.add_subplot(grid[:, :3])
    saturated, slope = figure.add_subplot(grid[0, 3:]), figure.add_subplot(grid[1, 3:])
    dress(curves, saturated, slope)
    _draw_pre_activations(curves, pre_activations)
    _draw_history(saturated, "share saturated", layer_statistics.epoch, layer_statistics.saturated, names)
    _draw_history(slope, "mean |f′|", layer_statistics.epoch, layer_statistics.slope, names)
    saturated.set_ylim(-0.03, 1.03)
    saturated.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    slope.set_xlabel("epoch", fontsize=9)
    write(figure, path)


def _draw_pre_activations(axes: Axes, pre_activations: PreActivations) -> None:
    share = f"{percent(pre_activations.of_layer.saturated, 0)} where |f′| is below 5 % of its steepest (shaded)"
    axes.set_title(f"{pre_activations.activation}: {share}", loc="left", color=MUTED, fontsize=10)
    axes.set_xlabel("z", fontsize=9)
    reach = float(pre_activations.edges[-1])
    axes.set_xlim(-reach, reach)
    axes.fill_between(
        pre_activations.z,
        0.0,
        1.0,
        where=pre_activations.faint,
        color=SHADE,
        transform=axes.get_xaxis_transform(),
        linewidth=0,
    )
    for index, values in enumerate(pre_activations.values):
        axes.plot(pre_activations.z, values, color=TEXT, linewidth=1.8, label=None if index else "f")
    axes.plot(pre_activations.z, pre_activations.slopes, color=SLOPE, linewidth=1.8, label="f′")
    drawn = np.clip(
        np.concatenate([pre_activations.values.ravel(), np.nan_to_num(pre_activations.slopes)]), -HIGHEST, HIGHEST
    )
    axes.set_ylim(min(float(drawn.min()), 0.0) - 0.1, max(float(drawn.max()), 1.0) + 0.1)
    bars = axes.twinx()
    bars.set_axis_off()
    kinds = (
        (pre_activations.of_layer.density, MUTED, "the layer"),
        (pre_activations.of_unit.density, UNIT, f"unit {pre_activations.unit + 1}"),
    )
    for density, colour, label in kinds:
        axes.plot([], [], color=colour, linewidth=6, alpha=0.5, label=label)
        bars.stairs(density, pre_activations.edges, fill=True, color=colour, alpha=0.35)
    bars.set_ylim(
        0.0,
        2.0 * max(float(pre_activations.of_layer.density.max()), float(pre_activations.of_unit.density.max()), 1e-9),
    )
    axes.legend(fontsize=8, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.1), ncols=4)


def _draw_history(axes: Axes, title: str, epochs: Floats, values: Floats, names: tuple[str, ...]) -> None:
    from matplotlib import colormaps

    axes.set_title(title, loc="left", color=MUTED, fontsize=10)
    for index, name in enumerate(names):
        colour = colormaps["viridis"](0.82 * index / max(len(names) - 1, 1))
        known = np.where(np.isfinite(values[:, index]), values[:, index], np.nan)
        axes.plot(epochs, known, color=colour, linewidth=1.5, marker="." if len(epochs) < 20 else "", label=name)
