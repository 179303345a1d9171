"""Every kind of look, by the name that views ask for it with."""

from __future__ import annotations

from playground.experiment.anatomy import Anatomy
from playground.experiment.dead import Dead
from playground.experiment.diagnosis import Diagnosis
from playground.experiment.dropped import Dropped
from playground.experiment.edges import EdgeValues
from playground.experiment.excitation import Excitation
from playground.experiment.guard import Guard
from playground.experiment.judgement import Judgement
from playground.experiment.look import Look
from playground.experiment.loss_apart import LossApart
from playground.experiment.microscope import Microscope
from playground.experiment.normalized import Normalized
from playground.experiment.seats import Seats
from playground.experiment.thinned import Thinned
from playground.experiment.trace import Trace
from playground.experiment.vitals import Vitals

KINDS: tuple[type[Look], ...] = (
    Vitals,
    Diagnosis,
    Seats,
    Dead,
    Dropped,
    Excitation,
    Anatomy,
    EdgeValues,
    Guard,
    Judgement,
    LossApart,
    Microscope,
    Normalized,
    Thinned,
    Trace,
)

LOOKS: dict[str, type[Look]] = {cls.need: cls for cls in KINDS}
