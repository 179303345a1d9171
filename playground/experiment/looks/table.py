"""Every kind of look, by the name that views ask for it with."""

from __future__ import annotations

from playground.experiment.backprop.trace import BackpropTrace
from playground.experiment.diagnosis import Diagnosis
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.activation_maps import ActivationMaps
from playground.experiment.looks.dead_units import DeadUnits
from playground.experiment.looks.dropped_units import DroppedUnits
from playground.experiment.looks.edge_values import EdgeValues
from playground.experiment.looks.gradient_flow import GradientFlow
from playground.experiment.looks.look import Look
from playground.experiment.looks.loss_breakdown import LossBreakdown
from playground.experiment.looks.loss_gradient import LossGradient
from playground.experiment.looks.mc_dropout import MCDropout
from playground.experiment.looks.metrics import Metrics
from playground.experiment.looks.normalization import Normalized
from playground.experiment.looks.optimizer_trace import OptimizerTrace
from playground.experiment.looks.pre_activations import PreActivations

KINDS: tuple[type[Look], ...] = (
    LayerStatistics,
    Diagnosis,
    PreActivations,
    DeadUnits,
    DroppedUnits,
    ActivationMaps,
    GradientFlow,
    EdgeValues,
    LossGradient,
    Metrics,
    LossBreakdown,
    OptimizerTrace,
    Normalized,
    MCDropout,
    BackpropTrace,
)

LOOKS: dict[str, type[Look]] = {cls.need: cls for cls in KINDS}
