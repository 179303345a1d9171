"""Dead units: who is, who was, and since when."""

from __future__ import annotations

import numpy as np

from playground.experiment.config import Config, Layer
from playground.experiment.dead import Dead, Death, deaths
from playground.experiment.session import Session
from playground.experiment.vitals import Vitals
from playground.nn.activations import ReLU, Tanh
from playground.options import with_value


def vitals_of(dead: list[list[int]], units: tuple[int, ...], every: int = 1) -> Vitals:
    """Of a log with these rows, one a record: which units were dead."""
    unit_dead = np.array(dead, bool).reshape(len(dead), sum(units))
    epoch = np.arange(len(dead)) * float(every)
    none = np.zeros((len(dead), len(units)))
    no_moments = np.zeros((2, len(epoch), sum(units)))
    return Vitals(
        epoch, epoch.astype(np.int64), none, none, none, none, unit_dead, units, no_moments, no_moments, units
    )


def test_deaths_and_returns_by_hand() -> None:
    vitals = vitals_of([[1, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]], (2, 2), every=10)
    assert deaths(vitals) == [
        Death(0, 0, 0.0, 20.0),
        Death(0, 0, 30.0, None),
        Death(1, 0, 10.0, 20.0),
        Death(1, 0, 30.0, 40.0),
        Death(1, 1, 40.0, None),
    ]


def test_a_log_without_deaths_or_without_records_tells_of_none() -> None:
    assert deaths(vitals_of([[0, 0], [0, 0]], (1, 1))) == []
    assert deaths(vitals_of([], (1, 1))) == []


def test_the_units_that_are_dead_now() -> None:
    hidden = (Layer(3, ReLU()), Layer(2, Tanh()))
    looked, left = (Session(with_value(Config(), "network.hidden", hidden)) for _ in range(2))
    for session in (looked, left):
        session.set_weight(0, 1, 2, -1000.0)
        session.set_weight(1, 0, 3, 0.0)
    dead = looked.frame(frozenset({Dead.need})).look(Dead)
    assert dead is not None
    assert [layer.tolist() for layer in dead.layers] == [[False, True, False], [False, False], [False]]
    assert not dead.layers[0].flags.writeable
    for session in (looked, left):
        session.train(2)
    np.testing.assert_array_equal(looked.network.parameters, left.network.parameters)
