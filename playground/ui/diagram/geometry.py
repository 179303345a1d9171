"""Where the units and edges of a network's diagram lie, and what lies under a point. Knows no weights and no paint."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF

from playground.ui.theme import GRID

Floats = NDArray[np.floating]

SMALLEST, LARGEST = 20, 64  # sides of a unit's picture, in pixels
COLUMN_PITCH = 72  # least distance between two columns: a layer's controls stand above it
REACH = 5.0  # pixels within which a pointer finds an edge
MOST_CURVES = 500  # edges up to which they are curves; above, straight lines, which take a third of the time


class Place(NamedTuple):
    """A unit, or with `input` one of its incoming weights.

    `layer` counts as a frame's weights do, hidden layers first, the output layer last; −1 are the inputs.
    `input` = the layer's number of inputs means the bias.
    """

    layer: int
    unit: int
    input: int | None = None


@dataclass(frozen=True)
class Geometry:
    """Where everything lies, in pixels. Columns stand from left to right, inputs first; `shape` holds their units.

    Of each column, `left` is the left side of its units, `sides` their side, and `pitches` the distance from one to the
    next below it. Layers share one side and one pitch; where the inputs outnumber them, these are smaller.

    Above and below the inputs stand others that could enter the network and are left out: units of the first column
    from `shape[0]` on. `rows` are the rows of all of these, the inputs first.
    """

    shape: tuple[int, ...]
    rows: tuple[int, ...]
    left: tuple[int, ...]
    sides: tuple[int, ...]
    pitches: tuple[int, ...]
    width: int
    height: int

    @classmethod
    def fitted(
        cls,
        shape: tuple[int, ...],
        width: int,
        height: int,
        before: int = 0,
        after: int = 0,
        zoom: float = 1.0,
        rows: tuple[int, ...] = (),
    ) -> Geometry:
        """Units as large as fit into width x height, times `zoom`; what does not fit makes the whole larger.

        `before` and `after` are kept free for the names of the inputs and of the outputs. No `rows` are those of inputs
        beside which nothing is left out.
        """
        rows = rows or tuple(range(shape[0]))
        gaps, tallest = len(shape) - 1, max(shape[1:])
        free_width, free_height = width - 2 * GRID - before - after, height - 2 * GRID
        side = LARGEST
        while side > SMALLEST and (_least_height(tallest, side) > free_height or _least_width(gaps, side) > free_width):
            side -= 1
        input_side = side
        while input_side > SMALLEST and _least_height(len(rows), input_side) > free_height:
            input_side -= 1
        side, input_side = (max(SMALLEST, min(round(zoom * fitted), LARGEST)) for fitted in (side, input_side))
        across = max(_least_across(side), (free_width - side) / gaps)
        down = _pitch(tallest, side, free_height)
        input_down = down if len(rows) <= tallest else _pitch(len(rows), input_side, free_height)
        return cls(
            shape=shape,
            rows=rows,
            left=tuple(round(GRID + before + column * across) for column in range(len(shape))),
            sides=(input_side, *(side,) * gaps),
            pitches=(input_down, *(down,) * gaps),
            width=max(width, round(2 * GRID + before + after + gaps * across + side)),
            height=max(
                height,
                2 * GRID + (tallest - 1) * down + side,
                2 * GRID + (len(rows) - 1) * input_down + input_side,
            ),
        )

    def unit(self, column: int, unit: int) -> QRect:
        """The square of a unit's picture."""
        side = self.sides[column]
        top = self._top(column) + self.row(column, unit) * self.pitches[column]
        return QRect(self.left[column], top, side, side)

    def count(self, column: int) -> int:
        """How many stand in a column; in the first also what is left out."""
        return self.shape[column] if column else len(self.rows)

    def row(self, column: int, unit: int) -> int:
        """Where a unit stands in its column, counted from above."""
        return unit if column else self.rows[unit]

    def unit_in(self, column: int, row: int) -> int:
        """Which unit stands in a row of a column."""
        return row if column else self.rows.index(row)

    def left_out(self, place: Place) -> bool:
        """Whether a place is no unit of the network, but what could enter it."""
        return place.layer < 0 and place.unit >= self.shape[0]

    def bias(self, column: int, unit: int) -> QRect:
        """The small square of a unit's bias, over the lower left corner of its picture."""
        picture = self.unit(column, unit)
        side = max(picture.width() // 6, 6)
        return QRect(picture.left() - side // 2, picture.bottom() + 1 - side + side // 3, side, side)

    def place_at(self, point: QPointF) -> Place | None:
        """What lies under a point: a bias, a unit, or the nearest edge within REACH."""
        for column, (left, side, pitch) in enumerate(zip(self.left, self.sides, self.pitches, strict=True)):
            if left - REACH <= point.x() < left + side:
                row = round((point.y() - self._top(column) - side / 2) / pitch)
                if 0 <= row < self.count(column):
                    unit = self.unit_in(column, row)
                    if column and QRectF(self.bias(column, unit)).adjusted(-2, -2, 2, 2).contains(point):
                        return Place(column - 1, unit, self.shape[column - 1])
                    if QRectF(self.unit(column, unit)).contains(point):
                        return Place(column - 1, unit)
        return self._edge_at(point)

    def edge_point(self, layer: int, unit: int, input: int, along: float) -> QPointF:
        """A point of an edge, at the share `along` of its way to the right."""
        x0, x1 = self._gap(layer)
        return QPointF(x0 + along * (x1 - x0), self._edge_heights(layer, along)[0][unit, input])

    def units_in(self, column: int, visible: QRect) -> list[int]:
        """The units of a column of which, with their biases, something may lie in a rectangle."""
        left, side, pitch = self.left[column], self.sides[column], self.pitches[column]
        if left - GRID > visible.right() or left + side + GRID < visible.left():
            return []
        first = (visible.top() - GRID - side - self._top(column)) // pitch
        last = (visible.bottom() + GRID - self._top(column)) // pitch
        return [self.unit_in(column, row) for row in range(max(first, 0), min(last + 1, self.count(column)))]

    def edges_in(self, visible: QRect) -> NDArray[np.bool_]:
        """Which edges may cross a rectangle, (edges,)."""
        low, high = self._spans
        corners = (visible.left(), visible.top()), (visible.right(), visible.bottom())
        return np.atleast_1d(((high >= corners[0]) & (low <= corners[1])).all(axis=1))

    def free(self, rect: QRect) -> bool:
        """Whether no unit, no name beside the first and the last column, and no edge comes into a rectangle."""
        if not QRect(0, 0, self.width, self.height).contains(rect.center()):
            return False
        last = len(self.shape) - 1
        for column in range(last + 1):
            for unit in range(self.count(column)):
                taken = self.unit(column, unit).adjusted(-GRID, 0, 0, 0)
                if column == 0:
                    taken.setLeft(0)
                if column == last:
                    taken.setRight(self.width)
                if taken.intersects(rect):
                    return False
        for layer in range(last):
            begin, end = self._gap(layer)
            for x in range(max(begin, rect.left()), min(end, rect.right()) + 1, 2):
                heights = self._edge_heights(layer, (x - begin) / (end - begin))[0]
                if ((heights >= rect.top()) & (heights <= rect.bottom())).any():
                    return False
        return True

    @property
    def edges(self) -> int:
        return sum(inputs * units for inputs, units in pairwise(self.shape))

    @property
    def curved(self) -> bool:
        return self.edges <= MOST_CURVES

    @cached_property
    def ends(self) -> Floats:
        """(edges, 2, 2): x and y of each edge's ends, in the order of the weights: by layer, unit, input."""
        layers = []
        for column, (inputs, units) in enumerate(pairwise(self.shape)):
            ends = np.empty((units, inputs, 2, 2))
            ends[..., 0, 0], ends[..., 1, 0] = self._gap(column)
            ends[..., 0, 1], ends[..., 1, 1] = self._heights(column), self._heights(column + 1)[:, None]
            layers.append(ends.reshape(-1, 2, 2))
        return np.concatenate(layers)

    @cached_property
    def _spans(self) -> tuple[Floats, Floats]:
        return self.ends.min(axis=1), self.ends.max(axis=1)

    def _gap(self, layer: int) -> tuple[int, int]:
        """Where a layer's edges begin and end, from left to right."""
        return self.left[layer] + self.sides[layer], self.left[layer + 1]

    def _top(self, column: int) -> int:
        return round((self.height - self.sides[column] - (self.count(column) - 1) * self.pitches[column]) / 2)

    def _heights(self, column: int) -> Floats:
        """Where the edges of a column's units begin and end, (units,)."""
        first = self._top(column) + self.sides[column] / 2
        rows = np.arange(self.shape[column]) if column else np.array(self.rows[: self.shape[0]])
        heights: Floats = first + rows * float(self.pitches[column])
        return heights

    def _edge_heights(self, layer: int, along: float) -> tuple[Floats, Floats]:
        """Heights of a layer's edges at a share of their way to the right, and how fast they change with it."""
        starts = self._heights(layer)
        climb = self._heights(layer + 1)[:, None] - starts  # (units, inputs)
        if self.curved:
            return starts + climb * (along * along * (3 - 2 * along)), climb * (6 * along * (1 - along))
        return starts + climb * along, climb

    def _edge_at(self, point: QPointF) -> Place | None:
        for layer in range(len(self.shape) - 1):
            x0, x1 = self._gap(layer)
            if x0 <= point.x() <= x1:
                heights, climbs = self._edge_heights(layer, (point.x() - x0) / (x1 - x0))
                distances = np.abs(heights - point.y()) / np.hypot(1.0, climbs / (x1 - x0))
                unit, input = divmod(int(distances.argmin()), self.shape[layer])
                return Place(layer, unit, input) if distances[unit, input] <= REACH else None
        return None


def _least_down(side: int) -> int:
    return side + max(4, side * 3 // 10)


def _least_across(side: int) -> int:
    return max(COLUMN_PITCH, side * 7 // 4)


def _least_height(rows: int, side: int) -> int:
    return (rows - 1) * _least_down(side) + side


def _least_width(gaps: int, side: int) -> int:
    return gaps * _least_across(side) + side


def _pitch(rows: int, side: int, height: int) -> int:
    """The distance between units of a column that fills the height, yet holds together."""
    if rows == 1:
        return _least_down(side)
    return max(_least_down(side), min((height - side) // (rows - 1), side * 7 // 4))
