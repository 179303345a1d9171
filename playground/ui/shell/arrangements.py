"""Which views are looked at together: a few named arrangements of the docks, each as the user has left it. Knows no view."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QCoreApplication, QObject, QSettings, Signal

from playground.ui.forms.segments import Segments
from playground.ui.shell.docks import Docks


@dataclass(frozen=True)
class Arrangement:
    """Docks by name, of several in one place the one in front first; and what they are for."""

    title: str
    tip: str
    docks: tuple[str, ...]


def arrangements() -> dict[str, Arrangement]:
    """All that there are, by name, in the order of their keys."""
    return {
        "train": Arrangement(
            _tr("Train"),
            _tr("Data, network, answer, loss and gradients: what one looks at while it learns."),
            ("boundary", "data", "learning", "loss", "gradient"),
        ),
        "inside": Arrangement(
            _tr("Inside"),
            _tr("What each layer and unit does, and what the gradient meets on its way back."),
            ("maps", "learning", "optimizer_trace", "layers", "units", "dead_units", "normalization", "gradient"),
        ),
        "data": Arrangement(
            _tr("Data"),
            _tr("The examples, how they are answered, and which of them the loss comes from."),
            ("boundary", "data", "loss_breakdown", "metrics"),
        ),
        "compare": Arrangement(
            _tr("Compare"),
            _tr("How one choice fares against another: losses, metrics, layers."),
            ("boundary", "learning", "loss", "metrics", "layers", "gradient"),
        ),
        "learn": Arrangement(
            _tr("Learn"),
            _tr("One example step by step: forward, into the loss, back, and into the weights."),
            ("boundary", "backprop", "loss_gradient", "optimizer_trace", "units"),
        ),
    }


class Arrangements(QObject):
    """Shows one at a time. `changed(name)` follows."""

    changed = Signal(str)

    def __init__(self, docks: Docks) -> None:
        super().__init__(docks)
        self._docks = docks
        self.all = arrangements()
        self.current = ""
        self._left: dict[str, QByteArray] = {}
        settings = QSettings()
        for name in self.all:
            state = settings.value(f"layout/{name}", QByteArray(), type=QByteArray)
            if isinstance(state, QByteArray) and not state.isEmpty():
                self._left[name] = state

    def show(self, name: str) -> None:
        """Show this one, as it was left or else as it is at first."""
        if name == self.current:
            return
        self._remember()
        self.current = name
        if name not in self._left or not self._docks.take(self._left[name]):
            self._docks.show_only(self.all[name].docks)
        self.changed.emit(name)

    def show_dock(self, name: str) -> None:
        """Let a dock be seen: in this arrangement where it is there, or else in the first that it belongs to."""
        if self._docks[name].isHidden():
            self.show(next((own for own, each in self.all.items() if name in each.docks), self.current))
        self._docks.bring_up(name)

    def reset(self) -> None:
        """This one as it is at first."""
        self._left.pop(self.current, None)
        self._docks.show_only(self.all[self.current].docks)

    def restore(self) -> None:
        """The one that was shown last."""
        kept = QSettings().value("arrangement", "")
        self.show(kept if kept in self.all else next(iter(self.all)))

    def keep(self) -> None:
        """Remember all for the next time."""
        self._remember()
        QSettings().setValue("arrangement", self.current)
        for name, state in self._left.items():
            QSettings().setValue(f"layout/{name}", state)

    def _remember(self) -> None:
        if self.current:
            self._left[self.current] = self._docks.state


class ArrangementRow(Segments):
    """The names of all, side by side, of which one is chosen."""

    def __init__(self, arrangements: Arrangements) -> None:
        tips = {
            name: (one.title, f"{one.tip} (Ctrl+{key})") for key, (name, one) in enumerate(arrangements.all.items(), 1)
        }
        super().__init__("arrangement", tips)
        self.chosen.connect(arrangements.show)
        arrangements.changed.connect(self.show_value)


def _tr(text: str) -> str:
    return QCoreApplication.translate("arrangements", text)
