"""What a layer's normalization makes of the values of each unit: over the examples at hand, and by its running averages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.data.dataset import Floats
from playground.experiment.history.layer_statistics import MOST_ROWS
from playground.experiment.looks import bins
from playground.experiment.looks.context import RunContext
from playground.experiment.looks.look import Look, read_only
from playground.nn.activations import Array
from playground.nn.normalizations import Normalization

Counts = NDArray[np.intp]

BINS = 16
MOST_BATCHES = 32  # whose means are told, one by one


@dataclass(frozen=True, eq=False)
class Values:
    """How the values of each row are spread over the examples.

    Attributes:
        mean, deviation: (rows,).
        counts: (rows, BINS) how many lie between each two of `edges`, (BINS + 1,), which are the same for all rows.
    """

    mean: Floats
    deviation: Floats
    counts: Counts
    edges: Floats

    @classmethod
    def of(cls, values: Array) -> Values:
        """Of values (rows, examples); those that are not finite are not counted."""
        finite = np.isfinite(values)
        low, high = bins.ends(values)
        edges = bins.edges(low, high, BINS)
        places = bins.places(values, low, high, BINS) + BINS * np.arange(len(values))[:, None]
        counts = np.bincount(places[finite], minlength=BINS * len(values)).reshape(-1, BINS)
        mean, deviation = (read_only(measure.astype(float)) for measure in (values.mean(axis=1), values.std(axis=1)))
        return cls(mean, deviation, read_only(counts), read_only(edges))


@dataclass(frozen=True, eq=False)
class Normalized(Look):
    """The layer that is selected, row by row: at most its first MOST_ROWS.

    All examples of the sample count as one mini-batch, as in training; cut into mini-batches of the usual size, in order,
    they give `batch_means`. Without a normalization `after`, `gain` and `shift` are None, and `before` is what the
    activation works on.

    Attributes:
        layer: which it is, counted from 0, and `last` the number of the output layer.
        rows: how many the layer has.
        batch: examples of a mini-batch.
        label: of the normalization, "none" where there is none.
        advice: what to look for, with this normalization.
        on_activations: whether it works behind the activation.
        before, after: what it gets and what it makes of that.
        batch_means: mean of each row in mini-batches that training could draw, (rows, batches).
        gain, shift: γ and β, (rows,).
        running_mean, running_deviation: what it goes by when testing, (rows,); None where testing is as training.
    """

    layer: int
    last: int
    rows: int
    batch: int
    label: str
    advice: str
    on_activations: bool
    before: Values
    after: Values | None
    batch_means: Floats
    gain: Floats | None
    shift: Floats | None
    running_mean: Floats | None
    running_deviation: Floats | None


def measure(context: RunContext) -> Normalized:
    """This moment's, of what is selected."""
    network = context.network
    last = len(network.layers) - 1
    index = context.selection.layer
    layer, work = network.layers[index], context.sample_pass.work.layers[index]
    stages = [stage for stage, _ in layer.stages]
    place = next((at for at, stage in enumerate(stages) if isinstance(stage, Normalization)), None)
    batch = context.progress.batch_size
    if place is None:
        values = work.z[:MOST_ROWS]
        none = None, None, None, None
        means = _batch_means(values, batch)
        return Normalized(index, last, len(work.z), batch, "none", "", False, Values.of(values), None, means, *none)
    on_activations = place > 0
    values = work.before[:MOST_ROWS]
    gain, shift = (_column(numbers) for numbers in network.stage_parameters[index][place])
    running_mean = running_deviation = None
    if layer.normalization.running:
        running_mean, variance = (_column(numbers) for numbers in network.stage_statistics[index][place])
        running_deviation = read_only(np.sqrt(variance))
    return Normalized(
        index,
        last,
        len(work.before),
        batch,
        layer.normalization.label,
        layer.normalization.advice,
        on_activations,
        Values.of(values),
        Values.of(work.after[:MOST_ROWS]),
        _batch_means(values, batch),
        gain,
        shift,
        running_mean,
        running_deviation,
    )


def _batch_means(values: Array, size: int) -> Floats:
    """Means of values (rows, examples) over so many examples at a time, (rows, batches)."""
    rows, examples = values.shape
    size = min(size, examples)
    batches = min(examples // size, MOST_BATCHES)
    return read_only(values[:, : batches * size].reshape(rows, batches, size).mean(axis=2).astype(float))


def _column(numbers: Array) -> Floats:
    """A copy of (rows, 1) as (rows,)."""
    return read_only(numbers[:MOST_ROWS, 0].astype(float))
