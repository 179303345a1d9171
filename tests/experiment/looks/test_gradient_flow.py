"""What a gradient meets on its way back: factors by hand, who is to blame in words, and no trace on the run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.data.generators import Circle
from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.looks.edge_values import EdgeValues
from playground.experiment.looks.gradient_flow import EDGES, GradientFlow
from playground.experiment.run.session import Session
from playground.nn.activations import ACTIVATIONS, Activation, Linear, Maxout, ReLU, Sigmoid, Tanh
from playground.nn.initializers import He
from playground.nn.normalizations import BatchNorm
from playground.options import with_value
from tests.frames import look_at

NEEDS = frozenset({GradientFlow, EdgeValues})


def session_of(*layers: Layer, **changes: Any) -> Session:
    config: Config = with_value(Config(), "network.hidden", layers)
    for path, value in changes.items():
        config = with_value(config, path.replace("__", "."), value)
    return Session(config)


def by_hand(activation: Activation, *matrices: Any) -> Session:
    """A network with these weights, and no biases, on two inputs."""
    session = session_of(*(Layer(len(matrix), activation) for matrix in matrices[:-1]))
    for layer, matrix in enumerate(matrices):
        for unit, row in enumerate(matrix):
            for input, value in enumerate((*row, 0.0)):
                session.set_weight(layer, unit, input, value)
    return session


def flow_of(session: Session) -> GradientFlow:
    flow = session.frame(NEEDS).look(GradientFlow)
    assert flow is not None
    return flow


def edges_of(frame: Frame) -> EdgeValues:
    edges = frame.look(EdgeValues)
    assert edges is not None
    return edges


def test_linear_units_pass_what_the_weights_make_of_it() -> None:
    session = by_hand(Linear(), [[1.0, 0.0], [0.0, 1.0]], [[2.0, 0.0], [0.0, 2.0]], [[30.0, 40.0]])
    flow = flow_of(session)
    np.testing.assert_allclose(flow.slope[:2], 1.0)
    np.testing.assert_allclose(flow.gain, [2.0, 50.0, np.nan])
    np.testing.assert_allclose(flow.passed, [1.0, 1.0, np.nan])
    np.testing.assert_allclose(flow.ratio, [2.0, 50.0, np.nan])
    assert (flow.culprit, flow.by_slopes) == (1, False)
    x = session._run.setup.problem.train.X[:, :2]
    sizes = [np.sqrt(np.mean(np.square(z))) for z in (x, x, 2.0 * x, x @ [60.0, 80.0])]
    np.testing.assert_allclose(flow.signal, sizes[1:])
    np.testing.assert_allclose(flow.forward, np.divide(sizes[1:], sizes[:-1]))
    assert str(flow.sentence) == (
        "From the output to layer 1 the gradient grows to × 100. "
        "Layer 2 stretches it most: the weights above it multiply it by 50. "
        f"On its way up the signal grows to × {sizes[-1] / sizes[0]:.0f}."
    )


def test_a_normalisation_s_share_is_told_with_that_of_the_slopes() -> None:
    session = session_of(Layer(6, Tanh(), BatchNorm()), Layer(6, Tanh(), BatchNorm()))
    for layer in (0, 1):
        session.network.weights[layer][:] *= 0.01  # which batch norm makes up for, and so does the gradient
    flow = flow_of(session)
    assert flow.normalised.tolist() == [True, True, False]
    np.testing.assert_allclose(flow.gain[:-1] * flow.passed[:-1], flow.ratio[:-1])
    assert (flow.passed[:-1] > 10.0).all()
    assert "its slopes and its normalisation" in str(flow.sentence)


def test_what_is_the_same_for_all_examples_is_no_signal() -> None:
    session = by_hand(Linear(), [[1.0, 0.0], [0.0, 1.0]], [[1.0, 1.0]])
    before = flow_of(session)
    for unit in (0, 1):
        session.set_weight(0, unit, 2, 50.0)
    np.testing.assert_allclose(flow_of(session).forward, before.forward)
    assert before.forward[0] == pytest.approx(1.0, rel=1e-2)


def test_slopes_of_a_quarter_are_to_blame() -> None:
    """All weights of the first layer are 0, so its sigmoids stand where they are steepest."""
    flow = flow_of(by_hand(Sigmoid(), [[0.0, 0.0]], [[1.0]], [[0.3]]))
    half = 1.0 / (1.0 + np.exp(-0.5))
    np.testing.assert_allclose(flow.slope[:2], [0.25, half * (1.0 - half)])
    np.testing.assert_allclose(flow.gain[:2], [1.0, 0.3])
    np.testing.assert_allclose(flow.ratio[:2], [0.25, 0.3 * half * (1.0 - half)])
    assert (flow.culprit, flow.by_slopes) == (1, True)
    assert str(flow.sentence).endswith("Layer 2 shrinks it most: its slopes average 0.24.")
    assert "shrinks to × 0.018" in str(flow.sentence)


def test_small_weights_are_to_blame() -> None:
    flow = flow_of(by_hand(Linear(), [[1.0, 1.0]], [[0.01]], [[1.0]]))
    assert (flow.culprit, flow.by_slopes) == (0, False)
    assert "Layer 1 shrinks it most: the weights above it multiply it by 0.01." in str(flow.sentence)
    assert "On its way up the signal shrinks to × 0.01" in str(flow.sentence)


def test_a_gradient_that_keeps_its_size_is_nobody_s_fault() -> None:
    flow = flow_of(by_hand(Linear(), [[1.0, 1.0]], [[0.5]], [[2.0]]))
    assert flow.culprit is None
    assert str(flow.sentence) == "From the output to layer 1 the gradient keeps its order of magnitude: × 1."


def test_dead_units_and_zero_weights_stop_it() -> None:
    dead = by_hand(ReLU(), [[1.0, 0.0]], [[1.0]], [[1.0]])
    dead.set_weight(1, 0, 1, -1000.0)
    assert str(flow_of(dead).sentence).startswith("Nothing gets past layer 2: its slopes average 0.")
    zero = flow_of(by_hand(Linear(), [[1.0, 0.0]], [[0.0]], [[1.0]]))
    assert (zero.culprit, zero.by_slopes) == (0, False)
    assert str(zero.sentence).startswith("Layer 1 gets nothing: the weights above it pass nothing back.")


def test_without_hidden_layers_there_is_no_chain() -> None:
    flow = flow_of(session_of())
    assert np.isnan(flow.ratio).all()
    assert str(flow.sentence) == "There are no hidden layers for a gradient to go back through."


def test_histograms_count_every_weight_once() -> None:
    session = by_hand(Linear(), [[0.0, 1.5], [-0.15, 1e-30]], [[1e9, -0.02]])
    flow = flow_of(session)
    np.testing.assert_array_equal(flow.zero_weights, [1, 0])
    np.testing.assert_array_equal(flow.weights.sum(axis=1) + flow.zero_weights, [4, 2])
    found = [EDGES[np.flatnonzero(row)] for row in flow.weights]
    np.testing.assert_allclose(found[0], [-12.0, -1.0, 0.0])  # 1e-30, 0.15 and 1.5, each at its bin's lower edge
    np.testing.assert_allclose(found[1], [-1.75, 3.75])  # 0.02 and 1e9
    np.testing.assert_array_equal(flow.gradients.sum(axis=1) + flow.zero_gradients, [4, 2])
    for array in (flow.weights, flow.gradients, flow.slope, flow.ratio, flow.update):
        assert not array.flags.writeable


def test_the_update_is_that_of_the_member_shown() -> None:
    session = look_at(session_of(Layer(3), ensemble__members=3), member=1)
    assert np.isnan(flow_of(session).update).all()
    before = [weights[1].copy() for weights in session.network.weights]
    session.step()
    after = [weights[1] for weights in session.network.weights]
    frame = session.frame(NEEDS)
    steps = [new - old for new, old in zip(after, before, strict=True)]
    ratios = [np.linalg.norm(s[:, :-1]) / np.linalg.norm(w[:, :-1]) for s, w in zip(steps, after, strict=True)]
    np.testing.assert_allclose(flow_of(session).update, ratios)
    for drawn, step in zip(edges_of(frame).updates, steps, strict=True):
        np.testing.assert_allclose(drawn, step, atol=1e-15)


def test_edges_hold_the_gradient_of_the_training_loss() -> None:
    session = session_of(Layer(3), Layer(2), data__source=Circle(points=100))
    edges = edges_of(session.frame(NEEDS))
    assert [np.isnan(matrix).all() for matrix in edges.updates] == [True] * 3
    eps = 1e-6
    for layer, unit, input in ((0, 2, 1), (1, 0, 3), (2, 0, 0)):
        old, losses = session.network.weights[layer][unit, input], []
        for value in (old + eps, old - eps):
            session.set_weight(layer, unit, input, value)
            losses.append(session.evaluate("train").loss)
        session.set_weight(layer, unit, input, old)
        np.testing.assert_allclose(edges.gradients[layer][unit, input], (losses[0] - losses[1]) / (2 * eps), rtol=1e-4)


def test_edges_of_a_unit_with_several_sums_are_as_the_diagram_s() -> None:
    session = session_of(Layer(3, Maxout(pieces=4)))
    session.step()
    frame = session.frame(NEEDS)
    for matrices in (edges_of(frame).gradients, edges_of(frame).updates):
        assert [matrix.shape for matrix in matrices] == [weights.shape for weights in frame.weights]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_factors_multiply_to_the_ratio_and_looking_changes_nothing(name: str) -> None:
    layers = (Layer(4, ACTIVATIONS[name](), BatchNorm()), Layer(3, ACTIVATIONS[name]()))
    seen, unseen = session_of(*layers), session_of(*layers)
    for _ in range(3):
        seen.step(7)
        unseen.step(7)
        flow = flow_of(seen)
        np.testing.assert_allclose(flow.ratio, flow.gain * flow.passed)
        assert str(flow.sentence)
    for name_of, array in seen.state().arrays.items():
        np.testing.assert_array_equal(array, unseen.state().arrays[name_of])


def test_the_lessons_of_depth() -> None:
    """Lesson 6: sigmoids make it vanish. Lesson 10: weights times R make it explode."""
    deep = session_of(*(Layer(8, Sigmoid()),) * 4)
    deep.train(5)
    flow = flow_of(deep)
    assert flow.by_slopes
    assert "shrinks" in str(flow.sentence)
    scaled = flow_of(session_of(*(Layer(8, ReLU()),) * 5, network__initializer=He(scale=4.0)))
    assert not scaled.by_slopes
    assert "grows" in str(scaled.sentence)
