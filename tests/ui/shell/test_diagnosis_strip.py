"""The line of the diagnosis: what it says, when it asks for more, where it leads, and what its buttons change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.diagnosis import CONDITIONS, Diagnosis
from playground.experiment.diagnosis.condition import Finding, Remedy
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.looks.gradient_flow import GradientFlow
from playground.experiment.looks.metrics import Metrics
from playground.experiment.looks.table import LOOKS
from playground.experiment.run.session import Session
from playground.experiment.scene import Scene
from playground.options import with_text
from playground.options.message import Message
from playground.ui.shell.diagnosis_strip import EVERY, DiagnosisStrip
from playground.ui.theme import DARK, LIGHT, apply_theme
from playground.ui.views import LABORATORY
from playground.ui.views.boundary import BoundaryView
from playground.ui.views.gradient import GradientView
from playground.ui.views.loss import LossView
from playground.ui.workspace.document import Document
from tests.frames import altered

SLOW = Finding(
    "rate_too_small",
    "Learning rate too small",
    Message("The rate 1e-05 < 0.001."),
    GradientFlow,
    (
        Remedy(Message("Raise the rate"), (("training.learning_rate", 0.1),)),
        Remedy(Message("More units"), (("network.hidden.1.units", 7), ("network.hidden.0.units", 8))),
    ),
    1,
)
OTHER = Finding("underfitting", "Underfitting", Message("Too simple."), Metrics, ())


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def document() -> Document:
    return Document(Config())


@pytest.fixture
def strip(qtbot: QtBot, document: Document, clock: Clock) -> DiagnosisStrip:
    made = DiagnosisStrip(document, clock)
    qtbot.addWidget(made)
    made.name_views({GradientFlow: "Gradient flow", Curves: "Loss"})
    made.resize(900, made.height())
    made.show()
    return made


@pytest.fixture
def frame() -> Frame:
    return Session(Config()).frame(frozenset())


def with_findings(frame: Frame, *findings: Finding) -> Frame:
    return altered(frame, looks=(Diagnosis(findings),))


def buttons(strip: DiagnosisStrip) -> dict[str, QPushButton]:
    return {button.text(): button for button in strip._buttons}


def test_it_says_that_nothing_is_wrong_and_then_what_is_and_is_always_as_high(
    strip: DiagnosisStrip, frame: Frame
) -> None:
    height = strip.height()
    assert strip.text == "Diagnosis: nothing stands out."
    assert buttons(strip) == {}
    strip.show_frame(with_findings(frame, SLOW, OTHER), True)
    assert strip.text == "Learning rate too small: The rate 1e-05 < 0.001."
    assert list(buttons(strip)) == ["Show", "Raise the rate", "More units", "1 more…"]
    assert strip.height() == height
    strip.show_frame(with_findings(frame), True)
    assert strip.text == "Diagnosis: nothing stands out."
    assert buttons(strip) == {}


def test_every_button_is_named_and_explained(strip: DiagnosisStrip, frame: Frame) -> None:
    strip.show_frame(with_findings(frame, SLOW), True)
    for button in strip._buttons:
        assert button.objectName().startswith("diagnosis.")
        assert button.toolTip()
        assert button.accessibleDescription() == button.toolTip()
    tips = {text: button.toolTip() for text, button in buttons(strip).items()}
    assert "goes on" in tips["Raise the rate"]
    assert "restarts" in tips["More units"]


def test_a_remedy_is_one_edit_that_can_be_undone(strip: DiagnosisStrip, document: Document, frame: Frame) -> None:
    strip.show_frame(with_findings(frame, SLOW), True)
    buttons(strip)["More units"].click()
    assert [layer.units for layer in document.config.network.hidden] == [8, 7]
    assert document.last_edit == "More units"
    document.undo_stack.undo()
    assert document.config == Config()
    assert not document.undo_stack.canUndo()


def test_a_remedy_for_a_layer_that_has_gone_changes_nothing(
    strip: DiagnosisStrip, document: Document, frame: Frame
) -> None:
    strip.show_frame(with_findings(frame, SLOW), True)
    document.set("network.hidden", (), "Fewer layers")
    kept = document.config
    buttons(strip)["More units"].click()
    assert document.config == kept


def test_it_leads_to_the_view_and_the_layer(strip: DiagnosisStrip, frame: Frame, qtbot: QtBot) -> None:
    strip.show_frame(with_findings(frame, SLOW), True)
    with qtbot.waitSignal(strip.look_wanted) as asked:
        buttons(strip)["Show"].click()
    assert asked.args == [GradientFlow, 1]
    strip.show_frame(with_findings(frame, OTHER), True)
    assert list(buttons(strip)) == ["In full…"]  # a view that is not there is not offered


def test_other_numbers_leave_the_buttons_where_they_are(strip: DiagnosisStrip, frame: Frame) -> None:
    strip.show_frame(with_findings(frame, SLOW), True)
    before = buttons(strip)
    strip.show_frame(with_findings(frame, replace(SLOW, sentence=Message("The rate 2e-05 < 0.001."))), True)
    assert strip.text.endswith("2e-05 < 0.001.")
    assert buttons(strip) == before


def test_all_findings_open_in_full(strip: DiagnosisStrip, document: Document, frame: Frame) -> None:
    strip.show_frame(with_findings(frame, SLOW, OTHER), True)
    buttons(strip)["1 more…"].click()
    popup = QApplication.activePopupWidget()
    assert popup is not None
    words = [label.text() for label in popup.findChildren(QLabel) if label.objectName().startswith("finding_")]
    assert words == [
        "<b>Learning rate too small</b><br>The rate 1e-05 &lt; 0.001.",
        "<b>Underfitting</b><br>Too simple.",
    ]
    popup.findChild(QPushButton, "finding_0.remedy_0").click()
    assert document.config.training.learning_rate == 0.1
    assert QApplication.activePopupWidget() is None


def test_while_training_it_asks_once_a_second(strip: DiagnosisStrip, frame: Frame, clock: Clock) -> None:
    need = frozenset({Diagnosis})
    assert strip.needs == need
    strip.show_frame(frame, True)
    assert strip.needs == need
    strip.show_frame(with_findings(frame), True)
    assert strip.needs == frozenset()
    strip.show_frame(replace(frame, step=9), True)
    assert strip.needs == frozenset()
    clock.now += EVERY
    assert strip.needs == need


def test_at_a_standstill_the_moment_that_is_shown_is_diagnosed(strip: DiagnosisStrip, frame: Frame) -> None:
    strip.show_frame(with_findings(frame), True)
    strip.show_frame(replace(frame, step=9), False)
    assert strip.needs == frozenset({Diagnosis})
    strip.show_frame(with_findings(replace(frame, step=9)), False)
    assert strip.needs == frozenset()
    strip.show_frame(replace(frame, step=9), False)
    assert strip.needs == frozenset()
    strip.ask_again()
    assert strip.needs == frozenset({Diagnosis})


def test_a_finding_stands_out_in_both_themes(strip: DiagnosisStrip, frame: Frame, qapp: QApplication) -> None:
    label = strip.findChild(QLabel, "diagnosis")
    assert label is not None

    def seen() -> tuple[str, str]:
        """The colours of the text and of the ground."""
        return label.palette().windowText().color().name(), strip.grab().toImage().pixelColor(2, 2).name()

    for theme in (DARK, LIGHT):
        strip.show_frame(with_findings(frame), True)
        apply_theme(qapp, theme)
        assert seen() == (theme.muted, theme.window)
        strip.show_frame(with_findings(frame, SLOW), True)
        assert seen() == (theme.warning, theme.warning_base)
    apply_theme(qapp, DARK)
    assert seen() == (DARK.warning, DARK.warning_base)


def test_a_sentence_too_long_is_cut_but_kept_for_the_tooltip(strip: DiagnosisStrip, frame: Frame) -> None:
    long = "A long sentence. " * 40
    strip.show_frame(with_findings(frame, replace(SLOW, sentence=Message(long))), True)
    assert strip._text.toolTip() == long
    assert strip._text.width() < strip._text.fontMetrics().horizontalAdvance(strip.text)
    assert strip.width() == 900


def test_its_buttons_do_not_widen_the_window(strip: DiagnosisStrip, frame: Frame, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(strip)
    before = window.minimumSizeHint()
    strip.show_frame(
        with_findings(frame, replace(SLOW, remedies=(Remedy(Message("A remedy of many words " * 9), ()),))), True
    )
    window.layout().activate()
    after = window.minimumSizeHint()
    strip.setParent(None)  # whoever made it closes it
    assert after == before


def test_every_look_that_a_condition_names_is_shown_by_one_view() -> None:
    kinds = [BoundaryView, GradientView, LossView, *(kind for kind, _ in LABORATORY)]
    shown = [look for kind in kinds for look in kind.shows]
    assert len(set(shown)) == len(shown)
    assert set(shown) <= LOOKS.keys()
    assert {condition.look for condition in CONDITIONS} <= {*shown, Scene}


# In the window


def test_in_the_window_a_finding_leads_to_its_view_and_its_remedy_ends_it(windows) -> None:  # type: ignore[no-untyped-def]
    config = with_text(Config(), "network.hidden", '[{"units": 4, "activation": "step"}]')
    pilot = windows.open(config)
    line = pilot.window.diagnosis
    pilot.until(lambda: line.findings)
    assert [finding.kind for finding in line.findings] == ["step_units"]
    pilot.window.docks["units"].hide()
    buttons(line)["Show"].click()
    assert pilot.window.docks["units"].isVisible()
    assert pilot.window.document.selection.layer == 0
    buttons(line)["Take ReLU instead"].click()
    pilot.until(lambda: not line.findings)
    pilot.window.document.undo_stack.undo()
    pilot.until(lambda: line.findings)
