"""Every kind of look, by the name that views ask for it with."""

from __future__ import annotations

from playground.experiment.guard import Guard
from playground.experiment.look import Look
from playground.experiment.vitals import Vitals

KINDS: tuple[type[Look], ...] = (
    Vitals,
    Guard,
)

LOOKS: dict[str, type[Look]] = {cls.need: cls for cls in KINDS}
