"""The choices as parameters of tests: families of losses, and what a choice is called in a test's name."""

from __future__ import annotations

from playground.nn.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    CrossEntropy,
    Hinge,
    Huber,
    KLDivergence,
    Logistic,
    SquaredError,
    SquaredHinge,
)
from playground.options import Options

DISTANCES = (SquaredError, AbsoluteError, Huber)
PROBABILITIES = (BinaryCrossEntropy, CrossEntropy, KLDivergence)
MARGINS = (Logistic, Hinge, SquaredHinge)


def label(value: object) -> str:
    """What a choice is called; None is left to the program."""
    return "automatic" if value is None else value.label if isinstance(value, Options) else str(value)
