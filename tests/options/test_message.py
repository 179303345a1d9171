"""Messages and the names of layers: what they say in English, and that every sentence is given what it speaks of."""

from __future__ import annotations

from playground.options.layers import layer_in_sentence, layer_name, layer_names, short_layer_name
from playground.options.message import Message


def test_a_message_is_its_english_sentence() -> None:
    inner = Message("layer {number}", number=2)
    assert (
        str(Message("{dead} of the units of {layer} are 0", dead=3, layer=inner)) == "3 of the units of layer 2 are 0"
    )
    assert str(Message("does not exist")) == "does not exist"
    assert str(Message("{file}: cannot be read", file="{odd}.csv")) == "{odd}.csv: cannot be read"


def test_equal_words_with_equal_values_are_equal() -> None:
    assert Message("{count} units", count=2) == Message("{count} units", count=2) != Message("{count} units", count=3)
    assert len({Message("{count} units", count=2), Message("{count} units", count=2)}) == 1


def test_layers_are_counted_and_the_last_is_the_output() -> None:
    assert layer_names(1) == ("output",)
    assert layer_names(3) == ("layer 1", "layer 2", "output")
    assert [str(name(1, 3)) for name in (layer_name, short_layer_name, layer_in_sentence)] == [
        "layer 2",
        "2",
        "layer 2",
    ]
    assert [str(name(2, 3)) for name in (short_layer_name, layer_in_sentence)] == ["out", "the output layer"]
