"""Noise: what dropout, noise and smoothing do to values and to gradients, and that only training sees any of it."""

from __future__ import annotations

import numpy as np
import pytest

from playground.nn.activations import Array, Linear, ReLU, Sigmoid, Tanh
from playground.nn.calls import run
from playground.nn.chance import Chance, fixed_turn
from playground.nn.losses import BinaryCrossEntropy, SquaredError
from playground.nn.network import Network
from playground.nn.noise import HiddenNoise, Noise
from playground.nn.optimizers import SGD
from playground.nn.regularizers import NoRegularizer
from playground.nn.training import Trainer
from tests.nn.rig import Rig

RNG_SEED = 4


def rng() -> np.random.Generator:
    return np.random.default_rng(RNG_SEED)


@pytest.mark.parametrize("dropout", [0.1, 0.5, 0.9])
def test_dropout_turns_off_its_share_and_keeps_the_expectation(dropout: float) -> None:
    mask = np.empty((400, 500))
    HiddenNoise(dropout, 0.0).fill_mask(rng(), mask)
    assert set(np.unique(mask)) == {0.0, 1.0 / (1.0 - dropout)}
    assert (mask == 0.0).mean() == pytest.approx(dropout, abs=5e-3)
    assert mask.mean() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("fill", [HiddenNoise(0.0, 0.3).fill_noise, Noise(weight_noise=0.3).fill_weight_noise])
def test_noise_is_normal_with_its_deviation(fill: object) -> None:
    noise = np.empty((400, 500))
    fill(rng(), noise)  # type: ignore[operator]
    assert noise.mean() == pytest.approx(0.0, abs=3e-3)
    assert noise.std() == pytest.approx(0.3, abs=3e-3)
    assert (np.abs(noise) > 0.6).mean() == pytest.approx(0.0455, abs=2e-3)


@pytest.mark.parametrize(("dropout", "deviation"), [(0.4, 0.0), (0.0, 0.2), (0.4, 0.2)])
def test_a_hidden_layer_in_training(dropout: float, deviation: float) -> None:
    """h = m z + ν, and the gradient passes where z did."""
    stage = HiddenNoise(dropout, deviation)
    rig = Rig(stage, 5, 8, 3)
    assert rig.at.draw is not None
    mask = rig.at.draw(stage.fill_mask, rig.at.z) if dropout else np.ones_like(rig.at.z)
    noise = rig.at.draw(stage.fill_noise, rig.at.z) if deviation else np.zeros_like(rig.at.z)
    np.testing.assert_array_equal(rig.forward(), mask * rig.at.z + noise)
    np.testing.assert_array_equal(rig.backward(), mask * rig.at.upstream)


def trainer(noise: Noise, members: int = 1) -> tuple[Trainer, Array, Array]:
    """A 3-4-4-1 network, and 6 examples."""
    network = Network(3, [(4, Tanh()), (4, ReLU()), (1, Linear())], members)
    network.parameters[...] = rng().normal(0.0, 0.6, network.parameters.shape)
    x = np.vstack([rng().normal(size=(3, 6)), np.ones(6)])
    return Trainer(network, SquaredError(), SGD(), NoRegularizer(), 0.1, noise=noise), x, rng().normal(size=(1, 6))


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize(
    "noise", [Noise(hidden_dropout=0.5), Noise(hidden_noise=1.0), Noise(weight_noise=0.5)], ids=repr
)
def test_only_training_is_disturbed(noise: Noise, members: int) -> None:
    (learner, x, target), (quiet, _, _) = trainer(noise, members), trainer(Noise(), members)
    run(learner.forward(x, fixed_turn(rng())))
    run(quiet.forward(x))
    assert np.abs(learner.last_loss(x, target) - quiet.last_loss(x, target)).min() > 1e-3
    np.testing.assert_array_equal(learner.network.predict(x.T), quiet.network.predict(x.T))
    assert learner.network.pass_for(6).outputs(x).any()


def test_the_expected_output_is_that_of_testing() -> None:
    """Above the last dropout all is linear, so that the mean over many masks must be the output without any."""
    network = Network(3, [(6, Tanh()), (1, Linear())])
    network.parameters[...] = rng().normal(size=network.parameters.shape)
    learner = Trainer(network, SquaredError(), SGD(), NoRegularizer(), 0.1, noise=Noise(hidden_dropout=0.3))
    x = np.vstack([np.repeat(rng().normal(size=(3, 1)), 40_000, axis=1), np.ones(40_000)])
    run(learner.forward(x, fixed_turn(rng())))
    outputs = network.pass_for(40_000, True, Noise(hidden_dropout=0.3).of_hidden).output.h
    assert outputs.std() > 0.1
    assert outputs.mean() == pytest.approx(network.predict(x[:, :1].T).item(), abs=0.05)


def test_outputs_are_never_dropped() -> None:
    learner, x, _ = trainer(Noise(hidden_dropout=0.9))
    learner.network.weights[-1][...] = [[0.0, 0.0, 0.0, 0.0, 2.5]]
    run(learner.forward(x, fixed_turn(rng())))
    work = learner.network.pass_for(6, True, Noise(hidden_dropout=0.9).of_hidden)
    np.testing.assert_array_equal(work.output.h, np.full((1, 6), 2.5))
    assert (work.layers[0].h == 0.0).any()


def test_each_mini_batch_has_a_mask_of_its_own() -> None:
    learner, x, target = trainer(Noise(hidden_dropout=0.5))
    chance, rngs = Chance(2, 1), [rng()]
    steps = [learner.gradient(x, target, chance.turn(place)) for place in range(2)]
    seen = []
    for _ in range(3):
        chance.draw(rngs)
        for step in steps:
            run(step)
            seen.append(learner.network.gradients.copy())
    assert len({gradients.tobytes() for gradients in seen}) == 6


@pytest.mark.parametrize("members", [1, 3])
def test_weight_noise_takes_the_gradient_at_other_weights_and_gives_them_back(members: int) -> None:
    noise = Noise(weight_noise=0.3)
    (learner, x, target), (quiet, _, _) = trainer(noise, members), trainer(Noise(), members)
    turn, before = fixed_turn(rng()), learner.network.parameters.copy()
    run(learner.gradient(x, target, turn))
    np.testing.assert_array_equal(learner.network.parameters, before)

    added = fixed_turn(rng())("weights")(noise.fill_weight_noise, before)
    assert added.all()
    quiet.network.parameters += added
    run(quiet.gradient(x, target))
    np.testing.assert_array_equal(learner.network.gradients, quiet.network.gradients)

    run(learner.step(x, target, turn))
    np.testing.assert_allclose(learner.network.parameters, before - 0.1 * quiet.network.gradients, rtol=1e-13)


def test_inputs_are_dropped_and_scaled_up_but_not_the_ones() -> None:
    X = np.ones((20_000, 4))
    Noise(input_dropout=0.2).on_inputs(rng(), X)
    assert set(np.unique(X[:, :-1])) == {0.0, 1.25}
    assert (X[:, :-1] == 0.0).mean() == pytest.approx(0.2, abs=5e-3)
    assert (X[:, -1] == 1.0).all()


def test_inputs_are_blurred_but_not_the_ones() -> None:
    X = np.ones((20_000, 4))
    Noise(input_noise=0.5).on_inputs(rng(), X)
    assert X[:, :-1].mean() == pytest.approx(1.0, abs=0.01)
    assert X[:, :-1].std() == pytest.approx(0.5, abs=0.01)
    assert (X[:, -1] == 1.0).all()


@pytest.mark.parametrize("ends", [(0.0, 1.0), (-1.0, 1.0), (0.05, 0.95)])
@pytest.mark.parametrize("outputs", [1, 2, 5])
def test_label_noise_moves_its_share_to_another_class(outputs: int, ends: tuple[float, float]) -> None:
    no, yes = ends
    labels = rng().integers(0, max(outputs, 2), 20_000)
    clean = (labels == 1)[:, None] if outputs == 1 else np.eye(outputs, dtype=bool)[labels]
    targets = np.where(clean, yes, no)
    Noise(label_noise=0.3).on_targets(rng(), targets, ends)
    np.testing.assert_allclose(np.unique(targets.round(12)), [no, yes])
    moved = (np.abs(targets - np.where(clean, yes, no)) > 1e-9).any(axis=1)
    assert moved.mean() == pytest.approx(0.3, abs=0.01)
    if outputs > 1:
        said = np.isclose(targets, yes)
        assert (said.sum(axis=1) == 1).all()
        shares = np.bincount((said.argmax(axis=1) - labels)[moved] % outputs, minlength=outputs) / moved.sum()
        np.testing.assert_allclose(shares[1:], 1.0 / (outputs - 1), atol=0.02)


def test_a_number_to_predict_is_blurred() -> None:
    targets = np.full((20_000, 2), 3.0)
    Noise(label_noise=0.5).on_targets(rng(), targets, None)
    assert targets.mean() == pytest.approx(3.0, abs=0.01)
    assert targets.std() == pytest.approx(0.5, abs=0.01)


def test_nothing_is_drawn_for_what_is_off() -> None:
    untouched, X, targets = rng(), np.ones((5, 3)), np.ones((5, 1))
    Noise(hidden_dropout=0.5).on_inputs(untouched, X)
    Noise(label_smoothing=0.1).on_targets(untouched, targets, (0.0, 1.0))
    assert untouched.random() == rng().random()
    assert (X == 1.0).all()
    assert (targets == 1.0).all()


@pytest.mark.parametrize(
    ("epsilon", "targets", "ends", "wanted"),
    [
        (0.05, [[0.0], [1.0]], (0.0, 1.0), [[0.05], [0.95]]),
        (0.05, [[-1.0], [1.0]], (-1.0, 1.0), [[-0.9], [0.9]]),
        (0.1, [[1.0, 0.0], [0.0, 1.0]], (0.0, 1.0), [[0.9, 0.1], [0.1, 0.9]]),
        (0.3, [[0.0, 1.0, 0.0, 0.0]], (0.0, 1.0), [[0.1, 0.7, 0.1, 0.1]]),  # ε / (k − 1) and 1 − ε
        (0.3, [[-1.0, 1.0, -1.0, -1.0]], (-1.0, 1.0), [[-0.8, 0.4, -0.8, -0.8]]),
        (0.3, [[7.0]], None, [[7.0]]),
        (0.0, [[0.0], [1.0]], (0.0, 1.0), [[0.0], [1.0]]),
    ],
)
def test_smoothed_labels(
    epsilon: float, targets: list[list[float]], ends: tuple[float, float] | None, wanted: list[list[float]]
) -> None:
    given = np.array(targets)
    np.testing.assert_allclose(Noise(label_smoothing=epsilon).smoothed(given, ends), wanted, rtol=1e-14)
    np.testing.assert_array_equal(given, targets)


def test_smoothed_labels_keep_the_output_from_infinity() -> None:
    """A single sigmoid comes to rest at 1 − ε, where it would otherwise push on for ever."""
    network = Network(1, [(1, Sigmoid())])
    learner = Trainer(network, BinaryCrossEntropy(), SGD(), NoRegularizer(), 2.0)
    x, target = np.array([[1.0], [1.0]]), Noise(label_smoothing=0.05).smoothed(np.array([[1.0]]), (0.0, 1.0))
    calls = learner.step(x, target)
    for _ in range(500):
        run(calls)
    assert network.predict(x.T).item() == pytest.approx(0.95, abs=1e-9)


def test_what_is_disturbed_is_said() -> None:
    assert not Noise().of_examples
    assert Noise().of_hidden is None
    for noise in (Noise(input_dropout=0.1), Noise(input_noise=0.1), Noise(label_noise=0.1)):
        assert noise.of_examples
        assert noise.of_hidden is None
    assert Noise(hidden_dropout=0.1).of_hidden == HiddenNoise(0.1, 0.0)
    assert Noise(hidden_noise=0.1).of_hidden == HiddenNoise(0.0, 0.1)
    assert not Noise(hidden_dropout=0.1, weight_noise=0.1, label_smoothing=0.1).of_examples
