"""What gestures at a network's diagram change in the document. Knows no picture of it."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject

from playground.experiment.config import MAX_UNITS, Layer
from playground.nn.activations import ACTIVATIONS
from playground.options.layers import hidden_layer_name
from playground.ui.diagram.geometry import Place
from playground.ui.words import said
from playground.ui.workspace.document import Document


class NetworkEdits(QObject):
    """Each verb is one entry of the undo stack; hidden layers count from 0."""

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document

    def change_layers(self, change: int) -> None:
        """So many more hidden layers, the new ones like the last; or without the last ones."""
        hidden = self._document.config.network.hidden
        last = hidden[-1] if hidden else Layer()
        added = dataclasses.replace(last, units=max(2, min(last.units, 4)))
        layers = (*hidden, *[added] * change)[: len(hidden) + change]
        self._document.set("network.hidden", layers, self.tr("Hidden layers: {count}").format(count=len(layers)))

    def choose_inputs(self, path: str, keys: tuple[str, ...], name: str, taken: bool) -> None:
        """Take an input of this name in, or leave it out: `keys` are what the config says at a path then."""
        label = self.tr("Input {name}: in") if taken else self.tr("Input {name}: out")
        self._document.set(path, keys, label.format(name=name))

    def look_at(self, place: Place) -> None:
        """Look closely at a unit that is no input, and at one of its weights where it is one that was chosen."""
        if place.layer >= 0:
            weight = {} if place.input is None else {"input": place.input}
            self._document.select(layer=place.layer, unit=place.unit, **weight)

    def change_units(self, layer: int, change: int) -> None:
        """More or fewer units in a hidden layer, within what one can have."""
        units = self._document.config.network.hidden[layer].units + change
        if 1 <= units <= MAX_UNITS:
            label = self.tr("Units of {layer}: {count}").format(layer=said(hidden_layer_name(layer)), count=units)
            self._document.set(f"network.hidden.{layer}.units", units, label)

    def choose_activation(self, layer: int, name: str) -> None:
        """Give a hidden layer another activation, with its usual knobs."""
        cls = ACTIVATIONS[name]
        if type(self._document.config.network.hidden[layer].activation) is not cls:
            label = self.tr("Activation of {layer}: {activation}").format(
                layer=said(hidden_layer_name(layer)), activation=cls.label
            )
            self._document.set(f"network.hidden.{layer}.activation", cls(), label)
