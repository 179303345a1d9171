"""What all views have in common: an edit redraws those that show what was edited, and no others."""

from __future__ import annotations

from operator import attrgetter

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from playground.data.generators import Spiral
from playground.experiment.config import Config, Layer
from playground.experiment.ensemble import ByBootstrap
from playground.experiment.run.session import Session
from playground.experiment.stopping import EarlyStopping
from playground.nn.activations import Linear, ReLU
from playground.nn.clipping import ClipByValue
from playground.nn.initializers import He
from playground.nn.losses import SquaredError
from playground.nn.optimizers import Adam
from playground.nn.regularizers import L2
from playground.nn.schedules import Cosine
from playground.options import with_value
from playground.ui.diagram.editor import NetworkEditor
from playground.ui.theme import LIGHT
from playground.ui.viewing.view import View
from playground.ui.views import LABORATORY
from playground.ui.views.boundary import BoundaryView
from playground.ui.views.gradient import GradientView
from playground.ui.views.loss import LossView
from playground.ui.workspace.document import Document
from tests.ui.views.rig import show_alone

KINDS = [NetworkEditor, BoundaryView, GradientView, LossView, *(kind for kind, _ in LABORATORY)]
EDITS = {
    "data.source": Spiral(),
    "data.train_share": 0.7,
    "data.validation_share": 0.2,
    "data.features": ("x1", "x2", "x1_x2"),
    "data.standardise": False,
    "data.seed": 5,
    "network.hidden": (Layer(5, ReLU()), Layer(3), Layer(2)),
    "network.output": Linear(),
    "network.initializer": He(),
    "network.precision": "float32",
    "network.seed": 9,
    "training.loss": SquaredError(),
    "training.optimizer": Adam(),
    "training.learning_rate": 0.1,
    "training.schedule": Cosine(),
    "training.clipping": ClipByValue(),
    "training.batch_size": 25,
    "training.regularizer": L2(),
    "training.noise.hidden_dropout": 0.4,
    "training.noise.label_smoothing": 0.1,
    "training.stopping": EarlyStopping(),
    "ensemble.members": 3,
    "ensemble.vary": ByBootstrap(),
}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_edit_of_what_a_view_does_not_follow_would_change_nothing_in_it(kind: type[View], qtbot: QtBot) -> None:
    config = Config()
    session = Session(config)
    view = kind(Document(config), LIGHT)
    session.observe(view.needs)
    session.step(30)
    frame = session.frame(view.needs)
    show_alone(view, qtbot, frame)

    def drawn() -> QImage:
        view.show_frame(frame)
        return view.grab().toImage()

    shown = attrgetter(*kind.follows) if kind.follows else lambda config: ()
    for path, value in EDITS.items():
        new = with_value(config, path, value)
        if shown(new) == shown(config):
            view.document.edit("edit", new)
            followed = drawn()
            view.show_config(new)
            assert drawn() == followed, path
            view.document.undo_stack.undo()
