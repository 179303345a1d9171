"""Backpropagation against finite differences: every activation, every legal output and loss, whatever is trained with it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import numpy as np
import pytest

from playground.nn.activations import (
    ACTIVATIONS,
    ELU,
    OUTPUTS,
    SELU,
    Activation,
    Array,
    CReLU,
    HardSigmoid,
    LeakyReLU,
    Linear,
    Maxout,
    PReLU,
    ReLU,
    RReLU,
    Sigmoid,
    Sign,
    Softmax,
    Step,
    Swish,
    Tanh,
)
from playground.nn.calls import Call, run
from playground.nn.chance import Turn, fixed_turn
from playground.nn.gradient_check import gradient_check
from playground.nn.layer_arrays import Dense
from playground.nn.losses import (
    LOSSES,
    AbsoluteError,
    BinaryCrossEntropy,
    Hinge,
    Huber,
    Loss,
    SquaredError,
    SquaredHinge,
)
from playground.nn.network import Network
from playground.nn.noise import Noise
from playground.nn.normalizations import NORMALIZATIONS, BatchNorm, LayerNorm, NoNormalization, Normalization
from playground.nn.optimizers import SGD
from playground.nn.regularizers import ElasticNet, NoRegularizer, Regularizer
from playground.nn.training import Trainer

LEGAL = [(output(), loss()) for output in OUTPUTS.values() for loss in LOSSES.values() if not loss().refusal(output())]
KINK = 1e-3  # how far from a kink all must stay, for a difference quotient to mean a slope; a step moves by 1e-5
BENT = (ReLU, LeakyReLU, PReLU, RReLU, CReLU, ELU, SELU, Step, Sign)  # at 0
EXAMPLES = 5


@dataclass(frozen=True)
class Setting:
    """What a network is trained with."""

    normalization: Normalization = NoNormalization()
    noise: Noise = Noise()
    members: int = 1
    regularizer: Regularizer = NoRegularizer()


PLAIN = Setting()
SETTINGS = {
    "plain": PLAIN,
    "batch norm": Setting(BatchNorm()),
    "batch norm after": Setting(BatchNorm(after=True)),
    "layer norm": Setting(LayerNorm()),
    "layer norm after": Setting(LayerNorm(after=True)),
    "dropout": Setting(noise=Noise(hidden_dropout=0.3, hidden_noise=0.2)),
    "weight noise": Setting(noise=Noise(weight_noise=0.1)),
    "members": Setting(members=3),
    "elastic net": Setting(regularizer=ElasticNet(0.3, 0.5)),
    "all at once": Setting(BatchNorm(), Noise(hidden_dropout=0.3), 2, ElasticNet(0.3, 0.5)),
}
HIDDEN = [
    *(cls() for cls in ACTIVATIONS.values()),
    PReLU(shared=True),
    Swish(0.7, trained=True),
    ELU(0.5),
    Maxout(3),
]


class Experiment:
    """A 2-3-3-3 network with every parameter drawn, 5 examples and their targets; of the first seed without a kink near."""

    def __init__(self, hidden: Activation, output: Activation, loss: Loss, setting: Setting = PLAIN) -> None:
        for seed in count():
            self._draw(hidden, output, loss, setting, seed)
            if self.clearance() > KINK:
                break
            assert seed < 10, "nothing has so many kinks that they are near so often"

    def _draw(self, hidden: Activation, output: Activation, loss: Loss, setting: Setting, seed: int) -> None:
        rng = np.random.default_rng((11, seed))
        layers = [Dense(3, hidden, setting.normalization)] * 2
        self.network = Network(2, [*layers, Dense(3, output)], setting.members)
        self.network.parameters += rng.normal(0.0, 0.6, self.network.parameters.shape)
        self.network.weights[-1][..., -1] += 1.0  # so that not every output of ReLU is off
        self.x = np.vstack([rng.normal(size=(2, EXAMPLES)), np.ones(EXAMPLES)])
        if isinstance(output, Linear) and not loss.for_classes_only:
            self.target = rng.normal(size=(3, EXAMPLES))
        else:
            no, yes = loss.targets(output)
            self.target = no + (yes - no) * np.eye(3)[:, rng.integers(0, 3, EXAMPLES)]
        self.turn: Turn = fixed_turn(rng)
        self.trainer = Trainer(self.network, loss, SGD(), setting.regularizer, 0.1, noise=setting.noise)

    def error(self) -> float:
        return gradient_check(self.trainer, self.x, self.target, turn=self.turn)

    def clearance(self) -> float:
        """How far the nearest kink is, in a pre-activation or an output."""
        run(self.trainer.forward(self.x, self.turn))
        layers = self.trainer._pass(self.x).layers
        z, h, loss = layers[-1].z, layers[-1].h, self.trainer.loss
        kinks = [_distance(layer.activation, layer.z) for layer in layers]
        moving = np.where(z > 0.0, 0.0, np.inf) if isinstance(layers[-1].activation, ReLU) else 0.0
        if isinstance(loss, AbsoluteError):
            kinks.append(np.abs(h - self.target) + moving)
        if isinstance(loss, Huber):
            kinks.append(np.abs(np.abs(h - self.target) - loss.delta) + moving)
        if isinstance(loss, Hinge | SquaredHinge):
            kinks.append(np.abs(1.0 - self.target * h))
        return min(float(each.min()) for each in kinks)


def _distance(activation: Activation, z: Array) -> Array:
    if isinstance(activation, BENT):
        return np.abs(z)
    if isinstance(activation, HardSigmoid):
        return np.abs(np.abs(z) - 3.0)
    if isinstance(activation, Maxout):
        pieces = np.sort(np.stack(np.split(z, activation.pieces, axis=-2)), axis=0)
        nearest: Array = pieces[-1] - pieces[-2]
        return nearest
    return np.full(1, np.inf)


def label(value: object) -> str:
    return repr(value) if isinstance(value, Activation | Loss) else str(value)


def check(hidden: Activation, output: Activation, loss: Loss, setting: Setting) -> None:
    """The gradient is the finite difference, and a whole step leaves it behind, without the penalty's."""
    experiment = Experiment(hidden, output, loss, setting)
    assert experiment.error() < 1e-6, (output, loss)
    checked = experiment.network.gradients.copy()
    assert np.abs(checked).max() > 1e-3, "zero against zero"
    run(experiment.trainer.step(experiment.x, experiment.target, experiment.turn))
    np.testing.assert_array_equal(experiment.network.gradients, checked)


@pytest.mark.parametrize("setting", [SETTINGS["plain"], SETTINGS["all at once"]], ids=["plain", "all at once"])
@pytest.mark.parametrize("hidden", [Tanh(), Maxout(3)], ids=label)
def test_every_legal_output_and_loss(hidden: Activation, setting: Setting) -> None:
    for output, loss in LEGAL:
        check(hidden, output, loss, setting)


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("hidden", HIDDEN, ids=label)
def test_every_hidden_activation(hidden: Activation, setting: Setting) -> None:
    """What lies above reaches a hidden layer as one array: a short gradient, a long one, and one over coupled outputs."""
    for output, loss in ((Sigmoid(), BinaryCrossEntropy()), (Tanh(), SquaredError()), (Softmax(), SquaredError())):
        check(hidden, output, loss, setting)


def test_every_normalization_is_checked() -> None:
    assert {type(setting.normalization) for setting in SETTINGS.values()} == set(NORMALIZATIONS.values())


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("hidden", [Step(), Sign()], ids=label)
def test_nothing_passes_down_through_a_step(hidden: Activation, setting: Setting) -> None:
    experiment = Experiment(hidden, Sigmoid(), BinaryCrossEntropy(), setting)
    run(experiment.trainer.gradient(experiment.x, experiment.target, experiment.turn))
    first, second, above = experiment.network.weight_gradients
    assert not first.any()
    assert not second.any()
    assert np.abs(above).max() > 1e-3


@pytest.mark.parametrize(("output", "loss"), LEGAL, ids=label)
def test_output_layer_alone(output: Activation, loss: Loss) -> None:
    experiment = Experiment(Tanh(), output, loss)
    network = Network(2, [(3, output)])
    network.weights[0][...] = experiment.network.weights[0]
    network.weights[0][:, -1] += 1.0
    trainer = Trainer(network, loss, SGD(), NoRegularizer(), 0.1)
    assert gradient_check(trainer, experiment.x, experiment.target) < 1e-6


def test_soft_targets() -> None:
    experiment = Experiment(Tanh(), Softmax(), LOSSES["cross_entropy"]())
    experiment.target[...] = np.random.default_rng(13).dirichlet(np.ones(3), EXAMPLES).T
    assert experiment.error() < 1e-6


def test_parameters_are_left_as_they_were() -> None:
    experiment = Experiment(Tanh(), Sigmoid(), BinaryCrossEntropy(), SETTINGS["members"])
    before = experiment.network.parameters.copy()
    experiment.error()
    np.testing.assert_array_equal(experiment.network.parameters, before)


@dataclass(frozen=True)
class Crooked(Tanh):
    """A tanh whose slope is a thousandth too steep."""

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [*super().backward(z, h, upstream, out), (np.multiply, (out, np.array(1.001), out))]


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_a_wrong_slope_is_found(setting: Setting) -> None:
    assert Experiment(Crooked(), Linear(), SquaredError(), setting).error() > 1e-5


def test_no_gradient_at_all_is_no_error() -> None:
    network = Network(2, [(1, Linear())])
    trainer = Trainer(network, SquaredError(), SGD(), NoRegularizer(), 0.1)
    assert gradient_check(trainer, np.zeros((3, 1)), np.zeros((1, 1))) == 0.0
