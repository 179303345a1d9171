"""The views: one file each, drawing what a Frame holds and nothing else."""

from __future__ import annotations

from playground.ui.viewing.view import View
from playground.ui.views.backprop import InspectorView
from playground.ui.views.dead_units import CensusView
from playground.ui.views.layers import LayersView
from playground.ui.views.loss_breakdown import LossApartView
from playground.ui.views.loss_gradient import GuardView
from playground.ui.views.maps import MapsView
from playground.ui.views.metrics import JudgementView
from playground.ui.views.normalization import NormalizationView
from playground.ui.views.optimizer_trace import MicroscopeView
from playground.ui.views.units import UnitsView

LABORATORY: tuple[tuple[type[View], str], ...] = (  # each view, and the name of the dock that it lies behind
    (LayersView, "gradient"),
    (InspectorView, "gradient"),
    (GuardView, "loss"),
    (JudgementView, "loss"),
    (LossApartView, "loss"),
    (UnitsView, "gradient"),
    (CensusView, "gradient"),
    (MapsView, "boundary"),
    (MicroscopeView, "loss"),
    (NormalizationView, "gradient"),
)
