"""What may be wrong with the setting: output unit and loss, the data, mini-batches too small. Knows no window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.experiment.config import Config, ConfigError
from playground.experiment.diagnosis.condition import Condition, Evidence, Finding, Remedy, times
from playground.experiment.history.layer_statistics import steepest
from playground.experiment.looks.loss_gradient import LossGradient
from playground.experiment.looks.metrics import Metrics
from playground.experiment.looks.normalization import Normalized
from playground.experiment.pairing import resolve
from playground.experiment.scene import Scene
from playground.nn.losses.margins import SquaredHinge
from playground.nn.normalizations import LayerNorm
from playground.options.message import NOTHING, Message, Sentence
from playground.options.numerals import percent, trimmed


@dataclass(frozen=True)
class BatchNormOfOne(Condition):
    """Batch normalisation over mini-batches of one example: it is its own mean, so every unit puts out β alone.

    Certain from the start. Sources: Ioffe and Szegedy 2015; Wu and He 2018, whose error grows below 8 examples.
    """

    kind = "batch_norm_of_one"
    title = "Batch norm over one example"
    look = Normalized
    explains = frozenset(
        {"vanishing_gradients", "rate_too_large", "rate_too_small", "imbalanced_classes", "underfitting"}
    )

    def check(self, evidence: Evidence) -> Finding | None:
        hidden, size = (
            evidence.config.network.hidden,
            min(evidence.config.training.batch_size, evidence.problem.examples),
        )
        normed = [index for index, layer in enumerate(hidden) if layer.normalization.running]
        if size > 1 or not normed:
            return None
        larger = Remedy(Message("Take mini-batches of 10"), (("training.batch_size", 10),))
        layer_norm = tuple((f"network.hidden.{index}.normalization", LayerNorm()) for index in normed)
        return self.finding(
            Message(
                "Batch norm in {layer} works on mini-batches of 1 example: each is its own mean, so that nothing "
                "is left of what the layer was given.",
                layer=evidence.layer(normed[0]),
            ),
            *([larger] if evidence.problem.examples > 1 else []),
            Remedy(Message("Take layer norm"), layer_norm),
            layer=normed[0],
        )


@dataclass(frozen=True)
class UnscaledInputs(Condition):
    """Inputs of very different or very large size: the loss is a long narrow valley, and no rate suits all weights.

    Told, unless nearly all is answered right, when one input's spread is `ratio` times another's, or the root mean square
    of one is above `size`. Source: LeCun et al. 1998, "Efficient BackProp", section 4.3: mean 0 and like variances.
    """

    ratio: float = 10.0
    size: float = 10.0

    kind = "unscaled_inputs"
    title = "Unscaled inputs"
    look = Scene
    explains = frozenset({"saturation", "rate_too_large", "rate_too_small", "underfitting"})

    def check(self, evidence: Evidence) -> Finding | None:
        if evidence.config.data.standardise or evidence.solved:
            return None
        inputs = evidence.problem.train.X[:, :-1].astype(float)
        spread, size = inputs.std(axis=0), np.sqrt(np.square(inputs).mean(axis=0))
        names = evidence.problem.input_names
        varied = np.flatnonzero(spread > 0.0)
        if not len(varied):
            return None
        wide, narrow, large = varied[spread[varied].argmax()], varied[spread[varied].argmin()], int(size.argmax())
        ratio = float(spread[wide] / spread[narrow])
        if ratio >= self.ratio:
            told = Message(
                "{wide} is spread {times} times as wide as {narrow}",
                wide=names[wide],
                times=times(ratio),
                narrow=names[narrow],
            )
        elif size[large] >= self.size:
            told = Message(
                "{input} is about {size} in size, where about 1 is wanted",
                input=names[large],
                size=trimmed(size[large]),
            )
        else:
            return None
        return self.finding(
            Message(
                "The inputs are not standardised: {told}. No learning rate suits the weights of all inputs.", told=told
            ),
            Remedy(Message("Standardise the inputs"), (("data.standardise", True),)),
        )


@dataclass(frozen=True)
class PoorPair(Condition):
    """An output unit and a loss that do not match: the unit's slope stays in the gradient, and badly wrong learns slowly.

    Certain from the start; no more told once nearly all is right. An example counts as stuck where its output is nearer to
    the wrong target and |f′| is below `flat` of its maximum. Sources: Nielsen 2015, chapter 3; Shewchuk, CS 189 lecture 17.
    """

    flat: float = 0.1

    kind = "poor_pair"
    title = "Output and loss do not match"
    look = LossGradient
    explains = frozenset({"rate_too_small", "underfitting"})

    def check(self, evidence: Evidence) -> Finding | None:
        problem = evidence.problem
        remark = problem.loss.remark(problem.output, bool(problem.dataset.classes))
        if not remark or evidence.solved:
            return None
        stuck = NOTHING
        if problem.dataset.classes and (top := steepest(problem.output)) > 0.0:
            middle = 0.5 * (problem.no + problem.yes)
            wrong = (evidence.sample_pass.work.layers[-1].h > middle) != (evidence.sample_pass.targets > middle)
            still = wrong & (np.abs(evidence.sample_pass.slopes[-1][: len(wrong)]) < self.flat * top)
            share = float(still.any(axis=0).mean())
            stuck = (
                Message(
                    " {share} of the {examples} are wrong where its slope is nearly 0.",
                    share=percent(share, 0),
                    examples=evidence.examples,
                )
                if share >= 0.005
                else NOTHING
            )
        matched = _matched(evidence.config, len(problem.dataset.classes))
        return self.finding(
            Sentence("{remark}{stuck}", remark=remark, stuck=stuck), *matched, layer=len(evidence.hidden)
        )


@dataclass(frozen=True)
class ImbalancedClasses(Condition):
    """A class so rare that the loss hardly notices it: accuracy looks good while its examples are not found.

    Told when a class has less than `share` of what would be its equal part, and less than `found` of its training examples
    are recognised, after `epochs` epochs. Source: He and Garcia 2009, "Learning from imbalanced data".
    """

    share: float = 0.4
    found: float = 0.5
    epochs: int = 10

    kind = "imbalanced_classes"
    title = "Imbalanced classes"
    look = Metrics
    explains = frozenset({"underfitting"})

    def check(self, evidence: Evidence) -> Finding | None:
        classes, y = evidence.problem.dataset.classes, evidence.sample_pass.y
        if not classes or evidence.epoch < self.epochs:
            return None
        counts = np.bincount(y.astype(np.intp), minlength=len(classes))
        hits = np.bincount(y[evidence.answers == y].astype(np.intp), minlength=len(classes))
        rare = (counts > 0) & (counts < self.share * len(y) / len(classes))
        found = np.where(rare, hits / np.maximum(counts, 1), 1.0)
        worst = int(found.argmin())
        if found[worst] >= self.found:
            return None
        hinge = SquaredHinge()
        label = Message("Squared hinge, which ignores what is right already")
        remedy = Remedy(label, (("training.loss", hinge), ("network.output", hinge.match(len(classes)))))
        there = evidence.config.training.loss == hinge
        return self.finding(
            Message(
                "Only {share} of the {examples} are “{name}”, and {found} of these are recognised: the accuracy of "
                "{right} hides it.",
                share=percent(counts[worst] / len(y), 0),
                examples=evidence.examples,
                name=classes[worst],
                found=percent(float(found[worst]), 0),
                right=percent(evidence.right, 0),
            ),
            *([] if there else [remedy]),
        )


def _matched(config: Config, classes: int) -> list[Remedy]:
    """Edits that leave output unit, loss or both to be decided, where that makes a matched pair."""
    remedies: dict[Message, Remedy] = {}
    for paths in (("training.loss",), ("network.output",), ("training.loss", "network.output")):
        changes = tuple((path, None) for path in paths)
        try:
            loss, output = resolve(Remedy(NOTHING, changes).applied(config), classes)
        except ConfigError:
            continue
        if not loss.remark(output, bool(classes)):
            label = Message("Take {output} with {loss}", output=output.label, loss=loss.label)
            remedies.setdefault(label, Remedy(label, changes))
    return list(remedies.values())[:2]
