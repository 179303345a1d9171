"""Which layer and which of its units a view looks at closely: two lists, whose choices are the document's selection."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QWidget

from playground.experiment.frame import Frame
from playground.options.layers import layer_name
from playground.ui.forms.controls import Selector
from playground.ui.theme import GRID, tabular
from playground.ui.words import said
from playground.ui.workspace.document import Document


class UnitPicker(QWidget):
    """Reads "layer 2", "unit 3". The layers and units are those of the last frame shown; names begin with `name`."""

    def __init__(self, name: str, document: Document) -> None:
        super().__init__()
        self._document = document
        self._frame: Frame | None = None
        self._units: tuple[int, ...] = ()
        self._layers = Selector()
        self._layers.setObjectName(f"{name}.layer")
        self._layers.setAccessibleName(self.tr("layer"))
        self._layers.activated.connect(self._choose_layer)
        self._list = Selector()
        self._list.setObjectName(f"{name}.unit")
        self._list.setAccessibleName(self.tr("unit"))
        self._list.activated.connect(self._choose_unit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for widget, help in (
            (self._layers, self.tr("Which layer is looked at closely.")),
            (self._list, self.tr("Which of its units is looked at closely.")),
        ):
            widget.setToolTip(help)
            widget.setAccessibleDescription(help)
            widget.setFont(tabular(widget.font()))
            widget.setFixedHeight(22)
            widget.setMaxVisibleItems(16)
            row.addWidget(widget)

    @property
    def place(self) -> tuple[int, int]:
        """The layer and unit that are selected; before the first frame the first there are."""
        selection = self._frame.within(self._document.selection) if self._frame else None
        return (selection.layer, selection.unit) if selection else (0, 0)

    def show_frame(self, frame: Frame) -> None:
        """Offer the layers and units of this moment's network."""
        self._frame = frame
        units = tuple(len(weights) for weights in frame.weights)
        if units != self._units:
            self._units = units
            names = [said(layer_name(layer, len(units))) for layer in range(len(units))]
            self._fill(self._layers, names)
            self._fill_units()
        self.show_selection()

    def show_selection(self) -> None:
        """Mark what is selected."""
        layer, unit = self.place
        if self._units and self._list.count() != self._units[layer]:
            self._fill_units()
        for widget, index in ((self._layers, layer), (self._list, unit)):
            with QSignalBlocker(widget):
                widget.setCurrentIndex(index)

    def _fill_units(self) -> None:
        self._fill(self._list, [self.tr("unit {0}").format(unit + 1) for unit in range(self._units[self.place[0]])])

    def _fill(self, widget: Selector, names: list[str]) -> None:
        with QSignalBlocker(widget):
            widget.clear()
            widget.addItems(names)
        widest = max(map(widget.fontMetrics().horizontalAdvance, (*names, "layer 10")))
        widget.setFixedWidth(widest + 4 * GRID)

    def _choose_layer(self, layer: int) -> None:
        self._document.select(layer=layer)

    def _choose_unit(self, unit: int) -> None:
        self.choose(self.place[0], unit)

    def choose(self, layer: int, unit: int) -> None:
        """Look at this unit from now on."""
        self._document.select(layer=layer, unit=unit)
