"""The training thread alone: commands go down, facts and frames come up, and no error ends it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from playground.cancellation import check
from playground.data.dataset import Source
from playground.data.formats.text import CsvFile
from playground.data.generators import Spiral
from playground.exchange.files import EXPORTS
from playground.exchange.snapshot import load_snapshot, save_snapshot
from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.looks.look import Requests
from playground.experiment.looks.maps import Answers, UnitMaps
from playground.experiment.looks.table import MAIN
from playground.experiment.run.session import Session
from playground.experiment.run.state import State, StateError
from playground.nn.activations import Linear
from playground.nn.losses import SquaredError
from playground.nn.optimizers import second_order
from playground.options import with_text, with_value
from playground.ui.workspace import kept_runs, training_thread
from playground.ui.workspace.kept_runs import MOST, KeptRuns
from playground.ui.workspace.operations import Operation, going_back, setting_weight, writing
from playground.ui.workspace.runner import Runner
from tests.configs import edited, written
from tests.ui.conftest import settled


class Witness:
    """A runner, and all that it has told."""

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot = qtbot
        self.runner = Runner(session)
        self.thread: QThread = self.runner._thread
        self.frames: list[Frame] = []
        self.told: list[tuple[Any, ...]] = []
        self.revisions = 0
        self.runner.frame_ready.connect(self.frames.append)
        for name in (
            "running_changed",
            "restarted",
            "resumed",
            "lost",
            "refused",
            "failed",
        ):
            getattr(self.runner, name).connect(lambda *what, name=name: self.told.append((name, *what)))

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def until(self, fact: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(fact()), timeout=20_000)

    def settle(self) -> Frame:
        """Once all that was asked so far has been done, and what it trains for is reached: pause, and the frame of it."""
        settled(self.runner, self.qtbot)
        return self.frame

    def apply(self, config: Config, revision: int | None = None, afresh: bool = False) -> None:
        """Edit to this config, or come back to a revision."""
        self.revisions += 1
        self.runner.apply(config, self.revisions if revision is None else revision, afresh)

    def save(self, path: Path, write: Callable[[Session, Path], object] = save_snapshot) -> None:
        """Write a file, and tell whether it was."""
        saved, failed = (lambda *what, name=name: self.told.append((name, *what)) for name in ("saved", "failed"))
        self.runner.do(writing(path, write, saved, failed))

    def set_weight(self, place: tuple[int, int, int], value: float) -> None:
        """Set a weight by hand."""
        self.runner.do(setting_weight(place, value, lambda sentence: self.told.append(("refused weight", sentence))))

    def play(self) -> None:
        """Play until training is seen."""
        before = self.settle().step
        self.runner.play()
        self.until(lambda: self.runner.running and self.frame.step > before)


@pytest.fixture
def witness(qtbot: QtBot) -> Iterator[Callable[..., Witness]]:
    """Starts runners, and stops them."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    started: list[Witness] = []

    def start(session: Session | None = None) -> Witness:
        started.append(Witness(qtbot, session or Session(Config())))
        return started[-1]

    yield start
    for each in started:
        if not each.thread.isFinished():
            each.runner.stop()
        assert each.thread.isFinished()
    sys.setswitchinterval(interval)


@pytest.fixture
def alone(witness: Callable[..., Witness]) -> Witness:
    """One with the default experiment."""
    return witness()


def same_weights(frame: Frame, session: Session) -> bool:
    theirs = session.frame(frozenset()).weights
    return all(np.array_equal(a, b) for a, b in zip(frame.weights, theirs, strict=True))


def linear(learning_rate: float) -> Config:
    """Linear units only, so that a large rate ends in infinities."""
    config = with_value(Config(), "network.hidden", (Layer(4, Linear()),))
    config = with_value(config, "network.output", Linear())
    changed: Config = with_value(config, "training.learning_rate", learning_rate)
    return changed


def test_a_first_frame_comes_by_itself(alone: Witness) -> None:
    alone.until(lambda: alone.frames)
    assert alone.frame.step == 0
    assert alone.frame.outputs is not None
    assert not alone.told


def test_steps_and_epochs_while_idle(alone: Witness) -> None:
    alone.runner.step()
    assert alone.settle().step == 1
    alone.runner.epoch()
    assert (alone.settle().epoch, alone.frame.step_in_epoch) == (1, 0)
    alone.runner.epoch()
    alone.runner.step()
    reference = Session(Config())
    reference.step(51)
    assert (alone.settle().epoch, alone.frame.step) == (2, 51)
    assert same_weights(alone.frame, reference)
    assert not alone.told


@pytest.mark.parametrize("command", ["step", "epoch"])
def test_a_step_while_playing_pauses(alone: Witness, command: str) -> None:
    alone.play()
    getattr(alone.runner, command)()
    alone.until(lambda: not alone.runner.running)
    stands = alone.settle()
    assert alone.settle().step == stands.step
    assert command == "step" or stands.step_in_epoch == 0
    reference = Session(Config())
    reference.step(stands.step)
    assert same_weights(stands, reference)
    assert alone.told == [("running_changed", True), ("running_changed", False)]


def test_play_and_pause(alone: Witness) -> None:
    alone.play()
    alone.until(lambda: len(alone.frames) > 5)
    alone.runner.play()  # playing already: nothing to tell
    alone.settle()
    assert not alone.runner.running
    assert alone.told == [("running_changed", True), ("running_changed", False)]
    steps = [frame.step for frame in alone.frames]
    assert steps == sorted(steps)


def test_restart_is_the_same_run_again(alone: Witness) -> None:
    first = alone.settle()
    alone.play()
    alone.apply(Config(), afresh=True)
    again = alone.settle()
    assert again.run == first.run + 1
    alone.apply(Config(), afresh=True)
    assert alone.settle().step == 0
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, alone.frame.weights, strict=True))


def test_edits_while_playing_go_on_or_restart_and_say_so(alone: Witness) -> None:
    alone.play()
    first = alone.frame
    faster = with_value(Config(), "training.learning_rate", 0.1)
    alone.apply(faster)
    alone.until(lambda: alone.frame.step > first.step)
    assert alone.frame.run == first.run
    for restarts, config in enumerate(
        (
            with_value(faster, "network.hidden.0.units", 7),
            with_value(faster, "data.seed", 2),
            with_value(with_value(faster, "data.seed", 2), "training.loss", SquaredError()),  # and a linear output
        ),
        start=1,
    ):
        alone.apply(config)
        alone.until(lambda run=first.run + restarts: alone.frame.run == run and alone.frame.step > 0)
        assert alone.told == [("running_changed", True), *[("restarted",)] * restarts]
    assert alone.runner.running


def test_going_back_brings_a_left_run_back_and_forth(alone: Witness) -> None:
    wide = with_value(Config(), "network.hidden.0.units", 7)
    for _ in range(5):
        alone.runner.step()
    left = alone.settle()
    alone.apply(wide)
    alone.runner.step()
    other = alone.settle()
    for config, revision, moment in ((Config(), 0, left), (wide, 1, other), (Config(), 0, left)):
        alone.apply(config, revision)
        frame = alone.settle()
        assert frame.step == moment.step
        assert all(np.array_equal(a, b) for a, b in zip(frame.weights, moment.weights, strict=True))
        assert alone.told[-1] == ("resumed",)
    alone.runner.step()
    reference = Session(Config())
    reference.step(6)
    assert same_weights(alone.settle(), reference)


def test_a_run_that_was_reset_comes_back_bit_for_bit(alone: Witness) -> None:
    alone.runner.epoch()
    alone.runner.step()
    trained = alone.settle()
    alone.apply(Config(), afresh=True)
    alone.runner.step()
    assert alone.settle().step == 1
    alone.apply(Config(), 0)
    back = alone.settle()
    assert back.step == trained.step
    assert back.run > trained.run + 1
    alone.runner.epoch()
    reference = Session(Config())
    reference.train(2)
    assert same_weights(alone.settle(), reference)
    assert np.array_equal(alone.frame.curves.train_loss, reference.history.train_loss)
    alone.apply(Config(), 1)
    assert alone.settle().step == 1
    assert [name for name, *_ in alone.told] == ["restarted", "resumed", "resumed"]


def test_an_edit_that_goes_on_is_undone_in_a_run_that_comes_back(alone: Witness) -> None:
    """A burst of undoing leads past a revision to one before it, whose run is the same."""
    faster = with_value(Config(), "training.learning_rate", 0.3)
    alone.runner.step()
    alone.apply(faster)
    alone.runner.step()
    alone.settle()
    alone.apply(with_value(faster, "network.hidden.0.units", 7))
    alone.settle()
    alone.apply(Config(), 0)
    alone.runner.step()
    reference = Session(Config())
    for config in (faster, Config()):
        reference.step(1)
        reference.apply(config)
    reference.step(1)
    assert alone.settle().step == 3
    assert same_weights(alone.frame, reference)
    assert [name for name, *_ in alone.told] == ["restarted", "resumed"]


def test_a_run_that_gives_way_while_a_slider_is_dragged_is_not_kept(alone: Witness) -> None:
    alone.runner.epoch()
    trained = alone.settle()
    for units in range(5, 5 + 2 * MOST):
        alone.apply(with_value(Config(), "network.hidden.0.units", units), 1)
        alone.settle()
    alone.apply(Config(), 0)
    assert alone.settle().step == trained.step
    assert alone.told[-1] == ("resumed",)


def test_a_run_that_is_kept_no_longer_begins_anew_and_that_is_told(alone: Witness) -> None:
    alone.runner.epoch()
    alone.settle()
    for _ in range(MOST + 1):
        alone.apply(Config(), afresh=True)
        alone.runner.step()
        alone.settle()
    alone.apply(Config(), 1)
    assert alone.settle().step == 1
    alone.apply(Config(), 0)
    assert alone.settle().step == 0
    assert alone.told[-3:] == [("resumed",), ("restarted",), ("lost",)]


def test_kept_runs_take_no_more_than_their_share_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        kept_runs, "MOST_BYTES", 3 * Session(Config()).leave().run.nbytes + Session(Config()).dataset.X.nbytes
    )
    session, runs = Session(Config()), KeptRuns(0)
    for revision in range(1, 6):
        runs.go_on(revision, runs.new(), session.leave())
    assert [runs.left(run) is not None for run in range(5)] == [False, False, False, True, True]


def test_a_run_begun_anew_is_not_exchanged_for_an_older_one_of_the_same_config(alone: Witness) -> None:
    wide = with_value(Config(), "network.hidden.0.units", 7)
    alone.runner.epoch()
    alone.settle()
    for config in (wide, Config(), with_value(Config(), "training.learning_rate", 0.1)):
        alone.apply(config)
        alone.runner.step()
        alone.settle()
    assert alone.frame.step == 2
    alone.apply(Config(), 2)  # undoes the rate alone
    assert alone.settle().step == 2
    assert ("resumed",) not in alone.told


def test_a_diverged_run_can_be_left_and_brought_back(witness: Callable[..., Witness]) -> None:
    alone = witness(Session(linear(100.0)))
    alone.runner.play()
    alone.until(lambda: alone.frames and alone.frame.divergence is not None)
    broken = alone.settle()
    alone.apply(Config())
    assert alone.settle().step == 0
    alone.apply(linear(100.0), 0)
    assert alone.settle().step == broken.step
    assert alone.frame.divergence == broken.divergence
    assert alone.told[-1] == ("resumed",)
    alone.runner.do(going_back())
    reference = Session(linear(100.0))
    reference.step(broken.step + 1)
    reference.go_back()
    assert same_weights(alone.settle(), reference)


def test_of_many_configs_that_wait_the_last_counts(alone: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.settle()
    applied: list[int] = []
    begun, all_sent = threading.Event(), threading.Event()
    apply = Session.apply

    def slow(session: Session, config: Config, afresh: bool) -> Any:
        applied.append(config.network.hidden[0].units)
        begun.set()
        assert all_sent.wait(20)
        return apply(session, config, afresh)

    monkeypatch.setattr(Session, "apply", slow)
    alone.apply(with_value(Config(), "network.hidden.0.units", 8))
    assert begun.wait(20)
    for units in [*range(1, 30), 9]:
        alone.apply(with_value(Config(), "network.hidden.0.units", units))
    all_sent.set()
    alone.until(lambda: len(alone.frame.weights[0]) == 9)
    reference = Session(with_value(Config(), "network.hidden.0.units", 9))
    assert same_weights(alone.settle(), reference)
    assert applied == [8, 9]
    assert [name for name, *_ in alone.told] == ["restarted"]  # of the first, called off amid its work, nothing is told


def test_a_config_sent_while_another_is_taken_is_not_lost(alone: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last one may arrive at any moment of the one before."""
    apply = Session.apply

    def slow(session: Session, config: Config, afresh: bool) -> Any:
        if config.network.hidden[0].units == 5:
            alone.apply(with_value(Config(), "network.hidden.0.units", 6))
        return apply(session, config, afresh)

    monkeypatch.setattr(Session, "apply", slow)
    alone.apply(with_value(Config(), "network.hidden.0.units", 5))
    alone.until(lambda: alone.frames and len(alone.frame.weights[0]) == 6)


def test_a_refused_config_leaves_the_run_as_it_was(alone: Witness, tmp_path: Path) -> None:
    alone.runner.step()
    before = alone.settle()
    vanished = with_value(Config(), "data.source", CsvFile(path=str(tmp_path / "gone.csv")))
    alone.apply(vanished)
    after = alone.settle()
    [(name, revision, sentence, config, kept)] = alone.told
    assert (name, revision, config, kept) == ("refused", 1, Config(), 0)
    assert "gone.csv" in sentence
    assert (after.run, after.step) == (before.run, before.step)
    assert all(np.array_equal(a, b) for a, b in zip(before.weights, after.weights, strict=True))


def test_a_weight_is_set_and_one_that_is_not_there_is_told(alone: Witness) -> None:
    alone.set_weight((0, 1, 2), 0.25)
    assert alone.settle().weights[0][1, 2] == 0.25
    alone.set_weight((7, 0, 0), 1.0)
    alone.settle()
    [(name, sentence)] = alone.told
    assert name == "refused weight"
    assert "no longer there" in sentence


def test_a_weight_beyond_the_precision_is_told(witness: Callable[..., Witness]) -> None:
    alone = witness(Session(edited({"network.precision": "float32"})))
    before = alone.settle().weights[0][1, 2]
    alone.set_weight((0, 1, 2), 1e39)
    assert alone.settle().weights[0][1, 2] == before
    [(name, sentence)] = alone.told
    assert name == "refused weight"
    assert sentence == "A weight in float32 must be a number of at most 3.4e+38 in size, not 1e+39."


def test_divergence_pauses_and_one_can_go_back(witness: Callable[..., Witness]) -> None:
    alone = witness(Session(linear(100.0)))
    alone.runner.play()
    alone.until(lambda: alone.frames and alone.frame.divergence is not None and not alone.runner.running)
    assert alone.told == [("running_changed", True), ("running_changed", False)]
    alone.runner.play()  # broken numbers do not train
    assert alone.settle().divergence is not None
    assert len(alone.told) == 2
    alone.runner.do(going_back())
    assert alone.settle().divergence is None
    assert np.isfinite(alone.frame.scores.train_loss)
    assert all(np.isfinite(weights).all() for weights in alone.frame.weights)


def test_another_session_is_shown_paused_and_as_a_new_run(alone: Witness) -> None:
    alone.play()
    run = alone.frame.run
    other = Session(with_value(Config(), "network.hidden.0.units", 3))
    other.step(7)
    alone.runner.load(other)
    frame = alone.settle()
    assert (frame.step, len(frame.weights[0])) == (7, 3)
    assert frame.run > run
    assert not alone.runner.running


def test_saving_while_playing_saves_one_moment(alone: Witness, tmp_path: Path) -> None:
    alone.play()
    alone.save(tmp_path / "now.safetensors")
    alone.until(lambda: alone.told[-1] == ("saved", tmp_path / "now.safetensors"))
    assert alone.runner.running
    saved = load_snapshot(tmp_path / "now.safetensors")
    reference = Session(Config())
    reference.step(saved.step_count)
    assert same_weights(saved.frame(frozenset()), reference)


def test_the_history_is_written_as_a_table(alone: Witness, tmp_path: Path) -> None:
    alone.runner.epoch()
    alone.settle()
    alone.save(tmp_path / "history.csv", EXPORTS[".csv"].write)
    alone.until(lambda: alone.told)
    assert alone.told == [("saved", tmp_path / "history.csv")]
    header, first, *rest = (tmp_path / "history.csv").read_text().splitlines()
    assert header.startswith("epoch,step,train_loss")
    assert first.startswith("0.0,0")
    assert rest[-1].startswith("1.0,25")


@pytest.mark.parametrize("ending", EXPORTS)
def test_what_cannot_be_written_is_told_and_training_goes_on(alone: Witness, tmp_path: Path, ending: str) -> None:
    alone.play()
    (tmp_path / "taken.out").mkdir()
    for place in (tmp_path / "nowhere" / "file.out", tmp_path / "taken.out"):
        alone.save(place, EXPORTS[ending].write)
        alone.until(lambda place=place: alone.told[-1][0] == "failed" and place.name in alone.told[-1][1])
        assert "unexpected" not in alone.told[-1][1]
        alone.told.pop()
    step = alone.frame.step
    alone.until(lambda: alone.frame.step > step)


def test_frames_hold_what_is_needed_and_a_new_need_brings_a_frame(alone: Witness) -> None:
    frame = alone.settle()
    assert frame.curves is not None
    assert frame.unit_maps is not None
    alone.runner.observe(frozenset({Answers}))
    alone.until(lambda: alone.frame.curves is None)
    assert alone.frame.unit_maps is None
    assert alone.frame.outputs is not None
    alone.play()
    assert alone.frame.unit_maps is None
    alone.runner.observe(frozenset({Curves}))
    alone.until(lambda: alone.frame.curves is not None)
    assert alone.frame.outputs is None
    alone.settle()
    alone.runner.observe(MAIN)
    alone.until(lambda: alone.frame.unit_maps is not None)
    assert {Curves, Answers, UnitMaps} == MAIN


def test_a_limit_of_two_steps_a_second_takes_one_at_a_time(alone: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.settle()
    asked: list[int] = []
    step = Session.step

    def watched(session: Session, n: int = 1) -> None:
        asked.append(n)
        step(session, n)

    monkeypatch.setattr(Session, "step", watched)
    alone.runner.limit(2.0)
    alone.runner.play()
    alone.until(lambda: alone.frame.step >= 2)
    assert set(asked) == {1}
    assert len(asked) == alone.settle().step
    alone.runner.limit(None)
    alone.play()
    before = alone.frame.step
    alone.until(lambda: alone.frame.step > before + 100)


@pytest.mark.parametrize(("limit", "most"), [(10.0, 1), (250.0, 8), (2500.0, 83)])
def test_a_limited_run_does_not_make_up_for_lost_time(
    alone: Witness, monkeypatch: pytest.MonkeyPatch, limit: float, most: int
) -> None:
    """At once it trains what a thirtieth of a second has, even when each step has taken ten seconds."""
    alone.settle()
    asked: list[int] = []
    step = Session.step

    def slow(session: Session, n: int = 1) -> None:
        asked.append(n)
        step(session, n)

    clock = SimpleNamespace(perf_counter=lambda: time.perf_counter() + 10.0 * len(asked), sleep=time.sleep)
    monkeypatch.setattr(training_thread, "time", clock)
    monkeypatch.setattr(Session, "step", slow)
    alone.runner.limit(limit)
    alone.runner.play()
    alone.until(lambda: len(asked) > 3)
    alone.settle()
    assert max(asked) == most


@pytest.mark.parametrize("command", ["play", "step"])
def test_an_error_nobody_expected_is_told_with_details_and_the_thread_lives_on(
    alone: Witness, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    alone.settle()

    def fail(*_: object) -> None:
        raise RuntimeError("the sky has fallen")

    with monkeypatch.context() as broken:
        broken.setattr(Session, "advance", fail)
        broken.setattr(Session, "step", fail)
        getattr(alone.runner, command)()
        alone.until(lambda: alone.told and alone.told[-1][0] == "failed")
    _, sentence, details = alone.told[-1]
    assert "the sky has fallen" in sentence
    assert "Traceback" in details
    assert "RuntimeError" in details
    assert not alone.runner.running
    alone.play()
    assert alone.settle().step > 0


def test_an_error_in_a_frame_does_not_repeat_for_ever(alone: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.settle()

    def fail(*_: object) -> Frame:
        raise RuntimeError("no picture")

    with monkeypatch.context() as broken:
        broken.setattr(Session, "frame", fail)
        alone.runner.step()
        alone.until(lambda: alone.told)
        alone.runner.observe(frozenset())
        alone.until(lambda: len(alone.told) == 2)
    assert [name for name, *_ in alone.told] == ["failed", "failed"]
    assert alone.settle().step == 1


def test_a_slot_that_fails_does_not_hold_the_trainer(alone: Witness, qtbot: QtBot) -> None:
    alone.settle()

    def fail(_: Frame) -> None:
        raise RuntimeError("cannot draw")

    with qtbot.captureExceptions() as exceptions:
        alone.runner.frame_ready.connect(fail)
        alone.play()
        alone.runner.frame_ready.disconnect(fail)
    assert exceptions
    alone.settle()


@pytest.mark.parametrize("playing", [False, True])
def test_after_stop_nothing_is_told(alone: Witness, qtbot: QtBot, playing: bool) -> None:
    if playing:
        alone.play()
    else:
        alone.settle()
    alone.save(Path("/nowhere/file"))
    alone.runner.stop()
    assert alone.thread.isFinished()
    frames, told = len(alone.frames), len(alone.told)
    qtbot.wait(1)  # whatever was posted arrives now
    assert (len(alone.frames), len(alone.told)) == (frames, told)


def test_stopping_waits_for_no_frame(witness: Callable[..., Witness]) -> None:
    """A window that closes does not take the last frame; the thread must not wait for that."""
    for _ in range(20):
        alone = witness()
        alone.runner.play()
        alone.runner.stop()
        assert alone.thread.isFinished()


# What lasts


@pytest.fixture
def endless(witness: Callable[..., Witness], monkeypatch: pytest.MonkeyPatch) -> Witness:
    """One that has trained, and whose steps, those of Newton, then never end by themselves."""
    alone = witness(Session(written(("training.batch_size", "1000"), ("training.optimizer", "newton"))))
    alone.runner.step()
    alone.settle()

    def look_around_for_ever(objective: Callable[[], object], *_: object) -> None:
        while True:
            objective()

    monkeypatch.setattr(second_order, "hessian", look_around_for_ever)
    return alone


def state_of(alone: Witness) -> State:
    """Of a thread that has settled."""
    return alone.runner._thread._session.state()


def same_state(one: State, other: State) -> bool:
    return one.plain == other.plain and all(
        np.array_equal(array, other.arrays[name], equal_nan=True) for name, array in one.arrays.items()
    )


@pytest.mark.parametrize("ask", [Runner.pause, Runner.call_off], ids=["pause", "call off"])
@pytest.mark.parametrize("begin", [Runner.play, Runner.step, Runner.epoch], ids=["play", "step", "epoch"])
def test_what_lasts_is_named_and_ends_when_it_is_asked_to(
    endless: Witness, begin: Callable[[Runner], None], ask: Callable[[Runner], None]
) -> None:
    before, busy = state_of(endless), []
    endless.runner.busy_changed.connect(busy.append)
    begin(endless.runner)
    endless.until(lambda: endless.runner.busy)
    assert busy == ["A step of Newton"]
    ask(endless.runner)
    endless.until(lambda: not endless.runner.busy)
    endless.settle()
    assert not endless.runner.running
    assert endless.frame.step == 1
    assert same_state(state_of(endless), before)


def test_training_that_lasts_keeps_no_command_waiting_and_is_taken_up_again(endless: Witness, tmp_path: Path) -> None:
    endless.runner.play()
    endless.until(lambda: endless.runner.busy)
    endless.save(tmp_path / "now.safetensors")
    endless.until(lambda: endless.told[-1][0] == "saved")
    assert load_snapshot(tmp_path / "now.safetensors").step_count == 1
    assert endless.runner.running
    endless.apply(with_text(endless.runner._sent, "training.optimizer", "adam"))
    endless.until(lambda: endless.frame.step > 50)
    assert endless.runner.running


def test_stopping_waits_for_no_step(endless: Witness) -> None:
    endless.runner.play()
    endless.until(lambda: endless.runner.busy)
    assert endless.runner.stop()
    assert endless.thread.isFinished()


def test_an_epoch_is_worked_off_between_commands(
    witness: Callable[..., Witness], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = witness()
    alone.settle()
    advance = Session.advance
    monkeypatch.setattr(Session, "advance", lambda session, seconds, goal=None: advance(session, 0.0, goal))
    alone.runner.epoch()  # whose slices now train nothing
    alone.until(lambda: alone.runner.busy == "Training to the end of the epoch")
    alone.apply(with_value(Config(), "training.learning_rate", 0.1))
    alone.save(Path("/nowhere/file"))
    alone.until(lambda: alone.told)
    assert alone.runner._thread.errand is not None
    alone.runner.pause()
    alone.until(lambda: not alone.runner.busy)
    assert alone.settle().step == 0


def test_an_edit_that_lasts_is_called_off_and_refused(alone: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.runner.epoch()
    before = alone.settle()

    def load_for_ever(source: Source, rng: object) -> None:
        while True:
            check()

    monkeypatch.setattr(Spiral, "load", load_for_ever)
    alone.apply(with_value(Config(), "data.source", Spiral()))
    alone.until(lambda: alone.runner.busy == "Preparing the run")
    alone.runner.call_off()
    alone.until(lambda: alone.told)
    [(name, revision, sentence, config, kept)] = alone.told
    assert (name, revision, config, kept) == ("refused", 1, Config(), 0)
    assert sentence.startswith("Called off")
    assert same_weights(alone.settle(), alone.runner._thread._session)
    assert (alone.frame.run, alone.frame.step) == (before.run, before.step)


def test_a_file_that_lasts_is_called_off_and_told(alone: Witness, tmp_path: Path) -> None:
    alone.settle()

    def write_for_ever(session: Session, path: Path) -> None:
        while True:
            check()

    alone.save(tmp_path / "now.safetensors", write_for_ever)
    alone.until(lambda: alone.runner.busy == "Writing now.safetensors")
    alone.runner.call_off()
    alone.until(lambda: alone.told)
    [(name, sentence)] = alone.told
    assert name == "failed"
    assert "now.safetensors was not written" in sentence


def test_an_operation_is_done_in_its_turn_and_its_result_told_in_this_thread(alone: Witness) -> None:
    told: list[tuple[int, bool]] = []
    alone.runner.step()
    alone.runner.do(Operation("", lambda s: s.step_count, lambda n: told.append((n, QThread.isMainThread()))))
    alone.runner.step()
    assert alone.settle().step == 2
    assert told == [(1, True)]


def test_what_fails_in_an_operation_or_after_it_keeps_nothing_else_waiting(
    alone: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: heard.append(str(error)))

    def fail(what: str, *_: object) -> None:
        raise RuntimeError(what)

    alone.runner.play()
    alone.runner.do(Operation("", partial(fail, "in it"), failed=lambda error: heard.append(f"{error}, told")))
    alone.until(lambda: heard)
    alone.runner._thread.events += [partial(fail, "after it"), partial(heard.append, "the next")]  # come together
    alone.runner._collect()
    assert heard == ["in it, told", "after it", "the next"]
    alone.until(lambda: alone.runner.running)
    alone.runner.do(Operation("", partial(fail, "by surprise")))
    alone.until(lambda: not alone.runner.running)
    assert [name for name, *_ in alone.told if name == "failed"] == ["failed"]
    assert "by surprise" in alone.told[-1][1]


def test_what_is_not_urgent_gives_way(alone: Witness) -> None:
    begun: list[int] = []

    def last(_: Session) -> None:
        begun.append(1)
        while True:
            check()

    alone.runner.do(Operation("Copying", last, lambda _: begun.append(2), urgent=False))
    alone.until(lambda: begun)
    alone.runner.step()
    assert alone.settle().step == 1
    assert begun == [1]
    assert not alone.told


def test_a_look_that_lasts_is_called_off_and_not_tried_again(alone: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.settle()
    looks: list[int] = []

    def look_for_ever(session: Session, requests: Requests) -> Frame:
        looks.append(1)
        while True:
            check()

    with monkeypatch.context() as slow:
        slow.setattr(Session, "frame", look_for_ever)
        alone.runner.observe(frozenset())
        alone.until(lambda: alone.runner.busy == "Looking at the network")
        assert alone.runner._thread.work is not None
        alone.runner._thread.work.called_off = True
        alone.until(lambda: not alone.runner.busy)
        assert len(looks) == 1
    alone.settle()


@pytest.mark.parametrize("error", [StateError("statistics: not finite"), MemoryError("no room")], ids=type)
def test_whatever_fails_when_a_run_is_to_come_back_loses_neither(
    alone: Witness, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    alone.runner.epoch()
    trained = alone.settle()
    alone.apply(with_value(Config(), "network.seed", 2))
    alone.runner.step()
    other = alone.settle()
    alone.told.clear()

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(Session, "resume", fail)
        alone.apply(Config(), 0)
        after = alone.settle()
    assert alone.told[0] == ("refused", 0, str(error), with_value(Config(), "network.seed", 2), 1)
    assert (after.run, after.step) == (other.run, other.step)
    assert all(np.array_equal(a, b) for a, b in zip(after.weights, other.weights, strict=True))
    alone.apply(Config(), 0)
    assert alone.settle().step == trained.step
    assert all(np.array_equal(a, b) for a, b in zip(alone.frame.weights, trained.weights, strict=True))


def test_frames_of_the_session_before_are_not_handed_out(alone: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    alone.play()
    seen: list[Frame] = []
    alone.runner.frame_ready.connect(seen.append)
    other = Session(with_value(Config(), "network.hidden", (Layer(3, Linear()),)))
    alone.until(lambda: alone.runner._thread.frame is not None)  # one that waits, of a run that is no more
    alone.runner.load(other)
    seen.clear()
    alone.settle()
    assert seen
    assert {len(frame.weights) for frame in seen} == {2}
