"""All that any view draws, as one frozen value that may cross from the training thread to the window."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from playground.experiment.config import DisplayConfig
from playground.experiment.looks.look import Look
from playground.experiment.looks.measuring import Failure
from playground.experiment.selection import Selection
from playground.options.message import Message

Floats = NDArray[np.floating]

Kind = TypeVar("Kind", bound=Look)

MAP_SIZE = 96  # cells along each side of a map


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
        remark: a sentence when output and loss do not match, else "".
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
    remark: str
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


@dataclass(frozen=True)
class Curves:
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


@dataclass(frozen=True)
class Divergence:
    """Where a run left the finite numbers."""

    step: int
    layer: int  # counted from 0, the output layer last
    message: Message  # one sentence for the user


@dataclass(frozen=True)
class Frame:
    """One moment of a run; every array is read-only. Parts that no visible view needs are None.

    Attributes:
        run: counts restarts; a frame of an older run is not drawn.
        epoch, step: finished epochs, and steps since the start; `step_in_epoch` counts within the current epoch.
        scores: the current scores; where taking them is slow, those of the last record.
        scene: shared by all frames of a run.
        member: which member `weights` and `unit_maps` are of, counted from 0.
        weights: per layer (rows, inputs + 1), the last column the bias. Hidden layers first, the output layer last.
        gradient_now: (layers, 3) norm, largest, mean of the last mini-batch's weight gradient; NaN before the first step.
            Of several members the mean.
        curves: the history, when needed, and after its last record the moment of the scores.
        outputs: (outputs, MAP_SIZE, MAP_SIZE) output values over the plane, in raw units for regression; row 0 is the
            lowest y, column 0 the lowest x. Of several members the mean.
        disagreement: as `outputs`, the standard deviation over the members; None where there is one.
        unit_maps: for inputs and each hidden layer and the output layer: (units, MAP_SIZE, MAP_SIZE) activations, those
            of the output layer in raw units.
        comparable_from: the step of the last break in the losses, by a weight set by hand or by another loss, 0 for none.
        divergence: set when the run has diverged.
        ending: a sentence when the run has ended by itself, else "".
        diverged: members that have left the finite numbers, counted from 0, while others go on.
        looks: what else the visible views have asked for, one of a kind.
        failures: what of all that could not be measured.
    """

    run: int
    epoch: int
    step: int
    step_in_epoch: int
    scores: Scores
    scene: Scene
    member: int
    weights: tuple[Floats, ...]
    gradient_now: Floats
    curves: Curves | None
    outputs: Floats | None
    disagreement: Floats | None
    unit_maps: tuple[Floats, ...] | None
    comparable_from: int
    divergence: Divergence | None
    ending: str
    diverged: tuple[int, ...]
    looks: tuple[Look, ...] = ()
    failures: tuple[Failure, ...] = ()

    def look(self, kind: type[Kind]) -> Kind | None:
        """The look of this kind; None where nobody has asked for it, or the run has none."""
        return next((look for look in self.looks if isinstance(look, kind)), None)

    def selected(self, display: DisplayConfig) -> Selection:
        """What the display chooses of this moment's network and examples."""
        layers = [weights.shape for weights in self.weights]
        return Selection.of(display, layers, max(len(self.scene.members), 1), len(self.scene.train_y))

    def failure(self, needs: frozenset[str]) -> Failure | None:
        """The first of these needs that could not be measured; None where all could."""
        return next((failure for failure in self.failures if failure.what in needs), None)


CURVES = "curves"
OUTPUTS = "outputs"
UNITS = "units"
NEEDS = frozenset({CURVES, OUTPUTS, UNITS})  # what a view may ask for, beside the needs of looks
