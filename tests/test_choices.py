"""Choices know their own: nobody asks of which class a choice is, but what it says of itself."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.experiment.config import Config
from playground.experiment.diagnosis import CONDITIONS
from playground.options import Choice, Items, Options, Section, knobs

ROOT = Path(__file__).resolve().parents[1] / "playground"


def choices_of(owner: type[Options]) -> Iterator[type]:
    """Every class that a table offers, of these knobs and of those inside."""
    for knob in knobs(owner).values():
        if isinstance(knob, Choice):
            yield from knob.table.values()
        elif isinstance(knob, Items | Section):
            yield from choices_of(knob.cls)


def home(cls: type) -> str:
    """The file that a class lies in."""
    return str(Path(inspect.getfile(cls)).resolve())


OFFERED = [*choices_of(Config), *(type(one) for one in CONDITIONS)]
CHOICES = {cls.__name__: home(cls) for cls in OFFERED}

KNOBS = {name for cls in choices_of(Config) for name in knobs(cls)}


def asked_for(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every class that code asks whether something is of it, or is called as it is, and of every knob that
    something may have or not.
    """
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        asked: list[ast.AST] = []
        match node:
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[_, kinds]):
                asked = [kinds]
            case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[_, ast.Constant(value=str(knob)), *_]):
                if knob in KNOBS:
                    yield node.lineno, knob
            case ast.MatchClass(cls=cls):
                asked = [cls]
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
                calls = [side.func for side in sides if isinstance(side, ast.Call)]
                if any(isinstance(call, ast.Name) and call.id == "type" for call in calls):
                    asked = [side for side in sides if not isinstance(side, ast.Call)]
                else:
                    asked = [side.value for side in sides if isinstance(side, ast.Attribute) and side.attr == "label"]
        for part in asked:
            for inner in ast.walk(part):
                if isinstance(inner, ast.Name | ast.Attribute):
                    name = inner.id if isinstance(inner, ast.Name) else inner.attr
                    yield inner.lineno, names.get(name, name)


def strangers(path: Path, text: str) -> list[str]:
    """Where a file asks for a choice that lies in another one."""
    return [
        f"{path.name}:{line} asks for {name}"
        for line, name in asked_for(ast.parse(text))
        if name in KNOBS or CHOICES.get(name, str(path)) != str(path)
    ]


def test_nobody_asks_for_one_choice_outside_its_own_file() -> None:
    assert len(CHOICES) > 80
    found = [line for path in sorted(ROOT.rglob("*.py")) for line in strangers(path, path.read_text())]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "code",
    [
        "isinstance(output, Softmax)",
        "isinstance(output, Sigmoid | Softmax)",
        "isinstance(output, (Options, Softmax))",
        "type(output) is Softmax",
        "type(output) in (Softmax, int)",
        "output.label == Softmax.label",
        "from playground.nn.activations import Softmax as Soft\nisinstance(output, Soft)",
        "isinstance(output, activations.Softmax)",
        "match output:\n    case Softmax():\n        pass",
        "match loss, output:\n    case (_, Softmax() | None):\n        pass",
    ],
)
def test_whoever_asks_is_found(code: str) -> None:
    assert [line.partition(" ")[2] for line in strangers(ROOT / "planted.py", code)][-1:] == ["asks for Softmax"]


def test_whoever_asks_whether_there_is_a_knob_is_found() -> None:
    assert strangers(ROOT / "planted.py", 'getattr(stopping, "patience", 0)') == ["planted.py:1 asks for patience"]
    assert strangers(ROOT / "planted.py", 'hasattr(optimizer, "momentum")') == ["planted.py:1 asks for momentum"]


def test_what_may_be_asked() -> None:
    code = "isinstance(optimizer, SearchingOptimizer)\noutput == Softmax()\nloss = {Softmax.label: 1}"
    assert strangers(ROOT / "planted.py", code) == []
