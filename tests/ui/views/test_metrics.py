"""The view of judgement: what the frame counts is what is drawn, and which of it is an edit."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QPointF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from playground.experiment.looks.metrics import Metrics
from playground.experiment.run.session import Session
from playground.options import numerals
from playground.ui.plots.confusion import ConfusionTable
from playground.ui.theme import DARK, LIGHT, small
from playground.ui.views.metrics import Kind, MetricsView, brief
from playground.ui.workspace.document import Document
from tests.configs import written
from tests.frames import look_at
from tests.ui.views.rig import follow, legend_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)

Open = Callable[..., tuple[MetricsView, Session]]


@pytest.fixture
def open_view(qtbot: QtBot) -> Open:
    def opened(
        *edits: tuple[str, str], theme: Any = LIGHT, kind: str = "confusion", member: int = 0
    ) -> tuple[MetricsView, Session]:
        session = look_at(Session(written(*edits)), member=member)
        session.train(5)
        view = MetricsView(Document(session.config, selection=session.selection), theme)
        view.choose(kind=Kind(kind))
        follow(view, session, qtbot)
        view.canvas.grab()
        return view, session

    return opened


def look_of(view: MetricsView, session: Session) -> Metrics:
    judged = session.frame(view.needs).look(Metrics)
    assert judged is not None
    return judged


def in_sight(view: MetricsView) -> list[Any]:
    items = view.figure().scene().items()
    parts = (view._table, view._roc, view._reliability, view._answers, view._residuals)
    return [part for part in parts if part in items]


def press(view: MetricsView, qtbot: QtBot, name: str) -> None:
    qtbot.mouseClick(view.findChild(QToolButton, f"metrics.{name}"), Qt.MouseButton.LeftButton)


def test_a_classification_begins_with_the_confusion(open_view: Open) -> None:
    view, session = open_view(("data.source", "iris"))
    judged = look_of(view, session)
    assert in_sight(view) == [view._table]
    np.testing.assert_array_equal(view._table.counts, judged.confusion)
    right = 100.0 * np.trace(judged.confusion) / judged.examples
    assert view.caption.text().startswith(f"{right:.1f} % of {judged.examples} right")


def test_roc_curves_and_areas_are_the_frame_s(open_view: Open, qtbot: QtBot) -> None:
    view, session = open_view(("data.source", "iris"))
    press(view, qtbot, "kind.roc")
    judged = look_of(view, session)
    assert in_sight(view) == [view._roc]
    for curve, roc in zip(view._roc.lines, judged.roc, strict=True):
        np.testing.assert_array_equal(curve.getData(), roc[:2])
    assert [entry.value for entry in legend_of(view).entries] == [numerals.written(area) for area in judged.auc]
    view.choose(kind=Kind.CONFUSION)
    assert in_sight(view) == [view._table]


def test_of_two_classes_the_curve_is_the_second_s(open_view: Open) -> None:
    view, session = open_view(kind="roc")
    assert [entry.name for entry in legend_of(view).entries] == [session.scene.classes[1]]


def test_reliability_is_the_frame_s(open_view: Open) -> None:
    view, session = open_view(kind="reliability")
    judged = look_of(view, session)
    known = judged.reliability[:, 2] > 0.0
    np.testing.assert_array_equal(view._reliability.said.getData(), judged.reliability[known, :2].T)
    assert f"{100.0 * judged.calibration_error:.1f} %" in legend_of(view).note


def test_a_number_has_residuals_and_no_way_of_judging_to_choose(open_view: Open) -> None:
    view, session = open_view(("data.source", "hills"))
    judged = look_of(view, session)
    assert in_sight(view) == [view._answers, view._residuals]
    assert not view._kinds.isVisible()
    np.testing.assert_array_equal([view._answers.dots.x, view._answers.dots.y], [judged.truth, judged.answer])
    np.testing.assert_array_equal(view._residuals.bars.opts["height"], judged.residuals)
    assert numerals.written(judged.explained) in legend_of(view).note


def test_the_part_is_selected_and_one_that_is_not_there_cannot_be_chosen(open_view: Open, qtbot: QtBot) -> None:
    view, session = open_view()
    train, validation, test = (
        view.findChild(QToolButton, f"metrics.part.{name}") for name in ("train", "validation", "test")
    )
    assert test.isChecked()
    assert not validation.isEnabled()
    press(view, qtbot, "part.train")
    assert view.document.selection.part == "train"
    assert train.isChecked()
    assert view._table.counts.sum() == len(session.scene.train_y)
    view.document.select(part="test")
    assert test.isChecked()
    other, _ = open_view(("data.validation_share", "0.2"))
    assert other.findChild(QToolButton, "metrics.part.validation").isEnabled()


def test_a_cell_is_told_by_truth_and_answer(open_view: Open) -> None:
    view, session = open_view(("data.source", "iris"))
    judged, cells = look_of(view, session), view._table._cells()
    at = QPointF(cells.left() + 0.5 * cells.width(), cells.top() + 0.9 * cells.height())
    told = view.told(view._table.mapToScene(at))
    names = session.scene.classes
    assert told.startswith(
        f"{names[2]} predicted as {names[1]}\n{judged.confusion[2, 1]} of {judged.confusion[2].sum()}: "
    )
    assert view.told(view._table.mapToScene(QPointF(1.0, 1.0))) == ""


def test_points_are_told(open_view: Open) -> None:
    view, session = open_view(kind="reliability")
    said, right, sizes = look_of(view, session).reliability.T
    index = int(np.nanargmax(sizes))
    told = view.told(view._reliability.vb.mapViewToScene(QPointF(said[index], right[index])))
    assert (
        told == f"predicted {100 * said[index]:.1f} %, right {100 * right[index]:.1f} %\n{int(sizes[index])} examples"
    )
    view, session = open_view(kind="roc")
    wrong, found, _ = look_of(view, session).roc[0][:, 4]
    told = view.told(view._roc.vb.mapViewToScene(QPointF(wrong, found)))
    assert f"true positive rate {100 * found:.1f} %" in told
    view, session = open_view(("data.source", "hills"))
    judged = look_of(view, session)
    told = view.told(view._answers.vb.mapViewToScene(QPointF(judged.truth[3], judged.answer[3])))
    assert told.startswith(session.scene.target)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("kind", ["confusion", "roc", "reliability"])
@pytest.mark.parametrize("source", ["circle", "hills", "digits"])
def test_each_kind_of_problem_is_drawn_in_both_themes(open_view: Open, source: str, kind: str, theme: Any) -> None:
    view, _ = open_view(("data.source", source), kind=kind, theme=theme)
    assert view.caption.text()
    view.show_theme(DARK if theme is LIGHT else LIGHT)
    view.canvas.grab()


def test_a_full_cell_is_drawn_stronger_than_an_empty_one(open_view: Open) -> None:
    view, _ = open_view()
    table = view._table
    table.show_counts(np.array([[50, 0], [25, 25]]), ("a", "b"))
    image, cells = view.canvas.grab().toImage(), table._cells()

    def paleness(row: int, column: int) -> int:
        corner = QPointF(
            cells.left() + (column + 0.15) * cells.width() / 2, cells.top() + (row + 0.15) * cells.height() / 2
        )
        return image.pixelColor(view.canvas.mapFromScene(table.mapToScene(corner))).blue()

    assert paleness(0, 0) < paleness(1, 0)  # in orange; no blue is full
    assert isinstance(table, ConfusionTable)


def test_every_control_explains_itself(open_view: Open) -> None:
    view, _ = open_view()
    for control in view.findChildren(QToolButton):
        assert control.objectName()
        assert control.toolTip() == control.accessibleDescription() != ""


def test_of_several_members_the_one_judged_is_named(open_view: Open) -> None:
    view, session = open_view(("ensemble.members", "3"), member=1)
    assert view.caption.text().endswith(f"Shown is {session.scene.members[1]}.")
    alone, _ = open_view()
    assert "Shown is" not in alone.caption.text()


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (("class 1", "class 2"), ["1", "2"]),
        (("setosa", "versicolor"), ["set", "ver"]),
        (("7",), ["7"]),
        (("class", "class b"), ["cla", "cla"]),
    ],
)
def test_short_names_leave_out_the_word_that_all_share(names: tuple[str, ...], short: list[str]) -> None:
    assert brief(names) == short


def test_areas_that_find_no_room_are_told_as_their_mean(open_view: Open) -> None:
    view, session = open_view(("data.source", "blobs"), ("data.source.classes", "6"), kind="roc")
    judged = look_of(view, session)
    legend = legend_of(view)
    view.resize(900, 400)
    view.canvas.grab()
    view.show_frame(session.frame(view.needs))
    assert [entry.value for entry in legend.entries] == [numerals.written(area) for area in judged.auc]
    assert legend.note == "AUC: area under the curve"
    assert "Mean" not in view.caption.text()
    view.resize(400, 400)
    view.canvas.grab()
    view.show_frame(session.frame(view.needs))
    assert [(entry.short, entry.value) for entry in legend.entries] == [(str(name), "") for name in range(1, 7)]
    assert legend.note == ""
    assert numerals.written(np.mean(judged.auc)) in view.caption.text()
    assert legend.least_width(legend.entries) < view.canvas.width()


@pytest.mark.parametrize("high", [96, 300])
def test_ten_classes_have_their_numbers_however_low_the_table_is(qapp: QApplication, high: int) -> None:
    table = ConfusionTable(small(qapp.font()))
    table.resize(440.0, float(high))
    counts = np.arange(100).reshape(10, 10) + 100
    table.show_counts(counts, tuple(str(digit) for digit in range(10)))
    words = drawn_words(table)
    assert set(map(str, counts.ravel())) <= set(words)
    assert ("predicted class" in words) == (high == 300)
    assert set("0123456789") <= set(words)


def drawn_words(item: ConfusionTable) -> list[str]:
    """All that an item writes."""
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    painter = QPainter(generator)
    item.paint(painter, None)
    painter.end()
    root = ElementTree.fromstring(bytes(buffer.data().data()))
    return ["".join(text.itertext()).strip() for text in root.iter("{http://www.w3.org/2000/svg}text")]
