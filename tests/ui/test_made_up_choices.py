"""Choices that are made up here go everywhere that others go, with no file of the program knowing of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from playground.cli import main
from playground.exchange import report
from playground.exchange.report import REPORT_NEEDS
from playground.exchange.snapshot import load_snapshot, save_snapshot
from playground.experiment import diagnosis
from playground.experiment.backprop.trace import BackpropTrace
from playground.experiment.config import Config, Layer
from playground.experiment.diagnosis import CONDITIONS
from playground.experiment.diagnosis.condition import Condition, Evidence, Finding, Remedy
from playground.experiment.looks.activation_maps import ActivationMaps
from playground.experiment.looks.optimizer_trace import OptimizerTrace
from playground.experiment.pairing import resolve
from playground.experiment.run.session import Session
from playground.nn.activations import ACTIVATIONS, OUTPUTS, Activation, Array, Softmax
from playground.nn.calls import Call
from playground.nn.losses import LOSSES, Loss
from playground.nn.optimizers import OPTIMIZERS, Optimizer
from playground.options import number, with_text, with_value
from playground.options.message import Message
from playground.ui.forms.knob_widgets import ChoiceWidget, KnobWidget
from playground.ui.panels.learning_panel import LearningPanel
from playground.ui.plots.step_words import advice
from playground.ui.views import LABORATORY
from playground.ui.workspace.document import Document
from tests.ui.conftest import Windows


@dataclass(frozen=True)
class Bell(Activation):
    """Answers most at 0."""

    width: float = number(1.5, 0.1, 10.0, "width c", "How far from 0 it still answers.")

    label = "bell"
    formula = "f(z) = exp(−(z/c)²)"
    latex = r"f(z) = e^{-(z/c)^2}"

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(self._write, (z, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(self._write_back, (z, h, upstream, out))]

    def _write(self, z: Array, h: Array) -> None:
        h[...] = np.exp(-np.square(z / self.width))

    def _write_back(self, z: Array, h: Array, upstream: Array, out: Array) -> None:
        out[...] = -2.0 * z / self.width**2 * h * upstream


@dataclass(frozen=True)
class Quotas(Activation):
    """Shares of 1, by the squares."""

    label = "quotas"
    formula = "f(z)ₖ = (zₖ² + ½) / Σⱼ (zⱼ² + ½)"
    latex = r"f(z)_k = (z_k^2 + \frac{1}{2}) / \sum_j (z_j^2 + \frac{1}{2})"
    coupled = True

    def forward(self, z: Array, h: Array) -> list[Call]:
        return [(self._write, (z, h))]

    def backward(self, z: Array, h: Array, upstream: Array, out: Array) -> list[Call]:
        return [(self._write_back, (z, h, upstream, out))]

    def _write(self, z: Array, h: Array) -> None:
        h[...] = (z * z + 0.5) / (z * z + 0.5).sum(axis=-2, keepdims=True)

    def _write_back(self, z: Array, h: Array, upstream: Array, out: Array) -> None:
        mean = (h * upstream).sum(axis=-2, keepdims=True)
        out[...] = 2.0 * z * (upstream - mean) / (z * z + 0.5).sum(axis=-2, keepdims=True)


@dataclass(frozen=True)
class Quartic(Loss):
    """Hardly minds small errors, and large ones very much."""

    scale: float = number(0.5, 0.01, 10.0, "scale s", "What an error of 1 costs.")

    label = "quartic error"
    formula = "L = s Σ (ŷ − y)⁴"
    latex = r"L = s \sum (\hat y - y)^4"
    matched = (Bell,)
    for_classes_only = False

    def value(self, output: Activation, z: Array, h: Array, target: Array) -> Array:
        return self.scale * np.power(h - target, 4).sum(axis=-2)

    def slope(self, h: Array, target: Array, out: Array) -> list[Call]:
        return [(self._write, (h, target, out))]

    def _write(self, h: Array, target: Array, out: Array) -> None:
        out[...] = 4.0 * self.scale * np.power(h - target, 3)


@dataclass(frozen=True)
class Shortcut(Quartic):
    """One that knows its gradient by z alone."""

    label = "shortcut error"

    slope = Loss.slope

    def gradient(self, output: Activation, z: Array, h: Array, target: Array, out: Array) -> list[Call]:
        upstream = np.empty_like(out)
        return [(self._write, (h, target, upstream)), *output.backward(z, h, upstream, out)]


@dataclass(frozen=True)
class Timid(Optimizer):
    """Takes shorter steps the more it has moved."""

    caution: float = number(2.0, 0.0, 100.0, "caution κ", "How much of its way an optimizer minds.")

    label = "timid"
    formula = "w ← w − ε g / (1 + κ s)"
    latex = r"w \leftarrow w - \varepsilon g / (1 + \kappa s)"
    slots = ("way",)

    def update(self, p: Array, g: Array, rate: Array, clock: Array, slots: Array, mask: Array) -> list[Call]:
        return [(self._move, (p, g, rate, slots[0]))]

    def _move(self, p: Array, g: Array, rate: Array, way: Array) -> None:
        step = rate * g / (1.0 + self.caution * way)
        way += np.abs(step)
        p -= step


@dataclass(frozen=True)
class FewUnits(Condition):
    """A first hidden layer of one unit; then it is no wonder if the network is too simple."""

    kind = "few_units"
    title = "A single unit"
    look = ActivationMaps
    explains = frozenset({"underfitting", "step_units"})

    def check(self, evidence: Evidence) -> Finding | None:
        if evidence.network.units[0] > 1:
            return None
        remedy = Remedy(Message("Take 5 units"), (("network.hidden.0.units", 5),))
        return self.finding(Message("All must pass one unit."), remedy, layer=0)


BELL = 'network.hidden=[{"units": 1, "activation": {"name": "bell", "width": 2.0}}]'


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand in their tables while a test lasts."""
    for table, name, cls in (
        (ACTIVATIONS, "bell", Bell),
        (OUTPUTS, "bell", Bell),
        (OUTPUTS, "quotas", Quotas),
        (LOSSES, "quartic", Quartic),
        (LOSSES, "shortcut", Shortcut),
        (OPTIMIZERS, "timid", Timid),
    ):
        monkeypatch.setitem(table, name, cls)  # type: ignore[arg-type]
    monkeypatch.setattr(diagnosis, "CONDITIONS", (*CONDITIONS, FewUnits()))


def config() -> Config:
    made = with_value(Config(), "network.hidden", (Layer(1, Bell(2.0)),))
    return with_value(with_value(made, "training.loss", Quartic()), "training.optimizer", Timid())


def test_the_command_line_lists_them_with_their_knobs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["choices"]) == 0
    told = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "bell f(z) = exp(−(z/c)²); width = 1.5 (0.1 to 10)" in told
    assert "quartic L = s Σ (ŷ − y)⁴; scale = 0.5 (0.01 to 10)" in told
    assert "timid w ← w − ε g / (1 + κ s); caution = 2.0 (0 to 100)" in told


def test_the_command_line_trains_with_them_and_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = (
        "backprop",
        "loss_gradient",
        "units",
        "optimizer_trace",
    )  # where an activation, a loss, an optimizer is seen
    monkeypatch.setattr(report, "PICTURES", {name: report.PICTURES[name] for name in shown})
    settings = [BELL, "training.loss=quartic", "training.loss.scale=0.25", "training.optimizer=timid"]
    arguments = ["train", "--epochs", "3", "--quiet", "--out", str(tmp_path), "--report", str(tmp_path)]
    assert main([*arguments, *(part for setting in settings for part in ("--set", setting))]) == 0
    told = (tmp_path / "diagnosis.md").read_text(encoding="utf-8")
    assert "hidden layers of 1 bell and bell output, trained by quartic error with timid" in told
    assert "## A single unit" in told
    assert "- Take 5 units: `--set network.hidden.0.units=5`" in told
    assert "measured" not in told
    assert all(f"({name}.png)" in told for name in shown)
    reopened = load_snapshot(tmp_path / "snapshot.safetensors")
    assert reopened.config.network.hidden == (Layer(1, Bell(2.0)),)
    assert (reopened.config.training.loss, reopened.config.training.optimizer) == (Quartic(0.25), Timid())


def test_the_loss_that_belongs_to_it_is_what_automatic_means() -> None:
    assert resolve(with_value(Config(), "network.output", Bell()), 2) == (Quartic(), Bell())
    assert resolve(with_value(Config(), "training.loss", Quartic()), 0) == (Quartic(), Bell())


def test_a_snapshot_goes_on_with_the_same_bits(tmp_path: Path) -> None:
    session = Session(config())
    session.step(40)
    save_snapshot(session, tmp_path / "run.safetensors")
    other = load_snapshot(tmp_path / "run.safetensors")
    for one in (session, other):
        one.step(30)
    np.testing.assert_array_equal(session.network.parameters, other.network.parameters)
    assert session.network.parameters.any()


@pytest.mark.parametrize("loss", ["quartic", "shortcut"])
@pytest.mark.parametrize("output", ["bell", "quotas", "linear", "softmax"])
def test_every_look_is_taken_of_them_and_says_nothing_untrue(loss: str, output: str) -> None:
    made = with_text(with_text(config(), "network.output", output), "training.loss", loss)
    if output in ("quotas", "softmax"):
        made = with_text(made, "data.source", "blobs")
    session = Session(made)
    session.observe(REPORT_NEEDS)
    session.train(2)
    frame = session.frame(REPORT_NEEDS)
    assert [failure.what for failure in frame.failures] == []
    trace = frame.look(BackpropTrace)
    assert trace is not None
    assert trace.error < 1e-6
    unit, back = session.config.network.output, next(step for step in trace.steps if step.kind == "backward")
    assert unit is not None
    known = unit.elementwise or isinstance(unit, Softmax)
    assert (back.formula == "δ = ∂L/∂z") == (loss == "shortcut" or not known), back.formula
    for step in trace.steps:
        for matrix in step.matrices:
            assert matrix.explain(0, 0)
    microscope = frame.look(OptimizerTrace)
    assert microscope is not None
    assert microscope.last.own is None, "it does not say how its steps come about"
    assert microscope.last.moved.any()
    assert advice(made.training, str) == Timid.formula


def test_a_condition_is_told_and_what_it_explains_is_not() -> None:
    steps = with_text(config(), "network.hidden", '[{"units": 1, "activation": "step"}]')
    found = [finding.kind for finding in Session(steps).diagnosis()]
    assert "few_units" in found
    assert "step_units" not in found
    assert "step_units" in [
        finding.kind for finding in Session(with_value(steps, "network.hidden.0.units", 2)).diagnosis()
    ]


def test_a_form_offers_them_with_their_own_knobs(qtbot: QtBot) -> None:
    document = Document(Config())
    panel = LearningPanel(document)
    qtbot.addWidget(panel)
    panel.show_scene(Session(document.config).scene)
    for path, label, knob in (
        ("training.optimizer", "timid", "training.optimizer.caution"),
        ("training.loss", "quartic error", "training.loss.scale"),
        ("network.output", "bell", "network.output.width"),
    ):
        choice = panel.findChild(ChoiceWidget, path)
        assert choice is not None, path
        index = choice.selector.findText(label)
        assert index >= 0, label
        choice.selector.setCurrentIndex(index)
        choice.selector.activated.emit(index)
        assert panel.findChild(KnobWidget, knob) is not None
    assert document.config.training.optimizer == Timid()
    assert document.config.training.loss == Quartic()
    assert document.config.network.output == Bell()


def test_every_view_of_the_window_draws_them(windows: Windows) -> None:
    pilot = windows.open(config())
    window = pilot.window
    window.runner.step()
    pilot.settle()
    for kind, _ in LABORATORY:
        window.docks.bring_up(kind.name)
        pilot.until(lambda kind=kind: any(isinstance(view, kind) for view in window.views))
        view = next(view for view in window.views if isinstance(view, kind))
        pilot.until(lambda view=view: not view.visibleRegion().isEmpty())
        window.runner.step()
        pilot.settle()
        assert view.failure is None, (kind.name, view.failure)
    assert [view.failure for view in (window.editor, *window.views)] == [None] * (len(window.views) + 1)
    boxes = [box for box in window.editor.findChildren(QComboBox) if box.findText("bell") >= 0]
    assert [box.currentText() for box in boxes] == ["bell"]
    pilot.until(lambda: [finding.kind for finding in window.diagnosis.findings][:1] == ["few_units"])
    show = window.diagnosis.findChild(QPushButton, "diagnosis.view")
    assert show is not None
    window.docks.bring_up("boundary")
    pilot.qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    pilot.until(lambda: not window.docks["maps"].visibleRegion().isEmpty())
