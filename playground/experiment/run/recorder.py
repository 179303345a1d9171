"""What is seen of a run beyond its scores: the plane it is drawn on, its vital signs, and looks. Knows no screen."""

from __future__ import annotations

from functools import partial

from playground.experiment.config import Config
from playground.experiment.frame import Divergence, Scene
from playground.experiment.history.curves import History
from playground.experiment.history.layer_statistics import LayerStatisticsLog, looked_rows, measure_layers
from playground.experiment.looks.look import Look, RunContext, SamplePass, selected
from playground.experiment.looks.maps import Maps
from playground.experiment.looks.measuring import Measuring
from playground.experiment.looks.optimizer_trace import OptimizerTrace, Weight
from playground.experiment.looks.table import LOOKS
from playground.experiment.problem import Problem
from playground.experiment.run.progress import Progress


class Recorder:
    """Looks at one run from its start to its end, and changes nothing of it."""

    def __init__(self, problem: Problem, scene: Scene, progress: Progress) -> None:
        self.layer_statistics = LayerStatisticsLog(progress.network.units, looked_rows(progress.network))
        self._progress = progress
        self.turn_to(problem, scene)

    def turn_to(self, problem: Problem, scene: Scene) -> None:
        """The run goes on under other rules, or another plane is drawn."""
        self.maps = Maps(problem, scene)
        self._problem = problem
        self._sample_passes: dict[int, SamplePass] = {}

    def record(self) -> None:
        """Write down, of the first member, how its layers and units are."""
        progress, network = self._progress, self._progress.network.alone(0)
        row = measure_layers(self._problem, network, self._sample_pass(0), progress.last_update[0])
        self.layer_statistics.add(progress.epoch, progress.steps, row)

    def follow(self, config: Config, needs: frozenset[str]) -> None:
        """Record the weight under the microscope for as long as someone looks through it."""
        selection = selected(config.display, self._progress.network, len(self._problem.train))
        self._progress.follow(Weight.of(selection) if OptimizerTrace.need in needs else None)

    def context(
        self, config: Config, history: History, member: int, divergence: Divergence | None, comparable_from: int
    ) -> RunContext:
        """What looks at this moment of a member may read; whatever of it takes time is got when it is first read."""
        return RunContext(
            config,
            self._problem,
            self._progress,
            self._progress.network.alone(member),
            member,
            self.maps,
            divergence,
            comparable_from,
            history,
            self.layer_statistics,
            self._sample_pass,
        )

    def looks(self, measuring: Measuring, context: RunContext) -> tuple[Look, ...]:
        """What is needed of all that can be looked at."""
        found = [measuring.of(need, partial(cls.take, context)) for need, cls in LOOKS.items()]
        return tuple(look for look in found if look is not None)

    def _sample_pass(self, member: int) -> SamplePass:
        """The probe of a member, run for its weights as they are."""
        if member not in self._sample_passes:
            self._sample_passes = {member: SamplePass(self._problem, self._progress.network.alone(member))}
        self._sample_passes[member].run()
        return self._sample_passes[member]
