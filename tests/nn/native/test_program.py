"""Whole steps by inner loops: the same bits as the Python loop for every choice, and Python's turn where it is needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.data.generators import Circle
from playground.experiment.config import Layer
from playground.experiment.problem import Problem
from playground.experiment.run.progress import Progress
from playground.experiment.run.session import Session
from playground.nn.activations import ACTIVATIONS
from playground.nn.calls import Call, run
from playground.nn.clipping import CLIPPINGS
from playground.nn.native.program import Part, Program
from playground.nn.normalizations import NORMALIZATIONS, BatchNorm
from playground.nn.optimizers import OPTIMIZERS
from playground.nn.regularizers import REGULARIZERS
from playground.nn.schedules import SCHEDULES
from tests.choices import pairs
from tests.configs import edited
from tests.nn.native.rig import native

pytestmark = native

NOISES = (
    "hidden_dropout",
    "input_dropout",
    "hidden_noise",
    "weight_noise",
    "input_noise",
    "label_noise",
    "label_smoothing",
)
FIRST_ORDER = {name: cls for name, cls in OPTIMIZERS.items() if not cls.full_batch}
CHOICES: dict[str, dict[str, Any]] = {
    **{name: {"network.hidden": (Layer(3, cls()), Layer(2, cls()))} for name, cls in ACTIVATIONS.items()},
    **{name: {"training.optimizer": cls()} for name, cls in FIRST_ORDER.items()},
    **{f"{name} normalization": {"network.hidden.0.normalization": cls()} for name, cls in NORMALIZATIONS.items()},
    **{name: {"training.regularizer": cls()} for name, cls in REGULARIZERS.items()},
    **{name: {"training.schedule": cls()} for name, cls in SCHEDULES.items()},
    **{name: {"training.clipping": cls()} for name, cls in CLIPPINGS.items()},
    **{name: {f"training.noise.{name}": 0.2} for name in NOISES},
    **{
        f"{loss.label} of {output.label}": {"training.loss": loss, "network.output": output}  # type: ignore[union-attr]
        for loss, output in pairs(2)
    },
}
IN_PYTHON = {"max_norm", *SCHEDULES} - {"constant", "plateau"}  # between native stretches
COMMON = ("adam", "adamw", "amsgrad", "nadam", "adamax", "batch_norm normalization", "l2", "by_norm", "hidden_dropout")


DATA = Circle(points=60).load(np.random.default_rng(1))


def trained(values: dict[str, Any], python: bool) -> dict[str, bytes]:
    """All that four calls of a few steps each have moved."""
    with pytest.MonkeyPatch.context() as patch, np.errstate(all="ignore"):
        if python:
            patch.setattr("playground.nn.native.program.EXTENSION", None)
        config = edited(values)
        progress = Progress(config, Problem(config, DATA))
        for steps in (1, 17, 3, 25):
            progress.train(steps)
        return {name: array.tobytes() for name, array in progress.checkpoint().arrays.items()}


@pytest.mark.parametrize(  # any two of the three in every combination
    ("precision", "members", "batch"),
    [
        ("float64", 1, 1),
        ("float64", 1, 10),
        ("float64", 3, 7),
        ("float32", 3, 1),
        ("float32", 3, 10),
        ("float32", 1, 7),
    ],
)
def test_every_choice_has_the_bits_of_the_python_loop(precision: str, members: int, batch: int) -> None:
    plain = {
        "network.precision": precision,
        "ensemble.members": members,
        "training.batch_size": batch,
        "data.train_share": 0.75,
    }
    for name, values in CHOICES.items():
        assert trained(plain | values, python=True) == trained(plain | values, python=False), name


@pytest.mark.parametrize("name", CHOICES)
def test_what_is_left_to_python(name: str) -> None:
    for members in (1, 3):
        for precision in ("float64", "float32"):
            settings = {"ensemble.members": members, "network.precision": precision}
            session = Session(edited(settings | CHOICES[name]))
            steps = session._run.progress._batches._program.steps
            assert all(bool(step.breaks) == (name in IN_PYTHON) for step in steps), (members, precision)


def test_what_is_common_is_among_the_choices() -> None:
    assert set(COMMON) <= set(CHOICES) - IN_PYTHON


def counting(total: NDArray[Any], x: NDArray[Any]) -> list[Call]:
    """Add the first row of x to a total, with Python between two native calls."""
    return [(np.add, (total, x[0], total)), (np.putmask, (total, total > np.inf, 0.0)), (np.add, (total, x[1], total))]


def test_a_step_moves_from_place_to_place() -> None:
    blocks = np.arange(24.0).reshape(4, 2, 3)
    total = np.zeros(3)
    program = Program([[(np.add, (total, blocks[0, 1], total))]], [blocks])
    assert program.movable
    program.run([Part(0, 1, 3)])
    np.testing.assert_array_equal(total, blocks[1:, 1].sum(axis=0))


def test_python_takes_its_turn_between_native_calls() -> None:
    blocks, total = np.arange(24.0).reshape(4, 2, 3), np.zeros(3)
    program = Program([counting(total, blocks[0])], [blocks])
    assert (program.native, program.movable) == (2, True)
    program.run([Part(0, 0, 4)])
    np.testing.assert_array_equal(total, blocks.sum(axis=(0, 1)))


def test_what_python_reads_does_not_move() -> None:
    blocks, total = np.arange(24.0).reshape(4, 2, 3), np.zeros(3)
    assert not Program([[(np.copyto, (total, blocks[0, 0])), (len, (blocks[0],))]], [blocks]).movable
    assert not Program([[(lambda: run([]), (blocks,))]], [blocks]).movable


def test_parts_run_in_their_order() -> None:
    number = np.zeros(())
    steps: list[list[Call]] = [
        [(np.add, (number, np.array(1.0), number))],
        [(np.multiply, (number, np.array(3.0), number))],
    ]
    Program(steps).run([Part(0, 0, 2), Part(1), Part(0), Part(1, 0, 2)])
    assert number == ((2 * 3) + 1) * 9


def test_a_deep_network_is_one_stretch() -> None:
    session = Session(edited({"network.hidden": (Layer(8, normalization=BatchNorm()),) * 6}))
    assert all(not step.breaks for step in session._run.progress._batches._program.steps)
