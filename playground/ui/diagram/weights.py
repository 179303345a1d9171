"""The pop-up in which weights of a network's diagram are set by hand, over the diagram. Knows no run."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtWidgets import QWidget

from playground.ui.diagram.canvas import Canvas
from playground.ui.diagram.geometry import Place
from playground.ui.diagram.weight_editor import Row, WeightEditor
from playground.ui.workspace.document import Document


class DiagramWeights(QObject):
    """At most one pop-up at a time, for places of a canvas, within the panel that holds it."""

    def __init__(self, document: Document, canvas: Canvas, panel: QWidget) -> None:
        super().__init__(panel)
        self._document = document
        self._canvas = canvas
        self._panel = panel
        self._popup: WeightEditor | None = None
        self._places: list[Place] = []  # what it shows

    def edit(self, place: Place) -> None:
        """Open it for a weight or a bias, or for all that enters a unit."""
        diagram = self._canvas.diagram
        if diagram.value(place) is None:
            return
        layer, unit, input = place
        bias = diagram.geometry.shape[layer]
        inputs = [input] if input is not None else [bias, *range(bias)]
        self._places = [Place(layer, unit, input) for input in inputs]
        rows = [Row(place, self._label(place), diagram.value(place) or 0.0) for place in self._places]
        title = self._canvas.name(place._replace(input=None))
        self._popup = WeightEditor(title[0].upper() + title[1:], rows, self._panel)
        self._popup.value_entered.connect(self._set)
        self._popup.closed.connect(self._forget)
        spared = diagram.geometry.unit(layer + 1, unit)
        for place in self._places:
            if place.input != bias and place.input is not None:
                spared |= diagram.geometry.unit(layer, place.input)
        spared.moveTopLeft(self._canvas.mapToGlobal(spared.topLeft()))
        self._popup.open_beside(spared, QRect(self._panel.mapToGlobal(QPoint(0, 0)), self._panel.size()))

    def follow(self) -> None:
        """Show what the canvas shows now."""
        if self._popup is not None:
            values = {place: self._canvas.diagram.value(place) for place in self._places}
            self._popup.show_values({place: value for place, value in values.items() if value is not None})

    def close(self) -> None:
        """The network is another one."""
        if self._popup is not None:
            self._popup.close()

    def _forget(self) -> None:
        self._popup = None

    def _label(self, place: Place) -> str:
        assert place.input is not None
        if place.input == self._canvas.diagram.geometry.shape[place.layer]:
            return self.tr("bias")
        return self.tr("w from {source}").format(source=self._canvas.name(Place(place.layer - 1, place.input)))

    def _set(self, place: Place, old: float, new: float) -> None:
        assert place.input is not None
        label = self.tr("Set {weight}").format(weight=self._canvas.name(place))
        self._document.edit_weight((place.layer, place.unit, place.input), old, new, label)
