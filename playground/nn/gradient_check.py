"""Backpropagation held against finite differences."""

from __future__ import annotations

import numpy as np

from playground.nn.activations import Array
from playground.nn.calls import run
from playground.nn.chance import Turn, nothing_random
from playground.nn.training import Trainer


def gradient_check(
    trainer: Trainer, x: Array, target: Array, epsilon: float = 1e-5, turn: Turn = nothing_random
) -> float:
    """Relative error |g − n| / (|g| + |n|) between the gradient g by backpropagation and n by central differences.

    x is (inputs + 1, batch) with a last row of ones, target (outputs, batch). Parameters are left as they were; what is
    random stays as the turn gives it. Members, whose losses are their own, are moved all at once.
    Source: CS231n, "Gradient checks".
    """
    network = trainer.network
    run(trainer.gradient(x, target, turn))
    exact = network.gradients.copy()
    numeric = np.zeros_like(exact)
    forward = trainer.forward(x, turn)

    def losses() -> Array:
        run(forward)
        return trainer.last_loss(x, target)

    for index in range(exact.shape[1]):
        kept = network.parameters[:, index].copy()
        network.parameters[:, index] = kept + epsilon
        above = losses()
        network.parameters[:, index] = kept - epsilon
        numeric[:, index] = (above - losses()) / (2.0 * epsilon)
        network.parameters[:, index] = kept
    size = np.linalg.norm(exact) + np.linalg.norm(numeric)
    return float(np.linalg.norm(exact - numeric) / size) if size else 0.0
