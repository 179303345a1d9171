"""The report of a run: what is wrong with it in words, and a picture of everything that can be seen of it. Knows no Qt.

Each module here that has a function `picture(frame, path)` draws one picture, a PNG file that is called like the module.
It raises ValueError where the frame holds nothing to draw, as of classes for a regression: then there is no such picture.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from playground.exchange.atomic import write_atomically
from playground.exchange.pictures import boundary_picture, gradients_picture
from playground.exchange.report.text import report_text
from playground.experiment.config import Config
from playground.experiment.diagnosis import Diagnosis
from playground.experiment.frame import NEEDS, Frame
from playground.experiment.looks import LOOKS

REPORT_NEEDS = NEEDS | LOOKS.keys()  # what a frame must hold for a full report

Picture = Callable[[Frame, Path], None]


def pictures() -> dict[str, Picture]:
    """Every picture there is, by name, those of the window's three main views first."""
    found: dict[str, Picture] = {"boundary": boundary_picture, "gradients": gradients_picture}
    for module in pkgutil.iter_modules(__path__):
        draw = getattr(import_module(f"{__name__}.{module.name}"), "picture", None)
        if draw is not None:
            found[module.name] = draw
    return found


def write_report(frame: Frame, config: Config, folder: Path) -> list[str]:
    """Write diagnosis.md and all pictures into a folder that is there; the answer is one sentence for each that failed,
    and for each look that could not be measured.

    Raises:
        ValueError: when nobody has asked for a diagnosis.
    """
    look = frame.look(Diagnosis)
    if look is None and frame.failure(frozenset({Diagnosis.need})) is None:
        raise ValueError("the frame holds no diagnosis")
    failures = [f"{failure.what} cannot be measured: {failure.reason}" for failure in frame.failures]
    drawn: list[str] = []
    left_out: dict[str, str] = {}  # why there is no such picture
    for name, draw in pictures().items():
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
