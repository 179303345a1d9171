"""What layers are called, everywhere: in pictures, tables and sentences. Layers count from 0, the output layer last."""

from __future__ import annotations

from playground.options.message import Message


def hidden_layer_name(layer: int) -> Message:
    """layer 1"""
    return Message("layer {number}", number=layer + 1)


def layer_name(layer: int, layers: int) -> Message:
    """Where there are so many: layer 1, output."""
    return hidden_layer_name(layer) if layer < layers - 1 else Message("output")


def short_layer_name(layer: int, layers: int) -> Message:
    """Where room is scarce: 1, out."""
    return Message("{number}", number=layer + 1) if layer < layers - 1 else Message("out")


def layer_in_sentence(layer: int, layers: int) -> Message:
    """As the subject of a sentence: layer 1, the output layer."""
    return hidden_layer_name(layer) if layer < layers - 1 else Message("the output layer")


def layer_names(layers: int) -> tuple[str, ...]:
    """All of them, in English, as files have them."""
    return tuple(str(layer_name(layer, layers)) for layer in range(layers))
