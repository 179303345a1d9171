"""Metrics: the numbers of confusion, ROC, reliability and residuals, against counting by hand and scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.calibration import calibration_curve
from sklearn.metrics import confusion_matrix, roc_auc_score, roc_curve

from playground.data.generators import Circle, Hills
from playground.data.library import Iris
from playground.experiment.config import Config
from playground.experiment.looks import metrics
from playground.experiment.looks.metrics import BINS, Metrics, probabilities, reliability_of, roc_of
from playground.experiment.run.session import Session
from playground.nn.activations import Linear, Tanh
from playground.nn.losses import Logistic, SquaredError
from playground.options import with_value
from tests.frames import look_at


def session_of(*edits: tuple[str, Any]) -> Session:
    config = Config()
    for path, value in edits:
        config = with_value(config, path, value)
    return Session(config)


def metrics_of(session: Session) -> Metrics:
    judged = session.frame(frozenset({Metrics})).look(Metrics)
    assert judged is not None
    return judged


def test_each_part_is_judged_on_its_own_examples() -> None:
    session = session_of(("data.validation_share", 0.2))
    session.train(30)
    for part in ("train", "validation", "test"):
        look_at(session, part=part)
        judged, scores = metrics_of(session), session.evaluate(part)
        assert judged.part == part
        assert judged.examples == judged.confusion.sum() == len(getattr(session.scene, f"{part}_y"))
        assert np.trace(judged.confusion) / judged.examples == scores.accuracy
        truth = getattr(session.scene, f"{part}_y")
        assert_array_equal(judged.confusion.sum(axis=1), [(truth == 0).sum(), (truth == 1).sum()])


def test_without_validation_examples_the_test_is_judged() -> None:
    session = look_at(session_of(), part="validation")
    assert metrics_of(session).part == "test"


def test_rows_are_the_truth_and_columns_the_answers() -> None:
    session = session_of(("data.source", Circle(points=66)))
    last = session.network.weights[-1]
    last[...] = 0.0
    last[0, -1] = 1.0  # everything is taken for the second class
    judged = metrics_of(session)
    assert_array_equal(judged.confusion[:, 0], [0, 0])
    assert judged.confusion[0, 1] == (session.scene.test_y == 0).sum()
    assert_allclose(judged.auc, [0.5])


@pytest.mark.parametrize("edits", [(), (("network.output", Tanh()), ("training.loss", SquaredError()))])
def test_of_two_classes_there_is_the_curve_of_the_second(edits: tuple[tuple[str, Any], ...]) -> None:
    session = session_of(*edits)
    session.train(3)
    judged = metrics_of(session)
    outputs = session.predict(session.dataset.X[session._run.setup.problem.rows.test])[:, 0]
    assert_allclose(judged.auc, [roc_auc_score(session.scene.test_y == 1, outputs)])
    assert_array_equal(judged.roc[0][:2, [0, -1]], [[0.0, 1.0], [0.0, 1.0]])


def test_of_more_classes_there_is_one_curve_each() -> None:
    session = session_of(("data.source", Iris()))
    session.train(3)
    judged = metrics_of(session)
    outputs = session.predict(session.dataset.X[session._run.setup.problem.rows.test])
    truth = session.scene.test_y
    assert_allclose(judged.auc, [roc_auc_score(truth == k, outputs[:, k]) for k in range(3)])
    said, right = outputs.max(axis=1), outputs.argmax(axis=1) == truth
    assert_allclose(judged.reliability, reliability_of(said, right))


@pytest.mark.parametrize("is_class", [np.zeros(4, bool), np.ones(4, bool)])
def test_a_class_that_is_not_there_or_alone_has_no_curve(is_class: Any) -> None:
    curve, area = roc_of(is_class, np.linspace(0.0, 1.0, 4))
    assert curve.shape == (3, 0)
    assert np.isnan(area)


def test_the_curve_of_a_few_answers() -> None:
    # From 0.9 on one of two is found, from 0.6 on both, with one of three others; at 0.2 the rest come together.
    curve, area = roc_of(np.array([True, False, True, False, False]), np.array([0.6, 0.6, 0.9, 0.2, 0.2]))
    assert_allclose(curve, [[0.0, 0.0, 1.0 / 3.0, 1.0], [0.0, 0.5, 1.0, 1.0], [1.0, 0.9, 0.6, 0.2]])
    assert area == pytest.approx(1.0 / 3.0 * 0.75 + 2.0 / 3.0)


@given(
    answers=st.lists(st.tuples(st.booleans(), st.integers(0, 10)), min_size=2, max_size=60).filter(
        lambda pairs: len({pair[0] for pair in pairs}) == 2
    )
)
def test_the_curve_is_scikit_learn_s(answers: list[tuple[bool, int]]) -> None:
    is_class, share = np.array([a for a, _ in answers]), np.array([b / 10.0 for _, b in answers])
    curve, area = roc_of(is_class, share)
    wrong, found, thresholds = roc_curve(is_class, share, drop_intermediate=False)
    assert area == pytest.approx(roc_auc_score(is_class, share))
    assert_allclose(np.interp(curve[2, 1:], thresholds[:0:-1], found[:0:-1]), curve[1, 1:])
    assert_allclose(np.interp(curve[2, 1:], thresholds[:0:-1], wrong[:0:-1]), curve[0, 1:])


def test_confusion_is_scikit_learn_s() -> None:
    session = session_of(("data.source", Iris()))
    session.train(2)
    outputs = session.predict(session.dataset.X[session._run.setup.problem.rows.test])
    expected = confusion_matrix(session.scene.test_y, outputs.argmax(axis=1), labels=np.arange(3))
    assert_array_equal(metrics_of(session).confusion, expected)


def test_the_reliability_of_a_few_answers() -> None:
    said = np.array([0.05, 0.15, 0.12, 0.95, 1.0, 0.9])
    right = np.array([False, True, False, True, True, False])
    pieces = reliability_of(said, right)
    assert_allclose(pieces[[0, 1, 9]], [[0.05, 0.0, 1.0], [0.135, 0.5, 2.0], [0.95, 2.0 / 3.0, 3.0]])
    assert np.isnan(pieces[2:9, :2]).all()
    assert (pieces[2:9, 2] == 0.0).all()


def test_reliability_is_scikit_learn_s_calibration_curve() -> None:
    session = session_of()
    session.train(40)
    judged = metrics_of(session)
    outputs = session.predict(session.dataset.X[session._run.setup.problem.rows.test])[:, 0]
    right, said = calibration_curve(session.scene.test_y, outputs, n_bins=BINS)
    known = judged.reliability[:, 2] > 0.0
    assert_allclose(judged.reliability[known, :2], np.stack([said, right], axis=1))
    gaps = np.abs(said - right) * judged.reliability[known, 2]
    assert judged.calibration_error == pytest.approx(gaps.sum() / judged.examples)


def test_what_outputs_say_of_probability() -> None:
    h = np.array([[-3.0, -1.0, 0.0, 0.5, 2.0]])
    tanh = session_of(("network.output", Tanh()), ("training.loss", SquaredError()))._run.setup.problem
    assert_allclose(probabilities(tanh, h), [[0.0, 0.0, 0.5, 0.75, 1.0]])
    logistic = session_of(("network.output", Linear()), ("training.loss", Logistic()))._run.setup.problem
    assert_allclose(probabilities(logistic, h), 1.0 / (1.0 + np.exp(-h)))


def test_residuals_are_in_units_of_the_data() -> None:
    session = session_of(("data.source", Hills(noise=0.2)))
    session.train(20)
    judged = metrics_of(session)
    answer = session.predict(session.dataset.X[session._run.setup.problem.rows.test])[:, 0]
    truth = session.scene.test_y
    assert_array_equal(judged.truth, truth)
    assert_allclose(judged.answer, answer)
    assert judged.error == pytest.approx(np.sqrt(np.mean((answer - truth) ** 2)))
    assert judged.explained == pytest.approx(1.0 - np.sum((answer - truth) ** 2) / np.sum((truth - truth.mean()) ** 2))
    assert judged.residuals.sum() == len(truth)
    assert judged.edges[0] == -judged.edges[-1]
    assert judged.confusion.shape == (0, 0)


def test_no_more_than_so_many_examples_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "MOST", 40)
    session = session_of()
    assert metrics_of(session).examples == 40
    assert metrics_of(session).confusion.sum() == 40


def test_of_several_members_the_one_shown_is_judged() -> None:
    session = session_of(("ensemble.members", 3))
    session.train(3)
    for member in (0, 2):
        look_at(session, member=member)
        judged, accuracies = metrics_of(session), session.evaluate("test").accuracies
        assert accuracies is not None
        assert np.trace(judged.confusion) / judged.examples == accuracies[member]


def test_numbers_that_are_none_are_survived() -> None:
    for source in (Circle(), Hills()):
        session = session_of(("data.source", source))
        session.network.parameters[...] = np.nan
        with np.errstate(all="ignore"):
            assert metrics_of(session).examples == 250


def test_looking_changes_no_bit() -> None:
    seen, unseen = session_of(), session_of()
    for _ in range(3):
        seen.step(7)
        unseen.step(7)
        judged = metrics_of(seen)
        for array in (judged.confusion, judged.auc, judged.reliability, judged.truth, *judged.roc):
            assert not array.flags.writeable
    assert_array_equal(seen.network.parameters, unseen.network.parameters)
