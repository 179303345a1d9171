"""Schedules: their values at marked times, and that time is told by position in the run and by nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.nn.calls import run
from playground.nn.schedules import (
    SCHEDULES,
    Constant,
    Cosine,
    Exponential,
    OneCycle,
    Plateau,
    Schedule,
    Steps,
    WarmUp,
)
from tests.strategies import options

TIMELESS = [Constant(), Plateau()]  # the second drops by what the run makes of the loss, which is not its business here
CHANGING = [cls() for cls in SCHEDULES.values() if cls not in (Constant, Plateau)]


@pytest.mark.parametrize(
    ("schedule", "values"),
    [
        (Constant(), {0.0: 1.0, 7.3: 1.0, 1e6: 1.0}),
        (Plateau(20, 0.5), {0.0: 1.0, 99.0: 1.0}),
        (Steps(10, 0.5), {0.0: 1.0, 9.99: 1.0, 10.0: 0.5, 25.0: 0.25, 1e6: 0.0}),
        (Exponential(0.9), {0.0: 1.0, 0.5: 0.9**0.5, 2.0: 0.81}),
        (Cosine(10), {0.0: 1.0, 5.0: 0.5, 10.0: 0.0, 11.0: 0.0}),
        (Cosine(10, 0.2), {0.0: 1.0, 5.0: 0.6, 10.0: 0.2, 1e6: 0.2}),
        (WarmUp(4, 0.2), {0.0: 0.2, 2.0: 0.6, 4.0: 1.0, 99.0: 1.0}),
        (OneCycle(10, 0.4), {0.0: 0.04, 2.0: 0.52, 4.0: 1.0, 7.0: 0.500002, 10.0: 4e-6, 99.0: 4e-6}),
    ],
    ids=lambda value: value.label if isinstance(value, Schedule) else "",
)
def test_factors_on_paper(schedule: Schedule, values: dict[float, float]) -> None:
    assert {time: schedule.factor(time) for time in values} == pytest.approx(values, abs=1e-12)


@given(st.one_of([options(cls) for cls in SCHEDULES.values()]), st.floats(0.0, 1e7))
def test_no_schedule_leaves_the_range_from_nothing_to_the_rate(schedule: Schedule, epochs: float) -> None:
    assert 0.0 <= schedule.factor(epochs) <= 1.0 + 1e-12


@pytest.mark.parametrize("schedule", TIMELESS, ids=lambda value: value.label)
def test_a_rate_that_time_does_not_change_costs_no_call(schedule: Schedule) -> None:
    assert schedule.calls(np.array(0.3), np.array(0.3), np.array(0.0), np.array(7.0)) == []


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("rates", [0.3, [[0.3], [0.07], [2.0]]], ids=["one rate", "a rate a member"])
@pytest.mark.parametrize("schedule", CHANGING, ids=lambda value: value.label)
def test_each_step_has_the_rate_of_its_place_in_the_run(
    schedule: Schedule, rates: object, dtype: type[np.floating]
) -> None:
    learning_rate = np.array(rates, dtype)
    rate, steps, per_epoch = learning_rate.copy(), np.array(0.0), np.array(4.0)
    calls = schedule.calls(learning_rate, rate, steps, per_epoch)
    wanted = [learning_rate * dtype(schedule.factor(step / 4.0)) for step in range(12)]
    for step in range(12):
        run(calls)
        np.testing.assert_array_equal(rate, wanted[step])
    steps[...] = 5.0
    run(calls)
    np.testing.assert_array_equal(rate, wanted[5])
    assert rate.dtype == dtype
    np.testing.assert_array_equal(learning_rate, np.array(rates, dtype))
