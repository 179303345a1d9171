"""The choices as parameters of tests: families of losses, and what a choice is called in a test's name."""

from __future__ import annotations

from playground.experiment.config import Config
from playground.experiment.pairing import refusal
from playground.nn.activations import OUTPUTS, Activation
from playground.nn.losses import (
    LOSSES,
    AbsoluteError,
    BinaryCrossEntropy,
    CrossEntropy,
    Hinge,
    Huber,
    KLDivergence,
    Logistic,
    Loss,
    SquaredError,
    SquaredHinge,
)
from playground.options import Options, with_value

DISTANCES = (SquaredError, AbsoluteError, Huber)
PROBABILITIES = (BinaryCrossEntropy, CrossEntropy, KLDivergence)
MARGINS = (Logistic, Hinge, SquaredHinge)


def label(value: object) -> str:
    """What a choice is called; None is left to the program."""
    return "automatic" if value is None else value.label if isinstance(value, Options) else str(value)


def pairs(classes: int, automatic: bool = False) -> list[tuple[Loss | None, Activation | None]]:
    """Every loss with every output unit that goes with it; which do for so many classes, tests/experiment/test_pairing says.

    With `automatic` also those of which one or both are left to the program.
    """
    losses: list[Loss | None] = [cls() for cls in LOSSES.values()]
    outputs: list[Activation | None] = [cls() for cls in OUTPUTS.values()]
    if automatic:
        losses, outputs = [None, *losses], [None, *outputs]
    return [(loss, output) for loss in losses for output in outputs if not refusal(_asking(loss, output), classes)]


def _asking(loss: Loss | None, output: Activation | None) -> Config:
    config: Config = with_value(with_value(Config(), "training.loss", loss), "network.output", output)
    return config
