"""How the decision boundary is drawn, and the toggles for it. Knows no frame and draws no map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from playground.experiment.scene import Scene
from playground.ui.forms.controls import Box
from playground.ui.forms.segments import Segments
from playground.ui.theme import GRID


@dataclass(frozen=True)
class MapOptions:
    """How the map is coloured, and which points lie over it."""

    hard: bool = False  # classes
    training: bool = True
    held_out: bool = False  # all that is not trained on
    disagreement: bool = False


class MapToggles(QWidget):
    """How classes are coloured, and which points lie over them."""

    def __init__(self, choose: Callable[..., None]) -> None:
        super().__init__()
        self._several = self._differing = False  # members; and whether their disagreement is asked for
        self._classes = Segments(
            "boundary.classes",
            {
                "soft": (self.tr("soft"), self.tr("Colour each place by the output's value")),
                "hard": (self.tr("hard"), self.tr("Colour each place by its predicted class")),
            },
        )
        self._classes.chosen.connect(lambda value: choose(hard=value == "hard"))
        self._train = _box("train")
        self._train.clicked.connect(lambda shown: choose(training=shown))
        _name(self._train, self.tr("training"), self.tr("Draw the training points, filled"))
        self._held_out = _box("test")  # one box for all that is not trained on
        self._held_out.clicked.connect(lambda shown: choose(held_out=shown))
        self._name_held_out(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for widget in (self._classes, self._train, self._held_out):
            row.addWidget(widget)

    def show_options(self, options: MapOptions) -> None:
        """Follow what has been chosen."""
        self._classes.show_value("hard" if options.hard else "soft")
        self._train.setChecked(options.training)
        self._held_out.setChecked(options.held_out)
        self._differing = options.disagreement
        self._offer_classes()

    def show_scene(self, scene: Scene) -> None:
        """Offer what this run has."""
        self._several = len(scene.members) > 1
        self._classes.setVisible(bool(scene.classes))
        self._name_held_out(bool(len(scene.validation_y)))
        self._offer_classes()

    def _offer_classes(self) -> None:
        """How far answers spread has no classes."""
        self._classes.setEnabled(not (self._several and self._differing))

    def _name_held_out(self, validation: bool) -> None:
        if validation:
            word, tip = self.tr("held out"), self.tr("Draw the test points, hollow, and the validation points, pale")
        else:
            word, tip = self.tr("test"), self.tr("Draw the test points, hollow")
        _name(self._held_out, word, tip)


class MemberToggle(QWidget):
    """Whether several members' answers are drawn as their mean or as their spread; not there with one member."""

    def __init__(self, choose: Callable[..., None]) -> None:
        super().__init__()
        self._answers = Segments(
            "boundary.answers",
            {
                "mean": (self.tr("mean"), self.tr("Draw the mean of the members' answers")),
                "disagreement": (
                    self.tr("disagreement"),
                    self.tr(
                        "Draw how far the members' answers spread: their standard deviation, of the class they differ most in"
                    ),
                ),
            },
        )
        self._answers.chosen.connect(lambda value: choose(disagreement=value == "disagreement"))
        self._count = QLabel()
        self._count.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, 0, GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self._answers)
        row.addWidget(self._count)
        row.addStretch()
        self.hide()

    def show_options(self, options: MapOptions) -> None:
        """Follow what has been chosen."""
        self._answers.show_value("disagreement" if options.disagreement else "mean")

    def show_scene(self, scene: Scene) -> None:
        """Say how many there are."""
        self.setVisible(len(scene.members) > 1)
        self._count.setText(self.tr("of {0} members").format(len(scene.members)))


def _box(name: str) -> Box:
    box = Box()
    box.setObjectName(f"boundary.{name}")
    return box


def _name(box: Box, word: str, explanation: str) -> None:
    box.setText(word)
    box.setToolTip(explanation)
    box.setAccessibleDescription(explanation)
