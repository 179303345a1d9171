"""Which examples: pictures of the data sets and their knobs. What of them the network sees, its diagram says. Knows no run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QWidget

from playground.data.dataset import Outline, Source
from playground.data.formats.file import FileSource
from playground.data.generators import Generator
from playground.data.sources import FILES, SOURCES
from playground.experiment.config import Config
from playground.experiment.frame import Scene
from playground.experiment.pairing import fitting
from playground.options import Number, with_value
from playground.ui.forms.controls import Selector, sentence_label, wrapped
from playground.ui.forms.form import Column, Form
from playground.ui.forms.knob_widgets import KnobWidget, SeedWidget, about, kept
from playground.ui.panels.data_pictures import GLYPH, PICTURE, glyph_of, picture_of
from playground.ui.theme import GRID, LIGHT, Theme
from playground.ui.workspace.document import Document

PICTURES_PER_ROW = 5
NAMES_PER_ROW = 2


class DataPanel(Column):
    """Edits the data section. `open_data_requested` follows a press on the file entry, which the window answers."""

    open_data_requested = Signal()

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.setObjectName("data_panel")
        self._document = document
        self._buttons = {name: self._button(name, cls) for name, cls in SOURCES.items() if cls not in FILES}
        pictures = [button for name, button in self._buttons.items() if issubclass(SOURCES[name], Generator)]
        tables = [button for button in self._buttons.values() if button not in pictures]
        self._file = self._file_button()
        self.add(self._grid(pictures, PICTURES_PER_ROW))
        self.add(self._grid([*tables, self._file], NAMES_PER_ROW))
        self._source_form = Form(document, "data.source")
        self.add(self._source_form)
        names = ("train_share", "validation_share", "standardise", "seed")
        self.add(Form(document, "data", names, {"seed": SeedWidget}))
        axis: dict[str, Callable[[Any], KnobWidget]] = {"x_axis": AxisWidget, "y_axis": AxisWidget}
        self._axes_form = Form(document, "display", tuple(axis), axis, adjust=self._swap_axes)
        self.add(self._axes_form)
        self._note = sentence_label("data.note", "muted")
        self.add(self._note)
        self._scene: Scene | None = None
        document.config_changed.connect(self._follow)
        self.show_theme(LIGHT)
        self._show_source(document.config)

    def show_theme(self, theme: Theme) -> None:
        """Draw the small signs in these colours."""
        for name, button in self._buttons.items():
            if not issubclass(SOURCES[name], Generator):
                button.setIcon(glyph_of(SOURCES[name], theme))
        self._file.setIcon(glyph_of(FILES[0], theme))

    def show_scene(self, scene: Scene) -> None:
        """Show what reading the data has found: their columns, and what was left out."""
        self._scene = scene
        for name in ("x_axis", "y_axis"):
            axis = self._axes_form.widget(name)
            assert isinstance(axis, AxisWidget)
            axis.show_columns(scene.columns)
        self._show_source(self._document.config)

    def _button(self, name: str, cls: type[Source]) -> QToolButton:
        button = _entry(name, cls.label, about(cls))
        if issubclass(cls, Generator):
            button.setIcon(picture_of(cls))
            button.setIconSize(QSize(PICTURE, PICTURE))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setProperty("role", "picture")
        button.clicked.connect(partial(self._choose, name))
        return button

    def _file_button(self) -> QToolButton:
        """The entry of whatever file the user brings."""
        about_files = "\n".join(about(cls) for cls in FILES)
        button = _entry("file", self.tr("Open file…"), about_files)
        button.clicked.connect(self._ask_for_file)
        return button

    def _grid(self, buttons: list[QToolButton], per_row: int) -> QWidget:
        grid = QWidget()
        layout = QGridLayout(grid)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for index, button in enumerate(buttons):
            row, column = divmod(index, per_row)
            layout.addWidget(button, row, column, 1, per_row - column if button is buttons[-1] else 1)
        return grid

    def _ask_for_file(self) -> None:
        self.open_data_requested.emit()
        self._show_source(self._document.config)

    def _choose(self, name: str) -> None:
        cls = SOURCES[name]
        config = self._document.config
        if type(config.data.source) is not cls:
            source = kept(cls, config.data.source)
            assert isinstance(source, Source)
            changed = with_source(
                config, source, source.outline()
            )  # which a file is not read for: it is not chosen here
            self._document.edit(self.tr("data set {name}").format(name=cls.label), changed)
        self._show_source(self._document.config)

    def _follow(self, old: Config, new: Config) -> None:
        if old.data.source != new.data.source:
            self._show_source(new)

    def _show_source(self, config: Config) -> None:
        source = config.data.source
        for name, button in self._buttons.items():
            button.setChecked(type(source) is SOURCES[name])
        self._file.setChecked(isinstance(source, FileSource))
        self._file.setText(_origin(source) if isinstance(source, FileSource) else self.tr("Open file…"))
        made = isinstance(source, Generator)
        self._source_form.setVisible(made)
        # After an edit the scene is still that of other data; if the edit is refused, it is the right one again.
        scene = self._scene if self._scene and self._scene.origin == _origin(source) else None
        count = len(scene.columns) if scene else 0
        self._axes_form.setVisible(not made and count > 2)
        self._note.setText(scene.note if scene else "")
        self._note.setVisible(bool(self._note.text()))

    def _swap_axes(self, config: Config) -> Config:
        """Two axes never show the same column: the other one takes the column that has become free."""
        old, new = self._document.config.display, config.display
        if new.x_axis != new.y_axis:
            return config
        if new.x_axis != old.x_axis:
            return _with_axes(config, new.x_axis, old.x_axis)
        return _with_axes(config, old.y_axis, new.y_axis)


class AxisWidget(KnobWidget):
    """The number of a column, chosen by the column's name."""

    def __init__(self, knob: Number) -> None:
        super().__init__(knob)
        self._index = 0
        self._selector = Selector()
        self._selector.activated.connect(self._emit)
        self.tips = {"selector": knob.help}
        self._place(selector=self._selector)

    def show_columns(self, columns: tuple[str, ...]) -> None:
        """Offer these columns."""
        self._selector.clear()
        self._selector.addItems(columns)
        self._selector.setCurrentIndex(self._index)

    def show_value(self, value: Any) -> None:
        self._index = value
        self._selector.setCurrentIndex(value)


def with_source(config: Config, source: Source, outline: Outline) -> Config:
    """The config with other data of this outline: two columns that are worth it are drawn, and a loss or an output unit
    that does not fit the new kind of problem is automatic again.
    """
    config = with_value(with_value(config, "data.source", source), "data.left_out", ())
    return fitting(_with_axes(config, *outline.axes), outline.classes)


def _origin(source: Source) -> str:
    """What `Dataset.origin` will say of a source that has not been read yet."""
    return Path(source.path).name if isinstance(source, FileSource) else source.label


def _with_axes(config: Config, x_axis: int, y_axis: int) -> Config:
    changed: Config = with_value(with_value(config, "display.x_axis", x_axis), "display.y_axis", y_axis)
    return changed


def _entry(name: str, label: str, tip: str) -> QToolButton:
    """A button that can be chosen, with a small picture beside its text."""
    button = QToolButton()
    button.setObjectName(f"data.source.{name}")
    button.setCheckable(True)
    button.setText(label)
    button.setAccessibleName(label)
    button.setToolTip(wrapped(tip))
    button.setAccessibleDescription(button.toolTip())
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    button.setIconSize(QSize(GLYPH, GLYPH))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setProperty("role", "chip")
    return button
