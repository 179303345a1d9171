"""Every choice of loss, in the order the window shows them."""

from __future__ import annotations

from playground.nn.losses.distances import AbsoluteError, Huber, SquaredError
from playground.nn.losses.likelihoods import BinaryCrossEntropy, CrossEntropy, KLDivergence, NegativeLogLikelihood
from playground.nn.losses.loss import Loss
from playground.nn.losses.margins import Hinge, Logistic, SquaredHinge

__all__ = [
    "LOSSES",
    "AbsoluteError",
    "BinaryCrossEntropy",
    "CrossEntropy",
    "Hinge",
    "Huber",
    "KLDivergence",
    "Logistic",
    "Loss",
    "NegativeLogLikelihood",
    "SquaredError",
    "SquaredHinge",
]

LOSSES: dict[str, type[Loss]] = {
    "squared_error": SquaredError,
    "absolute_error": AbsoluteError,
    "huber": Huber,
    "binary_cross_entropy": BinaryCrossEntropy,
    "cross_entropy": CrossEntropy,
    "negative_log_likelihood": NegativeLogLikelihood,
    "kl_divergence": KLDivergence,
    "logistic": Logistic,
    "hinge": Hinge,
    "squared_hinge": SquaredHinge,
}
