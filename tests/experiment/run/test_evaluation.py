"""Answers are scored as the formulas say: every output unit under every loss, for numbers and for classes."""

from __future__ import annotations

import numpy as np
import pytest

from playground.data.dataset import Floats
from playground.data.generators import Blobs, Circle, Hills
from playground.experiment.problem import Problem
from playground.nn.activations import Activation, Linear, Sigmoid, Tanh
from playground.nn.initializers import Xavier
from playground.nn.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    CrossEntropy,
    Hinge,
    Huber,
    Logistic,
    Loss,
    NegativeLogLikelihood,
    SquaredError,
    SquaredHinge,
)
from playground.nn.network import Network
from tests.choices import MARGINS, label, pairs
from tests.configs import edited

SOURCES = {0: Hills(points=60), 2: Circle(points=60), 3: Blobs(points=60), 5: Blobs(points=60, classes=5)}


def score(loss: Loss, output: Activation, h: Floats, target: Floats) -> float:
    """The mean loss as the formulas say it, for outputs that are not saturated."""
    error, margin = h - target, target * h
    with np.errstate(all="ignore"):  # logarithms are read only where the output is a probability
        yes, no = -target * np.log(h), -(1.0 - target) * np.log(1.0 - h)
    match loss, output:
        case SquaredError(), _:
            each = 0.5 * error**2
        case AbsoluteError(), _:
            each = np.abs(error)
        case Huber(), _:
            each = np.where(np.abs(error) <= 1.0, 0.5 * error**2, np.abs(error) - 0.5)
        case NegativeLogLikelihood(), Linear():
            each = 0.5 * error**2 + 0.5 * np.log(2.0 * np.pi)
        case (BinaryCrossEntropy(), _) | (NegativeLogLikelihood(), Sigmoid()):
            each = yes + no
        case (CrossEntropy() | NegativeLogLikelihood(), _):
            each = yes
        case Logistic(), _:
            each = np.log(1.0 + np.exp(-margin))
        case Hinge(), _:
            each = np.maximum(0.0, 1.0 - margin)
        case SquaredHinge(), _:
            each = np.maximum(0.0, 1.0 - margin) ** 2
        case _:
            raise AssertionError(f"no formula for {loss.label}")
    return float(each.sum(axis=1).mean())


@pytest.mark.parametrize(
    ("classes", "loss", "output"), [(classes, *pair) for classes in SOURCES for pair in pairs(classes)], ids=label
)
def test_evaluation_by_the_formulas(classes: int, loss: Loss, output: Activation) -> None:
    source = SOURCES[classes]
    if classes == 2:
        source = Circle(points=2500)  # more than a network looks at in one call
    config = edited({"data.source": source, "data.train_share": 0.6, "training.loss": loss, "network.output": output})
    problem = Problem(config, config.data.source.load(np.random.default_rng(5)))
    network = Network(2, [(4, Tanh()), (problem.outputs, output)])
    network.initialise(Xavier(), [np.random.default_rng(2)])
    for name in ("train", "test"):
        (part,) = problem.parts[name]
        h = network.predict(part.X)
        evaluation = problem.evaluate(network, name)
        assert evaluation.loss == pytest.approx(score(loss, output, h, part.targets), rel=1e-12)
        if not classes:
            assert evaluation.accuracy is None
            continue
        middle = 0.0 if isinstance(output, Tanh) or isinstance(loss, MARGINS) else 0.5
        predicted = h.argmax(axis=1) if problem.outputs > 1 else h[:, 0] > middle
        assert evaluation.accuracy == pytest.approx((predicted == part.y).mean())
        assert predicted.mean() > 0.0
        assert 0.0 < (predicted == part.y).mean() < 1.0
