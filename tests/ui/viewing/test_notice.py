"""A view that cannot be drawn says so at its own foot, with the details a press away, and everything else goes on."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QMessageBox, QToolButton

from playground.experiment.diagnosis import Diagnosis
from playground.experiment.looks.maps import Maps, UnitMaps
from playground.experiment.looks.metrics import Metrics
from playground.experiment.looks.table import LOOKS
from playground.ui.theme import DARK
from playground.ui.viewing.view import View
from playground.ui.views.metrics import MetricsView
from tests.ui.conftest import Pilot


def broken(*_: Any) -> Any:
    raise ZeroDivisionError("there is nothing to divide by")


def metrics(pilot: Pilot) -> MetricsView:
    pilot.window.docks.bring_up("metrics")
    pilot.until(lambda: any(isinstance(view, MetricsView) for view in pilot.window.views))
    return next(view for view in pilot.window.views if isinstance(view, MetricsView))


def words(view: View) -> str:
    return view._notice.text if view._notice is not None and view._notice.isVisible() else ""


def test_what_cannot_be_measured_stops_neither_training_nor_other_views(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, told_failures: None
) -> None:
    with monkeypatch.context() as patched:
        patched.setitem(LOOKS, Metrics, broken)
        view = metrics(pilot)
        pilot.until(lambda: view.failure)
        pilot.play()
        before = pilot.frame.step
        pilot.until(lambda: pilot.frame.step > before + 20)
        assert pilot.running
        assert not pilot.notices.urgent
        assert "nothing to divide by" in words(view)
        assert [other.name for other in pilot.window.views if words(other)] == ["metrics"]
        details = view.findChild(QToolButton, "metrics.notice.details")
        assert isinstance(details, QToolButton)
        details.click()
        box = pilot.find(QMessageBox, "")
        assert "in broken" in box.detailedText()
        box.close()
    pilot.until(lambda: not view.failure)
    assert words(view) == ""


def test_what_cannot_be_drawn_is_said_in_the_view_until_it_can(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, told_failures: None
) -> None:
    view, window = metrics(pilot), pilot.window
    pilot.settle()
    for show, cause in {
        "show_frame": lambda: window.draw(pilot.frame),
        "show_choices": lambda: window.document.select(part="train"),
    }.items():
        with monkeypatch.context() as patched:
            patched.setattr(view, show, broken)
            cause()
            assert "nothing to divide by" in words(view)
            assert not pilot.notices.urgent
        window.draw(pilot.frame)
        assert words(view) == ""


def test_one_view_that_cannot_take_other_colours_leaves_them_to_the_others(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, told_failures: None
) -> None:
    monkeypatch.setattr(pilot.window.boundary, "show_theme", broken)
    pilot.window.show_theme(DARK)
    assert [view.theme is DARK for view in pilot.window.views] == [False, True, True]
    assert pilot.window.editor.theme is DARK


def test_the_diagram_and_the_diagnosis_say_it_too(
    pilot: Pilot, monkeypatch: pytest.MonkeyPatch, told_failures: None
) -> None:
    monkeypatch.setattr(Maps, "units", broken)
    monkeypatch.setitem(LOOKS, Diagnosis, broken)
    pilot.window.diagnosis.ask_again()
    pilot.play()
    pilot.until(lambda: "nothing to divide by" in words(pilot.window.editor))
    pilot.until(lambda: "nothing to divide by" in pilot.window.diagnosis.text)
    assert pilot.frame.failure(frozenset({UnitMaps}))
    assert pilot.running
