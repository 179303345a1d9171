"""Pictures of a run without a screen, as PNG files: the boundary and the gradients. Knows no session and no Qt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.data.dataset import Floats
from playground.exchange.report.sheet import (
    BORDER,
    CLASSES,
    MIDDLE,
    MOST_NAMES,
    MUTED,
    TEXT,
    class_colours,
    dress_bar,
    plain,
    scored_sheet,
    write,
)
from playground.experiment.frame import Frame
from playground.experiment.scene import Scene
from playground.options.layers import layer_names
from playground.options.numerals import counted, trimmed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.image import AxesImage
    from matplotlib.lines import Line2D

SYMBOLS = ("o", "s", "v", "d", "*", "p", "h", "X")  # classes by shape too
BROKEN = "#9aa0a8"  # where an output is no number
MOST_POINTS = 5000  # of either part; more would hide one another
PALE_POINT = 0.45  # share of its own colour inside a validation point
PALE = 0.75  # of the plane's colours, so that the points stand out from it

Colouring = Callable[[Any], Any]  # targets (...) to colours (..., 4)


def boundary_picture(frame: Frame, path: str | Path) -> None:
    """What the network answers over the drawn plane, of several members their mean, with the points of all parts.

    Raises:
        ValueError: when the frame holds no outputs.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    scene, outputs = frame.scene, frame.outputs
    if outputs is None:
        raise ValueError("the frame holds no outputs")
    of = f", mean of {len(scene.members)} members" if len(scene.members) > 1 else ""
    figure, axes = scored_sheet(frame, plain(scene.origin, 38 - len(of) // 2) + of, height=7.2)
    if scene.graph:
        colouring = _draw_graph(axes, scene, outputs[0])
    elif not scene.classes:
        colouring = _draw_surface(axes, scene, outputs[0])
    elif len(outputs) == 1:
        colouring = _draw_answer(axes, scene, outputs[0])
    else:
        colouring = _draw_classes(axes, scene, outputs)
    _draw_points(axes, scene, colouring, broken=not np.isfinite(outputs).all())
    horizontal, vertical = (plain(scene.columns[axis], 60) for axis in scene.axes)
    axes.set_xlabel(f"{horizontal}\n{plain(scene.held, 90)}" if scene.held else horizontal)
    axes.set_ylabel(
        vertical if not scene.graph else f"output ({scene.output})" if scene.classes else plain(scene.target, 60)
    )
    axes.set_box_aspect(1)
    write(figure, Path(path))


def gradients_picture(frame: Frame, path: str | Path) -> None:
    """The norm of each layer's weight gradient over the epochs, on a log scale.

    Raises:
        ValueError: when the frame holds no curves.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    from matplotlib import colormaps

    curves = frame.curves
    if curves is None:
        raise ValueError("the frame holds no curves")
    figure, axes = scored_sheet(frame, f"{plain(frame.scene.origin, 25)}: gradient of each layer's weights", height=5.0)
    drawable = np.isfinite(curves.gradient_norm) & (curves.gradient_norm > 0.0)
    window = max(len(curves) // 50, 1)
    marker = "." if len(curves) < 20 else ""  # a line through a single record would not be seen
    for index, name in enumerate(layer_names(drawable.shape[1])):
        norms, seen = curves.gradient_norm[:, index], drawable[:, index]
        colour = colormaps["viridis"](0.82 * index / max(drawable.shape[1] - 1, 1))
        axes.plot(curves.epoch, np.where(seen, norms, np.nan), color=colour, linewidth=0.7, alpha=0.35)
        middle = _running_mean(curves.epoch[seen], window), np.exp(_running_mean(np.log(norms[seen]), window))
        label = f"{name}  {trimmed(frame.gradient_now[index, 0], 2)}" if frame.step else name
        axes.plot(*middle, color=colour, linewidth=1.8, marker=marker, label=label)
    if drawable.any():
        axes.set_yscale("log")
    else:
        axes.set_yticks([])
        state = "no gradient yet" if np.isnan(curves.gradient_norm).all() else "every gradient is 0"
        axes.text(0.5, 0.5, state, color=MUTED, ha="center", va="center", transform=axes.transAxes)
    axes.set_xlim(0.0, float(curves.epoch[-1]) or 1.0)
    axes.set_xlabel("epoch" if window == 1 else f"epoch (thick: geometric mean of {window} records)")
    axes.set_ylabel("norm of ∂L/∂W over a mini-batch")
    axes.grid(axis="y", color=BORDER, linewidth=0.6)
    title = "norm now" if frame.step else None
    axes.legend(title=title, loc="upper left", bbox_to_anchor=(1.01, 1.0), alignment="left", frameon=False)
    write(figure, Path(path))


def _draw_surface(axes: Axes, scene: Scene, values: Floats) -> Colouring:
    """A number over the plane, in viridis, with its scale."""
    image = _show(axes, scene, values, cmap="viridis", vmin=scene.low, vmax=scene.high)
    _bar(axes, image, plain(scene.target, 60), extend="both")
    return image.to_rgba


def _draw_graph(axes: Axes, scene: Scene, output: Floats) -> Colouring:
    """The one answer to a single input, as a line."""
    from matplotlib.colors import Normalize

    low, high = scene.extent[:2]
    x = low + (np.arange(output.shape[1]) + 0.5) / output.shape[1] * (high - low)
    axes.plot(x, output[0], color=TEXT, linewidth=1.8, zorder=5)
    if scene.classes:
        return class_colours
    from matplotlib import colormaps

    scale = Normalize(scene.low, scene.high, clip=True)
    return lambda values: colormaps["viridis"](scale(values))


def _draw_answer(axes: Axes, scene: Scene, output: Floats) -> Colouring:
    """One output, orange to blue for no to yes, and a line where it says neither."""
    from matplotlib.colors import LinearSegmentedColormap

    table = LinearSegmentedColormap.from_list("no to yes", [CLASSES[0], MIDDLE, CLASSES[1]])
    image = _show(axes, scene, output, cmap=table, vmin=scene.low, vmax=scene.high)
    middle = 0.5 * (scene.low + scene.high)
    if np.isfinite(output).all() and output.min() < middle < output.max():
        axes.contour(output, [middle], colors=TEXT, linewidths=0.8, origin="lower", extent=scene.extent)
    bar = _bar(axes, image, f"output ({scene.output})", extend="neither")
    bar.set_ticks(np.linspace(scene.low, scene.high, 5).tolist())
    return class_colours


def _draw_classes(axes: Axes, scene: Scene, outputs: Floats) -> Colouring:
    """Each place in the colour of its class, the paler the closer the runner-up."""
    from matplotlib.colors import to_rgb

    shares = np.clip((outputs - scene.low) / (scene.high - scene.low), 0.0, 1.0)  # (classes, rows, columns)
    second, first = np.sort(shares, axis=0)[-2:]
    lead = (first - second)[..., None]
    ground = np.array(to_rgb(MIDDLE))
    colours = ground + lead * (class_colours(shares.argmax(axis=0))[..., :3] - ground)
    _show(axes, scene, np.where(np.isnan(lead), to_rgb(BROKEN), colours))
    return class_colours


def _draw_points(axes: Axes, scene: Scene, colouring: Colouring, broken: bool) -> None:
    """Training points filled, below them validation points pale, and test points hollow; and the legend."""
    from matplotlib.colors import to_rgb

    classes = scene.classes[:MOST_NAMES]
    handles = [_mark(plain(name, 24), _symbol(index), class_colours(index)) for index, name in enumerate(classes)]
    if len(classes) < len(scene.classes):
        handles.append(_mark(f"and {len(scene.classes) - len(classes)} more classes", ""))
    parts = (
        ("training", scene.train_points, scene.train_y, 1.0),
        ("validation", scene.validation_points, scene.validation_y, PALE_POINT),
        ("test", scene.test_points, scene.test_y, 0.0),
    )
    for word, points, y, share in parts:
        if not len(y) and word == "validation":
            continue
        every = -(-len(points) // MOST_POINTS)
        _scatter(axes, points[::every], y[::every], scene, colouring, share)
        drawn = counted(len(y)) if every == 1 else f"{counted(len(y[::every]))} of {counted(len(y))}"
        handles.append(_mark(f"{word} ({drawn})", "o", face=_paler(to_rgb(MUTED), share)))
    if broken:
        handles.append(_mark("no number", "s", BROKEN))
    axes.set(xlim=scene.extent[:2], ylim=scene.extent[2:])
    columns = min(len(handles), 4)
    axes.figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False, handletextpad=0.2)


def _scatter(axes: Axes, points: Floats, y: Floats, scene: Scene, colouring: Colouring, share: float) -> None:
    """Points (examples, 2), each class in its symbol, with a share of their colour inside."""
    kinds = y.astype(int) if scene.classes else np.zeros(len(y), int)
    area = float(np.clip(8000 / len(y), 8.0, 30.0))
    style: dict[str, Any] = {"s": area, "linewidths": 0.9, "zorder": 3 + share}
    for kind in np.unique(kinds):
        own = kinds == kind
        colours = colouring(y[own])[..., :3]
        edge = "white" if share == 1.0 else colours
        axes.scatter(*points[own].T, marker=_symbol(kind), facecolors=_paler(colours, share), edgecolors=edge, **style)


def _paler(colours: Any, share: float) -> Any:
    """A share of colours (..., 3), and for the rest white."""
    return 1.0 - share * (1.0 - np.asarray(colours))


def _mark(label: str, marker: str, colour: Any = MUTED, face: Any = None) -> Line2D:
    """An entry of the legend."""
    from matplotlib.lines import Line2D

    face = colour if face is None else face
    return Line2D([], [], linestyle="", marker=marker, color=colour, markerfacecolor=face, markersize=6.0, label=label)


def _show(axes: Axes, scene: Scene, cells: Any, **colours: Any) -> AxesImage:
    """Fill the plane with cells (rows, columns) or (rows, columns, 3), row 0 lowest."""
    smooth: dict[str, Any] = {"origin": "lower", "interpolation": "bilinear", "aspect": "auto", "alpha": PALE}
    image = axes.imshow(cells, extent=scene.extent, **smooth, **colours)
    image.set_cmap(image.get_cmap().with_extremes(bad=BROKEN))
    return image


def _bar(axes: Axes, image: AxesImage, label: str, extend: str) -> Colorbar:
    bar = axes.figure.colorbar(image, ax=axes, shrink=0.8, extend=extend, label=label)
    return dress_bar(bar)


def _symbol(index: int) -> str:
    """Moves on by one when the colours begin again, so that only after 64 classes two look the same."""
    return SYMBOLS[(index + index // len(CLASSES)) % len(SYMBOLS)]


def _running_mean(values: Floats, window: int) -> Floats:
    """(count - window + 1,), or nothing when there are fewer than `window` values."""
    return np.convolve(values, np.full(window, 1.0 / window), "valid") if len(values) >= window else values[:0]
