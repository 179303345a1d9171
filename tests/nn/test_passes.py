"""Passes: the arrays a network works in, kept from run to run, and the calls that fill them."""

from __future__ import annotations

import numpy as np
import pytest

from playground.nn.activations import Array, CReLU, Linear, Maxout, ReLU, RReLU, Tanh
from playground.nn.calls import run
from playground.nn.chance import fixed_turn
from playground.nn.layer_arrays import Dense
from playground.nn.network import Network
from playground.nn.noise import HiddenNoise
from playground.nn.normalizations import BatchNorm, LayerNorm

BATCH = 6
LAYERS = [
    Dense(5, Tanh()),
    Dense(4, CReLU(), LayerNorm()),
    Dense(2, Maxout(3), BatchNorm(after=True)),
    Dense(3, Linear()),
]


def drawn(members: int = 1, dtype: type[np.floating] = np.float64) -> Network:
    network = Network(2, LAYERS, members, dtype)
    network.parameters += np.random.default_rng(1).normal(0.0, 0.5, network.parameters.shape).astype(dtype)
    return network


def inputs() -> Array:
    """(inputs + 1, batch) with a last row of ones."""
    return np.vstack([np.random.default_rng(2).normal(size=(2, BATCH)), np.ones(BATCH)])


def test_a_pass_is_made_once_for_each_use() -> None:
    network, noise = drawn(), HiddenNoise(0.5, 0.0)
    assert network.pass_for(BATCH) is network.pass_for(BATCH)
    assert network.pass_for(BATCH, True, noise) is network.pass_for(BATCH, True, HiddenNoise(0.5, 0.0))
    uses = [(BATCH, False, None), (BATCH, True, None), (BATCH, True, noise), (BATCH + 1, False, None)]
    assert len({id(network.pass_for(*use)) for use in uses}) == 4


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("members", [1, 3])
def test_shapes_and_layout_of_the_arrays(members: int, dtype: type[np.floating]) -> None:
    lead = () if members == 1 else (members,)
    rows = [(5, 5), (4, 8), (6, 2), (3, 3)]  # of the sums, and of what leaves the layer
    work = drawn(members, dtype).pass_for(BATCH, True)
    for layer, (sums, outputs) in zip(work.layers, rows, strict=True):
        for array in (layer.sums, layer.sums_delta, layer.z, layer.delta):
            assert array.shape == (*lead, sums, BATCH)
        for array in (layer.h, layer.upstream):
            assert array.shape == (*lead, outputs, BATCH)
            assert np.swapaxes(array, 0, -2).flags.c_contiguous or (members == 1 and array.flags.c_contiguous)
        assert layer.h.dtype == layer.delta.dtype == dtype
        assert np.shares_memory(layer.h, layer.h_and_one)
        assert layer.h_and_one.shape == (*lead, outputs + 1, BATCH)


@pytest.mark.parametrize("members", [1, 3])
def test_the_row_of_ones_stays(members: int) -> None:
    network, x = drawn(members), inputs()
    work = network.pass_for(BATCH, True)
    for _ in range(3):
        run(work.forward(x))
        work.output.delta[...] = 1.0
        run(work.backward(x))
    for layer in work.layers:
        assert (layer.h_and_one[..., -1, :] == 1.0).all()


@pytest.mark.parametrize("members", [1, 3])
def test_a_layer_hands_on_what_the_next_one_weighs(members: int) -> None:
    network, x = drawn(members), inputs()
    work = network.pass_for(BATCH, True)
    run(work.forward(x))
    below = np.broadcast_to(x, (members, *x.shape)) if members > 1 else x
    for layer, weights in zip(work.layers, network.weights, strict=True):
        np.testing.assert_allclose(layer.sums, weights @ below, rtol=1e-12, atol=1e-14)
        below = layer.h_and_one
    np.testing.assert_array_equal(work.layers[0].h, np.tanh(work.layers[0].z))
    assert work.layers[0].z is work.layers[0].sums
    assert work.layers[1].z is not work.layers[1].sums, "layer norm stands between"
    assert work.layers[2].z is work.layers[2].sums, "batch norm comes after"


@pytest.mark.parametrize("members", [1, 3])
def test_training_and_looking_differ_by_what_is_of_the_batch(members: int) -> None:
    network, x = drawn(members), inputs()
    looked = network.pass_for(BATCH).outputs(x).copy()
    before = network.statistics.copy()
    np.testing.assert_array_equal(network.pass_for(BATCH).outputs(x), looked)
    np.testing.assert_array_equal(network.statistics, before)
    training = network.pass_for(BATCH, True)
    run(training.forward(x))
    assert not np.allclose(training.output.h, looked)
    assert not np.array_equal(network.statistics, before)


def test_noise_is_for_hidden_layers_alone() -> None:
    network, x = drawn(), inputs()
    work = network.pass_for(BATCH, True, HiddenNoise(0.5, 0.0))
    run(work.forward(x, fixed_turn(np.random.default_rng(3))))
    assert all((layer.h == 0.0).any() for layer in work.layers[:-1])
    assert (work.output.h != 0.0).all()


def test_what_is_random_wants_a_turn_in_training_and_none_when_looking() -> None:
    network = Network(2, [(3, RReLU()), (1, Linear())])
    assert network.pass_for(BATCH).outputs(inputs()).shape == (1, BATCH)
    with pytest.raises(ValueError, match="needs a turn"):
        network.pass_for(BATCH, True).forward(inputs())


def test_both_ways_see_the_same_random_numbers() -> None:
    network, x, turn = Network(2, [(3, RReLU()), (1, Linear())]), inputs(), fixed_turn(np.random.default_rng(3))
    network.parameters[...] = np.random.default_rng(1).normal(size=network.parameters.shape)
    work = network.pass_for(BATCH, True)
    run(work.forward(x, turn))
    work.output.delta[...] = 1.0
    run(work.backward(x, turn))
    hidden = work.layers[0]
    np.testing.assert_allclose(hidden.delta, hidden.upstream * hidden.h / hidden.z, rtol=1e-12)


@pytest.mark.parametrize("members", [1, 3])
def test_where_the_finite_numbers_end(members: int) -> None:
    for index in range(3):
        network, x = Network(2, [(4, Tanh()), (4, ReLU()), (1, Linear())], members), inputs()
        network.parameters[...] = np.random.default_rng(1).normal(size=network.parameters.shape)
        work = network.pass_for(BATCH, True)
        calls = work.forward(x)
        run(calls)
        work.output.delta[...] = 1.0
        run(work.backward(x))
        assert work.broken_layer() is None
        work.layers[index].delta[..., 0, 0] = np.inf
        assert work.broken_layer() == index, "backward"
        network.weights[index][..., 0, 0] = np.nan
        run(calls)
        assert work.broken_layer() == index, "forward"
