"""The lectures' notation for what a layer does with an example: named matrices, and the steps they stand in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from playground.experiment.backprop.matrix import Applied, Matrix, Product, Rescaled, Rule, Times, superscript
from playground.experiment.backprop.walk import EPSILON, FLOOR, LayerWalk, TrainedWalk
from playground.experiment.backprop.worked import Share, Spelled
from playground.experiment.looks.look import read_only
from playground.nn.activations.activation import Array
from playground.options.layers import layer_name

NO_RULE = Rule()
CHECKED = (
    f"Checked by moving the number by {EPSILON:.5f} up and down: (L(w + ε) − L(w − ε)) / 2ε. "
    "It is taken at some of them where there are many."
)
LATEX = str.maketrans(
    {
        "γ": r"\gamma ",
        "β": r"\beta ",
        "δ": r"\delta ",
        "∂": r"\partial ",
        "Σ": r"\sum ",
        "⊙": r"\odot ",
        "−": "-",
        "ᶠ": "^f",
        "ŷ": r"\hat y ",
        ",": r", \quad ",
    }
)


@dataclass(frozen=True, eq=False)
class TraceStep:
    """One step of the walk.

    Attributes:
        kind: "forward", "loss", "backward" or "update".
        layer: counted from 0, the output layer last.
        edges: the layer whose weights are at work, or None; `column` the units, inputs being column 0.
        title: what happens where.
        formula, latex: it, in letters and for typesetting.
        matrices: all that enters and leaves, in the order of the formula.
        note: what is to be known besides, or "".
    """

    kind: str
    layer: int
    edges: int | None
    column: int
    title: str
    formula: str
    latex: str
    matrices: tuple[Matrix, ...]
    note: str = ""


@dataclass(frozen=True, eq=False)
class Trained:
    """What a stage trains beside the weights: its numbers, and the gradient by them of that by what leaves the stage.

    `slope` is what `upstream` is multiplied by; None where that is 1 throughout.
    """

    walk: TrainedWalk
    name: str
    values: Matrix
    gradient: Matrix
    upstream: Matrix
    slope: Matrix | None


class Letters:
    """The matrices of one layer under their names: its own are plain, another layer's carry its number."""

    def __init__(self, walk: LayerWalk, index: int, last: int) -> None:
        self.index, self.walk, norm = index, walk, walk.norm
        self.output = index == last
        self.name = str(layer_name(index, last + 1))
        below = "x" if index == 0 else f"h{superscript(index)}"
        self.below_latex = "x" if index == 0 else f"h^{{({index})}}"
        self.before, self.after = (norm is not None and norm.after is after for after in (False, True))
        self.elementwise = walk.activation.elementwise
        meaning = "The example as the network sees it" if index == 0 else "What the layer below puts out"
        self.below = matrix(below, walk.below, f"{meaning}; the 1 below it multiplies the biases.", one=True)
        self.weights = matrix("W", walk.weights, "A row for each unit; its last number is the bias.", bias=True)
        sums, z = ("s", "z") if self.before else ("z", "z")
        self.top = "ŷ" if self.output else "h"
        self.sums = matrix(sums, walk.sums, "Weighted sum of a unit's inputs.", Product(self.weights, self.below))
        self.z = self.sums
        if self.before:
            self.z = matrix(z, walk.z, "Pre-activation: the sum, normalised.", self._normalized(self.sums))
        name = "a" if self.after else self.top
        meaning = "The network's answer." if self.output else "Activation: what the unit says."
        answered: Rule = Share(self.z, walk.activation.share) if walk.activation.share else NO_RULE
        self.a = matrix(name, walk.a, meaning, Applied("f", self.z) if self.elementwise else answered)
        self.h = self.a
        if self.after:
            self.h = matrix("h", walk.h, "The activation, normalised.", self._normalized(self.a))
        meaning = f"Slope of {walk.activation.label} where this unit stands."
        self.slope = matrix("f′(z)", walk.slope, meaning, self._slope_rule())
        self.upstream = matrix(f"∂L/∂{self.top}", walk.upstream, "How the loss changes with what the unit says.")
        self.delta = matrix("δ", walk.delta, "How the loss changes with the pre-activation z: ∂L/∂z.")
        meaning = "What the normalisation leaves of it: how the loss changes with the weighted sum."
        self.error = self.delta
        if self.before:
            self.error = matrix("∂L/∂s", walk.sums_delta, meaning, self._unscaled(self.delta))
        self.trained = [self._trained(part) for part in walk.trained]

    def forward(self) -> list[TraceStep]:
        """Sums and outputs; a normalization is a step of its own."""
        title, activation = f"Forward, {self.name}", self.walk.activation
        top = r"\hat y" if self.output else "h"
        product = (self.weights, self.below.after("·"), self.sums.after("="))
        apply = (f"{self.a.name} = f(z),  {activation.formula}", rf"\quad {activation.latex}")
        if self.before:
            first = (f"s = W {self.below.name}", f"s = W {self.below_latex}", product)
            formula = f"z = γ (s − μ)/σ + β,  {apply[0]}"
            latex = rf"z = \gamma \odot \frac{{s - \mu}}{{\sigma}} + \beta, \quad h = f(z), {apply[1]}"
            second = (formula, latex, (*self._statistics(self.sums), self.z.after("="), *self._bent()))
            return [self._step("forward", title, *first), self._step("forward", f"{title}: normalise", *second)]
        letter = "a" if self.after else top
        formula = f"z = W {self.below.name},  {apply[0]}"
        latex = rf"z = W {self.below_latex}, \quad {letter} = f(z), {apply[1]}"
        steps = [self._step("forward", title, formula, latex, (*product, *self._bent()))]
        if self.after:
            latex = r"h = \gamma \odot \frac{a - \mu}{\sigma} + \beta"
            matrices = (*self._statistics(self.a), self.h.after("="))
            steps.append(self._step("forward", f"{title}: normalise", "h = γ (a − μ)/σ + β", latex, matrices))
        return steps

    def backward(self, above: Letters) -> TraceStep:
        """How the error of the layer above becomes that of this hidden layer."""
        number, one = above.index + 1, superscript(above.index + 1)
        weights = replace(above.weights, name=f"W{one}", values=above.weights.values[:, :-1], bias=False).turned()
        weights = replace(weights, meaning=f"The weights of {above.name} without biases, on its side.")
        error = replace(above.error, name=f"{above.error.name}{one}")
        upstream = replace(self.upstream, rule=Product(weights, error), sign="=")
        matrices, passed = [weights, error.after("·"), upstream], upstream
        if self.after:
            meaning = "The same by the activation, before it was normalised."
            passed = matrix("∂L/∂a", self.walk.a_upstream, meaning, self._unscaled(upstream))
            matrices.append(passed.after("norm →"))
        symbol = r"\partial L / \partial s" if above.before else r"\delta"
        formula = f"δ = W{one}ᵀ {error.name} ⊙ f′(z)"
        latex = rf"\delta = {{W^{{({number})}}}}^{{\top}} {symbol}^{{({number})}} \odot f'(z)"
        if self.after:
            formula = f"δ = ∂L/∂a ⊙ f′(z),  ∂L/∂h = W{one}ᵀ {error.name}"
            latex = r"\delta = \partial L / \partial a \odot f'(z), \quad \partial L / \partial h = "
            latex += rf"{{W^{{({number})}}}}^{{\top}} {symbol}^{{({number})}}"
        matrices += self._through_activation(passed)
        if self.before:
            matrices.append(self.error.after("norm →"))
        return self._step("backward", f"Backward, {self.name}", formula, latex, tuple(matrices), edges=above.index)

    def trained_steps(self) -> list[TraceStep]:
        """The gradients by what the stages train, the last stage's first, and what finite differences say of them."""
        steps = []
        for stage in sorted({part.walk.place[0] for part in self.trained}, reverse=True):
            parts = [part for part in self.trained if part.walk.place[0] == stage]
            matrices, formulas = [parts[0].upstream], []
            for part in parts:
                upstream, slope, shared = part.upstream, part.slope, len(part.walk.values) < len(part.walk.slope)
                by_slope, sign = "", "and"
                if slope is not None:
                    by_slope, sign = f" ⊙ {slope.name}", "sum =" if shared else "="
                    matrices.append(slope.after("⊙"))
                formulas.append(f"{part.gradient.name} = {'Σ ' * shared}{upstream.name}{by_slope}")
                matrices += self._checked(part.gradient.after(sign), part.walk.numeric)
            title = f"Gradient, {self.name}: {', '.join(part.name for part in parts)}"
            formula = ",  ".join(formulas)
            step = self._step("backward", title, formula, formula.translate(LATEX), tuple(matrices))
            steps.append(replace(step, edges=None))
        return steps

    def gradient_step(self) -> TraceStep:
        """The gradient by the weights, and what finite differences say of it."""
        error, below = self.error, self.below.turned()
        matrices = (error, below.after("·"), *self._checked(self.gradient.after("="), self.walk.numeric))
        symbol = r"\partial L / \partial s" if self.before else r"\delta"
        latex = rf"\partial L / \partial W = {symbol} \, {{{self.below_latex}}}^{{\top}}"
        formula = f"∂L/∂W = {error.name} {self.below.name}ᵀ"
        return self._step("backward", f"Gradient, {self.name}", formula, latex, matrices)

    @property
    def gradient(self) -> Matrix:
        meaning = "How the loss of this example changes with the weight."
        return matrix("∂L/∂W", self.walk.gradient, meaning, Product(self.error, self.below.turned()), bias=True)

    def _checked(self, gradient: Matrix, numeric: Array) -> list[Matrix]:
        """A gradient, what finite differences say of it, and how far they are apart."""
        exact, of_what = gradient.values, gradient.name.partition("/")[2].removeprefix("∂")
        apart = np.abs(exact - numeric) / np.maximum(np.abs(exact) + np.abs(numeric), FLOOR)
        title = "relative error" if of_what == "W" else f"relative error, {of_what}"
        return [
            gradient,
            matrix(f"ΔL/Δ{of_what}", numeric, CHECKED, sign="≈", bias=gradient.bias),
            matrix(title, apart, "Relative error |g − n| / (|g| + |n|) of the two.", sign=","),
        ]

    def _trained(self, part: TrainedWalk) -> Trained:
        """Its matrices; the activation's numbers carry an ᶠ where another of this layer is called the same."""
        taken = (["γ", "β"] if self.walk.norm is not None else []) + ["a"] * self.after
        name = part.symbol + "ᶠ" * (part.symbol in taken and not part.of_norm)
        letter = "a" if self.after else self.top
        slope: Matrix | None = None
        if part.of_norm:
            upstream = self.delta if self.before else self.upstream
            if part.slope_symbol != "1":
                value, mean, deviation, *_ = self._statistics(self.sums if self.before else self.a)
                slope = matrix("n", part.slope, "What γ scales and β shifts.", Rescaled(value, mean, deviation))
        else:
            meaning = "How the loss changes with the activation, before it is normalised."
            upstream = matrix("∂L/∂a", part.upstream, meaning) if self.after else self.upstream
            meaning = f"How the activation changes with {name}: {part.slope_symbol}."
            slope = matrix(f"∂{letter}/∂{name}", part.slope, meaning)
        rule: Rule = Times((upstream,) if slope is None else (upstream, slope))
        if slope is not None and len(part.values) < len(part.slope):
            rule = Product(upstream.turned(), slope)
        by = "the normalisation" if part.of_norm else self.walk.activation.label
        values = matrix(name, part.values, f"What {by} trains, beside the weights.")
        gradient = matrix(f"∂L/∂{name}", part.gradient, f"How the loss of this example changes with {name}.", rule)
        return Trained(part, name, values, gradient, upstream, slope)

    def _bent(self) -> tuple[Matrix, ...]:
        """What the activation trains, and what it answers."""
        own = [part.values for part in self.trained if not part.walk.of_norm]
        return (*(values.after("with") for values in own), self.a.after("f →"))

    def _through_activation(self, upstream: Matrix) -> list[Matrix]:
        if not self.elementwise:
            return [self.delta.after("f′ →")]
        return [self.slope.after("⊙"), replace(self.delta, rule=Times((upstream, self.slope)), sign="=")]

    def _slope_rule(self) -> Rule:
        """Of the curves whose slope is plain from the height, that."""
        slope = self.walk.activation.slope_by_output
        return Spelled(slope, {"f": self.a}) if slope else NO_RULE

    def _normalized(self, value: Matrix) -> Rule:
        _, mean, deviation, gain, shift = self._statistics(value)
        return Rescaled(value, mean, deviation, gain, shift)

    def _unscaled(self, upstream: Matrix) -> Rule:
        """Back through a normalization whose mean and deviation stand fast."""
        norm = self.walk.norm
        assert norm is not None
        if not norm.running:
            return NO_RULE
        *_, deviation, gain, _ = self._statistics(upstream)
        return Spelled("δ γ / σ", {"δ": upstream, "γ": gain, "σ": deviation})

    def _statistics(self, value: Matrix) -> tuple[Matrix, ...]:
        norm = self.walk.norm
        assert norm is not None
        return (
            value,
            matrix("μ", norm.mean, "Mean: of batch norm the running one, of layer norm over this layer.", sign="with"),
            matrix("σ", norm.deviation, "Deviation √(variance + ε₀), running or of this layer.", sign=","),
            matrix("γ", norm.gain, "Gain, which is trained.", sign=","),
            matrix("β", norm.shift, "Shift, which is trained.", sign=","),
        )

    def _step(
        self, kind: str, title: str, formula: str, latex: str, matrices: tuple[Matrix, ...], edges: int | None = None
    ) -> TraceStep:
        at_work = self.index if edges is None else edges
        return TraceStep(kind, self.index, at_work, self.index + 1, title, formula, latex, matrices)


def matrix(
    name: str,
    values: Array,
    meaning: str,
    rule: Rule = NO_RULE,
    sign: str = "",
    bias: bool = False,
    one: bool = False,
) -> Matrix:
    return Matrix(name, read_only(np.array(values, float)), meaning, sign, rule, bias, one)
