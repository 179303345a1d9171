"""The network run forward and back over a sample of the training examples, as looks read it. Knows no run."""

from __future__ import annotations

import numpy as np

from playground.experiment.problem import Problem
from playground.nn.calls import run
from playground.nn.chance import fixed_turn
from playground.nn.network import Network
from playground.nn.optimizers import SGD
from playground.nn.passes import Pass
from playground.nn.regularizers import NoRegularizer
from playground.nn.stage import Place
from playground.nn.training import Trainer

SAMPLE = 1024  # training examples that stand for all of them, where there are more


class SamplePass:
    """A run forward and back over the first examples of the training part, without noise, that changes nothing.

    Attributes:
        x, targets, y: (inputs + 1, examples), (outputs, examples) with labels as smooth as in training, (examples,).
        work: the layers' arrays, see `LayerPass`; the next step or sample pass writes over them.
        gradients: per layer the mean gradient by the weights over these examples, (rows, inputs + 1).
        slopes: per layer f′(z), of the sum of a unit's outputs by each of its pre-activations, (rows, examples); of
            coupled outputs, of each by its own pre-activation.
    """

    def __init__(self, problem: Problem, network: Network) -> None:
        part = problem.train
        self.x, self.y = part.X[:SAMPLE].T, part.y[:SAMPLE]
        self.targets = problem.taught(part.targets[:SAMPLE]).T
        self._left = [network.gradients, network.statistics]  # what a run back writes to, and a sample pass must not
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
