"""One example step by step, forward and back, with every matrix that has room. Knows no Qt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from playground.exchange.report.sheet import BORDER, CLASSES, DOTS_PER_INCH, MUTED, TEXT, WIDTH, plain, write
from playground.experiment.backprop.matrix import Matrix, brief, drawn
from playground.experiment.backprop.trace import BackpropTrace
from playground.experiment.frame import Frame
from playground.options.numerals import counted, written

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST, MOST_IF_LONG = 7, 4  # rows and columns drawn of a matrix
LONG = 24  # steps from which on there are too many numbers for a picture
CELL, LINE, LETTER = 0.56, 0.19, 0.065  # inches: a number's width and height, and a sign's letter
ACROSS = 1.4 * WIDTH
STRENGTH = 0.45  # of the largest number's colour


class Table(NamedTuple):
    """What is drawn of a matrix; None stands for rows or columns that are left out."""

    matrix: Matrix
    rows: tuple[int | None, ...]
    columns: tuple[int | None, ...]


Step = tuple[float, list[list[Table]]]  # its height in inches, and its tables line by line


def picture(frame: Frame, path: Path) -> None:
    """All steps of the walk below each other.

    Raises:
        ValueError: when the frame holds no walk.
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    from matplotlib.figure import Figure

    trace = frame.look(BackpropTrace)
    if trace is None:
        raise ValueError("the frame holds no trace")
    most = MOST if len(trace.steps) < LONG else MOST_IF_LONG
    laid_out = [_lines([_cut(matrix, most) for matrix in step.matrices]) for step in trace.steps]
    height = 0.9 + sum(high for high, _ in laid_out)
    figure = Figure(figsize=(ACROSS, height), dpi=DOTS_PER_INCH, facecolor="white")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set(xlim=(0.0, ACROSS), ylim=(height, 0.0))
    axes.set_axis_off()
    title = (
        f"{plain(frame.scene.origin, 40)}: training example {counted(trace.example + 1)} through the network and back"
    )
    axes.text(0.2, 0.3, title, color=TEXT, fontsize=14, fontweight="bold", va="center")
    check = f"loss {written(trace.loss)} · backpropagation is off finite differences by {written(trace.error, 2)}. {trace.note}"
    axes.text(0.2, 0.6, check, color=MUTED, fontsize=9, va="center")
    top = 0.9
    for step, (high, lines) in zip(trace.steps, laid_out, strict=True):
        axes.text(0.2, top + 0.12, step.title, color=TEXT, fontsize=9, fontweight="bold", va="center")
        axes.text(2.6, top + 0.12, step.formula, color=TEXT, fontsize=9, va="center")
        _draw_lines(axes, lines, top + 0.3)
        top += high
    write(figure, path)


def _cut(matrix: Matrix, most: int) -> Table:
    rows, columns = matrix.values.shape
    return Table(matrix, drawn(rows, most), drawn(columns, most))


def _lines(tables: list[Table]) -> Step:
    """Break a step's tables into lines that fit."""
    lines: list[list[Table]] = [[]]
    x = 0.2
    for table in tables:
        if lines[-1] and x + _width(table) > ACROSS:
            lines.append([])
            x = 0.2
        lines[-1].append(table)
        x += _width(table)
    return 0.45 + sum(_height(line) for line in lines), lines


def _draw_lines(axes: Axes, lines: list[list[Table]], top: float) -> None:
    for line in lines:
        x, middle = 0.2, top + LINE + (_height(line) - 2.0 * LINE) / 2
        for table in line:
            x += _sign(table)
            axes.text(x - 0.08, middle, table.matrix.sign, color=MUTED, fontsize=8, ha="right", va="center")
            _draw_table(axes, table, x, middle)
            x += _width(table) - _sign(table)
        top += _height(line)


def _draw_table(axes: Axes, table: Table, left: float, middle: float) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    matrix, rows, columns = table
    top = middle - len(rows) * LINE / 2
    axes.text(left, top - LINE / 2, matrix.title, color=MUTED, fontsize=8, va="center")
    cells = [[matrix.value(i, j) if i is not None and j is not None else np.nan for j in columns] for i in rows]
    largest = float(np.max(np.abs(matrix.values), initial=0.0, where=np.isfinite(matrix.values))) or 1.0
    across, down = left + CELL * np.arange(len(columns) + 1), top + LINE * np.arange(len(rows) + 1)
    colours = LinearSegmentedColormap.from_list("signs", [CLASSES[0], "white", CLASSES[1]])
    reach = largest / STRENGTH
    values = np.nan_to_num(np.array(cells), posinf=largest, neginf=-largest)
    style: dict[str, Any] = {"cmap": colours, "vmin": -reach, "vmax": reach, "edgecolors": BORDER, "linewidth": 0.4}
    axes.pcolormesh(across, down, values, **style)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            text = "…" if row is None or column is None else brief(cells[i][j])
            place = across[j + 1] - 0.04, down[i] + LINE / 2
            axes.text(*place, text, color=TEXT, fontsize=7.5, ha="right", va="center")


def _height(line: list[Table]) -> float:
    return (2 + max(len(table.rows) for table in line)) * LINE


def _sign(table: Table) -> float:
    """The room of the sign before a table."""
    return 0.2 + LETTER * len(table.matrix.sign) if table.matrix.sign else 0.0


def _width(table: Table) -> float:
    return _sign(table) + max(CELL * len(table.columns), LETTER * len(table.matrix.title)) + 0.1
