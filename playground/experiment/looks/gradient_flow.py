"""How gradients and weights are spread in each layer now, and what a gradient meets on its way back through them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.history.layer_statistics import update_ratios
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only
from playground.nn.activations import Array
from playground.options.layers import hidden_layer_name
from playground.options.message import NOTHING, Message, Sentence
from playground.options.numerals import trimmed

Counts = NDArray[np.intp]

LOWEST, HIGHEST, PER_DECADE = -12, 4, 4  # powers of ten that the histograms reach over
BINS = (HIGHEST - LOWEST) * PER_DECADE
EDGES = read_only(np.linspace(LOWEST, HIGHEST, BINS + 1))  # log10 of the bins' edges
ORDER = 10.0  # from the output to the first layer an order of magnitude, either way, is worth a word


@dataclass(frozen=True, eq=False)
class GradientFlow(Look):
    """Layers as in the network, the output layer last; biases are left out of all.

    Histograms count sizes |v| by log10, bin by bin between EDGES; beyond the ends the last bin counts, and zeros are
    apart. Gradients are those of the sample, δ is the gradient by a layer's weighted sums for each of its examples.
    On the way back δ of a hidden layer is f′(z) ⊙ (Wᵀ δ of the layer above), so its chain has one factor for Wᵀ and
    one for f′; the output layer's δ comes from the loss and has neither: NaN.

    Attributes:
        gradients, weights: (layers, BINS) how many; `zero_gradients` and `zero_weights` (layers,) are exactly 0.
        update: ‖Δw‖ / ‖w‖ of the last step, (layers,); NaN before it and where ‖w‖ is 0.
        slope: mean |f′(z)| over units and examples, (layers,).
        gain: ‖Wᵀδ‖ / ‖δ‖ for the weights and the δ of the layer above, (layers,).
        passed: ‖δ‖ / ‖Wᵀδ‖, what f′ and a normalisation leave of what arrives at the layer, (layers,).
        normalised: which layers have a normalisation, (layers,).
        ratio: ‖δ‖ of the layer by ‖δ‖ of the layer above, which is gain · passed, (layers,).
        signal: how far z differs between examples, (layers,): the deviation, over all units; and `forward` by that of the
            layer below, the first by that of the inputs. Its square is the variance forward.
        culprit: the layer that shrinks or stretches it most, where it vanishes or explodes; else None.
        by_slopes: whether there the slopes do it, and not the weights.
        sentence: that in words.
    """

    gradients: Counts
    weights: Counts
    zero_gradients: Counts
    zero_weights: Counts
    update: Floats
    slope: Floats
    gain: Floats
    passed: Floats
    normalised: NDArray[np.bool_]
    ratio: Floats
    signal: Floats
    forward: Floats
    culprit: int | None
    by_slopes: bool
    sentence: Message


def measure(context: RunContext) -> GradientFlow:
    """This moment's, of what is selected."""
    network, sample_pass = context.network, context.sample_pass
    gradients, zero_gradients = _histograms(sample_pass.gradients)
    weights, zero_weights = _histograms(network.weights)
    slope = np.array([np.abs(slopes).mean() for slopes in sample_pass.slopes])
    gain, passed = np.full((2, len(slope)), np.nan)
    for index, (layer, above) in enumerate(zip(sample_pass.work.layers[:-1], sample_pass.work.layers[1:], strict=True)):
        arrived = _norm(layer.upstream)
        gain[index] = _share(arrived, _norm(above.sums_delta))
        passed[index] = _share(_norm(layer.sums_delta), arrived)
    sizes = np.array(
        [_deviation(values) for values in (sample_pass.x[:-1], *(layer.z for layer in sample_pass.work.layers))]
    )
    forward = np.array([_share(own, below) for below, own in itertools.pairwise(sizes)])
    normalised = [layer.normalization.acts for layer in network.layers]
    culprit, by_slopes, verdict = _verdict(slope, gain, passed, normalised)
    sentence = Message("{verdict}{signal}", verdict=verdict, signal=_way_up(float(np.prod(forward))))
    return GradientFlow(
        gradients,
        weights,
        zero_gradients,
        zero_weights,
        read_only(update_ratios(network, context.progress.last_update[context.member])),
        read_only(slope),
        read_only(gain),
        read_only(passed),
        read_only(np.array(normalised)),
        read_only(gain * passed),
        read_only(sizes[1:]),
        read_only(forward),
        culprit,
        by_slopes,
        sentence,
    )


def _histograms(matrices: Sequence[Array]) -> tuple[Counts, Counts]:
    """Of matrices (rows, inputs + 1), whose last column is left out: (layers, BINS), and how many are 0, (layers,)."""
    counts, zeros = np.zeros((len(matrices), BINS), np.intp), np.zeros(len(matrices), np.intp)
    for layer, matrix in enumerate(matrices):
        sizes = np.abs(matrix[:, :-1]).ravel()
        zeros[layer] = len(sizes) - np.count_nonzero(sizes)
        sizes = sizes[(sizes > 0.0) & np.isfinite(sizes)]
        bins = np.clip((np.log10(sizes) - LOWEST) * PER_DECADE, 0, BINS - 1).astype(np.intp)
        counts[layer] = np.bincount(bins, minlength=BINS)
    return read_only(counts), read_only(zeros)


def _verdict(
    slope: Floats, gain: Floats, passed: Floats, normalised: Sequence[bool]
) -> tuple[int | None, bool, Message]:
    """Which layer is to blame, whether its slopes are, and the sentence that says so."""
    ratio = (gain * passed)[:-1]
    if not len(ratio):
        return None, False, Message("There are no hidden layers for a gradient to go back through.")
    stopped = np.flatnonzero((ratio == 0.0) | (gain[:-1] == 0.0))
    if not len(stopped) and not np.isfinite(ratio).all():
        return None, False, Message("The loss passes no gradient back, or none that is finite.")
    if len(stopped):
        culprit = int(stopped[-1])
        name = hidden_layer_name(culprit)
        if gain[culprit] == 0.0:
            return culprit, False, Sentence("{layer} gets nothing: the weights above it pass nothing back.", layer=name)
        words = "Nothing gets past {layer}: its slopes average {slope}."
        return culprit, True, Message(words, layer=name, slope=_written(slope[culprit]))
    whole = float(np.prod(ratio))
    if 1.0 / ORDER <= whole <= ORDER:
        words = "From the output to layer 1 the gradient keeps its order of magnitude: × {factor}."
        return None, False, Message(words, factor=_written(whole))
    vanishes = whole < 1.0
    culprit = int(ratio.argmin() if vanishes else ratio.argmax())
    by_slopes = bool((passed[culprit] < gain[culprit]) == vanishes)
    if not by_slopes:
        words = "the weights above it multiply it by {gain}"
        if normalised[culprit] and (passed[culprit] < 1.0) == vanishes:
            words = "the weights above it multiply it by {gain}, its slopes and its normalisation by {passed}"
    elif normalised[culprit]:
        words = "its slopes and its normalisation multiply it by {passed}"
    else:
        words = "its slopes average {slope}"
    numbers = {"gain": gain[culprit], "passed": passed[culprit], "slope": slope[culprit]}
    reason = Message(words, **{name: _written(number) for name, number in numbers.items()})
    way = "From the output to layer 1 the gradient shrinks to × {factor}. {layer} shrinks it most: {reason}."
    if not vanishes:
        way = "From the output to layer 1 the gradient grows to × {factor}. {layer} stretches it most: {reason}."
    layer = Sentence("{layer}", layer=hidden_layer_name(culprit))
    return culprit, by_slopes, Message(way, factor=_written(whole), layer=layer, reason=reason)


def _way_up(whole: float) -> Message:
    """What becomes of the signal, where that is worth a word."""
    if not np.isfinite(whole) or 1.0 / ORDER <= whole <= ORDER:
        return NOTHING
    shrinks, grows = (
        " On its way up the signal shrinks to × {factor}.",
        " On its way up the signal grows to × {factor}.",
    )
    return Message(shrinks if whole < 1.0 else grows, factor=_written(whole))


def _norm(array: Array) -> float:
    return float(np.sqrt(np.square(array, dtype=float).sum()))


def _deviation(values: Array) -> float:
    """Of values (rows, examples), whose rows may have means of their own."""
    return float(np.sqrt(values.var(axis=1, dtype=float).mean()))


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0.0 else np.nan


def _written(value: float) -> str:
    return f"{value:,.0f}" if 99.5 <= value < 1e6 else trimmed(value, 2)
