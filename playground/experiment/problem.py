"""What a config and its data together ask of a network: inputs, targets, output unit, loss, and how an answer is scored."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from playground.data.dataset import Dataset, Floats, Scaling, split
from playground.data.features import input_names, inputs
from playground.experiment.config import Config, ConfigError
from playground.experiment.frame import Scene
from playground.nn.activations import Activation, Array, Sigmoid, Softmax
from playground.nn.losses import BinaryCrossEntropy, CrossEntropy, Loss, SquaredError
from playground.nn.network import Network
from playground.options import with_value


class Evaluation(NamedTuple):
    """Mean loss over the examples, and for classes the share that is classified right."""

    loss: float
    accuracy: float | None


class Part:
    """The training or the test examples as the network sees them."""

    def __init__(self, X: Floats, targets: Floats, y: Floats) -> None:
        self.X = X  # (examples, inputs + 1), the last column all ones
        self.targets = targets  # (examples, outputs)
        self.y = y  # (examples,) class index or number, as in the data

    def __len__(self) -> int:
        return len(self.X)


class Problem:
    """A data set split, scaled and encoded for the output unit and the loss that the config asks for.

    Raises:
        ConfigError: when loss, output unit and data do not go together, or an axis is not a column.
        DataError: when there are too few examples to split.
    """

    def __init__(self, config: Config, dataset: Dataset) -> None:
        self.dataset = dataset
        self.features = config.data.features
        self.loss, self.output = resolve(config, len(dataset.classes))
        self.outputs = output_count(self.loss, self.output, len(dataset.classes))
        train, test = split(len(dataset), config.data.train_share, np.random.default_rng([config.data.seed, 1]))
        raw = inputs(dataset, self.features, dataset.X)
        scale = config.data.standardise
        self.input_scaling = Scaling.of(raw[train]) if scale else Scaling.none(raw.shape[1])
        y = dataset.y[:, None]
        self.target_scaling = Scaling.of(y[train]) if scale and not dataset.classes else Scaling.none(1)
        self.no, self.yes = self.loss.targets(self.output)  # as an output says it
        targets = self._encode(dataset.y)
        self.train = Part(self._with_ones(raw[train]), targets[train], dataset.y[train])
        self.test = Part(self._with_ones(raw[test]), targets[test], dataset.y[test])
        self.means = dataset.X[train].mean(axis=0)  # (columns,), where columns that are not drawn are held
        self.indices = (train, test)

    def inputs(self, X: Floats) -> Floats:
        """(examples, columns) raw to (examples, inputs + 1) as the network sees them."""
        return self._with_ones(inputs(self.dataset, self.features, X))

    def decode(self, outputs: Array) -> Array:
        """Outputs (..., outputs) in the units of the data."""
        return self.target_scaling.invert(outputs) if not self.dataset.classes else outputs

    def evaluate(self, network: Network, part: Part) -> Evaluation:
        """The network's scores on a part; it has one member."""
        total, right = 0.0, 0
        middle = (self.no + self.yes) / 2.0
        for chunk, work in network.passes(part.X):
            h = work.outputs(part.X[chunk].T)
            total += float(self.loss.value(self.output, work.output.z, h, part.targets[chunk].T).sum())
            if self.dataset.classes:
                predicted = h.argmax(axis=0) if self.outputs > 1 else h[0] > middle
                right += int(np.count_nonzero(predicted == part.y[chunk]))
        return Evaluation(total / len(part), right / len(part) if self.dataset.classes else None)

    def scene(self, config: Config) -> Scene:
        """What stays the same for a whole run.

        Raises:
            ConfigError: when an axis to draw is not a column of the data.
        """
        data = self.dataset
        axes = self._axes(config)
        drawn = data.X[:, axes]
        train, test = self.indices
        held = [name for index, name in enumerate(data.columns) if index not in axes]
        low, high = (self.no, self.yes) if data.classes else (float(self.train.y.min()), float(self.train.y.max()))
        return Scene(
            origin=data.origin,
            note=data.note,
            input_names=input_names(data, self.features),
            columns=data.columns,
            axes=axes,
            held=_held_sentence(held),
            extent=_extent(drawn, data.plane),
            classes=data.classes,
            target=data.target,
            output=self.output.label,
            loss=self.loss.label,
            remark=self.loss.remark(self.output),
            low=low,
            high=high if high > low else low + 1.0,
            train_points=_frozen(drawn[train]),
            test_points=_frozen(drawn[test]),
            train_y=_frozen(data.y[train]),
            test_y=_frozen(data.y[test]),
            steps_per_epoch=-(-len(train) // min(config.training.batch_size, len(train))),
        )

    def grid(self, axes: tuple[int, int], extent: tuple[float, float, float, float], size: int) -> Floats:
        """Inputs (size · size, inputs + 1) at the cell centres of the drawn plane, row by row from the lowest y."""
        x_low, x_high, y_low, y_high = extent
        centres = (np.arange(size) + 0.5) / size
        X = np.tile(self.means, (size * size, 1))
        X[:, axes[1]] = np.repeat(y_low + centres * (y_high - y_low), size)
        X[:, axes[0]] = np.tile(x_low + centres * (x_high - x_low), size)
        return self.inputs(X)

    def _axes(self, config: Config) -> tuple[int, int]:
        columns = len(self.dataset.columns)
        if columns == 1:
            return 0, 0
        for name in ("x_axis", "y_axis"):
            index = getattr(config.display, name)
            if index >= columns:
                raise ConfigError(
                    f"display.{name}", f"the data have {columns} columns, counted from 0; there is no {index}"
                )
        return config.display.x_axis, config.display.y_axis

    def _with_ones(self, raw: Floats) -> Floats:
        scaled = np.ones((len(raw), raw.shape[1] + 1))
        scaled[:, :-1] = self.input_scaling.apply(raw)
        return scaled

    def _encode(self, y: Floats) -> Floats:
        """Targets (examples, outputs): scaled numbers, or the values that stand for no and yes."""
        if not self.dataset.classes:
            return self.target_scaling.apply(y[:, None])
        is_class = y[:, None] == (np.arange(self.outputs) if self.outputs > 1 else 1)
        return np.where(is_class, self.yes, self.no)


def resolve(config: Config, classes: int) -> tuple[Loss, Activation]:
    """Loss and output unit, "automatic" decided: the matched pair for the problem. `classes` = 0 means regression.

    Raises:
        ConfigError: when the pair makes no sense, or not for this problem.
    """
    loss, output = config.training.loss, config.network.output
    if loss is None:
        loss = _loss_for(output, classes)
    if output is None:
        output = loss.match(classes)
    if reason := loss.refusal(output, classes=bool(classes)):
        raise ConfigError("training.loss", reason)
    if not classes and isinstance(output, Softmax):
        raise ConfigError("network.output", "softmax needs classes: a single softmax output is always 1")
    return loss, output


def fitting(config: Config, classes: int) -> Config:
    """The config, with output unit, loss or both automatic where they cannot work with each other or with the data.

    `classes` is how many the data have, 0 for a number to predict.
    """
    free_output: Config = with_value(config, "network.output", None)
    free_loss: Config = with_value(config, "training.loss", None)
    candidates = (config, free_output, free_loss)
    free: Config = with_value(free_output, "training.loss", None)
    return next((candidate for candidate in candidates if not refusal(candidate, classes)), free)


def refusal(config: Config, classes: int) -> str:
    """Why loss and output unit of this config make no sense; empty where they do."""
    try:
        resolve(config, classes)
    except ConfigError as error:
        return error.reason
    return ""


def output_count(loss: Loss, output: Activation, classes: int) -> int:
    """Output units: one for a number or a yes-or-no answer, else one per class."""
    if classes > 2 or (classes == 2 and (isinstance(output, Softmax) or isinstance(loss, CrossEntropy))):
        return classes
    return 1


def _loss_for(output: Activation | None, classes: int) -> Loss:
    """The loss that matches the output unit, or else the problem."""
    if not classes:
        return SquaredError()
    match output:
        case None:
            return CrossEntropy() if classes > 2 else BinaryCrossEntropy()
        case Softmax():
            return CrossEntropy()
        case Sigmoid():
            return BinaryCrossEntropy()
        case _:
            return SquaredError()


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


def _frozen(array: Floats) -> Floats:
    array.setflags(write=False)
    return array
