"""The bar on top: run, step, reset and speed, and the counters that are always in sight."""

from __future__ import annotations

import time

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QToolBar, QWidget

from playground.experiment.frame import Frame
from playground.options.numerals import counted, percent, written
from playground.ui.plots.spread import middle
from playground.ui.theme import GRID, tabular

NARROW = 1040  # pixels
SPEEDS: tuple[float | None, ...] = (2, 10, 50, 250, 1000, 5000, None)  # steps a second
FIRST_SPEED = 1000.0  # at which one sees the first network learn, for a few seconds, and not only what it has learnt


class RunBar(QToolBar):
    """Shows the run's actions and its counters. `speed_chosen` carries steps a second, None for no limit."""

    speed_chosen = Signal(object)

    def __init__(self, actions: list[QAction], theme_action: QAction) -> None:
        super().__init__()
        self.setObjectName("run_bar")
        self.setWindowTitle(self.tr("Run"))
        self.setMovable(False)
        self.setIconSize(QSize(24, 24))
        for action in actions:
            self.addAction(action)
        self.addSeparator()
        self._speed = QComboBox()
        self._speed.setObjectName("speed")
        for limit in SPEEDS:
            self._speed.addItem(
                self.tr("full speed") if limit is None else self.tr("%n steps/s", "", int(limit)), limit
            )
        kept = str(QSettings().value("speed", f"{FIRST_SPEED:g}", type=str))
        self._speed.setCurrentIndex(
            next((i for i, limit in enumerate(SPEEDS) if _kept(limit) == kept), len(SPEEDS) - 1)
        )
        _explain(self._speed, self.tr("How fast to train. Slow shows every mini-batch; nothing else changes."))
        self._speed.activated.connect(self._choose_speed)
        self.addWidget(self._speed)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        loss = "8.88·10⁸⁸⁸"
        self._counters = {
            "epoch": _Counter(self.tr("epoch"), "8,888,888", self.tr("Finished passes over the training examples.")),
            "step": _Counter(self.tr("step"), "888,888,888", self.tr("Mini-batches trained since the start.")),
            "scored": _Counter(
                self.tr("scored at step"),
                "888,888,888",
                self.tr(
                    "With so many examples the scores beside are taken at the ends of epochs only: they are of this step."
                ),
            ),
            "train_loss": _Counter(self.tr("train loss"), loss, self.tr("Mean loss on the training examples.")),
            "validation_loss": _Counter(
                self.tr("validation loss"), loss, self.tr("Mean loss on the validation examples.")
            ),
            "test_loss": _Counter(self.tr("test loss"), loss, self.tr("Mean loss on the test examples.")),
            "accuracy": _Counter(
                self.tr("train · test accuracy"), "100.0 % · 100.0 %", self.tr("Share of examples classified right.")
            ),
            "accuracies": _Counter(
                self.tr("train · validation · test accuracy"),
                "100.0 % · 100.0 % · 100.0 %",
                self.tr("Share of examples classified right."),
            ),
            "pace": _Counter(self.tr("steps/s"), "888,888", self.tr("Mini-batches trained each second.")),
        }
        self._places: dict[str, QAction] = {}
        for name, counter in self._counters.items():
            counter.setObjectName(f"counter_{name}")
            self._places[name] = self.addWidget(counter)
        self._slow = -1  # the run whose scores are not those of every step
        self._show_places({"scored": False, **_parts(False)})
        self.addAction(theme_action)
        self._last: tuple[float, int, int] | None = None

    @property
    def speed(self) -> float | None:
        """Steps a second to train at, None for no limit."""
        return SPEEDS[self._speed.currentIndex()]

    def choose_speed(self, limit: float | None) -> None:
        """Train at this speed, one of SPEEDS, now and the next time."""
        self._speed.setCurrentIndex(SPEEDS.index(limit))
        self._choose_speed()

    def _choose_speed(self) -> None:
        QSettings().setValue("speed", _kept(self.speed))
        self.speed_chosen.emit(self.speed)

    def _fit(self) -> None:
        """A narrow bar leaves out what can be read elsewhere or done without."""
        for name in ("step", "pace"):
            self._places[name].setVisible(self.width() >= NARROW)

    def show_frame(self, frame: Frame) -> None:
        scores, validated = frame.scores, frame.scene.validated
        if scores.step != frame.step:
            self._slow = frame.run
        self._show_places({"scored": self._slow == frame.run, **_parts(validated)})
        losses = _losses(frame)
        show = {
            "epoch": counted(frame.epoch),
            "step": counted(frame.step),
            "scored": counted(scores.step),
            **{name: "–" if loss is None else written(loss) for name, loss in losses.items()},
            "accuracy": _shares(scores.train_accuracy, scores.test_accuracy),
            "accuracies": _shares(scores.train_accuracy, scores.validation_accuracy, scores.test_accuracy),
        }
        for name, value in show.items():
            self._counters[name].show_value(value)
        self._explain_members(frame)

    def show_pace(self, frame: Frame, running: bool) -> None:
        """Steps a second, averaged over half a second and more."""
        now = time.perf_counter()
        if not running:
            self._last = None
            self._counters["pace"].show_value("–")
        elif self._last is None or self._last[2] != frame.run or frame.step < self._last[1]:
            self._last = (now, frame.step, frame.run)
        elif now - self._last[0] >= 0.5:
            self._counters["pace"].show_value(f"{(frame.step - self._last[1]) / (now - self._last[0]):,.0f}")
            self._last = (now, frame.step, frame.run)

    def value(self, name: str) -> str:
        """What a counter shows: epoch, step, a part's loss such as train_loss, accuracy, accuracies of all, or pace."""
        return self._counters[name].value()

    def _show_places(self, places: dict[str, bool]) -> None:
        for name, visible in places.items():
            if self._places[name].isVisible() != visible:
                self._places[name].setVisible(visible)

    def _explain_members(self, frame: Frame) -> None:
        """Of several members the names say whether a median or a mean is shown, and the tooltips how far they spread."""
        scores, scene = frame.scores, frame.scene
        several, held_out = len(scene.members) > 1, "validation_loss" if scene.validated else "test_loss"
        mean = "\n" + self.tr("Mean of {0} members").format(len(scene.members)) if several else ""
        more = dict.fromkeys(("train_loss", "validation_loss", "test_loss", "accuracy", "accuracies"), mean)
        medians = {"train_loss": scores.train_losses, held_out: scores.held_out_losses} if several else {}
        for name, losses in medians.items():
            low, _, high = map(written, middle(losses, frame.diverged))
            words = self.tr("Median of {0} members; 80 % of them lie between {1} and {2}")
            more[name] = "\n" + words.format(len(scene.members), low, high)
        for name in more:
            word = self.tr("median {0}") if name in medians else self.tr("mean {0}") if several else "{0}"
            self._counters[name].show_name(word)
        if scores.of_mean is not None:
            of_mean = "\n" + self.tr("The members' mean answer on the test examples: {0}")
            answer = of_mean.format(_shares(scores.of_mean) if scene.classes else written(scores.of_mean))
            for name in ("accuracy", "accuracies") if scene.classes else ("test_loss",):
                more[name] += answer
        for name, text in more.items():
            self._counters[name].explain_more(text)

    # Qt overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


class _Counter(QWidget):
    """A number under its name, as wide as its widest value so that nothing moves."""

    def __init__(self, name: str, widest: str, meaning: str) -> None:
        super().__init__()
        self._value = QLabel("–")
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight)
        font = tabular(self._value.font())
        font.setPointSizeF(font.pointSizeF() * 1.15)
        font.setWeight(font.Weight.DemiBold)
        self._value.setFont(font)
        self._meant, self._name = name, QLabel(name)
        small = self._name.font()
        small.setPointSizeF(small.pointSizeF() * 0.85)
        self._name.setFont(small)
        self._name.setProperty("role", "muted")
        self._name.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._value.setFixedWidth(QFontMetrics(font).horizontalAdvance(widest) + 2)
        layout = QGridLayout(self)
        layout.setContentsMargins(GRID // 2, 0, GRID // 2, 0)
        layout.setVerticalSpacing(0)
        layout.addWidget(self._value, 0, 0)
        layout.addWidget(self._name, 1, 0)
        self._meaning, self._more = meaning, ""
        _explain(self, meaning)
        self.setAccessibleName(name)

    def show_name(self, word: str) -> None:
        """The name with a word about what is shown of it."""
        name = word.format(self._meant)
        if name != self._name.text():
            self._name.setText(name)
            self.setAccessibleName(name)

    def explain_more(self, more: str) -> None:
        """Add this to the meaning."""
        if more != self._more:
            self._more = more
            _explain(self, self._meaning + more)

    def show_value(self, value: str) -> None:
        if value != self._value.text():
            self._value.setText(value)

    def value(self) -> str:
        return self._value.text()


def _kept(limit: float | None) -> str:
    """A speed as the settings hold it."""
    return "full" if limit is None else f"{limit:g}"


def _shares(*accuracies: float | None) -> str:
    known = [accuracy for accuracy in accuracies if accuracy is not None]
    return " · ".join(percent(accuracy) for accuracy in known) if len(known) == len(accuracies) else "–"


def _parts(validated: bool) -> dict[str, bool]:
    """One place for the accuracies of two parts, another for those of three: so both are as wide as they must be."""
    return {"validation_loss": validated, "accuracies": validated, "accuracy": not validated}


def _losses(frame: Frame) -> dict[str, float | None]:
    """What the loss curves end in: of several members the medians where each one's loss is known."""
    scores = frame.scores
    losses = {
        "train_loss": scores.train_loss,
        "validation_loss": scores.validation_loss,
        "test_loss": scores.test_loss,
    }
    if len(frame.scene.members) > 1:
        losses["train_loss"] = middle(scores.train_losses, frame.diverged)[1]
        held_out = "validation_loss" if frame.scene.validated else "test_loss"
        losses[held_out] = middle(scores.held_out_losses, frame.diverged)[1]
    return losses


def _explain(widget: QWidget, meaning: str) -> None:
    widget.setToolTip(meaning)
    widget.setAccessibleDescription(meaning)
