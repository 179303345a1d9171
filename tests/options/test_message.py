"""Messages and the names of layers: what they say in English, and that every sentence is given what it speaks of."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import playground
from playground.options.layers import layer_in_sentence, layer_name, layer_names, short_layer_name
from playground.options.message import NOTHING, Message, Sentence

# What makes a message, and where among its arguments the template stands.
MAKERS = dict.fromkeys(("Message", "Sentence", "DataError", "SnapshotError", "StateError", "_error"), 0)
MAKERS |= {"ConfigError": 1, "_require": 1}


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


def test_a_sentence_begins_with_a_capital() -> None:
    told = Sentence("{subject} pulls harder", subject=Message("the {penalty} penalty", penalty="L2"))
    assert str(told) == "The L2 penalty pulls harder"


def test_nothing_is_false_and_everything_else_is_true() -> None:
    assert not NOTHING
    assert str(NOTHING) == ""
    assert Message("{number}", number=0)


def told(call: ast.Call) -> str | None:
    """The template that a call is given in so many words, if it makes a message."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in MAKERS or len(call.args) <= MAKERS[name]:
        return None
    template = call.args[MAKERS[name]]
    return template.value if isinstance(template, ast.Constant) else None


def test_every_sentence_is_given_what_it_speaks_of() -> None:
    """Also those of errors that no test brings about."""
    found = 0
    for file in sorted(Path(playground.__file__).parent.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and (template := told(call)) is not None:
                fields = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
                assert fields == {keyword.arg for keyword in call.keywords}, f"{file.name}:{call.lineno}: {template}"
                found += 1
    assert found > 100
