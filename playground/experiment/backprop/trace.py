"""One example step by step through the network, the loss, back and into the weights, in the lectures' notation."""

from __future__ import annotations

from dataclasses import dataclass

from playground.experiment.backprop.answer import Output
from playground.experiment.backprop.notation import Letters, TraceStep
from playground.experiment.backprop.update import Update
from playground.experiment.backprop.walk import Walk
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look


@dataclass(frozen=True, eq=False)
class BackpropTrace(Look):
    """The walk of one training example with the weights as they are, in double precision and without noise.

    Attributes:
        example, examples: which training example, counted from 0, and how many there are.
        loss: of this example, without penalty.
        error: relative error between backpropagation and finite differences, over so many trained numbers `checked`.
        steps: forward layer by layer, the loss, backward layer by layer, the update layer by layer.
        note: what the walk leaves out, in a sentence, or "".
    """

    example: int
    examples: int
    loss: float
    error: float
    checked: int
    steps: tuple[TraceStep, ...]
    note: str

    def place(self, step: int) -> int:
        """Which of the steps is shown for a selected one; the first while nobody walks."""
        return max(0, min(step, len(self.steps) - 1))


def measure(context: RunContext) -> BackpropTrace:
    """This moment's, of what is selected."""
    train = context.problem.train
    example = max(context.selection.example, 0)
    x, target = train.X[example][:, None], train.targets[example][:, None]
    walk = Walk(context.network, context.problem.loss, x, target)
    last = len(walk.layers) - 1
    layers = [Letters(layer, index, last) for index, layer in enumerate(walk.layers)]
    steps = [step for layer in layers for step in layer.forward()]
    output = Output(context, walk, layers[-1], target.astype(float))
    steps += [output.loss_step(), output.backward(), layers[-1].gradient_step()]
    for layer, above in zip(layers[-2::-1], layers[:0:-1], strict=True):
        steps += [layer.backward(above), *layer.trained_steps(), layer.gradient_step()]
    steps += Update(context, layers).steps()
    return BackpropTrace(example, len(train), walk.loss, walk.error, walk.checked, tuple(steps), _note(context))


def _note(context: RunContext) -> str:
    """What the walk leaves out."""
    noise = context.config.training.noise
    parts = []
    running = dict.fromkeys(norm.label for layer in context.network.layers if (norm := layer.normalization).running)
    for name in running:
        parts.append(f"{name.capitalize()} uses its running averages here: one example alone has no deviation.")
    if noise.of_examples or noise.of_hidden or noise.weight_noise or noise.label_smoothing:
        parts.append("Dropout, noise and label smoothing are off here, as when testing.")
    return " ".join(parts)
