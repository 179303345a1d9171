"""What is called off leaves no trace: at whichever check, the run goes on to the same bits as if nobody had asked."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from playground.cancellation import Cancelled, cancellable, check
from playground.experiment.config import Config
from playground.experiment.run import progress
from playground.experiment.run.progress import Progress
from playground.experiment.run.session import Session
from playground.experiment.run.state import State
from playground.options import with_text
from playground.study.range_test import range_test
from tests.configs import written

FULL = [("training.batch_size", "1000"), ("network.hidden", '[{"units": 3}]')]
NEWTON = [*FULL, ("training.optimizer", "newton")]
CONFIGS = {
    "newton": NEWTON,
    "l-bfgs": [*FULL, ("training.optimizer", "lbfgs")],
    "noise": [*NEWTON, ("training.noise.hidden_dropout", "0.3"), ("training.noise.input_noise", "0.1")],
    "batch norm": [*NEWTON, ("network.hidden.0.normalization", "batch_norm")],
    "early stopping": [
        ("data.validation_share", "0.2"),
        ("training.stopping", "early"),
        ("training.stopping.patience", "2"),
    ],
    "members": [("ensemble.members", "3"), ("training.schedule", "plateau")],
    "divergence": [
        ("network.hidden", '[{"units": 4, "activation": "linear"}]'),
        ("network.output", "linear"),
        ("training.learning_rate", "10"),
    ],
}
STEPS = 80


class Patience:
    """Calls off at one check, counted from 0, if there are so many; `asked` says how many there were."""

    def __init__(self, last: int = 10**9) -> None:
        self.last, self.asked = last, 0

    def __call__(self) -> bool:
        self.asked += 1
        return self.asked > self.last


def same(one: State, other: State) -> bool:
    arrays = one.arrays.keys() == other.arrays.keys() and all(
        np.array_equal(array, other.arrays[name], equal_nan=True) for name, array in one.arrays.items()
    )
    return arrays and one.plain == other.plain


def calling_off(work: Callable[[], object], every: int = 1) -> int:
    """Do the work again and again, called off at check 0, `every`, 2 · `every`, … until it ends; how often it was."""
    for count in range(10**6):
        try:
            with cancellable(Patience(every * count)):
                work()
            return count
        except Cancelled:
            continue
    raise AssertionError("it never ends")


def test_without_anybody_to_call_it_off_a_check_does_nothing() -> None:
    check()
    with cancellable(lambda: False):
        check()
        with pytest.raises(Cancelled), cancellable(lambda: True):
            check()
        check()
    check()


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("lasting", [False, True], ids=["steps as they are", "every step lasts"])
def test_a_run_that_is_called_off_goes_on_to_the_same_bits(
    name: str, lasting: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if lasting:
        monkeypatch.setattr(progress, "LONG", 0)
    reference, session = Session(written(*CONFIGS[name])), Session(written(*CONFIGS[name]))
    steps = STEPS if session.scene.steps_per_epoch > 1 else 4
    reference.step(steps)
    checks = Patience()
    with cancellable(checks):
        Session(session.config).step(steps)
    assert checks.asked > 10
    called_off = 0
    for patience in np.unique(np.geomspace(1, checks.asked, 25).astype(int)).tolist():
        while session.step_count < steps and not session.over:
            try:
                with cancellable(Patience(patience)):
                    session.step(steps - session.step_count)
            except Cancelled:
                called_off += 1
                break
    session.step(steps - session.step_count)
    assert called_off > 2
    assert same(session.state(), reference.state())
    assert (session.divergence is None) == (reference.divergence is None) == (name != "divergence")


@pytest.mark.parametrize("name", ["newton", "l-bfgs", "noise", "batch norm"])
def test_a_step_that_is_called_off_has_never_begun(name: str) -> None:
    session = Session(written(*CONFIGS[name]))
    session.step(2)
    before, patience = session.state(), 0
    while session.step_count == 2:
        assert same(session.state(), before)
        with contextlib.suppress(Cancelled), cancellable(Patience(patience)):
            session.step(1)
        patience += 1
    assert patience > 20
    reference = Session(written(*CONFIGS[name]))
    reference.step(3)
    assert same(session.state(), reference.state())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("network.hidden.0.units", "5"),
        ("data.seed", "7"),
        ("training.loss", "squared_error"),
        ("training.learning_rate", "0.5"),
        ("training.optimizer", "adam"),
    ],
)
def test_an_edit_that_is_called_off_has_never_been_made(path: str, value: str) -> None:
    session, reference = (Session(written(*CONFIGS["members"])) for _ in range(2))
    for each in (session, reference):
        each.step(30)
    new = with_text(session.config, path, value)
    before, old, scene, run = session.state(), session.config, session.scene, session.run

    def edit() -> None:
        assert (session.config, session.scene, session.run) == (old, scene, run)
        assert same(session.state(), before)
        session.apply(new)

    assert calling_off(edit) > 0
    reference.apply(new)
    for each in (session, reference):
        each.step(30)
    assert same(session.state(), reference.state())


@pytest.mark.parametrize(
    "method", [Progress.take_rules, Progress.adjusted, Progress.return_to], ids=lambda m: m.__name__
)
def test_an_edit_that_fails_half_way_has_never_been_made(method: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(Config())
    session.step(30)
    before, old = session.state(), session.config

    def fails(self: Progress, *arguments: Any) -> Any:
        if self is run_progress:
            method(self, *arguments)
            raise MemoryError
        return method(self, *arguments)

    run_progress = session._run.progress
    monkeypatch.setattr(Progress, method.__name__, fails)
    with pytest.raises(MemoryError):
        session.apply(with_text(old, "training.optimizer", "adam"))
    assert session.config == old
    assert same(session.state(), before)
    session.step(1)


def test_a_weight_whose_setting_is_called_off_is_as_it_was() -> None:
    session = Session(Config())
    session.step(30)
    before = session.state()

    def put() -> None:
        assert same(session.state(), before)
        session.set_weight(0, 1, 1, 3.0)

    assert calling_off(put) > 0
    assert session.network.weights[0][1, 1] == 3.0


def test_a_session_or_a_range_test_can_be_called_off_while_it_is_made() -> None:
    assert calling_off(lambda: Session(Config())) > 1
    dataset = Session(Config()).dataset
    assert calling_off(lambda: range_test(Config(), dataset), every=50) > 2


def test_a_frame_that_is_called_off_changes_nothing() -> None:
    session = Session(written(*CONFIGS["members"]))
    session.step(33)
    before = session.state()
    assert calling_off(session.frame) > 2
    assert same(session.state(), before)


def test_what_was_left_goes_on_as_if_nothing_had_happened() -> None:
    for name, edits in CONFIGS.items():
        session = Session(written(*edits))
        session.step(STEPS)
        again = Session.resume(session.leave())
        assert again.divergence == session.divergence
        for each in (session, again):
            each.go_back() if name == "divergence" else each.step(5)
        assert same(again.state(), session.state()), name


def test_with_a_goal_the_clock_stops_nothing_before_it() -> None:
    session = Session(Config())
    session.step(7)
    per_epoch = session.scene.steps_per_epoch
    for goal, steps in (
        ((0, 9), 9),
        ((0, 3), 9),
        ((1, 0), per_epoch),
        ((1, 2), per_epoch + 2),
        ((3, 0), 3 * per_epoch),
    ):
        session.advance(60.0, goal)
        assert session.step_count == steps
