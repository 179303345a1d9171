"""The learning-rate range test: from which rate on a network learns, and from which on it diverges. Knows no session."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from playground.data.dataset import Dataset, Floats
from playground.experiment.config import Config, ConfigError, EnsembleConfig, TrainingConfig
from playground.experiment.problem import Problem
from playground.experiment.run.progress import Progress
from playground.experiment.stopping import NoStopping
from playground.nn.optimizers.optimizer import SearchingOptimizer
from playground.nn.schedules import Constant

LOWEST, HIGHEST, STEPS = 1e-6, 100.0, 600
MEMORY = 0.3  # decades of the rate that the running average knows of
FAR = 4.0  # times the best loss, from where on it is lost
STRETCH = 1.5  # decades that a slope is measured over
CERTAIN = 3.0  # times as deep as chance makes it, a fall is one


@dataclass(frozen=True)
class RangeTest:
    """How the loss went while the learning rate grew, step by step.

    Attributes:
        rates: (steps,) in equal ratios, as far as the test went.
        losses: (steps,) of each mini-batch before the step at that rate.
        smoothed: (steps,) their running average.
        suggestion: the rate at which the loss fell fastest; None where it did not fall for certain.
        broke_at: the rate by which training had diverged; None where it did not.
    """

    rates: Floats
    losses: Floats
    smoothed: Floats
    suggestion: float | None
    broke_at: float | None


def range_test(
    config: Config,
    dataset: Dataset,
    lowest: float = LOWEST,
    highest: float = HIGHEST,
    steps: int = STEPS,
    stop: Callable[[], bool] = lambda: False,
) -> RangeTest:
    """Train one network from its initial weights, mini-batch by mini-batch, while the learning rate grows.

    Below, steps are too short to change anything; above, they leap over the valley and the loss explodes. Between, where
    it falls fastest against the logarithm of the rate, a little more rate buys the most: there the suggestion lies. It
    is well below the rate at which the loss is lowest, which is already the brink. A test ends when the running average
    has risen to 4 times its best and above where it began, after so many steps, or when `stop` says so.

    Of several members it is as if there were one. Source: Smith 2017; the steepest fall as in Howard and Gugger 2020.

    Raises:
        ConfigError: when the optimizer has no use for a learning rate, or parts of the config do not go together.
        DataError: when the data cannot be used.
    """
    config = heeded(config)
    optimizer = config.training.optimizer
    if isinstance(optimizer, SearchingOptimizer):
        words = "{optimizer} finds the length of its steps itself: there is no learning rate to look for"
        raise ConfigError("training.optimizer", words, optimizer=optimizer.label)
    progress = Progress(config, Problem(config, dataset))
    per_decade = (steps - 1) / math.log10(highest / lowest)  # steps
    memory = max(round(MEMORY * per_decade), 1)
    average = _Average(memory)
    rates: list[float] = []
    losses: list[float] = []
    smoothed: list[float] = []
    best = math.inf
    broke_at = None
    with np.errstate(all="ignore"):
        for rate in np.geomspace(lowest, highest, steps).tolist():
            if stop():
                break
            loss = progress.try_rate(rate)
            value = average.take(loss)
            if not math.isfinite(value):
                broke_at = rate
                break
            rates.append(rate)
            losses.append(loss)
            smoothed.append(value)
            if len(smoothed) >= memory:  # before, the average is of too few to say much
                best = min(best, value)
                if value > max(FAR * best, smoothed[memory - 1]):
                    broke_at = rate
                    break
        tried, raw, curve = np.array(rates), np.array(losses), np.array(smoothed)
        return RangeTest(tried, raw, curve, _steepest(tried, raw, curve, memory, per_decade), broke_at)


def heeded(config: Config) -> Config:
    """All of a config that a range test heeds: where this is equal, its outcome is."""
    rate = TrainingConfig().learning_rate
    rules = replace(config.training, learning_rate=rate, schedule=Constant(), stopping=NoStopping())
    return replace(config, training=rules, ensemble=EnsembleConfig())


class _Average:
    """A running average in which what is older counts less and less; without the 0 that it begins with."""

    def __init__(self, memory: int) -> None:
        self._kept = 1.0 - 1.0 / memory
        self._sum = self._weights = 0.0

    def take(self, value: float) -> float:
        """The average with one more value."""
        self._sum = self._kept * self._sum + value
        self._weights = self._kept * self._weights + 1.0
        return self._sum / self._weights


def _steepest(rates: Floats, losses: Floats, smoothed: Floats, first: int, per_decade: float) -> float | None:
    """The rate in the middle of the stretch along which a straight line falls most; None where that may be chance."""
    half = max(round(STRETCH * per_decade / 2.0), 1)
    offsets = np.arange(-half, half + 1)
    if len(rates) < first + len(offsets):
        return None
    slopes = np.correlate(smoothed[first:], offsets / (offsets @ offsets), "valid")  # a step
    # How far mini-batches lie apart by chance shows from one to the next, where the rate is almost the same.
    apart = sliding_window_view(np.abs(np.diff(losses[first:])), 2 * half)
    chance = np.median(apart, axis=1) / math.sqrt(offsets @ offsets)
    slopes[slopes > -CERTAIN * chance] = 0.0
    steepest = int(slopes.argmin())
    return float(rates[first + steepest + half]) if slopes[steepest] < 0.0 else None
