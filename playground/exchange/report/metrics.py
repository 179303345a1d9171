"""How good the answers are: confusion, ROC and reliability of classes, answers and residuals of a number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.exchange.report.sheet import (
    BORDER,
    MOST_NAMES,
    MUTED,
    TEXT,
    WIDTH,
    class_colours,
    dress,
    plain,
    sheet,
    write,
)
from playground.experiment.frame import Frame
from playground.experiment.looks.metrics import Metrics
from playground.experiment.scene import Scene
from playground.options.numerals import counted, percent, written

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTS = {"train": "training", "validation": "validation", "test": "test"}


def picture(frame: Frame, path: Path) -> None:
    """Side by side, of the part that the window judges.

    Raises:
        ValueError: when the frame holds no metrics.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    judged, scene = frame.look(Metrics), frame.scene
    if judged is None:
        raise ValueError("the frame holds no metrics")
    title = f"{plain(scene.origin, 50)}: {counted(judged.examples)} {PARTS[judged.part]} examples judged"
    figure = sheet(4.8, 1.6 * WIDTH, title)
    panels: Any = figure.subplots(1, 3 if scene.classes else 2)
    dress(*panels)
    if scene.classes:
        _draw_confusion(panels[0], judged, scene)
        _draw_roc(panels[1], judged, scene)
        _draw_reliability(panels[2], judged)
    else:
        _draw_answers(panels[0], judged, scene)
        _draw_residuals(panels[1], judged)
    write(figure, path)


def _draw_confusion(axes: Axes, judged: Metrics, scene: Scene) -> None:
    """Each column in its class's colour, as strong as the share of the row."""
    counts = judged.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    cells = np.ones((*counts.shape, 4))
    colours = class_colours(np.arange(len(counts)))
    strength = (0.06 + 0.79 * shares)[..., None]
    cells[..., :3] = 1.0 - strength * (1.0 - colours[None, :, :3])
    axes.imshow(cells)
    if len(counts) <= MOST_NAMES:
        names = [plain(name, 14) for name in scene.classes]
        axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
        axes.set_yticks(range(len(names)), names)
        for row, column in np.ndindex(counts.shape):
            axes.text(column, row, counted(int(counts[row, column])), ha="center", va="center", color=TEXT, fontsize=9)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    right = 100.0 * np.trace(counts) / max(judged.examples, 1)
    axes.set_title(f"{right:.1f} % right", loc="left", color=MUTED, fontsize=10)


def _draw_roc(axes: Axes, judged: Metrics, scene: Scene) -> None:
    axes.plot([0.0, 1.0], [0.0, 1.0], color=MUTED, linewidth=0.8, linestyle="--")
    for index, (roc, area) in enumerate(zip(judged.roc, judged.auc, strict=True)):
        of_class = index if len(judged.roc) > 1 else 1
        label = f"{plain(scene.classes[of_class], 20)}  {written(area)}" if index < MOST_NAMES else None
        axes.plot(roc[0], roc[1], color=class_colours([of_class])[0], label=label)
    axes.set_xlabel("false positive rate")
    axes.set_ylabel("true positive rate")
    axes.set_title("ROC, and the area under it", loc="left", color=MUTED, fontsize=10)
    axes.legend(fontsize=8, frameon=False, loc="lower right")


def _draw_reliability(axes: Axes, judged: Metrics) -> None:
    said, right, sizes = judged.reliability.T
    known, largest = sizes > 0.0, max(float(sizes.max()), 1.0)
    axes.bar((np.arange(len(sizes)) + 0.5) / len(sizes), 0.25 * sizes / largest, 0.09, color=BORDER)
    axes.plot([0.0, 1.0], [0.0, 1.0], color=MUTED, linewidth=0.8, linestyle="--")
    axes.plot(said[known], right[known], color="#0877bd", marker="o")
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, 1.02)
    axes.set_xlabel("probability said")
    axes.set_ylabel("share right")
    error = f"expected calibration error {percent(judged.calibration_error)}"
    axes.set_title(error, loc="left", color=MUTED, fontsize=10)


def _draw_answers(axes: Axes, judged: Metrics, scene: Scene) -> None:
    ends = [float(judged.truth.min()), float(judged.truth.max())]
    axes.plot(ends, ends, color=MUTED, linewidth=0.8, linestyle="--")
    axes.scatter(judged.truth, judged.answer, s=12, c=judged.truth, edgecolors="white", linewidths=0.3, cmap="viridis")
    axes.set_xlabel(f"true {plain(scene.target, 40)}")
    axes.set_ylabel("answer")
    axes.set_title(f"R² {written(judged.explained)}", loc="left", color=MUTED, fontsize=10)


def _draw_residuals(axes: Axes, judged: Metrics) -> None:
    axes.bar(
        judged.edges[:-1], judged.residuals, np.diff(judged.edges), align="edge", color="#c2620a", edgecolor="white"
    )
    axes.set_xlabel("answer − truth")
    axes.set_ylabel("examples")
    axes.set_title(f"root mean squared error {written(judged.error)}", loc="left", color=MUTED, fontsize=10)
