"""Watch: when a run ends by itself, what it is brought back to, and when its rate is lowered."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from playground.data.dataset import Floats
from playground.data.generators import Circle
from playground.experiment.config import Config, ConfigError, Impact, Layer
from playground.experiment.ensemble import ByFold
from playground.experiment.run.early_stopping import EpochMonitor
from playground.experiment.run.session import Session
from playground.experiment.run.state import State
from playground.experiment.stopping import EarlyStopping, NoStopping
from playground.nn.activations import ReLU, Tanh
from playground.nn.normalizations import NORMALIZATIONS
from playground.nn.optimizers import Adam
from playground.nn.schedules import Constant, Plateau
from tests.configs import edited

PATIENCE = 4
BATCH_NORM = next(cls() for name, cls in NORMALIZATIONS.items() if "batch" in name)


# 30 noisy training examples and a large network: it overfits soon.
OVERFITTING = edited(
    {
        "data.source": Circle(points=60, noise=0.3),
        "data.validation_share": 0.3,
        "network.hidden": (Layer(16, ReLU()),),
        "training.optimizer": Adam(),
        "training.learning_rate": 0.03,
    }
)
STOPPING = edited({"training.stopping": EarlyStopping(PATIENCE)}, OVERFITTING)


def bits(session: Session) -> dict[str, Any]:
    state = session.state()
    return state.plain | {name: array.tobytes() for name, array in state.arrays.items()}


def losses_of(config: Config, epochs: int, member: int = 0) -> list[float]:
    """The validation loss at the end of each epoch of a run that does not stop."""
    session, losses = Session(edited({"training.stopping": NoStopping()}, config)), []
    for _ in range(epochs):
        session.train(1)
        losses.append(session.evaluate("validation").losses[member])
    return losses


def end_by_hand(losses: list[float], patience: int, improvement: float = 0.0) -> tuple[int, int]:
    """The epoch of the best weights, and that after which it is over."""
    best, best_epoch = float("inf"), 0
    for epoch, loss in enumerate(losses, 1):
        if loss < best - (improvement * best if best < float("inf") else 0.0):
            best, best_epoch = loss, epoch
        if epoch - best_epoch >= patience:
            return best_epoch, epoch
    raise AssertionError("it does not end within these epochs")


# Early stopping.


@pytest.mark.parametrize("improvement", [0.0, 0.1])
@pytest.mark.parametrize("patience", [1, 4, 7])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_ends_when_the_validation_loss_has_rested_and_is_back_at_its_best(
    patience: int, improvement: float, seed: int
) -> None:
    config = edited({"network.seed": seed, "training.stopping": EarlyStopping(patience, improvement)}, OVERFITTING)
    best, end = end_by_hand(losses_of(config, 60), patience, improvement)
    session = Session(config)
    session.train(end - 1)
    assert not session.over
    assert not session.frame().ending
    session.train(100)
    assert session.over
    assert session.epoch == end
    assert str(session.frame().ending) == (
        f"Stopped after epoch {end}: the validation loss had not fallen for {patience} epochs. "
        f"The weights of epoch {best} are back."
    )
    unstopped = Session(edited({"training.stopping": NoStopping()}, config))
    unstopped.train(best)
    assert_array_equal(session.network.parameters, unstopped.network.parameters)
    assert session.evaluate("validation") == unstopped.evaluate("validation")
    scores = session.frame().scores
    assert dataclasses.replace(scores, step=unstopped.step_count) == unstopped.frame().scores
    assert session.divergence is None


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_running_statistics_come_back_with_the_weights(precision: str) -> None:
    hidden = (Layer(16, Tanh(), BATCH_NORM),)
    config = edited({"network.hidden": hidden, "network.precision": precision}, STOPPING)
    best, end = end_by_hand(losses_of(config, 100), PATIENCE)
    assert best < end
    session, unstopped = Session(config), Session(edited({"training.stopping": NoStopping()}, config))
    session.train(200)
    unstopped.train(best)
    assert session.epoch == end
    assert_array_equal(session.network.statistics, unstopped.network.statistics)
    assert_array_equal(session.network.parameters, unstopped.network.parameters)


def test_a_run_that_is_over_does_not_move() -> None:
    session = Session(STOPPING)
    session.train(200)
    before = bits(session)
    session.step(5)
    session.train(2)
    session.advance(0.01)
    session.frame()
    assert bits(session) == before


def test_the_clock_stops_there_too() -> None:
    session, other = Session(STOPPING), Session(STOPPING)
    session.train(200)
    while not other.over:
        other.advance(0.01)
    assert bits(session) == bits(other)


@pytest.mark.parametrize(
    "values",
    [{"training.stopping": NoStopping()}, {"training.learning_rate": 0.01}, {"training.stopping": EarlyStopping(9)}],
    ids=str,
)
def test_other_rules_of_training_go_on_from_the_best_weights(values: dict[str, Any]) -> None:
    session = Session(STOPPING)
    session.train(200)
    kept, epoch = session.network.parameters.copy(), session.epoch
    assert session.apply(edited(values, session.config)) == Impact.TRAINING
    assert not session.over
    assert not session.frame().ending
    assert_array_equal(session.network.parameters, kept)
    session.train(1)
    assert session.epoch == epoch + 1
    assert not np.array_equal(session.network.parameters, kept)


def test_restarting_runs_to_the_same_end() -> None:
    session = Session(STOPPING)
    session.train(200)
    end = bits(session)
    session.restart()
    assert not session.over
    session.train(200)
    assert bits(session) == end


def test_without_validation_examples_there_is_nothing_to_stop_by() -> None:
    with pytest.raises(ConfigError, match=r"^training\.stopping: early stopping needs validation examples"):
        Session(edited({"data.validation_share": 0.0}, STOPPING))
    session = Session(OVERFITTING)
    with pytest.raises(ConfigError, match=r"^training\.stopping: "):
        session.apply(edited({"data.validation_share": 0.0}, STOPPING))
    assert session.config == OVERFITTING
    folds = {"data.validation_share": 0.0, "ensemble.members": 3, "ensemble.vary": ByFold()}
    Session(edited(folds, STOPPING)).train(1)  # each fold validates


def numbers(session: Session, member: int) -> Floats:
    """All that a member's answers come from."""
    return np.concatenate([session.network.parameters[member], session.network.statistics[member]])


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"data.validation_share": 0.0, "ensemble.vary": ByFold()},
        {"network.hidden": (Layer(16, Tanh(), BATCH_NORM),)},
    ],
    ids=["seed", "fold", "batch norm"],
)
def test_members_stop_each_on_its_own(values: dict[str, Any]) -> None:
    config = edited({"ensemble.members": 4, **values}, STOPPING)
    ends = [end_by_hand(losses_of(config, 100, member), PATIENCE) for member in range(4)]
    assert len({end for _, end in ends}) > 1
    session = Session(config)
    last = max(end for _, end in ends)
    unstopped = Session(edited({"training.stopping": NoStopping()}, config))
    best_weights = {}
    for epoch in range(1, last + 1):
        unstopped.train(1)
        for member, (best, _) in enumerate(ends):
            if best == epoch:
                best_weights[member] = numbers(unstopped, member)
    for epoch in range(1, last + 1):
        assert not session.over
        session.step(2)  # within an epoch too, those that have stopped stay where they are
        for member, (_, end) in enumerate(ends):
            if end < epoch:
                assert_array_equal(numbers(session, member), best_weights[member])
        session.train(1)
        for member, (_, end) in enumerate(ends):
            if end <= epoch:
                assert_array_equal(numbers(session, member), best_weights[member])
    assert session.over
    assert str(session.frame().ending) == (
        f"Stopped after epoch {last}: the validation loss had not fallen for {PATIENCE} epochs. "
        "The weights of the best epoch of each member are back."
    )


@settings(max_examples=30)
@given(before=st.integers(0, 60), between=st.integers(0, 10))
def test_a_run_that_is_taken_up_again_ends_alike(before: int, between: int) -> None:
    config = edited({"ensemble.members": 2, "training.schedule": Plateau(2, 0.5)}, STOPPING)
    session = Session(config)
    session.step(before)
    state = session.state()
    other = Session.from_state(config, session.dataset, State(state.arrays, state.plain))
    for steps in (between, 500):
        session.step(steps)
        other.step(steps)
        assert bits(session) == bits(other)
    assert session.over
    assert str(session.frame().ending) == str(other.frame().ending) != ""


# The three parts.


def test_three_parts_share_no_example_and_the_test_part_has_no_say() -> None:
    config = edited({"data.train_share": 0.5, "data.validation_share": 0.3}, STOPPING)
    session = Session(config)
    rows = session._run.setup.problem.rows
    assert [len(part) for part in rows] == [30, 18, 12]
    assert sorted(np.concatenate(rows)) == list(range(60))
    scene = session.scene
    assert_array_equal(scene.validation_points, session.dataset.X[rows.validation])
    assert_array_equal(scene.validation_y, session.dataset.y[rows.validation])
    assert scene.validated
    data = session.dataset
    X = data.X.copy()
    X[rows.test] = 1.0 - X[rows.test]
    other = Session(
        config, type(data)(X, data.y, data.columns, data.classes, data.target, data.origin, plane=data.plane)
    )
    for one in (session, other):
        one.train(200)
    assert_array_equal(session.network.parameters, other.network.parameters)
    assert session.epoch == other.epoch
    assert session.evaluate("test") != other.evaluate("test")
    assert session.evaluate("validation") == other.evaluate("validation")


def test_the_validation_part_is_scored_by_hand_and_only_where_there_is_one() -> None:
    session = Session(OVERFITTING)
    session.train(2)
    rows = session._run.setup.problem.rows.validation
    p, y = session.predict(session.dataset.X[rows])[:, 0], session.dataset.y[rows]
    evaluation = session.evaluate("validation")
    assert evaluation.loss == pytest.approx(-np.log(np.where(y == 1, p, 1.0 - p)).mean())
    assert evaluation.accuracy == pytest.approx(((p > 0.5) == y).mean())
    scores, curves = session.frame().scores, session.history
    assert (scores.validation_loss, scores.validation_accuracy) == (evaluation.loss, evaluation.accuracy)
    assert (curves.validation_loss[-1], curves.validation_accuracy[-1]) == (evaluation.loss, evaluation.accuracy)
    assert scores.held_out_losses == evaluation.losses
    without = Session(edited({"data.validation_share": 0.0}, OVERFITTING))
    assert not without.scene.validated
    assert without.frame().scores.held_out_losses == without.evaluate("test").losses
    with pytest.raises(ValueError, match=r"^no examples validate: data\.validation_share is 0$"):
        without.evaluate("validation")


# Reduce on plateau.


class ReduceOnPlateau:
    """As torch.optim.lr_scheduler.ReduceLROnPlateau with threshold 0, whose patience counts one epoch fewer."""

    def __init__(self, patience: int, factor: float) -> None:
        self.patience, self.factor = patience - 1, factor
        self.best, self.bad, self.rate = float("inf"), 0, 1.0

    def step(self, loss: float) -> None:
        if loss < self.best:
            self.best, self.bad = loss, 0
        else:
            self.bad += 1
        if self.bad > self.patience:
            self.rate *= self.factor
            self.bad = 0


@given(
    losses=st.lists(st.integers(0, 6).map(float), min_size=1, max_size=40),
    patience=st.integers(1, 4),
    factor=st.sampled_from([0.5, 0.1]),
)
def test_the_rate_falls_as_on_paper(losses: list[float], patience: int, factor: float) -> None:
    monitor, paper = (
        EpochMonitor(NoStopping(), Plateau(patience, factor), np.zeros((1, 2)), np.zeros((1, 0))),
        ReduceOnPlateau(patience, factor),
    )
    for epoch, loss in enumerate(losses, 1):
        before = paper.rate
        changed = monitor.look(epoch, np.array([loss]), np.zeros((1, 2)), np.zeros((1, 0)))
        paper.step(loss)
        assert monitor.share[0] == paper.rate
        assert changed == (paper.rate != before)


@pytest.mark.parametrize("validation_share", [0.0, 0.3])
def test_a_run_on_a_plateau_is_the_run_with_the_rates_by_hand(validation_share: float) -> None:
    config = edited(
        {"data.validation_share": validation_share, "training.schedule": Plateau(2, 0.3), "training.batch_size": 7},
        OVERFITTING,
    )
    plain = edited({"training.schedule": Constant()}, config)
    session, by_hand, paper, rates = Session(config), Session(plain), ReduceOnPlateau(2, 0.3), set()
    for _ in range(40):
        for one in (session, by_hand):
            one.train(1)
        assert_array_equal(session.network.parameters, by_hand.network.parameters)
        paper.step(by_hand.evaluate("validation" if validation_share else "train").loss)
        rates.add(paper.rate)
        by_hand.apply(edited({"training.learning_rate": 0.03 * paper.rate}, by_hand.config))
    assert len(rates) > 2


# Watch itself.


def test_one_network_that_is_not_watched_leaves_nothing() -> None:
    assert EpochMonitor(NoStopping(), Constant(), np.zeros((1, 2)), np.zeros((1, 0))).arrays == {}
    watched = {"watch." + name for name in ("loss", "epoch", "lowered", "share", "stopped", "fallen")}
    watched |= {"watch.held_parameters", "watch.held_statistics"}
    for monitor in (
        EpochMonitor(EarlyStopping(), Constant(), np.zeros((1, 2)), np.zeros((1, 0))),
        EpochMonitor(NoStopping(), Plateau(), np.zeros((1, 2)), np.zeros((1, 0))),
        EpochMonitor(NoStopping(), Constant(), np.zeros((2, 2)), np.zeros((2, 0))),
    ):
        assert set(monitor.arrays) == watched


def test_a_loss_that_is_no_number_is_no_improvement() -> None:
    monitor = EpochMonitor(EarlyStopping(3), Constant(), np.zeros((1, 2)), np.zeros((1, 0)))
    for epoch, loss in enumerate((np.nan, 5.0, np.inf, np.nan, 6.0), 1):
        monitor.look(epoch, np.array([loss]), np.full((1, 2), float(epoch)), np.zeros((1, 0)))
    assert (monitor.loss[0], monitor.epoch[0], bool(monitor.stopped[0])) == (5.0, 2.0, True)
    assert_array_equal(monitor.frozen_parameters, [[2.0, 2.0]])


def test_the_sentence_counts_those_that_had_diverged() -> None:
    session = Session(edited({"ensemble.members": 3}, STOPPING))
    session.train(1)
    session._run.progress.drop(np.array([False, True, False]), session._run.progress.checkpoint())
    session.train(300)
    ending = str(session.frame().ending)
    assert re.fullmatch(r"Stopped after epoch \d+: .* of each member are back; 1 member had diverged\.", ending)
    assert session.frame().diverged == (1,)
