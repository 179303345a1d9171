"""What is looked at closely: within what is there, and the same for frames and for measurements."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.config import Config, Layer
from playground.experiment.looks.look import Request
from playground.experiment.looks.pre_activations import PreActivations
from playground.experiment.run.session import Session
from playground.experiment.selection import Selection
from playground.nn.activations import ACTIVATIONS
from tests.configs import edited
from tests.frames import look_at

LAYERS = [(4, 3), (2, 5), (1, 3)]  # units, and inputs with the bias


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        (Selection(), Selection()),
        (Selection(2, 1, 1, 4, 9), Selection(2, 1, 1, 4, 9)),
        (Selection(0, 1, 3, 5), Selection(0, 1, 1, 4)),
        (Selection(9, 9, 9, 9, 99, 7), Selection(2, 2, 0, 2, 9, 7)),
        (Selection(example=0, x_axis=1, y_axis=0), Selection(example=0, x_axis=1, y_axis=0)),
        (Selection(x_axis=7, y_axis=7), Selection(x_axis=1, y_axis=1)),
    ],
)
def test_what_is_not_there_is_the_last_there_is(chosen: Selection, found: Selection) -> None:
    assert chosen.within(LAYERS, members=3, examples=10, columns=2) == found


def test_over_a_single_column_both_axes_are_it() -> None:
    assert Selection().axes(1) == (0, 0)


@pytest.mark.parametrize("name", ["relu", "crelu", "maxout", "prelu"])
def test_a_frame_and_what_looks_inside_agree(name: str) -> None:
    hidden = (Layer(4, ACTIVATIONS[name]()), Layer(2))
    chosen = {"layer": 0, "unit": 999, "input": 999, "member": 3, "example": 999}
    session = look_at(Session(edited({"network.hidden": hidden, "ensemble.members": 2})), **chosen)
    selected, frame = session._run.context(session.selection).selection, session.frame()
    assert selected == frame.selection == frame.within(session.selection)
    assert selected.member == 1
    assert selected.input == 2, "the bias, behind the two coordinates"
    assert selected.example == len(session.scene.train_y) - 1


def test_two_who_ask_for_two_units_get_two() -> None:
    session = look_at(Session(Config()), unit=3)
    other = Selection(unit=1)
    frame = session.frame(frozenset({PreActivations, Request(PreActivations, other)}))
    asked = frame.look(PreActivations), frame.look(PreActivations, other)
    assert [look.unit for look in asked if look is not None] == [3, 1]


def test_selecting_is_no_training() -> None:
    session, untouched = Session(Config()), Session(Config())
    for step, layer in enumerate((1, 2, 0)):
        look_at(session, layer=layer, x_axis=step % 2, y_axis=0)
        session.step(7)
    untouched.step(21)
    assert all(
        np.array_equal(a, b, equal_nan=True)
        for a, b in zip(session.state().arrays.values(), untouched.state().arrays.values(), strict=True)
    )
