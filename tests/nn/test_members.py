"""Members: networks trained side by side are, to the last bit, what each of them is alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from playground.nn.activations import Activation, Array, LeakyReLU, PReLU, RReLU, Softmax, Swish, Tanh
from playground.nn.calls import run
from playground.nn.chance import Chance
from playground.nn.clipping import CLIPPINGS
from playground.nn.initializers import Xavier
from playground.nn.layer_arrays import Dense
from playground.nn.losses import CrossEntropy
from playground.nn.network import Network
from playground.nn.noise import Noise
from playground.nn.normalizations import BatchNorm, LayerNorm, NoNormalization, Normalization
from playground.nn.optimizers import OPTIMIZERS, SGD, Adam, Momentum, Optimizer, RMSprop
from playground.nn.optimizers.optimizer import SearchingOptimizer
from playground.nn.regularizers import L1, L2, REGULARIZERS, ElasticNet, NoRegularizer, Regularizer, WeightDecay
from playground.nn.schedules import Cosine
from playground.nn.training import Trainer

SEEDS = (5, 6, 7)
LEARNING_RATES = np.array([0.05, 0.013, 0.002])
PENALTY_RATES = np.array([0.03, 0.0007, 0.2])
DISTURBED = Noise(hidden_dropout=0.3, hidden_noise=0.1, weight_noise=0.02)
PLACES = 5
LEAKY, BATCH_NORM = LeakyReLU(), BatchNorm()
EVERY_OPTIMIZER = [
    *(cls() for cls in OPTIMIZERS.values()),
    Momentum(nesterov=True),
    RMSprop(momentum=0.9, centred=True),
]


def batches() -> list[tuple[Array, Array]]:
    """PLACES mini-batches, which all members share."""
    rng = np.random.default_rng(22)
    return [
        (np.vstack([rng.normal(size=(2, 10)), np.ones(10)]), np.eye(3)[:, rng.integers(0, 3, 10)])
        for _ in range(PLACES)
    ]


def trained(
    seeds: Sequence[int],
    learning_rate: float | Array,
    optimizer: Optimizer,
    regularizer: Regularizer,
    penalty_rates: Array | None = None,
    hidden: Activation = LEAKY,
    normalization: Normalization = BATCH_NORM,
    noise: Noise = DISTURBED,
    steps: int = 20,
    **choices: Any,
) -> Trainer:
    """A network of two hidden layers after so many steps, each member with a generator of its own."""
    network = Network(2, [Dense(5, hidden, normalization), Dense(4, Tanh()), Dense(3, Softmax())], len(seeds))
    network.initialise(Xavier(), [np.random.default_rng(seed) for seed in seeds])
    trainer = Trainer(
        network,
        CrossEntropy(),
        optimizer,
        regularizer,
        learning_rate,
        penalty_rates=penalty_rates,
        noise=noise,
        **choices,
    )
    chance = Chance(PLACES, len(seeds))
    calls = [trainer.step(x, target, chance.turn(place)) for place, (x, target) in enumerate(batches())]
    chances = [np.random.default_rng((seed, 2)) for seed in seeds]
    for step in range(steps):
        if step % PLACES == 0:
            chance.draw(chances)
        run(calls[step % PLACES])
    return trainer


def assert_members_equal(together: Trainer, alone: Sequence[Trainer]) -> None:
    for member, single in enumerate(alone):
        for name in ("parameters", "statistics", "gradients"):
            np.testing.assert_array_equal(getattr(together.network, name)[member], getattr(single.network, name)[0])
        np.testing.assert_array_equal(together.slots[:, member], single.slots[:, 0])
    assert len({row.tobytes() for row in together.network.parameters}) == len(alone), "members must differ"


@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=repr)
def test_learning_rates_of_members_are_those_of_three_runs(optimizer: Optimizer) -> None:
    together = trained(SEEDS, LEARNING_RATES, optimizer, L2())
    alone = [trained([seed], rate, optimizer, L2()) for seed, rate in zip(SEEDS, LEARNING_RATES, strict=True)]
    assert_members_equal(together, alone)


@pytest.mark.parametrize("regularizer", [L1(), L2(), ElasticNet(), ElasticNet(share=0.3), WeightDecay()], ids=repr)
@pytest.mark.parametrize("optimizer", [SGD(), Adam()], ids=repr)
def test_penalty_rates_of_members_are_those_of_three_runs(optimizer: Optimizer, regularizer: Any) -> None:
    together = trained(SEEDS, 0.05, optimizer, regularizer, PENALTY_RATES)
    alone = [
        trained([seed], 0.05, optimizer, replace(regularizer, rate=rate))
        for seed, rate in zip(SEEDS, PENALTY_RATES, strict=True)
    ]
    assert_members_equal(together, alone)


def test_every_regularizer_with_a_rate_is_compared() -> None:
    rated = {cls for cls in REGULARIZERS.values() if cls().rate is not None}
    assert rated == {L1, L2, ElasticNet, WeightDecay}


@pytest.mark.parametrize("regularizer", [cls() for cls in REGULARIZERS.values()], ids=repr)
@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=repr)
def test_three_members_are_three_runs(optimizer: Optimizer, regularizer: Regularizer) -> None:
    together = trained(SEEDS, 0.05, optimizer, regularizer, steps=10)
    assert_members_equal(together, [trained([seed], 0.05, optimizer, regularizer, steps=10) for seed in SEEDS])


@pytest.mark.parametrize("normalization", [NoNormalization(), BatchNorm(after=True), LayerNorm()], ids=repr)
@pytest.mark.parametrize("hidden", [Tanh(), PReLU(), PReLU(shared=True), RReLU(), Swish(trained=True)], ids=repr)
def test_layers_that_train_or_draw_numbers_of_their_own(hidden: Activation, normalization: Normalization) -> None:
    choices: dict[str, Any] = {"hidden": hidden, "normalization": normalization}
    together = trained(SEEDS, 0.05, Adam(), NoRegularizer(), **choices)
    assert_members_equal(together, [trained([seed], 0.05, Adam(), NoRegularizer(), **choices) for seed in SEEDS])


@pytest.mark.parametrize("clipping", [cls() for cls in CLIPPINGS.values()], ids=repr)
def test_clipping_and_schedule_go_member_by_member(clipping: Any) -> None:
    choices: dict[str, Any] = {"clipping": replace(clipping, limit=0.05) if hasattr(clipping, "limit") else clipping}
    choices["schedule"] = Cosine(3)
    together = trained(SEEDS, LEARNING_RATES, SGD(), NoRegularizer(), **choices)
    alone = [trained([s], r, SGD(), NoRegularizer(), **choices) for s, r in zip(SEEDS, LEARNING_RATES, strict=True)]
    assert_members_equal(together, alone)


def test_predictions_of_members_are_those_of_each() -> None:
    together = trained(SEEDS, LEARNING_RATES, Adam(), NoRegularizer()).network
    X = batches()[0][0].T
    outputs = together.predict(X)
    for member in range(3):
        np.testing.assert_array_equal(outputs[member], together.alone(member).predict(X))


@pytest.mark.parametrize("optimizer", [o for o in EVERY_OPTIMIZER if isinstance(o, SearchingOptimizer)], ids=repr)
@pytest.mark.parametrize("regularizer", [NoRegularizer(), L2()], ids=repr)
def test_a_search_leaves_what_one_look_from_its_start_leaves(optimizer: Optimizer, regularizer: Regularizer) -> None:
    """The running averages move once, and the gradient is that of the data where the step began."""
    choices: dict[str, Any] = {"noise": Noise(), "steps": 1}
    searched, plain = (trained([5], 0.05, each, regularizer, **choices).network for each in (optimizer, SGD()))
    np.testing.assert_array_equal(searched.statistics, plain.statistics)
    np.testing.assert_array_equal(searched.gradients, plain.gradients)
