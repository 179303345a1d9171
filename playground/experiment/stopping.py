"""When a run ends by itself: the choices there are. Knows no run."""

from __future__ import annotations

from dataclasses import dataclass

from playground.options import Options, integer, number


@dataclass(frozen=True)
class Stopping(Options):
    """When a run ends by itself."""

    @property
    def patience(self) -> int | None:
        """After how many epochs without an improvement of the validation loss; None for never."""
        return None

    @property
    def improvement(self) -> float:
        """By what share of itself the loss must fall for that to count."""
        return 0.0


@dataclass(frozen=True)
class NoStopping(Stopping):
    """A run goes on until it is paused."""

    label = "none"


@dataclass(frozen=True)
class EarlyStopping(Stopping):
    """Ends a run when the validation loss has not fallen for a while, and brings the best weights back: what training
    gains from there on it gains on the training examples alone. Source: Prechelt 1998.
    """

    patience: int = integer(50, 1, 1_000_000, "patience", "Epochs without an improvement after which to stop.", "log")
    improvement: float = number(
        0.0, 0.0, 1.0, "improvement", "By what share of itself the validation loss must fall for that to count."
    )

    label = "early stopping"


STOPPINGS: dict[str, type[Stopping]] = {"none": NoStopping, "early": EarlyStopping}
