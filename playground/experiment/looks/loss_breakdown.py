"""What the loss is made of: the examples that it comes from, and the weights that a penalty counts. Knows no screen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.looks import bins
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only
from playground.experiment.part import Part
from playground.experiment.problem import Problem
from playground.nn.network import Network

MOST = 5000  # training examples that are looked at: the first, which have been shuffled
WORST = 20
BARS = 41  # of the histogram of weights, the middle one around 0


@dataclass(frozen=True, eq=False)
class LossBreakdown(Look):
    """Of the member shown: its loss on each training example, the largest first, and how its weights are spread.

    Attributes:
        examples: positions within the training part, (examples,).
        losses: of each, (examples,); what is no number counts as infinite.
        y, answers: true and predicted class index or number, in units of the data, (examples,).
        worst_share: of the sum of all losses, that of the first WORST; NaN where the sum is 0 or not finite.
        counts, edges: how many weights of each layer, biases apart, lie in each of BARS equal pieces, (layers, BARS),
            and their edges, (BARS + 1,).
        zeros, weights: how many weights of each layer are exactly 0, and how many there are, (layers,).
    """

    examples: NDArray[np.intp]
    losses: Floats
    y: Floats
    answers: Floats
    worst_share: float
    counts: NDArray[np.int64]
    edges: Floats
    zeros: NDArray[np.int64]
    weights: NDArray[np.int64]


def measure(context: RunContext) -> LossBreakdown:
    """This moment's, of what is selected."""
    problem, network = context.problem, context.network
    rows = problem.members[context.member].rows  # a fold, or a sample in which an example may stand twice
    rows = np.arange(len(problem.train)) if rows is None else np.unique(rows)
    part = problem.train.some(rows[:MOST])
    losses, answers = _losses(problem, network, part)
    order = np.argsort(-losses, kind="stable")
    total = float(losses.sum())
    known = math.isfinite(total) and total > 0.0
    weights = [matrix[:, :-1].astype(float).ravel() for matrix in network.weights]
    reach = _round_above(max((float(np.abs(each).max(initial=0.0)) for each in weights), default=0.0))
    counts = [bins.counts(each, -reach, reach, BARS) for each in weights]
    return LossBreakdown(
        read_only(rows[:MOST][order]),
        read_only(losses[order]),
        read_only(part.y[order].astype(float)),
        read_only(answers[order]),
        float(losses[order][:WORST].sum()) / total if known else math.nan,
        read_only(np.array(counts, np.int64)),
        read_only(bins.edges(-reach, reach, BARS)),
        read_only(np.array([np.count_nonzero(each == 0.0) for each in weights], np.int64)),
        read_only(np.array([each.size for each in weights], np.int64)),
    )


def _losses(problem: Problem, network: Network, part: Part) -> tuple[Floats, Floats]:
    """The loss on each example of a part, and the class index or number answered, (examples,) each."""
    losses, answers = np.empty(len(part)), np.empty(len(part))
    for chunk, work in network.passes(part.X):
        h = work.outputs(part.X[chunk].T)
        losses[chunk] = problem.loss.value(problem.output, work.output.z, h, part.targets[chunk].T)
        if not problem.dataset.classes:
            answers[chunk] = problem.decode(h.T)[:, 0]
        else:
            answers[chunk] = problem.scoring.classes(h)
    losses[np.isnan(losses)] = np.inf
    return losses, answers


def _round_above(value: float) -> float:
    """The next of 1, 2 and 5 times a power of ten, so that a picture's ends move seldom."""
    if not math.isfinite(value) or value <= 1e-300:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return min(next(part * power for part in (1.0, 2.0, 5.0, 10.0) if value <= part * power), bins.LARGEST)
