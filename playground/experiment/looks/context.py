"""What a look may read of a run, and must leave as it is. Knows no kind of look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.config import Config
from playground.experiment.frame import Divergence
from playground.experiment.history.curves import Curves, History
from playground.experiment.history.layer_statistics import LayerStatistics, LayerStatisticsLog
from playground.experiment.looks.maps import Answers, Maps
from playground.experiment.looks.sample_pass import SamplePass
from playground.experiment.part import Part
from playground.experiment.problem import Problem
from playground.experiment.run.progress import Progress
from playground.experiment.selection import Selection
from playground.experiment.setup import Setup
from playground.nn.network import Network
from playground.nn.regularizers import Regularizer, at_rate


@dataclass(frozen=True, eq=False)
class RunContext:
    """What a look may read of a run, and must leave as it is.

    Attributes:
        selection: what is looked at, all of which there is; `network` is the member of it, alone.
        maps: samples the drawn plane.
        divergence: set when the run has diverged.
        living: which members' answers count, (members,).
        comparable_from: the step from which on losses can be compared: a weight set by hand, or another loss, breaks them.
        curves, layer_statistics, sample_pass: copied, or run, when first read, and then the same for all looks of a moment.
    """

    setup: Setup
    selection: Selection
    progress: Progress
    network: Network
    maps: Maps
    divergence: Divergence | None
    comparable_from: int
    living: NDArray[np.bool_]
    history: History
    present: Callable[[], Floats | None]
    log: LayerStatisticsLog
    run_sample_pass: Callable[[int], SamplePass]

    @property
    def config(self) -> Config:
        """What the experiment is set to."""
        return self.setup.config

    @property
    def problem(self) -> Problem:
        """What it asks of a network."""
        return self.setup.problem

    @property
    def member(self) -> int:
        """Which of several networks is looked at, counted from 0."""
        return self.selection.member

    @cached_property
    def unit_maps(self) -> tuple[Floats, ...]:
        """What the inputs and the units of every layer put out over the plane."""
        return self.maps.units(self.network)

    @cached_property
    def answers(self) -> Answers:
        """What all members answer over the plane."""
        units = vars(self).get("unit_maps")  # those of one are among its units, where these have been worked out
        return self.maps.answers(self.progress.network, self.living, units)

    @cached_property
    def curves(self) -> Curves:
        """The history so far."""
        return self.history.curves()

    @cached_property
    def layer_statistics(self) -> LayerStatistics:
        """The layer statistics so far."""
        return self.log.layer_statistics()

    @cached_property
    def sample_pass(self) -> SamplePass:
        """Of the member, run for its weights as they are."""
        return self.run_sample_pass(self.member)

    @property
    def learning_rate(self) -> float:
        """Of the member shown."""
        return self.problem.members[self.member].learning_rate

    @property
    def penalty_rate(self) -> float | None:
        """Of the member shown; None where its regularizer has no rate."""
        return self.problem.members[self.member].penalty_rate

    @property
    def regularizer(self) -> tuple[Regularizer, Floats]:
        """What acts on the member shown, and on which weights, (count,), as much as its own rate says."""
        regularizer, mask = self.config.training.regularizer, self.network.is_weight
        return (regularizer, mask) if self.penalty_rate is None else at_rate(regularizer, self.penalty_rate, mask)

    def part(self, name: str) -> Part:
        """The examples of "train", "validation" or "test" that the member shown is scored on."""
        parts = self.problem.parts[name]
        return parts[self.member if len(parts) > 1 else 0]
