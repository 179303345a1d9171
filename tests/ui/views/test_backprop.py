"""The inspector: every number of the frame's walk, explained; steps and examples are edits; diagram and map follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from playground.experiment.backprop.matrix import Matrix
from playground.experiment.backprop.trace import BackpropTrace
from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.looks.table import MAIN
from playground.experiment.run.session import Session
from playground.experiment.selection import Selection
from playground.nn.optimizers.adam import Adam
from playground.options import numerals, with_value
from playground.ui.diagram.geometry import Geometry
from playground.ui.diagram.picture import Diagram
from playground.ui.forms.controls import Selector
from playground.ui.forms.number_field import NumberField
from playground.ui.plots.matrices import MatricesView
from playground.ui.plots.matrices_item import MOST, Cell
from playground.ui.plots.tag import Tag
from playground.ui.theme import DARK, LIGHT, apply_theme
from playground.ui.viewing.figure import save_figure
from playground.ui.views.backprop import BackpropView
from playground.ui.views.boundary import BoundaryView
from playground.ui.workspace.document import Document

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True)


@dataclass
class Opened:
    """A view that follows the document and gets frames as in the window."""

    view: Any
    session: Session
    document: Document

    def frame(self) -> Frame:
        return self.session.frame(MAIN | {BackpropTrace})

    def find(self, kind: type[Any], name: str) -> Any:
        found = self.view.findChild(kind, name)
        assert found is not None, name
        return found

    @property
    def matrices(self) -> MatricesView:
        view: MatricesView = self.find(MatricesView, "backprop.matrices")
        return view

    @property
    def drawn(self) -> dict[str, Matrix]:
        return {block.matrix.title: block.matrix for block in self.matrices.item.blocks}

    @property
    def selection(self) -> Selection:
        return self.document.selection


Open = Callable[..., Opened]


@pytest.fixture
def open_view(qtbot: QtBot) -> Open:
    def opened(config: Config | None = None, kind: Any = BackpropView, theme: Any = LIGHT, steps: int = 5) -> Opened:
        config = config or Config()
        session = Session(config)
        session.step(steps)
        document = Document(config)
        one = Opened(kind(document, theme), session, document)

        def follow(old: Config, new: Config) -> None:
            one.view.show_config(new)
            session.apply(new)
            one.view.show_frame(one.frame())

        def look(selection: Selection) -> None:
            session.select(selection)
            one.view.show_frame(one.frame())

        document.config_changed.connect(follow)
        document.selection_changed.connect(look)
        qtbot.addWidget(one.view)
        one.view.resize(700, 330)
        one.view.show()
        one.view.show_frame(one.frame())
        return one

    return opened


def trace_of(opened: Opened) -> BackpropTrace:
    trace = opened.frame().look(BackpropTrace)
    assert trace is not None
    return trace


def point_at(opened: Opened, cell: Cell) -> str:
    """Rest the mouse on a number; what is told beside it."""
    view = opened.matrices
    view.ensureVisible(view.item.place(cell))
    QTest.mouseMove(view.viewport(), view.mapFromScene(view.item.place(cell).center()))
    tag = opened.find(Tag, "backprop.matrices.tag")
    return tag.text() if tag.isVisible() else ""


def test_every_step_draws_its_matrices(open_view: Open) -> None:
    opened = open_view()
    steps = trace_of(opened).steps
    chosen = opened.find(Selector, "backprop.steps")
    assert [chosen.itemText(at) for at in range(chosen.count())] == [
        f"{number}  {step.title}" for number, step in enumerate(steps, 1)
    ]
    for at, step in enumerate(steps):
        opened.document.select(step=at)
        assert chosen.currentIndex() == at
        assert list(opened.drawn) == [matrix.title for matrix in step.matrices]
        for matrix in step.matrices:
            np.testing.assert_array_equal(opened.drawn[matrix.title].values, matrix.values)
        opened.view.grab()


def test_walking_begins_and_ends_at_nobody_s_step(open_view: Open, qtbot: QtBot) -> None:
    opened = open_view()
    on, back = (opened.find(QAbstractButton, f"backprop.{name}") for name in ("on", "back"))
    assert not back.isEnabled()
    for _ in range(3):
        qtbot.mouseClick(on, Qt.MouseButton.LeftButton)
    assert opened.selection.step == 3
    for step in (2, 1, 0, -1):
        qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
        assert opened.selection.step == step
    assert not back.isEnabled()
    assert not opened.document.undo_stack.count(), "looking is no edit"
    opened.document.select(step=9999)
    assert not on.isEnabled()
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert opened.selection.step == len(trace_of(opened).steps) - 2


def test_the_keyboard_walks_and_explains(open_view: Open, qtbot: QtBot) -> None:
    opened = open_view()
    opened.view.activateWindow()
    opened.matrices.setFocus()
    qtbot.waitUntil(opened.matrices.hasFocus)
    qtbot.keyClick(opened.matrices, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: opened.selection.step == 1)
    for _ in range(2):
        qtbot.keyClick(opened.matrices, Qt.Key.Key_Right)
    assert opened.matrices.item.marked == Cell(0, 0, 1)
    told = opened.find(Tag, "backprop.matrices.tag").text()
    assert told.startswith("w₁₂ = ")
    assert opened.matrices.accessibleDescription() == told
    for _ in range(4):
        qtbot.keyClick(opened.matrices, Qt.Key.Key_Right)
    assert opened.matrices.item.marked == Cell(1, 0, 0)  # over the edge of W, into h
    qtbot.keyClick(opened.matrices, Qt.Key.Key_Down)
    assert opened.matrices.item.marked == Cell(1, 1, 0)
    qtbot.keyClick(opened.matrices, Qt.Key.Key_Left)
    assert opened.matrices.item.marked == Cell(0, 1, 4)


def test_a_number_explains_itself(open_view: Open) -> None:
    opened = open_view()
    z = opened.drawn["z"]
    told = point_at(opened, Cell(2, 1, 0))
    assert told.replace("\n", " ") == z.explain(1, 0).replace("\n", " ")
    assert told.startswith("z₂ = w₂₁·x₁ + w₂₂·x₂ + b₂\n= ")
    item = opened.matrices.item
    assert item.marked == Cell(2, 1, 0)
    row = item.place(Cell(0, 1, 0)).united(item.place(Cell(0, 1, 2)))
    column = item.place(Cell(1, 0, 0)).united(item.place(Cell(1, 2, 0)))
    assert item.used(Cell(2, 1, 0)) == [row, column]  # the row of W and the column of x
    assert item.used(Cell(0, 1, 0)) == []
    QTest.mouseMove(opened.matrices.viewport(), QPoint(690, 5))
    assert opened.matrices.item.marked is None


def test_the_optimizer_s_numbers_are_told_whole(open_view: Open, qtbot: QtBot) -> None:
    config = with_value(Config(), "training.optimizer", Adam())
    opened = open_view(config)
    opened.document.select(step=10)
    assert list(opened.drawn) == ["g", "m", "v", "ΔW", "W"]
    told = point_at(opened, Cell(3, 1, 0))
    assert told == opened.drawn["ΔW"].explain(1, 0).replace(
        "\N{COMBINING CIRCUMFLEX ACCENT}", "\N{ZERO WIDTH JOINER}\N{COMBINING CIRCUMFLEX ACCENT}"
    )
    words = ["Δw₂₁", "=", "=", "m̂", "v̂", "effective", "What"]
    assert [line.split(" ")[0].replace("\N{ZERO WIDTH JOINER}", "") for line in told.splitlines()] == words
    item = opened.matrices.item
    assert item.used(Cell(3, 1, 0)) == [item.place(Cell(at, 1, 0)) for at in range(3)]


def test_the_tag_is_the_window_s_and_goes_with_the_view(open_view: Open, qtbot: QtBot) -> None:
    window, other = QMainWindow(), QMainWindow()
    for each in (window, other):
        qtbot.addWidget(each)
        each.resize(700, 330)
        each.show()
    opened = open_view()
    tags = []
    for each in (window, other):  # as a dock that floats off
        each.setCentralWidget(opened.view)
        opened.view.show()
        each.grab()
        view = opened.matrices
        place = view.mapFromScene(view.item.place(Cell(0, 1, 0)).center())
        held = Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        at = QPointF(place), QPointF(view.viewport().mapToGlobal(place))
        view.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, *at, *held))
        tag = each.findChild(Tag, "backprop.matrices.tag")
        assert tag is not None
        assert tag.parentWidget() is each
        assert tag.isVisible()
        assert abs(tag.x() - view.viewport().mapTo(each, place).x()) < 40
        tags.append(tag)
    opened.view.hide()
    assert not tags[1].isVisible()


def test_a_large_matrix_is_cut_and_keeps_its_ends(open_view: Open) -> None:
    config = with_value(Config(), "network.hidden", (Layer(20), Layer(30)))
    opened = open_view(config)
    opened.document.select(step=1)
    block = opened.matrices.item.blocks[0]
    assert len(block.rows) == len(block.columns) == MOST
    assert block.rows == (*range(10), None, 29)
    assert block.columns == (*range(10), None, 20)  # the last is the bias
    gap = QPointF(block.corner.x() + 5.0, opened.matrices.item.place(Cell(0, 9, 0)).bottom() + 3.0)
    assert opened.matrices.item.cell_at(gap) is None
    assert point_at(opened, Cell(0, 29, 20)).startswith("b₃₀ = ")
    assert opened.matrices.verticalScrollBar().maximum() > 0


def test_the_example_is_selected(open_view: Open, qtbot: QtBot) -> None:
    opened = open_view()
    field = opened.find(NumberField, "backprop.example")
    assert field.text() == "1"
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    QTest.keyClicks(field, "251")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (opened.selection.example, field.text()) == (-1, "1"), "there are 250"
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert opened.selection.example == 1
    np.testing.assert_array_equal(opened.drawn["x"].values.ravel(), opened.session._run.setup.problem.train.X[1])
    opened.document.select(example=-1)
    assert field.text() == "1"


def test_the_check_and_what_is_to_be_known(open_view: Open) -> None:
    opened = open_view()
    check, caption = (opened.find(QLabel, f"backprop.{name}") for name in ("check", "caption"))
    assert check.text().split()[-1] == numerals.written(trace_of(opened).error, 2)
    assert "Point at a number" in caption.text()
    opened.document.select(step=len(trace_of(opened).steps) - 1)
    assert "last mini-batch of 10" in caption.text()


def test_every_control_explains_itself(open_view: Open) -> None:
    opened = open_view()
    for name in ("example", "back", "steps", "on", "check"):
        control = opened.find(QWidget, f"backprop.{name}")
        assert control.toolTip() == control.accessibleDescription() != ""


def test_numbers_that_are_not_finite_are_drawn(open_view: Open) -> None:
    opened = open_view(steps=0)
    opened.session.network.weights[0][0, 0] = np.nan
    opened.session.network.weights[1][0, 0] = np.inf
    opened.view.show_frame(opened.frame())
    for at in range(len(trace_of(opened).steps)):
        opened.document.select(step=at)
        opened.view.grab()


def test_a_frame_without_a_walk_leaves_what_is_drawn(open_view: Open) -> None:
    opened = open_view()
    before = list(opened.drawn)
    opened.view.show_frame(opened.session.frame(MAIN))
    assert list(opened.drawn) == before


def test_signs_have_colours_in_both_themes_and_the_export_has_them(
    open_view: Open, tmp_path: Any, qapp: QApplication
) -> None:
    for theme in (LIGHT, DARK):
        apply_theme(qapp, theme)
        opened = open_view(theme=theme)
        path = tmp_path / f"{theme.name}.png"
        save_figure(opened.view, path)
        image = QImage(str(path))
        seen = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
        assert {theme.base, theme.border} <= seen, "the matrices' frames besides the ground"
        assert len(seen) > 20


def test_the_diagram_lights_up_what_is_at_work(open_view: Open, qtbot: QtBot) -> None:
    opened = open_view()
    shape = (2, 4, 2, 1)

    def picture(step: int) -> QImage:
        config, chosen = opened.document.config, Selection(step=step)
        geometry = Geometry.fitted(shape, 500, 300)
        image = QImage(500, 300, QImage.Format.Format_RGB32)
        with QPainter(image) as painter:
            Diagram(config, opened.frame(), geometry, LIGHT, selection=chosen).paint(painter, image.rect())
        return image

    def ringed(image: QImage) -> list[int]:
        geometry = Geometry.fitted(shape, 500, 300)
        corners = [geometry.unit(column, 0).topLeft() for column in range(len(shape))]
        return [column for column, at in enumerate(corners) if image.pixelColor(at).name() == LIGHT.accent]

    assert ringed(picture(-1)) == [], "while nobody walks"
    assert [ringed(picture(step)) for step in range(4)] == [[1], [2], [3], [3]]
    config, first = opened.document.config, Selection(step=0)
    diagram = Diagram(config, opened.frame(), Geometry.fitted(shape, 500, 300), LIGHT, selection=first)
    np.testing.assert_array_equal(diagram._lit_edges(None), np.repeat([True, False, False], [8, 8, 2]))


def test_a_click_on_a_point_follows_it_and_a_ring_marks_it(open_view: Open, qtbot: QtBot) -> None:
    opened = open_view(kind=BoundaryView)
    opened.view.resize(500, 500)
    view = opened.view

    def click(example: int) -> None:
        at = view._plot.vb.mapViewToScene(QPointF(*view._scene.train_points[example]))
        qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=view.canvas.mapFromScene(at))

    view.grab()
    click(42)
    np.testing.assert_allclose(
        view._scene.train_points[opened.selection.example], view._scene.train_points[42], atol=0.15
    )
    np.testing.assert_array_equal(view._followed.getData(), view._scene.train_points[[opened.selection.example]].T)
    chosen = opened.selection.example
    assert chosen != 0
    corner = view._plot.vb.sceneBoundingRect().topLeft() + QPointF(3, 3)
    qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=view.canvas.mapFromScene(corner))
    assert opened.selection.example == chosen
    view.show_frame(opened.session.frame(MAIN | {BackpropTrace}))
    assert len(view._followed.getData()[0]) == 1, "whether or not the walk is looked at"
    click(42)
    assert opened.selection.example == -1, "a click on the ring follows it no longer"
    assert len(view._followed.getData()[0]) == 0
