"""The picture of a network: where its units and edges lie, and how they are painted. Knows no document and no mouse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.nn.activations import Activation
from playground.ui.theme import GRID, NEGATIVE, POSITIVE, Theme

Floats = NDArray[np.floating]

SMALLEST, LARGEST = 20, 64  # sides of a unit's picture, in pixels
COLUMN_PITCH = 76  # least distance between two columns: a layer's controls stand above it
REACH = 5.0  # pixels within which a pointer finds an edge
MOST_CURVES = 500  # edges up to which they are smooth curves of exact width; above, straight lines in few strokes
SHADES = 8  # steps of colour from a weight near 0 to one of 1 and more
ROUGH_WIDTHS = (1, 2, 3)  # pixels; a width that is no whole number takes twice as long to paint


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

    `left` are the left sides of the columns' units; `pitch` is the distance from one unit to the next below it.
    """

    shape: tuple[int, ...]
    side: int
    left: tuple[int, ...]
    pitch: int
    width: int
    height: int

    @classmethod
    def fitted(
        cls, shape: tuple[int, ...], width: int, height: int, before: int = 0, after: int = 0, side: int | None = None
    ) -> Geometry:
        """Units as large as fit into width x height, or of the given side; what does not fit makes the whole larger.

        `before` and `after` are kept free for the names of the inputs and of the outputs.
        """
        gaps, rows = len(shape) - 1, max(shape)
        free_width, free_height = width - 2 * GRID - before - after, height - 2 * GRID
        if side is None:
            side = LARGEST
            while side > SMALLEST and (_least_height(rows, side) > free_height or _least_width(gaps, side) > free_width):
                side -= 1
        across = max(_least_across(side), (free_width - side) / gaps)
        down = _least_down(side)
        if rows > 1:
            down = max(down, min((free_height - side) // (rows - 1), side * 7 // 4))
        return cls(
            shape=shape,
            side=side,
            left=tuple(round(GRID + before + column * across) for column in range(len(shape))),
            pitch=down,
            width=max(width, round(2 * GRID + before + after + gaps * across + side)),
            height=max(height, 2 * GRID + (rows - 1) * down + side),
        )

    def unit(self, column: int, unit: int) -> QRect:
        """The square of a unit's picture."""
        return QRect(self.left[column], self._top(column) + unit * self.pitch, self.side, self.side)

    def bias(self, column: int, unit: int) -> QRect:
        """The small square of a unit's bias, over the lower left corner of its picture."""
        picture = self.unit(column, unit)
        side = max(self.side // 6, 6)
        return QRect(picture.left() - side // 2, picture.bottom() + 1 - side + side // 3, side, side)

    def place_at(self, point: QPointF) -> Place | None:
        """What lies under a point: a bias, a unit, or the nearest edge within REACH."""
        for column, left in enumerate(self.left):
            if left - REACH <= point.x() < left + self.side:
                unit = round((point.y() - self._top(column) - self.side / 2) / self.pitch)
                if 0 <= unit < self.shape[column]:
                    if column and QRectF(self.bias(column, unit)).adjusted(-2, -2, 2, 2).contains(point):
                        return Place(column - 1, unit, self.shape[column - 1])
                    if QRectF(self.unit(column, unit)).contains(point):
                        return Place(column - 1, unit)
        return self._edge_at(point)

    def edge_point(self, place: Place, along: float) -> QPointF:
        """A point of an edge, at the share `along` of its way to the right."""
        assert place.input is not None
        x0, x1 = self.left[place.layer] + self.side, self.left[place.layer + 1]
        return QPointF(x0 + along * (x1 - x0), self._edge_heights(place.layer, along)[0][place.unit, place.input])

    @property
    def edges(self) -> int:
        return sum(inputs * units for inputs, units in pairwise(self.shape))

    @property
    def curved(self) -> bool:
        return self.edges <= MOST_CURVES

    @cached_property
    def ends(self) -> Floats:
        """(edges, 2, 2): x and y of each edge's two ends; layer by layer, unit by unit, input by input, as the weights."""
        layers = []
        for column, (inputs, units) in enumerate(pairwise(self.shape)):
            ends = np.empty((units, inputs, 2, 2))
            ends[..., 0, 0], ends[..., 1, 0] = self.left[column] + self.side, self.left[column + 1]
            ends[..., 0, 1], ends[..., 1, 1] = self._heights(column), self._heights(column + 1)[:, None]
            layers.append(ends.reshape(-1, 2, 2))
        return np.concatenate(layers)

    @cached_property
    def curves(self) -> list[QPainterPath]:
        """Each edge as a curve that leaves and arrives level, in the order of `ends`."""
        curves = []
        for (x0, y0), (x1, y1) in self.ends.tolist():
            third = (x1 - x0) / 3
            curve = QPainterPath(QPointF(x0, y0))
            curve.cubicTo(x0 + third, y0, x1 - third, y1, x1, y1)
            curves.append(curve)
        return curves

    def _top(self, column: int) -> int:
        return round((self.height - self.side - (self.shape[column] - 1) * self.pitch) / 2)

    def _heights(self, column: int) -> Floats:
        """Where the edges of a column's units begin and end, (units,)."""
        heights: Floats = self._top(column) + self.side / 2 + np.arange(self.shape[column]) * float(self.pitch)
        return heights

    def _edge_heights(self, layer: int, along: float) -> tuple[Floats, Floats]:
        """Heights of a layer's edges at a share of their way to the right, and how fast they change with it."""
        starts, climb = self._heights(layer), self._heights(layer + 1)[:, None] - self._heights(layer)  # (units, inputs)
        if self.curved:
            return starts + climb * (along * along * (3 - 2 * along)), climb * (6 * along * (1 - along))
        return starts + climb * along, climb

    def _edge_at(self, point: QPointF) -> Place | None:
        for layer in range(len(self.shape) - 1):
            x0, x1 = self.left[layer] + self.side, self.left[layer + 1]
            if x0 <= point.x() <= x1:
                heights, climbs = self._edge_heights(layer, (point.x() - x0) / (x1 - x0))
                distances = np.abs(heights - point.y()) / np.hypot(1.0, climbs / (x1 - x0))
                unit, input = divmod(int(distances.argmin()), self.shape[layer])
                return Place(layer, unit, input) if distances[unit, input] <= REACH else None
        return None


@dataclass(frozen=True)
class Diagram:
    """The network of a config, filled with what a frame knows of it; what the frame lacks stays empty.

    `ratio` is device pixels per pixel.
    """

    config: Config
    frame: Frame | None
    geometry: Geometry
    theme: Theme
    ratio: float = 1.0

    def value(self, place: Place) -> float | None:
        """A weight or bias, and of a unit its bias; None for inputs and where the frame holds none."""
        if place.layer < 0:
            return None
        value = float(self._weights[place.layer][place.unit, -1 if place.input is None else place.input])
        return value if np.isfinite(value) else None

    def paint(self, painter: QPainter, visible: QRect, lit: Place | None = None, selected: Place | None = None) -> None:
        """Draw what lies in `visible`; `lit` and its edges stand out, `selected` has a ring."""
        painter.fillRect(visible, QColor(self.theme.base))
        self._paint_edges(painter, lit)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_units(painter, visible)
        self._paint_names(painter)
        for place, reach in ((lit, 1), (selected, 4)):
            if place is not None and place.input in (None, self.geometry.shape[place.layer]):
                painter.setPen(QPen(QColor(self.theme.accent), 2))
                rect = self.geometry.unit if place.input is None else self.geometry.bias
                painter.drawRect(rect(place.layer + 1, place.unit).adjusted(-reach + 1, -reach + 1, reach, reach))

    @cached_property
    def input_names(self) -> tuple[str, ...]:
        return self.frame.scene.input_names if self.frame else ("",) * self.geometry.shape[0]

    @cached_property
    def output_names(self) -> tuple[str, ...]:
        """The class that each output stands for; "" where one output decides between two, or is a number."""
        outputs = self.geometry.shape[-1]
        classes = self.frame.scene.classes if self.frame else ()
        return classes if len(classes) == outputs else ("",) * outputs

    @cached_property
    def _weights(self) -> list[Floats]:
        """(units, inputs + 1) of each layer; NaN where the frame is of another network."""
        held = self.frame.weights if self.frame and len(self.frame.weights) == len(self.geometry.shape) - 1 else None
        sizes = [(units, inputs + 1) for inputs, units in pairwise(self.geometry.shape)]
        return [
            held[layer] if held and held[layer].shape == size else np.full(size, np.nan) for layer, size in enumerate(sizes)
        ]

    @cached_property
    def _edge_weights(self) -> Floats:
        """(edges,) in the order of the geometry's ends."""
        return np.concatenate([weights[:, :-1].ravel() for weights in self._weights])

    def _lit_edges(self, lit: Place | None) -> NDArray[np.bool_]:
        """Which edges stand out, (edges,): what enters a unit or leaves an input; all of them where nothing is lit."""
        inputs = self.geometry.shape[lit.layer] if lit else 0
        chosen = [np.full((len(weights), weights.shape[1] - 1), lit is None) for weights in self._weights]
        if lit and lit.layer < 0:
            chosen[0][:, lit.unit] = True
        elif lit:
            chosen[lit.layer][lit.unit, slice(None) if lit.input in (None, inputs) else lit.input] = True
        return np.concatenate([layer.ravel() for layer in chosen])

    def _paint_edges(self, painter: QPainter, lit: Place | None) -> None:
        """Thick over thin; edges that do not stand out keep their width and fade."""
        weights = self._edge_weights
        stands_out = self._lit_edges(lit)
        sizes = 1.0 - np.exp(-np.abs(weights) / 2.0)  # from 0 to 1
        shades = np.minimum(np.abs(weights), 1.0) * (SHADES - 1) * np.where(stands_out, 1.0, 0.25)
        shown = np.flatnonzero(np.isfinite(weights))
        shown = shown[np.lexsort((sizes[shown], stands_out[shown]))]
        colours = edge_colours(self.theme)
        with np.errstate(invalid="ignore"):
            keys = np.where(weights == 0.0, 2 * SHADES, shades.astype(int) * 2 + (weights > 0.0))
            rough = (sizes * len(ROUGH_WIDTHS)).astype(int).clip(0, len(ROUGH_WIDTHS) - 1)
        pen = QPen()
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self.geometry.curved)
        if self.geometry.curved:
            thickest = min(max(self.geometry.side / 8, 2.5), 6.0)
            for edge, key, width in zip(shown.tolist(), keys[shown].tolist(), sizes[shown].tolist(), strict=True):
                pen.setColor(colours[key])
                pen.setWidthF(0.6 + (thickest - 0.6) * width)
                painter.strokePath(self.geometry.curves[edge], pen)
            return
        strokes = (stands_out * len(ROUGH_WIDTHS) + rough) * len(colours) + keys
        for stroke in np.unique(strokes[shown]).tolist():
            edges = self.geometry.ends[shown[strokes[shown] == stroke]]
            pen.setColor(colours[stroke % len(colours)])
            pen.setWidth(ROUGH_WIDTHS[stroke // len(colours) % len(ROUGH_WIDTHS)])
            lines = pg.functions.arrayToQPath(edges[..., 0].ravel(), edges[..., 1].ravel(), connect="pairs")
            painter.strokePath(lines, pen)

    @cached_property
    def _pictures(self) -> tuple[QImage, list[tuple[int, int]], NDArray[np.bool_]]:
        """All units' maps, coloured, below one another in one image; (first, units) of each column; which are finite.

        One lookup for all of them: forty pictures so take a fifteenth of the time of forty image items.
        """
        held = (self.frame.unit_maps if self.frame else None) or ()
        if len(held) != len(self.geometry.shape):
            return QImage(), [(0, 0)] * len(self.geometry.shape), np.zeros(0, dtype=bool)
        side = round(self.geometry.side * self.ratio)
        cells = ((np.arange(side) + 0.5) / side * held[0].shape[-1]).astype(np.intp)
        values, spans, first = [], [], 0
        for column, units in enumerate(self.geometry.shape):
            maps = held[column][:units, cells[::-1, None], cells]  # (units, side, side), the highest y on top
            values.append(self._scaled(column, maps))
            spans.append((first, len(maps)))
            first += len(maps)
        scaled = np.concatenate(values)
        finite = np.isfinite(scaled).all(axis=(1, 2))
        levels = np.clip(np.nan_to_num(scaled) * 127.5 + 127.5, 0.0, 255.0).astype(np.uint8)
        pixels = map_colours(self.theme)[levels]
        image = QImage(pixels.data, side, side * first, QImage.Format.Format_RGB32)
        return image.copy(), spans, finite

    def _scaled(self, column: int, maps: Floats) -> Floats:
        """Maps with −1 where the colour is wholly negative and 1 where it is wholly positive."""
        scene = self.frame.scene if self.frame else None
        if scene and scene.classes and column == len(self.geometry.shape) - 1:
            return (2.0 * maps - (scene.high + scene.low)) / (scene.high - scene.low)
        hidden = self.config.network.hidden
        bound = bound_of(hidden[column - 1].activation) if 1 <= column <= len(hidden) else None
        if bound is not None:
            return maps / bound
        largest = np.abs(maps).max(axis=(1, 2), keepdims=True)
        return maps / np.where(largest > 0.0, largest, 1.0)

    def _paint_units(self, painter: QPainter, visible: QRect) -> None:
        image, spans, finite = self._pictures
        side = image.width()
        frames, biases = [], []
        for column, units in enumerate(self.geometry.shape):
            first, held = spans[column]
            for unit in range(units):
                rect = self.geometry.unit(column, unit)
                if not visible.intersects(rect.adjusted(-GRID, -GRID, GRID, GRID)):
                    continue
                if unit < held and finite[first + unit]:
                    painter.drawImage(rect, image, QRect(0, (first + unit) * side, side, side))
                else:
                    painter.fillRect(rect, QColor(self.theme.middle))
                    if unit < held:
                        painter.setPen(QColor(self.theme.warning))
                        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, "NaN")
                frames.append(rect.adjusted(0, 0, -1, -1))
                if column:
                    biases.append((self.geometry.bias(column, unit), self._bias_colour(column - 1, unit)))
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(frames)
        for rect, colour in biases:
            painter.fillRect(rect.adjusted(-1, -1, 1, 1), QColor(self.theme.base))
            painter.fillRect(rect, colour)

    def _bias_colour(self, layer: int, unit: int) -> QColor:
        bias = float(self._weights[layer][unit, -1])
        if not np.isfinite(bias) or bias == 0.0:
            return QColor(self.theme.border)
        return edge_colours(self.theme)[int(min(abs(bias), 1.0) * (SHADES - 1)) * 2 + (bias > 0.0)]

    def _paint_names(self, painter: QPainter) -> None:
        painter.setPen(QColor(self.theme.text))
        geometry, gap = self.geometry, GRID // 2 + 2
        last = len(geometry.shape) - 1
        for column, names in ((0, self.input_names), (last, self.output_names)):
            for unit, name in enumerate(names[: geometry.shape[column]]):
                beside = geometry.unit(column, unit)
                side = Qt.AlignmentFlag.AlignRight
                if column == 0:
                    beside.setRight(beside.left() - 1 - gap)
                    beside.setLeft(GRID // 2)
                else:
                    side = Qt.AlignmentFlag.AlignLeft
                    beside.setLeft(beside.right() + 1 + gap)
                    beside.setRight(geometry.width - GRID // 2)
                fitting = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, beside.width())
                painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter | side, fitting)


@cache
def edge_colours(theme: Theme) -> list[QColor]:
    """For each shade the negative and the positive colour, from faint to full; last the colour of a weight of exactly 0."""
    strengths = [0.3 + 0.7 * shade / (SHADES - 1) for shade in range(SHADES)]
    return [
        *(_mixed(theme.base, sign, strength) for strength in strengths for sign in (NEGATIVE, POSITIVE)),
        QColor(theme.border),
    ]


@cache
def map_colours(theme: Theme) -> NDArray[np.uint32]:
    """The theme's map table as (256,) pixels of QImage.Format_RGB32."""
    red, green, blue = theme.map_table().astype(np.uint32).T
    pixels: NDArray[np.uint32] = 0xFF000000 | red << 16 | green << 8 | blue
    return pixels


@cache
def bound_of(activation: Activation) -> float | None:
    """The largest size of its values, or None where they grow with the pre-activation."""
    largest = float(np.abs(activation(np.linspace(-100.0, 100.0, 2001))).max())
    return largest if largest < 10.0 else None


def _mixed(ground: str, colour: str, strength: float) -> QColor:
    below, above = QColor(ground), QColor(colour)
    parts = zip(below.getRgb()[:3], above.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * strength) for a, b in parts))


def _least_down(side: int) -> int:
    return side + max(4, side * 3 // 10)


def _least_across(side: int) -> int:
    return max(COLUMN_PITCH, side * 7 // 4)


def _least_height(rows: int, side: int) -> int:
    return (rows - 1) * _least_down(side) + side


def _least_width(gaps: int, side: int) -> int:
    return gaps * _least_across(side) + side
