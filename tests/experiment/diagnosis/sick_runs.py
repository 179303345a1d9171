"""Experiments that go wrong, each with what is wrong with it: what a diagnosis must find, and its remedies must cure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from playground.data.dataset import Dataset
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.options import with_text

MPG = Path(__file__).parents[3] / "../shared/data/mpg.csv"


def config(**settings: str) -> Config:
    """The default with settings, two underscores for each dot of a path."""
    made = Config()
    for name, text in settings.items():
        made = with_text(made, name.replace("__", "."), text)
    return made


def hidden(*units: int, activation: str = "tanh", normalization: str = "none") -> str:
    return json.dumps([{"units": n, "activation": activation, "normalization": normalization} for n in units])


def relu(*units: int) -> str:
    return hidden(*units, activation="relu")


def choice(name: str, **fields: Any) -> str:
    return json.dumps({"name": name, **fields})


def rare(apart: float) -> Dataset:
    """Two classes in two round clouds, one of them 12 examples of 240."""
    rng = np.random.default_rng(3)
    y = (np.arange(240) % 20 == 0).astype(float)
    X = rng.normal(size=(240, 2)) + apart * y[:, None]
    return Dataset(X, y, ("x1", "x2"), ("common", "rare"), "class", "a cloud", plane=True)


def constant() -> Dataset:
    """One answer to everything."""
    X = np.random.default_rng(0).normal(size=(100, 2))
    return Dataset(X, np.full(100, 7.0), ("x1", "x2"), (), "y", "a constant", plane=True)


@dataclass(frozen=True)
class Sick:
    """An experiment, and what is wrong with it after so many epochs."""

    kind: str
    epochs: int
    config: Config
    dataset: Dataset | None = None

    def session(self) -> Session:
        return Session(self.config, self.dataset)


def _sick(kind: str, epochs: int, dataset: Dataset | None = None, **settings: str) -> Sick:
    return Sick(kind, epochs, config(**settings), dataset)


def _dead(epochs: int = 60, units: str = relu(8, 8), start: str = "he", **rules: str) -> Sick:
    return _sick("dead_units", epochs, network__hidden=units, network__initializer=start, **_training(rules))


def _exploding(epochs: int, rate: str, **settings: str) -> Sick:
    large = {"network__initializer": choice("he", scale=5), "network__hidden": relu(8, 8, 8, 8, 8)} | settings
    return _sick("exploding_gradients", epochs, training__learning_rate=rate, **large)


def _held(regularizer: str, epochs: int = 100, **settings: str) -> Sick:
    return _sick("strong_penalty", epochs, training__regularizer=regularizer, **settings)


def _noisy(knob: str, size: str, **settings: str) -> Sick:
    return _sick("strong_noise", 60, **{f"training__noise__{knob}": size}, **settings)


def _hasty(rate: str, epochs: int = 40, optimizer: str = "sgd", units: str = hidden(8, 8), **settings: str) -> Sick:
    rules = {"training__learning_rate": rate, "training__optimizer": optimizer, "network__hidden": units}
    return _sick("rate_too_large", epochs, **rules, **settings)


def _by_heart(epochs: int, units: str, rate: str, **settings: str) -> Sick:
    rules = {"training__optimizer": "adam", "training__learning_rate": rate, "network__hidden": units}
    return _sick("overfitting", epochs, **rules, **settings)


def _training(rules: dict[str, str]) -> dict[str, str]:
    return {f"training__{name}": text for name, text in rules.items()}


SICK = {
    "dead by a rate of 3": _dead(learning_rate="3"),
    "dead by a rate of 5": _dead(learning_rate="5"),
    "dead by a rate of 10": _dead(learning_rate="10"),
    "dead by a rate of 100": _dead(learning_rate="100"),
    "dead by a rate of 5, from Xavier's weights": _dead(start="xavier", learning_rate="5"),
    "dead by Adam": _dead(learning_rate="3", optimizer="adam"),
    "dead by momentum": _dead(40, learning_rate="1", optimizer="momentum"),
    "born dead by bias": _dead(start=choice("he", bias=-10)),
    "born dead, deep and narrow": _dead(40, relu(*[2] * 9)),
    "dead in tiny weights": _dead(120, start=choice("normal", deviation=0.001)),
    "sigmoid, four layers": _sick("vanishing_gradients", 60, network__hidden=hidden(*[8] * 4, activation="sigmoid")),
    "sigmoid, eight layers": _sick("vanishing_gradients", 40, network__hidden=hidden(*[8] * 8, activation="sigmoid")),
    "weights of 0.05, five layers": _sick(
        "vanishing_gradients",
        20,
        network__hidden=hidden(*[8] * 5),
        network__initializer=choice("normal", deviation=0.05),
    ),
    "exploding at 1e-6, begun": _exploding(2, "1e-6"),
    "exploding at 1e-6, later": _exploding(60, "1e-6"),
    "exploding at 1e-5": _exploding(10, "1e-5"),
    "exploding at 1e-5, loss falling": _exploding(30, "1e-5"),
    "exploding at 1e-4": _exploding(10, "1e-4"),
    "exploding, less": _exploding(
        20, "1e-5", network__initializer=choice("he", scale=4), network__hidden=relu(8, 8, 8, 8)
    ),
    "exploding, clipped": _exploding(30, "0.03", training__clipping="by_norm"),
    "saturated from the start": _sick("saturation", 60, network__initializer=choice("normal", scale=30)),
    "saturated sigmoids": _sick(
        "saturation",
        60,
        network__initializer=choice("normal", scale=30),
        network__hidden=hidden(8, 8, activation="sigmoid"),
    ),
    "saturated by momentum": _sick(
        "saturation",
        60,
        training__optimizer="momentum",
        training__learning_rate="0.3",
        network__hidden=hidden(8, 8),
    ),
    "saturated by Adam": _sick(
        "saturation", 60, training__optimizer="adam", training__learning_rate="1", network__hidden=hidden(4, 2)
    ),
    "all weights zero": _sick("symmetric_weights", 30, network__initializer="zeros", network__hidden=relu(8, 8)),
    "all weights alike": _sick("symmetric_weights", 30, network__initializer="constant"),
    "steps": _sick("step_units", 20, network__hidden=hidden(8, 8, activation="step")),
    "signs": _sick("step_units", 20, network__hidden=hidden(8, activation="sign")),
    "a rate of 20, no hidden layer": _hasty("20", 30, units="[]"),
    "a rate of 5": _hasty("5"),
    "a rate of 10": _hasty("10"),
    "a rate of 3 for Adam, on sines": _hasty("3", optimizer="adam", units=hidden(8, 8, activation="sine")),
    "a rate of 1 with momentum": _hasty("1", 60, optimizer="momentum"),
    "a rate of 2, one by one": _hasty("2", 30, units=hidden(8), training__batch_size="1"),
    "a rate of 2.5, full batch": _hasty("2.5", 12, units="[]", data__source="plane", training__batch_size="1000"),
    "a constant missed by 1e18": _sick(
        "rate_too_large",
        10,
        constant(),
        training__learning_rate="3",
        network__hidden="[]",
        training__loss="squared_error",
    ),
    "a rate of 1e-5": _sick("rate_too_small", 60, training__learning_rate="1e-5"),
    "a rate of 1e-5 for Adam": _sick("rate_too_small", 60, training__learning_rate="1e-5", training__optimizer="adam"),
    "diverged": _sick(
        "divergence", 60, training__loss="squared_error", network__output="linear", training__learning_rate="1.5"
    ),
    "diverged with ReLU": _sick(
        "divergence",
        60,
        data__source="plane",
        training__learning_rate="5",
        network__hidden=relu(8, 8),
        network__initializer="he",
    ),
    "diverged at once": _sick(
        "divergence",
        5,
        network__initializer=choice("xavier", scale=4),
        network__hidden=hidden(*[8] * 5, activation="linear"),
    ),
    "diverged by L2 alone": _sick(
        "divergence", 60, training__regularizer=choice("l2", rate=10), training__learning_rate="0.2"
    ),
    "diverged by decay alone": _sick(
        "divergence", 60, training__regularizer=choice("weight_decay", rate=10), training__learning_rate="0.3"
    ),
    "diverged by AdamW's decay alone": _sick(
        "divergence", 60, training__optimizer=choice("adamw", decay=10), training__learning_rate="0.3"
    ),
    "growing by L2 alone": _held(
        choice("l2", rate=10), 10, training__learning_rate="0.101", training__batch_size="125"
    ),
    "L2 of 0.03": _held(choice("l2", rate=0.03)),
    "L2 of 0.1": _held(choice("l2", rate=0.1)),
    "L2 of 1": _held(choice("l2", rate=1)),
    "L2 of 0.1, with Adam": _held(choice("l2", rate=0.1), training__optimizer="adam", training__learning_rate="0.01"),
    "L2 of 1, numbers": _held(choice("l2", rate=1), data__source="plane"),
    "L2 of 1, ridge regression": _held(choice("l2", rate=1), 60, data__source="plane", network__hidden="[]"),
    "L1 of 0.03": _held(choice("l1", rate=0.03)),
    "L1 of 0.1": _held(choice("l1", rate=0.1)),
    "elastic net of 0.1": _held(choice("elastic_net", rate=0.1)),
    "weight decay of 1": _held(choice("weight_decay", rate=1)),
    "AdamW's decay of 10": _held("none", training__optimizer=choice("adamw", decay=10), training__learning_rate="0.01"),
    "max-norm of 0.1": _held(choice("max_norm", limit=0.1)),
    "dropout of 0.8": _noisy("hidden_dropout", "0.8"),
    "dropout of 0.8, still falling": _noisy("hidden_dropout", "0.8", network__hidden=hidden(8, 8)),
    "noise on inputs": _noisy("input_noise", "3"),
    "noise on hidden units": _noisy("hidden_noise", "5"),
    "noise on weights": _noisy("weight_noise", "1"),
    "noise on labels": _noisy("label_noise", "0.5"),
    "raw inputs": _sick("unscaled_inputs", 20, data__source="breast_cancer", data__standardise="false"),
    "batch norm of one": _sick(
        "batch_norm_of_one", 5, network__hidden=hidden(8, normalization="batch_norm"), training__batch_size="1"
    ),
    "wrong loss for the output": _sick(
        "poor_pair",
        10,
        training__loss="squared_error",
        network__output="sigmoid",
        network__hidden="[]",
        network__initializer=choice("xavier", bias=6),
        training__learning_rate="0.1",
        data__source="gaussians",
    ),
    "one in twenty": _sick("imbalanced_classes", 20, rare(2.0)),
    "30 moons by heart": _by_heart(150, hidden(16, 16), "0.02", data__source=choice("moons", noise=0.6, points=60)),
    "30 moons by heart, for all L1": _by_heart(
        150,
        hidden(16, 16),
        "0.02",
        data__source=choice("moons", noise=0.6, points=60),
        training__regularizer=choice("l1", rate=1e-5),
    ),
    "diabetes by heart": _by_heart(60, relu(32, 32, 10), "0.003", data__source="diabetes", network__initializer="he"),
    "no hidden layer": _sick("underfitting", 100, network__hidden="[]"),
    "one hidden unit": _sick(
        "underfitting", 150, network__hidden=hidden(1), training__optimizer="adam", training__learning_rate="0.03"
    ),
    "one hidden unit, a wave": _sick(
        "underfitting",
        150,
        data__source="wave",
        network__hidden=hidden(1),
        training__optimizer="adam",
        training__learning_rate="0.03",
    ),
    "sigmoids on their plateau": _sick("underfitting", 120, network__hidden=hidden(8, activation="sigmoid")),
    "tiny weights": _sick(
        "underfitting", 120, network__hidden=hidden(8, 8), network__initializer=choice("normal", deviation=0.001)
    ),
    "a spiral by SGD": _sick("underfitting", 100, data__source="spiral", network__hidden=hidden(8, 8)),
}
if MPG.exists():
    SICK["cars by heart"] = _by_heart(
        150,
        relu(32, 32, 10),
        "0.01",
        network__initializer="he",
        data__source=choice("csv_file", path=str(MPG), target="mpg"),
    )


@cache
def trained(name: str) -> Session:
    """A run of the table, sick by now; not to be trained on."""
    session = SICK[name].session()
    session.train(SICK[name].epochs)
    return session
