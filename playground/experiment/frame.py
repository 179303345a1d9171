"""All that any view draws, as one frozen value that may cross from the training thread to the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from playground.data.dataset import Floats
from playground.experiment.history.curves import Curves, Scores
from playground.experiment.looks.look import Look, Request, Requests, request
from playground.experiment.looks.maps import Answers, UnitMaps
from playground.experiment.looks.measuring import Failure
from playground.experiment.scene import Scene
from playground.experiment.selection import Selection
from playground.options.message import Message

Kind = TypeVar("Kind", bound=Look)


@dataclass(frozen=True)
class Divergence:
    """Where a run left the finite numbers."""

    step: int
    layer: int  # counted from 0, the output layer last
    message: Message  # one sentence for the user


@dataclass(frozen=True)
class Frame:
    """One moment of a run; every array is read-only. Parts that no visible view needs are None.

    Attributes:
        run: counts restarts; a frame of an older run is not drawn.
        epoch, step: finished epochs, and steps since the start; `step_in_epoch` counts within the current epoch.
        scores: the current scores; where taking them is slow, those of the last record.
        scene: shared by all frames of a run.
        selection: what of the run is looked at, all of which there is; `weights` are of its member.
        weights: per layer (rows, inputs + 1), the last column the bias. Hidden layers first, the output layer last.
        gradient_now: (layers, 3) norm, largest, mean of the last mini-batch's weight gradient; NaN before the first step.
            Of several members the mean.
        comparable_from: the step of the last break in the losses, by a weight set by hand or by another loss, 0 for none.
        divergence: set when the run has diverged.
        ending: a sentence when the run has ended by itself, else NOTHING.
        diverged: members that have left the finite numbers, counted from 0, while others go on.
        looks: what has been asked for, as far as the run has it.
        failures: what of all that could not be measured.
    """

    run: int
    epoch: int
    step: int
    step_in_epoch: int
    scores: Scores
    scene: Scene
    selection: Selection
    weights: tuple[Floats, ...]
    gradient_now: Floats
    comparable_from: int
    divergence: Divergence | None
    ending: Message
    diverged: tuple[int, ...]
    looks: Mapping[Request, Look] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()

    def look(self, kind: type[Kind], selection: Selection | None = None) -> Kind | None:
        """The look of this kind, of what the session or a request has selected; None where nobody has asked for it, or
        the run has none.
        """
        found = self.looks.get(Request(kind, selection))
        return found if isinstance(found, kind) else None

    def failure(self, asked: Requests) -> Failure | None:
        """The first of what has been asked that could not be measured; None where all could."""
        labels = {request(one).look.words() for one in asked}
        return next((failure for failure in self.failures if failure.what in labels), None)

    def within(self, selection: Selection) -> Selection:
        """What there is of a selection at this moment."""
        scene = self.scene
        layers = [weights.shape for weights in self.weights]
        return selection.within(layers, max(len(scene.members), 1), len(scene.train_y), len(scene.columns))

    @property
    def member(self) -> int:
        """Which member `weights` are of, counted from 0."""
        return self.selection.member

    @property
    def curves(self) -> Curves | None:
        """The history, and after its last record the moment of the scores; None where nobody has asked."""
        return self.look(Curves)

    @property
    def outputs(self) -> Floats | None:
        """As `Answers.mean`; None where nobody has asked."""
        answers = self.look(Answers)
        return None if answers is None else answers.mean

    @property
    def disagreement(self) -> Floats | None:
        """As `Answers.deviation`; None where nobody has asked, and of one member."""
        answers = self.look(Answers)
        return None if answers is None else answers.deviation

    @property
    def unit_maps(self) -> tuple[Floats, ...] | None:
        """As `UnitMaps.layers`; None where nobody has asked."""
        maps = self.look(UnitMaps)
        return None if maps is None else maps.layers
