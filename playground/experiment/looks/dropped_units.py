"""Which units dropout had switched off in the mini-batch last trained on. Knows no screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.experiment.looks.look import Inside, Look, frozen


@dataclass(frozen=True, eq=False)
class Dropped(Look):
    """The mask of the mini-batch's first example: per hidden layer (units,), True where a unit was off."""

    need = "dropped"

    layers: tuple[NDArray[np.bool_], ...]

    @classmethod
    def take(cls, inside: Inside) -> Dropped | None:
        masks = inside.progress.last_masks(inside.member)
        if not masks:
            return None
        return cls(tuple(frozen(mask[:, 0] == 0.0) for mask in masks))
