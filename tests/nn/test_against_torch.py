"""The same mathematics as PyTorch's: activations, losses, optimizers, initial weights, a whole training. Optional."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from playground.nn.activations import (
    ACTIVATIONS,
    ELU,
    OUTPUTS,
    Activation,
    Array,
    LeakyReLU,
    Linear,
    Maxout,
    PReLU,
    ReLU,
    RReLU,
    Sigmoid,
    Softmax,
    Swish,
    Tanh,
)
from playground.nn.calls import run
from playground.nn.clipping import ClipByNorm, ClipByValue, Clipping
from playground.nn.initializers import He, HeUniform, Initializer, LeCun, Orthogonal, Xavier, XavierNormal
from playground.nn.losses import (
    LOSSES,
    AbsoluteError,
    BinaryCrossEntropy,
    CrossEntropy,
    Hinge,
    Huber,
    KLDivergence,
    Logistic,
    Loss,
    NegativeLogLikelihood,
    SquaredError,
    SquaredHinge,
)
from playground.nn.network import Network
from playground.nn.normalizations import BatchNorm, LayerNorm
from playground.nn.optimizers import OPTIMIZERS as OUR_OPTIMIZERS
from playground.nn.optimizers import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    AMSGrad,
    Momentum,
    Nadam,
    Optimizer,
    RMSprop,
)
from playground.nn.regularizers import L2, NoRegularizer, Regularizer
from playground.nn.schedules import SCHEDULES, Cosine, Exponential, OneCycle, Schedule, Steps, WarmUp
from playground.nn.stage import Stage
from playground.nn.training import Trainer
from tests.nn.rig import Rig

torch: Any = pytest.importorskip("torch")
functional = torch.nn.functional

THEIR_ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "prelu": lambda z: functional.prelu(z, torch.tensor(0.25)),
    "rrelu": functional.rrelu,
    "crelu": lambda z: torch.cat([torch.relu(z), torch.relu(-z)]),
    "elu": functional.elu,
    "selu": functional.selu,
    "softplus": lambda z: functional.softplus(z, threshold=100.0),
    "swish": functional.silu,
    "gelu": functional.gelu,
    "mish": functional.mish,
    "maxout": lambda z: z.unflatten(0, (2, -1)).max(dim=0).values,
    "sine": torch.sin,
    # functional.hardsigmoid passes its gradient through a sixth in single precision.
    "hard_sigmoid": lambda z: torch.clamp(z / 6.0 + 0.5, 0.0, 1.0),
    "step": lambda z: (torch.sign(z) + 1.0) / 2.0,  # torch.heaviside has no gradient at all
    "sign": torch.sign,
    "softmax": lambda z: torch.softmax(z, dim=0),
}
WITH_OTHER_KNOBS = [
    (LeakyReLU(0.3), lambda z: functional.leaky_relu(z, 0.3)),
    (ELU(0.3), lambda z: functional.elu(z, 0.3)),
    (ELU(2.5), lambda z: functional.elu(z, 2.5)),
    (Swish(0.4), lambda z: z * torch.sigmoid(0.4 * z)),
    (Swish(7.0), lambda z: z * torch.sigmoid(7.0 * z)),
    (PReLU(0.6), lambda z: functional.prelu(z, torch.tensor(0.6))),
    (RReLU(0.2, 0.5), torch.nn.RReLU(0.2, 0.5).eval()),
    (Maxout(4), lambda z: z.unflatten(0, (4, -1)).max(dim=0).values),
]
SQUARED, ABSOLUTE = functional.mse_loss, functional.l1_loss
BINARY, LOGISTIC = functional.binary_cross_entropy_with_logits, functional.soft_margin_loss
THEIR_LOSSES = [  # with what they are of the pre-activation and the target; each is then summed over the outputs
    (Linear(), SquaredError(), lambda z, y: 0.5 * SQUARED(z, y, reduction="none")),
    (Linear(), SquaredError(half=False), lambda z, y: SQUARED(z, y, reduction="none")),
    (Tanh(), SquaredError(), lambda z, y: 0.5 * SQUARED(torch.tanh(z), y, reduction="none")),
    (ReLU(), SquaredError(), lambda z, y: 0.5 * SQUARED(torch.relu(z), y, reduction="none")),
    (Linear(), AbsoluteError(), lambda z, y: ABSOLUTE(z, y, reduction="none")),
    (Softmax(), AbsoluteError(), lambda z, y: ABSOLUTE(torch.softmax(z, dim=0), y, reduction="none")),
    (Linear(), Huber(), lambda z, y: functional.huber_loss(z, y, reduction="none")),
    (Sigmoid(), Huber(0.2), lambda z, y: functional.huber_loss(torch.sigmoid(z), y, reduction="none", delta=0.2)),
    (Sigmoid(), BinaryCrossEntropy(), lambda z, y: BINARY(z, y, reduction="none")),
    (
        Softmax(),
        BinaryCrossEntropy(),
        lambda z, y: functional.binary_cross_entropy(torch.softmax(z, dim=0), y, reduction="none"),
    ),
    (Softmax(), CrossEntropy(), lambda z, y: functional.cross_entropy(z.T, y.T, reduction="none")[None]),
    (Sigmoid(), CrossEntropy(), lambda z, y: -y * functional.logsigmoid(z)),
    (Softmax(), KLDivergence(), lambda z, y: functional.kl_div(torch.log_softmax(z, dim=0), y, reduction="none")),
    (
        Linear(),
        NegativeLogLikelihood(),
        lambda z, y: functional.gaussian_nll_loss(z, y, torch.ones_like(z), full=True, reduction="none"),
    ),
    (Sigmoid(), NegativeLogLikelihood(), lambda z, y: BINARY(z, y, reduction="none")),
    (
        Softmax(),
        NegativeLogLikelihood(),
        lambda z, y: functional.nll_loss(torch.log_softmax(z.T, dim=1), y.argmax(dim=0), reduction="none")[None],
    ),
    (Linear(), Logistic(), lambda z, y: LOGISTIC(z, y, reduction="none")),
    (Tanh(), Logistic(), lambda z, y: LOGISTIC(torch.tanh(z), y, reduction="none")),
    (Linear(), Hinge(), lambda z, y: functional.margin_ranking_loss(z, -z, y, margin=2.0, reduction="none") / 2.0),
    (Tanh(), Hinge(), lambda z, y: torch.relu(1.0 - y * torch.tanh(z))),
    (Linear(), SquaredHinge(), lambda z, y: torch.relu(1.0 - y * z) ** 2),
    (Tanh(), SquaredHinge(), lambda z, y: torch.relu(1.0 - y * torch.tanh(z)) ** 2),
]
OPTIMIZERS = [
    (SGD(), lambda p: torch.optim.SGD(p, lr=0.05)),
    (Momentum(0.9), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
    (Momentum(0.8, nesterov=True), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True)),
    (Adam(), lambda p: torch.optim.Adam(p, lr=0.05)),
    (Adam(0.5, 0.9, 1e-3), lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.5, 0.9), eps=1e-3)),
    (Adagrad(), lambda p: torch.optim.Adagrad(p, lr=0.05)),
    (Adagrad(1e-3), lambda p: torch.optim.Adagrad(p, lr=0.05, eps=1e-3)),
    (Adadelta(), lambda p: torch.optim.Adadelta(p, lr=0.05)),
    (Adadelta(0.6, 1e-3), lambda p: torch.optim.Adadelta(p, lr=0.05, rho=0.6, eps=1e-3)),
    (RMSprop(), lambda p: torch.optim.RMSprop(p, lr=0.05)),
    (RMSprop(0.9, 0.5, False, 1e-3), lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.9, momentum=0.5, eps=1e-3)),
    (RMSprop(centred=True), lambda p: torch.optim.RMSprop(p, lr=0.05, centered=True)),
    (RMSprop(0.99, 0.5, True, 0.01), lambda p: torch.optim.RMSprop(p, lr=0.05, momentum=0.5, eps=0.01, centered=True)),
    (AMSGrad(), lambda p: torch.optim.Adam(p, lr=0.05, amsgrad=True)),
    (AMSGrad(0.5, 0.9, 1e-3), lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.5, 0.9), eps=1e-3, amsgrad=True)),
    (Adamax(), lambda p: torch.optim.Adamax(p, lr=0.05)),
    (Adamax(0.5, 0.9, 1e-3), lambda p: torch.optim.Adamax(p, lr=0.05, betas=(0.5, 0.9), eps=1e-3)),
    (Nadam(), lambda p: torch.optim.NAdam(p, lr=0.05)),
    (
        Nadam(0.5, 0.9, 1e-3, 0.1),
        lambda p: torch.optim.NAdam(p, lr=0.05, betas=(0.5, 0.9), eps=1e-3, momentum_decay=0.1),
    ),
    (AdamW(decay=0.3), lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=0.3)),
]
WITHOUT_THEIRS = {"lion", "newton", "lbfgs"}  # theirs of the last has another line search


def label(value: object) -> str:
    return value.label if isinstance(value, Stage | Loss | Optimizer | Initializer) else ""


@pytest.fixture(autouse=True)
def double_precision() -> Iterator[None]:
    """NAdam keeps the product of its momentums in the default precision, whatever that of the parameters."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def tensor(array: Array, requires_grad: bool = False) -> Any:
    return torch.tensor(array, dtype=torch.float64, requires_grad=requires_grad)


@pytest.mark.parametrize(
    ("activation", "theirs"),
    [
        *((cls(), THEIR_ACTIVATIONS[name]) for name, cls in {**OUTPUTS, **ACTIVATIONS}.items()),
        *WITH_OTHER_KNOBS,
    ],
    ids=label,
)
def test_activation(activation: Activation, theirs: Any) -> None:
    rng = np.random.default_rng(1)
    z = rng.normal(0.0, 3.0, (4, 25))
    upstream = rng.normal(size=activation(z).shape)
    their_z = tensor(z, requires_grad=True)
    value = theirs(their_z)
    value.backward(tensor(upstream))
    ours = np.empty_like(z)
    run(activation.backward(z, activation(z), upstream, ours))
    np.testing.assert_allclose(activation(z), value.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(ours, their_z.grad.numpy(), rtol=1e-10, atol=1e-14)


class TrainedSwish(torch.nn.Module):
    """Swish with a β that is trained, put together from PyTorch's operations."""

    def __init__(self) -> None:
        super().__init__()
        self.beta = torch.nn.Parameter(torch.ones(1))

    def forward(self, z: Any) -> Any:
        return z * torch.sigmoid(self.beta * z)


THEIR_STAGES = [  # theirs has examples as rows
    (PReLU(), lambda units: torch.nn.PReLU(units)),
    (PReLU(shared=True), lambda units: torch.nn.PReLU()),
    (Swish(trained=True), lambda units: TrainedSwish()),
    (BatchNorm(), lambda units: torch.nn.BatchNorm1d(units)),
    (BatchNorm(momentum=0.3, epsilon=0.01), lambda units: torch.nn.BatchNorm1d(units, 0.01, 0.3)),
    (LayerNorm(), lambda units: torch.nn.LayerNorm(units)),
    (LayerNorm(epsilon=0.01), lambda units: torch.nn.LayerNorm(units, 0.01)),
]


def check_value(ours: Array, theirs: Any) -> None:
    np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(("stage", "make"), THEIR_STAGES, ids=label)
def test_stage_in_training(stage: Stage, make: Any) -> None:
    rig, theirs = Rig(stage, 5, 12), make(5).double()
    for own, parameter in zip(rig.at.parameters, theirs.parameters(), strict=True):
        parameter.data = tensor(own[:, 0])
    for _ in range(3):  # the third time the running averages are a mixture
        their_z = tensor(rig.at.z.T, requires_grad=True)
        theirs.zero_grad()
        value = theirs(their_z)
        value.backward(tensor(rig.at.upstream.T))
        check_value(rig.forward().T, value)
        check_value(rig.backward().T, their_z.grad)
        rig.at.z[...] = 1.5 * rig.at.z[:, ::-1] - 0.4
    for gradient, parameter in zip(rig.at.gradients, theirs.parameters(), strict=True):
        check_value(gradient[:, 0], parameter.grad)
    for own, buffer in zip(rig.at.statistics, theirs.buffers(), strict=False):  # theirs counts mini-batches as well
        check_value(own[:, 0], buffer)


@pytest.mark.parametrize(("stage", "make"), THEIR_STAGES, ids=label)
def test_stage_when_only_looking(stage: Stage, make: Any) -> None:
    rig, theirs = Rig(stage, 5, 12, training=False), make(5).double().eval()
    for own, parameter in zip(rig.at.parameters, theirs.parameters(), strict=True):
        parameter.data = tensor(own[:, 0])
    for own, buffer in zip(rig.at.statistics, theirs.buffers(), strict=False):
        own[...] = np.linspace(0.5, 2.0, 5)[:, None]
        buffer[...] = tensor(own[:, 0])
    check_value(rig.forward().T, theirs(tensor(rig.at.z.T)))


def check_loss(output: Activation, loss: Loss, theirs: Any, target: Array) -> None:
    z = np.random.default_rng(2).normal(0.0, 3.0, target.shape)
    their_z = tensor(z, requires_grad=True)
    value = theirs(their_z, tensor(target)).sum(dim=0)
    value.sum().backward()
    ours = np.empty_like(z)
    run(loss.gradient(output, z, output(z), target, ours))
    np.testing.assert_allclose(loss.value(output, z, output(z), target), value.detach().numpy(), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(ours, their_z.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(("output", "loss", "theirs"), THEIR_LOSSES, ids=label)
def test_loss(output: Activation, loss: Loss, theirs: Any) -> None:
    no, yes = loss.targets(output)
    check_loss(output, loss, theirs, no + (yes - no) * np.eye(3)[:, np.random.default_rng(2).integers(0, 3, 40)])


@pytest.mark.parametrize(
    ("output", "loss", "theirs"),
    [case for case in THEIR_LOSSES if not case[1].for_classes_only and isinstance(case[0], Linear)],
    ids=label,
)
def test_loss_of_numbers(output: Activation, loss: Loss, theirs: Any) -> None:
    check_loss(output, loss, theirs, np.random.default_rng(3).normal(size=(2, 40)))


@pytest.mark.parametrize(
    ("output", "loss", "theirs"),
    [case for case in THEIR_LOSSES if isinstance(case[0], Softmax) and isinstance(case[1], CrossEntropy)],
    ids=label,
)
def test_loss_of_distributions(output: Activation, loss: Loss, theirs: Any) -> None:
    check_loss(output, loss, theirs, np.random.default_rng(4).dirichlet(np.ones(5), 40).T)


def test_no_loss_is_left_out() -> None:
    assert {type(loss) for _, loss, _ in THEIR_LOSSES} == set(LOSSES.values())


def test_every_optimizer_of_theirs_is_compared() -> None:
    assert {type(optimizer) for optimizer, _ in OPTIMIZERS} == {
        cls for name, cls in OUR_OPTIMIZERS.items() if name not in WITHOUT_THEIRS
    }


@pytest.mark.parametrize(("optimizer", "theirs"), OPTIMIZERS, ids=label)
def test_optimizer_step_by_step(optimizer: Optimizer, theirs: Any) -> None:
    rng = np.random.default_rng(3)
    start = rng.normal(size=(1, 12))
    p, g, clock = start.copy(), np.empty_like(start), np.array(0.0)
    slots = np.zeros((len(optimizer.slots), *p.shape))
    calls = optimizer.update(p, g, np.array(0.05), clock, slots, np.ones(12))
    their_p = tensor(start, requires_grad=True)
    their_optimizer = theirs([their_p])
    for _ in range(100):
        g[...] = p * np.linspace(0.1, 3.0, 12) + rng.normal(0.0, 0.3, p.shape)  # a noisy bowl, fed to both
        their_p.grad = tensor(g)
        their_optimizer.step()
        run(calls)
        np.testing.assert_allclose(p, their_p.detach().numpy(), rtol=0.0, atol=1e-10)


TRAINED = [case for case in THEIR_LOSSES if case[:2] in [(Tanh(), SquaredError()), (Sigmoid(), BinaryCrossEntropy())]]
RUNS = [  # a loss and a penalty reach every optimizer by the same gradient: all combinations of the two with two of them
    (*optimizer, *case, regularizer)
    for optimizer in OPTIMIZERS
    for case in TRAINED
    for regularizer in (NoRegularizer(), L2(0.01))
    if optimizer[0] in (SGD(), Adam()) or (case[:2], regularizer) == ((Sigmoid(), BinaryCrossEntropy()), L2(0.01))
]


@pytest.mark.parametrize(("optimizer", "theirs", "output", "loss", "their_loss", "regularizer"), RUNS, ids=label)
def test_a_hundred_steps_of_training(
    optimizer: Optimizer, theirs: Any, output: Activation, loss: Loss, their_loss: Any, regularizer: Regularizer
) -> None:
    rng = np.random.default_rng(4)
    network = Network(2, [(4, Tanh()), (2, Tanh()), (1, output)])
    network.parameters[...] = rng.normal(0.0, 0.7, network.parameters.shape)
    trainer = Trainer(network, loss, optimizer, regularizer, 0.05)

    weights = [tensor(layer[:, :-1], requires_grad=True) for layer in network.weights]
    biases = [tensor(layer[:, -1:], requires_grad=True) for layer in network.weights]
    alpha = regularizer.rate if isinstance(regularizer, L2) else 0.0
    their_optimizer = theirs([{"params": weights}, {"params": biases, "weight_decay": 0.0}])

    for _ in range(100):
        points = rng.uniform(-1.5, 1.5, (2, 10))
        target = np.where((points**2).sum(axis=0) < 1.0, output.targets[1], output.targets[0])[None]
        run(trainer.step(np.vstack([points, np.ones(10)]), target))

        h = tensor(points)
        for layer in range(2):
            h = torch.tanh(weights[layer] @ h + biases[layer])
        z = weights[2] @ h + biases[2]
        their_optimizer.zero_grad()
        penalty = alpha * sum((weight**2).sum() for weight in weights)
        (their_loss(z, tensor(target)).mean() + penalty).backward()
        their_optimizer.step()

        for ours, weight, bias in zip(network.weights, weights, biases, strict=True):
            np.testing.assert_allclose(ours, torch.hstack([weight, bias]).detach().numpy(), rtol=0.0, atol=1e-10)


@pytest.mark.parametrize(
    ("initializer", "theirs"),
    [
        (Xavier(), torch.nn.init.xavier_uniform_),
        (XavierNormal(scale=3.0), lambda empty: torch.nn.init.xavier_normal_(empty, gain=3.0)),
        (He(), lambda empty: torch.nn.init.kaiming_normal_(empty, nonlinearity="relu")),
        (HeUniform(), lambda empty: torch.nn.init.kaiming_uniform_(empty, nonlinearity="relu")),
        (LeCun(), lambda empty: torch.nn.init.kaiming_normal_(empty, nonlinearity="linear")),
        (Orthogonal(scale=0.5), lambda empty: torch.nn.init.orthogonal_(empty, gain=0.5)),
    ],
    ids=label,
)
def test_initial_spread(initializer: Initializer, theirs: Any) -> None:
    torch.manual_seed(5)
    ours = initializer.draw(np.random.default_rng(5), 400, 300)
    other = theirs(torch.empty(400, 300, dtype=torch.float64)).numpy()
    assert ours.std() == pytest.approx(other.std(), rel=0.02)
    # The largest tells a uniform draw from a normal one.
    assert np.abs(ours).max() == pytest.approx(np.abs(other).max(), rel=0.25)


SCHEDULED = [
    (Steps(3, 0.2), lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.2)),
    (Exponential(0.8), lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.8)),
    (Cosine(20), lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 20)),
    (Cosine(20, 0.25), lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 20, 0.25)),
    (WarmUp(8, 0.1), lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.1, total_iters=8)),
    # Theirs has its first step at 0, its highest at share · length − 1 and its lowest at length − 1.
    (OneCycle(20, 0.35), lambda o: torch.optim.lr_scheduler.OneCycleLR(o, 1.0, 21, pct_start=8 / 21)),
]


@pytest.mark.parametrize(("schedule", "theirs"), SCHEDULED, ids=lambda value: getattr(value, "label", ""))
def test_schedule(schedule: Schedule, theirs: Any) -> None:
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = theirs(optimizer)
    for epoch in range(21):
        assert schedule.factor(epoch) == pytest.approx(scheduler.get_last_lr()[0], abs=1e-12)
        optimizer.step()
        scheduler.step()


def test_every_schedule_of_time_is_compared() -> None:
    """Constant has nothing to compare; when to drop on a plateau is the run's business, and is compared there."""
    exempt = {SCHEDULES["constant"], SCHEDULES["plateau"]}
    assert {type(schedule) for schedule, _ in SCHEDULED} == {*SCHEDULES.values()} - exempt


@pytest.mark.parametrize(
    ("clipping", "theirs"),
    [
        (ClipByValue(0.3), lambda p: torch.nn.utils.clip_grad_value_(p, 0.3)),
        (ClipByNorm(0.3), lambda p: torch.nn.utils.clip_grad_norm_(p, 0.3)),
        (ClipByNorm(30.0), lambda p: torch.nn.utils.clip_grad_norm_(p, 30.0)),
    ],
    ids=["by value", "by norm", "short enough"],
)
def test_clipping(clipping: Clipping, theirs: Any) -> None:
    g = np.random.default_rng(6).normal(size=(1, 50))
    clipped, p = np.empty_like(g), tensor(g, requires_grad=True)
    run(clipping.calls(g, clipped))
    p.grad = tensor(g)
    theirs([p])
    np.testing.assert_allclose(clipped, p.grad.numpy(), rtol=1e-6)  # theirs adds 1e-6 to the norm
