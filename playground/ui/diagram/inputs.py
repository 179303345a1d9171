"""What can enter a network, and what of it does: features of the plane, or columns of a table. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtGui import QImage

from playground.data.features import FEATURES
from playground.experiment.config import Config
from playground.experiment.scene import Scene
from playground.ui.diagram.colours import coloured
from playground.ui.theme import Theme

SKETCH = 64  # pixels, of the picture of a feature


@dataclass(frozen=True)
class Inputs:
    """Candidates in the order in which they stand below one another.

    Attributes:
        names: what each is called.
        keys: by what name the config knows each.
        chosen: which of them the network sees; at least one.
        plane: whether they are features, of which the config says the chosen ones, or columns, of which it says the
            others.
    """

    names: tuple[str, ...]
    keys: tuple[str, ...]
    chosen: tuple[bool, ...]
    plane: bool

    @classmethod
    def of(cls, config: Config, scene: Scene | None) -> Inputs:
        """The candidates of a config; the columns of a table are known from the scene of its run."""
        data = config.data
        if data.source.plane or scene is None:
            names = tuple(feature.label for feature in FEATURES.values())
            return cls(names, tuple(FEATURES), tuple(key in data.features for key in FEATURES), True)
        columns = scene.columns
        return cls(columns, columns, tuple(name not in data.left_out for name in columns), False)

    @property
    def count(self) -> int:
        return sum(self.chosen)

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows of what enters the network, in the network's order, and then those of the others."""
        return tuple(sorted(range(len(self.names)), key=lambda row: not self.chosen[row]))

    def toggled(self, row: int) -> tuple[str, tuple[str, ...]] | None:
        """The field of the config that takes a candidate in or leaves it out, and its new value.

        None where that would leave the network without any input.
        """
        if self.chosen[row] and self.count == 1:
            return None
        kept = [at for at, chosen in enumerate(self.chosen) if (chosen != (at == row)) == self.plane]
        return "data.features" if self.plane else "data.left_out", tuple(self.keys[at] for at in kept)


@lru_cache(maxsize=64)
def sketch(feature: str, extent: tuple[float, float, float, float], theme: Theme) -> QImage:
    """What a feature is over the plane."""
    x_low, x_high, y_low, y_high = extent
    x, y = np.meshgrid(np.linspace(x_low, x_high, SKETCH), np.linspace(y_high, y_low, SKETCH))
    values = FEATURES[feature]().value(np.column_stack([x.ravel(), y.ravel()]))
    levels = (values / (np.abs(values).max() or 1.0) * 127.5 + 127.5).astype(np.uint8).reshape(SKETCH, SKETCH)
    pixels = coloured(levels[None], theme.map_table())
    return QImage(pixels.data, SKETCH, SKETCH, QImage.Format.Format_RGB32).copy()
