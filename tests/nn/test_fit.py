"""The loop that one can read is the loop that a session runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.experiment.config import Config, Layer
from playground.experiment.run.session import Session
from playground.nn.activations import ReLU, Tanh
from playground.nn.fit import fit
from playground.nn.network import Network
from playground.nn.normalizations import BatchNorm
from playground.nn.optimizers import Adam
from playground.nn.regularizers import L2
from playground.nn.schedules import Cosine
from playground.nn.training import Trainer
from tests.configs import edited


def trainer_of(session: Session, config: Config) -> Trainer:
    """What trains a new network as the session's was when it began."""
    rules, problem = config.training, session._run.setup.problem
    network = Network(problem.inputs_count, problem.layers, 1, problem.dtype.type)
    network.initialise(config.network.initializer, [np.random.default_rng([config.network.seed, 0])])
    return Trainer(
        network, problem.loss, rules.optimizer, rules.regularizer, rules.learning_rate, rules.schedule, rules.clipping
    )


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"training.batch_size": 7, "data.source.points": 61},
        {"training.optimizer": Adam(), "training.schedule": Cosine(), "training.regularizer": L2(0.01)},
        {"network.hidden": (Layer(5, ReLU(), BatchNorm()), Layer(4, Tanh())), "network.precision": "float32"},
    ],
    ids=["default", "last mini-batch smaller", "Adam, cosine and L2", "batch norm in float32"],
)
def test_it_trains_what_a_session_trains(values: dict[str, Any]) -> None:
    config = edited(values)
    session = Session(config)
    trainer, part = trainer_of(session, config), session._run.setup.problem.train
    assert not np.array_equal(trainer.network.parameters, np.zeros_like(trainer.network.parameters))
    rng = np.random.default_rng([config.network.seed, 1])
    losses = fit(trainer, part.X, part.targets, 3, config.training.batch_size, rng)
    session.train(3)
    assert trainer.network.parameters.tobytes() == session.network.parameters.tobytes()
    assert trainer.network.statistics.tobytes() == session.network.statistics.tobytes()
    assert losses.shape == (3, session.scene.steps_per_epoch)
    assert losses[-1].mean() < losses[0].mean()
