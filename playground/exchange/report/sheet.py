"""The sheets that pictures are drawn on, in the colours of the window: what all pictures of a run have in common.

matplotlib is imported on use, and of it only the figures: pyplot would keep global state and look for a screen.
"""

from __future__ import annotations

import io
import textwrap
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from playground.exchange.atomic import write_atomically
from playground.experiment.frame import Frame
from playground.options.numerals import counted, percent, written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.figure import Figure

# Orange and blue first, so that of two classes they are no and yes; then Okabe and Ito 2008.
CLASSES = ("#f59322", "#0877bd", "#009e73", "#cc79a7", "#f0e442", "#56b4e9", "#d55e00", "#999999")
MIDDLE = "#f1f2f4"  # half-way between no and yes
TEXT, MUTED, BORDER, WARNING = "#1c2330", "#5b6575", "#d5d9e0", "#7a4a00"

WIDTH = 8.0  # inches
DOTS_PER_INCH = 150
LONGEST = 80  # characters of a line below the title
MOST_NAMES = 12  # of classes in the legend


def sheet(height: float, width: float = WIDTH, title: str = "") -> Figure:
    """An empty sheet, in inches, with a title on top."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout="constrained", facecolor="white")
    if title:
        figure.suptitle(title, x=0.01, ha="left", color=TEXT, fontweight="bold")
    return figure


def dress(*axes: Axes) -> None:
    """Quiet numbers and borders."""
    for each in axes:
        each.tick_params(which="both", colors=MUTED, labelsize=9)
        each.spines[:].set_color(BORDER)


def dress_bar(bar: Colorbar) -> Colorbar:
    """A colour bar as quiet as the axes."""
    bar.outline.set_visible(False)
    bar.ax.tick_params(colors=MUTED, labelsize=9)
    return bar


def scored_sheet(frame: Frame, title: str, height: float) -> tuple[Figure, Axes]:
    """An empty picture with the run's name and scores on top."""
    figure = sheet(height)
    axes = figure.add_subplot()
    dress(axes)
    scores = _scores(frame)
    axes.set_title(scores, loc="left", pad=8, color=WARNING if frame.divergence else MUTED, fontsize=10)
    above = (0, 14 + 13 * len(scores.splitlines()))  # points
    axes.annotate(title, (0, 1), above, "axes fraction", "offset points", color=TEXT, fontsize=14, fontweight="bold")
    return figure, axes


def class_colours(indices: Any) -> Any:
    """Colours (..., 4) of class indices (...); after eight they begin again."""
    from matplotlib.colors import to_rgba_array

    return to_rgba_array(CLASSES)[np.asarray(indices, int) % len(CLASSES)]


def plain(text: str, longest: int) -> str:
    """A text from outside, not too long, and with no formula in it for matplotlib to find."""
    return (text if len(text) <= longest else text[: longest - 1] + "…").replace("$", r"\$")


def write(figure: Figure, path: Path) -> None:
    """Leave the picture, as a PNG file, or whatever was there before."""
    content = io.BytesIO()
    with warnings.catch_warnings(), np.errstate(all="ignore"):  # outputs may be enormous
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)  # it draws a box instead
        figure.savefig(content, format="png")
    write_atomically(path, content.getvalue())


def _scores(frame: Frame) -> str:
    """Losses and accuracies of the parts there are, and what has become of the run, in lines that fit."""
    scores = frame.scores
    losses = {"training": scores.train_loss, "validation": scores.validation_loss, "test": scores.test_loss}
    shares = {"training": scores.train_accuracy, "validation": scores.validation_accuracy, "test": scores.test_accuracy}
    text = f"epoch {counted(frame.epoch)} · loss "
    text += ", ".join(f"{written(loss)} {part}" for part, loss in losses.items() if loss is not None)
    if scores.train_accuracy is not None:
        text += " · accuracy " if scores.validation_accuracy is None else "\naccuracy "
        text += ", ".join(f"{percent(share)} {part}" for part, share in shares.items() if share is not None)
    sentence = frame.divergence.message if frame.divergence else frame.ending
    return "\n".join([text, *textwrap.wrap(str(sentence), LONGEST)])
