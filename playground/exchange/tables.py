"""A run's history, and any other columns of numbers, as a CSV file. Knows no session and no screen."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from playground.exchange.atomic import write_atomically
from playground.experiment.history.curves import Curves
from playground.options.layers import layer_names

FIXED = (
    "epoch",
    "step",
    "train_loss",
    "validation_loss",
    "test_loss",
    "train_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "penalty",
)
MEASURES = ("gradient_norm", "gradient_largest", "gradient_mean")


def write_history(curves: Curves, path: str | Path) -> None:
    """One row per record, numbers in full; a cell without a number, such as an accuracy of a regression, is empty.

    After the losses, the accuracies and the penalty on the weights come, layer by layer, the norm, the largest and the
    mean absolute weight gradient; then, of several members, the training loss of each, and its loss on the validation
    or else the test part.

    Raises:
        OSError: when the file cannot be written; one that was there before is then as it was.
    """
    gradients = [getattr(curves, measure) for measure in MEASURES]  # each (records, layers)
    columns = [getattr(curves, name) for name in FIXED]
    layers = gradients[0].shape[1]
    columns += [values[:, layer] for layer in range(layers) for values in gradients]
    header = [*FIXED, *(f"{name} {measure.replace('_', ' ')}" for name in layer_names(layers) for measure in MEASURES)]
    for name, losses in (("train loss", curves.train_losses), ("held-out loss", curves.held_out_losses)):
        columns += list(losses.T)
        header += [f"member {member} {name}" for member in range(1, losses.shape[1] + 1)]
    write_columns(header, columns, path)


def write_columns(header: Sequence[str], columns: Sequence[NDArray[Any]], path: str | Path) -> None:
    """One row per entry of the columns, which are of one length, numbers in full.

    Raises:
        OSError: as `write_history`.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(map(_cells, zip(*(column.tolist() for column in columns), strict=True)))
    write_atomically(Path(path), text.getvalue().encode())


def _cells(row: Sequence[float]) -> list[float | str]:
    return ["" if math.isnan(value) else value for value in row]
