"""All that a run is built from, as one value. Knows no run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.data.dataset import Dataset
from playground.experiment.config import Config
from playground.experiment.problem import Problem
from playground.experiment.scene import Scene, scene_of
from playground.experiment.selection import Selection


@dataclass(frozen=True, eq=False)
class Setup:
    """What an experiment is set to, what that asks of a network, and what is drawn of it."""

    config: Config
    problem: Problem
    scene: Scene

    @classmethod
    def of(cls, config: Config, dataset: Dataset, selection: Selection) -> Setup:
        """Of a config and its data, drawn over the axes that are selected, as far as there are such.

        Raises:
            ConfigError: when parts of the config do not go together.
            DataError: when the data cannot be used.
        """
        problem = Problem(config, dataset)
        return cls(config, problem, scene_of(problem, selection.axes(len(dataset.columns))))

    def over(self, axes: tuple[int, int]) -> Setup:
        """The same, drawn over other columns."""
        return self if axes == self.scene.axes else replace(self, scene=scene_of(self.problem, axes))
