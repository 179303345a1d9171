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
from playground.experiment.config import Config, DataConfig, Layer, NetworkConfig, TrainingConfig
from playground.experiment.ensemble import ByBootstrap, ByFold
from playground.experiment.history import curves
from playground.experiment.run import progress
from playground.experiment.run.session import Session
from playground.experiment.run.state import State, StateError
from playground.experiment.stopping import EarlyStopping
from playground.nn.activations import ReLU, Tanh
from playground.nn.clipping import CLIPPINGS
from playground.nn.noise import Noise
from playground.nn.normalizations import NORMALIZATIONS
from playground.nn.optimizers import OPTIMIZERS, Adam
from playground.nn.regularizers import REGULARIZERS
from playground.nn.schedules import SCHEDULES, Plateau
from playground.options import Options, with_value
from tests.strategies import plain_values

BATCH_NORM = next(cls() for name, cls in NORMALIZATIONS.items() if "batch" in name)


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
                ("noise", Noise(input_noise=0.2, hidden_dropout=0.3, weight_noise=0.05, label_noise=0.1)),
                ("noise", Noise()),
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
    kind = OPTIMIZERS[optimizer]
    session = Session(config_of(optimizer=kind(), batch_size=1000 if kind.full_batch else 10))
    session.step(before)
    for name, value in changes:
        if name == "batch_size" and kind.full_batch:
            continue
        session.apply(with_value(session.config, f"training.{name}", value))
        session.step(between)
    other = reopened(session)
    for steps in (0, 1, after):
        session.step(steps)
        other.step(steps)
        assert bits(session) == bits(other)
    assert (session.epoch, session.frame().scores) == (other.epoch, other.frame().scores)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("block", [1, 3, 64])
def test_noise_goes_on_from_anywhere_in_a_block_of_mini_batches(
    block: int, members: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "BLOCK_BATCHES", block)
    noise = Noise(0.2, 0.3, 0.2, 0.2, 0.05, 0.1, 0.1)
    config = config_of(hidden=(Layer(3, Tanh(), BATCH_NORM),), optimizer=Adam(), batch_size=4, noise=noise)
    config = with_value(config, "ensemble.members", members)
    straight = Session(config)
    straight.step(20)
    for steps in range(15):  # 6 mini-batches an epoch
        session = Session(config)
        session.step(steps)
        session = reopened(session)
        session.step(20 - steps)
        assert bits(session) == bits(straight)


def test_a_thinned_history_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "CAPACITY", 8)
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
    session = Session(with_value(config, "network.seed", 116))
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


def in_generator(value: object, *path: str, of: str = "orders") -> Damage:
    def damage(state: State) -> None:
        inner = state.plain[of][0]
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
    r"^the entry orders is missing$": [lambda state: state.plain.pop("orders")],
    r"^the entry chances is missing$": [lambda state: state.plain.pop("chances")],
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
    r"^order: has shape \(1, 22\), not \(1, 23\)$": [replace("order", lambda array: array[:, 1:])],
    r"^order: has shape \(23,\), not \(1, 23\)$": [replace("order", lambda array: array[0])],
    r"^order: has shape \(2, 23\), not \(1, 23\)$": [replace("order", lambda array: np.vstack([array, array]))],
    r"^order: does not name the training examples$": [
        replace("order", np.zeros_like),
        replace("order", lambda array: array + 1),
        set_at("order", (0, 0), -1),
    ],
    r"^clock: holds int64, not float64$": [replace("clock", lambda array: array.astype(np.int64))],
    r"^clock: must count steps from 0 up$": [set_at("clock", (), value) for value in (-1.0, np.nan, np.inf, 1e300)],
    r"^clock: has shape \(1,\), not \(\)$": [replace("clock", lambda array: array[None])],
    r"^history: has shape \(.+\), not \(1 to 2048, 15\)$": [
        replace("history", lambda array: array[:, 1:]),
        replace("history", lambda array: array[:0]),
        replace("history", lambda array: array[0]),
        replace("history", lambda array: np.repeat(array, 2000, axis=0)),
    ],
    r"^history: its records are not finite or not in order$": [
        set_at("history", (1, 0), np.nan),
        set_at("history", (1, 1), np.inf),
        replace("history", lambda array: array[::-1]),
        replace("history", lambda array: array[[0, 0]]),
    ],
    r"^epoch: must be a whole number from 0 to ": [put("epoch", value) for value in (-1, 2**70, 1.0, "1", None, True)],
    r"^steps: must be a whole number from 0 to ": [put("steps", value) for value in (-1, 2**70, 7.5, [], False)],
    r"^step_in_epoch: must be a whole number from 0 to 2$": [put("step_in_epoch", value) for value in (-1, 3, 1.0, "")],
    r"^resolution: must be a whole number from -60 to 2$": [put("resolution", value) for value in (3, -61, 0.5, {})],
    r"^start_loss: must be a finite number$": [put("start_loss", value) for value in (np.nan, np.inf, None, "1", 1)],
    r"^orders: must hold the states of 1 generators$": [
        put("orders", value) for value in (None, "PCG64", "P", 5, [], {}, {"state": 1}, [{}, {}], [None] * 3)
    ],
    r"^chances: must hold the states of 1 generators$": [
        put("chances", value) for value in (None, "PCG64", "P", 5, [], {}, {"state": 1}, [{}, {}], [None] * 3)
    ],
    r"^generator: is not the state of a PCG64 generator$": [
        *(put(name, [value]) for value in (None, "PCG64", 5, [], {}) for name in ("orders", "chances")),
        *(in_generator(value, *STATE, of="chances") for value in (-1, 1.5, 2**128, "x", None, {}, [1, 2])),
        *(in_generator(value, "bit_generator") for value in ("MT19937", "", None, 3)),
        *(in_generator(value, "state") for value in (None, 7, "seven", [1], {})),
        *(in_generator(value, *STATE) for value in (-1, 1.5, 2**128, "x", "1", None, {}, [1, 2])),
        *(in_generator(value, "state", "inc") for value in (-1, 2**128, "x", None, {})),
        *(in_generator(value, "has_uint32") for value in ("x", None, -(2**70), 2**70)),
        *(in_generator(value, "uinteger") for value in ("x", None, -1, 2**33)),
        lambda state: state.plain["orders"][0].pop("state"),
        lambda state: state.plain["chances"][0]["state"].pop("inc"),
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


def watched() -> Session:
    """Three members on samples of their own, which early stopping and a plateau watch, and which remember statistics."""
    config = config_of(Circle(points=46), (Layer(3, Tanh(), BATCH_NORM),), optimizer=Adam(), schedule=Plateau(1))
    config = with_value(with_value(config, "ensemble.members", 3), "ensemble.vary", ByBootstrap())
    config = with_value(with_value(config, "data.validation_share", 0.3), "training.stopping", EarlyStopping(9))
    session = Session(config)
    session.step(7)
    return session


WATCH_DAMAGE: dict[str, list[Damage]] = {
    r"^watch\.(epoch|lowered): must count epochs from 0 to 2$": [
        set_at(name, (1,), value) for name in ("watch.epoch", "watch.lowered") for value in (-1.0, 0.5, 3.0, 1e300)
    ],
    r"^watch\.\w+: holds a number that is not finite$": [
        set_at(name, (2,), value)
        for name in ("watch.epoch", "watch.lowered", "watch.share")
        for value in (np.nan, np.inf, -np.inf)
    ],
    r"^watch\.loss: holds what no loss can be$": [set_at("watch.loss", (0,), value) for value in (np.nan, -np.inf)],
    r"^watch\.share: must lie between 0 and 1$": [set_at("watch.share", (0,), value) for value in (-0.1, 1.1, 1e300)],
    r"^watch\.held_(parameters|statistics): holds a number that is not finite$": [
        set_at(name, (1, 2), value)
        for name in ("watch.held_parameters", "watch.held_statistics")
        for value in (np.nan, np.inf)
    ],
    r"^statistics: holds a number that is not finite$": [set_at("statistics", (0, 0), np.nan)],
    r"^(watch\.)?\w+: has shape \(.+\), not \(.+\)$": [
        replace(name, change)
        for name in (
            "watch.loss",
            "watch.stopped",
            "watch.held_parameters",
            "watch.held_statistics",
            "statistics",
            "order",
        )
        for change in (lambda array: array[1:], lambda array: array[None], lambda array: array[:0])
    ],
    r"^(watch\.)?\w+: holds int8, not \w+$": [
        replace(name, lambda array: array.astype(np.int8))
        for name in (
            "watch.loss",
            "watch.epoch",
            "watch.stopped",
            "watch.fallen",
            "watch.held_parameters",
            "statistics",
        )
    ],
    r"^the array watch\.\w+ is missing$": [
        lambda state: state.arrays.pop("watch.loss"),
        lambda state: state.arrays.pop("watch.fallen"),
    ],
    r"^the array watch\.mood is unknown$": [lambda state: state.arrays.update({"watch.mood": np.zeros(3)})],
    r"^order: does not name the training examples$": [
        set_at("order", (2, 0), -1),
        set_at("order", (1, 3), 23),
        set_at("order", (0, 5), 2**40),
    ],
    r"^(orders|chances): must hold the states of 3 generators$": [
        lambda state: state.plain["orders"].pop(),
        lambda state: state.plain["chances"].pop(),
        lambda state: state.plain["chances"].append(state.plain["chances"][0]),
        put("chances", {"0": {}, "1": {}, "2": {}}),
        put("orders", "abc"),
    ],
    r"^generator: is not the state of a PCG64 generator$": [
        put("chances", [[], [], []]),
        put("orders", [{"state": [[[[]]]]}] * 3),
        lambda state: state.plain["chances"][2].update(bit_generator="MT19937"),
        lambda state: state.plain["orders"][1]["state"].update(state=None),
    ],
}


@pytest.mark.parametrize(
    ("sentence", "damage"), [(sentence, damage) for sentence, damages in WATCH_DAMAGE.items() for damage in damages]
)
def test_damage_to_what_members_are_held_by_is_refused_in_a_sentence(sentence: str, damage: Damage) -> None:
    session = watched()
    state = saved(session)
    damage(state)
    with pytest.raises(StateError, match=sentence):
        Session.from_state(session.config, session.dataset, state)


@pytest.mark.parametrize("members", [2, 5])
def test_folds_of_unequal_sizes_go_on(members: int) -> None:
    session = Session(with_value(with_value(config_of(), "ensemble.members", members), "ensemble.vary", ByFold()))
    for steps in (4, 9):
        session.step(steps)
        other = reopened(session)
        assert bits(session) == bits(other)


def test_members_that_are_watched_go_on() -> None:
    session = watched()
    other = reopened(session)
    for steps in (0, 1, 40):
        session.step(steps)
        other.step(steps)
        assert bits(session) == bits(other)


@given(
    path=st.sampled_from([(), ("bit_generator",), ("state",), STATE, ("state", "inc"), ("has_uint32",), ("uinteger",)]),
    value=plain_values(),
    name=st.sampled_from(["orders", "chances"]),
)
def test_no_generator_state_of_whatever_kind_breaks_out(path: tuple[str, ...], value: object, name: str) -> None:
    session = Session(config_of())
    state = saved(session)
    (in_generator(value, *path, of=name) if path else put(name, value))(state)
    try:
        other = Session.from_state(session.config, session.dataset, state)
    except StateError as error:
        sentences = (
            "generator: is not the state of a PCG64 generator",
            f"{name}: must hold the states of 1 generators",
        )
        assert str(error) in sentences  # noqa: PT017
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
