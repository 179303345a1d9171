"""What is disturbed at random in training, and never in testing, so that a network does not rely on any one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from playground.nn.calls import Call
from playground.nn.stage import Array, Draw, Place, Stage
from playground.options import Options, number


@dataclass(frozen=True)
class HiddenNoise(Stage):
    """The last stage of a hidden layer in training: h = m z / (1 − p) + σ ν, m zero with probability p, ν normal.

    Source: Srivastava et al. 2014, in the form that needs no scaling when testing ("inverted" dropout).
    """

    dropout: float
    deviation: float

    random: ClassVar[bool] = True

    def run_forward(self, at: Place) -> list[Call]:
        mask, noise = self._arrays(at)
        calls: list[Call] = []
        if mask is not None:
            calls.append((np.multiply, (at.z, mask, at.h)))
        if noise is not None:
            calls.append((np.add, (at.z if mask is None else at.h, noise, at.h)))
        return calls

    def run_backward(self, at: Place) -> list[Call]:
        mask, _ = self._arrays(at)
        return [(np.copyto, (at.delta, at.upstream)) if mask is None else (np.multiply, (at.upstream, mask, at.delta))]

    def _arrays(self, at: Place) -> tuple[Array | None, Array | None]:
        assert at.draw is not None  # a stage of training alone
        return (
            at.draw(self.fill_mask, at.z) if self.dropout else None,
            at.draw(self.fill_noise, at.z) if self.deviation else None,
        )

    def fill_mask(self, rng: np.random.Generator, out: Array) -> None:
        """0 where a unit is off, else what makes up for those that are."""
        _fill_mask(rng, self.dropout, out)

    def fill_noise(self, rng: np.random.Generator, out: Array) -> None:
        """Normal numbers with the deviation."""
        out[...] = rng.normal(0.0, self.deviation, out.shape)


@dataclass(frozen=True)
class Noise(Options):
    """Dropout, noise and label smoothing. Inputs and numbers to predict are disturbed as scaled, with deviation 1.

    Sources: Srivastava et al. 2014 (dropout); Bishop 1995 (inputs); Graves 2011 (weights); Szegedy et al. 2016 (smoothing).
    """

    input_dropout: float = number(
        0.0, 0.0, 0.9, "dropout, inputs", "Share of the inputs that are 0 in a mini-batch, drawn anew for each example."
    )
    hidden_dropout: float = number(
        0.0,
        0.0,
        0.9,
        "dropout, hidden",
        "Share of the hidden units that are off in a mini-batch, drawn anew for each example, so that no unit can rely on "
        "another. The others are scaled up; in testing all are on.",
    )
    input_noise: float = number(
        0.0, 0.0, 5.0, "noise, inputs", "Deviation of normal noise on the scaled inputs; makes the boundary smoother."
    )
    hidden_noise: float = number(
        0.0, 0.0, 5.0, "noise, hidden", "Deviation of normal noise on what hidden units put out."
    )
    weight_noise: float = number(
        0.0, 0.0, 1.0, "noise, weights", "Deviation of normal noise on weights and biases while a gradient is taken."
    )
    label_noise: float = number(
        0.0,
        0.0,
        1.0,
        "noise, labels",
        "Share of the labels that say another class, drawn anew in each epoch; for a number to predict the deviation of "
        "normal noise on it.",
    )
    label_smoothing: float = number(
        0.0,
        0.0,
        0.45,
        "label smoothing ε",
        "Train towards 1 − ε for the true class and share ε among the others, so that outputs are not pushed to infinity.",
    )

    @property
    def of_hidden(self) -> HiddenNoise | None:
        """What hidden layers are disturbed by, if they are."""
        if not self.hidden_dropout and not self.hidden_noise:
            return None
        return HiddenNoise(self.hidden_dropout, self.hidden_noise)

    @property
    def of_examples(self) -> bool:
        """Whether inputs or targets are disturbed, so that no two mini-batches are alike."""
        return bool(self.input_dropout or self.input_noise or self.label_noise)

    def on_weights(self, p: Array, draw: Draw) -> tuple[list[Call], list[Call]]:
        """What to do with p, (members, count), before a gradient is taken and after it."""
        if not self.weight_noise:
            return [], []
        kept, noise = np.empty_like(p), draw(self.fill_weight_noise, p)
        return [(np.copyto, (kept, p)), (np.add, (p, noise, p))], [(np.copyto, (p, kept))]

    def fill_weight_noise(self, rng: np.random.Generator, out: Array) -> None:
        """Normal numbers with the deviation."""
        out[...] = rng.normal(0.0, self.weight_noise, out.shape)

    def on_inputs(self, rng: np.random.Generator, X: Array) -> None:
        """Disturb X, (examples, inputs + 1), but for its last column of ones."""
        if self.input_dropout:
            mask = np.empty((len(X), X.shape[1] - 1))
            _fill_mask(rng, self.input_dropout, mask)
            X[:, :-1] *= mask
        if self.input_noise:
            X[:, :-1] += rng.normal(0.0, self.input_noise, (len(X), X.shape[1] - 1))

    def on_targets(self, rng: np.random.Generator, targets: Array, ends: tuple[float, float] | None) -> None:
        """Disturb targets, (examples, outputs); `ends` are the values for no and yes, None for a number to predict."""
        if not self.label_noise:
            return
        if ends is None:
            targets += rng.normal(0.0, self.label_noise, targets.shape)
            return
        wrong = np.flatnonzero(rng.random(len(targets)) < self.label_noise)
        outputs = targets.shape[1]
        if outputs == 1:
            targets[wrong] = sum(ends) - targets[wrong]
        else:  # moved on by 1 to K − 1 classes
            shift = rng.integers(1, outputs, (len(wrong), 1))
            targets[wrong] = np.take_along_axis(targets[wrong], (np.arange(outputs) - shift) % outputs, axis=1)

    def smoothed(self, targets: Array, ends: tuple[float, float] | None) -> Array:
        """Targets (examples, outputs) to train towards; `ends` are the values for no and yes, None for a number."""
        if ends is None or not self.label_smoothing:
            return targets
        (no, yes), epsilon, outputs = ends, self.label_smoothing, targets.shape[1]
        lowered, raised = 1.0 - epsilon, epsilon / max(outputs - 1, 1)
        share = (targets - no) / (yes - no)  # 1 for the true class
        return no + (yes - no) * (raised + (lowered - raised) * share)


def _fill_mask(rng: np.random.Generator, dropout: float, out: Array) -> None:
    np.greater_equal(rng.random(out.shape), dropout, out=out, casting="unsafe")
    out /= 1.0 - dropout
