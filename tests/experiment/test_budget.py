"""Budget: what would take too much is refused before it takes any, by the path of what helps, and following it helps."""

from __future__ import annotations

import re
import tracemalloc
from typing import Any

import numpy as np
import pytest

from playground.data.dataset import Dataset
from playground.data.generators import Circle
from playground.experiment.config import Config, ConfigError, Layer
from playground.experiment.problem import Problem
from playground.experiment.run.run import Run
from playground.experiment.run.session import Session
from playground.experiment.selection import Selection
from playground.experiment.setup import Setup
from playground.nn.activations import Maxout
from playground.nn.noise import Noise
from playground.nn.normalizations import BatchNorm
from playground.nn.optimizers import LBFGS, Adam, Newton
from tests.configs import edited

LARGE: dict[str, Any] = {"data.source": Circle(points=5000), "data.train_share": 0.9, "training.batch_size": 1_000_000}
DEEP: dict[str, Any] = {"network.hidden": (Layer(32),) * 10}

# What is too much, the path that is named, and what then is not too much.
TOO_MUCH: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (LARGE | DEEP | {"ensemble.members": 64}, "training.batch_size", {}),
    (
        LARGE | {"network.hidden": (Layer(32, Maxout(8), BatchNorm()),) * 10, "ensemble.members": 5},
        "training.batch_size",
        {},
    ),
    (
        LARGE | DEEP | {"training.optimizer": LBFGS(), "ensemble.members": 64},
        "ensemble.members",
        {"ensemble.members": 3},
    ),
    (
        DEEP | {"training.optimizer": LBFGS(50), "training.batch_size": 250, "ensemble.members": 64},
        "ensemble.members",
        {"ensemble.members": 16},
    ),
    (
        {"training.optimizer": Newton(), "training.batch_size": 250, "network.hidden": (Layer(32),) * 3},
        "training.optimizer",
        {"training.optimizer": Adam()},
    ),
    (
        {
            "training.optimizer": Newton(),
            "training.batch_size": 250,
            "network.hidden": (Layer(32),) * 2,
            "ensemble.members": 9,
        },
        "ensemble.members",
        {"ensemble.members": 1},
    ),
    (
        LARGE | {"training.optimizer": Newton(), "network.hidden": (Layer(32),) * 2},
        "training.optimizer",
        {"data.source": Circle(points=500)},
    ),
]


@pytest.mark.parametrize(("values", "path", "change"), TOO_MUCH)
def test_it_is_refused_by_what_helps_before_any_network_is_made(
    values: dict[str, Any], path: str, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = edited(values)
    monkeypatch.setattr("playground.experiment.run.run.Progress", None)
    with pytest.raises(ConfigError, match=rf"^{path}: .* takes? .*") as refusal:
        Session(config)
    suggested = re.search(r"make it ([\d,]+) or less$", str(refusal.value.reason))
    assert bool(suggested) == (path == "training.batch_size")
    Problem(edited(change or {path: int(suggested[1].replace(",", ""))}, config), loaded(config, change))


def loaded(config: Config, change: dict[str, Any]) -> Dataset:
    return edited(change, config).data.source.load(np.random.default_rng([config.data.seed, 0]))


def test_many_examples_through_many_networks_are_too_much() -> None:
    rng = np.random.default_rng(0)
    data = Dataset(
        rng.normal(size=(100_000, 200)), rng.normal(size=100_000), tuple(map(str, range(200))), (), "y", "hand"
    )
    config = edited({"network.hidden": (Layer(32),), "ensemble.members": 64})
    with pytest.raises(ConfigError, match=r"^ensemble\.members: with 64 of them all 100,000 examples take 4\d billion"):
        Problem(config, data)
    Problem(edited({"ensemble.members": 16}, config), data)


REAL: dict[str, dict[str, Any]] = {
    "one": DEEP | {"training.batch_size": 250},
    "noise": LARGE | {"network.hidden": (Layer(32),) * 3, "training.noise": Noise(0.1, 0.5, 0.1, 0.1)},
    "members": LARGE | {"network.hidden": (Layer(16),) * 3, "ensemble.members": 4},
    "pieces": LARGE | {"network.hidden": (Layer(16, Maxout(4), BatchNorm()),) * 3},
    "memory": DEEP | {"training.optimizer": LBFGS(50), "training.batch_size": 250},
    "curvature": {"training.optimizer": Newton(), "training.batch_size": 250, "network.hidden": (Layer(16),) * 2},
}


@pytest.mark.parametrize("name", REAL)
def test_what_a_run_takes_is_about_what_is_told(name: str) -> None:
    """Of memory, to a factor of two and a half."""
    config = edited(REAL[name])
    setup = Setup.of(config, loaded(config, {}), Selection())
    tracemalloc.start()
    try:
        with np.errstate(all="ignore"):
            Run(setup).train(1)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert setup.problem.budget.memory / 2.5 < most < 2.5 * setup.problem.budget.memory
