"""The views: one file each, drawing what a Frame holds and nothing else."""

from __future__ import annotations

from playground.ui.viewing.view import View
from playground.ui.views.backprop import BackpropView
from playground.ui.views.dead_units import DeadUnitsView
from playground.ui.views.layers import LayersView
from playground.ui.views.loss_breakdown import LossBreakdownView
from playground.ui.views.loss_gradient import LossGradientView
from playground.ui.views.maps import MapsView
from playground.ui.views.metrics import MetricsView
from playground.ui.views.normalization import NormalizationView
from playground.ui.views.optimizer_trace import OptimizerTraceView
from playground.ui.views.units import UnitsView

LABORATORY: tuple[tuple[type[View], str], ...] = (  # each view, and the name of the dock that it lies behind
    (LayersView, "gradient"),
    (BackpropView, "gradient"),
    (LossGradientView, "loss"),
    (MetricsView, "loss"),
    (LossBreakdownView, "loss"),
    (UnitsView, "gradient"),
    (DeadUnitsView, "gradient"),
    (MapsView, "boundary"),
    (OptimizerTraceView, "loss"),
    (NormalizationView, "gradient"),
)
