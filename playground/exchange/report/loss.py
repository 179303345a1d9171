"""The losses over the epochs, of several members each one's as a thin line."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playground.data.dataset import Floats
from playground.exchange.report.sheet import BORDER, plain, scored_sheet, write
from playground.experiment.frame import Frame

TRAIN, VALIDATION, TEST = "#0877bd", "#8e2a86", "#c2620a"  # as in the window


def picture(frame: Frame, path: Path) -> None:
    """Training, validation and test loss.

    Raises:
        ValueError: when the frame holds no curves.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    curves = frame.curves
    if curves is None:
        raise ValueError("the frame holds no curves")
    of = f", mean of {len(frame.scene.members)} members" if len(frame.scene.members) > 1 else ""
    figure, axes = scored_sheet(frame, f"{plain(frame.scene.origin, 38)}: loss{of}", height=5.0)
    held_out = VALIDATION if frame.scene.validated else TEST
    for losses, colour in ((curves.train_losses, TRAIN), (curves.held_out_losses, held_out)):
        axes.plot(curves.epoch, _drawable(losses), color=colour, linewidth=0.6, alpha=0.3)
    lines = [("training", curves.train_loss, TRAIN), ("test", curves.test_loss, TEST)]
    if frame.scene.validated:
        lines.insert(1, ("validation", curves.validation_loss, VALIDATION))
    marker = "." if len(curves) < 20 else ""  # a line through a single record would not be seen
    for name, values, colour in lines:
        axes.plot(curves.epoch, _drawable(values), color=colour, linewidth=1.8, marker=marker, label=name)
    everything = np.concatenate([_drawable(values) for _, values, _ in lines])
    known = everything[np.isfinite(everything)]
    if len(known) and known.min() > 0.0 and known.max() > 10.0 * known.min():
        axes.set_yscale("log")
    axes.set_xlim(0.0, float(curves.epoch[-1]) or 1.0)
    axes.set_xlabel("epoch")
    axes.set_ylabel(plain(frame.scene.loss, 60))
    axes.grid(axis="y", color=BORDER, linewidth=0.6)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    write(figure, path)


def _drawable(losses: Floats) -> Floats:
    """Without what no axis can hold."""
    return np.where(np.abs(losses) < 1e150, losses, np.nan)
