"""The laboratory: views of the inside of learning, each a tab beside one of the views that are always in sight."""

from __future__ import annotations

from playground.ui.views.census import CensusView
from playground.ui.views.guard import GuardView
from playground.ui.views.inspector import InspectorView
from playground.ui.views.judgement import JudgementView
from playground.ui.views.layers import LayersView
from playground.ui.views.loss_apart import LossApartView
from playground.ui.views.maps import MapsView
from playground.ui.views.microscope import MicroscopeView
from playground.ui.views.normalization import NormalizationView
from playground.ui.views.units import UnitsView
from playground.ui.views.view import View

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
