"""One training step: forward, loss, backward, update. The only place where these four meet."""

from __future__ import annotations

import numpy as np

from playground.nn.activations import Array
from playground.nn.calls import Call, run
from playground.nn.clipping import Clipping, NoClipping
from playground.nn.losses import Loss
from playground.nn.network import Network
from playground.nn.optimizers import Optimizer
from playground.nn.regularizers import Regularizer
from playground.nn.schedules import Constant, Schedule

CONSTANT = Constant()
NO_CLIPPING = NoClipping()


class Trainer:
    """Moves a network's parameters down the gradient of a loss, mini-batch by mini-batch.

    `network.gradients` afterwards holds the gradient of the data's loss alone, the mean over the mini-batch, without
    the regularizer's share and not clipped. `slots` (slots, members, count) and `clock` are what the optimizer
    remembers, `rate` is the learning rate of the step last done.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        optimizer: Optimizer,
        regularizer: Regularizer,
        learning_rate: float,
        schedule: Schedule = CONSTANT,
        clipping: Clipping = NO_CLIPPING,
    ) -> None:
        self.network = network
        self.loss = loss
        self.optimizer = optimizer
        p, g, mask = network.parameters, network.gradients, network.is_weight
        self.slots = np.zeros((len(optimizer.slots), *p.shape), p.dtype)
        self.clock = np.array(0.0)
        self.rate = np.array(learning_rate, p.dtype)
        self._steps, self._per_epoch = np.array(0.0), np.array(1.0)
        total = np.zeros_like(p) if regularizer.adds_gradient else g
        clipped = total if isinstance(clipping, NoClipping) else np.zeros_like(p)
        self._update: list[Call] = [
            *schedule.calls(learning_rate, self.rate, self._steps, self._per_epoch),
            *regularizer.before(p, g, total, self.rate, mask),
            *clipping.calls(total, clipped),
            *optimizer.update(p, clipped, self.rate, self.clock, self.slots, mask),
            *regularizer.after(p, self.rate, mask),
        ]

    def set_time(self, epoch: int, batch: int, per_epoch: int) -> None:
        """The next step is mini-batch `batch` of `per_epoch` in this epoch, all counted from 0; the schedule wants it."""
        self._steps.fill(epoch * per_epoch + batch)
        self._per_epoch.fill(per_epoch)

    def gradient(self, x: Array, target: Array) -> list[Call]:
        """Write the gradient for x, (inputs + 1, batch) with a last row of ones, and targets (outputs, batch)."""
        batch = x.shape[-1]
        work = self.network.pass_for(batch, backward=True)
        output = work.output
        return [
            *work.forward(x),
            *self.loss.gradient(output.activation, output.z, output.h, target, output.delta),
            (np.multiply, (output.delta, np.array(1.0 / batch), output.delta)),
            *work.backward(x),
        ]

    def step(self, x: Array, target: Array) -> list[Call]:
        """One mini-batch: the gradient, then the update. Run again after new examples are put into x and target."""
        return [*self.gradient(x, target), *self._update]

    def broken_layer(self, x: Array, target: Array) -> int | None:
        """Counted from 0, where the step just run left the finite numbers: forward, in the loss, backward or after it."""
        work = self.network.pass_for(x.shape[-1], backward=True)
        layer = work.broken_layer()
        if layer is not None:
            return layer
        output = work.output
        if not np.isfinite(self.loss.value(output.activation, output.z, output.h, target)).all():
            return len(self.network.units) - 1
        return next((i for i, weights in enumerate(self.network.weights) if not np.isfinite(weights).all()), None)

    def loss_of(self, x: Array, target: Array) -> float:
        """Mean loss over the batch, summed over members."""
        work = self.network.pass_for(x.shape[-1], backward=True)
        run(work.forward(x))
        output = work.output
        return float(self.loss.value(output.activation, output.z, output.h, target).mean(axis=-1).sum())
