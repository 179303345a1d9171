"""What a config and its data together ask of a network: inputs, targets, output unit, loss, and how an answer is scored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Dataset, Floats, Scaling
from playground.data.features import input_names, inputs
from playground.data.split import Indices, split
from playground.experiment.config import FULL_BATCH, Config, ConfigError
from playground.experiment.ensemble import BySeed, Member, Ranged
from playground.experiment.frame import Scene
from playground.experiment.look import frozen
from playground.experiment.watch import EarlyStopping
from playground.nn.activations import Activation, Array, Sigmoid, Softmax
from playground.nn.losses import BinaryCrossEntropy, CrossEntropy, Loss, SquaredError
from playground.nn.network import Dense, Network, parameter_count
from playground.options import with_value

Which = NDArray[np.bool_]  # of the members
OfMean = tuple[float, float | None] | None


@dataclass(frozen=True)
class Evaluation:
    """How a network does on a part of the data; of several members the mean, and how far they differ.

    Attributes:
        loss: mean over the examples.
        accuracy: for classes the share that is classified right.
        loss_spread, accuracy_spread: standard deviation over the members.
        losses, accuracies: those of each member; loss and accuracy leave out members that have diverged.
        of_mean: loss and accuracy of the members' mean answer; None where members are not asked about the same examples.

    Members that have fallen count in nothing but `losses` and `accuracies`.
    """

    loss: float
    accuracy: float | None
    loss_spread: float
    accuracy_spread: float | None
    losses: tuple[float, ...]
    accuracies: tuple[float, ...] | None
    of_mean: tuple[float, float | None] | None

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


class Part:
    """Some of the examples as the network sees them."""

    def __init__(self, X: Floats, targets: Floats, y: Floats) -> None:
        self.X = X  # (examples, inputs + 1), the last column all ones
        self.targets = targets  # (examples, outputs)
        self.y = y  # (examples,) class index or number, as in the data

    def __len__(self) -> int:
        return len(self.X)

    def some(self, rows: Indices) -> Part:
        """Only the examples at these positions."""
        return Part(self.X[rows], self.targets[rows], self.y[rows])


class Problem:
    """A data set split, scaled and encoded for the output unit and the loss that the config asks for.

    `members` are the networks of the run and `layers` their shape. `train` is what they learn from; `parts` are what
    they are scored on: of "train", "validation" and "test" one Part for all members, or one for each, or none where
    there are no examples.

    Raises:
        ConfigError: when loss, output unit and data do not go together, or an axis is not a column.
        DataError: when there are too few examples to split.
    """

    def __init__(self, config: Config, dataset: Dataset) -> None:
        self.dataset = dataset
        self.features = config.data.features
        self.dtype = np.dtype(config.network.precision)
        self.loss, self.output = resolve(config, len(dataset.classes))
        self.outputs = output_count(self.loss, self.output, len(dataset.classes))
        rows = split(dataset, config.data.train_share, config.data.validation_share, config.data.seed)
        raw = inputs(dataset, self.features, dataset.X)
        scale = config.data.standardise
        self.input_scaling = Scaling.of(raw[rows.train]) if scale else Scaling.none(raw.shape[1])
        y = dataset.y[:, None]
        self.target_scaling = Scaling.of(y[rows.train]) if scale and not dataset.classes else Scaling.none(1)
        self.no, self.yes = self.loss.targets(self.output)  # as an output says it
        self.ends = (self.no, self.yes) if dataset.classes else None
        targets = self._encode(dataset.y)
        train, validation, test = (Part(self._with_ones(raw[i]), targets[i], dataset.y[i]) for i in rows)
        self.train = train
        self.members = _members(config, train.y, bool(dataset.classes))
        self.parts = {"train": [train], "validation": [validation] if len(validation) else [], "test": [test]}
        if any(member.held_out is not None for member in self.members):  # each is scored on what it has not seen
            self.parts["train"] = [train if m.rows is None else train.some(m.rows) for m in self.members]
            self.parts["validation"] = [train if m.held_out is None else train.some(m.held_out) for m in self.members]
        self.inputs_count = train.X.shape[1] - 1
        self.layers = [
            *(Dense(layer.units, layer.activation, layer.normalization) for layer in config.network.hidden),
            Dense(self.outputs, self.output),
        ]
        _check(config, self)
        self.means = dataset.X[rows.train].mean(axis=0)  # (columns,), where columns that are not drawn are held
        self.rows = rows

    @property
    def examples(self) -> int:
        """How many each member sees in an epoch; all members take as many steps."""
        return min(len(self.train if member.rows is None else member.rows) for member in self.members)

    def inputs(self, X: Floats) -> Floats:
        """(examples, columns) raw to (examples, inputs + 1) as the network sees them."""
        return self._with_ones(inputs(self.dataset, self.features, X))

    def decode(self, outputs: Array) -> Array:
        """Outputs (..., outputs) in the units of the data."""
        return self.target_scaling.invert(outputs) if not self.dataset.classes else outputs

    def evaluate(self, network: Network, name: str, living: Which | None = None) -> Evaluation:
        """The network's scores on "train", "validation" or "test", which must not be empty.

        Of several members only the `living` count, (members,), which are all when not given.
        """
        parts, classes = self.parts[name], bool(self.dataset.classes)
        if network.members == 1:
            return self._evaluate_one(network, parts[0])
        living = np.ones(network.members, bool) if living is None else living
        if len(parts) == 1:
            return self._evaluate(network, parts[0], living)
        each = [self._evaluate_one(network.alone(i), part) for i, part in enumerate(parts)]
        losses = np.array([one.loss for one in each])
        return Evaluation.of(losses, np.array([one.accuracy for one in each]) if classes else None, living)

    def losses(self, network: Network) -> Floats:
        """What a run is watched by, (members,): the validation loss, or the training loss where nothing validates."""
        return np.array(self.evaluate(network, "validation" if self.parts["validation"] else "train").losses)

    def _evaluate_one(self, network: Network, part: Part) -> Evaluation:
        losses, right = np.empty(len(part)), 0
        for chunk, work in network.passes(part.X):
            h = work.outputs(part.X[chunk].T)
            losses[chunk] = self.loss.value(self.output, work.output.z, h, part.targets[chunk].T)
            if self.dataset.classes:
                right += int(np.count_nonzero(self._classes(h) == part.y[chunk]))
        accuracy = right / len(part) if self.dataset.classes else None
        return Evaluation.alone(float(np.add.reduce(losses)) / len(part), accuracy)

    def _evaluate(self, network: Network, part: Part, living: Which) -> Evaluation:
        losses, of_mean = np.empty((network.members, len(part))), np.empty(len(part))
        right, right_of_mean = np.zeros(network.members), 0
        for chunk, work in network.passes(part.X):
            h = work.outputs(part.X[chunk].T)
            targets, y = part.targets[chunk].T, part.y[chunk]
            mean = h[living].mean(axis=0)
            losses[:, chunk] = self.loss.value(self.output, work.output.z, h, targets)
            of_mean[chunk] = self.loss.value(self.output, _before(self.output, mean), mean, targets)
            if self.dataset.classes:
                right += np.add.reduce(self._classes(h) == y, axis=-1)
                right_of_mean += int(np.count_nonzero(self._classes(mean) == y))
        means = np.add.reduce(losses, axis=1) / len(part)
        if not self.dataset.classes:
            return Evaluation.of(means, None, living, (float(of_mean.mean()), None))
        return Evaluation.of(means, right / len(part), living, (float(of_mean.mean()), right_of_mean / len(part)))

    def _classes(self, h: Array) -> NDArray[Any]:
        """Which class outputs (..., outputs, examples) name: (..., examples)."""
        named: NDArray[Any] = h.argmax(axis=-2) if self.outputs > 1 else h[..., 0, :] > (self.no + self.yes) / 2.0
        return named

    def scene(self, config: Config) -> Scene:
        """What stays the same for a whole run.

        Raises:
            ConfigError: when an axis to draw is not a column of the data.
        """
        data = self.dataset
        axes = self._axes(config)
        drawn = data.X[:, axes]
        train, validation, test = self.rows
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
            train_points=frozen(drawn[train]),
            validation_points=frozen(drawn[validation]),
            test_points=frozen(drawn[test]),
            train_y=frozen(data.y[train]),
            validation_y=frozen(data.y[validation]),
            test_y=frozen(data.y[test]),
            steps_per_epoch=-(-self.examples // min(config.training.batch_size, self.examples)),
            members=tuple(member.name for member in self.members),
            validated=bool(self.parts["validation"]),
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
        scaled = np.ones((len(raw), raw.shape[1] + 1), self.dtype)
        self.input_scaling.apply(raw, scaled[:, :-1])
        return scaled

    def _encode(self, y: Floats) -> Floats:
        """Targets (examples, outputs): scaled numbers, or the values that stand for no and yes."""
        if not self.dataset.classes:
            return self.target_scaling.apply(y[:, None]).astype(self.dtype)
        is_class = y[:, None] == (np.arange(self.outputs) if self.outputs > 1 else 1)
        return np.where(is_class, self.yes, self.no).astype(self.dtype)


def _members(config: Config, y: Floats, classes: bool) -> list[Member]:
    """The networks of a run; y (examples,) are the answers of the training part."""
    rules, ensemble = config.training, config.ensemble
    penalty_rate = getattr(rules.regularizer, "rate", None)
    one = Member("", config.network.seed, rules.learning_rate, penalty_rate)
    if ensemble.members == 1 and isinstance(ensemble.vary, BySeed | Ranged):
        return [one]
    return ensemble.vary.members(ensemble.members, one, y, classes)


def _check(config: Config, problem: Problem) -> None:
    """Refuse rules of training that the data cannot follow.

    Raises:
        ConfigError: naming the rule.
    """
    rules = config.training
    if isinstance(rules.stopping, EarlyStopping) and not problem.parts["validation"]:
        raise ConfigError(
            "training.stopping", "early stopping needs validation examples: give them a share of the data"
        )
    count, members = parameter_count(problem.inputs_count, problem.layers), len(problem.members)
    if count * math.sqrt(members) > rules.optimizer.largest:  # it fills a table of count by count for each member
        raise ConfigError(
            "training.optimizer",
            f"{rules.optimizer.label} is for small networks, of at most {rules.optimizer.largest:,} weights and biases; "
            f"this has {count:,}" + (f", and {members} members" if members > 1 else ""),
        )
    if rules.optimizer.full_batch and rules.batch_size < len(problem.train):
        raise ConfigError(
            "training.optimizer",
            f"{rules.optimizer.label} needs the full batch: make the mini-batch {len(problem.train):,} or more",
        )


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

    `classes` is how many the data have, 0 for a number to predict. An optimizer that needs the full batch gets it.
    """
    if config.training.optimizer.full_batch:
        config = with_value(config, "training.batch_size", FULL_BATCH)
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


def _before(output: Activation, h: Array) -> Array:
    """A pre-activation that leads to these outputs, for losses that are computed from it."""
    tiny = np.finfo(h.dtype).tiny
    match output:
        case Sigmoid():
            return np.log(np.maximum(h, tiny)) - np.log(np.maximum(1.0 - h, tiny))
        case Softmax():
            return np.log(np.maximum(h, tiny))
        case _:
            return h


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
