"""The whole algorithm on one page: shuffle, cut into mini-batches, step.

All that a session does besides is bookkeeping; what it trains is this, bit for bit.
"""

from __future__ import annotations

import numpy as np

from playground.nn.activations import Array
from playground.nn.calls import run
from playground.nn.training import Trainer


def fit(trainer: Trainer, X: Array, targets: Array, epochs: int, batch_size: int, rng: np.random.Generator) -> Array:
    """Train for so many epochs on X, (examples, inputs + 1) with a last column of ones, and targets (examples, outputs).

    The answer is the mean loss of each mini-batch before its step, (epochs, mini-batches).
    """
    starts = range(0, len(X), batch_size)
    losses = np.empty((epochs, len(starts)))
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for batch, start in enumerate(starts):
            rows = order[start : start + batch_size]
            x, target = X[rows].T, targets[rows].T  # examples are columns
            trainer.set_time(epoch, batch, len(starts))
            run(trainer.step(x, target))  # forward, loss, backward, update
            losses[epoch, batch] = trainer.last_loss(x, target)[0]
    return losses
