"""What happens at the output: the loss of an example taken apart, and the error that is sent back. Knows no layers below."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from playground.experiment.backprop.matrix import Difference, Matrix, Rule, Sum
from playground.experiment.backprop.notation import NO_RULE, Letters, TraceStep, matrix
from playground.experiment.backprop.walk import Walk
from playground.experiment.backprop.worked import Spelled
from playground.experiment.looks.look import RunContext
from playground.nn.activations import Activation, Array, Linear, Sigmoid, Softmax
from playground.nn.losses import AbsoluteError, Hinge, Logistic, Loss, SquaredError, SquaredHinge
from playground.nn.losses.likelihoods import BinaryCrossEntropy, CrossEntropy, KLDivergence, NegativeLogLikelihood
from playground.nn.regularizers import NoRegularizer


class Output:
    """The loss of the example, and the error that the output layer is sent back."""

    def __init__(self, context: RunContext, walk: Walk, layer: Letters, target: Array) -> None:
        self._context, self._walk, self._layer = context, walk, layer
        self._loss, self._unit = context.problem.loss, layer.walk.activation
        self._target = matrix("y", target, "The target: what the answer is trained towards.")

    def loss_step(self) -> TraceStep:
        """The loss, what each output adds to it, and the penalty on the weights."""
        layer, parts = self._layer, _parts(self._loss, self._unit, self._layer.walk.z, self._layer.walk.h, self._target)
        meaning = (
            "What this output adds to the loss."
            if len(parts) > 1
            else f"The loss of this output: {_equation(self._loss)[0]}."
        )
        rule = self._spelled(_of_one(self._loss, self._unit)[0])
        of_each = matrix("L", parts, meaning, rule, sign="→")
        matrices: list[Matrix] = [layer.h, self._target.after(","), of_each]
        if len(parts) > 1:
            total = np.array([[self._walk.loss]])
            matrices.append(matrix("L", total, "The loss of this example, of all outputs.", Sum(of_each), sign="sum ="))
        regularizer, pulled = self._context.regularizer
        if not isinstance(regularizer, NoRegularizer):
            penalty = regularizer.penalty(self._context.network.parameters, pulled).reshape(1, 1).astype(float)
            meaning = f"Penalty on all weights, by {regularizer.label}; it is no part of this example's loss."
            matrices.append(matrix("penalty", penalty, meaning, sign="and"))
        return self._step("loss", f"Loss: {self._loss.label}", *_equation(self._loss), matrices)

    def backward(self) -> TraceStep:
        """The error of the output layer, by the short way if the pair is matched, and then the long way beside it."""
        layer, loss, unit, y = self._layer, self._loss, self._unit, self._target
        rule = self._spelled(_of_one(loss, unit)[1])
        upstream = replace(layer.upstream, meaning="How the loss changes with the answer.", rule=rule)
        long = np.isfinite(upstream.values).all()
        factor = _short(loss, unit)
        title, note = "Backward, output layer", ""
        through = r"\partial L / \partial \hat y \odot f'(z)"
        if factor is not None:
            delta = replace(layer.delta, rule=Difference(layer.h, y, factor), sign="=" if factor == 1.0 else ") =")
            matrices = [layer.h.after("" if factor == 1.0 else "2 ("), y.after("−"), delta]
            twice = "" if factor == 1.0 else "2"
            formula, latex = (
                ("δ = ŷ − y", r"\delta = \hat y - y") if not twice else ("δ = 2(ŷ − y)", r"\delta = 2(\hat y - y)")
            )
            note = "A matched pair of loss and output unit: the unit's own slope has cancelled."
            if isinstance(unit, Linear):
                note = "A matched pair: the slope of a linear output is 1."
            elif long:
                matrices += [upstream.after("="), layer.slope.after("⊙")]
                formula, latex = f"{formula} = ∂L/∂ŷ ⊙ f′(z)", f"{latex} = {through}"
        elif long and layer.elementwise:
            matrices = [layer.h, y.after(","), upstream.after("slope of L →"), *layer._through_activation(upstream)]
            formula, latex = "δ = ∂L/∂ŷ ⊙ f′(z)", rf"\delta = {through}"
            if not isinstance(unit, Linear):
                note = (
                    f"Not a matched pair: the slope of {unit.label} stays in, so a badly wrong answer may learn slowly."
                )
        elif long:
            total = float((layer.h.values * upstream.values).sum())
            names: dict[str, Matrix | float] = {"ŷ": layer.h, "∂L/∂ŷ": upstream, "Σₖ ŷₖ ∂L/∂ŷₖ": total}
            delta = replace(layer.delta, rule=Spelled("ŷ (∂L/∂ŷ − Σₖ ŷₖ ∂L/∂ŷₖ)", names), sign="f′ →")
            matrices = [layer.h, y.after(","), upstream.after("slope of L →"), delta]
            formula = "δ = ŷ ⊙ (∂L/∂ŷ − Σₖ ŷₖ ∂L/∂ŷₖ)"
            latex = r"\delta = \hat y \odot (\partial L / \partial \hat y"
            latex += r" - \sum_k \hat y_k \partial L / \partial \hat y_k)"
            note = "Not a matched pair: softmax stays in, so a badly wrong answer may learn slowly."
        else:  # cross-entropy of sigmoid outputs
            delta = replace(layer.delta, rule=self._spelled("y (ŷ − 1)"), sign="=")
            matrices = [y, layer.h.after("⊙ (ŷ − 1),"), delta]
            formula, latex = "δ = y ⊙ (ŷ − 1)", r"\delta = y \odot (\hat y - 1)"
        return replace(self._step("backward", title, formula, latex, matrices), note=note)

    def _spelled(self, formula: str) -> Rule:
        names = {"ŷ": self._layer.h, "y": self._target, "z": self._layer.z}
        return Spelled(formula, names) if formula else NO_RULE

    def _step(self, kind: str, title: str, formula: str, latex: str, matrices: list[Matrix]) -> TraceStep:
        index = self._layer.index
        return TraceStep(kind, index, None, index + 1, title, formula, latex, tuple(matrices))


def _short(loss: Loss, output: Activation) -> float | None:
    """The factor before ŷ − y where that is the whole of δ; None where it is not."""
    match loss, output:
        case SquaredError(), Linear():
            return 1.0 if loss.half else 2.0
        case (NegativeLogLikelihood(), _) | (BinaryCrossEntropy(), Sigmoid()) | (CrossEntropy(), Softmax()):
            return 1.0
    return None


def _of_one(loss: Loss, output: Activation) -> tuple[str, str]:
    """What an output adds to the loss, and the slope of that by ŷ; "" where it takes more than a line."""
    match loss, output:
        case SquaredError(), _:
            return ("½ (ŷ − y)²", "ŷ − y") if loss.half else ("(ŷ − y)²", "2 (ŷ − y)")
        case AbsoluteError(), _:
            return "|ŷ − y|", "sign(ŷ − y)"
        case (BinaryCrossEntropy(), _) | (NegativeLogLikelihood(), Sigmoid()):
            return "−(y log ŷ + (1 − y) log(1 − ŷ))", "(ŷ − y) / (ŷ (1 − ŷ))"
        case (CrossEntropy(), Sigmoid() | Softmax()) if not isinstance(loss, KLDivergence):
            return "−y log ŷ", "−y / ŷ"
        case NegativeLogLikelihood(), Softmax():
            return "−y log ŷ", "−y / ŷ"
        case Logistic(), Linear():
            return "log(1 + exp(−y z))", ""
        case Hinge(), _:
            return "max(0, 1 − y ŷ)", ""
        case SquaredHinge(), _:
            return "max(0, 1 − y ŷ)²", ""
    return "", ""


def _parts(loss: Loss, output: Activation, z: Array, h: Array, target: Matrix) -> Array:
    """What each output adds to the loss, (outputs, 1)."""
    y = target.values
    if isinstance(output, Softmax) and isinstance(loss, CrossEntropy | NegativeLogLikelihood):
        surprise = y * (np.logaddexp.reduce(z, axis=0) - z)
        own = y * np.log(np.where(y > 0.0, y, 1.0)) if isinstance(loss, KLDivergence) else 0.0
        return surprise + own
    rows = [slice(k, k + 1) for k in range(len(y))]
    return np.array([loss.value(output, z[k], h[k], y[k]) for k in rows])


def _equation(loss: Loss) -> tuple[str, str]:
    """In letters and for typesetting."""
    if not isinstance(loss, SquaredError):
        return loss.formula, loss.latex
    half, half_latex = ("½ ", r"\tfrac{1}{2} ") if loss.half else ("", "")
    return f"L = {half}Σ (ŷ − y)²", rf"L = {half_latex}\sum (\hat y - y)^2"
