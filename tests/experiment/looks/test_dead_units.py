"""Dead units: who is, who was, and since when."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.config import Config, Layer
from playground.experiment.history.layer_statistics import CAPACITY, MEASURES, LayerStatistics, LayerStatisticsLog
from playground.experiment.looks.dead_units import DeadUnits, Death, deaths
from playground.experiment.run.session import Session
from playground.nn.activations import Activation, CReLU, ReLU, Step, Tanh
from playground.options import with_value


def statistics_of(dead: list[list[int]], units: tuple[int, ...], every: int = 1) -> LayerStatistics:
    """Of a log with these rows, one a record: which units were dead."""
    log = LayerStatisticsLog(units, units)
    for record, row in enumerate(dead):
        log.add(
            every * record, every * record, np.array([*[0.0] * MEASURES * len(units), *row, *[0.0] * 4 * sum(units)])
        )
    return log.layer_statistics()


def test_deaths_and_returns_by_hand() -> None:
    layer_statistics = statistics_of(
        [[1, 0, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]], (2, 2), every=10
    )
    assert deaths(layer_statistics) == [
        Death(0, 0, 0.0, 20.0),
        Death(0, 0, 30.0, None),
        Death(1, 0, 10.0, 20.0),
        Death(1, 0, 30.0, 40.0),
        Death(1, 1, 40.0, None),
    ]


def test_a_log_without_deaths_or_without_records_tells_of_none() -> None:
    assert deaths(statistics_of([[0, 0], [0, 0]], (1, 1))) == []
    assert deaths(statistics_of([], (1, 1))) == []


def test_thinning_the_log_forgets_no_one_s_death() -> None:
    log, row = LayerStatisticsLog((2,), (2,)), np.zeros(MEASURES + 2 + 4 * 2)
    for epoch in range(3 * CAPACITY):
        row[MEASURES] = epoch >= 1
        row[MEASURES + 1] = 5 <= epoch < 7
        if log.due(epoch):
            log.add(epoch, epoch, row)
    assert log.every == 4
    assert deaths(log.layer_statistics()) == [Death(0, 0, 1.0, None)]


@pytest.mark.parametrize("activation", [ReLU(), Tanh(), CReLU(), Step()], ids=lambda activation: activation.label)
def test_who_is_zero_but_has_a_slope_is_not_dead(activation: Activation) -> None:
    """All pre-activations of the first unit are −1: half a CReLU's outputs are 0, and none of tanh's; of the second, 0."""
    session = Session(with_value(Config(), "network.hidden", (Layer(2, activation),)))
    for unit, bias in ((0, -1.0), (1, 0.0)):
        for at, value in enumerate((0.0, 0.0, bias)):
            session.network.weights[0][unit, at] = value
    dead = session.frame(frozenset({DeadUnits})).look(DeadUnits)
    assert dead is not None
    slopes = activation.slope(np.array([[-1.0], [0.0]]))[:, 0]
    outputs = activation(np.array([[-1.0], [0.0]]))[:, 0]
    assert dead.layers[0].tolist() == [
        bool(value == 0.0 and slopes[index % 2] == 0.0) for index, value in enumerate(outputs)
    ]
    assert (
        dead.layers[0].tolist()
        == {
            "ReLU": [True, slopes[1] == 0.0],
            "tanh": [False, False],
            "CReLU": [False, slopes[1] == 0.0, False, slopes[1] == 0.0],
            "step": [True, outputs[1] == 0.0],
        }[activation.label]
    )


def test_the_units_that_are_dead_now() -> None:
    hidden = (Layer(3, ReLU()), Layer(2, Tanh()))
    looked, left = (Session(with_value(Config(), "network.hidden", hidden)) for _ in range(2))
    for session in (looked, left):
        session.set_weight(0, 1, 2, -1000.0)
        session.set_weight(1, 0, 3, 0.0)
    dead = looked.frame(frozenset({DeadUnits})).look(DeadUnits)
    assert dead is not None
    assert [layer.tolist() for layer in dead.layers] == [[False, True, False], [False, False], [False]]
    assert not dead.layers[0].flags.writeable
    for session in (looked, left):
        session.train(2)
    np.testing.assert_array_equal(looked.network.parameters, left.network.parameters)
