"""Views that follow their document, as the window's do, with a session or without; and the legend that they draw."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from playground.experiment.config import Config
from playground.experiment.frame import Frame
from playground.experiment.run.session import Session
from playground.experiment.selection import Selection
from playground.ui.plots.legend import Legend
from playground.ui.viewing.view import View


def follow(view: View, session: Session, qtbot: QtBot) -> None:
    """Show a view, and let the session and the view take every edit of its document."""

    def tell(old: Config, new: Config) -> None:
        view.follow(old, new)
        session.apply(new)
        view.show_frame(session.frame(view.needs))

    def look(selection: Selection) -> None:
        session.select(selection)
        view.show_frame(session.frame(view.needs))

    session.observe(view.needs)
    view.document.selection_changed.connect(look)
    view.document.config_changed.connect(tell)
    qtbot.addWidget(view)
    view.resize(420, 300)
    view.show()
    view.show_frame(session.frame(view.needs))


def show_alone(view: View, qtbot: QtBot, frame: Frame | None, size: tuple[int, int] = (420, 300)) -> None:
    """Show a view that follows its document, and give it one frame, if any."""
    view.document.config_changed.connect(lambda old, new: view.follow(old, new))  # which keeps the view
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    if frame is not None:
        view.show_frame(frame)


def legend_of(view: View) -> Legend:
    """The first legend of a view."""
    return next(item for item in view.figure().scene().items() if type(item) is Legend)
