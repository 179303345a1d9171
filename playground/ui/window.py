"""The window: it builds bars, panels and views around a workspace, and lets what is seen draw each moment."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.looks.look import Requests
from playground.experiment.looks.table import MAIN
from playground.experiment.run.session import Session
from playground.experiment.scene import Scene
from playground.ui.commands.dialogs import Dialogs
from playground.ui.commands.menus import Actions
from playground.ui.commands.run_actions import RunActions
from playground.ui.commands.table import edit_commands, file_commands, help_commands, run_commands, view_commands
from playground.ui.diagram.editor import NetworkEditor
from playground.ui.forms.refusal import take_back
from playground.ui.panels.data_panel import DataPanel
from playground.ui.panels.learning_panel import LearningPanel
from playground.ui.shell.arrangements import ArrangementRow, Arrangements
from playground.ui.shell.diagnosis_strip import DiagnosisStrip
from playground.ui.shell.docks import Docks, scrolling
from playground.ui.shell.foot import Foot
from playground.ui.shell.message_strip import MessageStrip
from playground.ui.shell.run_bar import RunBar
from playground.ui.shell.visible_views import VisibleViews
from playground.ui.theme import THEMES, Theme, apply_theme
from playground.ui.viewing.view import View
from playground.ui.views import LABORATORY
from playground.ui.views.boundary import BoundaryView
from playground.ui.views.gradient import GradientView
from playground.ui.views.loss import LossView
from playground.ui.workspace.autosave import Autosave
from playground.ui.workspace.files import Files
from playground.ui.workspace.workspace import Workspace


class Window(QMainWindow):
    """The main window of one experiment."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("window")
        self.theme = theme
        self.workspace = Workspace(session, self)
        self.document, self.runner = self.workspace.document, self.workspace.runner
        self.files = Files(self.workspace, self)
        self.autosave = Autosave(self.workspace, self.files)
        self.run_actions = RunActions(self.workspace, self.files)
        self.diagnosis = DiagnosisStrip(self.document)
        self.editor = NetworkEditor(self.document, theme)
        self.boundary = BoundaryView(self.document, theme)
        self.views: list[View] = [self.boundary, GradientView(self.document, theme), LossView(self.document, theme)]
        self.data_panel = DataPanel(self.document)
        self.learning_panel = LearningPanel(self.document)
        self._scene: Scene | None = None
        self._needs: Requests = MAIN
        self._visible_views = VisibleViews(self, self.editor, self.views)
        self.docks = Docks(self)
        self.arrangements = Arrangements(self.docks)
        self.dialogs = Dialogs(self, self.workspace, theme, lambda: self.commands.commands)
        self._build()
        self._build_commands()
        self._connect()
        self.setAcceptDrops(True)
        self.show_theme(theme)
        self.docks.begin()
        self.arrangements.restore()
        self.docks.restore()
        self.follow_title()

    # Public verbs

    def draw(self, frame: Frame) -> None:
        """Show a moment of the run everywhere it can be seen."""
        if frame.scene is not self._scene:
            self._scene = frame.scene
            self.data_panel.show_scene(frame.scene)
            self.learning_panel.show_scene(frame.scene)
            self.follow_title()
        for view in self._visible_views.due(self.runner.running):
            view.draw(frame)
        self._run_bar.show_frame(frame)
        self._run_bar.show_pace(frame, self.runner.running)
        self.diagnosis.show_frame(frame, self.runner.running)
        self._ask_for_what_is_seen()
        self._visible_views.paint()

    def show_theme(self, theme: Theme) -> None:
        """Take other colours, everywhere at once."""
        self.theme = theme
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        apply_theme(application, theme)
        QSettings().setValue("theme", theme.name)
        self._visible_views.dress(theme)
        self.data_panel.show_theme(theme)
        self.learning_panel.show_theme(theme)
        self.dialogs.show_theme(theme)
        self.commands.show_theme(theme)

    def follow_title(self) -> None:
        """Name the data or the file in the title, with a mark while there is something to save."""
        name = self.files.path.name if self.files.path else (self._scene.origin if self._scene else "")
        self.setWindowTitle(f"{name}[*] – {self.tr('Neural Network Playground')}" if name else "[*]")
        self.setWindowModified(self.files.unsaved)

    # Construction

    def _build(self) -> None:
        self.setCentralWidget(self.editor)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().addWidget(Foot(MessageStrip(self.workspace.notices), self.diagnosis), 1)
        boundary, gradient, loss = self.views
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        add = self.docks.add
        add("data", self.tr("Data"), scrolling(self.data_panel), left)
        add("learning", self.tr("Learning"), scrolling(self.learning_panel), left)
        add(boundary.name, boundary.title, boundary, right)
        add(loss.name, loss.title, loss, right)
        add(gradient.name, gradient.title, gradient, Qt.DockWidgetArea.BottomDockWidgetArea)
        for kind, beside in LABORATORY:
            self._visible_views.make_in(self.docks.add_behind(beside, kind.name, kind.title), kind)
        kinds = [*(type(view) for view in self.views), *(kind for kind, _ in LABORATORY)]
        self._places: dict[type, str] = {Scene: "data"} | {look: kind.name for kind in kinds for look in kind.shows}
        self.diagnosis.name_views({look: self.docks[name].windowTitle() for look, name in self._places.items()})

    def _build_commands(self) -> None:
        stack, boundary = self.document.undo_stack, self.boundary
        kinds = [*map(type, self._visible_views.all), *(kind for kind, _ in LABORATORY)]
        self.commands = Actions(
            self,
            (
                *file_commands(self.files, self.close, kinds, self._visible_views.of),
                *edit_commands(stack, self.files, boundary, self.dialogs.find_command),
                *run_commands(self.run_actions, self.dialogs.find_rate),
                *view_commands(self.docks, self.arrangements, self.show_theme, self._exchange_theme, self._fill_screen),
                *help_commands(self.dialogs.show_keys, self.dialogs.show_about),
            ),
        )
        on_the_bar = ("run.play", "run.step", "run.epoch", "run.reset", "run.seed")
        self._run_bar = RunBar([self.commands[id] for id in on_the_bar], self.commands["theme.exchange"])
        self.addToolBar(self._run_bar)
        self._names = ArrangementRow(self.arrangements)  # which the menu bar does not keep
        self.menuBar().setCornerWidget(self._names)

    def _connect(self) -> None:
        for fact in (
            self.runner.running_changed,
            self.runner.busy_changed,
            self.files.reading_changed,
            self.files.recent_changed,
            self.document.history_changed,
            self._visible_views.made,
        ):
            fact.connect(self.commands.refresh)
        self.document.config_changed.connect(self._follow_config)
        self.files.title_changed.connect(self.follow_title)
        self.workspace.frame_changed.connect(self.draw)
        self.runner.running_changed.connect(self._follow_running)
        self._run_bar.speed_chosen.connect(self.runner.limit)
        self.runner.limit(self._run_bar.speed)
        self.editor.unit_hovered.connect(self._follow_hover)
        self.data_panel.open_data_requested.connect(self.files.open_data)
        self.learning_panel.rate_search_requested.connect(self.dialogs.find_rate)
        self.diagnosis.look_wanted.connect(self._show_look)
        self.docks.sight_changed.connect(self._draw_again)
        self._visible_views.needs_changed.connect(self._ask_for_what_is_seen)

    # Slots

    def _follow_config(self, old: Config, new: Config) -> None:
        take_back(self)
        self._visible_views.follow(old, new)
        self.diagnosis.ask_again()

    def _show_look(self, look: type, layer: int | None) -> None:
        """Bring the dock to the front in which this is to be seen, at this layer."""
        self.arrangements.show_dock(self._places[look])
        if layer is not None:
            self.document.select(layer=layer)

    def _follow_running(self, running: bool) -> None:
        if not running and self.workspace.frame is not None:
            self._run_bar.show_pace(self.workspace.frame, running)

    def _follow_hover(self, place: tuple[int, int] | None) -> None:
        self.boundary.show_unit(place)
        if self.workspace.frame is not None:
            self.boundary.draw(self.workspace.frame)

    def _draw_again(self) -> None:
        """Something has come into sight or taken other colours."""
        if self.workspace.frame is not None:
            self.draw(self.workspace.frame)

    def _ask_for_what_is_seen(self) -> None:
        needs = self.diagnosis.needs | self._visible_views.needs
        if needs != self._needs:
            self._needs = needs
            self.runner.observe(needs)

    def _exchange_theme(self) -> None:
        self.show_theme(THEMES["light" if self.theme.dark else "dark"])

    def _fill_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # Qt overrides

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.files.may_leave(self.close):
            event.ignore()
            return
        self.arrangements.keep()
        self.docks.keep()
        self.dialogs.close()
        self.files.call_off()
        self.hide()
        if self.runner.stop():
            self.autosave.clear()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if urls and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files.open_path(Path(event.mimeData().urls()[0].toLocalFile()))
