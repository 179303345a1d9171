"""All that an experiment is set to, as one frozen value. Knows no network, no arrays and no screen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

from playground.data.dataset import Source
from playground.data.features import FEATURES
from playground.data.generators import Circle
from playground.data.sources import SOURCES
from playground.experiment.ensemble import VARIATIONS, BySeed, Variation
from playground.experiment.stopping import STOPPINGS, NoStopping, Stopping
from playground.nn.activations import ACTIVATIONS, OUTPUTS, Activation, Tanh
from playground.nn.clipping import CLIPPINGS, Clipping, NoClipping
from playground.nn.initializers import INITIALIZERS, Initializer, Xavier
from playground.nn.losses import LOSSES, Loss
from playground.nn.noise import Noise
from playground.nn.normalizations import NORMALIZATIONS, NoNormalization, Normalization
from playground.nn.optimizers import OPTIMIZERS, SGD, Optimizer
from playground.nn.regularizers import REGULARIZERS, NoRegularizer, Regularizer
from playground.nn.schedules import SCHEDULES, Constant, Schedule
from playground.options import ConfigError as ConfigError
from playground.options import Options, choice, flag, integer, items, names, number, section, subset, text

MAX_LAYERS = 10
MAX_UNITS = 32
MAX_MEMBERS = 256
FULL_BATCH = 1_000_000  # as many examples as there can be
MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class Layer(Options):
    """A hidden layer."""

    units: int = integer(4, 1, MAX_UNITS, "units", "Number of units of this layer.")
    activation: Activation = choice(Tanh(), ACTIVATIONS, "activation", "What each unit does with its pre-activation.")
    normalization: Normalization = choice(
        NoNormalization(), NORMALIZATIONS, "normalisation", "Brings what flows through the layer back to size."
    )


@dataclass(frozen=True)
class DataConfig(Options):
    """Which examples, and how they are prepared."""

    source: Source = choice(Circle(), SOURCES, "data set", "Where the examples come from.")
    train_share: float = number(
        0.5,
        0.1,
        0.9,
        "training share",
        "Share of the examples used for training; what neither trains nor validates is for the test. Data with test "
        "examples of their own keep these, and train on all others that do not validate.",
    )
    validation_share: float = number(
        0.0,
        0.0,
        0.8,
        "validation share",
        "Share of the examples that decide when to stop or to lower the rate, so that the test is left for the end.",
    )
    features: tuple[str, ...] = subset(
        ("x1", "x2"),
        tuple(FEATURES),
        "inputs",
        "What the network sees of a point of the plane; a table feeds all its columns but those left out.",
    )
    left_out: tuple[str, ...] = names(
        (),
        "left out",
        "Columns of a table that the network does not see; names that the data do not have count for nothing.",
    )
    standardise: bool = flag(
        True,
        "standardise",
        "Give every input, and a number to predict, mean 0 and deviation 1, as measured on the training part.",
    )
    seed: int = integer(1, 0, MAX_SEED, "data seed", "Draws the points, their noise and the split.")


@dataclass(frozen=True)
class NetworkConfig(Options):
    """The shape of the network and where its weights start."""

    hidden: tuple[Layer, ...] = items((Layer(4), Layer(2)), Layer, MAX_LAYERS, "hidden layers")
    output: Activation | None = choice(
        None, OUTPUTS, "output unit", "Automatic takes the one that matches the loss.", automatic=True
    )
    initializer: Initializer = choice(
        Xavier(), INITIALIZERS, "initial weights", "How the weights are drawn at the start."
    )
    precision: str = text(
        "float64",
        "precision",
        "Digits of every number: 16 in float64, 7 in float32, which large networks train faster in.",
        ("float64", "float32"),
    )
    seed: int = integer(
        1, 0, MAX_SEED, "network seed", "Draws the initial weights, the order of the mini-batches and all noise."
    )


@dataclass(frozen=True)
class TrainingConfig(Options):
    """How the weights are changed."""

    loss: Loss | None = choice(None, LOSSES, "loss", "Automatic takes the one that fits the data.", automatic=True)
    optimizer: Optimizer = choice(SGD(), OPTIMIZERS, "optimizer", "How a gradient becomes a step.")
    learning_rate: float = number(0.03, 1e-6, 100.0, "learning rate ε", "Length of a step along the gradient.", "log")
    schedule: Schedule = choice(
        Constant(), SCHEDULES, "schedule", "How the learning rate changes with the epochs since the start of the run."
    )
    clipping: Clipping = choice(
        NoClipping(), CLIPPINGS, "clipping", "How long a gradient may be when it reaches the optimizer."
    )
    batch_size: int = integer(
        10,
        1,
        FULL_BATCH,
        "mini-batch",
        "Examples per step; as many as there are for training, or more, is the full batch.",
        "log",
    )
    regularizer: Regularizer = choice(NoRegularizer(), REGULARIZERS, "regularisation", "What keeps the weights small.")
    noise: Noise = section(Noise, "Noise")
    stopping: Stopping = choice(NoStopping(), STOPPINGS, "stopping", "When the run ends by itself.")


@dataclass(frozen=True)
class EnsembleConfig(Options):
    """How many networks are trained at once, side by side."""

    members: int = integer(
        1, 1, MAX_MEMBERS, "members", "Networks of the same shape, trained at once; their mean is the answer.", "log"
    )
    vary: Variation = choice(BySeed(), VARIATIONS, "differ in", "What the members do not have in common.")


class Impact(IntEnum):
    """What an edit makes necessary; the larger includes the smaller."""

    NONE = 0
    TRAINING = 1  # goes on with the weights as they are
    NETWORK = 2  # starts again
    DATA = 3  # new examples, and starts again


@dataclass(frozen=True)
class Config(Options):
    """One experiment. Equal configs give equal runs, bit for bit, on one machine."""

    data: DataConfig = section(DataConfig, "Data")
    network: NetworkConfig = section(NetworkConfig, "Network")
    training: TrainingConfig = section(TrainingConfig, "Learning")
    ensemble: EnsembleConfig = section(EnsembleConfig, "Members")

    @classmethod
    def from_plain(cls, plain: object) -> Self:
        """As `Options.from_plain`. How views draw stood in files too, once, under "display"; that is passed over."""
        return super().from_plain(
            {name: value for name, value in plain.items() if name != "display"} if isinstance(plain, dict) else plain
        )

    def to_json(self) -> str:
        """Readable JSON that `from_json` turns back into an equal Config."""
        return json.dumps(self.to_plain(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Config:
        """Read a Config; fields that are missing take their defaults.

        Raises:
            ConfigError: naming the path of the field, e.g. "training.batch_size: ...".
        """
        try:
            plain = json.loads(text, object_pairs_hook=_without_duplicates)
        except ConfigError:
            raise
        except json.JSONDecodeError as error:
            raise ConfigError(
                "",
                "not valid JSON: {what} at line {line}, column {column}",
                what=error.msg,
                line=error.lineno,
                column=error.colno,
            ) from None
        except RecursionError:
            raise ConfigError("", "not valid JSON: nested too deeply") from None
        except ValueError:  # Python reads no whole number of more than 4,300 digits
            raise ConfigError("", "not valid JSON: a number has too many digits") from None
        return cls.from_plain(plain)


def impact(old: Config, new: Config) -> Impact:
    """What changing `old` into `new` makes necessary."""
    if old.data != new.data:
        return Impact.DATA
    if old.network != new.network or old.ensemble != new.ensemble:
        return Impact.NETWORK
    return Impact.TRAINING if old.training != new.training else Impact.NONE


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) < len(pairs):
        names = [name for name, _ in pairs]
        raise ConfigError("", "the field {name} stands twice", name=ascii(next(n for n in names if names.count(n) > 1)))
    return plain
