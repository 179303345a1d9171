"""The headers above a network's diagram, side by side, which scroll across with it. Knows no document and no frame."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QWidget

from playground.experiment.config import Layer
from playground.nn.activations.activation import Activation
from playground.ui.diagram.controls import describe
from playground.ui.diagram.geometry import Geometry
from playground.ui.diagram.headers import HEIGHT, EndHeader, LayerHeader, TitleButton
from playground.ui.forms.controls import wrapped
from playground.ui.theme import GRID

WIDEST = 112  # pixels, of a header


class HeaderStrip(QWidget):
    """A header above each column: the inputs, the hidden layers, the outputs."""

    units_wanted = Signal(int, int)  # hidden layer, how many more
    activation_chosen = Signal(int, str)  # hidden layer, name in ACTIVATIONS
    layer_wanted = Signal(int, QPoint)  # the details of a hidden layer, where on the screen
    output_wanted = Signal(QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT + GRID // 2)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._row = QWidget(self)
        self._output_title = TitleButton("output_details")
        self._output_title.details_wanted.connect(self.output_wanted)
        self.inputs = EndHeader(QLabel(), self._row)
        self._outputs = EndHeader(self._output_title, self._row)
        self._layers: list[LayerHeader] = []

    def show_layers(self, hidden: tuple[Layer, ...]) -> None:
        """Follow the config's hidden layers."""
        while len(self._layers) > len(hidden):
            header = self._layers.pop()
            header.hide()
            header.deleteLater()
        while len(self._layers) < len(hidden):
            self._layers.append(self._new_header(len(self._layers)))
        for header, layer in zip(self._layers, hidden, strict=True):
            header.show_layer(layer)

    def show_inputs(self, count: int, candidates: int, standardised: bool) -> None:
        """How many of those that can enter the network do, and how they are brought to size."""
        title = self.tr("inputs") if count > 1 else self.tr("input")
        kind = self.tr("standardised") if standardised else self.tr("as they are")
        self.inputs.show_column(title, self.tr("{0} of {1}").format(count, candidates), kind)
        help = self.tr("Click an input below to take it in or to leave it out. The run starts again.")
        scaled = self.tr("Each has mean 0 and deviation 1 over the training examples: “standardise” in the data panel.")
        raw = self.tr(
            "They enter in their own units; “standardise” in the data panel gives them mean 0 and deviation 1."
        )
        describe(self.inputs, wrapped(f"{help}\n\n{scaled if standardised else raw}"))

    def show_outputs(self, count: int, kind: str, output: Activation) -> None:
        """How many outputs there are, of what kind they are, and what a press on their name chooses."""
        self._outputs.show_column(self.tr("outputs") if count > 1 else self.tr("output"), str(count), kind)
        self._output_title.show_activation(output, self.tr("Press for its plot, and to choose another."))

    def place(self, geometry: Geometry) -> None:
        """Stand above the columns."""
        self._row.setGeometry(self._row.x(), 0, geometry.width, HEIGHT)
        middles = [left + side // 2 for left, side in zip(geometry.left, geometry.sides, strict=True)]
        apart = middles[1] - middles[0]
        for header, middle in zip((self.inputs, *self._layers, self._outputs), middles, strict=True):
            room = apart - 6 if isinstance(header, LayerHeader) else apart  # words need no gap where a field has one
            width = min(room, WIDEST, 2 * middle, 2 * (geometry.width - middle))
            header.setGeometry(middle - width // 2, 0, width, HEIGHT)

    def scroll_to(self, across: int) -> None:
        """Begin this many pixels from the left of the diagram."""
        self._row.move(-across, 0)

    def _new_header(self, index: int) -> LayerHeader:
        header = LayerHeader(index, self._row)
        header.units_wanted.connect(self.units_wanted)
        header.activation_chosen.connect(self.activation_chosen)
        header.details_wanted.connect(self.layer_wanted)
        header.show()
        return header
