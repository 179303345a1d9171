"""Looks: what can be seen of a run beyond its scores, each taken only while a view asks for it. Knows no screen.

A kind of look is one read_only dataclass in one file: its fields are arrays that must not be written to and plain values,
its `need` is the name by which views ask for it, and `take` reads it off a run. `looks` lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.selection import Selection
from playground.nn.calls import run
from playground.nn.chance import fixed_turn
from playground.nn.network import Network
from playground.nn.optimizers import SGD
from playground.nn.passes import Pass
from playground.nn.regularizers import NoRegularizer, Regularizer, at_rate
from playground.nn.stage import Place
from playground.nn.training import Trainer

if TYPE_CHECKING:
    from playground.experiment.config import Config, DisplayConfig
    from playground.experiment.frame import Curves, Divergence
    from playground.experiment.history.curves import History
    from playground.experiment.history.layer_statistics import LayerStatistics, LayerStatisticsLog
    from playground.experiment.looks.maps import Maps
    from playground.experiment.part import Part
    from playground.experiment.problem import Problem
    from playground.experiment.run.progress import Progress

AnyArray = TypeVar("AnyArray", bound=NDArray[Any])

SAMPLE = 1024  # training examples that stand for all of them, where there are more


class SamplePass:
    """A run forward and back over the first examples of the training part, without noise, that changes nothing.

    Attributes:
        x, targets, y: (inputs + 1, examples), (outputs, examples) with labels as smooth as in training, (examples,).
        work: the layers' arrays, see `LayerPass`; the next step or probe writes over them.
        gradients: per layer the mean gradient by the weights over these examples, (rows, inputs + 1).
        slopes: per layer f′(z), of the sum of a unit's outputs by each of its pre-activations, (rows, examples); of
            coupled outputs, of each by its own pre-activation.
    """

    def __init__(self, problem: Problem, network: Network) -> None:
        part = problem.train
        self.x, self.y = part.X[:SAMPLE].T, part.y[:SAMPLE]
        self.targets = problem.taught(part.targets[:SAMPLE]).T
        self._left = [network.gradients, network.statistics]  # what a run back writes to, and a probe must not
        self._kept = [array.copy() for array in self._left]
        trainer = Trainer(network, problem.loss, SGD(), NoRegularizer(), 0.0)
        calls = trainer.gradient(self.x, self.targets, fixed_turn(np.random.default_rng(0)))
        self.work: Pass = network.pass_for(self.x.shape[-1], backward=True)
        self.gradients = tuple(np.empty_like(gradient) for gradient in network.weight_gradients)
        self.slopes = tuple(np.empty_like(layer.z) for layer in self.work.layers)
        calls += [(np.copyto, pair) for pair in zip(self.gradients, network.weight_gradients, strict=True)]
        for index, (layer, slope) in enumerate(zip(self.work.layers, self.slopes, strict=True)):
            stages = [stage for stage, _ in network.layers[index].stages]
            trained = network.stage_parameters[index][stages.index(layer.activation)]
            unused = tuple(map(np.empty_like, trained))
            place = Place(layer.z, layer.a, np.ones_like(layer.a), slope, trained, unused)
            calls += layer.activation.alone().run_backward(
                place
            )  # for the sum of outputs that are coupled has no slope
        self._calls = calls

    def run(self) -> None:
        """Fill all arrays for the weights as they are."""
        for kept, array in zip(self._kept, self._left, strict=True):
            kept[...] = array
        run(self._calls)
        for kept, array in zip(self._kept, self._left, strict=True):
            array[...] = kept


@dataclass(frozen=True, eq=False)
class RunContext:
    """What a look may read of a run, and must leave as it is.

    Attributes:
        network: the member that is shown, alone, and `member` which that is, counted from 0.
        maps: samples the drawn plane.
        divergence: set when the run has diverged.
        comparable_from: the step from which on losses can be compared: a weight set by hand, or another loss, breaks them.
        curves, layer_statistics, sample_pass: copied, or run, when first read, and then the same for all looks of a moment.
    """

    config: Config
    problem: Problem
    progress: Progress
    network: Network
    member: int
    maps: Maps
    divergence: Divergence | None
    comparable_from: int
    history: History
    log: LayerStatisticsLog
    run_sample_pass: Callable[[int], SamplePass]

    @cached_property
    def curves(self) -> Curves:
        """The history so far."""
        return self.history.curves()

    @cached_property
    def layer_statistics(self) -> LayerStatistics:
        """The vital signs so far."""
        return self.log.layer_statistics()

    @cached_property
    def sample_pass(self) -> SamplePass:
        """Of the member, run for its weights as they are."""
        return self.run_sample_pass(self.member)

    @cached_property
    def selection(self) -> Selection:
        """What is looked at closely."""
        return selected(self.config.display, self.progress.network, len(self.problem.train))

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


@dataclass(frozen=True, eq=False)
class Look:
    """One kind of it."""

    need: ClassVar[str]

    @classmethod
    def take(cls, context: RunContext) -> Self | None:
        """This moment's; None where the run has none, such as a confusion matrix of a regression."""
        raise NotImplementedError


def selected(display: DisplayConfig, network: Network, examples: int) -> Selection:
    """What the display chooses of networks that learn from so many examples."""
    layers = [(units, weights.shape[-1]) for units, weights in zip(network.units, network.weights, strict=True)]
    return Selection.of(display, layers, network.members, examples)


def read_only(array: AnyArray) -> AnyArray:
    """The array, not to be written to any more."""
    array.setflags(write=False)
    return array
