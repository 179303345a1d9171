"""Every kind of look, by the name that views ask for it with."""

from __future__ import annotations

from playground.experiment.backprop.trace import Trace
from playground.experiment.diagnosis import Diagnosis
from playground.experiment.history.layer_statistics import Vitals
from playground.experiment.looks.activation_maps import Excitation
from playground.experiment.looks.dead_units import Dead
from playground.experiment.looks.dropped_units import Dropped
from playground.experiment.looks.edge_values import EdgeValues
from playground.experiment.looks.gradient_flow import Anatomy
from playground.experiment.looks.look import Look
from playground.experiment.looks.loss_breakdown import LossApart
from playground.experiment.looks.loss_gradient import Guard
from playground.experiment.looks.mc_dropout import Thinned
from playground.experiment.looks.metrics import Judgement
from playground.experiment.looks.normalization import Normalized
from playground.experiment.looks.optimizer_trace import Microscope
from playground.experiment.looks.pre_activations import Seats

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
