"""A network's diagram as a picture: units, edges, biases and names. Knows no document and no mouse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLine, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QWidget

from playground.experiment.backprop.notation import TraceStep
from playground.experiment.backprop.trace import BackpropTrace
from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.dead_units import DeadUnits
from playground.experiment.looks.dropped_units import DroppedUnits
from playground.experiment.selection import Selection
from playground.ui.diagram.colours import SHADES, bound_of, coloured, edge_colours
from playground.ui.diagram.edges import Edges
from playground.ui.diagram.geometry import Floats, Geometry, Place
from playground.ui.diagram.inputs import Inputs, sketch
from playground.ui.diagram.marks import Band, Key, bands_of
from playground.ui.diagram.numbers import Numbers, Quantity, number_at
from playground.ui.theme import GRID, Theme

FAINT = 0.3  # of 1, of what is left out
VEIL = 190  # of 255, over the picture of a unit that dropout has switched off


@dataclass(frozen=True)
class Diagram:
    """The network of a config, filled with what a frame knows of it; what the frame lacks stays empty.

    Edges and biases show `what`: the weights, or else the gradients or updates, which are drawn in terms of the network's
    largest. `selection` is what is looked at, `ratio` is device pixels per pixel. With `key`, the picture explains itself
    where there is room.
    """

    config: Config
    frame: Frame | None
    geometry: Geometry
    theme: Theme
    ratio: float = 1.0
    key: bool = True
    selection: Selection = Selection()
    what: Quantity = Quantity.WEIGHTS

    def value(self, place: Place) -> float | None:
        """A weight or bias, and of a unit its bias; None for inputs and where the frame holds none."""
        return number_at(self._numbers.weights, place)

    def shown(self, place: Place) -> float | None:
        """What the edge or the bias there shows: as `value`, or its gradient or last update."""
        return number_at(self._numbers.shown, place)

    def off(self, place: Place) -> bool:
        """Whether dropout had a unit switched off in the mini-batch that was trained on last."""
        dropped = self._dropped(place.layer + 1)
        return place.unit < len(dropped) and bool(dropped[place.unit])

    def dead(self, place: Place) -> bool:
        """Whether a unit is known to be dead."""
        dead = self._dead(place.layer + 1)
        return place.unit < len(dead) and bool(dead[place.unit])

    def paint(self, painter: QPainter, visible: QRect, lit: Place | None = None, selected: Place | None = None) -> None:
        """Draw what lies in `visible`; `lit` and its edges stand out, `selected` has a ring, and so has what is looked at."""
        painter.fillRect(visible, QColor(self.theme.base))
        self._paint_edges(painter, visible, lit)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for band in self._bands:
            band.paint(painter, self.theme)
        self._paint_units(painter, visible)
        self._paint_names(painter)
        if self.key:
            Key(self.geometry, self.what).paint(painter, self.theme)
        for place, reach in ((lit, 1), (self.looked_at, 4), (selected, 4 if selected != self.looked_at else 7)):
            if place is not None and place.input in (None, self.geometry.shape[place.layer]):
                painter.setPen(QPen(QColor(self.theme.accent), 2))
                rect = self.geometry.unit if place.input is None else self.geometry.bias
                painter.drawRect(rect(place.layer + 1, place.unit).adjusted(-reach + 1, -reach + 1, reach, reach))
        if lit is None and self._walked is not None:
            painter.setPen(QPen(QColor(self.theme.accent), 2))
            column = self._walked.column
            for unit in self.geometry.units_in(column, visible):
                painter.drawRect(self.geometry.unit(column, unit).adjusted(0, 0, 1, 1))

    def help_at(self, point: QPoint) -> str:
        """What to say of a mark under a point, or nothing."""
        return next((band.help for band in self._bands if band.rect.contains(point)), "")

    @cached_property
    def _bands(self) -> list[Band]:
        return bands_of(self.config, self.geometry)

    @cached_property
    def looked_at(self) -> Place:
        """The unit that is looked at closely, wherever one is."""
        layers = [(units, inputs + 1) for inputs, units in pairwise(self.geometry.shape)]
        selection = self.selection.within(layers, members=1, examples=1, columns=1)
        return Place(selection.layer, selection.unit)

    @cached_property
    def _walked(self) -> TraceStep | None:
        """The step at which an example is followed on its way; None while nobody follows one."""
        trace = self.frame.look(BackpropTrace) if self.frame and self.selection.step >= 0 else None
        if trace is None or self.frame is None or len(self.frame.weights) != len(self.geometry.shape) - 1:
            return None
        return trace.steps[trace.place(self.selection.step)]

    @cached_property
    def inputs(self) -> Inputs:
        """What can enter the network."""
        return Inputs.of(self.config, self.frame.scene if self.frame else None)

    @cached_property
    def input_names(self) -> tuple[str, ...]:
        """Of the units of the first column, also of what is left out; an older run may have had fewer."""
        names = tuple(self.inputs.names[row] for row in self.inputs.rows)
        return names + ("",) * (self.geometry.count(0) - len(names))

    @cached_property
    def output_names(self) -> tuple[str, ...]:
        """The class that each output stands for; "" where one output decides between two, or is a number."""
        outputs = self.geometry.shape[-1]
        classes = self.frame.scene.classes if self.frame else ()
        return classes if len(classes) == outputs else ("",) * outputs

    @cached_property
    def _numbers(self) -> Numbers:
        return Numbers(self.geometry.shape, self.frame, self.what)

    @cached_property
    def _edge_weights(self) -> Floats:
        """(edges,) in the order of the geometry's ends."""
        return np.concatenate([weights[:, :-1].ravel() for weights in self._numbers.drawn])

    def _paint_edges(self, painter: QPainter, visible: QRect, lit: Place | None) -> None:
        """What stands out is never faint, the rest then always."""
        lit = None if lit is not None and self.geometry.left_out(lit) else lit
        edges = Edges(self.geometry, self.theme, self._edge_weights, self._lit_edges(lit))
        fading, thick = lit is not None or self._walked is not None, lit is not None and lit.input is not None
        edges.paint(painter, visible, fading, thick)

    def _lit_edges(self, lit: Place | None) -> NDArray[np.bool_]:
        """Which edges stand out, (edges,): what enters a unit or leaves an input; where nothing is lit, those at work in
        the step that is walked, or else all.
        """
        inputs = self.geometry.shape[lit.layer] if lit else 0
        everywhere = lit is None and self._walked is None
        chosen = [np.full((len(weights), weights.shape[1] - 1), everywhere) for weights in self._numbers.weights]
        if lit is None and self._walked is not None and self._walked.edges is not None:
            chosen[self._walked.edges][...] = True
        if lit and lit.layer < 0:
            chosen[0][:, lit.unit] = True
        elif lit:
            chosen[lit.layer][lit.unit, slice(None) if lit.input in (None, inputs) else lit.input] = True
        return np.concatenate([layer.ravel() for layer in chosen])

    @cached_property
    def _pictures(self) -> list[tuple[QImage, NDArray[np.bool_]]]:
        """Of each column the units' maps, coloured, below one another in one image, and which of them are finite.

        One lookup for all of a column, and no item a unit: forty pictures so take a fifteenth of the time.
        """
        shape = self.geometry.shape
        held = (self.frame.unit_maps if self.frame else None) or ()
        if self.frame is not None and self.frame.scene.input_names != self.input_names[: shape[0]]:
            held = ()  # other inputs were chosen since
        if len(held) != len(shape):
            return [(QImage(), np.zeros(0, dtype=bool))] * len(shape)
        pictures: list[tuple[QImage, NDArray[np.bool_]]] = []
        for column, units in enumerate(shape):
            side = round(self.geometry.sides[column] * self.ratio)
            cells = ((np.arange(side) + 0.5) / side * held[column].shape[-1]).astype(np.intp)
            maps = held[column][:units, cells[::-1, None], cells]  # (units, side, side), the highest y on top
            with np.errstate(over="ignore", invalid="ignore"):  # a run that has diverged
                levels = np.clip(self._scaled(column, maps) * 127.5 + 127.5, 0.0, 255.0).astype(np.uint8)
            pixels = coloured(levels, *self._tables(column))
            image = QImage(pixels.data, side, side * len(maps), QImage.Format.Format_RGB32)
            pictures.append((image.copy(), np.atleast_1d(np.isfinite(maps).all(axis=(1, 2)))))
        return pictures

    def _tables(self, column: int) -> list[NDArray[np.uint8]]:
        """The colours of a column's maps, those of the main view: of outputs that each stand for a class, its own."""
        if column == len(self.geometry.shape) - 1 and self.frame is not None:
            if not self.frame.scene.classes:
                return [self.theme.value_table()]
            if self.geometry.shape[-1] > 1:
                return [self.theme.class_table(output) for output in range(self.geometry.shape[-1])]
        return [self.theme.map_table()]

    def _scaled(self, column: int, maps: Floats) -> Floats:
        """Maps with −1 at one end of the colours and 1 at the other; an output has the ends of the main view."""
        scene = self.frame.scene if self.frame else None
        if scene and column == len(self.geometry.shape) - 1:
            return (2.0 * maps - (scene.high + scene.low)) / (scene.high - scene.low)
        hidden = self.config.network.hidden
        bound = bound_of(hidden[column - 1].activation) if 1 <= column <= len(hidden) else None
        if bound is not None:
            return maps / bound
        largest = np.abs(maps).max(axis=(1, 2), keepdims=True)
        return maps / np.where(largest > 0.0, largest, 1.0)

    def _paint_units(self, painter: QPainter, visible: QRect) -> None:
        shape = self.geometry.shape
        frames, biases, crosses, off = [], [], [], []
        for column, (image, finite) in enumerate(self._pictures):
            dead, dropped = self._dead(column), self._dropped(column)
            side = image.width()
            for unit in self.geometry.units_in(column, visible):
                rect = self.geometry.unit(column, unit)
                if unit >= shape[column]:
                    self._paint_left_out(painter, rect, self.geometry.row(column, unit))
                    continue
                if unit < len(finite) and finite[unit]:
                    painter.drawImage(rect, image, QRect(0, unit * side, side, side))
                else:
                    painter.fillRect(rect, QColor(self.theme.middle))
                    if unit < len(finite):
                        painter.setPen(QColor(self.theme.warning))
                        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._lost(column, unit))
                frames.append(rect.adjusted(0, 0, -1, -1))
                if unit < len(dropped) and dropped[unit]:
                    off.append(rect)
                if unit < len(dead) and dead[unit]:
                    inner = rect.adjusted(3, 3, -4, -4)
                    crosses += [
                        QLine(inner.topLeft(), inner.bottomRight()),
                        QLine(inner.bottomLeft(), inner.topRight()),
                    ]
                if column:
                    biases.append((self.geometry.bias(column, unit), self._bias_colour(column - 1, unit)))
        veil = QColor(self.theme.base)
        veil.setAlpha(VEIL)
        for rect in off:
            painter.fillRect(rect, veil)
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRects(frames)
        if crosses:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self.theme.muted), 1.2))
            painter.drawLines(crosses)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for rect, colour in biases:
            painter.fillRect(rect.adjusted(-1, -1, 1, 1), QColor(self.theme.base))
            painter.fillRect(rect, colour)

    def _paint_left_out(self, painter: QPainter, rect: QRect, row: int) -> None:
        """What could enter the network: faint, so that it is told from what does, and an empty frame where it is a column."""
        if self.frame is not None and self.inputs.plane:
            painter.setOpacity(FAINT)
            painter.drawImage(rect, sketch(self.inputs.keys[row], self.frame.scene.extent, self.theme))
            painter.setOpacity(1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.muted), 1, Qt.PenStyle.DotLine))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _dead(self, column: int) -> NDArray[np.bool_]:
        """Which units of a column are dead, (units,); empty where nobody knows."""
        dead = self.frame.look(DeadUnits) if self.frame else None
        known = dead is not None and column > 0 and len(dead.layers) == len(self.geometry.shape) - 1
        return dead.layers[column - 1] if dead is not None and known else np.zeros(0, dtype=bool)

    def _dropped(self, column: int) -> NDArray[np.bool_]:
        """Which units of a column dropout has just switched off, (units,); empty where it has not."""
        look = self.frame.look(DroppedUnits) if self.frame else None
        known = look is not None and 0 < column <= len(look.layers) == len(self.geometry.shape) - 2
        return look.layers[column - 1] if look is not None and known else np.zeros(0, dtype=bool)

    def _lost(self, column: int, unit: int) -> str:
        """What to write in place of a map that is not finite."""
        maps = self.frame.unit_maps if self.frame else None
        return "NaN" if maps is None or np.isnan(maps[column][unit]).any() else "∞"

    def _bias_colour(self, layer: int, unit: int) -> QColor:
        bias = float(self._numbers.drawn[layer][unit, -1])
        if not np.isfinite(bias) or bias == 0.0:
            return QColor(self.theme.border)
        return edge_colours(self.theme, 0.45)[int(min(abs(bias), 1.0) * (SHADES - 1)) * 2 + (bias > 0.0)]

    def _paint_names(self, painter: QPainter) -> None:
        geometry, gap = self.geometry, GRID // 2 + 2
        last = len(geometry.shape) - 1
        for column, names in ((0, self.input_names), (last, self.output_names)):
            for unit, name in enumerate(names[: geometry.count(column)]):
                painter.setPen(QColor(self.theme.text if unit < geometry.shape[column] else self.theme.muted))
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


class DiagramItem(QGraphicsItem):
    """A diagram in a scene, for exports."""

    def __init__(self, diagram: Diagram) -> None:
        super().__init__()
        self._diagram = diagram

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self._diagram.geometry.width, self._diagram.geometry.height)

    def paint(self, painter: QPainter, option: object, widget: QWidget | None = None) -> None:
        self._diagram.paint(painter, self.boundingRect().toRect())
