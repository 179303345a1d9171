"""Network: one flat buffer seen through views, forward in chunks, and members side by side."""

from __future__ import annotations

import numpy as np
import pytest

from playground.nn.activations import (
    ACTIVATIONS,
    Activation,
    Array,
    CReLU,
    LeakyReLU,
    Linear,
    Maxout,
    PReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Swish,
    Tanh,
)
from playground.nn.initializers import Normal, Xavier, Zeros
from playground.nn.layer_arrays import Dense, parameter_count
from playground.nn.network import Network
from playground.nn.normalizations import BatchNorm, LayerNorm

LAYERS: list[tuple[int, Activation]] = [(5, Tanh()), (4, ReLU()), (3, Softmax())]
STAGED = [
    Dense(5, PReLU(0.3), BatchNorm()),
    Dense(4, CReLU(), LayerNorm(after=True)),
    Dense(3, Maxout(2), BatchNorm()),
    Dense(2, Swish(0.7, trained=True)),
    Dense(1, Linear()),
]
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


@pytest.mark.parametrize("members", [1, 3])
def test_what_stages_train_lies_behind_their_layers_weights(members: int) -> None:
    network = Network(3, STAGED, members)
    # batch norm's γ and β and a slope a unit; γ and β of 8 outputs; γ and β of 6 sums; β of swish
    counts = [5 * 4 + 3 * 5, 4 * 6 + 2 * 8, 6 * 9 + 2 * 6, 2 * 4 + 1, 1 * 3]
    assert network.parameters.shape == (members, sum(counts))
    assert list(network.starts) == list(np.cumsum([0, *counts[:-1]]))
    assert parameter_count(3, STAGED) == sum(counts)
    assert network.statistics.shape == (members, 2 * 5 + 2 * 6)
    assert network.is_weight.sum() == 5 * 3 + 4 * 5 + 6 * 8 + 2 * 3 + 1 * 2
    for flat, views in (
        (network.parameters, network.stage_parameters),
        (network.gradients, network.stage_gradients),
        (network.statistics, network.stage_statistics),
    ):
        arrays = [array for layer in views for stage in layer for array in stage]
        assert all(np.shares_memory(flat, array) for array in arrays)
        assert all(array.shape[-1] == 1 and array.ndim == (2 if members == 1 else 3) for array in arrays)


@pytest.mark.parametrize("activation", [cls() for cls in ACTIVATIONS.values()], ids=lambda value: value.label)
def test_parameters_are_counted_without_making_them(activation: Activation) -> None:
    for normalization in (BatchNorm(), LayerNorm(after=True)):
        layers = [Dense(4, activation, normalization), Dense(2, activation), Dense(1, Linear())]
        assert parameter_count(3, layers) == Network(3, layers).parameters.size


@pytest.mark.parametrize("members", [1, 3])
def test_initialise_sets_back_all_that_is_not_drawn(members: int) -> None:
    fresh, used = Network(3, STAGED, members), Network(3, STAGED, members)
    rng = np.random.default_rng(1)
    used.parameters[...] = rng.normal(size=used.parameters.shape)
    used.statistics[...] = rng.normal(size=used.statistics.shape)
    for network in (fresh, used):
        network.initialise(Xavier(), [np.random.default_rng(seed) for seed in range(members)])
    np.testing.assert_array_equal(used.parameters, fresh.parameters)
    np.testing.assert_array_equal(used.statistics, fresh.statistics)
    (gain, shift), (slope,) = used.stage_parameters[0]
    assert (gain == 1.0).all()
    assert not shift.any()
    assert (slope == 0.3).all()
    mean, variance = used.stage_statistics[0][0]
    assert not mean.any()
    assert (variance == 1.0).all()


def test_a_member_alone_is_on_the_same_parameters() -> None:
    network, X = Network(3, STAGED, 3), examples(20)
    network.parameters += np.random.default_rng(1).normal(0.0, 0.3, network.parameters.shape)
    outputs = network.predict(X)
    for member in range(3):
        alone = network.alone(member)
        assert alone.members == 1
        np.testing.assert_array_equal(alone.predict(X), outputs[member])
        for own, all_ in (
            (alone.parameters, network.parameters),
            (alone.gradients, network.gradients),
            (alone.statistics, network.statistics),
            (alone.weights[0], network.weights[0]),
            (alone.stage_parameters[0][0][0], network.stage_parameters[0][0][0]),
            (alone.stage_statistics[0][0][1], network.stage_statistics[0][0][1]),
        ):
            own[...] = 5.0 + member
            assert (all_[member] == 5.0 + member).all()
            assert (all_ == 5.0 + member).sum() == own.size, "and no other member's"


def test_the_only_member_is_the_network() -> None:
    network = drawn()
    assert network.alone(0) is network


@pytest.mark.parametrize("members", [1, 3])
def test_single_precision_is_kept(members: int) -> None:
    single, double = Network(3, STAGED, members, np.float32), Network(3, STAGED, members)
    for network in (single, double):
        network.initialise(Xavier(), [np.random.default_rng(seed) for seed in range(members)])
    X = examples(40)
    assert single.alone(members - 1).parameters.dtype == single.parameters.dtype == np.float32
    outputs = single.predict(X.astype(np.float32))
    assert outputs.dtype == np.float32
    np.testing.assert_allclose(outputs, double.predict(X), rtol=1e-4, atol=1e-5)
