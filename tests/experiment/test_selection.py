"""What is looked at closely: the display's choice, within what is there, and the same for frames and for measurements."""

from __future__ import annotations

import pytest

from playground.experiment.config import Layer
from playground.experiment.run.session import Session
from playground.experiment.selection import Selection
from playground.nn.activations import ACTIVATIONS
from tests.configs import edited

LAYERS = [(4, 3), (2, 5), (1, 3)]  # units, and inputs with the bias


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, Selection(0, 0, 0, 0, None)),
        ({"layer": 1, "unit": 1, "input": 4, "member": 2, "example": 9}, Selection(2, 1, 1, 4, 9)),
        ({"layer": 1, "unit": 3, "input": 5}, Selection(0, 1, 1, 4, None)),
        ({"layer": 9, "unit": 9, "input": 9, "member": 9, "example": 99}, Selection(2, 2, 0, 2, 9)),
        ({"example": 0}, Selection(0, 0, 0, 0, 0)),
    ],
)
def test_what_is_not_there_is_the_last_there_is(chosen: dict[str, int], found: Selection) -> None:
    display = edited({f"display.{name}": value for name, value in chosen.items()}).display
    assert Selection.of(display, LAYERS, members=3, examples=10) == found


@pytest.mark.parametrize("name", ["relu", "crelu", "maxout", "prelu"])
def test_a_frame_and_what_looks_inside_agree(name: str) -> None:
    hidden = (Layer(4, ACTIVATIONS[name]()), Layer(2))
    chosen = {"layer": 0, "unit": 999, "input": 999, "member": 3, "example": 999}
    config = edited({f"display.{field}": value for field, value in chosen.items()})
    session = Session(edited({"network.hidden": hidden, "ensemble.members": 2}, config))
    context = session._context().selection
    assert context == session.frame().selected(session.config.display)
    assert context.member == 1
    assert context.input == 2, "the bias, behind the two coordinates"
    assert context.example == len(session.scene.train_y) - 1
