"""Of every sick run the cause is found, and every remedy that is offered for it cures it."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.diagnosis import CONDITIONS
from playground.experiment.diagnosis.condition import Remedy
from playground.experiment.run.session import Session
from tests.experiment.diagnosis.sick_runs import MPG, SICK, trained


def kinds(session: Session) -> list[str]:
    return [finding.kind for finding in session.diagnosis()]


def loss_and_right(session: Session, kind: str) -> tuple[float, float]:
    """On the part that a condition is seen in."""
    scores = session.evaluate("test" if kind == "overfitting" else "train")
    return np.nan_to_num(scores.loss, nan=np.inf), scores.accuracy or 0.0


def treated(session: Session, remedy: Remedy, epochs: int) -> Session:
    """What becomes of a run when the button is pressed."""
    other = Session.from_state(session.config, session.dataset, session.state())
    other.apply(remedy.applied(session.config))
    other.train(epochs)
    return other


def test_every_condition_has_a_run_that_is_sick_with_it() -> None:
    assert {run.kind for run in SICK.values()} == {condition.kind for condition in CONDITIONS}


@pytest.mark.skipif(not MPG.exists(), reason="needs the Auto MPG file")
def test_a_network_that_knows_the_cars_by_heart_is_among_them() -> None:
    assert "cars by heart" in SICK


@pytest.mark.parametrize("name", SICK)
def test_the_cause_is_found_first(name: str) -> None:
    assert kinds(trained(name))[:1] == [SICK[name].kind]


@pytest.mark.parametrize("name", SICK)
def test_every_remedy_cures(name: str) -> None:
    """What was wrong is gone, and the network does at least as well as before, by its loss or by what it answers right."""
    session, run = trained(name), SICK[name]
    finding = session.diagnosis()[0]
    loss, right = loss_and_right(session, run.kind)
    assert finding.remedies
    for remedy in finding.remedies:
        after = treated(session, remedy, run.epochs)
        now, better = loss_and_right(after, run.kind)
        assert run.kind not in kinds(after), str(remedy.label)
        assert after.divergence is None, str(remedy.label)
        assert now < loss or better > right, (str(remedy.label), loss, now)
