"""Every kind of look, and what measures it."""

from __future__ import annotations

from collections.abc import Callable

from playground.experiment import diagnosis
from playground.experiment.backprop import trace
from playground.experiment.history.curves import Curves
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks import (
    activation_maps,
    dead_units,
    dropped_units,
    edge_values,
    gradient_flow,
    loss_breakdown,
    loss_gradient,
    mc_dropout,
    metrics,
    normalization,
    optimizer_trace,
    pre_activations,
)
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look
from playground.experiment.looks.maps import Answers, UnitMaps

MAIN = frozenset({Curves, Answers, UnitMaps})  # what the views that are always in sight ask for

LOOKS: dict[type[Look], Callable[[RunContext], Look | None]] = {  # None where the run has no such thing
    UnitMaps: lambda context: UnitMaps(context.unit_maps),
    Answers: lambda context: context.answers,
    Curves: lambda context: context.history.curves(context.present()),
    LayerStatistics: lambda context: context.layer_statistics,
    diagnosis.Diagnosis: diagnosis.measure,
    pre_activations.PreActivations: pre_activations.measure,
    dead_units.DeadUnits: dead_units.measure,
    dropped_units.DroppedUnits: dropped_units.measure,
    activation_maps.ActivationMaps: activation_maps.measure,
    gradient_flow.GradientFlow: gradient_flow.measure,
    edge_values.EdgeValues: edge_values.measure,
    loss_gradient.LossGradient: loss_gradient.measure,
    metrics.Metrics: metrics.measure,
    loss_breakdown.LossBreakdown: loss_breakdown.measure,
    optimizer_trace.OptimizerTrace: optimizer_trace.measure,
    normalization.Normalized: normalization.measure,
    mc_dropout.MCDropout: mc_dropout.measure,
    trace.BackpropTrace: trace.measure,
}
