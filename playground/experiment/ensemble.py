"""Many networks of one shape, trained at once: in what they differ. Knows no network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import DataError, Floats
from playground.data.split import bootstrap, folds
from playground.options import ConfigError, Options, number
from playground.options.numerals import trimmed

Indices = NDArray[np.intp]


class Member(NamedTuple):
    """What one network of a run has for itself.

    `rows` are the positions within the training part that it learns from, None for all of them; `held_out` are those it
    is validated on, where it leaves some out.
    """

    name: str
    seed: int
    learning_rate: float
    penalty_rate: float | None
    rows: Indices | None = None
    held_out: Indices | None = None


@dataclass(frozen=True)
class Variation(Options):
    """In what the members of a run differ; in all else they are alike.

    With `of_one` a single member is not the plain network either.
    """

    of_one: ClassVar[bool] = True

    def members(self, count: int, one: Member, y: Floats, classes: bool) -> list[Member]:
        """`count` members made from `one`; y (examples,) are the answers of the training part.

        Raises:
            ConfigError: naming the field of the ensemble that does not go with the rest.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class BySeed(Variation):
    """Each member starts from other weights and sees the mini-batches in another order: how much of a result is luck."""

    label = "seed"
    of_one = False

    def members(self, count: int, one: Member, y: Floats, classes: bool) -> list[Member]:
        return [one._replace(name=f"seed {one.seed + i}", seed=one.seed + i) for i in range(count)]


@dataclass(frozen=True)
class ByBootstrap(Variation):
    """Each member learns from its own sample of the training part, drawn with replacement (bagging): their mean answer
    varies less than that of the typical member. Source: Breiman 1996.
    """

    label = "bootstrap sample"

    def members(self, count: int, one: Member, y: Floats, classes: bool) -> list[Member]:
        samples = bootstrap(len(y), count, one.seed)
        return [one._replace(name=f"sample {i + 1}", rows=rows) for i, rows in enumerate(samples)]


@dataclass(frozen=True)
class ByFold(Variation):
    """Each member leaves out one of as many folds of the training part and is validated on it (K-fold cross-validation):
    mean and spread over the folds say how well this network would do on new data. Source: Stone 1974.
    """

    label = "fold"

    def members(self, count: int, one: Member, y: Floats, classes: bool) -> list[Member]:
        try:
            parts = folds(y, classes, count, one.seed)
        except DataError as error:
            raise ConfigError("ensemble.members", error.message) from None
        return [
            one._replace(name=f"fold {i + 1}", rows=rows, held_out=held_out) for i, (rows, held_out) in enumerate(parts)
        ]


@dataclass(frozen=True)
class Ranged(Variation):
    """A rate from the lowest to the highest share of what is set for it, in equal ratios."""

    of_one = False
    lowest: float = number(0.01, 1e-6, 1.0, "lowest share", "The first member's share of the rate that is set.", "log")
    highest: float = number(10.0, 1.0, 1e6, "highest share", "The last member's share of the rate that is set.", "log")

    def rates(self, count: int, rate: float) -> Sequence[float]:
        """(members,)"""
        return [rate * float(share) for share in np.geomspace(self.lowest, self.highest, count)]


@dataclass(frozen=True)
class ByLearningRate(Ranged):
    """Each member has another learning rate: one sees at once which crawl, which converge and which diverge."""

    label = "learning rate"
    formula = "ε·lowest … ε·highest, in equal ratios"
    latex = r"\varepsilon \cdot \text{lowest} \; \ldots \; \varepsilon \cdot \text{highest}"

    def members(self, count: int, one: Member, y: Floats, classes: bool) -> list[Member]:
        rates = self.rates(count, one.learning_rate)
        return [one._replace(name=f"ε = {trimmed(rate)}", learning_rate=rate) for rate in rates]


@dataclass(frozen=True)
class ByPenaltyRate(Ranged):
    """Each member has another rate of regularisation: from one that overfits to one that cannot learn."""

    label = "regularisation rate"
    formula = "α·lowest … α·highest, in equal ratios"
    latex = r"\alpha \cdot \text{lowest} \; \ldots \; \alpha \cdot \text{highest}"

    def members(self, count: int, one: Member, y: Floats, classes: bool) -> list[Member]:
        if one.penalty_rate is None:
            raise ConfigError("ensemble.vary", "there is no rate to vary: choose a regularisation that has one")
        rates = self.rates(count, one.penalty_rate)
        return [one._replace(name=f"α = {trimmed(rate)}", penalty_rate=rate) for rate in rates]


VARIATIONS: dict[str, type[Variation]] = {
    "seed": BySeed,
    "bootstrap": ByBootstrap,
    "fold": ByFold,
    "learning_rate": ByLearningRate,
    "penalty_rate": ByPenaltyRate,
}
