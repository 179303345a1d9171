"""Which units dropout had switched off in the mini-batch last trained on. Knows no screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only


@dataclass(frozen=True, eq=False)
class DroppedUnits(Look):
    """The mask of the mini-batch's first example: per hidden layer (units,), True where a unit was off."""

    layers: tuple[NDArray[np.bool_], ...]


def measure(context: RunContext) -> DroppedUnits | None:
    """This moment's, of what is selected."""
    masks = context.progress.last_masks(context.member)
    if not masks:
        return None
    return DroppedUnits(tuple(read_only(mask[:, 0] == 0.0) for mask in masks))
