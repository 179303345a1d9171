"""What is wrong with a run now, and why, in plain words: every condition there is, the gravest first. Knows no window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.experiment.diagnosis.condition import Condition, Evidence, Finding
from playground.experiment.diagnosis.fit import Overfitting, Underfitting
from playground.experiment.diagnosis.flow import (
    DeadUnits,
    ExplodingGradients,
    Saturation,
    StepUnits,
    SymmetricWeights,
    VanishingGradients,
)
from playground.experiment.diagnosis.learning import (
    Diverged,
    RateTooLarge,
    RateTooSmall,
)
from playground.experiment.diagnosis.restraint import StrongNoise, StrongPenalty
from playground.experiment.diagnosis.setting import BatchNormOfOne, ImbalancedClasses, PoorPair, UnscaledInputs
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look

CONDITIONS: tuple[Condition, ...] = (  # the gravest first
    Diverged(),
    StepUnits(),
    BatchNormOfOne(),
    SymmetricWeights(),
    StrongPenalty(),
    UnscaledInputs(),
    ExplodingGradients(),
    DeadUnits(),
    Saturation(),
    VanishingGradients(),
    RateTooLarge(),
    StrongNoise(),
    PoorPair(),
    RateTooSmall(),
    ImbalancedClasses(),
    Overfitting(),
    Underfitting(),
)


@dataclass(frozen=True, eq=False)
class Diagnosis(Look):
    """What has been found, the gravest first; consequences of something else that has been found are left out."""

    findings: tuple[Finding, ...]


def measure(context: RunContext) -> Diagnosis:
    """This moment's, of what is selected."""
    return Diagnosis(diagnose(context))


def diagnose(context: RunContext) -> tuple[Finding, ...]:
    """What is wrong with a run, the gravest first."""
    evidence = Evidence(context)
    with np.errstate(all="ignore"):  # a run about to diverge has numbers of any size
        checked = [(condition, condition.check(evidence)) for condition in CONDITIONS]
    found = [(condition, finding) for condition, finding in checked if finding is not None]
    explained = frozenset[str]().union(*(condition.explains for condition, _ in found))
    return tuple(finding for _, finding in found if finding.kind not in explained)
