"""How a network does on a part of the data: its loss and its accuracy, of several members too. Knows no config."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.part import Part
from playground.nn.activations.activation import Activation, Array
from playground.nn.losses.loss import Loss
from playground.nn.network import Network

Which = NDArray[np.bool_]  # of the members
OfMean = tuple[float, float | None] | None  # loss and accuracy


@dataclass(frozen=True)
class Evaluation:
    """How a network does on a part of the data; of several members the mean, and how far they differ.

    Attributes:
        loss: mean over the examples.
        accuracy: for classes the share that is classified right.
        loss_spread, accuracy_spread: standard deviation over the members.
        losses, accuracies: those of each member; loss and accuracy leave out members that have diverged.
        of_mean: loss and accuracy of the members' mean answer; None where members are not asked about the same examples.

    Members that have diverged count in nothing but `losses` and `accuracies`.
    """

    loss: float
    accuracy: float | None
    loss_spread: float
    accuracy_spread: float | None
    losses: tuple[float, ...]
    accuracies: tuple[float, ...] | None
    of_mean: OfMean

    @classmethod
    def alone(cls, loss: float, accuracy: float | None) -> Evaluation:
        """Of one network, without a detour: this is asked for at every record."""
        accuracies = None if accuracy is None else (accuracy,)
        return cls(loss, accuracy, 0.0, None if accuracy is None else 0.0, (loss,), accuracies, (loss, accuracy))

    @classmethod
    def of(cls, losses: Floats, accuracies: Floats | None, living: Which, of_mean: OfMean = None) -> Evaluation:
        """From the numbers of each member, (members,); of the living those count whose loss is finite, if any is."""
        counting = living & np.isfinite(losses)
        if not counting.any():
            counting = np.ones_like(living)
        own, right = losses[counting], None if accuracies is None else accuracies[counting]
        return cls(
            float(own.mean()),
            None if right is None else float(right.mean()),
            float(own.std()),
            None if right is None else float(right.std()),
            tuple(losses.tolist()),
            None if accuracies is None else tuple(accuracies.tolist()),
            of_mean,
        )


class Scoring:
    """By a loss, and of classes by the share that is classified right.

    `ends` are what stands for no and yes of a class in the targets; None for a number to predict.
    """

    def __init__(self, loss: Loss, output: Activation, ends: tuple[float, float] | None) -> None:
        self._loss = loss
        self._output = output
        self._middle = None if ends is None else sum(ends) / 2.0

    def of_one(self, network: Network, part: Part) -> Evaluation:
        """Of a network alone, on a part that is not empty."""
        losses, right = np.empty(len(part)), 0
        for chunk, work in network.passes(part.X):
            h = work.outputs(part.X[chunk].T)
            losses[chunk] = self._loss.value(self._output, work.output.z, h, part.targets[chunk].T)
            if self._middle is not None:
                right += int(np.count_nonzero(self.classes(h) == part.y[chunk]))
        accuracy = right / len(part) if self._middle is not None else None
        return Evaluation.alone(float(np.add.reduce(losses)) / len(part), accuracy)

    def of_members(self, network: Network, part: Part, living: Which) -> Evaluation:
        """Of several members and of their mean answer, all on one part."""
        losses, of_mean = np.empty((network.members, len(part))), np.empty(len(part))
        right, right_of_mean = np.zeros(network.members), 0
        for chunk, work in network.passes(part.X):
            h = work.outputs(part.X[chunk].T)
            targets, y = part.targets[chunk].T, part.y[chunk]
            mean = h[living].mean(axis=0)
            losses[:, chunk] = self._loss.value(self._output, work.output.z, h, targets)
            of_mean[chunk] = self._loss.value(self._output, self._output.logits(mean), mean, targets)
            if self._middle is not None:
                right += np.add.reduce(self.classes(h) == y, axis=-1)
                right_of_mean += int(np.count_nonzero(self.classes(mean) == y))
        means = np.add.reduce(losses, axis=1) / len(part)
        if self._middle is None:
            return Evaluation.of(means, None, living, (float(of_mean.mean()), None))
        return Evaluation.of(means, right / len(part), living, (float(of_mean.mean()), right_of_mean / len(part)))

    def classes(self, h: Array) -> NDArray[np.intp]:
        """Which class outputs (..., outputs, examples) name: (..., examples)."""
        if h.shape[-2] > 1:
            return h.argmax(axis=-2)
        assert self._middle is not None
        return (h[..., 0, :] > self._middle).astype(np.intp)
