"""How good the answers are, and in what way they are wrong: confusion, ROC, reliability, residuals. Knows no screen.

The numbers are those of scikit-learn's metrics, which take twenty times as long: too long for something that is live.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.looks import bins
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only
from playground.experiment.part import Part
from playground.experiment.problem import Problem
from playground.nn.network import Network

MOST = 5000  # examples of a part that are judged: the first, which have been shuffled
BINS = 10  # of the reliability curve
BARS = 31  # of the histogram of residuals, the middle one around 0


@dataclass(frozen=True, eq=False)
class Metrics(Look):
    """The member shown, judged on one part of the data.

    Attributes:
        part: "train", "validation" or "test"; asked for a validation part that is not there, it is "test".
        examples: how many are judged.
        confusion: how many examples of each class, a row, are taken for each, a column, (classes, classes); of a number
            to predict (0, 0).
        roc: of each class against the rest, or of two the second, rows of false positive rate, true positive rate and
            threshold, (3, points); without points where all or none of the examples are of that class.
        auc: the area under each, (curves,), NaN where there is none.
        reliability: of each tenth of the probability: its mean, the share of yes, or with several outputs the share of
            right answers, and how many examples, (BINS, 3); NaN where there are none.
        calibration_error: how far these lie apart on average over the examples (Guo et al. 2017), NaN for a regression.
        truth, answer: of a number to predict, in units of the data, (examples,); else (0,).
        residuals, edges: how many of answer − truth lie in each of BARS equal pieces, and their edges, (BARS + 1,).
        error, explained: root of the mean squared residual, and the share of the variance R²; NaN for classes.
    """

    part: str
    examples: int
    confusion: NDArray[np.int64]
    roc: tuple[Floats, ...]
    auc: Floats
    reliability: Floats
    calibration_error: float
    truth: Floats
    answer: Floats
    residuals: NDArray[np.int64]
    edges: Floats
    error: float
    explained: float

    @classmethod
    def _of_classes(cls, name: str, problem: Problem, y: NDArray[np.int64], h: Floats) -> Self:
        count = len(problem.dataset.classes)
        shares = probabilities(problem, h)
        several = len(h) > 1
        answers = problem.scoring.classes(h)
        curves = [(k, shares[k]) for k in range(count)] if count > 2 else [(1, shares[-1])]
        rocs = [roc_of(y == k, share) for k, share in curves]
        confusion = np.bincount(y * count + answers, minlength=count * count).reshape(count, count)
        said, right = (shares.max(axis=0), answers == y) if several else (shares[0], y == 1)
        reliability = reliability_of(said, right)
        gaps, sizes = np.abs(reliability[:, 0] - reliability[:, 1]), reliability[:, 2]
        return cls(
            name,
            len(y),
            read_only(confusion.astype(np.int64)),
            tuple(read_only(roc) for roc, _ in rocs),
            read_only(np.array([area for _, area in rocs])),
            read_only(reliability),
            float(np.nansum(gaps * sizes) / len(y)),
            read_only(np.zeros(0)),
            read_only(np.zeros(0)),
            read_only(np.zeros(BARS, np.int64)),
            read_only(np.linspace(-1.0, 1.0, BARS + 1)),
            np.nan,
            np.nan,
        )

    @classmethod
    def _of_number(cls, name: str, truth: Floats, answer: Floats) -> Self:
        residuals = answer - truth
        reach = float(np.max(np.abs(residuals), initial=0.0, where=np.isfinite(residuals))) or 1.0
        error, spread = _root_mean_square(residuals), _root_mean_square(truth - truth.mean())
        return cls(
            name,
            len(truth),
            read_only(np.zeros((0, 0), np.int64)),
            (),
            read_only(np.zeros(0)),
            read_only(np.full((BINS, 3), np.nan)),
            np.nan,
            read_only(truth),
            read_only(answer),
            read_only(bins.counts(residuals, -reach, reach, BARS).astype(np.int64)),
            read_only(bins.edges(-reach, reach, BARS)),
            error,
            float(1.0 - np.square(np.float64(error) / spread)) if spread > 0.0 else np.nan,
        )


def measure(context: RunContext) -> Metrics:
    """This moment's, of what is selected."""
    problem, name = context.problem, context.selection.part
    name = name if problem.parts[name] else "test"
    part = context.part(name).some(np.arange(min(len(context.part(name)), MOST)))
    h = _outputs(context.network, part)
    if problem.dataset.classes:
        return Metrics._of_classes(name, problem, part.y.astype(np.int64), h)
    return Metrics._of_number(name, part.y.astype(float), problem.decode(h.T)[:, 0])


def probabilities(problem: Problem, h: Floats) -> Floats:
    """What outputs h (outputs, examples) say of how probable a yes is."""
    return problem.loss.probabilities(problem.output, h)


def reliability_of(said: Floats, right: NDArray[np.bool_]) -> Floats:
    """Of each of BINS equal pieces of the probabilities said, (examples,): their mean, the share right, and how many."""
    pieces = np.minimum((said * BINS).astype(int), BINS - 1)
    sizes = np.bincount(pieces, minlength=BINS).astype(float)
    sums = np.stack([np.bincount(pieces, values, BINS) for values in (said, right.astype(float))])
    means = np.divide(sums, sizes, out=np.full_like(sums, np.nan), where=sizes > 0.0)
    return np.column_stack([*means, sizes])


def roc_of(is_class: NDArray[np.bool_], share: Floats) -> tuple[Floats, float]:
    """False positive rate, true positive rate and threshold, (3, points), and the area under them.

    Everything from the threshold on is taken for the class; only points at which the curve bends are kept. Without any
    example of the class, or of the others, there are none, and the area is NaN.
    """
    order = np.argsort(-share, kind="stable")
    share, hits = share[order], np.cumsum(is_class[order])
    ends = np.append(np.flatnonzero(np.diff(share)), len(share) - 1)  # examples of one share come together
    found = np.append(0, hits[ends])
    wrong = np.append(0, ends + 1 - hits[ends])
    if not found[-1] or not wrong[-1]:
        return np.zeros((3, 0)), np.nan
    bends = np.diff(found[1:]) * np.diff(wrong[:-1]) != np.diff(found[:-1]) * np.diff(wrong[1:])
    kept = np.concatenate([[True], bends, [True]])
    points = np.stack([wrong / wrong[-1], found / found[-1], np.append(1.0, share[ends])])[:, kept]
    area = np.sum(np.diff(points[0]) * (points[1, 1:] + points[1, :-1])) / 2.0
    return points, float(area)


def _root_mean_square(values: Floats) -> float:
    """Also where a square alone would overflow."""
    largest = float(np.abs(values).max())
    if not 0.0 < largest < np.inf:
        return largest
    return largest * float(np.sqrt(np.square(values / largest).mean()))


def _outputs(network: Network, part: Part) -> Floats:
    """(outputs, examples); what is no number counts as 0."""
    return np.nan_to_num(network.predict(part.X).T.astype(float))
