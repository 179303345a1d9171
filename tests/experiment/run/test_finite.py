"""What is not finite while the loss still is: found at its step, told as any divergence, and never in the way of saving."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from playground.data.generators import Hills
from playground.exchange.snapshot import load_snapshot, save_snapshot
from playground.experiment.config import Config
from playground.experiment.ensemble import ByLearningRate
from playground.experiment.run.session import Session
from playground.nn.activations import Linear, Maxout
from playground.nn.initializers import Normal
from playground.nn.losses import AbsoluteError
from playground.nn.normalizations import BatchNorm
from playground.nn.optimizers.adam import Adam, AdamW
from tests.configs import edited

LARGEST = float(np.finfo(np.float32).max)
SHORT: dict[str, Any] = {"network.precision": "float32", "training.batch_size": 5}


def swollen_variance() -> Session:
    """Batch norm divides by a spread that is beyond float32: what it puts out is 0, and the loss as good as before."""
    session = Session(edited(SHORT | {"network.hidden.0.normalization": BatchNorm(momentum=0.5)}))
    session.step(3)
    session.set_weight(0, 1, 0, 1e30)
    return session


def fed_on_themselves() -> Session:
    """Decay by 500 times each weight: they grow as much at each step, while tanh answers ±1."""
    optimizer = AdamW(decay=10.0)
    return Session(edited(SHORT | {"training.optimizer": optimizer, "training.learning_rate": 50.0}))


def swollen_memory() -> Session:
    """Adam remembers the square of a gradient that is beyond float32, and from then on it takes no step at all."""
    kind = {"data.source": Hills(), "training.loss": AbsoluteError(), "training.optimizer": Adam()}
    session = Session(edited(SHORT | kind))
    session.step(3)
    session.set_weight(2, 0, 0, 1e25)
    return session


SICK: dict[str, Callable[[], Session]] = {
    "a running variance": swollen_variance,
    "weights in AdamW": fed_on_themselves,
    "Adam's memory": swollen_memory,
}


def whole(session: Session) -> bool:
    """Whether all that a step hands on to the next is finite, straight from the arrays."""
    progress = session._run.progress
    arrays = [array for name, array in progress._arrays().items() if name not in ("gradients", "watch.loss")]
    return all(np.isfinite(array).all() for array in arrays)


def first_broken_step(make: Callable[[], Session]) -> int:
    """By training one step after the other, with nothing of the run's own looking."""
    progress = make()._run.progress
    with np.errstate(all="ignore"):
        while True:
            progress.train(1)
            arrays = [progress.network.parameters, progress.network.statistics, progress._trainer.slots]
            if not all(np.isfinite(array).all() for array in arrays):
                return progress.steps


@pytest.mark.parametrize("look", [False, True])
@pytest.mark.parametrize("name", SICK)
def test_it_is_found_at_its_step(name: str, look: bool) -> None:
    session, broken = SICK[name](), first_broken_step(SICK[name])
    for _ in range(broken + 20):
        session.step()
        if look:
            session.frame(frozenset())
    assert session.divergence
    assert session.divergence.step == broken
    assert session.step_count == broken - 1
    assert whole(session)
    assert np.isfinite(session.history.train_loss).all()


@pytest.mark.parametrize("name", SICK)
def test_whenever_it_is_saved_it_opens_again(name: str, tmp_path: Path) -> None:
    session, straight = SICK[name](), SICK[name]()
    while session.divergence is None:
        session.step()
        save_snapshot(session, tmp_path / "run.safetensors")
        opened = load_snapshot(tmp_path / "run.safetensors")
        assert opened.step_count == session.step_count
        straight.step()
    straight.step(30)
    assert session.divergence == straight.divergence


@pytest.mark.parametrize("name", SICK)
def test_an_edit_begins_from_what_was_finite(name: str) -> None:
    """Found at once in a weight, and elsewhere by the next record or before an edit: other rules, or a weight set by hand."""
    session, broken = SICK[name](), first_broken_step(SICK[name])
    session.step(broken - session.step_count)
    assert session.divergence or not whole(session)
    session.apply(edited({"training.learning_rate": 1e-6}, session.config))
    assert session.divergence is None
    assert session.step_count == broken - 1
    assert whole(session)
    session = SICK[name]()
    session.step(broken - session.step_count)
    session.set_weight(0, 0, 0, 0.5)
    assert session.step_count == broken - 1
    assert whole(session)


# Members.


def spread_rates(**more: Any) -> Session:
    """Rates over twelve decades: the largest diverge within a few steps."""
    vary = ByLearningRate(lowest=1e-6, highest=1e6)
    kind = {"data.source": Hills(), "ensemble.members": 6, "ensemble.vary": vary, "training.batch_size": 1}
    return Session(edited(kind | more))


def test_members_that_are_not_finite_between_records_are_held_when_saved(tmp_path: Path) -> None:
    session, straight = spread_rates(), spread_rates()
    for step in range(1, 60):
        session.step()
        save_snapshot(session, tmp_path / "run.safetensors")
        assert whole(session)
        assert load_snapshot(tmp_path / "run.safetensors").step_count == step
    assert session._run.progress.diverged.any()
    for one in (session, straight):
        one.step(3 * one.scene.steps_per_epoch - one.step_count)
    assert session._run.progress.diverged.any()
    assert session.divergence is None
    assert saved(session) == saved(straight)


def reopened(session: Session) -> Session:
    return Session.from_state(session.config, session.dataset, session.state())


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_where_a_member_falls_does_not_depend_on_when_the_run_is_saved_or_looked_at(precision: str) -> None:
    """It stays at its last step that was whole, as found by training alone."""
    make = partial(spread_rates, **{"network.precision": precision})
    straight, looked, alone = make(), make(), make()._run.progress
    with np.errstate(all="ignore"):
        whole_until = alone.network.parameters.copy()
        for _ in range(60):
            alone.train(1)
            fine = ~alone.broken
            whole_until[fine] = alone.network.parameters[fine]
    diverged = np.flatnonzero(alone.broken)
    assert 0 < len(diverged) < 6
    straight.step(250)
    for _ in range(60):
        looked.step()
        looked.frame(frozenset())
    looked.step(190)
    assert saved(looked) == saved(straight)
    assert_array_equal(straight.network.parameters[diverged], whole_until[diverged])
    for steps in range(2, 60, 7):
        opened = make()
        opened.step(steps)
        opened = reopened(opened)
        opened.step(250 - steps)
        assert saved(opened) == saved(straight)


def test_the_step_at_which_no_member_is_left_does_not_depend_on_it_either() -> None:
    """The last of them breaks there; those before it stay where they were."""
    make = partial(spread_rates, **{"ensemble.vary": ByLearningRate(1.0, 1e3), "training.learning_rate": 10.0})
    straight, alone = make(), make()._run.progress
    with np.errstate(all="ignore"):
        while not alone.broken.all():
            alone.train(1)
    straight.step(250)
    assert straight.divergence
    assert straight.divergence.step == alone.steps
    assert straight.step_count == alone.steps - 1
    assert straight._run.progress.diverged.sum() >= 3
    for steps in range(1, alone.steps, 3):
        opened = make()
        opened.step(steps)
        opened = reopened(opened)
        opened.step(250 - steps)
        assert opened.divergence == straight.divergence
        assert saved(opened) == saved(straight)


def saved(session: Session) -> dict[str, Any]:
    state = session.state()
    return state.plain | {name: array.tobytes() for name, array in state.arrays.items()}


# Weights set by hand.


@pytest.mark.parametrize(
    ("precision", "value", "sentence"),
    [
        ("float32", 1e39, "a weight in float32 must be a number of at most 3.4e\\+38 in size, not 1e\\+39"),
        ("float32", -4e38, "at most 3.4e\\+38"),
        ("float32", np.nan, "not nan"),
        ("float64", np.inf, "a weight in float64 must be a number of at most 1.8e\\+308 in size, not inf"),
    ],
)
def test_a_weight_that_cannot_be_held_is_refused(precision: str, value: float, sentence: str) -> None:
    session = Session(edited({"network.precision": precision}))
    session.step(3)
    before = saved(session)
    with pytest.raises(ValueError, match=sentence):
        session.set_weight(0, 0, 0, value)
    assert saved(session) == before


def test_the_largest_weight_is_taken() -> None:
    session = Session(edited({"network.precision": "float32"}))
    session.set_weight(0, 0, 0, LARGEST)
    assert session.network.weights[0][0, 0] == LARGEST


def test_a_weight_that_moves_others_beyond_all_bounds_is_refused() -> None:
    session = Session(edited({"network.hidden.0.activation": Maxout(), "network.precision": "float32"}))
    session.set_weight(0, 0, 0, LARGEST)
    before = saved(session)
    with pytest.raises(ValueError, match=r"not -3\.4"):
        session.set_weight(0, 0, 0, -LARGEST)
    assert saved(session) == before


# From the start.


def overflowing() -> Config:
    """Squares beyond float32 before the first step: ten layers of weights of 100."""
    hidden = tuple(edited({"network.hidden.0.units": 32}).network.hidden[:1]) * 10
    config = edited({"data.source": Hills(), "network.precision": "float32", "network.hidden": hidden})
    for layer in range(10):
        config = edited({f"network.hidden.{layer}.activation": Linear()}, config)
    return edited({"network.initializer": Normal(deviation=100.0)}, config)


def test_a_run_that_starts_beyond_all_bounds_diverges_at_its_first_step_and_can_be_saved(tmp_path: Path) -> None:
    session = Session(overflowing())
    for steps in (0, 1, 30):
        session.step(steps)
        save_snapshot(session, tmp_path / "run.safetensors")
        opened = load_snapshot(tmp_path / "run.safetensors")
        opened.step(30)
        assert opened.divergence
        assert opened.divergence.step == 1
    assert session.divergence
    assert session.divergence.step == 1
    session.go_back()
    assert session.divergence is None
    session.train(1)
    assert session.divergence
