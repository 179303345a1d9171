"""A widget of matrices, in which mouse and arrow keys point at a number to have it explained. Knows not what they are."""

from __future__ import annotations

import textwrap

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QFont, QHideEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView

from playground.experiment.backprop.matrix import Matrix
from playground.ui.forms.controls import ARROWS
from playground.ui.plots.matrices_item import Cell, MatricesItem
from playground.ui.plots.step_panels import plain
from playground.ui.plots.tag import Tag
from playground.ui.theme import GRID

WIDE = 84  # letters of a line that explains


class MatricesView(QGraphicsView):
    """Shows matrices; what the mouse is at, or the arrow keys have come to, is explained beside it."""

    def __init__(self, name: str, font: QFont) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(16 * GRID, 10 * GRID)
        self.setMouseTracking(True)
        self._title, self._latex = "", ""
        self._matrices: tuple[Matrix, ...] = ()
        self.item = MatricesItem(font)
        scene = QGraphicsScene(self)
        scene.addItem(self.item)
        self.setScene(scene)
        self._mouse: QPointF | None = None
        self._selected: Cell | None = None  # by keyboard
        self._font = font
        self._tag: Tag | None = None
        self.setAccessibleName(self.tr("Matrices of this step"))

    def show_matrices(self, title: str, latex: str, matrices: tuple[Matrix, ...]) -> None:
        """Draw these from now on."""
        if title != self._title or [m.values.shape for m in matrices] != [m.values.shape for m in self._matrices]:
            self._selected = None
        self._title, self._latex, self._matrices = title, latex, matrices
        self._lay_out()

    def _lay_out(self) -> None:
        self.item.show_matrices(self._title, self._latex, self._matrices, self.viewport().width())
        self.scene().setSceneRect(self.item.boundingRect())
        self._tell()

    def _tell(self) -> None:
        """Explain what is pointed at, or else what is selected."""
        cell = None if self._mouse is None else self.item.cell_at(self.mapToScene(self._mouse.toPoint()))
        place = self._mouse or QPointF()
        if cell is None and self._selected is not None and self.hasFocus() and self._mouse is None:
            cell = self._selected
            place = QPointF(self.mapFromScene(self.item.place(cell).center()))
        self.item.mark(cell)
        text = _wrapped(plain(self.item.explain(cell))) if cell is not None else ""
        if text:
            self.setAccessibleDescription(text)
            tag = self._tag_in_window()
            tag.tell(text, QPointF(self.viewport().mapTo(self.window(), place.toPoint())))
            tag.raise_()
        elif self._tag is not None:
            self._tag.hide()

    def _tag_in_window(self) -> Tag:
        """A child of the window, as it may be taller than these matrices; the dock they are in may float off and return."""
        if self._tag is None or self._tag.parentWidget() is not self.window():
            if self._tag is not None:
                self._tag.hide()
                self._tag.deleteLater()
            self._tag = Tag(f"{self.objectName()}.tag", self.window())
            self._tag.setFont(self._font)
        return self._tag

    def _move(self, down: int, across: int) -> None:
        """To the next number, and over the edge of a matrix to the next matrix."""
        blocks = self.item.blocks
        if not blocks:
            return
        if self._selected is None:
            self._selected = Cell(0, 0, 0)
        else:
            block = blocks[self._selected.matrix]
            rows, columns = ([at for at in kept if at is not None] for kept in (block.rows, block.columns))
            row = min(max(rows.index(self._selected.row) + down, 0), len(rows) - 1)
            column = columns.index(self._selected.column) + across
            if 0 <= column < len(columns):
                self._selected = Cell(self._selected.matrix, rows[row], columns[column])
            elif 0 <= self._selected.matrix + across < len(blocks):
                matrix = self._selected.matrix + across
                others = blocks[matrix].matrix.values.shape
                self._selected = Cell(matrix, min(rows[row], others[0] - 1), 0 if across > 0 else others[1] - 1)
                if self._selected.row not in blocks[matrix].rows:
                    self._selected = self._selected._replace(row=0)
        self._mouse = None
        self.ensureVisible(self.item.place(self._selected))
        self._tell()

    # Qt

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if event.key() in ARROWS and held == Qt.KeyboardModifier.NoModifier:
                event.accept()  # here they select a number, whatever they do elsewhere in the window
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = dict(zip(ARROWS, ((0, -1), (0, 1), (-1, 0), (1, 0)), strict=True))
        if event.key() in moves and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._move(*moves[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position()
        self._tell()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._mouse = None
            self._tell()
        return super().viewportEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._mouse = None
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._move(0, 0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._tell()


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(line, WIDE, subsequent_indent="    ") for line in text.split("\n"))
