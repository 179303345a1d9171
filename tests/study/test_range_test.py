"""The range test: on a bowl whose limit is known, with every optimizer, and what it leaves as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from playground.data.dataset import Dataset
from playground.experiment.config import Config, ConfigError, Layer
from playground.experiment.ensemble import ByFold
from playground.experiment.problem import Problem
from playground.experiment.run.session import Session
from playground.experiment.stopping import EarlyStopping
from playground.nn.activations import Step
from playground.nn.initializers import Zeros
from playground.nn.losses import SquaredError
from playground.nn.noise import Noise
from playground.nn.normalizations import BatchNorm, LayerNorm
from playground.nn.optimizers import OPTIMIZERS
from playground.nn.optimizers.optimizer import SearchingOptimizer
from playground.nn.schedules import OneCycle
from playground.options import with_value
from playground.study.range_test import HIGHEST, LOWEST, STEPS, RangeTest, heeded, range_test

SEARCHING = [cls for cls in OPTIMIZERS.values() if issubclass(cls, SearchingOptimizer)]
STEPPING = [cls for cls in OPTIMIZERS.values() if not issubclass(cls, SearchingOptimizer)]


def edited(**values: Any) -> Config:
    """The default config with values at paths, in which __ stands for a dot."""
    config = Config()
    for path, value in values.items():
        config = with_value(config, path.replace("__", "."), value)
    return config


def tried(config: Config, **limits: Any) -> RangeTest:
    return range_test(config, Session(config).dataset, **limits)


def bowl(scale: float) -> tuple[Config, Dataset]:
    """A linear unit that learns from columns of this size, all examples at once."""
    rng = np.random.default_rng(3)
    X = scale * rng.normal(size=(80, 2))
    dataset = Dataset(X, X @ [0.7, -0.4] + 0.5, ("a", "b"), (), "y", "bowl")
    config = edited(network__hidden=(), data__standardise=False, training__batch_size=1000)
    return with_value(config, "training.loss", SquaredError()), dataset


@pytest.mark.parametrize("scale", [0.5, 2.0, 10.0])
def test_on_a_bowl_it_finds_the_limit_and_stays_below(scale: float) -> None:
    config, dataset = bowl(scale)
    X = Problem(config, dataset).train.X
    limit = 2.0 / np.linalg.eigvalsh(X.T @ X / len(X)).max()
    result = range_test(config, dataset)
    assert result.broke_at is not None
    assert result.suggestion is not None
    assert limit < result.broke_at < 4.0 * limit
    assert limit / 100.0 < result.suggestion < limit


def test_the_first_losses_are_those_of_the_initial_weights() -> None:
    config, dataset = bowl(1.0)
    result = range_test(config, dataset)
    assert result.losses[0] == pytest.approx(Session(config, dataset).evaluate("train").loss, rel=1e-12)
    assert result.smoothed[0] == result.losses[0]
    assert result.losses[1] < result.losses[0]


def test_each_loss_is_the_one_before_its_step() -> None:
    config, dataset = bowl(1.0)
    result = range_test(config, dataset, lowest=0.01, highest=1.0, steps=3)
    session = Session(config, dataset)
    for rate, loss in zip(result.rates, result.losses, strict=True):
        assert session.evaluate("train").loss == pytest.approx(loss, rel=1e-12)
        session.apply(with_value(session.config, "training.learning_rate", float(rate)))
        session.step()


def test_rates_grow_in_equal_ratios_from_end_to_end() -> None:
    result = tried(Config(), lowest=1e-5, highest=1e-2, steps=50)
    assert (result.rates[0], result.rates[-1]) == (1e-5, pytest.approx(1e-2))
    assert len(result.rates) == len(result.losses) == len(result.smoothed) == 50
    assert np.ptp(np.diff(np.log(result.rates))) < 1e-12
    assert result.broke_at is None


def test_the_suggestion_lies_where_the_curve_falls_most() -> None:
    result = tried(edited(training__batch_size=1000))
    assert result.suggestion is not None
    assert LOWEST < result.suggestion < HIGHEST
    assert result.suggestion < result.rates[result.smoothed.argmin()]
    logs = np.log10(result.rates)
    at = np.log10(result.suggestion)
    fall = [np.interp(x - 0.5, logs, result.smoothed) - np.interp(x + 0.5, logs, result.smoothed) for x in (at, at - 2)]
    assert fall[0] > 3 * fall[1]


@pytest.mark.parametrize("optimizer", STEPPING, ids=lambda cls: cls.label)
def test_every_optimizer_that_has_a_rate_gets_one(optimizer: type[Any]) -> None:
    result = tried(edited(training__optimizer=optimizer()))
    assert result.suggestion is not None
    assert result.smoothed.min() < 0.8 * np.median(result.smoothed)


@pytest.mark.parametrize("optimizer", SEARCHING, ids=lambda cls: cls.label)
def test_an_optimizer_that_finds_its_own_length_is_refused(optimizer: type[Any]) -> None:
    config = edited(training__batch_size=1000, training__optimizer=optimizer())
    with pytest.raises(ConfigError, match="there is no learning rate to look for") as caught:
        tried(config)
    assert caught.value.path == "training.optimizer"


@pytest.mark.parametrize(
    "values",
    [
        {"network__hidden": (Layer(4, normalization=BatchNorm()), Layer(3, normalization=LayerNorm()))},
        {"training__noise": Noise(hidden_dropout=0.3, weight_noise=0.01, input_noise=0.1)},
        {"network__precision": "float32"},
    ],
    ids=["normalisation", "noise", "float32"],
)
def test_it_trains_what_a_run_would_train_and_each_time_the_same(values: dict[str, Any]) -> None:
    config = edited(**values)
    one, other = tried(config), tried(config)
    assert_array_equal(one.losses, other.losses)
    assert (one.suggestion, one.broke_at) == (other.suggestion, other.broke_at)
    assert not np.array_equal(one.losses[:50], tried(Config()).losses[:50])


def test_noise_alone_is_no_fall() -> None:
    for seed in range(5):
        config = edited(network__hidden=(Layer(4, Step()),), network__initializer=Zeros(), network__seed=seed)
        assert tried(config, highest=1e-3).suggestion is None


def test_numbers_that_are_not_finite_end_it_and_are_left_out() -> None:
    config, dataset = bowl(1e150)
    result = range_test(config, dataset, lowest=1.0, highest=2.0, steps=5)
    assert result.broke_at is not None
    assert np.isfinite(result.losses).all()
    assert len(result.rates) < 5


def test_a_running_session_is_left_alone() -> None:
    session, alone = Session(Config()), Session(Config())
    session.step(7)
    alone.step(7)
    range_test(session.config, session.dataset)
    session.step(7)
    alone.step(7)
    assert_array_equal(session.network.parameters, alone.network.parameters)


def test_it_can_be_stopped() -> None:
    looks = iter([False] * 10 + [True] * STEPS)
    result = tried(Config(), stop=lambda: next(looks))
    assert len(result.rates) == 10
    assert result.suggestion is None
    assert len(tried(Config(), stop=lambda: True).rates) == 0


def test_members_schedule_stopping_and_the_rate_that_is_set_do_not_count() -> None:
    config = edited(
        ensemble__vary=ByFold(),
        ensemble__members=3,
        training__schedule=OneCycle(),
        training__stopping=EarlyStopping(),
        training__learning_rate=7.0,
    )
    assert heeded(config) == heeded(Config())
    assert_array_equal(range_test(config, Session(Config()).dataset).losses, tried(Config()).losses)


def test_what_counts_makes_another_test() -> None:
    for path, value in (("network.seed", 5), ("training.batch_size", 3), ("data.seed", 4)):
        assert heeded(with_value(Config(), path, value)) != heeded(Config())
