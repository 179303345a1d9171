"""One training step: forward, loss, backward, update. The only place where these four meet."""

from __future__ import annotations

import numpy as np

from playground.cancellation import check
from playground.nn.activations import Array
from playground.nn.calls import Call, run
from playground.nn.chance import Turn, nothing_random
from playground.nn.clipping import Clipping, NoClipping
from playground.nn.losses import Loss
from playground.nn.network import Network
from playground.nn.noise import Noise
from playground.nn.optimizers import Optimizer
from playground.nn.optimizers.optimizer import SearchingOptimizer
from playground.nn.passes import Members, Pass
from playground.nn.regularizers import Regularizer, at_rate
from playground.nn.schedules import Constant, Schedule

CONSTANT = Constant()
NO_CLIPPING = NoClipping()
NO_NOISE = Noise()


class Trainer:
    """Moves a network's parameters down the gradient of a loss, mini-batch by mini-batch.

    `network.gradients` afterwards holds the gradient of the data's loss alone, the mean over the mini-batch, without
    the regularizer's share and not clipped; `total` has that share, and `clipped` is what reaches the optimizer, both
    (members, count). `slots` (slots, members, count) and `clock` are what the optimizer remembers, `rate` is the learning
    rate of the step last done, () or (members, 1).

    Members may differ in `learning_rate` and in the regularizer's rate, `penalty_rates`: one number each, (members,).
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        optimizer: Optimizer,
        regularizer: Regularizer,
        learning_rate: float | Array,
        schedule: Schedule = CONSTANT,
        clipping: Clipping = NO_CLIPPING,
        noise: Noise = NO_NOISE,
        penalty_rates: Array | None = None,
    ) -> None:
        self.network = network
        self.loss = loss
        self.optimizer = optimizer
        self._noise = noise
        p, g, mask = network.parameters, network.gradients, network.is_weight
        pulled: Array = mask
        if penalty_rates is not None:
            regularizer, pulled = at_rate(regularizer, penalty_rates[:, None], mask)
        self._regularizer, self._pulled = regularizer, pulled
        self.slots = np.zeros((len(optimizer.slots), *p.shape), p.dtype)
        self.clock = np.array(0.0)
        rates = np.asarray(learning_rate, p.dtype)
        self.rate = np.array(rates if rates.ndim == 0 else rates[:, None])
        self._steps, self._per_epoch = np.array(0.0), np.array(1.0)
        self.total = np.zeros_like(p) if regularizer.adds_gradient else g
        self.clipped = self.total if not clipping.acts else np.zeros_like(p)
        self._rescheduled = schedule.calls(self.rate.copy(), self.rate, self._steps, self._per_epoch)
        self._update: list[Call] = [
            *regularizer.before(p, g, self.total, self.rate, pulled),
            *clipping.calls(self.total, self.clipped),
        ]
        if not isinstance(optimizer, SearchingOptimizer):
            self._update += optimizer.update(p, self.clipped, self.rate, self.clock, self.slots, mask)
        self._afterwards = regularizer.after(p, self.rate, pulled)

    def set_time(self, epoch: int, batch: int, per_epoch: int) -> None:
        """The next step is mini-batch `batch` of `per_epoch` in this epoch, all counted from 0; the schedule wants it."""
        self._steps.fill(epoch * per_epoch + batch)
        self._per_epoch.fill(per_epoch)

    def gradient(self, x: Array, target: Array, turn: Turn = nothing_random) -> list[Call]:
        """Write the gradient for x, (inputs + 1, batch) with a last row of ones, and targets (outputs, batch)."""
        work = self._pass(x)
        output = work.output
        share = np.array(1.0 / x.shape[-1], self.network.parameters.dtype)
        before, after = self._noise.on_weights(self.network.parameters, turn("weights"))
        return [
            *before,
            *work.forward(x, turn),
            *self.loss.gradient(output.activation, output.z, output.h, target, output.delta),
            (np.multiply, (output.delta, share, output.delta)),
            *work.backward(x, turn),
            *after,
        ]

    def step(self, x: Array, target: Array, turn: Turn = nothing_random) -> list[Call]:
        """One mini-batch: the gradient, then the update. Run again after new examples are put into x and target."""
        calls = [*self.gradient(x, target, turn), *self._update]
        if not isinstance(self.optimizer, SearchingOptimizer):
            return [*self._rescheduled, *calls, *self._afterwards]
        p = self.network.parameters

        def objective() -> Array:
            check()
            run(calls)
            return self.last_loss(x, target) + self._regularizer.smooth_penalty(p, self._pulled)

        moved = self.optimizer.search(objective, p, self.clipped, self.rate, self.slots)
        # However often the search looks around, the step is one mini-batch seen once, from where it began.
        left = (self.network.gradients, self.network.statistics, self.total)
        kept = [np.empty_like(array) for array in left]
        keep: list[Call] = [(np.copyto, (copy, array)) for copy, array in zip(kept, left, strict=True)]
        give_back: list[Call] = [(np.copyto, (array, copy)) for copy, array in zip(kept, left, strict=True)]
        return [*self._rescheduled, *calls, *keep, *moved, *give_back, *self._afterwards]

    def penalty(self) -> Array:
        """What the regularizer adds to the loss for the weights as they are, (members,)."""
        return self._regularizer.penalty(self.network.parameters, self._pulled)

    def broken_layer(self, x: Array, target: Array, members: Members = ...) -> int | None:
        """Counted from 0, where the step just run left the finite numbers: forward, in the loss, backward or after it.

        After it are the parameters, what stages remember, and what the optimizer does. Of several `members` only those
        count that are given, (members,).
        """
        work = self._pass(x)
        layer = work.broken_layer(members)
        if layer is not None:
            return layer
        output = work.output
        if not np.isfinite(self.loss.value(output.activation, output.z, output.h, target)[members]).all():
            return len(self.network.units) - 1
        return self.network.broken_layer(members, self.slots.swapaxes(0, 1))

    def forward(self, x: Array, turn: Turn = nothing_random) -> list[Call]:
        """Run forward as training does, for `last_loss` to look at."""
        before, after = self._noise.on_weights(self.network.parameters, turn("weights"))
        return [*before, *self._pass(x).forward(x, turn), *after]

    def last_loss(self, x: Array, target: Array) -> Array:
        """Mean loss over the batch at the last run forward, (members,); after a step, of the weights before it."""
        output = self._pass(x).output
        values = self.loss.value(output.activation, output.z, output.h, target).mean(axis=-1)
        return np.reshape(values, -1)

    def _pass(self, x: Array) -> Pass:
        return self.network.pass_for(x.shape[-1], True, self._noise.of_hidden)
