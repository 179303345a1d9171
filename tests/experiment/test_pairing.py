"""Which loss goes with which output unit: automatic choices, refusals, and what is made automatic where it must be."""

from __future__ import annotations

from itertools import product

import pytest

from playground.experiment.config import Config, ConfigError
from playground.experiment.pairing import fitting, refusal, resolve
from playground.nn.activations import OUTPUTS, Activation, Linear, ReLU, Sigmoid, Softmax, Tanh
from playground.nn.losses import (
    LOSSES,
    BinaryCrossEntropy,
    CrossEntropy,
    Hinge,
    KLDivergence,
    Loss,
    NegativeLogLikelihood,
    SquaredError,
)
from tests.choices import DISTANCES, MARGINS, label
from tests.configs import edited


def asking(loss: Loss | None, output: Activation | None) -> Config:
    return edited({"training.loss": loss, "network.output": output})


@pytest.mark.parametrize(
    ("classes", "output", "loss", "resolved"),
    [
        (0, None, SquaredError(), Linear()),
        (2, None, BinaryCrossEntropy(), Sigmoid()),
        (3, None, CrossEntropy(), Softmax()),
        (0, Linear(), SquaredError(), Linear()),
        (0, Sigmoid(), SquaredError(), Sigmoid()),
        (0, Tanh(), SquaredError(), Tanh()),
        (2, Linear(), SquaredError(), Linear()),
        (2, Sigmoid(), BinaryCrossEntropy(), Sigmoid()),
        (2, Tanh(), SquaredError(), Tanh()),
        (2, Softmax(), CrossEntropy(), Softmax()),
        (3, Linear(), SquaredError(), Linear()),
        (3, Sigmoid(), BinaryCrossEntropy(), Sigmoid()),
        (3, Tanh(), SquaredError(), Tanh()),
        (3, Softmax(), CrossEntropy(), Softmax()),
        *((classes, ReLU(), SquaredError(), ReLU()) for classes in (0, 2, 3)),
    ],
    ids=label,
)
def test_an_automatic_loss_suits_output_and_problem(
    classes: int, output: Activation | None, loss: Loss, resolved: Activation
) -> None:
    assert resolve(asking(None, output), classes) == (loss, resolved)


@pytest.mark.parametrize("classes", [0, 2, 3])
@pytest.mark.parametrize("loss", [cls() for cls in LOSSES.values()], ids=label)
def test_an_automatic_output_matches_the_loss(loss: Loss, classes: int) -> None:
    if not classes and loss.for_classes_only:
        pytest.skip("a loss of classes, and there are none")
    assert resolve(asking(loss, None), classes) == (loss, loss.match(classes))


def refused_at(loss: Loss, output: Activation, classes: int) -> str:
    """The path of the refusal, "" for a pair that makes sense."""
    if isinstance(loss, DISTANCES):
        return "network.output" if isinstance(output, Softmax) and not classes else ""
    if isinstance(loss, NegativeLogLikelihood):
        legal = isinstance(output, (Linear, Sigmoid, Softmax) if classes else Linear)
    elif isinstance(loss, MARGINS):
        legal = bool(classes) and isinstance(output, Linear | Tanh)
    else:
        legal = bool(classes) and isinstance(output, Softmax if isinstance(loss, KLDivergence) else Sigmoid | Softmax)
    return "" if legal else "training.loss"


EVERY_LOSS: list[Loss] = [cls() for cls in LOSSES.values()]
EVERY_OUTPUT: list[Activation] = [cls() for cls in OUTPUTS.values()]


def test_explicit_choices_are_taken_or_refused() -> None:
    for loss, output, classes in product(EVERY_LOSS, EVERY_OUTPUT, (0, 2, 3)):
        path, case = refused_at(loss, output, classes), (loss, output, classes)
        if not path:
            assert resolve(asking(loss, output), classes) == (loss, output), case
            continue
        with pytest.raises(ConfigError) as caught:
            resolve(asking(loss, output), classes)
        assert caught.value.path == path, case
        assert str(caught.value).startswith(f"{path}: "), case


def test_what_does_not_fit_is_made_automatic_and_nothing_else() -> None:
    for loss, output, classes in product((None, *EVERY_LOSS), (None, *EVERY_OUTPUT), (0, 2, 3)):
        config, case = asking(loss, output), (loss, output, classes)
        fitted = fitting(config, classes)
        assert not refusal(fitted, classes), case
        if not refusal(config, classes):
            assert fitted == config, case
        assert fitted.training.loss in (loss, None), case
        if not refusal(asking(loss, None), classes):
            assert fitted.training.loss == loss, case
        assert fitted.network.output in (output, None), case


@pytest.mark.parametrize(
    ("loss", "output", "path", "reason"),
    [
        (BinaryCrossEntropy(), None, "training.loss", "binary cross-entropy needs classes"),
        (CrossEntropy(), None, "training.loss", "cross-entropy needs classes"),
        (Hinge(), None, "training.loss", "hinge loss needs classes"),
        (NegativeLogLikelihood(), Sigmoid(), "training.loss", "sigmoid stands for the probability of a class"),
        (None, Softmax(), "network.output", "softmax needs classes"),
    ],
    ids=label,
)
def test_what_only_classes_can_have(loss: Loss | None, output: Activation | None, path: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=f"^{path}: {reason}"):
        resolve(asking(loss, output), 0)
