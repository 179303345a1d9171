"""One weight step by step: the numbers are those of the step, the moves add up, and looking changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.experiment.config import Config
from playground.experiment.looks.optimizer_trace import OptimizerTrace, Steps
from playground.experiment.looks.table import MAIN
from playground.experiment.run.session import Session
from playground.experiment.run.weight_recorder import CAPACITY, PER_DOUBLING
from playground.nn.optimizers import OPTIMIZERS, SGD, Adadelta, Adagrad, Adam, Lion, Momentum, RMSprop
from playground.nn.optimizers.optimizer import OptimizerStep, SearchingOptimizer
from playground.nn.regularizers import REGULARIZERS
from playground.options import with_text, with_value
from tests.frames import look_at

LOOKING = frozenset({OptimizerTrace})


def config_of(**fields: Any) -> Config:
    """The default experiment with other fields; "__" stands for the dot of a path."""
    config = Config()
    for path, value in fields.items():
        put = with_text if isinstance(value, str) else with_value
        config = put(config, path.replace("__", "."), value)
    return config


def trace_of(session: Session) -> OptimizerTrace:
    """What has been seen through it; from now on somebody looks."""
    session.observe(LOOKING)
    look = session.frame(LOOKING).look(OptimizerTrace)
    assert look is not None
    return look


def looked(session: Session) -> Steps:
    return trace_of(session).last


def seen(config: Config, steps: int, **choice: int) -> tuple[Session, Steps]:
    session = look_at(Session(config), **choice)
    assert len(looked(session).step) == 0
    session.step(steps)
    return session, looked(session)


def optimizer_step(gradient: float, clock: float, before: list[float], after: list[float]) -> OptimizerStep:
    rows = [np.array(numbers)[:, None] for numbers in (before, after)]
    return OptimizerStep(np.array([gradient]), np.array([0.1]), np.array([clock]), *rows)


# By hand


def test_adam_s_first_step_is_one_rate_long() -> None:
    found = Adam(epsilon=1e-8).dissect(optimizer_step(0.5, 1.0, [0.0, 0.0], [0.05, 0.00025]))
    np.testing.assert_allclose(found.memories["mean"]["m̂"], 0.5)
    np.testing.assert_allclose(found.memories["square"]["v̂"], 0.25)
    np.testing.assert_allclose(found.effective, 0.2)
    np.testing.assert_allclose(found.step(np.array([0.1])), -0.1)


def test_adagrad_divides_by_the_root_of_the_sum() -> None:
    found = Adagrad().dissect(optimizer_step(3.0, 0.0, [16.0], [25.0]))
    np.testing.assert_allclose(found.effective, 0.02)
    np.testing.assert_allclose(found.step(np.array([0.1])), -0.06)


def test_adadelta_s_rate_is_of_the_steps_before() -> None:
    found = Adadelta(epsilon=0.25).dissect(optimizer_step(2.0, 0.0, [0.0, 0.75], [3.75, 9.0]))
    np.testing.assert_allclose(found.step(np.array([0.1])), -0.1)  # √(0.75 + 0.25) / √(3.75 + 0.25) · 2 · 0.1


def test_rmsprop_with_momentum_has_a_rate_of_its_own() -> None:
    found = RMSprop(momentum=0.9, centred=True, epsilon=1e-12).dissect(
        optimizer_step(1.0, 0.0, [0.0] * 3, [0.29, 0.2, 4.0])
    )
    np.testing.assert_allclose(found.effective, 0.2)  # 0.1 / √(0.29 − 0.2²)
    np.testing.assert_allclose(found.step(np.array([0.1])), -0.4)
    assert list(found.memories) == ["square", "mean", "velocity"]


def test_lion_goes_by_the_mean_before_the_step() -> None:
    found = Lion(beta1=0.9).dissect(optimizer_step(-1.0, 0.0, [0.2], [-5.0]))
    np.testing.assert_allclose(found.step(np.array([0.1])), -0.1)  # 0.9 · 0.2 − 0.1 · 1 > 0


# In a run


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("regularizer", REGULARIZERS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_parts_of_a_step_are_the_step(optimizer: str, regularizer: str, precision: str) -> None:
    searching = issubclass(OPTIMIZERS[optimizer], SearchingOptimizer)
    config = config_of(
        training__optimizer=optimizer,
        training__learning_rate=0.02,
        training__regularizer=regularizer,
        training__clipping="by_norm",
        training__batch_size=1000 if searching else 10,
        network__precision=precision,
    )
    session, look = seen(config, 3 if searching else 40, layer=1, unit=1, input=2)
    rows = session.network.weights[1]
    assert look.value[-1] == rows[1, 2]
    np.testing.assert_allclose(look.value[1:], look.value[:-1] + look.moved[1:], rtol=1e-15)
    assert tuple(look.memories) == (() if searching else OPTIMIZERS[optimizer].slots)[: len(look.memories)]
    if searching:
        assert look.own is None
        assert look.effective is None
        return
    assert look.own is not None
    whole = look.own + sum(part for part in (look.decay, look.pull) if part is not None)
    exact = 1e-12 if precision == "float64" else 3e-7  # a few rounding errors of a weight
    np.testing.assert_allclose(whole, look.moved, rtol=0.0, atol=exact)
    assert np.abs(look.moved).max() > 10.0 * exact
    assert (look.decay is not None) == (optimizer == "adamw" or regularizer == "weight_decay")
    assert (look.pull is not None) == (regularizer in ("l1", "elastic_net", "max_norm"))
    assert (look.penalty is not None) == (regularizer in ("l2", "elastic_net"))


def test_the_slots_are_those_of_the_weight() -> None:
    session, look = seen(config_of(training__optimizer="nadam"), 30, layer=1, input=4)
    place = session.network.starts[1] + 4  # the bias of the first unit
    arrays = session.state().arrays
    assert look.memories["mean"]["m"][-1] == arrays["optimizer.mean"][0, place]
    assert look.memories["square"]["v"][-1] == arrays["optimizer.square"][0, place]
    assert look.memories["warmth"]["1 − Π μ"][-1] == arrays["optimizer.warmth"][0, 0] > 0.0
    assert look.gradient[-1] == arrays["gradients"][0, place]


def test_an_l2_share_is_part_of_the_gradient_and_decay_is_not() -> None:
    _, coupled = seen(config_of(training__optimizer="adam", training__regularizer="l2"), 20)
    before = coupled.value - coupled.moved
    assert coupled.penalty is not None
    assert coupled.decay is None
    np.testing.assert_allclose(coupled.penalty, 2.0 * 0.001 * before, rtol=1e-9)
    _, apart = seen(config_of(training__optimizer="adamw", training__learning_rate=0.1), 20)
    assert apart.decay is not None
    assert apart.penalty is None
    np.testing.assert_allclose(apart.decay, -0.1 * 0.01 * (apart.value - apart.moved), rtol=1e-9)


def test_biases_do_not_decay() -> None:
    session, look = seen(config_of(training__optimizer="adamw"), 5, input=9999)
    assert trace_of(session).weight.input == 2
    assert look.decay is None


def test_what_is_clipped_is_shown_beside_the_gradient() -> None:
    config = with_value(config_of(training__clipping="by_value"), "training.clipping.limit", 1e-3)
    _, look = seen(config, 30)
    assert look.clipped is not None
    np.testing.assert_array_equal(look.clipped, np.clip(look.gradient, -1e-3, 1e-3))
    np.testing.assert_allclose(look.moved, -0.03 * look.clipped, atol=1e-15)


def test_a_unit_with_several_rows_is_looked_at_through_its_first() -> None:
    config = with_text(config_of(), "network.hidden.0.activation", "maxout")
    session, look = seen(config, 5, unit=2, input=1)
    assert look.value[-1] == session.network.weights[0][2, 1]
    config = with_text(config_of(), "network.hidden.0.activation", "crelu")
    session, look = seen(config, 5, unit=5)
    assert look.value[-1] == session.network.weights[0][1, 0]


def test_the_member_that_is_shown_is_followed() -> None:
    config = config_of(ensemble__members=3, ensemble__vary="learning_rate")
    session, look = seen(config, 10, member=2)
    assert look.value[-1] == session.network.weights[0][2, 0, 0]
    np.testing.assert_allclose(look.rate, 0.3)
    np.testing.assert_allclose(look.own, look.moved, atol=1e-15)


# Lesson 18


def test_adagrad_s_rate_shrinks_for_good_and_rmsprop_s_does_not() -> None:
    _, shrinking = seen(config_of(training__optimizer="adagrad"), 300)
    _, forgetting = seen(config_of(training__optimizer="rmsprop"), 300)
    assert shrinking.effective is not None
    assert forgetting.effective is not None
    assert (np.diff(shrinking.effective) <= 0.0).all()
    assert (np.diff(forgetting.effective) > 0.0).any()


def test_momentum_goes_on_where_the_gradient_has_turned() -> None:
    _, rolling = seen(config_of(training__optimizer="momentum"), 300)
    _, plain = seen(config_of(), 300)
    assert (rolling.moved * rolling.gradient > 0.0).any()
    assert not (plain.moved * plain.gradient > 0.0).any()


# Looking


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_looking_changes_no_bit(noise: float) -> None:
    config = config_of(
        training__optimizer="adam",
        network__hidden__0__normalization="batch_norm",
        training__noise__hidden_dropout=noise,
        training__noise__label_noise=noise,
    )
    watched, alone = Session(config), Session(config)
    for steps in (1, 7, 40, 3, 60):
        watched.step(steps)
        looked(watched)
    alone.step(111)
    watched_state, state = watched.state(), alone.state()
    assert watched_state.plain == state.plain
    for name, array in state.arrays.items():
        np.testing.assert_array_equal(array, watched_state.arrays[name], err_msg=name)


def test_a_long_run_is_remembered_by_its_last_steps() -> None:
    session, look = seen(Config(), CAPACITY + 250)
    np.testing.assert_array_equal(look.step, np.arange(251, CAPACITY + 251))
    np.testing.assert_allclose(look.value[1:], look.value[:-1] + look.moved[1:], rtol=1e-15)
    assert not look.value.flags.writeable
    session.step(3)
    assert looked(session).step[-1] == CAPACITY + 253
    assert look.step[-1] == CAPACITY + 250


def of_history(last: int) -> list[int]:
    """The places of the steps that a course of so many holds."""
    return [
        place for place in range(1, last + 1) if place == last or place % max(1, 2 ** (place.bit_length() - 7)) == 0
    ]


def test_the_course_is_every_step_at_first_and_then_ever_fewer() -> None:
    assert PER_DOUBLING == 64
    session = Session(config_of(training__optimizer="adagrad"))
    trace_of(session)
    whole = Session(session.config)
    looked(whole)
    seen_values: dict[int, float] = {}
    for steps in (1, 126, 2, 500, CAPACITY, 2 * CAPACITY, 3000):
        session.step(steps)
        while whole.step_count < session.step_count:
            whole.step(min(CAPACITY, session.step_count - whole.step_count))
            last = looked(whole)
            seen_values |= dict(zip(last.step.tolist(), last.value.tolist(), strict=True))
        look = trace_of(session)
        assert look.history.step.tolist() == of_history(session.step_count)
        np.testing.assert_array_equal(look.since, look.history.step)
        np.testing.assert_array_equal(look.history.value, [seen_values[step] for step in look.history.step.tolist()])
    assert len(look.last.step) == CAPACITY
    assert look.history.effective is not None
    assert look.history.effective[0] > 10.0 * look.history.effective[-1]  # of the last steps it is flat


def test_the_course_begins_with_the_first_step_that_was_looked_at() -> None:
    session = Session(Config())
    session.step(1000)
    assert len(trace_of(session).history.step) == 0
    session.step(CAPACITY + 1500)
    look = trace_of(session)
    assert look.history.step.tolist() == [1000 + place for place in of_history(CAPACITY + 1500)]
    np.testing.assert_array_equal(look.since, look.history.step - 1000)
    look_at(session, input=1)
    assert len(trace_of(session).history.step) == 0
    session.step(3)
    assert trace_of(session).history.step.tolist() == [CAPACITY + 2501, CAPACITY + 2502, CAPACITY + 2503]
    session.restart()
    session.step(2)
    assert trace_of(session).history.step.tolist() == [1, 2]


@pytest.mark.parametrize("back", [300, 2200, 4700, 10])
def test_after_steps_that_are_taken_back_the_course_goes_on(back: int) -> None:
    session = Session(Config())
    trace_of(session)
    session.step(5000 - back)
    progress = session._run.progress
    checkpoint = progress.checkpoint()
    session.step(back)
    assert progress.return_to(checkpoint)
    look = trace_of(session)
    kept = 5000 - back
    assert kept - 64 < look.history.step[-1] <= kept
    assert set(look.history.step.tolist()) <= set(of_history(kept))
    assert not (look.last.step > kept).any()
    session.step(600)
    look = trace_of(session)
    assert look.history.step[-1] == look.last.step[-1] == kept + 600
    assert look.history.step.tolist() == of_history(kept + 600)


def test_all_arrays_are_read_only() -> None:
    config = config_of(training__optimizer="adamw", training__regularizer="elastic_net", training__clipping="by_norm")
    session, look = seen(config, 5)
    arrays = [value for value in vars(look).values() if isinstance(value, np.ndarray)]
    assert not trace_of(session).since.flags.writeable
    assert not trace_of(session).history.value.flags.writeable
    arrays += [values for lines in look.memories.values() for values in lines.values()]
    assert len(arrays) == 17
    assert not any(array.flags.writeable for array in arrays)


def test_nothing_is_recorded_unless_it_is_looked_at() -> None:
    session, _ = seen(Config(), 20)
    session.observe(MAIN)
    session.step(5)
    assert len(looked(session).step) == 0
    session.step(2)
    np.testing.assert_array_equal(looked(session).step, [26, 27])


def test_another_weight_or_a_restart_begins_anew() -> None:
    session, _ = seen(Config(), 20)
    look_at(session, input=1)
    assert len(looked(session).step) == 0
    session.step(4)
    session.restart()
    session.step(2)
    np.testing.assert_array_equal(looked(session).step, [1, 2])


def test_an_optimizer_is_followed_over_an_edit_of_its_rate_and_not_over_another_optimizer() -> None:
    session, _ = seen(config_of(training__optimizer="adam"), 20)
    session.apply(with_value(session.config, "training.learning_rate", 0.5))
    session.step(5)
    look = looked(session)
    np.testing.assert_array_equal(look.step, np.arange(1, 26))
    np.testing.assert_array_equal(look.rate, [0.03] * 20 + [0.5] * 5)
    session.apply(with_text(session.config, "training.optimizer", "adagrad"))
    session.step(2)
    np.testing.assert_array_equal(looked(session).step, [26, 27])


def test_steps_that_are_taken_back_are_forgotten() -> None:
    session, _ = seen(
        config_of(training__learning_rate=100.0, training__loss="squared_error", network__output="linear"), 5
    )
    for _ in range(200):
        session.step(25)
        looked(session)
    assert session.divergence is not None
    look = looked(session)
    assert look.step[-1] == session.step_count
    session.go_back()
    assert not len(looked(session).step) or looked(session).step[-1] == session.step_count


def test_plain_descent_has_nothing_but_the_gradient() -> None:
    _, look = seen(Config(), 3)
    assert isinstance(Config().training.optimizer, SGD)
    assert look.memories == {}
    assert look.below is None
    np.testing.assert_array_equal(look.effective, look.rate)
    assert not any(part is not None for part in (look.penalty, look.clipped, look.decay, look.pull))


def test_nesterov_looks_ahead() -> None:
    found = Momentum(momentum=0.5, nesterov=True).dissect(optimizer_step(1.0, 0.0, [0.0], [1.0]))
    np.testing.assert_allclose(found.step(np.array([0.1])), -0.15)


def test_looking_away_forgets_nothing_until_a_step_is_missed() -> None:
    session, _ = seen(Config(), 30)
    session.observe(MAIN)  # somebody looks at something else
    assert looked(session).step.tolist() == list(range(1, 31))
    session.step(5)
    session.observe(MAIN)
    session.step(1)  # of which nothing is recorded
    assert not len(looked(session).step)
    session.step(2)
    assert looked(session).step.tolist() == [37, 38]


def test_a_frame_without_the_microscope_stops_no_record() -> None:
    session = Session(Config())
    session.observe(LOOKING)
    for _ in range(3):
        session.step(10)
        session.frame()
    look = session.frame(LOOKING).look(OptimizerTrace)
    assert look is not None
    assert look.last.step.tolist() == list(range(1, 31))
