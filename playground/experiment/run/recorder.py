"""What is seen of a run beyond its scores: the plane it is drawn on, statistics of its layers, and looks. Knows no screen."""

from __future__ import annotations

from playground.experiment.history.layer_statistics import LayerStatisticsLog, looked_rows, measure_layers
from playground.experiment.looks.look import Requests, request
from playground.experiment.looks.maps import Maps
from playground.experiment.looks.optimizer_trace import OptimizerTrace
from playground.experiment.looks.sample_pass import SamplePass
from playground.experiment.run.progress import Progress
from playground.experiment.run.weight_recorder import Weight
from playground.experiment.selection import Selection
from playground.experiment.setup import Setup


class Recorder:
    """Looks at one run from its start to its end, and changes nothing of it."""

    def __init__(self, setup: Setup, progress: Progress) -> None:
        self.layer_statistics = LayerStatisticsLog(progress.network.units, looked_rows(progress.network))
        self._progress = progress
        self.turn_to(setup)

    def turn_to(self, setup: Setup) -> None:
        """The run goes on under other rules, or another plane is drawn."""
        self.maps = Maps(setup.problem, setup.scene)
        self._problem = setup.problem
        self._sample_passes: dict[int, SamplePass] = {}

    def record(self) -> None:
        """Write down, of the first member, how its layers and units are."""
        progress, network = self._progress, self._progress.network.alone(0)
        row = measure_layers(self._problem, network, self.sample_pass(0), progress.last_update[0])
        self.layer_statistics.add(progress.epoch, progress.steps, row)

    def observe(self, requests: Requests, selection: Selection) -> None:
        """Record step by step the weight of which an optimizer's trace is asked for, if one is."""
        traced = [request(one).selection or selection for one in requests if request(one).look is OptimizerTrace]
        self._progress.follow(Weight.of(self.within(traced[0])) if traced else None)

    def within(self, selection: Selection) -> Selection:
        """What there is of a selection."""
        network, problem = self._progress.network, self._problem
        layers = [(units, weights.shape[-1]) for units, weights in zip(network.units, network.weights, strict=True)]
        return selection.within(layers, network.members, len(problem.train), len(problem.dataset.columns))

    def sample_pass(self, member: int) -> SamplePass:
        """That of a member, run for its weights as they are."""
        if member not in self._sample_passes:
            self._sample_passes = {member: SamplePass(self._problem, self._progress.network.alone(member))}
        self._sample_passes[member].run()
        return self._sample_passes[member]
