"""The loss taken apart: data and penalty over the epochs, the weights, and the examples that the loss comes from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.exchange.report.sheet import MUTED, TEXT, WIDTH, class_colours, dress, plain, sheet, write
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.looks.loss_breakdown import WORST, LossBreakdown
from playground.experiment.scene import Scene
from playground.options.layers import layer_names
from playground.options.numerals import counted, percent, trimmed

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def picture(frame: Frame, path: Path) -> None:
    """Three pictures side by side.

    Raises:
        ValueError: when the frame holds no curves, or no loss taken apart.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    look, curves = frame.look(LossBreakdown), frame.curves
    if look is None or curves is None:
        raise ValueError("the frame holds no loss taken apart")
    title = f"{plain(frame.scene.origin, 50)}: loss taken apart"
    figure = sheet(4.4, 1.6 * WIDTH, title)
    panels: Any = figure.subplots(1, 3)
    dress(*panels)
    _draw_history(panels[0], curves)
    _draw_weights(panels[1], look)
    _draw_examples(panels[2], look, frame.scene)
    write(figure, path)


def _draw_history(axes: Axes, curves: Curves) -> None:
    lines = (
        ("sum", curves.train_loss + curves.penalty, MUTED),
        ("data", curves.train_loss, "#0877bd"),
        ("penalty", curves.penalty, "#8e2a86"),
    )
    for name, values, colour in lines:
        drawable = np.where(np.abs(values) < 1e150, values, np.nan)
        axes.plot(curves.epoch, drawable, color=colour, label=f"{name}  {trimmed(values[-1])}")
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("epoch")
    axes.set_title("training loss and penalty", loc="left", color=MUTED, fontsize=10)
    axes.legend(fontsize=8, frameon=False)


def _draw_weights(axes: Axes, look: LossBreakdown) -> None:
    from matplotlib import colormaps

    below = np.zeros(look.counts.shape[1])
    for index, (name, counts) in enumerate(zip(layer_names(len(look.counts)), look.counts, strict=True)):
        colour = colormaps["viridis"](0.82 * index / max(len(look.counts) - 1, 1))
        axes.bar(look.edges[:-1], counts, np.diff(look.edges), below, align="edge", color=colour, label=name)
        below = below + counts
    axes.set_xlabel("weight")
    title = f"{counted(look.zeros.sum())} of {counted(look.weights.sum())} weights are exactly 0"
    axes.set_title(title, loc="left", color=MUTED, fontsize=10)
    axes.legend(fontsize=8, frameon=False)


def _draw_examples(axes: Axes, look: LossBreakdown, scene: Scene) -> None:
    ranks, finite = np.arange(1, len(look.losses) + 1), np.where(look.losses < 1e150, look.losses, np.nan)
    colours = class_colours(look.y) if scene.classes else look.y
    axes.scatter(ranks, finite, s=10, c=colours, cmap=None if scene.classes else "viridis")
    axes.scatter(ranks[:WORST], finite[:WORST], s=40, facecolors="none", edgecolors=TEXT, linewidths=0.8)
    axes.set_xlabel("training examples, from the worst to the best")
    share = percent(look.worst_share, 0)
    title = f"the worst {min(WORST, len(ranks))} make {share} of the loss"
    axes.set_title(title, loc="left", color=MUTED, fontsize=10)
