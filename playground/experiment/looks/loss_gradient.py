"""What output unit and loss together make of an answer: how hard it is pulled, for each pre-activation. Knows no screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.data.dataset import Floats
from playground.experiment.config import Config
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only
from playground.experiment.pairing import resolve
from playground.experiment.problem import Problem
from playground.nn.activations import Activation
from playground.nn.calls import run
from playground.nn.losses import Loss
from playground.options import with_value

POINTS = 241  # of a curve
REACHES = (6.0, 10.0, 20.0, 50.0, 100.0, 1000.0)  # how far z is drawn, round so that it changes seldom
QUANTILES = (0.1, 0.5, 0.9)  # of a number to predict, for which there are curves
WEAK = 0.5  # of the pull on an undecided answer: a wrong answer that is pulled less than this is stuck


@dataclass(frozen=True, eq=False)
class LossGradient(Look):
    """The loss and its gradient by one output's pre-activation z, and where the sample's examples are on these curves.

    For classes the first curve is that of the target no, the second that of yes, both as smooth as labels are; for a
    number to predict there is one for each of QUANTILES.

    Attributes:
        output: whose z it is, counted from 0, of `outputs`.
        z: (points,).
        targets: what the curves' targets are in the data: 0 and 1 for no and yes, or numbers, (curves,).
        taught: what an output is taught for these, as training has it: smoothed, scaled, (curves,).
        losses, slopes: L and ∂L/∂z, (curves, points).
        matched: ∂L/∂z of the matched pair, (2, points), no and yes; (0, points) where the pair is the matched one, or
            a number is to be predicted.
        match: what that pair is called; "" where there is none.
        coupled: whether an output depends on the others' z too, which the curves hold at 0.
        example_z, example_slopes: of each example, as training has it, (examples,).
        example_y: class index or number, (examples,).
        stuck: how many answers are wrong and pulled less than WEAK times as hard as an undecided one with this target.
    """

    output: int
    outputs: int
    z: Floats
    targets: Floats
    taught: Floats
    losses: Floats
    slopes: Floats
    matched: Floats
    match: str
    coupled: bool
    example_z: Floats
    example_slopes: Floats
    example_y: Floats
    stuck: int


def measure(context: RunContext) -> LossGradient:
    """This moment's, of what is selected."""
    problem, work, selection = context.problem, context.sample_pass.work.output, context.selection
    output = selection.unit if selection.layer == len(context.network.units) - 1 else 0
    example_z = work.z[output].astype(float)
    example_slopes = work.delta[output].astype(float) * work.z.shape[1]  # the loss is the mean of the examples'
    classes = bool(problem.dataset.classes)
    if classes:
        z = np.linspace(-1.0, 1.0, POINTS) * _reach(example_z)
        encoded = _taught(problem)
        targets = np.array([0.0, 1.0])
    else:
        known = problem.train.targets[:, 0].astype(float)
        low, high = float(known.min()), float(known.max())
        margin = 0.5 * (high - low) or 1.0
        z = np.linspace(low - margin, high + margin, POINTS)
        encoded = np.unique(np.quantile(known, QUANTILES))
        targets = problem.target_scaling.invert(encoded[:, None])[:, 0]
    rows = problem.outputs if problem.output.coupled else 1
    losses, slopes, answers = curves_of(problem.loss, problem.output, z, encoded, rows)
    matched: Floats = np.zeros((0, POINTS))
    match, stuck = "", 0
    if classes:
        middle = (problem.no + problem.yes) / 2.0
        at = context.sample_pass.targets[output] > middle
        undecided = np.abs(slopes[:, np.abs(answers - middle).argmin()])  # (no and yes,)
        wrong = (work.h[output] > middle) != at
        stuck = int(np.count_nonzero(wrong & (np.abs(example_slopes) < WEAK * undecided[at.astype(int)])))
        if problem.loss.remark(problem.output):
            loss, unit = resolve(matched_pair(context.config), len(problem.dataset.classes))
            ends = np.array(loss.targets(unit))
            rows = len(problem.dataset.classes) if unit.coupled else 1
            matched, match = curves_of(loss, unit, z, ends, rows)[1], f"{unit.label} with {loss.label}"
    return LossGradient(
        output,
        problem.outputs,
        read_only(z),
        read_only(targets),
        read_only(encoded),
        read_only(losses),
        read_only(slopes),
        read_only(matched),
        match,
        problem.output.coupled,
        read_only(example_z),
        read_only(example_slopes),
        read_only(context.sample_pass.y.astype(float)),
        stuck,
    )


def _taught(problem: Problem) -> Floats:
    """What an output is taught for no and for yes, (2,)."""
    targets = np.full((2, problem.outputs), problem.no)
    targets[1, 0] = problem.yes
    targets[0, 1:2] = problem.yes  # of several outputs another one is right
    return problem.taught(targets)[:, 0]


def matched_pair(config: Config) -> Config:
    """The config with the output unit and the loss that belong together and to the data."""
    free: Config = with_value(with_value(config, "training.loss", None), "network.output", None)
    return free


def curves_of(
    loss: Loss, output: Activation, z: Floats, targets: Floats, outputs: int
) -> tuple[Floats, Floats, Floats]:
    """The loss, its gradient by z, both (targets, points), and what the unit answers, (points,), for z (points,).

    Of several outputs it is the first whose z changes and whose target is given; the others' z is 0. Where the first's
    target is the lower of two, the second's is the higher.
    """
    inputs = np.zeros((outputs, len(z)))
    inputs[0] = z
    h = np.empty_like(inputs)
    run(output.forward(inputs, h))
    losses, slopes = np.empty((len(targets), len(z))), np.empty((len(targets), len(z)))
    for row, target in enumerate(targets):
        wanted = np.full_like(inputs, targets.min())
        wanted[0] = target
        if outputs > 1 and target < targets.max():
            wanted[1] = targets.max()
        out = np.empty_like(inputs)
        run(loss.gradient(output, inputs, h, wanted, out))
        losses[row], slopes[row] = loss.value(output, inputs, h, wanted), out[0]
    return losses, slopes, h[0]


def _reach(z: Floats) -> float:
    """A round number above |z| of nearly all examples."""
    finite = np.abs(z[np.isfinite(z)])
    furthest = float(np.quantile(finite, 0.99)) if finite.size else 0.0
    return next((reach for reach in REACHES if furthest <= reach), REACHES[-1])
