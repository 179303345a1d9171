"""One weight over all steps that were seen of it: its gradient, what the optimizer remembers, the effective rate, the step."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from playground.data.dataset import Floats
from playground.exchange.report.sheet import BORDER, MUTED, WIDTH, plain, sheet, write
from playground.experiment.frame import Frame
from playground.experiment.looks.optimizer_trace import OptimizerTrace, Steps
from playground.options.layers import layer_names
from playground.options.numerals import counted

COLOURS = ("#0877bd", "#c2620a", "#8e2a86", "#5b6575")  # as in the window


def picture(frame: Frame, path: Path) -> None:
    """Small pictures over one axis of steps, two a row.

    Raises:
        ValueError: when no step of the weight has been seen.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    trace = frame.look(OptimizerTrace)
    if trace is None or not len(trace.history.step):
        raise ValueError("no step of the weight has been seen")
    look = trace.history
    panels = _panels(look)
    rows = -(-len(panels) // 2)
    weight, layers = trace.weight, layer_names(len(frame.weights))
    to = "bias" if weight.input == frame.weights[weight.layer].shape[1] - 1 else f"input {weight.input + 1}"
    name = f"{layers[weight.layer]}, unit {weight.unit + 1}, {to}"
    steps = f"steps {counted(look.step[0])} to {counted(look.step[-1])}"
    title = f"{plain(frame.scene.origin, 50)}: one weight ({name}), {steps}"
    figure = sheet(0.8 + 1.7 * rows, 1.25 * WIDTH, title)
    for index, (title, lines) in enumerate(panels.items()):
        axes = figure.add_subplot(rows, 2, index + 1)
        axes.tick_params(colors=MUTED, labelsize=8)
        axes.spines[:].set_color(BORDER)
        axes.set_title(title, loc="left", color=MUTED, fontsize=10)
        for (symbol, values), colour in zip(lines.items(), COLOURS, strict=False):
            axes.plot(
                trace.since,
                np.where(np.isfinite(values), values, np.nan),
                color=colour,
                linewidth=1.2,
                label=symbol,
            )
        if title in look.sizes or title == "rate":
            axes.set_yscale("log", nonpositive="mask")
        axes.set_xscale("log")
        axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        if index >= len(panels) - 2:
            first = look.step[0]
            axes.set_xlabel("step" if first == 1 else f"step, counted from {counted(first)} on", fontsize=9)
    write(figure, path)


def _panels(look: Steps) -> dict[str, dict[str, Floats]]:
    """Titles, and below each its lines by symbol."""
    gradient = {"∂L/∂w": look.gradient, "penalty's share": look.penalty, "clipped": look.clipped}
    rate = {"effective": look.effective, "ε": look.rate}
    step = {"Δw": look.moved, "decay": look.decay, "pull": look.pull}
    return {
        "gradient": _known(gradient),
        **{slot: dict(lines) for slot, lines in look.memories.items()},
        "rate": _known(rate),
        "step": _known(step),
        "weight": {"w": look.value},
    }


def _known(lines: dict[str, Floats | None]) -> dict[str, Floats]:
    return {symbol: values for symbol, values in lines.items() if values is not None}
