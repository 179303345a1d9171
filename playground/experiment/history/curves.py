"""What is written down of a run, on a schedule of steps: never of seconds, and never more than fits a plot."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.history.log import Log
from playground.experiment.looks.look import Look, read_only

CAPACITY = 2048
FIXED = 9  # epoch, step, three losses, three accuracies, penalty; then norm, largest and mean, each once a layer


@dataclass(frozen=True)
class Scores:
    """How well the network does, or did at `step`; of several members the mean over those whose loss is finite.

    Accuracies are shares from 0 to 1, None for regression; of the validation part both are None where there is none.
    `train_losses` and `held_out_losses` are those of each member, (members,): held out is the validation part, or else
    the test part. `of_mean` is the accuracy on the test part, or for regression the loss, of the members' mean answer.
    """

    step: int
    train_loss: float
    validation_loss: float | None
    test_loss: float
    train_accuracy: float | None
    validation_accuracy: float | None
    test_accuracy: float | None
    train_losses: tuple[float, ...]
    held_out_losses: tuple[float, ...]
    of_mean: float | None


@dataclass(frozen=True, eq=False)
class Curves(Look):
    """The history as arrays with one row per record, first to last; gradients are (records, layers).

    `epoch` counts in fractions: step 5 of 25 in the fourth epoch is 3.2. Gradients are those of the data's loss by the
    weights (not the biases) of each layer, hidden layers first, the output layer last, at the record's mini-batch; the
    record of step 0 has none: NaN. Of several members all but the last two are means.
    """

    epoch: Floats
    step: NDArray[np.int64]
    train_loss: Floats
    validation_loss: Floats  # NaN where nothing validates
    test_loss: Floats
    train_accuracy: Floats  # NaN for regression
    validation_accuracy: Floats
    test_accuracy: Floats
    penalty: Floats  # what regularisation adds to the training loss
    gradient_norm: Floats
    gradient_largest: Floats
    gradient_mean: Floats
    train_losses: Floats  # (records, members), of several members; else (records, 0)
    held_out_losses: Floats  # on the validation part, or else the test part

    def __len__(self) -> int:
        return len(self.step)

    def since(self, step: int) -> Curves:
        """The records from this step on."""
        first = int(np.searchsorted(self.step, step))
        return Curves(*(getattr(self, field.name)[first:] for field in fields(self))) if first else self


class History(Log):
    """Records at equal distances in epochs, from the start on.

    There are 2**resolution records an epoch, or one every 2**-resolution epochs. When CAPACITY is reached every second
    record is dropped and the distance doubles, so a run of any length keeps between half and all of CAPACITY.
    """

    def __init__(self, layers: int, resolution: int, members: int = 1) -> None:
        self.resolution = resolution
        self._gradients = FIXED + 3 * layers
        self._each = members if members > 1 else 0  # then come the losses of each member, training and held out
        super().__init__(CAPACITY, self._gradients + 2 * self._each)

    def next_due(self, epoch: int, step: int, steps_per_epoch: int) -> tuple[int, bool]:
        """After `step` steps of `epoch`: at which step of this epoch to stop next, and whether a record is due there."""
        if self.resolution < 0:
            return steps_per_epoch, (epoch + 1) % 2**-self.resolution == 0
        per_epoch = 2**self.resolution
        mark = step * per_epoch // steps_per_epoch + 1
        return -(-mark * steps_per_epoch // per_epoch), True

    def add(self, epoch: float, step: int, scores: Scores, gradients: Floats, penalty: float) -> None:
        """Write down a moment, or write it anew; gradients are (layers, 3): norm, largest, mean."""
        if self.last_step == step:
            self.count -= 1
        if self.full:
            self.restore(self.rows[::2].copy())
            self.resolution -= 1
        self._rows[self.count] = self.row(epoch, step, scores, gradients, penalty)
        self.count += 1

    def row(self, epoch: float, step: int, scores: Scores, gradients: Floats, penalty: float) -> Floats:
        """What is written down of a moment."""
        accuracies = (scores.train_accuracy, scores.validation_accuracy, scores.test_accuracy)
        row = np.empty(self._rows.shape[1])
        row[:FIXED] = (
            epoch,
            step,
            scores.train_loss,
            np.nan if scores.validation_loss is None else scores.validation_loss,
            scores.test_loss,
            *(np.nan if accuracy is None else accuracy for accuracy in accuracies),
            penalty,
        )
        row[FIXED : self._gradients] = gradients.T.ravel()
        if self._each:
            row[self._gradients :] = (*scores.train_losses, *scores.held_out_losses)
        return row

    def curves(self, now: Floats | None = None) -> Curves:
        """A frozen copy, with another row at its end where there is one."""
        rows = read_only(self.rows.copy() if now is None else np.vstack([self.rows, now]))
        fixed = rows[:, :FIXED].T
        norm, largest, mean = np.split(rows[:, FIXED : self._gradients], 3, axis=1)
        train_losses, held_out_losses = np.split(rows[:, self._gradients :], 2, axis=1)
        return Curves(
            epoch=fixed[0],
            step=read_only(fixed[1].astype(np.int64)),
            train_loss=fixed[2],
            validation_loss=fixed[3],
            test_loss=fixed[4],
            train_accuracy=fixed[5],
            validation_accuracy=fixed[6],
            test_accuracy=fixed[7],
            penalty=fixed[8],
            gradient_norm=norm,
            gradient_largest=largest,
            gradient_mean=mean,
            train_losses=train_losses,
            held_out_losses=held_out_losses,
        )
