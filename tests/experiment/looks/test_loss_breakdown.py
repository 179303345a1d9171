"""The loss taken apart: which examples it comes from, and how the weights are spread."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from playground.data.generators import Circle, Hills
from playground.data.library import Iris
from playground.experiment.config import Config
from playground.experiment.ensemble import ByBootstrap
from playground.experiment.looks import loss_breakdown
from playground.experiment.looks.loss_breakdown import WORST, LossBreakdown
from playground.experiment.run.session import Session
from playground.nn.initializers import Zeros
from playground.nn.regularizers import L1
from playground.options import with_value
from tests.frames import look_at


def session_of(*edits: tuple[str, Any]) -> Session:
    config = Config()
    for path, value in edits:
        config = with_value(config, path, value)
    return Session(config)


def look_of(session: Session) -> LossBreakdown:
    look = session.frame(frozenset({LossBreakdown})).look(LossBreakdown)
    assert look is not None
    return look


@pytest.mark.parametrize("source", [Circle(), Iris(), Hills()])
def test_the_losses_of_all_examples_are_the_training_loss(source: Any) -> None:
    session = session_of(("data.source", source))
    session.train(3)
    look = look_of(session)
    assert look.losses.mean() == pytest.approx(session.evaluate("train").loss)
    assert (np.diff(look.losses) <= 0.0).all()
    assert_array_equal(np.sort(look.examples), np.arange(len(session.scene.train_y)))
    assert_array_equal(look.y, session.scene.train_y[look.examples])
    assert look.worst_share == pytest.approx(look.losses[:WORST].sum() / look.losses.sum())


def test_each_loss_is_that_of_its_example() -> None:
    session = session_of()
    session.train(20)
    look = look_of(session)
    answers = session.predict(session.dataset.X[session._run.setup.problem.rows.train])[look.examples, 0]
    surprise = -np.log(np.where(look.y == 1, answers, 1.0 - answers))
    assert_allclose(look.losses, surprise, rtol=1e-6)
    assert_array_equal(look.answers, answers > 0.5)


def test_answers_of_a_regression_are_in_units_of_the_data() -> None:
    session = session_of(("data.source", Hills()))
    session.train(2)
    look = look_of(session)
    expected = session.predict(session.dataset.X[session._run.setup.problem.rows.train])[look.examples, 0]
    assert_allclose(look.answers, expected)


def test_a_mislabelled_example_is_the_worst() -> None:
    session = session_of(("data.source", Circle()))
    session.train(300)
    part = session._run.setup.problem.train
    part.targets[17] = 1.0 - part.targets[17]
    part.y[17] = 1.0 - part.y[17]
    assert look_of(session).examples[0] == 17


def test_weights_are_counted_layer_by_layer_without_their_biases() -> None:
    session = session_of()
    for matrix in session.network.weights:
        matrix[:, -1] = 99.0
        matrix[:, :-1] = 0.3
    session.network.weights[0][1, :2] = 0.0
    session.network.weights[2][0, 0] = -0.45
    look = look_of(session)
    assert_array_equal(look.weights, [8, 8, 2])
    assert_array_equal(look.zeros, [2, 0, 0])
    assert_array_equal(look.counts.sum(axis=1), [8, 8, 2])
    assert look.edges[[0, -1]].tolist() == [-0.5, 0.5]
    middles = (look.edges[:-1] + look.edges[1:]) / 2.0
    assert look.counts[0, np.abs(middles).argmin()] == 2
    assert look.counts[2, np.abs(middles + 0.45).argmin()] == 1
    assert look.counts[:, np.abs(middles - 0.3).argmin()].tolist() == [6, 8, 1]


def test_l1_leaves_weights_at_exactly_0() -> None:
    session = session_of(("training.regularizer", L1(rate=0.01)))
    assert look_of(session).zeros.sum() == 0
    session.train(60)
    assert look_of(session).zeros.sum() > 3


def test_all_weights_at_0_are_in_the_middle() -> None:
    look = look_of(session_of(("network.initializer", Zeros())))
    assert_array_equal(look.zeros, look.weights)
    assert_array_equal(look.counts[:, len(look.edges) // 2 - 1], look.weights)
    assert look.edges[-1] == 1.0


def test_no_more_than_so_many_examples_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loss_breakdown, "MOST", 40)
    assert_array_equal(np.sort(look_of(session_of()).examples), np.arange(40))


def test_a_member_is_asked_about_what_it_learns_from() -> None:
    session = session_of(("ensemble.members", 3), ("ensemble.vary", ByBootstrap()), ("data.source", Circle()))
    look_at(session, member=1)
    session.train(2)
    rows = session._run.setup.problem.members[1].rows
    assert rows is not None
    assert_array_equal(np.sort(look_of(session).examples), np.unique(rows))


def test_numbers_that_are_none_come_first() -> None:
    session = session_of()
    session.network.parameters[...] = np.nan
    with np.errstate(all="ignore"):
        look = look_of(session)
    assert np.isinf(look.losses).all()
    assert np.isnan(look.worst_share)
    assert look.counts.sum() == 0


def test_looking_changes_no_bit() -> None:
    seen, unseen = session_of(), session_of()
    for _ in range(3):
        seen.step(7)
        unseen.step(7)
        look = look_of(seen)
        for array in vars(look).values():
            assert not isinstance(array, np.ndarray) or not array.flags.writeable
    assert_array_equal(seen.network.parameters, unseen.network.parameters)
