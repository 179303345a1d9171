"""What happens at the output: the loss of an example taken apart, and the error that is sent back. Knows no layers below."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from playground.experiment.backprop.matrix import Difference, Matrix, Rule, Sum
from playground.experiment.backprop.notation import LATEX, NO_RULE, Letters, TraceStep, matrix
from playground.experiment.backprop.walk import Walk
from playground.experiment.backprop.worked import Spelled
from playground.experiment.looks.context import RunContext
from playground.nn.activations.activation import Array


class Output:
    """The loss of the example, and the error that the output layer is sent back."""

    def __init__(self, context: RunContext, walk: Walk, layer: Letters, target: Array) -> None:
        self._context, self._walk, self._layer = context, walk, layer
        self._loss, self._unit = context.problem.loss, layer.walk.activation
        self._target = matrix("y", target, "The target: what the answer is trained towards.")

    def loss_step(self) -> TraceStep:
        """The loss, what each output adds to it, and the penalty on the weights."""
        layer, loss, unit = self._layer, self._loss, self._unit
        parts = loss.parts(unit, layer.walk.z, layer.walk.h, self._target.values)
        meaning = (
            "What this output adds to the loss." if len(parts) > 1 else f"The loss of this output: {loss.equation[0]}."
        )
        of_each = matrix("L", parts, meaning, self._spelled(loss.part(unit)), sign="→")
        matrices: list[Matrix] = [layer.h, self._target.after(","), of_each]
        if len(parts) > 1:
            total = np.array([[self._walk.loss]])
            matrices.append(matrix("L", total, "The loss of this example, of all outputs.", Sum(of_each), sign="sum ="))
        regularizer, pulled = self._context.regularizer
        if regularizer.named:
            penalty = regularizer.penalty(self._context.network.parameters, pulled).reshape(1, 1).astype(float)
            meaning = f"Penalty on all weights, by {regularizer.label}; it is no part of this example's loss."
            matrices.append(matrix("penalty", penalty, meaning, sign="and"))
        return self._step("loss", f"Loss: {loss.label}", *loss.equation, matrices)

    def backward(self) -> TraceStep:
        """The error of the output layer, by the short way if the pair is matched, and then the long way beside it."""
        layer, loss, unit, y = self._layer, self._loss, self._unit, self._target
        rule = self._spelled(loss.slope_by_output(unit))
        upstream = replace(layer.upstream, meaning="How the loss changes with the answer.", rule=rule)
        long = np.isfinite(upstream.values).all()
        factor, short = loss.error_factor(unit), loss.short_gradient(unit)
        title, note = f"Backward, {layer.name}", ""
        through = r"\partial L / \partial \hat y \odot f'(z)"
        if factor is not None:
            delta = replace(layer.delta, rule=Difference(layer.h, y, factor), sign="=" if factor == 1.0 else ") =")
            matrices = [layer.h.after("" if factor == 1.0 else "2 ("), y.after("−"), delta]
            twice = "" if factor == 1.0 else "2"
            formula, latex = (
                ("δ = ŷ − y", r"\delta = \hat y - y") if not twice else ("δ = 2(ŷ − y)", r"\delta = 2(\hat y - y)")
            )
            note = "A matched pair of loss and output unit: the unit's own slope has cancelled."
            if unit.identity:
                note = f"A matched pair: the slope of a {unit.label} output is 1."
            elif long:
                matrices += [upstream.after("="), layer.slope.after("⊙")]
                formula, latex = f"{formula} = ∂L/∂ŷ ⊙ f′(z)", f"{latex} = {through}"
        elif long and layer.elementwise:
            matrices = [layer.h, y.after(","), upstream.after("slope of L →"), *layer._through_activation(upstream)]
            formula, latex = "δ = ∂L/∂ŷ ⊙ f′(z)", rf"\delta = {through}"
            if not unit.identity:
                note = (
                    f"Not a matched pair: the slope of {unit.label} stays in, so a badly wrong answer may learn slowly."
                )
        elif long and unit.delta:
            total = float((layer.h.values * upstream.values).sum())
            names: dict[str, Matrix | float] = {"ŷ": layer.h, "∂L/∂ŷ": upstream, "Σₖ ŷₖ ∂L/∂ŷₖ": total}
            delta = replace(layer.delta, rule=Spelled(unit.delta.replace(" ⊙", ""), names), sign="f′ →")
            matrices = [layer.h, y.after(","), upstream.after("slope of L →"), delta]
            formula, latex = f"δ = {unit.delta}", rf"\delta = {unit.delta_latex}"
            note = f"Not a matched pair: {unit.label} stays in, so a badly wrong answer may learn slowly."
        elif short:
            delta = replace(layer.delta, rule=self._spelled(short.replace(" ⊙", "")), sign="→")
            matrices = [layer.h, y.after(","), delta]
            formula = f"δ = {short}"
            latex = formula.translate(LATEX)
        else:  # neither the loss nor the unit has more to say
            passed = [upstream.after("slope of L →")] if long else []
            matrices = [layer.h, y.after(","), *passed, layer.delta.after("→")]
            formula, latex = "δ = ∂L/∂z", r"\delta = \partial L / \partial z"
        return replace(self._step("backward", title, formula, latex, matrices), note=note)

    def _spelled(self, formula: str) -> Rule:
        names = {"ŷ": self._layer.h, "y": self._target, "z": self._layer.z}
        return Spelled(formula, names) if formula else NO_RULE

    def _step(self, kind: str, title: str, formula: str, latex: str, matrices: list[Matrix]) -> TraceStep:
        index = self._layer.index
        return TraceStep(kind, index, None, index + 1, title, formula, latex, tuple(matrices))
