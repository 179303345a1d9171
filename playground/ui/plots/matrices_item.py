"""Matrices side by side as a formula has them, every number to be pointed at. Knows where they stand, not what they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from playground.experiment.backprop.matrix import Matrix, brief, drawn
from playground.ui.forms.formula import typeset
from playground.ui.theme import GRID, NEGATIVE, POSITIVE

MOST = 12  # rows and columns drawn of a matrix; of more, the first and the last
GAP = 1.5 * GRID
HEAD = 3.5 * GRID  # for the title and the formula


class Cell(NamedTuple):
    """A number: which of the matrices, and where in it."""

    matrix: int
    row: int
    column: int


@dataclass(frozen=True)
class Block:
    """A matrix in its place; None among `rows` and `columns` stands for those that are left out."""

    matrix: Matrix
    rows: tuple[int | None, ...]
    columns: tuple[int | None, ...]
    corner: QPointF  # upper left, of the numbers
    sign: QRectF  # where the sign before it is written


class MatricesItem(QGraphicsItem):
    """The matrices of one step, in lines as wide as there is room."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.marked: Cell | None = None
        self._title, self._latex = "", ""
        self._formula = QSvgRenderer()
        self._typeset = ("", "")  # formula and colour of the drawing
        self._font = font
        metrics = QFontMetricsF(font)
        self._metrics = metrics
        self._cell = metrics.horizontalAdvance("−0.0000") + GRID, metrics.height() + GRID / 2
        self._size = QRectF()

    def show_matrices(self, title: str, latex: str, matrices: tuple[Matrix, ...], width: float) -> None:
        """Lay these out, one after the other, in lines of that width, below a title and a formula."""
        self.prepareGeometryChange()
        self._title, self._latex = title, latex
        across, down = self._cell
        head = self._metrics.height() + GRID / 2
        self.blocks = []
        x, y, line = float(GRID), HEAD + head, width - GRID
        lines: list[list[tuple[Matrix, float, float, float]]] = [
            []
        ]  # each matrix, its sign's left and width, and its own left
        for matrix in matrices:
            sign = self._metrics.horizontalAdvance(matrix.sign) + GRID if matrix.sign else 0.0
            columns = across * len(drawn(matrix.values.shape[1], MOST))
            columns = max(columns, self._metrics.horizontalAdvance(matrix.title))
            if lines[-1] and x + sign + columns + GRID > width:
                lines.append([])
                x = GRID
            lines[-1].append((matrix, x, sign, x + sign))
            x += sign + columns + GRID
            line = max(line, x)
        for each in lines:
            tallest = max((len(drawn(matrix.values.shape[0], MOST)) * down for matrix, *_ in each), default=0.0)
            for matrix, left, sign, own in each:
                rows, columns_shown = (drawn(count, MOST) for count in matrix.values.shape)
                corner = QPointF(own, y + (tallest - len(rows) * down) / 2)
                self.blocks.append(
                    Block(matrix, rows, columns_shown, corner, QRectF(left, y, sign - GRID / 2, tallest))
                )
            y += tallest + head + GAP
        self._size = QRectF(0.0, 0.0, max(line, GRID), max(y - head - GAP + GRID, head))
        self.update()

    def mark(self, cell: Cell | None) -> None:
        """Let a number stand out."""
        if cell != self.marked:
            self.marked = cell
            self.update()

    def cell_at(self, point: QPointF) -> Cell | None:
        """The number under a point."""
        across, down = self._cell
        for index, block in enumerate(self.blocks):
            column = int((point.x() - block.corner.x()) // across)
            row = int((point.y() - block.corner.y()) // down)
            if 0 <= row < len(block.rows) and 0 <= column < len(block.columns):
                at = block.rows[row], block.columns[column]
                return None if None in at else Cell(index, *at)  # type: ignore[arg-type]
        return None

    def place(self, cell: Cell) -> QRectF:
        """Where a number stands."""
        block, (across, down) = self.blocks[cell.matrix], self._cell
        row, column = block.rows.index(cell.row), block.columns.index(cell.column)
        return QRectF(block.corner.x() + column * across, block.corner.y() + row * down, across, down)

    def used(self, cell: Cell) -> list[QRectF]:
        """Where the numbers stand that this one is made of."""
        across, down = self._cell
        found = []
        for matrix, row, column in self.blocks[cell.matrix].matrix.uses(cell.row, cell.column):
            block = next((block for block in self.blocks if block.matrix.title == matrix.title), None)
            if block is None or (row is not None and row not in block.rows):
                continue
            if column is not None and column not in block.columns:
                continue
            x, width = (0, len(block.columns)) if column is None else (block.columns.index(column), 1)
            y, height = (0, len(block.rows)) if row is None else (block.rows.index(row), 1)
            corner = block.corner + QPointF(x * across, y * down)
            found.append(QRectF(corner.x(), corner.y(), width * across, height * down))
        return found

    def explain(self, cell: Cell) -> str:
        """What it is made of."""
        return self.blocks[cell.matrix].matrix.explain(cell.row, cell.column)

    # Qt

    def boundingRect(self) -> QRectF:
        return self._size

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        self._paint_title(painter)
        painter.setFont(self._font)
        for block in self.blocks:
            self._paint_block(painter, block)
        if self.marked is not None and self.marked.matrix < len(self.blocks):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            accent = self.scene().palette().accent()
            painter.setPen(QPen(accent, 1.5))
            painter.drawRects(self.used(self.marked))
            painter.setPen(QPen(accent, 2.5))
            painter.drawRect(self.place(self.marked).adjusted(1.0, 1.0, -1.0, -1.0))

    def _paint_title(self, painter: QPainter) -> None:
        bold = QFont(self._font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        ink = self.scene().palette().text().color()
        painter.setPen(ink)
        head = QRectF(GRID, 0.0, self._size.width(), HEAD)
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, self._title)
        wanted = self._latex, ink.name()
        if self._latex and wanted != self._typeset:
            self._formula.load(QByteArray(typeset(*wanted)))
            self._typeset = wanted
        size = self._formula.viewBoxF().size()
        left = 3.0 * GRID + QFontMetricsF(bold).horizontalAdvance(self._title)
        size *= min(1.0, HEAD / max(size.height(), 1.0), max(self._size.width() - left, 1.0) / max(size.width(), 1.0))
        place = QRectF(QPointF(left, (HEAD - size.height()) / 2), size)
        self._formula.render(painter, place)

    def _paint_block(self, painter: QPainter, block: Block) -> None:
        palette, (across, down), matrix = self.scene().palette(), self._cell, block.matrix
        muted, ink, base = (brush.color() for brush in (palette.placeholderText(), palette.text(), palette.base()))
        painter.setPen(muted)
        painter.drawText(block.sign, Qt.AlignmentFlag.AlignCenter, matrix.sign)
        title = QPointF(block.corner.x() + 2.0, block.corner.y() - GRID / 2)
        painter.drawText(title, matrix.title)
        finite = matrix.values[np.isfinite(matrix.values)]
        largest = float(np.abs(finite).max(initial=0.0)) or 1.0
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        for i, row in enumerate(block.rows):
            for j, column in enumerate(block.columns):
                where = QRectF(block.corner.x() + j * across, block.corner.y() + i * down, across, down)
                if row is None or column is None:
                    painter.setPen(muted)
                    painter.drawText(where, Qt.AlignmentFlag.AlignCenter, "…")
                    continue
                value = matrix.value(row, column)
                painter.fillRect(where.adjusted(0.5, 0.5, -0.5, -0.5), _ground(base, value / largest))
                painter.setPen(ink)
                painter.drawText(where.adjusted(0.0, 0.0, -GRID / 2, 0.0), right, brief(value))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.mid(), 1.0))
        whole = QRectF(block.corner.x(), block.corner.y(), across * len(block.columns), down * len(block.rows))
        painter.drawRect(whole)
        painter.setPen(QPen(muted, 1.0))
        if matrix.bias and len(block.columns) > 1:
            x = whole.right() - across
            painter.drawLine(QPointF(x, whole.top()), QPointF(x, whole.bottom()))
        if matrix.one and matrix.transposed:
            x = whole.right() - across
            painter.drawLine(QPointF(x, whole.top()), QPointF(x, whole.bottom()))
        elif matrix.one:
            y = whole.bottom() - down
            painter.drawLine(QPointF(whole.left(), y), QPointF(whole.right(), y))


def _ground(base: QColor, share: float) -> QColor:
    """Behind a number: the colour of its sign, the stronger the larger it is among its neighbours."""
    if share == 0.0 or share != share:
        return base
    strength = 0.08 + 0.37 * min(abs(share), 1.0)
    sign = QColor(POSITIVE if share > 0.0 else NEGATIVE)
    mixed = zip(base.getRgb()[:3], sign.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(own + (other - own) * strength) for own, other in mixed))
