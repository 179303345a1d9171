"""Backpropagation held against finite differences."""

from __future__ import annotations

import numpy as np

from playground.nn.activations import Array
from playground.nn.calls import run
from playground.nn.training import Trainer


def gradient_check(trainer: Trainer, x: Array, target: Array, epsilon: float = 1e-5) -> float:
    """Relative error |g − n| / (|g| + |n|) between the gradient g by backpropagation and n by central differences.

    x is (inputs + 1, batch) with a last row of ones, target (outputs, batch). Parameters are left as they were.
    Source: CS231n, "Gradient checks". With several members, the loss is summed over them.
    """
    network = trainer.network
    run(trainer.gradient(x, target))
    exact = network.gradients.copy()
    numeric = np.zeros_like(exact)
    for index in np.ndindex(network.parameters.shape):
        kept = network.parameters[index]
        network.parameters[index] = kept + epsilon
        above = trainer.loss_of(x, target)
        network.parameters[index] = kept - epsilon
        below = trainer.loss_of(x, target)
        network.parameters[index] = kept
        numeric[index] = (above - below) / (2.0 * epsilon)
    size = np.linalg.norm(exact) + np.linalg.norm(numeric)
    return float(np.linalg.norm(exact - numeric) / size) if size else 0.0
