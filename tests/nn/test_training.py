"""Training: the lectures' numbers, and step after step against the same training written out in plain NumPy."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from playground.nn.activations import Activation, Array, Linear, ReLU, Sigmoid, Tanh
from playground.nn.calls import run
from playground.nn.initializers import Xavier
from playground.nn.losses import BinaryCrossEntropy, Loss, SquaredError
from playground.nn.network import Network
from playground.nn.optimizers import OPTIMIZERS, SGD, Momentum, Optimizer
from playground.nn.regularizers import L1, L2, REGULARIZERS, NoRegularizer, Regularizer
from playground.nn.schedules import Steps
from playground.nn.training import Trainer
from tests.choices import label

Batch = tuple[Array, Array]  # (inputs + 1, batch) with a last row of ones, and (outputs, batch)
DEFAULT: list[tuple[int, Activation]] = [(4, Tanh()), (2, Tanh()), (1, Tanh())]


def circle(batch_sizes: Sequence[int]) -> list[Batch]:
    """Points of the plane, +1 within a circle and −1 outside it, in mini-batches of the given sizes."""
    rng = np.random.default_rng(21)
    batches = []
    for size in batch_sizes:
        points = rng.uniform(-1.5, 1.5, (2, size))
        batches.append((np.vstack([points, np.ones(size)]), np.where((points**2).sum(axis=0) < 1.0, 1.0, -1.0)[None]))
    return batches


def drawn(layers: Sequence[tuple[int, Activation]] = DEFAULT, seeds: Sequence[int] = (1,), inputs: int = 2) -> Network:
    network = Network(inputs, layers, len(seeds))
    network.initialise(Xavier(), [np.random.default_rng(seed) for seed in seeds])
    return network


def trainer(network: Network, rate: float = 0.1, optimizer: Optimizer | None = None) -> Trainer:
    return Trainer(network, SquaredError(), optimizer or SGD(), NoRegularizer(), rate)


class OnPaper:
    """A tanh network with squared error and gradient descent, in textbook NumPy with the biases apart."""

    def __init__(self, network: Network) -> None:
        self.weights = [layer[:, :-1].copy() for layer in network.weights]
        self.biases = [layer[:, -1].copy() for layer in network.weights]

    def step(self, x: Array, target: Array, rate: float) -> None:
        below = [x[:-1]]
        for weights, bias in zip(self.weights, self.biases, strict=True):
            below.append(np.tanh(weights @ below[-1] + bias[:, None]))
        upstream = (below[-1] - target) / x.shape[1]
        for index in reversed(range(len(self.weights))):
            delta = upstream * (1.0 - below[index + 1] ** 2)
            upstream = self.weights[index].T @ delta
            self.weights[index] = self.weights[index] - rate * delta @ below[index].T
            self.biases[index] = self.biases[index] - rate * delta.sum(axis=1)

    def assert_equals(self, network: Network) -> None:
        for layer, weights, bias in zip(network.weights, self.weights, self.biases, strict=True):
            np.testing.assert_allclose(layer, np.column_stack([weights, bias]), rtol=1e-12, atol=1e-14)


def test_a_hundred_steps_of_the_default_experiment_on_paper() -> None:
    network = drawn()
    paper, machine = OnPaper(network), trainer(network, 0.03)
    start = network.parameters.copy()
    for x, target in circle([10] * 100):
        run(machine.step(x, target))
        paper.step(x, target, 0.03)
    paper.assert_equals(network)
    assert np.abs(network.parameters - start).max() > 0.01


def test_a_partial_batch_leaves_nothing_behind() -> None:
    network = drawn()
    paper, machine = OnPaper(network), trainer(network, 0.5)
    for x, target in circle([10, 10, 3, 10, 1, 3, 10]):
        run(machine.step(x, target))
        paper.step(x, target, 0.5)
        paper.assert_equals(network)


def test_predicting_between_steps_changes_nothing() -> None:
    watched, alone = drawn(), drawn()
    first, second = trainer(watched), trainer(alone)
    for x, target in circle([10] * 20):
        watched.predict(x.T)
        run(first.step(x, target))
        watched.predict(2.0 * x.T)
        run(second.step(x, target))
    np.testing.assert_array_equal(watched.parameters, alone.parameters)


@pytest.mark.parametrize("optimizer", [cls() for cls in OPTIMIZERS.values()], ids=label)
def test_same_start_same_batches_same_bits(optimizer: Optimizer) -> None:
    first, second = drawn(), drawn()
    runs = trainer(first, 0.1, optimizer), trainer(second, 0.1, optimizer)
    for x, target in circle([10] * 50):
        for learner in runs:
            run(learner.step(x.copy(), target.copy()))
    np.testing.assert_array_equal(first.parameters, second.parameters)


def test_members_may_see_batches_of_their_own() -> None:
    batches = circle([10, 10])
    x, target = (np.stack([batch[part] for batch in batches]) for part in (0, 1))
    together = drawn(seeds=(5, 6))
    run(trainer(together).step(x, target))
    for member, seed in enumerate((5, 6)):
        alone = drawn(seeds=(seed,))
        run(trainer(alone).step(*batches[member]))
        np.testing.assert_allclose(together.parameters[member], alone.parameters[0], rtol=1e-12, atol=1e-15)


def test_gradient_is_the_mean_over_the_batch() -> None:
    (x, target), network = circle([10])[0], drawn()
    learner = trainer(network)
    run(learner.gradient(x, target))
    whole = network.gradients.copy()
    each = []
    for example in range(10):
        run(learner.gradient(x[:, example : example + 1], target[:, example : example + 1]))
        each.append(network.gradients.copy())
    np.testing.assert_allclose(whole, np.mean(each, axis=0), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("regularizer", [L1(0.1), L2(0.1)], ids=label)
def test_gradients_hold_the_data_share_alone(regularizer: Regularizer) -> None:
    (x, target), plain, penalised = circle([10])[0], drawn(), drawn()
    run(trainer(plain).step(x, target))
    run(Trainer(penalised, SquaredError(), SGD(), regularizer, 0.1).step(x, target))
    np.testing.assert_array_equal(plain.gradients, penalised.gradients)
    assert not np.array_equal(plain.parameters, penalised.parameters)


@pytest.mark.parametrize("regularizer", [cls() for cls in REGULARIZERS.values()], ids=label)
@pytest.mark.parametrize("optimizer", [cls() for cls in OPTIMIZERS.values()], ids=label)
def test_a_step_once_written_runs_on_whatever_is_put_into_its_arrays(
    optimizer: Optimizer, regularizer: Regularizer
) -> None:
    recorded, fresh = drawn(), drawn()
    first = Trainer(recorded, SquaredError(), optimizer, regularizer, 0.1)
    second = Trainer(fresh, SquaredError(), optimizer, regularizer, 0.1)
    places = {size: (np.empty((3, size)), np.empty((1, size))) for size in (10, 3)}
    written = {size: first.step(x, target) for size, (x, target) in places.items()}
    for x, target in circle([10, 10, 3, 10, 3, 10]):
        size = x.shape[1]
        places[size][0][...], places[size][1][...] = x, target
        run(written[size])
        run(second.step(x, target))
    np.testing.assert_array_equal(recorded.parameters, fresh.parameters)


def test_the_rate_is_that_of_the_time_set() -> None:
    (x, target), network = circle([10])[0], drawn()
    learner = Trainer(network, SquaredError(), SGD(), L1(0.1), 0.4, Steps(3, 0.5))
    calls = learner.step(x, target)
    for epoch, batch, rates in ((0, 0, [0.4, 0.4]), (2, 4, [0.4, 0.2]), (6, 0, [0.1, 0.1]), (0, 4, [0.4, 0.4])):
        learner.set_time(epoch, batch, 5)
        for rate in rates:
            before = network.parameters - 0.0
            run(calls)
            assert learner.rate == pytest.approx(rate, rel=1e-15)
            moved = before - rate * network.gradients
            pulled = np.sign(moved) * np.maximum(np.abs(moved) - 0.1 * rate * network.is_weight, 0.0)
            np.testing.assert_allclose(network.parameters, pulled, rtol=1e-12, atol=1e-15)


def test_writing_a_step_down_does_nothing_yet() -> None:
    (x, target), network = circle([10])[0], drawn()
    before = network.parameters.copy()
    learner = trainer(network)
    learner.step(x, target)
    np.testing.assert_array_equal(network.parameters, before)
    assert learner.clock == 0


def test_where_a_run_left_the_finite_numbers() -> None:
    (x, target), network = circle([10])[0], drawn()
    learner = trainer(network)
    calls = learner.step(x, target)
    run(calls)
    assert learner.broken_layer(x, target) is None
    for layer in range(3):
        spoilt = drawn()
        spoilt.weights[layer][0, 0] = np.nan
        learner = trainer(spoilt)
        run(learner.step(x, target))
        assert learner.broken_layer(x, target) == layer


def test_a_loss_that_overflows_is_the_output_layers() -> None:
    (x, target), network = circle([10])[0], drawn([(4, Tanh()), (1, Linear())])
    learner = trainer(network)
    network.weights[1][0, -1] = 1e200
    with np.errstate(over="ignore"):
        run(learner.gradient(x, target))
        assert learner.broken_layer(x, target) == 1


def test_loss_is_the_mean_over_the_batch() -> None:
    x, target = circle([10])[0]
    each = [0.5 * ((drawn(seeds=(seed,)).predict(x.T).T - target) ** 2).mean() for seed in (5, 6)]
    for seeds, wanted in (((5,), each[:1]), ((5, 6), each)):
        learner = trainer(drawn(seeds=seeds))
        run(learner.forward(x))
        np.testing.assert_allclose(learner.last_loss(x, target), wanted, rtol=1e-14)


def test_a_gradient_moves_nothing() -> None:
    (x, target), network = circle([10])[0], drawn()
    before = network.parameters.copy()
    learner = trainer(network, 0.1, Momentum())
    run(learner.gradient(x, target))
    np.testing.assert_array_equal(network.parameters, before)
    assert learner.clock == 0
    assert not learner.slots.any()


# What the lectures compute; see the table of lessons.


def outputs_of_the_single_unit(loss: Loss, weight: float, bias: float, epochs: int) -> list[float]:
    """Output at the input 1 before training and after each epoch: a sigmoid unit, target 0, rate 0.15."""
    network = Network(1, [(1, Sigmoid())])
    network.weights[0][...] = [[weight, bias]]
    learner = Trainer(network, loss, SGD(), NoRegularizer(), 0.15)
    x, target = np.ones((2, 1)), np.zeros((1, 1))
    outputs = [network.predict(x.T).item()]
    for _ in range(epochs):
        run(learner.step(x, target))
        outputs.append(network.predict(x.T).item())
    return outputs


def test_badly_wrong_learns_slowly() -> None:
    near = outputs_of_the_single_unit(SquaredError(), 0.6, 0.9, 300)
    assert [near[0], near[300]] == pytest.approx([0.8176, 0.0940], abs=5e-5)
    far = outputs_of_the_single_unit(SquaredError(), 2.0, 2.0, 300)
    assert [far[0], far[150], far[300]] == pytest.approx([0.9820, 0.9334, 0.2028], abs=5e-5)


def test_cross_entropy_learns_from_big_mistakes() -> None:
    far = outputs_of_the_single_unit(BinaryCrossEntropy(), 2.0, 2.0, 300)
    assert [far[0], far[50], far[300]] == pytest.approx([0.9820, 0.0991, 0.0120], abs=1e-3)


def test_the_slope_has_cancelled_from_cross_entropy() -> None:
    network = Network(1, [(1, Sigmoid())])
    network.weights[0][...] = [[2.0, 2.0]]
    learner = Trainer(network, BinaryCrossEntropy(), SGD(), NoRegularizer(), 0.15)
    run(learner.gradient(np.array([[3.0], [1.0]]), np.array([[0.0]])))
    error = 1.0 / (1.0 + math.exp(-8.0))
    np.testing.assert_allclose(network.weight_gradients[0], [[3.0 * error, error]], rtol=1e-14)


def bowl(hessian: Array, rate: float = 0.1) -> tuple[Trainer, Batch]:
    """A linear unit and examples whose mean squared error, with the half, is ½ wᵀ H w; the bias stays at zero."""
    inputs = np.sqrt(len(hessian)) * np.linalg.cholesky(hessian).T
    x = np.vstack([np.hstack([inputs.T, -inputs.T]), np.ones(2 * len(hessian))])
    network = Network(len(hessian), [(1, Linear())])
    return trainer(network, rate), (x, np.zeros((1, x.shape[1])))


def slope_at(learner: Trainer, batch: Batch, weights: Array) -> Array:
    learner.network.weights[0][0, :-1] = weights
    run(learner.gradient(*batch))
    return learner.network.weight_gradients[0][0, :-1].copy()


START = np.array([2.0, 1.0])
ROUND = np.array([[10.0, 0.0], [0.0, 6.0]])  # f = 5 w₁² + 3 w₂²
SLANTED = np.array([[10.0, 4.0], [4.0, 6.0]])  # f = 5 w₁² + 3 w₂² + 4 w₁ w₂


def test_gradient_and_hessian_by_hand() -> None:
    learner, batch = bowl(ROUND)
    gradient = slope_at(learner, batch, START)
    np.testing.assert_allclose(gradient, [20.0, 6.0], rtol=1e-13)
    np.testing.assert_allclose(gradient / np.linalg.norm(gradient), [0.958, 0.287], atol=1e-3)
    assert learner.network.weight_gradients[0][0, -1] == pytest.approx(0.0, abs=1e-14)

    learner, batch = bowl(SLANTED)
    columns = [slope_at(learner, batch, START + unit) - slope_at(learner, batch, START) for unit in np.eye(2)]
    np.testing.assert_allclose(columns, SLANTED, rtol=1e-12)


@pytest.mark.parametrize("hessian", [ROUND, SLANTED], ids=["round", "slanted"])
def test_stable_up_to_two_over_the_largest_curvature(hessian: Array) -> None:
    edge = 2.0 / np.linalg.eigvalsh(hessian).max()
    for rate, stable in ((0.95 * edge, True), (1.05 * edge, False)):
        learner, batch = bowl(hessian, rate)
        learner.network.weights[0][0, :-1] = START
        for _ in range(300):
            run(learner.step(*batch))
        assert (np.abs(learner.network.weights[0]).max() < 1e-6) == stable


def test_the_perfect_step_lands_on_the_minimum() -> None:
    learner, batch = bowl(np.array([[8.0]]), 1.0 / 8.0)
    learner.network.weights[0][0, 0] = 3.0
    run(learner.step(*batch))
    assert learner.network.weights[0][0, 0] == pytest.approx(0.0, abs=1e-14)


def test_gradients_vanish_with_depth_in_sigmoid_but_not_in_relu() -> None:
    (x, target), sizes = circle([200])[0], {}
    for hidden in (Sigmoid(), ReLU()):
        network = drawn([*[(8, hidden)] * 4, (1, Sigmoid())])
        run(Trainer(network, BinaryCrossEntropy(), SGD(), NoRegularizer(), 0.1).gradient(x, (target + 1.0) / 2.0))
        norms = [float(np.linalg.norm(layer[:, :-1])) for layer in network.weight_gradients]
        sizes[hidden.label] = norms[0] / norms[-1]
        if isinstance(hidden, Sigmoid):
            assert norms == sorted(norms)
    assert sizes["sigmoid"] < 1e-2 < 1e-1 < sizes["ReLU"]
