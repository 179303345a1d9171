"""The layers compared: norms over time, what a gradient meets on its way back, how all is spread, size of updates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playground.data.dataset import Floats
from playground.exchange.report.sheet import CLASSES, MUTED, TEXT, WIDTH, dress, dress_bar, plain, sheet, write
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.gradient_flow import EDGES, PER_DECADE, GradientFlow
from playground.options.layers import layer_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ORANGE, BLUE = "#c2620a", "#0877bd"  # slopes and gradients, weights: as in the window
STRIPE = "#fff3df"  # under the layer to blame
HEALTHY = (10**-3.5, 10**-2.5)  # of ‖Δw‖ / ‖w‖; Karpathy and Johnson, CS231n notes
USUAL = (-6.0, 1.0)  # powers of ten that the histograms always show


def picture(frame: Frame, path: Path) -> None:
    """Four pictures in one, and the sentence that names the layer to blame.

    Raises:
        ValueError: when the frame holds no anatomy.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    flow = frame.look(GradientFlow)
    if flow is None:
        raise ValueError("the frame holds no anatomy")
    figure = sheet(7.6, 1.25 * WIDTH, f"{plain(frame.scene.origin, 50)}: layers\n\n")
    figure.text(0.01, 0.95, str(flow.sentence), color=TEXT, fontsize=10, va="top")
    names = layer_names(len(flow.slope))
    (waterfall, factors), (spread, updates) = figure.subplots(2, 2)
    for axes in (waterfall, factors, spread, updates):
        dress(axes)
        if axes is not updates:
            axes.set_yticks(range(len(names)), names)
            axes.set_ylim(-0.5, len(names) - 0.5)
    _draw_waterfall(waterfall, frame.curves)
    _draw_factors(factors, flow)
    _draw_spread(spread, flow)
    _draw_updates(updates, frame.look(LayerStatistics), names)
    write(figure, path)


def _draw_waterfall(axes: Axes, curves: Curves | None) -> None:
    """Layer by time, coloured by the norm's logarithm."""
    from matplotlib.colors import LogNorm

    axes.set_title("norm of ∂L/∂W over the epochs", loc="left", color=MUTED, fontsize=10)
    if curves is None:
        return
    norms, known = curves.gradient_norm, np.isfinite(curves.gradient_norm).any(axis=1)
    drawable = np.ma.masked_where(~(np.isfinite(norms) & (norms > 0.0)), norms)[known]
    if not drawable.count():
        return
    epochs = curves.epoch[known]
    edges = np.concatenate([[0.0], (epochs[1:] + epochs[:-1]) / 2.0, epochs[-1:]])
    rows = np.arange(norms.shape[1] + 1) - 0.5
    low, high = float(drawable.min()), float(drawable.max())
    scale = LogNorm(low, high if high > low else 10.0 * low)
    mesh = axes.pcolormesh(edges, rows, drawable.T, norm=scale, cmap="viridis", rasterized=True)
    bar = axes.figure.colorbar(mesh, ax=axes)
    dress_bar(bar)


def _draw_factors(axes: Axes, flow: GradientFlow) -> None:
    """From × 1, mean |f′|, the gain of Wᵀ and of the signal as bars, and a dot for the ratio of ‖δ‖."""
    axes.set_title("factors on the gradient's way back, and the signal's up", loc="left", color=MUTED, fontsize=10)
    rows = np.arange(len(flow.slope) - 1)
    if flow.culprit is not None:
        axes.axhspan(flow.culprit - 0.5, flow.culprit + 0.5, color=STRIPE)
    kinds = (
        (np.where(flow.normalised, flow.passed, flow.slope)[:-1], 0.26, ORANGE, f"slopes: {_slopes(flow)}"),
        (flow.gain[:-1], 0.0, BLUE, "weights above: ‖Wᵀδ‖ / ‖δ‖"),
        (flow.forward, -0.26, CLASSES[3], "signal: spread of z to that below"),
    )
    for factor, aside, colour, label in kinds:
        axes.barh(np.arange(len(factor)) + aside, _logarithms(factor), height=0.25, color=colour, label=label)
    axes.plot(_logarithms(flow.ratio[:-1]), rows, "o", color=TEXT, markersize=5, label="δ: ratio to the layer above")
    furthest = max(np.abs(axes.get_xlim()).max(), 1.0)
    axes.set_xlim(-furthest, furthest)
    axes.set_xticks(np.linspace(-furthest, furthest, 5))
    axes.axvline(0.0, color=MUTED, linewidth=0.8)
    axes.xaxis.set_major_formatter(lambda value, _: f"× {10.0**value:.2g}")
    axes.legend(fontsize=8, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=2)


def _slopes(flow: GradientFlow) -> str:
    return "mean |f′|, with a normalisation both" if flow.normalised.any() else "mean |f′|"


def _draw_spread(axes: Axes, flow: GradientFlow) -> None:
    """For each layer how many gradients and weights there are of each size."""
    axes.set_title("sizes now, zeros apart", loc="left", color=MUTED, fontsize=10)
    filled = np.flatnonzero((flow.gradients + flow.weights).any(axis=0))
    low = min(EDGES[filled[0]], USUAL[0]) if len(filled) else USUAL[0]
    high = max(EDGES[filled[-1] + 1], USUAL[1]) if len(filled) else USUAL[1]
    kinds = (
        (flow.gradients, flow.zero_gradients, ORANGE, "gradients |∂L/∂w|"),
        (flow.weights, flow.zero_weights, BLUE, "weights |w|"),
    )
    for counts, zeros, colour, label in kinds:
        heights = np.column_stack([zeros, counts]).astype(float)
        heights *= 0.8 / np.maximum(heights.max(axis=1, keepdims=True), 1.0)
        row, bin = np.nonzero(heights)
        at = np.where(bin == 0, low - 0.75, EDGES[0] + (bin - 0.5) / PER_DECADE)
        axes.bar(at, heights[row, bin], 1.0 / PER_DECADE, row - 0.45, color=colour, alpha=0.65, label=label)
    axes.set_xlim(low - 1.0, high)
    ticks = np.arange(np.ceil(low), high + 0.5, 2.0)
    axes.set_xticks([low - 0.75, *ticks], ["0", *(f"$10^{{{tick:.0f}}}$" for tick in ticks)])
    axes.legend(fontsize=8, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.08), ncols=2)


def _draw_updates(axes: Axes, layer_statistics: LayerStatistics | None, names: Sequence[str]) -> None:
    """‖Δw‖ / ‖w‖ of each layer over the epochs, and the healthy band."""
    from matplotlib import colormaps

    axes.set_title("‖Δw‖ / ‖w‖ of a step; band: healthy (CS231n)", loc="left", color=MUTED, fontsize=10)
    axes.axhspan(*HEALTHY, color=BLUE, alpha=0.12)
    axes.set_yscale("log")
    axes.set_xlabel("epoch", fontsize=9)
    if layer_statistics is None:
        return
    for index, name in enumerate(names):
        ratios = np.where(layer_statistics.update[:, index] > 0.0, layer_statistics.update[:, index], np.nan)
        colour = colormaps["viridis"](0.82 * index / max(len(names) - 1, 1))
        marker = "." if len(layer_statistics.epoch) < 20 else ""
        axes.plot(layer_statistics.epoch, ratios, color=colour, linewidth=1.0, marker=marker, label=name)
    axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _logarithms(factors: Floats) -> Floats:
    """Of what has one; of the rest no bar, NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(factors)
    return np.where(np.isfinite(logs), logs, np.nan)
