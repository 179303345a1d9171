"""The widget that shows a network's diagram and tells what pointer and keyboard are at. Knows no document."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from playground.options.layers import hidden_layer_name
from playground.options.numerals import MINUS, signed
from playground.ui.diagram.geometry import Place
from playground.ui.diagram.numbers import Quantity
from playground.ui.diagram.picture import Diagram
from playground.ui.forms.controls import ARROWS
from playground.ui.theme import GRID, tabular
from playground.ui.words import said


class Canvas(QWidget):
    """Shows a diagram, and tells where pointer and keyboard are: at `hovered` and `selected`, each a place or None."""

    unit_hovered = Signal(object)  # (column, unit), inputs are column 0; or None
    unit_selected = Signal(object)  # a Place, by keyboard
    place_chosen = Signal(object)  # a Place whose number is to be edited
    input_toggled = Signal(int)  # a row of the first column, to be taken in or left out
    units_wanted = Signal(int, int)  # hidden layer, how many more
    zoom_wanted = Signal(int, QPointF)  # steps, around which point

    def __init__(self, diagram: Diagram) -> None:
        super().__init__()
        self.diagram = diagram
        self.hovered: Place | None = None
        self.selected: Place | None = None
        self._pointer = QPointF()
        self._by_keyboard = False
        self._told: tuple[int, int] | None = None
        self.setObjectName("network_diagram")
        self.setFont(tabular(self.font()))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Network diagram"))

    def show_diagram(self, diagram: Diagram) -> None:
        """Draw this from now on."""
        old, new = self.diagram.geometry, diagram.geometry
        if diagram.looked_at != self.diagram.looked_at and self.selected and self.selected.layer >= 0:
            self.selected = diagram.looked_at  # the keyboard goes on from there
        self.diagram = diagram
        if new is not old:
            if self.selected and self.selected.layer < 0:  # what is left out keeps its row, but not its number
                row = min(old.row(0, self.selected.unit), new.count(0) - 1)
                self.selected = Place(-1, new.unit_in(0, row))
            self.resize(diagram.geometry.width, diagram.geometry.height)
            self.hovered = diagram.geometry.place_at(self._pointer) if self.underMouse() else None
            if self.selected and not self._holds(self.selected):
                self.selected = None
            self._tell()
        self.update()

    def name(self, place: Place) -> str:
        """What a place is called."""
        diagram, column = self.diagram, place.layer + 1
        if place.input is not None:
            of = self.name(Place(place.layer, place.unit))
            if place.input == diagram.geometry.shape[place.layer]:
                return self.tr("bias of {unit}").format(unit=of)
            source = self.name(Place(place.layer - 1, place.input))
            return self.tr("w from {source} to {unit}").format(source=source, unit=of)
        if column == 0:
            return diagram.input_names[place.unit] or self.tr("input {unit}").format(unit=place.unit + 1)
        if column < len(diagram.geometry.shape) - 1:
            return self.tr("{layer} unit {unit}").format(
                layer=said(hidden_layer_name(place.layer)), unit=place.unit + 1
            )
        return self.tr("output {name}").format(name=diagram.output_names[place.unit]).strip()

    def _holds(self, place: Place) -> bool:
        geometry = self.diagram.geometry
        return place.layer + 1 < len(geometry.shape) and place.unit < geometry.count(place.layer + 1)

    def _hover(self, place: Place | None) -> None:
        self.hovered = place
        editable = place is not None and (place.layer < 0 or self.diagram.value(place) is not None)
        self.setCursor(Qt.CursorShape.PointingHandCursor if editable else Qt.CursorShape.ArrowCursor)
        self._tell()
        self.update()

    @property
    def _at_input(self) -> bool:
        """Whether the keyboard has gone to an input. A click on one leaves Space to the run."""
        return self._by_keyboard and self.selected is not None and self.selected.layer < 0

    @property
    def _first(self) -> Place:
        """Where the keyboard begins."""
        return Place(-1, self.diagram.geometry.unit_in(0, 0))

    def _select(self, place: Place) -> None:
        self.selected = place
        self._by_keyboard = True
        self._tell()
        self.unit_selected.emit(place)
        self.update()

    def _tell(self) -> None:
        """Say which unit is looked at, if that has changed, and name the selected one to screen readers."""
        place = self.hovered
        if place is None and self._by_keyboard and self.hasFocus():
            place = self.selected
        seen = place is not None and place.input is None and not self.diagram.geometry.left_out(place)
        unit = (place.layer + 1, place.unit) if place is not None and seen else None
        if unit != self._told:
            self._told = unit
            self.unit_hovered.emit(unit)
        help = self.tr(
            "Arrow keys select a unit, Enter edits its weights, + and − add and remove units of its layer; Space or Enter "
            "takes an input in or leaves it out."
        )
        chosen = self.tr("Selected: {unit}.").format(unit=self.name(self.selected)) if self.selected else ""
        self.setAccessibleDescription(f"{chosen} {help}".strip())

    def _paint_label(self, painter: QPainter, place: Place) -> None:
        """Name and value of what is under the pointer, beside it; a sign always, so that the text keeps its width."""
        text = self.name(place)
        if place.input is not None:
            text += ": " + self._number(place)
        elif place.layer < 0:
            text += ": " + self._choice(place)
        elif self.diagram.dead(place):
            text += self.tr(": dead, 0 for every training example")
        elif self.diagram.off(place):
            text += self.tr(": switched off by dropout for the last mini-batch's first example")
        metrics = painter.fontMetrics()
        label = QRectF(0, 0, metrics.horizontalAdvance(text) + 2 * GRID, metrics.height() + GRID)
        seen = QRectF(self.visibleRegion().boundingRect())
        label.moveTopLeft(self._pointer + QPointF(2 * GRID, 2 * GRID))
        label.moveLeft(max(seen.left() + 2, min(label.left(), seen.right() - label.width() - 2)))
        if label.bottom() > seen.bottom() - 2:
            label.moveBottom(self._pointer.y() - GRID)
        theme = self.diagram.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(label, 4, 4)
        painter.setPen(QColor(theme.text))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)

    def _choice(self, place: Place) -> str:
        """Whether an input enters the network, and what a click does."""
        if self.diagram.geometry.left_out(place):
            return self.tr("left out; a click takes it in and restarts the run")
        if self.diagram.geometry.shape[0] == 1:
            return self.tr("the only input, which stays")
        return self.tr("an input; a click leaves it out and restarts the run")

    def _choose(self, place: Place) -> None:
        """Take an input in or leave it out, or edit the number of any other place."""
        if place.layer < 0:
            self.input_toggled.emit(self.diagram.geometry.row(0, place.unit))
        else:
            self.place_chosen.emit(place)

    def _number(self, place: Place) -> str:
        """The number that an edge or a bias shows."""
        value, what = self.diagram.shown(place), self.diagram.what
        if what is Quantity.WEIGHTS:
            return "–" if value is None else steady(value)
        number = "–" if value is None else signed(value)
        words = self.tr("gradient {0}") if what is Quantity.GRADIENTS else self.tr("last update {0}")
        return words.format(number)

    # Qt

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.diagram.help_at(event.pos()), self)
            return True
        asked = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride else None
        walks = asked in ARROWS if self.selected else asked in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        if walks or (asked == Qt.Key.Key_Space and self._at_input):
            event.accept()  # here they select a unit or toggle an input, whatever they do elsewhere in the window
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            self.diagram.paint(painter, event.rect(), self.hovered, self.selected if self.hasFocus() else None)
            if self.hovered is not None:
                self._paint_label(painter, self.hovered)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self._hover(self.diagram.geometry.place_at(self._pointer))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.diagram.geometry.place_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or place is None:
            return
        self._pointer = event.position()
        if place.input is None:
            self.selected = place
        self._by_keyboard = False
        self._hover(place)
        self._choose(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self.zoom_wanted.emit(1 if event.angleDelta().y() > 0 else -1, event.position())
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        geometry = self.diagram.geometry
        layer, unit, _ = self.selected or self._first
        row = geometry.row(layer + 1, unit)
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down if self.selected is None:
                pass
            case Qt.Key.Key_Up | Qt.Key.Key_Down as key:
                row += 1 if key == Qt.Key.Key_Down else -1
            case Qt.Key.Key_Left | Qt.Key.Key_Right as key:
                height = geometry.unit(layer + 1, unit).top()
                layer = max(-1, min(layer + (1 if key == Qt.Key.Key_Right else -1), len(geometry.shape) - 2))
                first = geometry.unit(layer + 1, geometry.unit_in(layer + 1, 0)).top()
                row = round((height - first) / geometry.pitches[layer + 1])
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.selected:
                self._choose(self.selected)
                return
            case Qt.Key.Key_Space if self.selected and self._at_input:
                self._choose(self.selected)
                return
            case Qt.Key.Key_Plus | Qt.Key.Key_Minus as key if 0 <= layer < len(geometry.shape) - 2:
                self.units_wanted.emit(layer, 1 if key == Qt.Key.Key_Plus else -1)
                return
            case _:
                super().keyPressEvent(event)
                return
        row = max(0, min(row, geometry.count(layer + 1) - 1))
        self._select(Place(layer, geometry.unit_in(layer + 1, row)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._select(self.selected or self._first)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._tell()
        self.update()


def steady(value: float) -> str:
    """A weight with its sign and three decimals, so that its width hardly changes; large ones as all other numbers."""
    return f"{value:+.3f}".replace("-", MINUS) if abs(value) < 1e4 else signed(value)
