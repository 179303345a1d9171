"""State: going on from it is never having stopped, and whatever does not fit is refused in one sentence."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data.generators import Circle, Hills
from playground.experiment import history
from playground.experiment.config import Config, DataConfig, Layer, NetworkConfig, TrainingConfig
from playground.experiment.session import Session
from playground.experiment.state import State, StateError
from playground.nn.activations import ReLU
from playground.nn.clipping import CLIPPINGS
from playground.nn.optimizers import OPTIMIZERS, Adam
from playground.nn.regularizers import REGULARIZERS
from playground.nn.schedules import SCHEDULES
from playground.options import Options, with_value
from tests.strategies import plain_values


def config_of(source: Any = None, hidden: tuple[Layer, ...] = (Layer(3),), **training: Any) -> Config:
    return Config(DataConfig(source or Circle(points=46)), NetworkConfig(hidden), TrainingConfig(**training))


def bits(session: Session) -> dict[str, Any]:
    """All that a run has become."""
    state = session.state()
    return state.plain | {name: array.tobytes() for name, array in state.arrays.items()}


def saved(session: Session) -> State:
    """The state as it comes back from a file."""
    state = session.state()
    return State(copy.deepcopy(state.arrays), json.loads(json.dumps(state.plain)))


def reopened(session: Session) -> Session:
    return Session.from_state(session.config, session.dataset, saved(session))


# Going on.


@given(
    optimizer=st.sampled_from([*OPTIMIZERS]),
    before=st.integers(0, 20),
    changes=st.lists(
        st.sampled_from(
            [
                ("learning_rate", 0.2),
                ("batch_size", 4),
                ("batch_size", 23),
                ("batch_size", 1),
                ("optimizer", Adam()),
                *(("regularizer", cls()) for cls in REGULARIZERS.values()),
                *(("schedule", cls()) for cls in SCHEDULES.values()),
                *(("clipping", cls()) for cls in CLIPPINGS.values()),
            ]
        ),
        max_size=3,
    ),
    between=st.integers(0, 5),
    after=st.integers(0, 40),
)
def test_going_on_is_never_having_stopped(
    optimizer: str, before: int, changes: list[tuple[str, Any]], between: int, after: int
) -> None:
    session = Session(config_of(optimizer=OPTIMIZERS[optimizer]()))
    session.step(before)
    for name, value in changes:
        session.apply(with_value(session.config, f"training.{name}", value))
        session.step(between)
    other = reopened(session)
    for steps in (0, 1, after):
        session.step(steps)
        other.step(steps)
        assert bits(session) == bits(other)
    assert (session.epoch, session.frame().scores) == (other.epoch, other.frame().scores)


def test_a_thinned_history_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "CAPACITY", 8)
    session = Session(config_of())
    session.train(20)
    assert session.state().plain["resolution"] < 0
    other = reopened(session)
    for one in (session, other):
        one.train(30)
    assert bits(session) == bits(other)


def test_a_state_is_a_copy_of_that_moment() -> None:
    session = Session(config_of(optimizer=Adam()))
    session.step(5)
    before, state = bits(session), session.state()
    session.step(20)
    session.apply(session.config)
    other = Session.from_state(session.config, session.dataset, state)
    assert bits(other) == before
    other.step(20)
    assert bits(other) == bits(session)


def test_a_run_that_was_out_of_bounds_for_a_while_can_be_kept() -> None:
    config = config_of(Hills(points=100), (Layer(8, ReLU()),) * 3, learning_rate=20.0, batch_size=13)
    session = Session(with_value(config, "network.seed", 11))
    session.train(12)
    assert np.isinf(session.history.gradient_norm).any()
    assert bits(reopened(session)) == bits(session)


# Damage.

Damage = Callable[[State], object]


def put(name: str, value: object) -> Damage:
    return lambda state: state.plain.__setitem__(name, value)


def replace(name: str, change: Callable[[Any], Any]) -> Damage:
    return lambda state: state.arrays.__setitem__(name, change(state.arrays[name]))


def set_at(name: str, index: tuple[int, ...], value: float) -> Damage:
    return lambda state: state.arrays[name].__setitem__(index, value)


def in_generator(value: object, *path: str) -> Damage:
    def damage(state: State) -> None:
        inner = state.plain["generator"]
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value

    return damage


STATE = ("state", "state")
DAMAGE: dict[str, list[Damage]] = {
    r"^the array parameters is missing$": [lambda state: state.arrays.pop("parameters")],
    r"^the array optimizer\.square is missing$": [lambda state: state.arrays.pop("optimizer.square")],
    r"^the array history is missing$": [lambda state: state.arrays.pop("history")],
    r"^the array optimizer\.velocity is unknown$": [
        lambda state: state.arrays.update({"optimizer.velocity": np.zeros(3)})
    ],
    r"^the entry epoch is missing$": [lambda state: state.plain.pop("epoch")],
    r"^the entry generator is missing$": [lambda state: state.plain.pop("generator")],
    r"^the entry mood is unknown$": [put("mood", 1)],
    r"^parameters: has shape \(.+\), not \(1, 13\)$": [
        replace("parameters", lambda array: array[:, 1:]),
        replace("parameters", lambda array: array[0]),
    ],
    r"^parameters: holds float32, not float64$": [replace("parameters", lambda array: array.astype(np.float32))],
    r"^parameters: holds a number that is not finite$": [
        set_at("parameters", (0, 4), np.nan),
        set_at("parameters", (0, 12), np.inf),
    ],
    r"^gradients: has shape \(1, 12\), not \(1, 13\)$": [replace("gradients", lambda array: array[:, 1:])],
    r"^optimizer\.mean: has shape ": [replace("optimizer.mean", lambda array: array[:, :0])],
    r"^optimizer\.square: holds a number that is not finite$": [set_at("optimizer.square", (0, 0), -np.inf)],
    r"^order: holds float64, not int64$": [replace("order", lambda array: array.astype(float))],
    r"^order: has shape \(22,\), not \(23,\)$": [replace("order", lambda array: array[1:])],
    r"^order: does not name each training example once$": [
        replace("order", np.zeros_like),
        replace("order", lambda array: array + 1),
        set_at("order", (0,), -1),
    ],
    r"^clock: holds int64, not float64$": [replace("clock", lambda array: array.astype(np.int64))],
    r"^clock: must count steps from 0 up$": [set_at("clock", (), value) for value in (-1.0, np.nan, np.inf, 1e300)],
    r"^clock: has shape \(1,\), not \(\)$": [replace("clock", lambda array: array[None])],
    r"^history: has shape \(.+\), not \(1 to 2048, 12\)$": [
        replace("history", lambda array: array[:, 1:]),
        replace("history", lambda array: array[:0]),
        replace("history", lambda array: array[0]),
        replace("history", lambda array: np.repeat(array, 2000, axis=0)),
    ],
    r"^history: its records are not finite or not in order$": [
        set_at("history", (1, 0), np.nan),
        set_at("history", (1, 1), np.inf),
        set_at("history", (1, 2), np.inf),
        replace("history", lambda array: array[::-1]),
        replace("history", lambda array: array[[0, 0]]),
    ],
    r"^epoch: must be a whole number from 0 to ": [put("epoch", value) for value in (-1, 2**70, 1.0, "1", None, True)],
    r"^steps: must be a whole number from 0 to ": [put("steps", value) for value in (-1, 2**70, 7.5, [], False)],
    r"^step_in_epoch: must be a whole number from 0 to 2$": [put("step_in_epoch", value) for value in (-1, 3, 1.0, "")],
    r"^resolution: must be a whole number from -60 to 2$": [put("resolution", value) for value in (3, -61, 0.5, {})],
    r"^start_loss: must be a finite number$": [put("start_loss", value) for value in (np.nan, np.inf, None, "1", 1)],
    r"^generator: is not the state of a PCG64 generator$": [
        *(put("generator", value) for value in (None, "PCG64", 5, [], {})),
        *(in_generator(value, "bit_generator") for value in ("MT19937", "", None, 3)),
        *(in_generator(value, "state") for value in (None, 7, "seven", [1], {})),
        *(in_generator(value, *STATE) for value in (-1, 1.5, 2**128, "x", "1", None, {}, [1, 2])),
        *(in_generator(value, "state", "inc") for value in (-1, 2**128, "x", None, {})),
        *(in_generator(value, "has_uint32") for value in ("x", None, -(2**70), 2**70)),
        *(in_generator(value, "uinteger") for value in ("x", None, -1, 2**33)),
        lambda state: state.plain["generator"].pop("state"),
        lambda state: state.plain["generator"]["state"].pop("inc"),
    ],
}


@pytest.mark.parametrize(
    ("sentence", "damage"), [(sentence, damage) for sentence, damages in DAMAGE.items() for damage in damages]
)
def test_a_damaged_state_is_refused_in_a_sentence(sentence: str, damage: Damage) -> None:
    session = Session(config_of(optimizer=Adam()))
    session.step(7)
    state = saved(session)
    damage(state)
    with pytest.raises(StateError, match=sentence):
        Session.from_state(session.config, session.dataset, state)


def test_the_same_state_unharmed_is_taken() -> None:
    session = Session(config_of(optimizer=Adam()))
    session.step(7)
    assert bits(reopened(session)) == bits(session)


@given(
    path=st.sampled_from([(), ("bit_generator",), ("state",), STATE, ("state", "inc"), ("has_uint32",), ("uinteger",)]),
    value=plain_values(),
)
def test_no_generator_state_of_whatever_kind_breaks_out(path: tuple[str, ...], value: object) -> None:
    session = Session(config_of())
    state = saved(session)
    (in_generator(value, *path) if path else put("generator", value))(state)
    try:
        other = Session.from_state(session.config, session.dataset, state)
    except StateError as error:
        assert str(error) == "generator: is not the state of a PCG64 generator"  # noqa: PT017
    else:
        other.step(7)


@given(name=st.sampled_from(["epoch", "step_in_epoch", "steps", "resolution", "start_loss"]), value=plain_values())
def test_no_count_of_whatever_kind_breaks_out(name: str, value: object) -> None:
    session = Session(config_of())
    session.step(4)
    state = saved(session)
    state.plain[name] = value
    try:
        other = Session.from_state(session.config, session.dataset, state)
    except StateError as error:
        assert str(error).startswith(f"{name}: must be a ")  # noqa: PT017
    else:
        other.step(7)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("network.hidden", (Layer(4),), "gradients|parameters"),
        ("training.optimizer", OPTIMIZERS["momentum"](), r"^the array optimizer\.velocity is missing$"),
        ("data.train_share", 0.4, "^order: has shape "),
    ],
    ids=str,
)
def test_a_state_of_another_experiment_is_refused(path: str, value: Options, sentence: str) -> None:
    session = Session(config_of())
    with pytest.raises(StateError, match=sentence):
        Session.from_state(with_value(session.config, path, value), session.dataset, session.state())
