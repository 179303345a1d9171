"""What is to be done with the session in the training thread, and what then: one value each. Knows no thread and no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication

from playground.cancellation import Cancelled
from playground.exchange.snapshot import Checkpoint, SnapshotError
from playground.experiment.run.session import Session
from playground.ui.words import said


@dataclass(frozen=True)
class Operation:
    """`do` is done in the training thread, `then` in the window's with what came of it, or `failed` with the error.

    Without `failed`, an error is told as a fault of the program, and nothing of a calling off.
    """

    name: str  # what is going on, should it last
    do: Callable[[Session], Any]
    then: Callable[[Any], object] = lambda _: None
    failed: Callable[[BaseException], object] | None = None
    changes: bool = False  # whether there is another moment to be shown after it
    urgent: bool = True  # one that is not gives way to what is: then it is called off


def writing(
    path: Path,
    write: Callable[[Session, Path], object],
    then: Callable[[Path], object],
    failed: Callable[[str], object],
) -> Operation:
    """Write something of this moment into a file; `failed` is given a sentence."""
    name = _tr("Writing {file}").format(file=path.name)
    return Operation(
        name, lambda session: write(session, path), lambda _: then(path), lambda error: failed(unwritten(path, error))
    )


def going_back() -> Operation:
    """After a divergence, return to the last good weights."""
    return Operation(_tr("Going back"), Session.go_back, changes=True)


def setting_weight(place: tuple[int, int, int], value: float, failed: Callable[[str], object]) -> Operation:
    """Set a weight of the member that is shown; `place` is (layer, unit, input), and `failed` is given a sentence."""

    def refuse(error: BaseException) -> None:
        match error:
            case IndexError():
                failed(_tr("That weight is no longer there: the network has changed."))
            case ValueError():
                failed(f"{error}.".capitalize())
            case Cancelled():
                failed(_tr("Called off: the weight is as it was."))
            case _:
                failed(str(error))
                raise error

    name = _tr("Setting a weight")
    return Operation(
        name, lambda session: session.set_weight(*place, value, session.member), failed=refuse, changes=True
    )


def copying(known: object, edits: int, then: Callable[[tuple[object, Checkpoint] | None], object]) -> Operation:
    """Take this moment of the run, and what it is called; None if that is `known` from before.

    `edits` is how many weights have been set by hand by now, which nothing else tells.
    """

    def copy(session: Session) -> tuple[object, Checkpoint] | None:
        now = (session.run, session.step_count, session.config, session.selection, edits)
        return None if now == known else (now, Checkpoint.of(session))

    return Operation(_tr("Copying the run"), copy, then, urgent=False)


def unwritten(path: Path, error: BaseException) -> str:
    """Why a file could not be written, in one sentence; an error that is no reason for that is raised."""
    match error:
        case OSError(strerror=reason):  # without one the error is a sentence itself
            sentence = _tr("{file} could not be written: {reason}.")
            return sentence.format(file=path.name, reason=reason) if reason else str(error)
        case SnapshotError():
            return said(error.message)
        case Cancelled():
            return _tr("Called off: {file} was not written.").format(file=path.name)
    raise error


def _tr(text: str) -> str:
    return QCoreApplication.translate("operations", text)
