"""The data and the learning panel on real widgets and true scenes."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QStandardItemModel
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QSlider, QWidget
from pytestqt.qtbot import QtBot

from playground.data.dataset import Outline, Source
from playground.data.formats.text import CsvFile
from playground.data.generators import Blobs, Circle, Generator, Hills, Plane, Spiral
from playground.data.library import BreastCancer, Diabetes, Digits, Iris
from playground.data.sources import FILES, SOURCES
from playground.experiment.config import FULL_BATCH, Config, Layer
from playground.experiment.ensemble import ByFold
from playground.experiment.pairing import refusal
from playground.experiment.run.session import Session
from playground.experiment.stopping import EarlyStopping
from playground.nn.activations import OUTPUTS, LeakyReLU, Linear, ReLU, Sigmoid, Softmax, StepOutput, Tanh
from playground.nn.clipping import CLIPPINGS
from playground.nn.losses import LOSSES, BinaryCrossEntropy, CrossEntropy, SquaredError
from playground.nn.optimizers import OPTIMIZERS, Adam
from playground.nn.regularizers import L2, REGULARIZERS
from playground.nn.schedules import SCHEDULES
from playground.options import Options, knobs, with_value
from playground.ui.forms.controls import RESTART_MARK
from playground.ui.forms.form import Form
from playground.ui.forms.group import Group
from playground.ui.forms.knob_widgets import ChoiceWidget, KnobWidget
from playground.ui.panels.data_panel import DataPanel
from playground.ui.panels.data_panel import with_source as with_outline
from playground.ui.panels.data_pictures import PICTURE, SHARPNESS
from playground.ui.panels.learning_panel import LearningPanel
from playground.ui.theme import CLASSES, DARK, LIGHT, Theme, apply_theme
from playground.ui.workspace.document import Document

WIDTH = 264


def configured(**changes: Any) -> Config:
    config = Config()
    for path, value in changes.items():
        config = with_value(config, path.replace("__", "."), value)
    return config


def with_source(config: Config, source: Source) -> Config:
    return with_outline(config, source, source.outline())


def data_panel(qtbot: QtBot, config: Config | None = None) -> tuple[Document, DataPanel]:
    document = Document(config or Config())
    panel = DataPanel(document)
    qtbot.addWidget(panel)
    panel.show_scene(Session(document.config).scene)
    return document, panel


def learning_panel(qtbot: QtBot, config: Config | None = None) -> tuple[Document, LearningPanel]:
    document = Document(config or Config())
    panel = LearningPanel(document)
    qtbot.addWidget(panel)
    panel.show_scene(Session(document.config).scene)
    return document, panel


def button(panel: QWidget, name: str) -> QAbstractButton:
    found = panel.findChild(QAbstractButton, name)
    assert isinstance(found, QAbstractButton)
    return found


def selector(panel: QWidget, path: str) -> QComboBox:
    found = panel.findChild(QComboBox, f"{path}.selector")
    assert isinstance(found, QComboBox)
    return found


def choose(panel: QWidget, path: str, text: str) -> None:
    box = selector(panel, path)
    index = box.findText(text)
    assert index >= 0, text
    box.setCurrentIndex(index)
    box.activated.emit(index)
    box.textActivated.emit(text)


def disabled(panel: QWidget, path: str) -> dict[str, str]:
    """Label and reason of every entry that cannot be chosen."""
    box = selector(panel, path)
    model = box.model()
    assert isinstance(model, QStandardItemModel)
    items = [model.item(index) for index in range(box.count())]
    return {item.text(): item.toolTip() for item in items if not item.isEnabled()}


def label(panel: QWidget, name: str) -> QLabel:
    found = panel.findChild(QLabel, name)
    assert isinstance(found, QLabel)
    return found


# Data


@pytest.mark.parametrize("name", [name for name, cls in SOURCES.items() if cls not in FILES])
def test_a_picture_chooses_its_data_set_and_is_marked(qtbot: QtBot, name: str) -> None:
    start = Plane() if name == "circle" else Circle()
    document, panel = data_panel(qtbot, configured(data__source=start))
    before = document.config
    picture = button(panel, f"data.source.{name}")
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton)
    assert type(document.config.data.source) is SOURCES[name]
    assert [b.objectName() for b in panel.findChildren(QAbstractButton) if b.isCheckable() and b.isChecked()
            and b.objectName().startswith("data.source")] == [f"data.source.{name}"]  # fmt: skip
    assert picture.toolTip() == picture.accessibleDescription()
    assert SOURCES[name].label in picture.toolTip()
    assert picture.accessibleName() == SOURCES[name].label
    document.undo_stack.undo()
    assert document.config == before
    assert not picture.isChecked()


def test_choosing_the_current_data_set_changes_nothing(qtbot: QtBot) -> None:
    document, panel = data_panel(qtbot)
    picture = button(panel, "data.source.circle")
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton)
    assert picture.isChecked()
    assert document.undo_stack.count() == 0


def test_a_new_data_set_keeps_the_knobs_of_the_same_name(qtbot: QtBot) -> None:
    document, panel = data_panel(qtbot, configured(data__source=Circle(points=300, noise=0.2)))
    qtbot.mouseClick(button(panel, "data.source.spiral"), Qt.MouseButton.LeftButton)
    assert document.config.data.source == Spiral(points=300, noise=0.2)
    qtbot.mouseClick(button(panel, "data.source.blobs"), Qt.MouseButton.LeftButton)
    assert document.config.data.source == Blobs(points=300, noise=0.2)
    assert panel.findChild(KnobWidget, "data.source.classes") is not None


def drawn(panel: DataPanel, name: str) -> dict[tuple[int, int], str]:
    """The fully coloured pixels of a data set's picture, (column, row from the top)."""
    picture = button(panel, f"data.source.{name}")
    image = picture.icon().pixmap(picture.iconSize(), SHARPNESS).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    side = image.width()
    pixels = {(x, y): image.pixelColor(x, y) for x in range(side) for y in range(side)}
    return {place: colour.name() for place, colour in pixels.items() if colour.alpha() == 255}


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("name", [name for name, cls in SOURCES.items() if issubclass(cls, Generator)])
def test_pictures_show_the_points_in_the_colours_of_their_classes(qtbot: QtBot, name: str, theme: Theme) -> None:
    _, panel = data_panel(qtbot)
    panel.show_theme(theme)
    colours = set(drawn(panel, name).values())
    data = SOURCES[name]().load(np.random.default_rng(1))
    assert {QColor(CLASSES[int(index)]).name() for index in (data.y if data.classes else ())} <= colours
    assert data.classes or len(colours) > 20


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_digits_have_a_picture_of_their_own_in_the_colour_of_the_text(qtbot: QtBot, theme: Theme) -> None:
    _, panel = data_panel(qtbot)
    panel.show_theme(theme)
    digits, iris, file = (drawn(panel, name) for name in ("digits", "iris", "file"))
    assert set(digits.values()) == {QColor(theme.muted).name()}
    assert iris == file
    assert digits.keys() != iris.keys()


def test_pictures_stand_the_right_way_up(qtbot: QtBot) -> None:
    _, panel = data_panel(qtbot)
    pixels = drawn(panel, "gaussians")
    places = {
        colour: np.mean([place for place, painted in pixels.items() if painted == colour], axis=0)
        for colour in CLASSES[:2]
    }
    middle = PICTURE * SHARPNESS / 2
    orange, blue = places[CLASSES[0]], places[CLASSES[1]]
    assert blue[1] < middle < blue[0], "class 1 sits in the upper right"
    assert orange[0] < middle < orange[1]


def test_a_new_kind_of_problem_frees_the_loss_and_output_that_do_not_fit(qtbot: QtBot) -> None:
    config = configured(training__loss=CrossEntropy(), network__output=Softmax())
    document, panel = data_panel(qtbot, config)
    document.select(x_axis=1, y_axis=0)
    qtbot.mouseClick(button(panel, "data.source.hills"), Qt.MouseButton.LeftButton)
    changed = document.config
    assert isinstance(changed.data.source, Hills)
    assert (changed.training.loss, changed.network.output) == (None, None)
    assert (document.selection.x_axis, document.selection.y_axis) == (0, 1)
    assert with_source(configured(data__left_out=("x",)), Iris()).data.left_out == (), "other columns"
    Session(changed)
    document.undo_stack.undo()
    assert document.config == config


def test_other_data_never_leave_a_pair_that_cannot_run() -> None:
    sources: list[Source] = [Iris(), BreastCancer(), Diabetes(), Plane(), Spiral(), Blobs(classes=6)]
    losses, outputs = ([None, *(cls() for cls in table.values())] for table in (LOSSES, OUTPUTS))
    for source, loss, output in product(sources, losses, outputs):
        config, case = configured(training__loss=loss, network__output=output), (source, loss, output)
        classes = 0 if isinstance(source, Diabetes | Plane) else 2
        changed = with_source(config, source)
        assert changed.data.source == source, case
        assert not refusal(changed, classes), case
        if not refusal(config, classes):
            assert (changed.training.loss, changed.network.output) == (loss, output), f"{case} fits and stays"


def test_of_images_two_pixels_are_drawn_that_are_not_always_black(qtbot: QtBot) -> None:
    document, panel = data_panel(qtbot)
    for name, source in (("digits", Digits()), ("circle", Circle())):
        qtbot.mouseClick(button(panel, f"data.source.{name}"), Qt.MouseButton.LeftButton)
        assert document.selection.axes(99) == source.outline().axes
    assert Digits().outline().axes != (0, 1)


def test_the_file_entry_asks_for_a_file_and_is_not_marked(qtbot: QtBot) -> None:
    document, panel = data_panel(qtbot)
    entry = button(panel, "data.source.file")
    with qtbot.waitSignal(panel.open_data_requested):
        qtbot.mouseClick(entry, Qt.MouseButton.LeftButton)
    assert not entry.isChecked()
    assert document.config == Config()


def test_a_file_shows_its_name_and_what_reading_left_out(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "wine.csv"
    path.write_text("a,b,c,kind\n1,2,3,x\n2,1,4,y\n,1,5,y\n3,3,6,x\n")
    document, panel = data_panel(qtbot)
    document.edit("", with_source(document.config, CsvFile(str(path))))
    panel.show_scene(Session(document.config).scene)
    entry = button(panel, "data.source.file")
    assert entry.isChecked()
    assert entry.text() == "wine.csv"
    assert "missing" in label(panel, "data.note").text()
    assert not label(panel, "data.note").isHidden()
    document.undo_stack.undo()
    panel.show_scene(Session(document.config).scene)
    assert label(panel, "data.note").isHidden()
    assert not entry.isChecked()


def test_of_a_table_two_columns_are_offered_to_draw(qtbot: QtBot) -> None:
    document, panel = data_panel(qtbot)
    panel.show()
    axis = panel.findChild(QComboBox, "selection.x_axis.selector")
    assert axis is not None
    assert not axis.isVisible()
    qtbot.mouseClick(button(panel, "data.source.iris"), Qt.MouseButton.LeftButton)
    assert not axis.isVisible(), "its columns are known only when it has been read"
    panel.show_scene(Session(document.config).scene)
    assert axis.isVisible()
    assert selector(panel, "selection.x_axis").currentText() == "sepal length (cm)"
    choose(panel, "selection.x_axis", "petal width (cm)")
    assert (document.selection.x_axis, document.selection.y_axis) == (3, 1)
    panel.show_scene(Session(document.config).scene)
    assert selector(panel, "selection.x_axis").currentText() == "petal width (cm)"
    document.select(x_axis=0)
    assert selector(panel, "selection.x_axis").currentText() == "sepal length (cm)"


@pytest.mark.parametrize("refused", [CsvFile("/nowhere/absent.csv"), Circle()], ids=["file", "circle"])
def test_data_that_are_refused_leave_the_panel_as_it_was(qtbot: QtBot, tmp_path: Path, refused: Any) -> None:
    path = tmp_path / "wine.csv"
    path.write_text("a,b,c,kind\n1,2,3,x\n2,1,4,y\n,1,5,y\n3,3,6,x\n")
    document, panel = data_panel(qtbot, configured(data__source=CsvFile(str(path))))
    panel.show()
    kept, axis = document.config, panel.findChild(QComboBox, "selection.x_axis.selector")
    assert axis is not None

    def seen() -> tuple[str, bool, bool]:
        note = label(panel, "data.note")
        return note.text(), note.isVisible(), axis.isVisible()

    before = seen()
    assert before[1:] == (True, True)
    document.edit("", with_outline(kept, refused, Outline(2)))
    assert seen() == ("", False, False)
    document.take_back(kept, 0)
    assert seen() == before


@pytest.mark.parametrize(
    ("path", "text"), [("selection.x_axis", "sepal width (cm)"), ("selection.y_axis", "sepal length (cm)")]
)
def test_both_axes_swap_instead_of_showing_one_column(qtbot: QtBot, path: str, text: str) -> None:
    document, panel = data_panel(qtbot, configured(data__source=Iris()))
    panel.show_scene(Session(document.config).scene)
    choose(panel, path, text)
    assert (document.selection.x_axis, document.selection.y_axis) == (1, 0)
    assert selector(panel, "selection.x_axis").currentText() == "sepal width (cm)"
    assert selector(panel, "selection.y_axis").currentText() == "sepal length (cm)"


# Learning


def test_automatic_says_what_it_means(qtbot: QtBot) -> None:
    document, panel = learning_panel(qtbot)
    assert selector(panel, "training.loss").currentText() == "automatic (binary cross-entropy)"
    assert selector(panel, "network.output").currentText() == "automatic (sigmoid)"
    document.set("training.loss", SquaredError(), "")
    assert selector(panel, "network.output").currentText() == "automatic (linear)"
    document.edit("", with_source(configured(), Plane()))
    panel.show_scene(Session(document.config).scene)
    assert selector(panel, "training.loss").currentText() == "automatic (squared error)"
    document.edit("", with_source(configured(), Iris()))
    panel.show_scene(Session(document.config).scene)
    assert selector(panel, "training.loss").currentText() == "automatic (cross-entropy)"
    assert selector(panel, "network.output").currentText() == "automatic (softmax)"


@pytest.mark.parametrize("source", [Circle(), Blobs(classes=4), Plane()])
def test_exactly_the_pairs_that_make_no_sense_cannot_be_chosen(qtbot: QtBot, source: Source) -> None:
    regression = isinstance(source, Plane)
    losses = [cls() for cls in LOSSES.values() if not (regression and cls.for_classes_only)]
    document, panel = learning_panel(qtbot, configured(data__source=source))
    for loss in (None, *losses):
        document.set("training.loss", loss, "")
        panel.show_scene(Session(document.config).scene)
        refused_losses, refused_outputs = disabled(panel, "training.loss"), disabled(panel, "network.output")
        assert set(refused_losses) == (
            {cls.label for cls in LOSSES.values() if cls.for_classes_only} if regression else set()
        ), loss
        expected = {cls.label for cls in OUTPUTS.values() if loss is not None and loss.refusal(cls(), not regression)}
        assert set(refused_outputs) == expected | ({Softmax.label} if regression else set()), loss
        assert all(len(reason) > 20 for reason in (*refused_losses.values(), *refused_outputs.values())), loss


def test_a_loss_that_refuses_the_output_unit_frees_it_in_the_same_edit(qtbot: QtBot) -> None:
    document, panel = learning_panel(qtbot, configured(network__output=Tanh()))
    choose(panel, "training.loss", BinaryCrossEntropy.label)
    assert document.config.training.loss == BinaryCrossEntropy()
    assert document.config.network.output is None
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.config.network.output == Tanh()
    assert selector(panel, "network.output").currentText() == "tanh"
    choose(panel, "training.loss", SquaredError.label)
    assert document.config.network.output == Tanh(), "a pair that works stays"


def test_a_poor_pair_is_remarked_on_and_can_be_matched(qtbot: QtBot) -> None:
    document, panel = learning_panel(qtbot)
    panel.show()
    remark, match = label(panel, "learning.remark"), button(panel, "learning.match")
    assert not remark.isVisible()
    choose(panel, "training.loss", SquaredError.label)
    choose(panel, "network.output", Sigmoid.label)
    scene = Session(document.config).scene
    panel.show_scene(scene)
    assert remark.isVisible()
    assert remark.text() == str(scene.remark) != ""
    qtbot.mouseClick(match, Qt.MouseButton.LeftButton)
    assert (document.config.training.loss, document.config.network.output) == (None, None)
    panel.show_scene(Session(document.config).scene)
    assert not remark.isVisible()
    assert document.undo_stack.count() == 3


def test_the_mini_batch_slides_up_to_the_full_batch(qtbot: QtBot) -> None:
    document, panel = learning_panel(qtbot)
    slider = panel.findChild(QSlider, "training.batch_size.slider")
    assert slider is not None
    slider.setValue(slider.maximum())
    assert document.config.training.batch_size == 250
    slider.setValue(slider.minimum())
    assert document.config.training.batch_size == 1
    field = panel.findChild(QLineEdit, "training.batch_size.field")
    assert field is not None
    field.selectAll()
    qtbot.keyClicks(field, "400")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.config.training.batch_size == 400, "more than there are is the full batch too"


def test_one_activation_for_all_hidden_layers(qtbot: QtBot) -> None:
    document, panel = learning_panel(qtbot)
    choose(panel, "network.hidden.*.activation", ReLU.label)
    assert [layer.activation for layer in document.config.network.hidden] == [ReLU(), ReLU()]
    assert document.undo_stack.count() == 1
    document.set("network.hidden.1.activation", Linear(), "")
    box = selector(panel, "network.hidden.*.activation")
    assert (box.currentIndex(), box.placeholderText()) == (-1, "mixed")
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert box.currentText() == Tanh.label


@pytest.mark.parametrize("path", ["training.loss", "network.output"])
def test_what_may_restart_the_run_is_marked(qtbot: QtBot, path: str) -> None:
    _, panel = learning_panel(qtbot)
    widget = panel.findChild(ChoiceWidget, path)
    assert widget is not None
    form = widget.parentWidget()
    marks = [text for text in form.findChildren(QLabel) if text.text() == RESTART_MARK]
    assert len(marks) == 1
    assert "restarts the run" in " ".join(marks[0].toolTip().lower().split())
    assert RESTART_MARK in widget.selector.toolTip(), "told wherever the pointer rests"


# Both


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_both_panels_fit_their_column(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)
    config = configured(
        network__hidden=(Layer(4, LeakyReLU()), Layer(2, LeakyReLU())),
        training__optimizer=Adam(),
        training__regularizer=L2(),
        data__source=Blobs(),
    )
    panels = [make(qtbot, config)[1] for make in (data_panel, learning_panel)]  # which live as long as the test
    for panel in panels:
        assert panel.minimumSizeHint().width() <= WIDTH - 14, "beside a scroll bar"
        panel.resize(WIDTH, 800)
        panel.show()
        for child in panel.findChildren(QWidget):
            if child.isVisible() and child.objectName() and child.parent() is not None:
                right = child.mapTo(panel, child.rect().bottomRight()).x()
                assert right < WIDTH, child.objectName()
        for text in panel.findChildren(QLabel):
            if text.isVisible() and not text.wordWrap():
                assert text.width() >= text.sizeHint().width(), text.text()
        if isinstance(panel, DataPanel):
            assert panel.minimumSizeHint().height() <= 440
        else:  # its parts fold; the first of them needs no scrolling in the smallest window
            first = next(group for group in panel.findChildren(Group) if group.objectName() == "group.descent")
            assert first.geometry().bottom() <= 300


LEARNING = {"optimizer": OPTIMIZERS, "schedule": SCHEDULES, "clipping": CLIPPINGS, "regularizer": REGULARIZERS}


@pytest.mark.parametrize(
    ("name", "choice"),
    [(name, cls()) for name, table in LEARNING.items() for cls in table.values()],
    ids=lambda value: value if isinstance(value, str) else value.label,
)
def test_every_choice_of_learning_is_offered_with_its_knobs(qtbot: QtBot, name: str, choice: Options) -> None:
    document, panel = learning_panel(qtbot)
    panel.resize(WIDTH - 14, 800)  # beside a scroll bar
    panel.show()
    selector(panel, f"training.{name}").setFocus()
    choose(panel, f"training.{name}", choice.label)
    assert getattr(document.config.training, name) == choice
    inner = next(
        row.inner for form in panel.findChildren(Form) for row in form.rows.values() if row.path == f"training.{name}"
    )
    assert inner is not None
    assert list(inner.rows) == list(knobs(type(choice)))
    assert panel.minimumSizeHint().width() <= WIDTH - 14
    for row in inner.rows.values():
        assert row.label.width() >= row.label.sizeHint().width(), row.label.text()
        assert row.widget.toolTip() or row.label.toolTip()


def test_schedule_and_clipping_stand_below_the_learning_rate_and_restart_nothing(qtbot: QtBot) -> None:
    _, panel = learning_panel(qtbot)
    rows = panel._training_form.rows
    assert list(rows) == ["optimizer", "learning_rate", "schedule", "clipping", "batch_size"]
    assert not any(row.mark.text() for row in rows.values())


@pytest.mark.parametrize("make", [data_panel, learning_panel])
def test_every_control_of_a_panel_is_named_and_described(qtbot: QtBot, make: Any) -> None:
    _, panel = make(qtbot)
    names = []
    for kind in (QAbstractButton, QComboBox, QLineEdit, QSlider):
        for control in panel.findChildren(kind):
            if control.objectName().startswith("qt_"):
                continue
            names.append(control.objectName())
            assert control.objectName()
            assert control.toolTip(), control.objectName()
            assert control.accessibleDescription() == control.toolTip(), control.objectName()
            assert control.accessibleName() or (isinstance(control, QAbstractButton) and control.text())
            assert control.focusPolicy() == Qt.FocusPolicy.StrongFocus, control.objectName()
    assert len(names) == len(set(names)) > 10


def group(panel: QWidget, name: str) -> Group:
    found = panel.findChild(Group, f"group.{name}")
    assert found is not None
    return found


def test_a_group_folds_and_then_says_what_it_holds(qtbot: QtBot) -> None:
    document, panel = learning_panel(qtbot)
    panel.show()
    noise = group(panel, "noise")
    dropout = next(row for form in noise.findChildren(Form) for row in form.rows.values() if "hidden_drop" in row.path)
    assert not noise.open
    assert not dropout.widget.isVisible()
    document.set("training.noise.hidden_dropout", 0.25, "dropout")
    words = noise.findChild(QLabel, "group.noise.summary")
    assert words is not None
    assert words.isVisible()
    assert words.text() == "dropout, hidden 0.25"
    qtbot.mouseClick(noise.heading, Qt.MouseButton.LeftButton)
    assert dropout.widget.isVisible()
    assert not words.isVisible()


def test_an_optimizer_that_needs_the_full_batch_gets_it(qtbot: QtBot) -> None:
    document, panel = learning_panel(qtbot)
    panel.show_scene(Session(document.config).scene)
    choose(panel, "training.optimizer", "Newton")
    assert document.config.training.batch_size == FULL_BATCH
    document.undo_stack.undo()
    assert document.config.training.batch_size == 10


@pytest.mark.parametrize(
    ("path", "label", "value"),
    [
        ("training.stopping", "early stopping", EarlyStopping()),
        ("ensemble.vary", "fold", ByFold()),
        ("network.precision", "float32", "float32"),
        ("network.output", "step (trained as sigmoid)", StepOutput()),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_else_training_is_told(qtbot: QtBot, path: str, label: str, value: object) -> None:
    document, panel = learning_panel(qtbot)
    choose(panel, path, label)
    section, name = path.split(".")
    assert getattr(getattr(document.config, section), name) == value
