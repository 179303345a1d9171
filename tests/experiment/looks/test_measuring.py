"""What cannot be measured is told of, and takes nothing else with it: not the other looks, not the run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from numpy.testing import assert_array_equal

from playground.exchange.report import write_report
from playground.experiment.backprop.trace import BackpropTrace
from playground.experiment.config import Config
from playground.experiment.diagnosis import Diagnosis
from playground.experiment.history.curves import Curves
from playground.experiment.looks.look import Look, Request, Requests
from playground.experiment.looks.loss_breakdown import LossBreakdown
from playground.experiment.looks.maps import Answers, UnitMaps
from playground.experiment.looks.table import LOOKS
from playground.experiment.run.session import Session


def broken(*_: Any) -> Any:
    raise ZeroDivisionError("there is nothing to divide by")


@pytest.mark.parametrize("need", LOOKS, ids=lambda look: look.words())
def test_one_that_cannot_be_measured_is_told_of_and_all_others_are_there(
    need: type[Look], monkeypatch: pytest.MonkeyPatch, told_failures: None
) -> None:
    session, sound = Session(Config()), Session(Config())
    needs: Requests = frozenset(LOOKS)
    for one in (session, sound):
        one.observe(needs)
    monkeypatch.setitem(LOOKS, need, broken)
    session.step(3)
    frame = session.frame(needs)
    failure = frame.failure(frozenset({need}))
    assert failure is not None
    lost = {failure.what for failure in frame.failures}
    assert lost == {need.words()}
    assert failure.reason == "ZeroDivisionError: there is nothing to divide by"
    assert "in broken" in failure.details
    assert frame.failure(frozenset({Curves if need is not Curves else Answers})) is None
    monkeypatch.undo()
    sound.step(3)
    whole = sound.frame(needs)
    assert not whole.failures
    assert frame.looks.keys() == whole.looks.keys() - {Request(need)}
    assert (frame.unit_maps is None) == (need is UnitMaps)
    assert (frame.outputs is None) == (need is Answers)
    session.step(3)
    sound.step(3)
    for ours, theirs in zip(session.frame().weights, sound.frame().weights, strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.parametrize("need", [Diagnosis, BackpropTrace])
def test_a_report_says_what_could_not_be_measured_and_leaves_the_rest(
    need: type[Look], monkeypatch: pytest.MonkeyPatch, told_failures: None, tmp_path: Path
) -> None:
    monkeypatch.setitem(LOOKS, need, broken)
    session = Session(Config())
    some: Requests = frozenset({Diagnosis, BackpropTrace, LossBreakdown, Curves})  # not every picture is drawn of these
    sentences = write_report(session.frame(some), session.config, tmp_path)
    assert sentences[-1] == f"{need.words()} cannot be measured: ZeroDivisionError: there is nothing to divide by"
    assert (tmp_path / "loss_breakdown.png").exists()
    assert (tmp_path / "diagnosis.md").exists() == (need is not Diagnosis)
