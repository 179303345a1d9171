"""The small plots of the optimizer trace: what each shows, where it stands, its scale, how symbols are written."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QRectF

from playground.experiment.config import TrainingConfig
from playground.experiment.looks.optimizer_trace import Steps
from playground.ui.plots.scale import Floats, Scale

ROOM = (180.0, 64.0)  # pixels that a plot wants, across and up
MOST_COLUMNS = 4


class Panel(NamedTuple):
    """A plot's title, the kind of its scale, and its lines by symbol, each (steps,)."""

    title: str
    kind: str  # "signed" with 0, "size" logarithmic, "near" around the values alone
    lines: dict[str, Floats]


def panels_of(look: Steps, rules: TrainingConfig, tr: Callable[[str], str]) -> list[Panel]:
    """What is drawn of a look, in the order of a step's calculation."""
    gradient = {"∂L/∂w": look.gradient}
    if look.penalty is not None:
        # The sum first: it would hide the others.
        gradient = {tr("sum"): look.gradient + look.penalty, **gradient, tr("L2 share"): look.penalty}
    if look.clipped is not None:
        gradient[tr("clipped")] = look.clipped
    panels = [Panel(tr("gradient"), "signed", gradient)]
    for slot, lines in look.memories.items():
        panels.append(Panel(slot, "size" if slot in look.sizes else "signed", dict(lines)))
    if look.effective is not None:
        rates = {} if np.array_equal(look.effective, look.rate) else {tr("effective"): look.effective}
        panels.append(Panel(tr("rate"), "size", rates | {"ε": look.rate}))
    step = {"Δw": look.moved}
    shares = {tr("decay"): look.decay, tr("pull"): look.pull}
    step |= {name: share for name, share in shares.items() if share is not None}
    panels.append(Panel(tr("step"), "signed", step))
    decays = _decays(look, rules)
    if decays:
        panels.append(Panel(tr("decay"), "size", decays))
    panels.append(Panel(tr("weight"), "near", {"w": look.value}))
    return panels


def _decays(look: Steps, rules: TrainingConfig) -> dict[str, Floats]:
    """How much of the weight a step takes as Adam's share of an L2 penalty, and as AdamW's decay; {} elsewhere.

    What the run does not do itself is computed from what it does, with the same share of the weight and the same v.
    """
    if not rules.optimizer.adaptive_moments or look.below is None:
        return {}
    shrunk = look.rate * look.penalty if rules.regularizer.proportional and look.penalty is not None else None
    apart = shrunk if look.decay is None else look.decay
    if apart is None or (len(apart) and not apart.any()):  # nothing decays, or not this weight: it is a bias
        return {}
    with np.errstate(all="ignore"):
        divided = (apart if shrunk is None else shrunk) / look.below
    return {"L2": np.abs(divided), "AdamW": np.abs(apart)}


def columns_for(count: int, width: float, height: float) -> int:
    """In how many columns so many plots have the most room."""

    def room(columns: int) -> float:
        return min(width / columns / ROOM[0], height / math.ceil(count / columns) / ROOM[1])

    return max(range(1, min(count, MOST_COLUMNS) + 1), key=room, default=1)


def places(count: int, columns: int, around: QRectF, gap: float) -> list[QRectF]:
    """Where each plot stands, column after column; every column is filled from top to bottom, and all of the width."""
    least, longer = divmod(count, columns)
    wide = (around.width() - gap * (columns - 1)) / columns
    found = []
    for column in range(columns):
        rows = least + (column < longer)
        high = around.height() / max(rows, 1)
        left = around.x() + column * (wide + gap)
        found += [QRectF(left, around.y() + row * high, wide, high) for row in range(rows)]
    return found


def scale_of(values: Floats, kind: str) -> Scale:
    """Round ends around values (steps, lines), by a panel's kind."""
    kinds = {"size": Scale.logarithmic, "near": Scale.around}
    return kinds.get(kind, Scale.around_zero)(values)


def marks(scale: Scale, room: float) -> list[float] | None:
    """The ends of a linear scale, and 0 between them where it is not close to one; None leaves them to the axis.

    Where there is room for few labels, these are the ends of any scale: an axis might find one number that is round.
    """
    if room < (5.0 if scale.log else 3.0):
        return [scale.low if scale.zero is None else scale.zero, scale.high]
    if scale.log:
        return None
    if not scale.low < 0.0 < scale.high:
        return [scale.low, scale.high]
    nearest = 0.2 * (scale.high - scale.low)
    return [mark for mark in (scale.low, 0.0, scale.high) if mark == 0.0 or abs(mark) > nearest]


def plain(text: str) -> str:
    """WORKAROUND Qt: in DejaVu Sans a hat on its letter is lost, unless an invisible joiner stands between the two."""
    return text.replace("\N{COMBINING CIRCUMFLEX ACCENT}", "\N{ZERO WIDTH JOINER}\N{COMBINING CIRCUMFLEX ACCENT}")
