"""What stands above each column of a network's diagram. Knows no document."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from playground.experiment.config import MAX_UNITS, Layer
from playground.nn.activations import ACTIVATIONS, Activation
from playground.options import Integer, knobs
from playground.options.layers import hidden_layer_name
from playground.ui.diagram.controls import describe, enable, stepper
from playground.ui.forms.controls import wrapped
from playground.ui.forms.curve_picture import ICON, CurveDelegate, curve_icon
from playground.ui.forms.knob_widgets import about
from playground.ui.theme import GRID, tabular
from playground.ui.words import said

ROW_HEIGHTS = (20, 24, 24)  # of the title, the number of units, the activation
STRETCHES = (100, 95, 90, 85, 80, 75)  # per cent of its width at which the name of an activation can still be read
HEIGHT = sum(ROW_HEIGHTS) + 2 * 2
SMALL_ICON = QSize(20, 13)


class ActivationSelector(QComboBox):
    """The table of activations in as little width as it can take. `activated` follows a choice by the user."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for index, (name, cls) in enumerate(ACTIVATIONS.items()):
            self.addItem(cls.label, name)
            self.setItemData(index, wrapped(about(cls)), Qt.ItemDataRole.ToolTipRole)
        widest = max(QFontMetrics(self.font()).horizontalAdvance(cls.label) for cls in ACTIVATIONS.values())
        self.setItemDelegate(CurveDelegate([cls() for cls in ACTIVATIONS.values()], self))
        self.view().setMinimumWidth(ICON.width() + widest + 5 * GRID)

    def name_font(self, width: int) -> QFont:
        """The font, condensed as far as the name needs to fit into a width and can still be read."""
        font = QFont(self.font())
        for stretch in STRETCHES:
            font.setStretch(stretch)
            if QFontMetrics(font).horizontalAdvance(self.currentText()) <= width:
                break
        return font

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet field with a small arrow: the style's own arrow would take half of the width."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            palette = self.palette()
            painter.setPen(palette.accent().color() if self.hasFocus() else palette.mid().color())
            painter.setBrush(palette.base() if self.underMouse() else palette.button())
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setPen(palette.buttonText().color())
            field = self.rect().adjusted(5, 0, -14, 0)
            painter.setFont(self.name_font(field.width()))
            text = painter.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, field.width())
            painter.drawText(field, Qt.AlignmentFlag.AlignCenter, text)
            tip = QPointF(self.width() - 8.5, self.height() / 2 + 1.5)
            painter.setPen(QPen(palette.placeholderText().color(), 1.2))
            painter.drawPolyline([tip + QPointF(-3, -3), tip, tip + QPointF(3, -3)])

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ColumnHeader(QWidget):
    """What stands above a column: a title and two rows below it, left to the subclasses to fill."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows = [QHBoxLayout() for _ in ROW_HEIGHTS]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for row, height in zip(self.rows, ROW_HEIGHTS, strict=True):
            row.setSpacing(0)
            row.addStrut(height)
            layout.addLayout(row)


class TitleButton(QToolButton):
    """The name of a column beside the curve of its activation; pressed, it wants to tell more."""

    details_wanted = Signal(QPoint)  # where on the screen

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._activation: Activation | None = None
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(SMALL_ICON)
        self.setFixedHeight(ROW_HEIGHTS[0])
        self.clicked.connect(lambda: self.details_wanted.emit(self.mapToGlobal(self.rect().bottomLeft())))

    def show_activation(self, activation: Activation, help: str) -> None:
        """Show its curve, and say what a press does."""
        if activation != self._activation:  # an icon takes longer to draw than all the rest of a header
            self._activation = activation
            self.setIcon(curve_icon(activation, self.palette()))
        self.setAccessibleName(self.text())
        describe(self, f"{wrapped(about(type(activation)))}\n\n{help}")

    # Qt

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._activation is not None:
            self.setIcon(curve_icon(self._activation, self.palette()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it: Space is the run's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class EndHeader(ColumnHeader):
    """Above the inputs and the outputs: how many there are, and what kind."""

    def __init__(self, title: QLabel | TitleButton, parent: QWidget) -> None:
        super().__init__(parent)
        self.title, self.count, self.kind = title, QLabel(), QLabel()
        for row, part in zip(self.rows, (self.title, self.count, self.kind), strict=True):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignCenter)
        self.count.setFont(tabular(self.font()))
        narrow = QFont(self.font())
        narrow.setStretch(90)
        self.kind.setFont(narrow)
        self.count.setProperty("role", "muted")
        self.kind.setProperty("role", "muted")

    def show_column(self, title: str, count: str, kind: str) -> None:
        """What the column is, how many units it has, and of what kind they are."""
        self.title.setText(title)
        self.count.setText(count)
        self.kind.setText(kind)


class LayerHeader(ColumnHeader):
    """Above a hidden layer: its number of units and its activation."""

    units_wanted = Signal(int, int)  # hidden layer, how many more
    activation_chosen = Signal(int, str)  # hidden layer, name in ACTIVATIONS
    details_wanted = Signal(int, QPoint)  # hidden layer, where on the screen

    def __init__(self, index: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.index = index
        self._name = said(hidden_layer_name(index))
        self.setObjectName(f"layer_{index}")
        self.title = TitleButton(f"layer_{index}_details")
        self.title.setText(self._name)
        knob = knobs(Layer)["units"]
        assert isinstance(knob, Integer)
        self.fewer, self.count, self.more = stepper(
            f"layer_{index}_units",
            replace(knob, label=self.tr("units of {layer}").format(layer=self._name)),
            self.tr("fewer units in {layer}").format(layer=self._name),
            self.tr("more units in {layer}").format(layer=self._name),
        )
        self.activation = ActivationSelector()
        self.activation.setObjectName(f"layer_{index}_activation")
        self.activation.setAccessibleName(self.tr("activation of {layer}").format(layer=self._name))
        self.rows[0].addWidget(self.title, 0, Qt.AlignmentFlag.AlignCenter)
        self.rows[1].addStretch()
        for widget in (self.fewer, self.count, self.more):
            self.rows[1].addWidget(widget)
        self.rows[1].addStretch()
        self.rows[2].addWidget(self.activation, 1)
        self.fewer.clicked.connect(lambda: self.units_wanted.emit(index, -1))
        self.more.clicked.connect(lambda: self.units_wanted.emit(index, 1))
        for taken in (self.count.entered, self.count.stepped):
            taken.connect(lambda units: self.units_wanted.emit(index, units - self.count.value))
        self.activation.activated.connect(lambda: self.activation_chosen.emit(index, self.activation.currentData()))
        self.title.details_wanted.connect(lambda corner: self.details_wanted.emit(index, corner))

    def show_layer(self, layer: Layer) -> None:
        """Show what the config says of this layer."""
        self.count.show_value(layer.units)
        add, remove = self.tr("Add a unit to {layer}."), self.tr("Remove a unit from {layer}.")
        full = self.tr("A layer has at most {most} units.").format(most=MAX_UNITS)
        least = self.tr("A layer has at least one unit; fewer hidden layers remove it.")
        restarts = self.tr("The run starts again.")
        how_many = self.tr("How many units {layer} has: type it, or step with the arrow keys.")
        describe(self.count, f"{how_many.format(layer=self._name)} {restarts}")
        enable(self.more, layer.units < MAX_UNITS, f"{add.format(layer=self._name)} {restarts}", full)
        enable(self.fewer, layer.units > 1, f"{remove.format(layer=self._name)} {restarts}", least)
        activation = layer.activation
        self.activation.setCurrentText(activation.label)
        help = self.tr("Activation of {layer}: {formula}. Another one starts the run again.")
        describe(self.activation, help.format(layer=self._name, formula=activation.formula))
        self.title.show_activation(activation, self.tr("Press for its plot, and for all numbers of the layer."))
