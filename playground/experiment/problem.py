"""What a config and its data together ask of a network: inputs, targets, output units, members, and what is drawn."""

from __future__ import annotations

import numpy as np

from playground.cancellation import check
from playground.data.dataset import Dataset, Floats, Scaling
from playground.data.features import input_names, inputs
from playground.data.split import split
from playground.experiment.budget import Budget
from playground.experiment.config import Config, ConfigError
from playground.experiment.ensemble import Member
from playground.experiment.pairing import output_count, resolve
from playground.experiment.part import Part
from playground.experiment.run.evaluation import Evaluation, Scoring, Which
from playground.nn.activations.activation import Array
from playground.nn.layer_arrays import Dense, parameter_count
from playground.nn.network import Network
from playground.options.numerals import counted


class Problem:
    """A data set split, scaled and encoded for the output unit and the loss that the config asks for.

    `members` are the networks of the run and `layers` their shape. `train` is what they learn from; `parts` are what
    they are scored on: of "train", "validation" and "test" one Part for all members, or one for each, or none where
    there are no examples.

    Raises:
        ConfigError: when loss, output unit and data do not go together.
        DataError: when there are too few examples to split.
    """

    def __init__(self, config: Config, dataset: Dataset) -> None:
        self.config, self.dataset = config, dataset
        self._features, self._left_out = config.data.features, config.data.left_out
        self.dtype = np.dtype(config.network.precision)
        self.loss, self.output = resolve(config, len(dataset.classes))
        self.outputs = output_count(self.loss, self.output, len(dataset.classes))
        rows = split(dataset, config.data.train_share, config.data.validation_share, config.data.seed)
        self.input_names = input_names(dataset, self._features, self._left_out)
        if not self.input_names:
            raise ConfigError("data.left_out", "leaves no column for the network to see")
        raw = inputs(dataset, self._features, dataset.X, self._left_out)
        check()
        scale = config.data.standardise
        self.input_scaling = Scaling.of(raw[rows.train]) if scale else Scaling.none(raw.shape[1])
        y = dataset.y[:, None]
        self.target_scaling = Scaling.of(y[rows.train]) if scale and not dataset.classes else Scaling.none(1)
        self.no, self.yes = self.loss.targets(self.output)  # as an output says it
        self.ends = (self.no, self.yes) if dataset.classes else None
        self._noise = config.training.noise
        self.scoring = Scoring(self.loss, self.output, self.ends)
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
        self.budget = self._budget(config)
        _check(config, self)
        self.means = dataset.X[rows.train].mean(axis=0)  # (columns,), where columns that are not drawn are held
        self.rows = rows

    @property
    def examples(self) -> int:
        """How many each member sees in an epoch; all members take as many steps."""
        return min(len(self.train if member.rows is None else member.rows) for member in self.members)

    def inputs(self, X: Floats) -> Floats:
        """(examples, columns) raw to (examples, inputs + 1) as the network sees them."""
        return self._with_ones(inputs(self.dataset, self._features, X, self._left_out))

    def taught(self, targets: Floats) -> Floats:
        """Targets (examples, outputs) as training goes towards them: smoothed, where labels are."""
        return self._noise.smoothed(targets, self.ends)

    def decode(self, outputs: Array) -> Array:
        """Outputs (..., outputs) in the units of the data."""
        return self.target_scaling.invert(outputs) if not self.dataset.classes else outputs

    def evaluate(self, network: Network, name: str, living: Which | None = None) -> Evaluation:
        """The network's scores on "train", "validation" or "test", which must not be empty.

        Of several members only the `living` count, (members,), which are all when not given.
        """
        parts, classes = self.parts[name], bool(self.dataset.classes)
        if network.members == 1:
            return self.scoring.of_one(network, parts[0])
        living = np.ones(network.members, bool) if living is None else living
        if len(parts) == 1:
            return self.scoring.of_members(network, parts[0], living)
        each = [self.scoring.of_one(network.alone(i), part) for i, part in enumerate(parts)]
        losses = np.array([one.loss for one in each])
        return Evaluation.of(losses, np.array([one.accuracy for one in each]) if classes else None, living)

    def losses(self, network: Network) -> Floats:
        """What a run is watched by, (members,): the validation loss, or the training loss where nothing validates."""
        return np.array(self.evaluate(network, "validation" if self.parts["validation"] else "train").losses)

    def grid(self, axes: tuple[int, int], extent: tuple[float, float, float, float], size: int) -> Floats:
        """Inputs (size · size, inputs + 1) at the cell centres of the drawn plane, row by row from the lowest y."""
        x_low, x_high, y_low, y_high = extent
        centres = (np.arange(size) + 0.5) / size
        X = np.tile(self.means, (size * size, 1))
        X[:, axes[1]] = np.repeat(y_low + centres * (y_high - y_low), size)
        X[:, axes[0]] = np.tile(x_low + centres * (x_high - x_low), size)
        return self.inputs(X)

    def along(self, column: int, places: Floats) -> Floats:
        """Inputs (places, inputs + 1) at these places, (places,), of one column, the others held."""
        X = np.tile(self.means, (len(places), 1))
        X[:, column] = places
        return self.inputs(X)

    def _budget(self, config: Config) -> Budget:
        members, noise = self.members, config.training.noise
        alike = all(member.rows is None and member.seed == members[0].seed for member in members)
        return Budget(
            members=len(members),
            count=parameter_count(self.inputs_count, self.layers),
            inputs=self.inputs_count,
            layers=self.layers,
            batch=min(config.training.batch_size, self.examples),
            examples=len(self.dataset),
            size=self.dtype.itemsize,
            shared=alike and not noise.of_examples,
            optimizer=config.training.optimizer,
        )

    def _with_ones(self, raw: Floats) -> Floats:
        check()
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
    penalty_rate = rules.regularizer.rate
    one = Member("", config.network.seed, rules.learning_rate, penalty_rate)
    if ensemble.members == 1 and not ensemble.vary.of_one:
        return [one]
    return ensemble.vary.members(ensemble.members, one, y, classes)


def _check(config: Config, problem: Problem) -> None:
    """Refuse rules of training that the data cannot follow.

    Raises:
        ConfigError: naming the rule.
    """
    rules = config.training
    if rules.stopping.patience is not None and not problem.parts["validation"]:
        words = "{stopping} needs validation examples: give them a share of the data"
        raise ConfigError("training.stopping", words, stopping=rules.stopping.label)
    if rules.optimizer.full_batch and rules.batch_size < len(problem.train):
        raise ConfigError(
            "training.optimizer",
            "{optimizer} needs the full batch: make the mini-batch {count} or more",
            optimizer=rules.optimizer.label,
            count=counted(len(problem.train)),
        )
    excess = problem.budget.excess()
    if excess is not None:
        raise ConfigError(*excess)
