"""The report of a run: what is wrong with it in words, and a picture of everything that can be seen of it. Knows no Qt.

`picture(frame, path)` of each module draws one PNG file. It raises ValueError where the frame holds nothing to draw, as of
classes for a regression: then there is no such picture.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playground.exchange.atomic import write_atomically
from playground.exchange.report import (
    backprop,
    dead_units,
    layers,
    loss,
    loss_breakdown,
    loss_gradient,
    maps,
    metrics,
    normalization,
    optimizer_trace,
    units,
)
from playground.exchange.report.pictures import boundary_picture, gradients_picture
from playground.exchange.report.text import report_text
from playground.experiment.config import Config
from playground.experiment.diagnosis import Diagnosis
from playground.experiment.frame import Frame
from playground.experiment.looks.table import LOOKS, MAIN

REPORT_NEEDS = MAIN | LOOKS.keys()  # what a frame must hold for a full report

Picture = Callable[[Frame, Path], None]


PICTURES: dict[str, Picture] = {
    "boundary": boundary_picture,
    "gradients": gradients_picture,
    "backprop": backprop.picture,
    "dead_units": dead_units.picture,
    "layers": layers.picture,
    "loss": loss.picture,
    "loss_breakdown": loss_breakdown.picture,
    "loss_gradient": loss_gradient.picture,
    "maps": maps.picture,
    "metrics": metrics.picture,
    "normalization": normalization.picture,
    "optimizer_trace": optimizer_trace.picture,
    "units": units.picture,
}


def write_report(frame: Frame, config: Config, folder: Path) -> list[str]:
    """Write diagnosis.md and all pictures into a folder that is there; the answer is one sentence for each that failed,
    and for each look that could not be measured.

    Raises:
        ValueError: when nobody has asked for a diagnosis.
    """
    look = frame.look(Diagnosis)
    if look is None and frame.failure(frozenset({Diagnosis})) is None:
        raise ValueError("the frame holds no diagnosis")
    failures = [f"{failure.what} cannot be measured: {failure.reason}" for failure in frame.failures]
    drawn: list[str] = []
    left_out: dict[str, str] = {}  # why there is no such picture
    for name, draw in PICTURES.items():
        try:
            draw(frame, folder / f"{name}.png")
        except ValueError as error:
            left_out[name] = str(error)
        except OSError as error:
            failures.append(f"{name}.png: cannot be written: {error.strerror}")
        else:
            drawn.append(f"{name}.png")
    if look is None:
        return failures
    text = report_text(frame, config, look.findings, drawn, left_out)
    try:
        write_atomically(folder / "diagnosis.md", text.encode())
    except OSError as error:
        failures.append(f"diagnosis.md: cannot be written: {error.strerror}")
    return failures
