"""What a map of the plane can be of: a number at each place, or a class. Knows no frame and no config."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playground.experiment.scene import Scene
from playground.options.numerals import trimmed
from playground.ui.plots.heat_map import Floats, Pixels, blended, class_colours, contour, finer, predicted
from playground.ui.plots.key import Key
from playground.ui.plots.plane import Plane
from playground.ui.theme import Theme


@dataclass(frozen=True)
class Quantity:
    """A unit's activations, a predicted number, or how far answers spread.

    Attributes:
        values: (1, cells, cells).
        levels: those at both ends of the colours.
        table: a theme's colours between them, (256, 3).
        title: beside the bar of colours.
        lead: before the value at a place.
    """

    values: Floats
    levels: tuple[float, float]
    table: Callable[[Theme], Pixels]
    title: str
    lead: str

    def draw(self, plane: Plane, key: Key, theme: Theme) -> None:
        """As colours on the plane, with a bar of them as its key."""
        table = self.table(theme)
        plane.show_map(self.values[0], self.levels, table)
        key.show_bar(self.title, self.levels, table, ())

    def told(self, here: Floats) -> str:
        """The value at a place, (1,)."""
        return f"{self.lead} {trimmed(here[0])}"


@dataclass(frozen=True)
class Graph:
    """A predicted number over a single input.

    Attributes:
        values: (1, cells, cells), of which one row is like any other.
    """

    values: Floats
    scene: Scene

    def draw(self, plane: Plane, key: Key, theme: Theme) -> None:
        """As a line, with the bar of the points' colours as its key."""
        plane.clear_map()
        plane.show_answer(self.values[0, 0])
        key.show_bar(self.scene.target, (self.scene.low, self.scene.high), theme.value_table(), ())

    def told(self, here: Floats) -> str:
        """The value at a place, (1,)."""
        return f"{self.scene.target} {trimmed(here[0])}"


@dataclass(frozen=True)
class Decision:
    """Between classes; `hard` colours each place by its predicted class, else by how far the outputs say so.

    Attributes:
        values: outputs, (1, cells, cells) of two classes or (classes, cells, cells).
        lead: before the output at a place.
    """

    values: Floats
    scene: Scene
    hard: bool
    lead: str

    def draw(self, plane: Plane, key: Key, theme: Theme) -> None:
        """With the border between two classes, where one output decides; with a bar or the classes as its key."""
        levels = self.scene.low, self.scene.high
        if self.hard:
            plane.show_pixels(class_colours()[predicted(finer(self.values), self.scene)])
            key.show_classes(self.scene.classes)
        elif len(self.values) > 1:
            plane.show_pixels(blended(self.values, self.scene, theme))
            key.show_classes(self.scene.classes)
        else:
            table = theme.map_table()
            plane.show_map(self.values[0], levels, table, contour(self.values[0], sum(levels) / 2.0, plane.extent))
            key.show_bar(self.scene.target, levels, table, self.scene.classes)
            if self.scene.graph:
                plane.show_answer(self.values[0, 0])

    def told(self, here: Floats) -> str:
        """The largest output at a place of outputs (outputs,), and the class that they predict."""
        best = int(predicted(here[:, None, None], self.scene)[0, 0])
        return f"{self.lead} {trimmed(here[best if len(here) > 1 else 0])} → {self.scene.classes[best]}"


def at(values: Floats, x: float, y: float, extent: tuple[float, float, float, float]) -> Floats:
    """Of maps (maps, cells, cells) the values at a place of the plane, (maps,); none outside."""
    x_low, x_high, y_low, y_high = extent
    if not (x_low <= x <= x_high and y_low <= y <= y_high):
        return values[:0, 0, 0]
    rows, columns = values.shape[1:]
    row = min(int((y - y_low) / (y_high - y_low) * rows), rows - 1)
    column = min(int((x - x_low) / (x_high - x_low) * columns), columns - 1)
    return values[:, row, column]
