"""Network: one flat buffer seen through views, forward in chunks, and members side by side."""

from __future__ import annotations

import numpy as np
import pytest

from playground.nn.activations import Activation, Array, LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from playground.nn.initializers import Normal, Xavier, Zeros
from playground.nn.network import Network

LAYERS: list[tuple[int, Activation]] = [(5, Tanh()), (4, ReLU()), (3, Softmax())]
SIZES = [(5, 4), (4, 6), (3, 5)]  # (units, inputs + 1)


def drawn(members: int = 1, layers: list[tuple[int, Activation]] = LAYERS, inputs: int = 3) -> Network:
    """A network with all weights drawn, biases too, so that a lost bias is seen."""
    network = Network(inputs, layers, members)
    network.parameters[...] = np.random.default_rng(1).normal(0.0, 0.7, network.parameters.shape)
    return network


def examples(count: int, inputs: int = 3) -> Array:
    """(examples, inputs + 1), the last column ones."""
    return np.column_stack([np.random.default_rng(count).normal(size=(count, inputs)), np.ones(count)])


def plain_forward(weights: list[Array], X: Array) -> Array:
    """A forward pass of LAYERS as one would write it on paper."""
    first, second, third = weights
    h = np.tanh(X[:, :-1] @ first[:, :-1].T + first[:, -1])
    h = np.maximum(0.0, h @ second[:, :-1].T + second[:, -1])
    scores: Array = np.exp(h @ third[:, :-1].T + third[:, -1])
    total: Array = scores.sum(axis=1, keepdims=True)
    return scores / total


@pytest.mark.parametrize("members", [1, 3])
def test_layers_are_views_of_the_flat_buffers(members: int) -> None:
    network = Network(3, LAYERS, members)
    lead = () if members == 1 else (members,)
    assert network.parameters.shape == network.gradients.shape == (members, 20 + 24 + 15)
    assert list(network.starts) == [0, 20, 44]
    for flat, views in (
        (network.parameters, network.weights),
        (network.gradients, network.weight_gradients),
    ):
        flat[...] = np.arange(flat.size).reshape(flat.shape)
        for start, (rows, columns), view in zip(network.starts, SIZES, views, strict=True):
            assert np.shares_memory(flat, view)
            np.testing.assert_array_equal(view, flat[:, start : start + rows * columns].reshape(*lead, rows, columns))
            view[..., 0, 0] = -1.0
        assert (flat == -1.0).sum() == 3 * members
    assert not np.shares_memory(network.parameters, network.gradients)


@pytest.mark.parametrize("members", [1, 3])
def test_is_weight_is_zero_at_biases_only(members: int) -> None:
    network = Network(3, LAYERS, members)
    network.parameters[...] = network.is_weight
    for weights in network.weights:
        assert (weights[..., :-1] == 1.0).all()
        assert (weights[..., -1] == 0.0).all()


def test_initialise_draws_weights_and_clears_biases() -> None:
    network = drawn()
    network.initialise(Normal(1.0), [np.random.default_rng(4)])
    for weights in network.weights:
        assert (weights[:, :-1] != 0.0).all()
        assert (weights[:, -1] == 0.0).all()
    network.initialise(Zeros(), [np.random.default_rng(4)])
    assert not network.parameters.any()


def test_a_member_is_drawn_from_its_own_generator() -> None:
    together, alone = Network(3, LAYERS, members=3), Network(3, LAYERS)
    together.initialise(Xavier(), [np.random.default_rng(seed) for seed in (7, 8, 9)])
    for member, seed in enumerate((7, 8, 9)):
        alone.initialise(Xavier(), [np.random.default_rng(seed)])
        np.testing.assert_array_equal(together.parameters[member], alone.parameters[0])


def test_predict_is_the_forward_pass_on_paper() -> None:
    network, X = drawn(), examples(50)
    np.testing.assert_allclose(network.predict(X), plain_forward(list(network.weights), X), rtol=1e-12)


def test_predict_of_members_is_the_forward_pass_of_each() -> None:
    network, X = drawn(members=3), examples(50)
    outputs = network.predict(X)
    assert outputs.shape == (3, 50, 3)
    for member in range(3):
        weights = [layer[member] for layer in network.weights]
        np.testing.assert_allclose(outputs[member], plain_forward(weights, X), rtol=1e-12)


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("count", [1, 1023, 1024, 1025, 2500])
def test_chunks_change_nothing(count: int, members: int) -> None:
    network, X = drawn(members), examples(count)
    outputs = network.predict(X)
    assert outputs.shape == ((count, 3) if members == 1 else (3, count, 3))
    for member in range(members):
        weights = [layer if members == 1 else layer[member] for layer in network.weights]
        own = outputs if members == 1 else outputs[member]
        np.testing.assert_allclose(own, plain_forward(weights, X), rtol=1e-12)


def test_predictions_are_new_arrays() -> None:
    network, X = drawn(), examples(20)
    before = network.predict(X)
    kept = before.copy()
    network.predict(-X)
    np.testing.assert_array_equal(before, kept)


def test_predict_sees_weights_changed_in_place() -> None:
    network, X = drawn(), examples(20)
    before = network.predict(X)
    network.parameters *= 1.5
    np.testing.assert_allclose(network.predict(X), plain_forward(list(network.weights), X), rtol=1e-12)
    assert not np.allclose(before, network.predict(X))


def test_without_hidden_layers_it_is_one_linear_map() -> None:
    network, X = drawn(layers=[(2, Linear())]), examples(20)
    np.testing.assert_allclose(network.predict(X), X @ network.weights[0].T, rtol=1e-13)


def test_every_activation_stands_where_it_was_put() -> None:
    activations: list[Activation] = [Sigmoid(), Tanh(), ReLU(), LeakyReLU(0.5), Linear()]
    network = Network(1, [(1, activation) for activation in activations])
    for weights in network.weights:
        weights[...] = [[1.0, -0.75]]
    h = np.array([[2.0]])
    for activation in activations:
        h = activation(h - 0.75)
    np.testing.assert_allclose(network.predict(np.array([[2.0, 1.0]])), h, rtol=1e-14)
