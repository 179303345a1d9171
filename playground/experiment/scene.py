"""What stays the same for the whole of a run: the examples and the part of the input plane that is drawn. Knows no network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Dataset, Floats
from playground.experiment.looks.look import read_only
from playground.experiment.problem import Problem
from playground.options.message import Message


@dataclass(frozen=True)
class Scene:
    """What stays the same for the whole of a run: the examples and the part of the input plane that is drawn.

    Attributes:
        origin, note: where the data come from, and what reading them left out.
        input_names: what enters the network, (inputs,) names.
        columns: names of the raw columns; `axes` are the indices of the two drawn, (horizontal, vertical).
            Where both are the same, as with one column only, the map is constant from top to bottom: see `graph`.
        held: a sentence for the axis where other columns are held at their mean, else "".
        extent: (x minimum, x maximum, y minimum, y maximum) of the maps, in raw units.
        classes: class names, () for regression.
        target: what is predicted.
        output, loss: labels of the output unit and of the loss, after "automatic" has been decided.
        remark: a sentence when output and loss do not match, else NOTHING.
        low, high: the output values that stand for no and yes; for regression the range of the training targets.
        train_points, validation_points, test_points: (examples, 2) raw coordinates along the two axes. Over one column
            the second is the target: the number, or what stands for no and yes; of more classes a place of no meaning.
        train_y, validation_y, test_y: (examples,) class index or number.
        steps_per_epoch: mini-batches in one epoch.
        members: what each network of the run is called by; one network has no name.
        validated: whether there is a validation loss.
    """

    origin: str
    note: str
    input_names: tuple[str, ...]
    columns: tuple[str, ...]
    axes: tuple[int, int]
    held: str
    extent: tuple[float, float, float, float]
    classes: tuple[str, ...]
    target: str
    output: str
    loss: str
    remark: Message
    low: float
    high: float
    train_points: Floats
    validation_points: Floats
    test_points: Floats
    train_y: Floats
    validation_y: Floats
    test_y: Floats
    steps_per_epoch: int
    members: tuple[str, ...]
    validated: bool

    @property
    def graph(self) -> bool:
        """Whether the one answer to a single input can be drawn as a line over it."""
        return self.axes[0] == self.axes[1] and len(self.classes) <= 2


def scene_of(problem: Problem, axes: tuple[int, int]) -> Scene:
    """What is drawn of a problem over these columns, (horizontal, vertical), which there are."""
    config, data = problem.config, problem.dataset
    train, validation, test = problem.rows
    unseen = () if data.plane else config.data.left_out
    held = [name for index, name in enumerate(data.columns) if index not in axes and name not in unseen]
    low, high = (
        (problem.no, problem.yes) if data.classes else (float(problem.train.y.min()), float(problem.train.y.max()))
    )
    single = axes[0] == axes[1]
    drawn = _over_a_column(data, axes[0], low, high) if single else data.X[:, axes]
    ends = [[drawn[0, 0], low], [drawn[0, 0], high]] if single else drawn[:0]  # that any answer may reach
    return Scene(
        origin=data.origin,
        note=data.note,
        input_names=problem.input_names,
        columns=data.columns,
        axes=axes,
        held=_held_sentence(held),
        extent=_extent(np.vstack([drawn, ends]), data.plane and not single),
        classes=data.classes,
        target=data.target,
        output=problem.output.label,
        loss=problem.loss.label,
        remark=problem.loss.remark(problem.output, bool(data.classes)),
        low=low,
        high=high if high > low else low + 1.0,
        train_points=read_only(drawn[train]),
        validation_points=read_only(drawn[validation]),
        test_points=read_only(drawn[test]),
        train_y=read_only(data.y[train]),
        validation_y=read_only(data.y[validation]),
        test_y=read_only(data.y[test]),
        steps_per_epoch=-(-problem.examples // min(config.training.batch_size, problem.examples)),
        members=tuple(member.name for member in problem.members),
        validated=bool(problem.parts["validation"]),
    )


def _over_a_column(data: Dataset, column: int, low: float, high: float) -> Floats:
    """Each example at its value there and its target, or of more than two classes anywhere between the ends, (examples, 2)."""
    x, y = data.X[:, column], data.y
    match len(data.classes):
        case 0:
            heights = y
        case 2:
            heights = np.where(y == 1.0, high, low)
        case _:
            heights = low + (high - low) * (np.arange(len(x)) * 0.618034 % 1.0)  # well spread
    return np.column_stack([x, heights])


def _extent(drawn: Floats, plane: bool) -> tuple[float, float, float, float]:
    """The part of the plane to draw: all points and a margin; for coordinates a square around 0."""
    if plane:
        reach = 1.08 * float(np.abs(drawn).max()) or 1.0
        return -reach, reach, -reach, reach
    low, high = drawn.min(axis=0), drawn.max(axis=0)
    margin = np.where(high > low, 0.06 * (high - low), 0.5)
    low, high = low - margin, high + margin
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def _held_sentence(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) > 3:
        return f"the {len(names)} other columns held at their mean"
    return f"{', '.join(names)} held at {'its' if len(names) == 1 else 'their'} mean"
