"""What happens at the ends of epochs: which weights were best, when to stop, when to lower the rate. Knows no network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.stopping import Stopping
from playground.nn.schedules import Schedule

ENTRIES = {  # by the names that they have in snapshots
    "loss": "loss",
    "epoch": "epoch",
    "lowered": "lowered",
    "share": "share",
    "stopped": "stopped",
    "fallen": "diverged",
    "held_parameters": "frozen_parameters",
    "held_statistics": "frozen_statistics",
}


class EpochMonitor:
    """The best of each member so far, by the loss at the ends of epochs. All arrays have one row or entry a member.

    A member may be frozen: stopped early, at its best, or diverged, where its numbers left the finite ones. From then on it
    stays at the weights that `frozen_parameters` and `frozen_statistics` keep.
    """

    def __init__(self, stopping: Stopping, schedule: Schedule, parameters: Floats, statistics: Floats) -> None:
        members = len(parameters)
        self._stopping, self._schedule = stopping, schedule
        self.loss = np.full(members, np.inf)  # the lowest so far
        self.epoch = np.zeros(members)  # at whose end it was that low
        self.lowered = np.zeros(members)  # at the end of which epoch the rate was last lowered
        self.share = np.ones(members)  # of the rate that is left
        self.stopped = np.zeros(members, bool)
        self.diverged = np.zeros(members, bool)
        self.frozen_parameters = parameters.copy()
        self.frozen_statistics = statistics.copy()

    @property
    def looks(self) -> bool:
        """Whether it wants to know the loss at the end of each epoch."""
        return self.stops or self._schedule.patience is not None

    @property
    def stops(self) -> bool:
        """Whether it may end the run."""
        return self._stopping.patience is not None

    @property
    def frozen(self) -> NDArray[np.bool_]:
        """Which members do not train any more, (members,)."""
        return self.stopped | self.diverged

    @property
    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """All that it has to remember: the arrays themselves. One network that is not watched leaves nothing."""
        if len(self.loss) == 1 and not self.looks:
            return {}
        return {f"watch.{key}": getattr(self, name) for key, name in ENTRIES.items()}

    def look(self, epoch: int, losses: Floats, parameters: Floats, statistics: Floats) -> bool:
        """Take note of the losses at the end of this epoch; True when a rate has changed, or a member has stopped."""
        going = ~self.frozen
        least = self._stopping.improvement
        better = going & (losses < self.loss - least * np.where(np.isfinite(self.loss), np.abs(self.loss), 0.0))
        self.loss[better] = losses[better]
        self.epoch[better] = epoch
        self.frozen_parameters[better] = parameters[better]
        self.frozen_statistics[better] = statistics[better]
        changed = False
        if self._schedule.patience is not None:
            tired = going & (epoch - np.fmax(self.epoch, self.lowered) >= self._schedule.patience)
            self.share[tired] *= self._schedule.drop
            self.lowered[tired] = epoch
            changed = bool(tired.any())
        if self._stopping.patience is not None:
            ending = going & (epoch - self.epoch >= self._stopping.patience)
            self.stopped |= ending
            changed = changed or bool(ending.any())
        return changed

    def drop(self, members: NDArray[np.bool_], parameters: Floats, statistics: Floats) -> None:
        """These have left the finite numbers: hold them where they were last good."""
        self.diverged |= members
        self.frozen_parameters[members] = parameters[members]
        self.frozen_statistics[members] = statistics[members]
