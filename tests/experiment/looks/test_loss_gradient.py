"""The guard of output unit and loss: the slopes that training takes, and who is stuck on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from playground.data.generators import Hills
from playground.data.library import Iris
from playground.experiment.config import Config
from playground.experiment.looks.loss_gradient import LossGradient, curves_of, matched_pair
from playground.experiment.run.session import Session
from playground.nn.activations import Sigmoid, Softmax, Tanh
from playground.nn.losses import BinaryCrossEntropy, CrossEntropy, SquaredError
from playground.options import with_value
from tests.frames import look_at

Z = np.array([-2.0, 0.0, 4.0])
NO_AND_YES = np.array([0.0, 1.0])


def session_of(*edits: tuple[str, Any]) -> Session:
    config = Config()
    for path, value in edits:
        config = with_value(config, path, value)
    return Session(config)


def loss_gradient_of(session: Session) -> LossGradient:
    loss_gradient = session.frame(frozenset({LossGradient})).look(LossGradient)
    assert loss_gradient is not None
    return loss_gradient


POOR = (("network.output", Sigmoid()), ("training.loss", SquaredError()))


def test_a_badly_wrong_sigmoid_is_hardly_pulled_by_squared_error_and_fully_by_cross_entropy() -> None:
    # σ(4) = 0.98201 and its slope 0.017663, as at the start of lesson 4 with w = b = 2 and x = 1, target 0.
    losses, slopes, answers = curves_of(SquaredError(), Sigmoid(), Z, NO_AND_YES, 1)
    assert_allclose(answers, [0.119203, 0.5, 0.982014], atol=1e-6)
    assert_allclose(slopes[0], [0.119203**2 * 0.880797, 0.125, 0.982014 * 0.017663], atol=1e-6)
    assert_allclose(slopes[1, 1], -0.125)
    assert_allclose(losses[0], [0.119203**2 / 2, 0.125, 0.982014**2 / 2], atol=1e-6)
    _, slopes, _ = curves_of(BinaryCrossEntropy(), Sigmoid(), Z, NO_AND_YES, 1)
    assert_allclose(slopes, [[0.119203, 0.5, 0.982014], [-0.880797, -0.5, -0.017986]], atol=1e-6)


def test_of_softmax_the_other_logits_are_0() -> None:
    _, slopes, answers = curves_of(CrossEntropy(), Softmax(), Z, NO_AND_YES, 3)
    share = np.exp(Z) / (np.exp(Z) + 2.0)
    assert_allclose(answers, share)
    assert_allclose(slopes, [share, share - 1.0])
    losses, slopes, _ = curves_of(SquaredError(), Softmax(), Z, NO_AND_YES, 3)
    rest = (1.0 - share) / 2.0
    assert_allclose(losses[1], ((share - 1.0) ** 2 + 2.0 * rest**2) / 2.0)
    assert_allclose(losses[0], (share**2 + (rest - 1.0) ** 2 + rest**2) / 2.0)
    step = 1e-6
    above, below = (curves_of(SquaredError(), Softmax(), Z + side, NO_AND_YES, 3)[0] for side in (step, -step))
    assert_allclose(slopes, (above - below) / (2.0 * step), atol=1e-8)


@pytest.mark.parametrize("edits", [(), POOR, (("network.output", Tanh()), ("training.loss", SquaredError()))])
def test_the_examples_are_on_the_curves(edits: tuple[tuple[str, Any], ...]) -> None:
    session = session_of(*edits)
    session.train(5)
    loss_gradient = loss_gradient_of(session)
    assert len(loss_gradient.example_z) == len(session.scene.train_y)
    assert_array_equal(loss_gradient.example_y, session.scene.train_y)
    for row in (0, 1):
        own = loss_gradient.example_y == row
        on_curve = np.interp(loss_gradient.example_z[own], loss_gradient.z, loss_gradient.slopes[row])
        assert_allclose(loss_gradient.example_slopes[own], on_curve, atol=2e-3)


@pytest.mark.parametrize("outputs", [1, 3])
def test_smoothed_labels_pull_no_further_than_to_where_they_are_right(outputs: int) -> None:
    """With ε = 0.2 sigmoid's slope is 0 at z = log 4, and of three outputs each other one is taught 0.1."""
    edits = ("training.noise.label_smoothing", 0.2), *([("data.source", Iris())] if outputs > 1 else [])
    session = session_of(*edits)
    session.train(3)
    loss_gradient = loss_gradient_of(session)
    h = session._run.setup.problem.train
    work = session._run.context(session.selection).sample_pass.work.output
    taught = [0.1, 0.8] if outputs > 1 else [0.2, 0.8]
    expected = work.h[0] - np.where(h.targets[: len(work.h[0]), 0] == 1.0, taught[1], taught[0])
    assert_allclose(loss_gradient.example_slopes, expected, atol=1e-12)
    answers = curves_of(
        session._run.setup.problem.loss, session._run.setup.problem.output, loss_gradient.z, np.array(taught), outputs
    )[2]
    assert_allclose(loss_gradient.slopes, answers - np.array(taught)[:, None], atol=1e-12)
    if outputs == 1:
        assert np.interp(np.log(4.0), loss_gradient.z, loss_gradient.slopes[1]) == pytest.approx(0.0, abs=1e-3)


def test_a_number_has_curves_at_a_few_targets_in_units_of_the_data() -> None:
    session = session_of(("data.source", Hills()))
    loss_gradient = loss_gradient_of(session)
    assert_allclose(loss_gradient.targets, np.quantile(session.scene.train_y, [0.1, 0.5, 0.9]))
    scaled = session._run.setup.problem.target_scaling.apply(loss_gradient.targets[:, None])
    assert_allclose(loss_gradient.slopes, loss_gradient.z - scaled)
    assert_allclose(loss_gradient.losses, (loss_gradient.z - scaled) ** 2 / 2.0)
    assert (loss_gradient.match, loss_gradient.stuck, loss_gradient.matched.shape[0]) == ("", 0, 0)


def test_wrong_answers_that_are_hardly_pulled_are_counted() -> None:
    session = session_of(*POOR)
    last = session.network.weights[-1]
    last[...] = 0.0
    last[0, -1] = 4.0  # everything is answered with 0.982
    loss_gradient = loss_gradient_of(session)
    noes = int((session.scene.train_y == 0).sum())
    assert loss_gradient.stuck == noes  # pulled with 0.0173, an undecided one with 0.125
    last[0, -1] = 1.0  # 0.731² · 0.269 = 0.144
    assert loss_gradient_of(session).stuck == 0
    matched = session_of()
    matched.network.weights[-1][...] = last
    matched.network.weights[-1][0, -1] = 4.0
    assert loss_gradient_of(matched).stuck == 0


def test_a_poor_pair_is_shown_beside_the_matched_one() -> None:
    session = session_of(*POOR)
    loss_gradient = loss_gradient_of(session)
    assert loss_gradient.match == "sigmoid with binary cross-entropy"
    assert_allclose(loss_gradient.matched[0], 1.0 / (1.0 + np.exp(-loss_gradient.z)))
    assert session.scene.remark
    session.apply(matched_pair(session.config))
    assert not session.scene.remark
    assert loss_gradient_of(session).match == ""


def test_the_output_shown_is_the_one_chosen_in_the_output_layer() -> None:
    session = look_at(session_of(("data.source", Iris())), layer=2, unit=1)
    loss_gradient = loss_gradient_of(session)
    assert (loss_gradient.output, loss_gradient.outputs) == (1, 3)
    look_at(session, layer=1)
    other = loss_gradient_of(session)
    assert other.output == 0
    assert not np.allclose(loss_gradient.example_z, other.example_z)


def test_far_examples_widen_the_picture_in_round_steps() -> None:
    session = session_of()
    session.network.weights[-1][...] = 0.0
    for bias, reach in ((5.0, 6.0), (7.0, 10.0), (40.0, 50.0), (np.inf, 6.0)):
        session.network.weights[-1][0, -1] = bias
        with np.errstate(all="ignore"):
            assert loss_gradient_of(session).z[[0, -1]].tolist() == [-reach, reach]


def test_looking_changes_no_bit() -> None:
    seen, unseen = session_of(*POOR), session_of(*POOR)
    for _ in range(5):
        seen.step(7)
        unseen.step(7)
        for array in (loss_gradient_of(seen).z, loss_gradient_of(seen).slopes, loss_gradient_of(seen).example_slopes):
            assert not array.flags.writeable
    assert_array_equal(seen.network.parameters, unseen.network.parameters)
    assert_array_equal(seen.network.gradients, unseen.network.gradients)
