"""History: a schedule of steps that never ends and never outgrows its room, and records that say what happened."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from playground.data.generators import Circle, Hills
from playground.experiment.config import Config, DataConfig, Layer, NetworkConfig, TrainingConfig
from playground.experiment.ensemble import ByPenaltyRate
from playground.experiment.history import curves
from playground.experiment.history.curves import History, Scores
from playground.experiment.run.session import Session
from playground.nn.regularizers import L1, L2, ElasticNet, NoRegularizer, WeightDecay
from playground.options import with_value

LAYERS = 2


def scores_of(*values: float | None, each: tuple[float, ...] = (), held_out: tuple[float, ...] = ()) -> Scores:
    """Losses on training, validation and test part, then the accuracies."""
    return Scores(0, *values, each, held_out, None)  # type: ignore[arg-type]


SCORES = scores_of(0.5, None, 0.6, 0.7, None, 0.8)


def add(records: History, epoch: float, step: int, scores: Scores = SCORES, gradient: float = 1.0) -> None:
    records.add(epoch, step, scores, np.full((LAYERS, 3), gradient), 0.0)


def walk(records: History, steps_per_epoch: int, epochs: int) -> list[int]:
    """Run the schedule from the start; the steps at which a record was due, the start included."""
    add(records, 0.0, 0)
    recorded = [0]
    for epoch in range(epochs):
        step = 0
        while step < steps_per_epoch:
            due, record = records.next_due(epoch, step, steps_per_epoch)
            assert step < due <= steps_per_epoch
            step = due
            if record:
                recorded.append(epoch * steps_per_epoch + step)
                add(records, epoch + step / steps_per_epoch, recorded[-1])
    return recorded


@given(steps=st.integers(1, 10_000), resolution=st.integers(-60, 12), epoch=st.integers(0, 10**9), data=st.data())
def test_the_next_stop_lies_ahead_and_within_the_epoch(
    steps: int, resolution: int, epoch: int, data: st.DataObject
) -> None:
    step = data.draw(st.integers(0, steps - 1))
    due, record = History(LAYERS, resolution).next_due(epoch, step, steps)
    assert step < due <= steps
    if resolution >= 0:
        assert record
    else:
        assert due == steps
        assert record == ((epoch + 1) % 2**-resolution == 0)


@given(steps=st.integers(1, 50), resolution=st.integers(0, 4), epochs=st.integers(1, 4))
def test_records_stand_at_the_first_step_at_or_after_each_mark(steps: int, resolution: int, epochs: int) -> None:
    per_epoch = 2**resolution
    marks = {-(-mark * steps // per_epoch) for mark in range(epochs * per_epoch + 1)}
    assert walk(History(LAYERS, resolution), steps, epochs) == sorted(marks)
    assert marks >= {epoch * steps for epoch in range(epochs + 1)}


@given(steps=st.integers(1, 50), coarseness=st.integers(1, 3), epochs=st.integers(0, 20))
def test_coarser_than_an_epoch_only_some_epochs_end_in_a_record(steps: int, coarseness: int, epochs: int) -> None:
    distance = steps * 2**coarseness
    assert walk(History(LAYERS, -coarseness), steps, epochs) == list(range(0, epochs * steps + 1, distance))


@given(fourths=st.integers(1, 5), half=st.integers(1, 8), epochs=st.integers(0, 60))
def test_thinning_keeps_the_start_and_equal_distances(fourths: int, half: int, epochs: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curves, "CAPACITY", 2 * half)
        records = History(LAYERS, 2)
        walk(records, 4 * fourths, epochs)
    step, epoch = records.curves().step, records.curves().epoch
    distance = round(4 * fourths * 2.0**-records.resolution)
    assert step[0] == 0
    assert_array_equal(step, np.arange(0, 4 * fourths * epochs + 1, distance)[: len(step)])
    assert step[-1] + distance > 4 * fourths * epochs
    assert_array_equal(epoch, step / (4 * fourths))
    assert len(step) <= 2 * half
    if records.resolution < 2:
        assert len(step) > half


@given(steps=st.integers(1, 30), half=st.integers(1, 8), epochs=st.integers(0, 60))
def test_thinning_keeps_the_order_at_any_number_of_steps(steps: int, half: int, epochs: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curves, "CAPACITY", 2 * half)
        records = History(LAYERS, 2)
        due = walk(records, steps, epochs)
    kept = records.curves().step
    assert kept[0] == 0
    assert kept[-1] == due[-1]
    assert (np.diff(kept) > 0).all()
    assert set(kept.tolist()) <= set(due)


def test_records_of_later_steps_are_forgotten() -> None:
    records = History(LAYERS, 0)
    for epoch in range(5):
        add(records, epoch, 10 * epoch)
    records.forget_after(29)
    assert_array_equal(records.curves().step, [0, 10, 20])
    records.forget_after(20)
    assert len(records.curves()) == 3
    add(records, 3, 30)
    assert_array_equal(records.curves().step, [0, 10, 20, 30])


def test_records_are_restored() -> None:
    first, second = History(LAYERS, 0), History(LAYERS, 0)
    for epoch in range(5):
        add(first, epoch, 10 * epoch, gradient=epoch)
    second.restore(first.rows)
    for records in (first, second):
        add(records, 5, 50)
    assert_array_equal(second.rows, first.rows)


def test_curves_are_frozen_copies() -> None:
    records = History(LAYERS, 0)
    add(records, 0.0, 0, scores_of(1.0, None, 2.0, None, None, None))
    curves = records.curves()
    before = {field.name: getattr(curves, field.name).copy() for field in fields(curves)}
    records.forget_after(-1)
    add(records, 9.0, 9)
    for name, values in before.items():
        curve = getattr(curves, name)
        assert not curve.flags.writeable
        assert_array_equal(curve, values)
    assert len(curves) == 1
    assert curves.step.dtype == np.int64
    assert np.isnan([curves.train_accuracy[0], curves.test_accuracy[0]]).all()


def test_each_number_comes_back_in_its_own_curve() -> None:
    records = History(LAYERS, 0)
    scores = scores_of(1.0, 1.5, 2.0, 3.0, 3.5, 4.0)
    records.add(0.25, 5, scores, np.array([[5.0, 6.0, 7.0], [8.0, 9.0, 10.0]]), 4.5)
    curves = records.curves()
    assert (curves.epoch[0], curves.step[0]) == (0.25, 5)
    assert (curves.train_loss[0], curves.validation_loss[0], curves.test_loss[0]) == (1.0, 1.5, 2.0)
    assert (curves.train_accuracy[0], curves.validation_accuracy[0], curves.test_accuracy[0]) == (3.0, 3.5, 4.0)
    assert curves.penalty[0] == 4.5
    assert curves.train_losses.shape == curves.held_out_losses.shape == (1, 0)
    assert_array_equal(curves.gradient_norm, [[5.0, 8.0]])
    assert_array_equal(curves.gradient_largest, [[6.0, 9.0]])
    assert_array_equal(curves.gradient_mean, [[7.0, 10.0]])


# What a session writes down.


def session_of(source: Any, **training: Any) -> Session:
    """23 training examples in mini-batches of 10: 3 steps an epoch, the last of 3 examples."""
    return Session(Config(DataConfig(source), NetworkConfig((Layer(3),)), TrainingConfig(**training)))


def test_a_session_records_four_times_an_epoch() -> None:
    session = Session(Config())
    session.train(2)
    assert session.scene.steps_per_epoch == 25
    assert_array_equal(session.history.step, [0, 7, 13, 19, 25, 32, 38, 44, 50])
    assert_allclose(session.history.epoch, session.history.step / 25)


def test_records_hold_the_scores_of_their_step() -> None:
    session = session_of(Circle(points=66))
    for step in range(1, 10):
        session.step()
        train, test, curves = session.evaluate("train"), session.evaluate("test"), session.history
        assert curves.step[-1] == step  # all 4 of an epoch are recorded
        assert (curves.train_loss[-1], curves.train_accuracy[-1]) == (train.loss, train.accuracy)
        assert (curves.test_loss[-1], curves.test_accuracy[-1]) == (test.loss, test.accuracy)
        assert np.isnan([curves.validation_loss[-1], curves.validation_accuracy[-1]]).all()


def test_accuracies_of_a_regression_are_not_numbers() -> None:
    session = session_of(Hills(points=46))
    session.train(1)
    assert np.isnan(session.history.train_accuracy).all()
    assert np.isnan(session.history.test_accuracy).all()
    assert np.isfinite(session.history.train_loss).all()


@pytest.mark.parametrize("steps", [1, 2, 3, 8])
def test_gradients_are_those_of_the_weights_at_the_last_mini_batch(steps: int) -> None:
    session = session_of(Hills(points=66))
    assert np.isnan(session.history.gradient_norm).all()
    session.step(steps - 1)
    hidden, output = (weights.copy() for weights in session.network.weights)
    session.step()
    batch = session.state().arrays["order"][0, 10 * ((steps - 1) % 4) :][:10]
    x, target = session._run.setup.problem.train.X[batch].T, session._run.setup.problem.train.targets[batch].T

    h = np.tanh(hidden @ x)
    delta = (output @ np.vstack([h, np.ones(len(batch))]) - target) / len(batch)
    below = (output[:, :-1].T @ delta) * (1.0 - h**2)
    gradients = [np.abs(below @ x[:-1].T), np.abs(delta @ h.T)]

    curves = session.history
    assert_allclose(curves.gradient_norm[-1], [np.linalg.norm(gradient) for gradient in gradients], rtol=1e-12)
    assert_allclose(curves.gradient_largest[-1], [gradient.max() for gradient in gradients], rtol=1e-12)
    assert_allclose(curves.gradient_mean[-1], [gradient.mean() for gradient in gradients], rtol=1e-12)
    frame = session.frame()
    columns = [curves.gradient_norm[-1], curves.gradient_largest[-1], curves.gradient_mean[-1]]
    assert_array_equal(frame.gradient_now, np.stack(columns, axis=1))


@pytest.mark.parametrize(
    ("regularizer", "worked_out"),
    [
        (NoRegularizer(), lambda w: 0.0),
        (L1(rate=0.01), lambda w: 0.01 * np.abs(w).sum()),
        (L2(rate=0.01), lambda w: 0.01 * (w**2).sum()),
        (ElasticNet(rate=0.01, share=0.25), lambda w: 0.01 * (0.25 * np.abs(w).sum() + 0.75 * (w**2).sum())),
        (WeightDecay(), lambda w: 0.0),
    ],
)
def test_the_penalty_is_that_of_the_weights_without_the_biases(regularizer: Any, worked_out: Any) -> None:
    session = session_of(Circle(points=66), regularizer=regularizer)
    for _ in range(3):
        session.step()
        weights = np.concatenate([matrix[:, :-1].ravel() for matrix in session.network.weights])
        assert session.history.penalty[-1] == pytest.approx(worked_out(weights), abs=1e-15)
    assert len(session.history.penalty) == 4


def test_members_of_other_penalty_rates_are_averaged() -> None:
    config = Config(DataConfig(Circle(points=66)), NetworkConfig((Layer(3),)), TrainingConfig(regularizer=L2()))
    config = with_value(with_value(config, "ensemble.members", 3), "ensemble.vary", ByPenaltyRate())
    session = Session(config)
    session.train(1)
    rates = [member.penalty_rate for member in session._run.setup.problem.members]
    assert len(set(rates)) == 3
    squares = [sum((w[m, :, :-1] ** 2).sum() for w in session.network.weights) for m in range(3)]
    assert session.history.penalty[-1] == pytest.approx(np.dot(rates, squares) / 3.0)
