"""The end of the walk: how a gradient becomes a step, in the optimizer's own numbers. Knows nothing of how it was found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.backprop.matrix import Matrix, Rule, Scaled, Times, figure
from playground.experiment.backprop.notation import NO_RULE, Letters, TraceStep, matrix
from playground.experiment.backprop.worked import Worked
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.optimizer_trace import decayed
from playground.experiment.run.progress import LastStep
from playground.nn.calls import run
from playground.nn.network import Network
from playground.nn.optimizers.optimizer import Dissection, Line, OptimizerStep, SearchingOptimizer
from playground.nn.regularizers import Regularizer

Places = NDArray[np.intp]  # where a matrix's entries lie in the flat buffers
ROUNDING = 16.0  # of the last bits of a weight, by which a step may differ from its parts


class Update:
    """The last step, or while none is known, the one that would follow if the example walked were the whole mini-batch.

    All arrays are flat, (count,). What is not known, as how an optimizer that looks around would step, is NaN.
    """

    def __init__(self, context: RunContext, layers: list[Letters]) -> None:
        network, member, progress = context.network, context.member, context.progress
        self._context, self._rules, self._layers = context, context.config.training, layers
        places = Network(network.inputs, network.layers)
        places.parameters[0] = np.arange(places.parameters.size)
        self._weights: list[Places] = [weights.astype(np.intp) for weights in places.weights]
        self._trained: list[list[Places]] = [
            [stages[at][which].astype(np.intp) for at, which in (part.walk.place for part in layer.trained)]
            for layer, stages in zip(layers, places.stage_parameters, strict=True)
        ]
        step, self._moved = progress.last_step(member), progress.last_update[member].astype(float)
        self._alone = step is None
        self._after = network.parameters[0].astype(float)
        with np.errstate(all="ignore"):
            if step is None:
                step = self._if_alone()
            self._step = step
            unknown = self._alone and isinstance(self._rules.optimizer, SearchingOptimizer)
            self._found = None if unknown else self._rules.optimizer.dissect(step.optimizer_step)
            self._parts = () if self._found is None else self._taken_apart(self._found)

    def steps(self) -> list[TraceStep]:
        """Layer by layer: the weights, and then what its stages train."""
        steps = []
        for layer, weights, trained in zip(self._layers, self._weights, self._trained, strict=True):
            steps.append(self._update(layer, "W", weights, layer.gradient))
            for part, places in zip(layer.trained, trained, strict=True):
                steps.append(self._update(layer, part.name, places, part.gradient))
        return steps

    def _if_alone(self) -> LastStep:
        """Step from here by the gradients walked, in arrays of its own."""
        context, rules = self._context, self._rules
        gradient = np.zeros(self._after.size)
        for layer, weights, trained in zip(self._layers, self._weights, self._trained, strict=True):
            gradient[weights] = layer.walk.gradient
            for part, places in zip(layer.trained, trained, strict=True):
                gradient[places] = part.walk.gradient
        ready, (regularizer, pulled) = context.progress.ready(context.member), context.regularizer
        p, g, mask = self._after[None].copy(), gradient[None], context.network.is_weight
        total = np.zeros_like(g) if regularizer.adds_gradient else g
        clipped = np.zeros_like(g) if rules.clipping.acts else total
        slots, clock = ready.after[:, None].copy(), ready.clock
        run([*regularizer.before(p, g, total, ready.rate, pulled), *rules.clipping.calls(total, clipped)])
        if isinstance(rules.optimizer, SearchingOptimizer):
            p.fill(np.nan)
        else:
            run(rules.optimizer.update(p, clipped, ready.rate, clock, slots, mask))
        run(regularizer.after(p, ready.rate, pulled))
        self._moved = p[0] - self._after
        before, self._after = self._after, p[0]
        optimizer_step = OptimizerStep(clipped[0], ready.rate, clock, ready.before, rules.optimizer.spread(slots[:, 0]))
        return LastStep(1, before, gradient, total[0], optimizer_step)

    def _taken_apart(self, found: Dissection) -> tuple[Line, ...]:
        """The lines whose sum the step is: what the optimizer did, weight decay, and whatever moved the weights besides."""
        step, optimizer, regularizer = self._step, self._rules.optimizer, self._rules.regularizer
        rate, before = step.optimizer_step.rate, step.before
        parts = [found.last_line(rate)]
        left = self._moved - parts[0].value
        decay = decayed(self._context, before, rate)
        if decay is not None:
            decay = decay * self._context.network.is_weight
            names: dict[str, Floats | float] = {"ε": rate, "w": before}
            formula, own = "−ε α w", regularizer.decays
            if own and self._context.penalty_rate is not None:
                names["α"] = self._context.penalty_rate
            if optimizer.decay_rate is not None:
                names["λ"] = optimizer.decay_rate
                formula = "−(ε α + ε λ (1 − ε α)) w" if own else "−ε λ w"
            parts.append(Line("", formula, names, decay))
            left = left - decay
        bits = np.finfo(self._context.network.parameters.dtype).eps
        wide = bits * (ROUNDING * np.fmax(np.abs(before), np.abs(self._after)) + 1e4 * np.abs(parts[0].value))
        pulled = type(regularizer).after is not Regularizer.after
        name = f"what {regularizer.label} does" if pulled else "what was done since"
        left = np.where(np.abs(left) > wide, left, 0.0)
        return (*parts, Line("", name, {name: left}, left))

    def _update(self, layer: Letters, name: str, places: Places, own: Matrix) -> TraceStep:
        optimizer, bias, alone = self._rules.optimizer, name == "W", self._alone
        matrices = self._reaching(name, places, own)
        memories = self._memories(places, bias)
        meaning = f"What {optimizer.label} {'would add' if alone else 'added in the last step'}."
        if isinstance(optimizer, SearchingOptimizer):
            meaning = f"{meaning} {optimizer.because}"
        rule = self._stepping(places, matrices[-1], memories)
        step = matrix(f"Δ{name}", self._moved[places], meaning, rule, f"{optimizer.label} →", bias)
        meaning = f"{name} as {'it would be' if alone else 'it is now,'} after that step."
        if bias:
            meaning = f"{meaning} The last column are the biases."
        moved = Line("", "w + Δw", {"w": self._step.before, "Δw": self._moved}, self._after)
        rule = NO_RULE if alone and self._found is None else Worked(places, (moved,), made_of=(step,))
        gave = "would give" if alone else "gave"
        after = matrix(name, self._after[places], meaning, rule, gave, bias)
        return TraceStep(
            "update",
            layer.index,
            layer.index if bias else None,
            layer.index + 1,
            f"Update, {layer.name}" if bias else f"Update, {layer.name}: {name}",
            optimizer.formula,
            optimizer.latex,
            (*matrices, *memories, step, after),
            self._note(),
        )

    def _reaching(self, name: str, places: Places, own: Matrix) -> list[Matrix]:
        """The gradient on its way from the mini-batch, or the example, to the optimizer, where it is called g."""
        rules, step, bias = self._rules, self._step, name == "W"
        penalised = rules.regularizer.adds_gradient and bias
        clipped = rules.clipping.acts
        if self._alone:
            first, mean = "∂L/∂w", own.after("")
            if not penalised and not clipped:
                meaning = "The gradient of this example alone, as if it were the whole mini-batch."
                mean = matrix("g", own.values, meaning, Times((own,)), bias=bias)
            matrices = [mean]
        else:
            first = "⟨∂L/∂w⟩"
            meaning = (
                f"Mean of ∂L/∂{name} over the {step.examples:,} examples of the last mini-batch, by the weights before that "
                "step."
            )
            title = f"⟨∂L/∂{name}⟩" if penalised or clipped else "g"
            mean = matrix(title, step.gradient[places], meaning, bias=bias)
            matrices = [mean]
        if penalised:
            slope = step.total - step.gradient
            share, penalty = (
                Line("", symbol, {symbol: value}, value)
                for symbol, value in ((first, step.gradient), ("∂penalty/∂w", slope))
            )
            meaning = f"The gradient, and the slope of {rules.regularizer.label}'s penalty; biases bear none."
            title = "∂J/∂W" if clipped else "g"
            total = Worked(places, (share, penalty), made_of=(mean,))
            mean = matrix(title, step.total[places], meaning, total, f"with {rules.regularizer.label} →", bias)
            matrices.append(mean)
        if clipped:
            meaning = f"What is left of it after clipping {rules.clipping.label}: {rules.clipping.formula}."
            cut = step.optimizer_step.gradient
            rule: Rule = NO_RULE
            shortening = rules.clipping.shortening(step.total)
            if shortening is not None:
                rule = Scaled(shortening.symbol, shortening.factor, mean)
                length, limit = figure(shortening.length), f"{shortening.limit:g}"
                meaning = f"{meaning} Before, ‖g‖ was {length} over the whole network; c is {limit}."
            matrices.append(matrix("g", cut[places], meaning, rule, "clipped →", bias))
        return matrices

    def _memories(self, places: Places, bias: bool) -> list[Matrix]:
        """What the optimizer remembers of each number, after the step, a matrix for each slot that the numbers have."""
        found, optimizer = self._found, self._rules.optimizer
        if found is None:
            return []
        matrices: list[Matrix] = []
        lines = {line.symbol: line for line in found.lines}
        for slot, values in found.memories.items():
            if slot in optimizer.common:
                continue
            symbol = next(iter(values))
            meaning = (
                f"What {optimizer.label} remembers ({slot}), after the step; {symbol} on the right is that before it."
            )
            rule = Worked(places, (lines[symbol],))
            sign = "," if matrices else "→"
            matrices.append(matrix(symbol, values[symbol][places], meaning, rule, sign, bias))
        return matrices

    def _stepping(self, places: Places, g: Matrix, memories: list[Matrix]) -> Rule:
        """How the step was worked out, number by number."""
        found = self._found
        if found is None:
            return NO_RULE
        shown = {memory.name for memory in memories}
        lines = tuple(line for line in found.lines if line.symbol not in shown)
        words: tuple[tuple[str, Floats], ...] = ()
        rate, effective = self._step.optimizer_step.rate, found.effective
        if not np.array_equal(effective, rate):
            divided = found.below is not None and np.allclose(effective * found.below, rate)
            name = f"effective rate ε / {found.below_symbol}" if divided else "effective rate of g"
            words = ((name, np.broadcast_to(effective, self._after.shape)),)
        return Worked(places, self._parts, lines, (g, *memories), words)

    def _note(self) -> str:
        if not self._alone:
            return (
                f"Gradient and step are those of the last mini-batch of {self._step.examples:,}, by the weights before that "
                "step; point at the step to see how it came from the gradient."
            )
        if isinstance(self._rules.optimizer, SearchingOptimizer):
            return f"{self._rules.optimizer.label} looks around before it steps: train one mini-batch to see where it went."
        return (
            "No step is known yet. This is the one that would follow if this example were the whole mini-batch: train one "
            "to see a real one."
        )
