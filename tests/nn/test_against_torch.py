"""The same mathematics as PyTorch's: activations, losses, optimizers, initial weights, a whole training. Optional."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.nn.activations import ACTIVATIONS, OUTPUTS, Activation, Array, Sigmoid, Tanh
from playground.nn.calls import run
from playground.nn.initializers import He, Initializer, Xavier
from playground.nn.losses import LOSSES, BinaryCrossEntropy, Loss, SquaredError
from playground.nn.network import Network
from playground.nn.optimizers import SGD, Adam, Momentum, Optimizer
from playground.nn.regularizers import L2, NoRegularizer, Regularizer
from playground.nn.training import Trainer

torch: Any = pytest.importorskip("torch")
functional = torch.nn.functional

THEIR_ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "softmax": lambda z: torch.softmax(z, dim=0),
}
THEIR_LOSSES = {  # of logits (outputs, batch) and targets of the same shape, one number per example
    "squared_error": lambda z, target: 0.5 * functional.mse_loss(z, target, reduction="none").sum(dim=0),
    "binary_cross_entropy": lambda z, target: functional.binary_cross_entropy_with_logits(
        z, target, reduction="none"
    ).sum(dim=0),
    "cross_entropy": lambda z, target: functional.cross_entropy(z.T, target.T, reduction="none"),
}
OPTIMIZERS = [
    (SGD(), lambda p: torch.optim.SGD(p, lr=0.05)),
    (Momentum(0.9), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
    (Momentum(0.8, nesterov=True), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True)),
    (Adam(), lambda p: torch.optim.Adam(p, lr=0.05)),
    (Adam(0.5, 0.9, 1e-3), lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.5, 0.9), eps=1e-3)),
]


def label(value: object) -> str:
    return value.label if isinstance(value, Activation | Loss | Optimizer | Initializer) else ""


def tensor(array: Array, requires_grad: bool = False) -> Any:
    return torch.tensor(array, dtype=torch.float64, requires_grad=requires_grad)


@pytest.mark.parametrize("name", [*ACTIVATIONS, "softmax"])
def test_activation(name: str) -> None:
    activation = {**ACTIVATIONS, **OUTPUTS}[name]()
    rng = np.random.default_rng(1)
    z, upstream = rng.normal(0.0, 3.0, (4, 25)), rng.normal(size=(4, 25))
    theirs = tensor(z, requires_grad=True)
    value = THEIR_ACTIVATIONS[name](theirs)
    value.backward(tensor(upstream))
    ours = np.empty_like(z)
    run(activation.backward(z, activation(z), upstream, ours))
    np.testing.assert_allclose(activation(z), value.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", list(LOSSES))
def test_loss_with_its_matched_output(name: str) -> None:
    loss = LOSSES[name]()
    output = loss.matched()
    rng = np.random.default_rng(2)
    z, target = rng.normal(0.0, 5.0, (3, 20)), np.eye(3)[:, rng.integers(0, 3, 20)]
    theirs = tensor(z, requires_grad=True)
    value = THEIR_LOSSES[name](theirs, tensor(target))
    value.sum().backward()
    ours = np.empty_like(z)
    run(loss.gradient(output, z, output(z), target, ours))
    np.testing.assert_allclose(loss.value(output, z, output(z), target), value.detach().numpy(), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("optimizer", "theirs"), OPTIMIZERS, ids=label)
def test_optimizer_step_by_step(optimizer: Optimizer, theirs: Any) -> None:
    rng = np.random.default_rng(3)
    start = rng.normal(size=(1, 12))
    p, g, clock = start.copy(), np.empty_like(start), np.array(0.0)
    slots: tuple[Array, ...] = tuple(np.zeros_like(p) for _ in optimizer.slots)
    calls = optimizer.update(p, g, np.array(0.05), clock, slots, np.empty_like(p))
    their_p = tensor(start, requires_grad=True)
    their_optimizer = theirs([their_p])
    for _ in range(100):
        g[...] = p * np.linspace(0.1, 3.0, 12) + rng.normal(0.0, 0.3, p.shape)  # a noisy bowl, fed to both
        their_p.grad = tensor(g)
        their_optimizer.step()
        run(calls)
        np.testing.assert_allclose(p, their_p.detach().numpy(), rtol=0.0, atol=1e-10)


@pytest.mark.parametrize("regularizer", [NoRegularizer(), L2(0.01)], ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    ("output", "loss", "name"),
    [(Tanh(), SquaredError(), "squared_error"), (Sigmoid(), BinaryCrossEntropy(), "binary_cross_entropy")],
    ids=label,
)
@pytest.mark.parametrize(("optimizer", "theirs"), OPTIMIZERS, ids=label)
def test_a_hundred_steps_of_training(
    optimizer: Optimizer, theirs: Any, output: Activation, loss: Loss, name: str, regularizer: Regularizer
) -> None:
    rng = np.random.default_rng(4)
    network = Network(2, [(4, Tanh()), (2, Tanh()), (1, output)])
    network.parameters[...] = rng.normal(0.0, 0.7, network.parameters.shape)
    trainer = Trainer(network, loss, optimizer, regularizer, 0.05)

    weights = [tensor(layer[:, :-1], requires_grad=True) for layer in network.weights]
    biases = [tensor(layer[:, -1:], requires_grad=True) for layer in network.weights]
    decay = 2.0 * regularizer.rate if isinstance(regularizer, L2) else 0.0
    their_optimizer = theirs([{"params": weights, "weight_decay": decay}, {"params": biases}])

    for _ in range(100):
        points = rng.uniform(-1.5, 1.5, (2, 10))
        target = np.where((points**2).sum(axis=0) < 1.0, output.targets[1], output.targets[0])[None]
        run(trainer.step(np.vstack([points, np.ones(10)]), target))

        h = tensor(points)
        for layer in range(2):
            h = torch.tanh(weights[layer] @ h + biases[layer])
        z = weights[2] @ h + biases[2]
        their_optimizer.zero_grad()
        THEIR_LOSSES[name](torch.tanh(z) if isinstance(output, Tanh) else z, tensor(target)).mean().backward()
        their_optimizer.step()

        for ours, weight, bias in zip(network.weights, weights, biases, strict=True):
            np.testing.assert_allclose(ours, torch.hstack([weight, bias]).detach().numpy(), rtol=0.0, atol=1e-10)


@pytest.mark.parametrize(
    ("initializer", "theirs"),
    [
        (Xavier(), torch.nn.init.xavier_uniform_),
        (He(), lambda empty: torch.nn.init.kaiming_normal_(empty, nonlinearity="relu")),
    ],
    ids=label,
)
def test_initial_spread(initializer: Initializer, theirs: Any) -> None:
    torch.manual_seed(5)
    ours = initializer.draw(np.random.default_rng(5), 400, 300)
    assert ours.std() == pytest.approx(theirs(torch.empty(400, 300)).std().item(), rel=0.02)
