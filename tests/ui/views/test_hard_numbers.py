"""Every view draws whatever numbers come: all equal, beyond all bounds, next to nothing, none at all.

All measured numbers of a frame are replaced; what is a share stays one, and grids that numbers are laid out on stay grids.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.data.sources import SOURCES
from playground.experiment.config import Config, Layer
from playground.experiment.diagnosis import Diagnosis
from playground.experiment.frame import Frame
from playground.experiment.looks import bins
from playground.experiment.looks.activation_maps import ActivationMaps
from playground.experiment.looks.loss_gradient import LossGradient
from playground.experiment.looks.pre_activations import PreActivations
from playground.experiment.looks.table import LOOKS, MAIN
from playground.experiment.run.session import Session
from playground.experiment.scene import Scene
from playground.nn.normalizations import BatchNorm
from playground.ui.diagram.editor import NetworkEditor
from playground.ui.theme import DARK, LIGHT
from playground.ui.viewing.tagged import TaggedView
from playground.ui.viewing.view import View
from playground.ui.views import LABORATORY
from playground.ui.views.boundary import BoundaryView
from playground.ui.views.gradient import GradientView
from playground.ui.views.loss import LossView
from playground.ui.workspace.document import Document
from tests.configs import edited

NUMBERS: dict[str, list[float]] = {
    "all equal": [3.0],
    "zeros": [0.0],
    "largest": [1.7e308, -1.7e308],
    "largest and equal": [1e308],
    "denormal": [5e-324, -5e-324, 0.0],
    "no numbers": [np.nan],
    "infinite": [np.inf, -np.inf],
    "single precision's limits": [3.4e38, -3.4e38],
    "whole numbers beyond 2⁵³": [2.0**53, 2.0**53 + 2.0],
    "mixed": [np.nan, np.inf, 1e308, -1e308, 5e-324, 0.0, 1.0, -3.4e38, -np.inf],
}
GRIDS = {
    "epoch",
    "since",
    "step",
    "reliability",
    "bends",
    "targets",
    "example_y",
    "y",
    "answers",
}  # classes too: what is no number
GRIDS_OF = {
    ActivationMaps: {"x"},
    LossGradient: {"z"},
    PreActivations: {"z", "edges"},
}  # these the measuring side keeps within what can be drawn
SHARES = {
    "train_accuracy",
    "validation_accuracy",
    "test_accuracy",
    "saturated",
    "dead",
    "roc",
    "auc",
    "calibration_error",
    "worst_share",
}
CONFIGS: dict[str, dict[str, Any]] = {
    "classes": {"data.source": "iris"},
    "line": {"data.source": "wave"},
    "number": {"data.source": "hills"},
    "normalised": {
        "network.hidden": (Layer(4, normalization=BatchNorm()), Layer(2)),
        "training.noise.hidden_dropout": 0.3,
    },
    "members": {"ensemble.members": 3},
}
VIEWS: tuple[type[View], ...] = (
    *(kind for kind, _ in LABORATORY),
    BoundaryView,
    GradientView,
    LossView,
    NetworkEditor,
)


def hardened(value: Any, numbers: list[float], name: str = "") -> Any:
    """The same with these numbers in place of all that was measured."""
    if name in GRIDS or isinstance(value, Scene | Diagnosis):
        return value
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        if name == "edges":
            return bins.edges(*bins.ends(np.array(numbers)), len(value) - 1)
        with np.errstate(over="ignore"):
            filled = np.resize(np.array(numbers), value.shape).astype(value.dtype)
        return np.clip(filled, 0.0, 1.0) if name in SHARES else filled
    if isinstance(value, float):
        return float(np.clip(numbers[0], 0.0, 1.0)) if name in SHARES else numbers[0]
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(hardened(own, numbers, field) for field, own in value._asdict().items()))
    if isinstance(value, tuple):
        return tuple(hardened(own, numbers, name) for own in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = GRIDS_OF.get(type(value), set())
        new = object.__new__(type(value))
        for field in dataclasses.fields(value):
            own = getattr(value, field.name)
            object.__setattr__(new, field.name, own if field.name in kept else hardened(own, numbers, field.name))
        return new
    return value


@cache
def frame_of(name: str) -> Frame:
    needs = MAIN | LOOKS.keys()
    session = Session(config_of(name))
    session.observe(needs)
    session.step(30)
    return session.frame(needs)


def config_of(name: str) -> Config:
    values = {path: SOURCES[value]() if path == "data.source" else value for path, value in CONFIGS[name].items()}
    return edited(values)


def asked(view: View) -> Iterator[None]:
    """Ask it to draw in every way it can."""
    yield
    for field in dataclasses.fields(view.options) if view.options else ():
        value = getattr(view.options, field.name)
        for other in tuple(type(value)) if isinstance(value, Enum) else (True, False):
            view.choose(**{field.name: other})
            yield
    view.document.select(worst=True)
    yield


def draw(view: View, frame: Frame) -> None:
    """Show, paint and point at a moment."""
    view.show_frame(frame)
    QApplication.processEvents()
    view.grab()
    if isinstance(view, TaggedView):
        for share in (0.2, 0.5, 0.8):
            for down in (0.3, 0.7):
                view._point_at(QPointF(view.canvas.mapToScene(_point(view, share, down))))
        view._mouse = None


def _point(view: TaggedView, across: float, down: float) -> QPoint:
    return QPoint(round(across * view.canvas.width()), round(down * view.canvas.height()))


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("kind", VIEWS, ids=[kind.name for kind in VIEWS])
def test_whatever_numbers_come_they_are_drawn(kind: type[View], name: str, qtbot: QtBot) -> None:
    view = kind(Document(config_of(name)), LIGHT)
    view.document.config_changed.connect(lambda old, new: view.show_config(new))
    qtbot.addWidget(view)
    view.resize(460, 320)
    view.show()
    frame = frame_of(name)
    draw(view, frame)
    for number, numbers in NUMBERS.items():
        hard = hardened(frame, numbers)
        for _ in asked(view):
            try:
                draw(view, hard)
            except Exception as error:
                error.add_note(f"{number}: {view.options}")
                raise
        draw(view, frame)  # and back
    view.show_theme(DARK)
