"""Output unit and loss: how hard an answer is pulled for each pre-activation, and the loss itself."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import numpy as np

from playground.data.dataset import Floats
from playground.exchange.report.sheet import LONGEST, MUTED, TEXT, WARNING, class_colours, dress, plain, sheet, write
from playground.experiment.frame import Frame
from playground.experiment.looks.loss_gradient import LossGradient
from playground.experiment.scene import Scene
from playground.options.message import Sentence
from playground.options.numerals import trimmed


def picture(frame: Frame, path: Path) -> None:
    """∂L/∂z with the examples on it, dashed that of the matched pair, and L beside it.

    Raises:
        ValueError: when the frame holds no guard.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    loss_gradient, scene = frame.look(LossGradient), frame.scene
    if loss_gradient is None:
        raise ValueError("the frame holds no guard")
    figure = sheet(4.6)
    remark = "\n".join(textwrap.wrap(str(Sentence("{remark}", remark=scene.remark)), LONGEST))
    figure.suptitle(
        f"{scene.output} with {scene.loss}" + "\n" * (1 + len(remark.splitlines())),
        x=0.01,
        ha="left",
        color=TEXT,
        fontweight="bold",
    )
    figure.text(0.01, 0.93, remark, color=WARNING, fontsize=9, va="top")
    pull, loss = figure.subplots(1, 2, width_ratios=(5, 2))
    # Of numbers without viridis's end that fades into the paper.
    colours = colours_of(
        loss_gradient.targets if scene.classes else _spread(len(loss_gradient.targets), scene), scene, loss_gradient
    )
    for row, (target, colour) in enumerate(zip(loss_gradient.targets, colours, strict=True)):
        pull.plot(
            loss_gradient.z,
            loss_gradient.slopes[row],
            color=colour,
            label=_name(loss_gradient, scene, row, float(target)),
        )
        loss.plot(loss_gradient.z, loss_gradient.losses[row], color=colour, linewidth=1.0)
    for row, slopes in enumerate(loss_gradient.matched):
        label = f"{loss_gradient.match} (matched)" if row == 0 else None
        pull.plot(loss_gradient.z, slopes, color=colours[row], linewidth=1.0, linestyle="--", label=label)
    own = (
        class_colours(loss_gradient.example_y)
        if scene.classes
        else colours_of(loss_gradient.example_y, scene, loss_gradient)
    )
    pull.scatter(
        loss_gradient.example_z, loss_gradient.example_slopes, s=14, c=own, edgecolors="white", linewidths=0.4, zorder=3
    )
    pull.axhline(0.0, color=MUTED, linewidth=0.7)
    for axes, label in ((pull, "∂L/∂z"), (loss, "L")):
        axes.set_xlim(loss_gradient.z[0], loss_gradient.z[-1])
        axes.set_xlabel("pre-activation z of the output")
        axes.set_ylabel(label)
        dress(axes)
    spans = np.vstack([loss_gradient.slopes, loss_gradient.matched])
    air = 0.06 * float(np.ptp(spans)) or 1.0
    pull.set_ylim(float(spans.min()) - air, float(spans.max()) + air)
    if loss_gradient.coupled:
        pull.set_xlabel("pre-activation z of the output (of the curves all others are 0)")
    loss.set_xlabel("z")
    pull.legend(fontsize=8, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3)
    write(figure, path)


def colours_of(values: Floats, scene: Scene, loss_gradient: LossGradient) -> Any:
    """Of numbers along viridis; of the targets no and yes the classes', or grey for all classes but the one shown."""
    from matplotlib import colormaps

    if not scene.classes:
        return colormaps["viridis"](np.clip((values - scene.low) / (scene.high - scene.low), 0.0, 1.0))
    if loss_gradient.outputs == 1:
        return class_colours([0, 1])
    return [MUTED, class_colours([loss_gradient.output])[0]]


def _spread(count: int, scene: Scene) -> Floats:
    """So many numbers at equal distances, which do not reach the highest."""
    return scene.low + (scene.high - scene.low) * np.linspace(0.0, 0.82, count)


def _name(loss_gradient: LossGradient, scene: Scene, row: int, target: float) -> str:
    if not scene.classes:
        return f"target {trimmed(target)}"
    if loss_gradient.outputs == 1:
        return f"target {plain(scene.classes[row], 30)}"
    return f"target {'' if row else 'not '}{plain(scene.classes[loss_gradient.output], 30)}"
