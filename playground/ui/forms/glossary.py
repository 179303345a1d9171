"""The terms of the field that captions and knobs use, each explained in a sentence or two. Knows no widget and no view."""

from __future__ import annotations

import re
from functools import cache

# A term, as a pattern for the words it goes by where its own would not do: (term, other words, explanation).
TERMS: tuple[tuple[str, str, str], ...] = (
    ("activation", r"activations?", "What a unit puts out: its pre-activation z, bent by the activation function f."),
    ("AUC", "", "Area under the ROC curve: 1 where a class is always ranked first, 0.5 for guessing."),
    (
        "backpropagation",
        r"backprop(agation)?",
        "Works out the gradient from the output back to the first layer, with the chain rule, a layer at a time.",
    ),
    (
        "batch norm",
        "",
        "Normalises each unit over the mini-batch to mean 0 and deviation 1, then scales by γ and shifts by β, which are "
        "learnt.",
    ),
    ("bias", r"bias(es)?", "The number a unit adds to its weighted sum, whatever its inputs are."),
    ("calibration", r"calibrat(ion|ed)", "How well predicted probabilities agree with how often they come true."),
    ("confusion matrix", "", "Counts how often each true class (row) is predicted as each class (column)."),
    (
        "cross-entropy",
        r"(binary )?cross-entropy",
        "The loss for classes: −log of the probability given to the true class. Being sure and wrong costs most.",
    ),
    (
        "dead unit",
        r"dead( units?)?",
        "A unit that puts out 0 for every example, with slope 0: it cannot learn any more.",
    ),
    ("δ", "", "How the loss changes with a unit's pre-activation: ∂L/∂z, the error that backpropagation passes on."),
    (
        "dropout",
        "",
        "Switches units off at random while training, so that the network relies on none of them alone.",
    ),
    ("early stopping", "", "Ends training once the validation loss no longer falls, and takes the best weights back."),
    ("epoch", r"epochs?", "One pass over all training examples."),
    (
        "exploding gradient",
        r"explod(es?|ing)( gradients?)?",
        "Gradients that grow from layer to layer on their way back, until steps are far too long.",
    ),
    (
        "gradient",
        r"gradients?(?! norm)",
        "How the loss changes with each weight, ∂L/∂w. Training steps against it.",
    ),
    ("gradient norm", "", "Length of a layer's gradient, √ Σ (∂L/∂w)²: how strongly the layer is told to change."),
    ("layer norm", "", "Normalises each example over the units of a layer; it needs no mini-batch."),
    (
        "learning rate",
        "",
        "How long a step is along the gradient. Too small: training crawls. Too large: it overshoots.",
    ),
    (
        "logits",
        r"logits?",
        "The pre-activations of the output layer, before softmax or sigmoid makes probabilities of them.",
    ),
    (
        "loss",
        r"(?<!data )loss(es)?",
        "How wrong the answers are, as one number that training makes small.",
    ),
    (
        "mini-batch",
        r"mini-batch(es)?",
        "The few examples that one step is worked out from. Larger ones give steadier gradients.",
    ),
    ("momentum", "", "Steps along a running mean of the gradients instead of the last one alone."),
    (
        "overfitting",
        r"overfit(ting|s)?",
        "Learning the training examples by heart: their loss falls, that of others rises.",
    ),
    (
        "penalty",
        r"penalt(y|ies)|regularis(ation|ed)",
        "What regularisation adds to the loss for large weights, so that they stay small.",
    ),
    ("pre-activation", r"pre-activations?", "z: the weighted sum of a unit's inputs plus its bias, before f bends it."),
    ("residual", r"residuals?", "Predicted minus true value."),
    ("ROC", "", "True positive rate against false positive rate, for every threshold."),
    (
        "running averages",
        r"running( averages?)?",
        "Means over the mini-batches so far, which batch norm uses instead of the mini-batch's own when testing.",
    ),
    (
        "saturation",
        r"saturat(ion|ed|es)",
        "A unit on a flat part of its activation function: its slope is near 0, so hardly any gradient passes.",
    ),
    ("softmax", "", "Turns the logits into probabilities that add up to 1."),
    ("step", r"steps?", "One update of all weights, from one mini-batch."),
    ("threshold", r"thresholds?", "The predicted probability from which on an example counts as of the class."),
    ("validation", "", "Examples that are not trained on, and that decide when to stop; the test is left for the end."),
    (
        "vanishing gradient",
        r"vanish(es|ing)( gradients?)?",
        "Gradients that shrink from layer to layer on their way back, so that the first layers hardly learn.",
    ),
    ("weight", r"weights?", "The number that an input of a unit is multiplied by. Weights are what is learnt."),
    ("weight decay", "", "Shrinks every weight a little at each step."),
)
MOST = 4  # terms told at once


def explained(text: str) -> str:
    """The terms that a text uses, in its order, a line each; "" for none. Of very many the first are told."""
    found: dict[str, int] = {}
    for term, pattern, _ in TERMS:
        at = _pattern(term, pattern).search(text)
        if at is not None:
            found[term] = at.start()
    told = {term: meaning for term, _, meaning in TERMS}
    first = sorted(found, key=lambda term: (_known(term), found[term]))[:MOST]
    return "\n".join(f"{term}: {told[term]}" for term in sorted(first, key=found.__getitem__))


def _known(term: str) -> bool:
    """Whether a term is so common that any other is told before it."""
    return term in ("bias", "loss", "step", "weight")


@cache
def _pattern(term: str, pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern or re.escape(term)})(?![\w-])", re.IGNORECASE)
