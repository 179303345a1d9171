"""Every kind of look, by the name that views ask for it with."""

from __future__ import annotations

from playground.experiment.look import Look
from playground.experiment.vitals import Vitals

LOOKS: dict[str, type[Look]] = {cls.need: cls for cls in (Vitals,)}
