"""Which examples: pictures of the data sets and their knobs. What of them the network sees, its diagram says. Knows no run."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QWidget

from playground.data.dataset import Outline, Source
from playground.data.formats.file import FileSource
from playground.data.generators import Generator
from playground.data.sources import FILES, SOURCES
from playground.experiment.config import Config
from playground.experiment.pairing import fitting
from playground.experiment.scene import Scene
from playground.experiment.selection import Selection
from playground.options import knobs, with_value
from playground.ui.forms.controls import Selector, sentence_label, wrapped
from playground.ui.forms.form import LABEL_WIDTH, Column, Form
from playground.ui.forms.knob_widgets import SeedWidget, about, kept
from playground.ui.panels.data_pictures import GLYPH, PICTURE, glyph_of, picture_of
from playground.ui.theme import GRID, LIGHT, Theme
from playground.ui.workspace.document import Document

PICTURES_PER_ROW = 5
NAMES_PER_ROW = 2
AXES = ("x_axis", "y_axis")


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
        self._axes = Axes(document)
        self.add(self._axes)
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
        self._axes.show_columns(scene.columns)
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
            outline = source.outline()  # which a file is not read for: it is not chosen here
            label = self.tr("data set {name}").format(name=cls.label)
            self._document.edit(label, with_source(config, source, outline))
            self._document.select(**dict(zip(AXES, outline.axes, strict=True)))
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
        self._axes.setVisible(not made and count > 2)
        self._note.setText(scene.note if scene else "")
        self._note.setVisible(bool(self._note.text()))


class Axes(QWidget):
    """Which two columns are drawn, by name. They never are the same: the other takes the one that has become free."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self._document = document
        self._selectors: dict[str, Selector] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID // 2)
        grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(AXES):
            knob = knobs(Selection)[name]
            self._selectors[name] = selector = Selector()
            selector.setObjectName(f"selection.{name}.selector")
            selector.setAccessibleName(knob.label)
            selector.setToolTip(knob.help)
            selector.setAccessibleDescription(knob.help)
            selector.activated.connect(partial(self._choose, name))
            word = QLabel(knob.label)
            word.setBuddy(selector)
            grid.addWidget(word, row, 0)
            grid.addWidget(selector, row, 1)
        document.selection_changed.connect(self._follow)

    def show_columns(self, columns: tuple[str, ...]) -> None:
        """Offer these columns."""
        for selector in self._selectors.values():
            selector.clear()
            selector.addItems(columns)
        self._follow(self._document.selection)

    def _follow(self, selection: Selection) -> None:
        for selector, column in zip(self._selectors.values(), selection.axes(self._count), strict=True):
            selector.setCurrentIndex(column)

    @property
    def _count(self) -> int:
        return max(self._selectors["x_axis"].count(), 1)

    def _choose(self, name: str, column: int) -> None:
        chosen = dict(zip(AXES, self._document.selection.axes(self._count), strict=True))
        [other] = {*AXES} - {name}
        if chosen[other] == column:
            chosen[other] = chosen[name]
        self._document.select(**chosen | {name: column})


def with_source(config: Config, source: Source, outline: Outline) -> Config:
    """The config with other data of this outline: a loss or an output unit that does not fit the new kind of problem is
    automatic again.
    """
    config = with_value(with_value(config, "data.source", source), "data.left_out", ())
    return fitting(config, outline.classes)


def _origin(source: Source) -> str:
    """What `Dataset.origin` will say of a source that has not been read yet."""
    return Path(source.path).name if isinstance(source, FileSource) else source.label


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
