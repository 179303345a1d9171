"""The window: it builds the panels and views, and closes the ring from a gesture to a frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDockWidget, QLayout, QMainWindow, QScrollArea, QVBoxLayout, QWidget

from playground.experiment.config import MAX_SEED, Config, Impact, impact
from playground.experiment.frame import NEEDS, Frame, Scene
from playground.experiment.session import Session
from playground.ui.autosave import Autosave
from playground.ui.diagnosis_strip import DiagnosisStrip
from playground.ui.document import Document
from playground.ui.files import Files
from playground.ui.help import show_details
from playground.ui.icons import icon
from playground.ui.laboratory import LABORATORY
from playground.ui.menus import build_menus
from playground.ui.message_strip import MessageStrip
from playground.ui.network_editor import NetworkEditor
from playground.ui.news import News
from playground.ui.panels.data_panel import DataPanel
from playground.ui.panels.learning_panel import LearningPanel
from playground.ui.range_dialog import RangeDialog
from playground.ui.run_bar import RunBar, action_icons
from playground.ui.runner import Runner
from playground.ui.theme import GRID, THEMES, Theme, apply_theme
from playground.ui.views.boundary import BoundaryView
from playground.ui.views.gradient import GradientView
from playground.ui.views.loss import LossView
from playground.ui.views.view import View

LAYOUT_VERSION = 2  # of the saved arrangement of docks; raise it when docks come or go


class Window(QMainWindow):
    """The main window of one experiment."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("window")
        self.theme = theme
        self.document = Document(session.config, self)
        self.strip = MessageStrip(theme)
        self.diagnosis = DiagnosisStrip(self.document, theme)
        self.editor = NetworkEditor(self.document, theme)
        self.boundary = BoundaryView(self.document, theme)
        self.views: list[View] = [self.boundary, GradientView(self.document, theme), LossView(self.document, theme)]
        self.data_panel = DataPanel(self.document)
        self.learning_panel = LearningPanel(self.document)
        self.runner = Runner(session, self)
        self.frame: Frame | None = None
        self._scene: Scene | None = None
        self._news = News(self.strip, self.runner.go_back, self.reset, self)
        self._needs = NEEDS
        self._turn = 0
        self._range_dialog: RangeDialog | None = None
        self.docks: dict[str, QDockWidget] = {}
        self._build()
        self.files = Files(self)
        self.autosave = Autosave(self)
        self._build_actions()
        build_menus(self, list(self._run_actions.values()))
        self._connect()
        self.setAcceptDrops(True)
        self.show_theme(theme)
        self._restore_layout()
        self.follow_title()
        self.strip.say(
            self.tr("Space starts the training. Point at a unit to see it large, click an edge to set its weight.")
        )

    # Public verbs

    def toggle_run(self) -> None:
        """Play or pause."""
        if self.runner.running:
            self.runner.pause()
        else:
            self.runner.play()
            self._news.repeat()

    def step(self) -> None:
        """Pause, and train one mini-batch."""
        self.runner.step()
        self.strip.say(self.tr("Trained one mini-batch."))

    def epoch(self) -> None:
        """Pause, and train to the end of the epoch."""
        self.runner.epoch()
        self.strip.say(self.tr("Trained to the end of the epoch."))

    def reset(self) -> None:
        """The same run again from its start, paused."""
        self.runner.pause()
        self.runner.restart()
        self.document.forget_weights()
        self.strip.answer(self.tr("Back at the start: the same seed gives the same run again."))

    def new_seed(self) -> None:
        """Other weights at the start, and another order of the mini-batches."""
        seed = (self.document.config.network.seed + 1) % (MAX_SEED + 1)
        self.document.set("network.seed", seed, self.tr("New seed"))

    def find_rate(self) -> None:
        """Look for a good learning rate, while the run goes on."""
        if self._range_dialog is None:
            self._range_dialog = RangeDialog(self.document, self.theme, self)
            self._range_dialog.experiment_wanted.connect(self.runner.lend)
            self.runner.lent.connect(self._range_dialog.run)
        self._range_dialog.start()

    def load(self, session: Session) -> None:
        """Show another experiment, paused."""
        self.strip.answer(self.tr("Another experiment. Space starts it."))
        self.runner.load(session)
        self.document.replace(session.config)

    def draw(self, frame: Frame) -> None:
        """Show a moment of the run everywhere it can be seen."""
        self.frame = frame
        if frame.scene is not self._scene:
            self._scene = frame.scene
            self.data_panel.show_scene(frame.scene)
            self.learning_panel.show_scene(frame.scene)
            self.follow_title()
        for view in self._due():
            view.show_frame(frame)
        self._run_bar.show_frame(frame)
        self._run_bar.show_pace(frame, self.runner.running)
        self.diagnosis.show_frame(frame, self.runner.running)
        self._ask_for_what_is_seen()
        self.files.follow_frame(frame)
        self._news.follow(frame)
        self._paint_now()

    def show_theme(self, theme: Theme) -> None:
        """Take other colours, everywhere at once."""
        self.theme = theme
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        apply_theme(application, theme)
        QSettings().setValue("theme", theme.name)
        for view in (self.editor, *self.views):
            view.show_theme(theme)
        self.data_panel.show_theme(theme)
        self.learning_panel.show_theme(theme)
        if self._range_dialog is not None:
            self._range_dialog.show_theme(theme)
        self.strip.show_theme(theme)
        self.diagnosis.show_theme(theme)
        self._run_bar.show_theme(theme)
        self._theme_action.setIcon(icon("theme", theme))
        action_icons(self._run_actions, theme, self.runner.running)
        self._draw_again()

    def follow_title(self) -> None:
        """Name the data or the file in the title, with a mark while there is something to save."""
        name = self.files.path.name if self.files.path else (self._scene.origin if self._scene else "")
        self.setWindowTitle(f"{name}[*] – {self.tr('Neural Network Playground')}" if name else "[*]")
        self.setWindowModified(self.files.unsaved)

    # Construction

    def _build(self) -> None:
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.editor)
        self.setCentralWidget(centre)
        self.statusBar().setSizeGripEnabled(False)
        foot = QWidget()
        lines = QVBoxLayout(foot)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.diagnosis)
        lines.addWidget(self.strip)
        self.statusBar().addWidget(foot, 1)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.setCorner(Qt.Corner.BottomLeftCorner, left)
        self.setCorner(Qt.Corner.BottomRightCorner, right)
        boundary, gradient, loss = self.views
        self._dock("data", self.tr("Data"), _scrolling(self.data_panel), left)
        self._dock("learning", self.tr("Learning"), _scrolling(self.learning_panel), left)
        self._dock(boundary.name, boundary.title, boundary, right)
        self._dock(loss.name, loss.title, loss, right)
        self._dock(gradient.name, gradient.title, gradient, Qt.DockWidgetArea.BottomDockWidgetArea)
        for kind, beside in LABORATORY:
            dock = self._dock(kind.name, kind.title, QWidget(), self.dockWidgetArea(self.docks[beside]))
            self.tabifyDockWidget(self.docks[beside], dock)
            dock.visibilityChanged.connect(partial(self._equip, kind))
        for name in {beside for _, beside in LABORATORY}:
            self.docks[name].raise_()
        self.diagnosis.name_views({name: dock.windowTitle() for name, dock in self.docks.items()})

    def _equip(self, kind: type[View], visible: bool) -> None:
        """Make a view of the laboratory when it is first seen: all of them at the start would delay the window."""
        if not visible or any(isinstance(view, kind) for view in self.views):
            return
        view = kind(self.document, self.theme)
        view.setMinimumWidth(26 * GRID)  # or else the widest row of controls of any tab would widen the window
        view.needs_changed.connect(self._ask_for_what_is_seen)
        self.views.append(view)
        self.docks[kind.name].setWidget(view)

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock_{name}")
        dock.setWidget(widget)
        # Queued: at the signal the dock's widget does not know yet whether it can be seen.
        dock.visibilityChanged.connect(self._draw_again, Qt.ConnectionType.QueuedConnection)
        self.addDockWidget(area, dock)
        self.docks[name] = dock
        return dock

    def _build_actions(self) -> None:
        self._run_actions = {
            "play": self.action(self.tr("Run"), self.toggle_run, "Space", self.tr("Train, or pause.")),
            "step": self.action(self.tr("Step"), self.step, ["Right", "."], self.tr("Train one mini-batch.")),
            "epoch": self.action(self.tr("Epoch"), self.epoch, "E", self.tr("Train to the end of the epoch.")),
            "reset": self.action(
                self.tr("Reset"), self.reset, "R", self.tr("The same run again: same seed, same numbers.")
            ),
            "seed": self.action(
                self.tr("New seed"), self.new_seed, "N", self.tr("Other weights at the start; restarts the run.")
            ),
        }
        self._theme_action = self.action(
            self.tr("Light or dark"), self._toggle_theme, "Ctrl+T", self.tr("Exchange the light and the dark colours.")
        )
        self._run_bar = RunBar(list(self._run_actions.values()), self._theme_action, self.theme)
        self.addToolBar(self._run_bar)

    def action(self, text: str, slot: Callable[[], None], keys: str | list[str] = "", tip: str = "") -> QAction:
        """An action of this window, with its keys named in its tooltip."""
        action = QAction(text, self)
        shortcuts = [QKeySequence(key) for key in ([keys] if isinstance(keys, str) else keys) if key]
        action.setShortcuts(shortcuts)
        hint = ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in shortcuts)
        action.setToolTip(f"{tip or text} ({hint})" if hint else tip or text)
        action.setStatusTip("")
        action.triggered.connect(lambda _=False: slot())
        self.addAction(action)
        return action

    def _connect(self) -> None:
        self.document.config_changed.connect(self._follow_config)
        self.document.weight_edited.connect(self.runner.set_weight)
        self.document.undo_stack.cleanChanged.connect(self._follow_clean)
        self.runner.frame_ready.connect(self.draw)
        self.runner.running_changed.connect(self._follow_running)
        self.runner.loaded.connect(self.files.follow_loaded)
        self.runner.restarted.connect(self._follow_restart)
        self.runner.resumed.connect(self._follow_resumption)
        self.runner.refused.connect(self._follow_refusal)
        self.runner.saved.connect(self.files.follow_saved)
        self.runner.exported.connect(self.files.follow_exported)
        self.runner.failed.connect(self.tell_failure)
        self._run_bar.speed_chosen.connect(self.runner.limit)
        self.editor.unit_hovered.connect(self._follow_hover)
        self.data_panel.open_data_requested.connect(self.files.open_data)
        self.learning_panel.rate_search_requested.connect(self.find_rate)
        self.diagnosis.view_wanted.connect(self._show_view)
        for view in (self.editor, *self.views):
            view.needs_changed.connect(self._ask_for_what_is_seen)

    # Slots

    def _follow_config(self, old: Config, new: Config) -> None:
        self.runner.apply(new, back=self.document.travelling)
        if self.document.last_edit and impact(old, new) == Impact.TRAINING:
            self.strip.say(self.tr("{edit}: the run goes on.").format(edit=_sentence(self.document.last_edit)))
        for view in self.views:
            view.show_config(new)
        self.diagnosis.ask_again()

    def _show_view(self, name: str, layer: int | None) -> None:
        """Bring a dock to the front, and look at this layer in it."""
        self.docks[name].show()
        self.docks[name].raise_()
        if layer is not None and layer != self.document.config.display.layer:
            self.document.set("display.layer", layer, self.tr("Layer"))

    def _follow_running(self, running: bool) -> None:
        self._run_actions["play"].setText(self.tr("Pause") if running else self.tr("Run"))
        action_icons(self._run_actions, self.theme, running)
        if running:
            self.strip.say(self.tr("Training. Every control stays live; marked ones restart the run."))
        else:
            self.strip.say(self.tr("Paused. Space goes on."))
            if self.frame is not None:
                self._run_bar.show_pace(self.frame, running)

    def _follow_restart(self) -> None:
        """An edit has made the run start again: say which."""
        self.strip.answer(self.tr("Restarted: {edit}.").format(edit=self.document.last_edit))

    def _follow_resumption(self) -> None:
        """Undoing an edit has brought back the run that it had ended."""
        self.strip.answer(self.tr("The run goes on where it was left."))

    def _follow_clean(self, clean: bool) -> None:
        self.follow_title()

    def _follow_refusal(self, config: Config, sentence: str, kept: Config) -> None:
        """The session would not take this config: say why, and return to the one it has."""
        if config == self.document.config:
            self.document.take_back(kept)
        self.strip.warn(sentence)

    def _follow_hover(self, place: tuple[int, int] | None) -> None:
        self.boundary.show_unit(place)
        if self.frame is not None:
            self.boundary.show_frame(self.frame)

    def _draw_again(self) -> None:
        """Something has come into sight or taken other colours."""
        if self.frame is not None:
            self.draw(self.frame)

    def _due(self) -> list[View]:
        """The views to draw now: what can be seen, and while training only one of those that take turns."""
        seen = [view for view in (self.editor, *self.views) if not view.visibleRegion().isEmpty()]
        waiting = [view for view in seen if view.takes_turns]
        if not self.runner.running or len(waiting) < 2:
            return seen
        self._turn += 1
        chosen = waiting[self._turn % len(waiting)]
        return [view for view in seen if view is chosen or not view.takes_turns]

    def _paint_now(self) -> None:
        """Paint while the trainer waits at its gate, and not when it competes for the interpreter again."""
        for view in self.views:
            # A scene collects its changes in a call that it posts to itself; only then its view knows what to paint.
            QCoreApplication.sendPostedEvents(view.figure().scene(), QEvent.Type.MetaCall)
        QCoreApplication.sendPostedEvents(self, QEvent.Type.UpdateRequest)

    def _ask_for_what_is_seen(self) -> None:
        needs = self.diagnosis.needs
        for view in (self.editor, *self.views):
            if not view.visibleRegion().isEmpty():
                needs |= view.needs
        if needs != self._needs:
            self._needs = needs
            self.runner.need(needs)

    def tell_failure(self, sentence: str, details: str) -> None:
        """Say that something went wrong, with its details a click away."""
        if details:
            self.strip.warn(sentence, (self.tr("Details"), partial(show_details, self, sentence, details)))
        else:
            self.strip.warn(sentence)

    def _toggle_theme(self) -> None:
        self.show_theme(THEMES["light" if self.theme.dark else "dark"])

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def close_window(self) -> None:
        self.close()

    # Layout

    def reset_layout(self) -> None:
        """All docks back where they were in the beginning."""
        self.restoreState(self._first_layout, LAYOUT_VERSION)
        self._share_out()

    def _restore_layout(self) -> None:
        room = self.screen().availableGeometry()
        self.resize(min(1600, max(1280, room.width() * 7 // 8)), min(1000, max(800, room.height() * 7 // 8)))
        self._share_out()
        self._first_layout = self.saveState(LAYOUT_VERSION)
        settings = QSettings()
        geometry = settings.value("geometry", QByteArray(), type=QByteArray)
        layout = settings.value("layout", QByteArray(), type=QByteArray)
        if isinstance(geometry, QByteArray) and not geometry.isEmpty():
            self.restoreGeometry(geometry)
        if isinstance(layout, QByteArray) and not layout.isEmpty():
            self.restoreState(layout, LAYOUT_VERSION)
            if isinstance(geometry, QByteArray) and not geometry.isEmpty():
                cast(QLayout, self.layout()).activate()
                self.restoreGeometry(geometry)  # again: with the docks hidden that were, the window may be smaller

    def _share_out(self) -> None:
        docks, width, height = self.docks, self.width(), self.height()
        right = max(400, width * 3 // 10)
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.resizeDocks([docks["data"], docks["boundary"]], [280, right], horizontal)
        data = min(420, height * 2 // 5)  # all of it, where there is room
        self.resizeDocks([docks["data"], docks["learning"]], [data, height - data - 140], vertical)
        self.resizeDocks([docks["boundary"], docks["loss"]], [right + 20, height - right - 140], vertical)
        self.resizeDocks([docks["gradient"]], [max(250, height * 3 // 10)], vertical)

    # Qt overrides

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.files.may_leave(self.close):
            event.ignore()
            return
        settings = QSettings()
        settings.setValue("geometry", self.saveGeometry())
        settings.setValue("layout", self.saveState(LAYOUT_VERSION))
        if self._range_dialog is not None:
            self._range_dialog.reject()
        self.runner.stop()
        self.autosave.clear()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if urls and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.files.open_path(Path(event.mimeData().urls()[0].toLocalFile()))


def _scrolling(panel: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(panel)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setMinimumWidth(panel.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
    return area


def _sentence(edit: str) -> str:
    return edit[:1].upper() + edit[1:]
