"""What a step is compiled to: arrays of one type, nothing allocated, whatever it is made of."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest

from playground.nn.activations import ACTIVATIONS, OUTPUTS, Activation, Array, Linear, Tanh
from playground.nn.calls import Call, run
from playground.nn.chance import fixed_turn
from playground.nn.clipping import CLIPPINGS, Clipping, NoClipping
from playground.nn.initializers import Xavier
from playground.nn.layer_arrays import Dense
from playground.nn.losses import LOSSES, Loss, SquaredError
from playground.nn.network import Network
from playground.nn.noise import Noise
from playground.nn.normalizations import NORMALIZATIONS, BatchNorm, LayerNorm, NoNormalization, Normalization
from playground.nn.optimizers import LBFGS, OPTIMIZERS, SGD, Momentum, Optimizer, RMSprop
from playground.nn.optimizers.optimizer import SearchingOptimizer
from playground.nn.regularizers import REGULARIZERS, NoRegularizer, Regularizer
from playground.nn.schedules import SCHEDULES, Constant, Schedule
from playground.nn.training import Trainer

LEGAL = [(output(), loss()) for output in OUTPUTS.values() for loss in LOSSES.values() if not loss().refusal(output())]
TABLES = (OPTIMIZERS, REGULARIZERS, CLIPPINGS, SCHEDULES, ACTIVATIONS, NORMALIZATIONS)
LINEAR, SQUARED_ERROR = Linear(), SquaredError()
DISTURBED = Noise(hidden_dropout=0.3, hidden_noise=0.1, weight_noise=0.1)
CHOICES = [
    *(cls() for table in TABLES for cls in table.values()),
    Momentum(nesterov=True),
    RMSprop(momentum=0.9, centred=True),
    ACTIVATIONS["swish"](trained=True),  # type: ignore[call-arg]
    ACTIVATIONS["prelu"](shared=True),  # type: ignore[call-arg]
    BatchNorm(after=True),
    LayerNorm(after=True),
    DISTURBED,
]


@dataclass(frozen=True)
class Step:
    """A step of a network made of a choice, and of what is plainest in all else."""

    trainer: Trainer
    calls: list[Call]

    @classmethod
    def of(
        cls,
        choice: Any,
        members: int = 1,
        dtype: type[np.floating] = np.float64,
        sizes: Sequence[int] = (3, 5, 4),
        output: Activation = LINEAR,
        loss: Loss = SQUARED_ERROR,
    ) -> Step:
        def chosen(kind: type, otherwise: Any) -> Any:
            return choice if isinstance(choice, kind) else otherwise

        inputs, hidden, outputs = sizes
        layer = Dense(hidden, chosen(Activation, Tanh()), chosen(Normalization, NoNormalization()))
        network = Network(inputs, [layer, Dense(outputs, output)], members, dtype)
        network.initialise(Xavier(), [np.random.default_rng(member) for member in range(members)])
        rates = 0.01 if members == 1 else np.linspace(0.01, 0.02, members)
        trainer = Trainer(
            network,
            loss,
            chosen(Optimizer, SGD()),
            chosen(Regularizer, NoRegularizer()),
            rates,
            chosen(Schedule, Constant()),
            chosen(Clipping, NoClipping()),
            chosen(Noise, Noise()),
            np.linspace(0.1, 0.2, members)
            if members > 1 and chosen(Regularizer, NoRegularizer()).rate is not None
            else None,
        )
        rng = np.random.default_rng(3)
        x = np.vstack([rng.normal(size=(inputs, 10)), np.ones(10)]).astype(dtype)
        no, yes = loss.targets(output)
        target = (no + (yes - no) * np.eye(outputs)[:, rng.integers(0, outputs, 10)]).astype(dtype)
        return cls(trainer, trainer.step(x, target, fixed_turn(rng)))


def arrays(calls: Sequence[Call]) -> Iterator[Array]:
    """All arrays that are handed to a call."""
    for function, arguments in calls:
        by_name = tuple(function.keywords.values()) if isinstance(function, partial) else ()
        for value in (*arguments, *by_name):
            if isinstance(value, np.ndarray):
                yield value


def assert_single(step: Step) -> None:
    """Time, and what follows from it alone, is counted in double precision, as single would lose count after 17 million
    steps: one or two numbers. All else is single.
    """
    trainer = step.trainer
    used = {array.dtype for array in arrays(step.calls) if array.dtype.kind == "f" and array.size > 2}
    assert used == {np.dtype(np.float32)}
    stored = (
        trainer.network.parameters,
        trainer.network.gradients,
        trainer.network.statistics,
        trainer.slots,
        trainer.rate,
    )
    assert {array.dtype for array in stored} == {np.dtype(np.float32)}


def assert_close(single: Step, double: Step) -> None:
    run(single.calls)
    run(double.calls)
    for name, tolerance in (("parameters", 1e-5), ("gradients", 1e-4), ("statistics", 1e-5)):
        own, exact = (getattr(step.trainer.network, name) for step in (single, double))
        np.testing.assert_allclose(own, exact, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("choice", CHOICES, ids=repr)
def test_single_precision_stays_single(choice: Any, members: int) -> None:
    single, double = Step.of(choice, members, np.float32), Step.of(choice, members)
    assert_single(single)
    if isinstance(choice, SearchingOptimizer):
        run(single.calls)  # what is found depends on how well curvature can be seen
        assert np.isfinite(single.trainer.network.parameters).all()
    else:
        assert_close(single, double)


@pytest.mark.parametrize(("output", "loss"), LEGAL, ids=repr)
def test_single_precision_of_losses(output: Activation, loss: Loss) -> None:
    steps = [Step.of(None, 3, dtype, output=output, loss=loss) for dtype in (np.float32, np.float64)]
    assert_single(steps[0])
    assert_close(*steps)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("choice", [c for c in CHOICES if not isinstance(c, SearchingOptimizer)], ids=repr)
def test_nothing_is_allocated_in_a_step(choice: Any, members: int) -> None:
    """A mini-batch of one layer's units takes 8 kB and the parameters 89 kB, so that no array can hide.

    What NumPy casts or walks through in pieces goes through a buffer of its own, of a fixed size, here the smallest.
    """
    step = Step.of(choice, members, sizes=(100, 100, 10))
    run(step.calls)
    with np.errstate():
        np.setbufsize(16)
        tracemalloc.start()
        try:
            for _ in range(10):
                run(step.calls)
            assert tracemalloc.get_traced_memory()[1] < 6_000
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("choice", [None, BatchNorm(), LayerNorm(), DISTURBED], ids=repr)
def test_nothing_piles_up_over_thousands_of_steps(choice: Any, members: int) -> None:
    step = Step.of(choice, members)
    run(step.calls)
    tracemalloc.start()
    try:
        run(step.calls)
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(3_000):
            run(step.calls)
        assert tracemalloc.get_traced_memory()[0] - before < 500
    finally:
        tracemalloc.stop()


def test_what_searches_does_not_pile_up_either() -> None:
    step = Step.of(LBFGS())
    for _ in range(3):
        run(step.calls)
    tracemalloc.start()
    try:
        run(step.calls)
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20):
            run(step.calls)
        assert tracemalloc.get_traced_memory()[0] - before < 2_000
    finally:
        tracemalloc.stop()
