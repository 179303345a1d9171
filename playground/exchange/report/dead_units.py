"""Dead units: their share of each layer over the epochs, and when each died and came back."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playground.exchange.report.sheet import MUTED, WIDTH, dress, plain, sheet, write
from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.options.layers import layer_names

ALIVE = 0.45  # how much of its layer's colour a living unit has


def picture(frame: Frame, path: Path) -> None:
    """Shares on the left, one row a unit on the right, the first layer on top.

    Raises:
        ValueError: when no unit has ever been dead.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    from matplotlib import colormaps

    statistics = frame.look(LayerStatistics)
    if statistics is None or not statistics.unit_dead.any():
        raise ValueError("no unit has been dead")
    names = layer_names(len(statistics.units))
    title = f"{plain(frame.scene.origin, 50)}: units that put out 0 for every training example"
    figure = sheet(4.2, 1.25 * WIDTH, title)
    shares, lives = figure.subplots(1, 2, width_ratios=(2, 3))
    for axes in (shares, lives):
        dress(axes)
        axes.set_xlabel("epoch", fontsize=9)
    colours = colormaps["viridis"](0.82 * np.arange(len(names)) / max(len(names) - 1, 1))[:, :3]
    for index, name in enumerate(names):
        label = f"{name}: {statistics.unit_dead[-1][statistics.units_of(index)].sum()} of {statistics.units[index]} dead now"
        marker = "." if len(statistics.epoch) < 20 else ""
        shares.plot(
            statistics.epoch,
            statistics.dead[:, index],
            color=colours[index],
            linewidth=1.8,
            marker=marker,
            label=label,
        )
    shares.set_title("share of each layer", loc="left", color=MUTED, fontsize=10)
    shares.set_ylim(-0.03, 1.03)
    shares.legend(fontsize=8, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.14))
    lives.set_title("one row a unit, dark while it is dead", loc="left", color=MUTED, fontsize=10)
    alive = np.repeat(1.0 - ALIVE * (1.0 - colours), statistics.units, axis=0)[:, None]
    cells = np.where(statistics.unit_dead.T[..., None], (0.11, 0.14, 0.19), alive)  # (units, records, 3)
    every = float(statistics.epoch[1] - statistics.epoch[0]) if len(statistics.epoch) > 1 else 1.0
    ends = (-every / 2.0, float(statistics.epoch[-1]) + every / 2.0, float(len(cells)), 0.0)
    lives.imshow(cells, extent=ends, aspect="auto", interpolation="nearest")
    borders = np.cumsum([0, *statistics.units])
    lives.set_yticks((borders[:-1] + borders[1:]) / 2.0, names)
    for border in borders[1:-1]:
        lives.axhline(border, color="white", linewidth=2.0)
    write(figure, path)
