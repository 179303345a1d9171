"""One example step by step through the network, the loss, back and into the weights, in the lectures' notation."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from playground.experiment.answer import Output
from playground.experiment.look import Inside, Look
from playground.experiment.matrix import Scaled
from playground.experiment.notation import NO_RULE, Letters, TraceStep, matrix
from playground.experiment.walk import Walk
from playground.nn.normalizations import BatchNorm


@dataclass(frozen=True, eq=False)
class Trace(Look):
    """The walk of one training example with the weights as they are, in double precision and without noise.

    Attributes:
        example, examples: which training example, counted from 0, and how many there are.
        loss: of this example, without penalty.
        error: relative error between backpropagation and finite differences, over the weights `checked`.
        steps: forward layer by layer, the loss, backward layer by layer, the update layer by layer.
        note: what the walk leaves out, in a sentence, or "".
    """

    need = "trace"

    example: int
    examples: int
    loss: float
    error: float
    checked: int
    steps: tuple[TraceStep, ...]
    note: str

    @classmethod
    def take(cls, inside: Inside) -> Trace:
        train = inside.problem.train
        example = min(inside.config.display.example, len(train) - 1)
        x, target = train.X[example][:, None], train.targets[example][:, None]
        walk = Walk(inside.network, inside.problem.loss, x, target)
        last = len(walk.layers) - 1
        layers = [Letters(layer, index, last) for index, layer in enumerate(walk.layers)]
        steps = [step for layer in layers for step in layer.forward()]
        output = Output(inside, walk, layers[-1], target.astype(float))
        steps += [output.loss_step(), output.backward(), layers[-1].gradient_step()]
        for layer, above in zip(layers[-2::-1], layers[:0:-1], strict=True):
            steps += [layer.backward(above), layer.gradient_step()]
        steps += _updates(inside, layers)
        return cls(example, len(train), walk.loss, walk.error, walk.checked, tuple(steps), _note(inside))


def _updates(inside: Inside, layers: list[Letters]) -> list[TraceStep]:
    """What the last step did to each layer's weights."""
    network, rules = inside.network, inside.config.training
    moved = inside.progress.last_update[inside.member].astype(float)
    rate = inside.problem.members[inside.member].learning_rate
    known = bool(np.isfinite(moved).all())
    size = inside.progress.batch_size
    note = (
        f"Gradient and step are those of the last mini-batch of {size:,}, by the weights before that step."
        if known
        else "No step has been taken yet, or its numbers are not known any more: train one mini-batch."
    )
    latex = rules.optimizer.latex or r"w \leftarrow w + \Delta w"
    steps = []
    for layer, gradient in zip(layers, network.weight_gradients, strict=True):
        start = int(network.starts[layer.index])
        step = moved[start : start + gradient.size].reshape(gradient.shape)
        meaning = f"Mean over the {size:,} examples of the last mini-batch."
        mean = matrix("g", gradient.astype(float), meaning, sign="batch mean →", bias=True)
        plain = known and np.allclose(step, -rate * gradient, rtol=1e-4, atol=1e-9)
        rule = Scaled("−ε", -rate, mean) if plain and rules.optimizer.label == "SGD" else NO_RULE
        meaning = f"What {rules.optimizer.label} added in the last step."
        weights = replace(layer.weights, meaning="The weight now, after that step; the last column are the biases.")
        matrices = (
            layer.gradient,
            mean,
            matrix("ΔW", step, meaning, rule, sign=f"{rules.optimizer.label} →", bias=True),
            weights.after("gave"),
        )
        title, formula = f"Update, {layer.name}", rules.optimizer.formula
        one = TraceStep("update", layer.index, layer.index, layer.index + 1, title, formula, latex, matrices, note)
        steps.append(one)
    return steps


def _note(inside: Inside) -> str:
    """What the walk leaves out."""
    noise = inside.config.training.noise
    parts = []
    if any(isinstance(layer.normalization, BatchNorm) for layer in inside.network.layers):
        parts.append("Batch norm stands on its running statistics here: one example alone has no spread.")
    if noise.of_examples or noise.of_hidden or noise.weight_noise or noise.label_smoothing:
        parts.append("Dropout, noise and label smoothing are off here, as when testing.")
    return " ".join(parts)
