"""Frames that are not what a session made: with other looks, or without."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.looks.look import Look, Request
from playground.experiment.looks.maps import Answers, UnitMaps
from playground.experiment.looks.table import MAIN
from playground.experiment.run.session import Session


def altered(frame: Frame, **changes: Any) -> Frame:
    """A copy with these fields; `looks` are all but the main ones, which are curves, outputs, disagreement, unit_maps."""
    looks: dict[Request, Look] = dict(frame.looks)
    if "looks" in changes:
        looks = {asked: look for asked, look in looks.items() if asked.look in MAIN} | _asked(changes.pop("looks"))
    if "curves" in changes:
        _put(looks, Curves, changes.pop("curves"))
    if "unit_maps" in changes:
        maps = changes.pop("unit_maps")
        _put(looks, UnitMaps, None if maps is None else UnitMaps(maps))
    if "outputs" in changes or "disagreement" in changes:
        mean = changes.pop("outputs", frame.outputs)
        deviation = changes.pop("disagreement", frame.disagreement)
        _put(looks, Answers, None if mean is None else Answers(mean, deviation))
    return replace(frame, looks=looks, **changes)


def _asked(looks: Iterable[Look]) -> dict[Request, Look]:
    return {Request(type(look)): look for look in looks}


def _put(looks: dict[Request, Look], kind: type[Look], look: Look | None) -> None:
    looks.pop(Request(kind), None)
    if look is not None:
        looks[Request(kind)] = look


def look_at(session: Session, **choice: Any) -> Session:
    """The session, with these fields of its selection."""
    session.select(replace(session.selection, **choice))
    return session
