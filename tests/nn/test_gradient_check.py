"""Backpropagation against finite differences: every hidden activation with every legal output and loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from playground.nn.activations import (
    ACTIVATIONS,
    OUTPUTS,
    Activation,
    Array,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from playground.nn.calls import Call
from playground.nn.gradient_check import gradient_check
from playground.nn.losses import LOSSES, BinaryCrossEntropy, CrossEntropy, Loss, SquaredError
from playground.nn.network import Network
from playground.nn.optimizers import SGD
from playground.nn.regularizers import L2, NoRegularizer, Regularizer
from playground.nn.training import Trainer

LEGAL = [(output(), loss()) for output in OUTPUTS.values() for loss in LOSSES.values() if not loss().refusal(output())]
KINK = 1e-3  # how far from zero every pre-activation of a ReLU must stay, for a difference quotient to mean a slope


def label(value: object) -> str:
    return value.label if isinstance(value, Activation | Loss) else str(value)


def experiment(
    hidden: Activation, output: Activation, loss: Loss, members: int, regularizer: Regularizer | None = None
) -> tuple[Trainer, Array, Array]:
    """A 3-5-4-3 network with every parameter drawn, 6 examples and their targets."""
    rng = np.random.default_rng(11)
    network = Network(3, [(5, hidden), (4, hidden), (3, output)], members)
    network.parameters[...] = rng.normal(0.0, 0.6, network.parameters.shape)
    x = np.vstack([rng.normal(size=(3, 6)), np.ones(6)])
    if isinstance(output, Linear) and not loss.for_classes_only:
        target = rng.normal(size=(3, 6))
    else:
        no, yes = loss.targets(output)
        target = no + (yes - no) * np.eye(3)[:, rng.integers(0, 3, 6)]
    return Trainer(network, loss, SGD(), regularizer or NoRegularizer(), 0.1), x, target


def nearest_kink(trainer: Trainer, x: Array) -> float:
    """The smallest pre-activation of the hidden layers."""
    work = trainer.network.pass_for(x.shape[-1])
    work.outputs(x)
    return min(float(np.abs(layer.z).min()) for layer in work.layers[:-1])


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("hidden", [cls() for cls in ACTIVATIONS.values()], ids=label)
@pytest.mark.parametrize(("output", "loss"), LEGAL, ids=label)
def test_backpropagation_is_the_finite_difference(
    hidden: Activation, output: Activation, loss: Loss, members: int
) -> None:
    trainer, x, target = experiment(hidden, output, loss, members)
    if isinstance(hidden, ReLU | LeakyReLU):
        assert nearest_kink(trainer, x) > KINK
    assert gradient_check(trainer, x, target) < 1e-6
    assert np.abs(trainer.network.gradients).max() > 1e-3  # not zero against zero


@pytest.mark.parametrize(
    ("output", "loss"),
    [(Linear(), SquaredError()), (Sigmoid(), BinaryCrossEntropy()), (Softmax(), CrossEntropy())],
    ids=label,
)
def test_output_layer_alone(output: Activation, loss: Loss) -> None:
    rng = np.random.default_rng(12)
    network = Network(3, [(3, output)])
    network.parameters[...] = rng.normal(size=network.parameters.shape)
    trainer = Trainer(network, loss, SGD(), NoRegularizer(), 0.1)
    x = np.vstack([rng.normal(size=(3, 6)), np.ones(6)])
    assert gradient_check(trainer, x, np.eye(3)[:, rng.integers(0, 3, 6)]) < 1e-6


def test_soft_targets() -> None:
    trainer, x, _ = experiment(Tanh(), Softmax(), CrossEntropy(), 1)
    target = np.random.default_rng(13).dirichlet(np.ones(3), 6).T
    assert gradient_check(trainer, x, target) < 1e-6


def test_the_penalty_is_no_part_of_the_data_gradient() -> None:
    assert gradient_check(*experiment(Tanh(), Tanh(), SquaredError(), 1, L2(0.5))) < 1e-6


def test_parameters_are_left_as_they_were() -> None:
    trainer, x, target = experiment(Tanh(), Sigmoid(), BinaryCrossEntropy(), 3)
    before = trainer.network.parameters.copy()
    gradient_check(trainer, x, target)
    np.testing.assert_array_equal(trainer.network.parameters, before)


@dataclass(frozen=True)
class Crooked(Tanh):
    """A tanh whose slope is a hundredth too steep."""

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [*super().backward(z, h, upstream, out), (np.multiply, (out, np.array(1.01), out))]


def test_a_wrong_slope_is_found() -> None:
    assert gradient_check(*experiment(Crooked(), Linear(), SquaredError(), 1)) > 1e-4


def test_no_gradient_at_all_is_no_error() -> None:
    network = Network(2, [(1, Linear())])
    trainer = Trainer(network, SquaredError(), SGD(), NoRegularizer(), 0.1)
    assert gradient_check(trainer, np.zeros((3, 1)), np.zeros((1, 1))) == 0.0
