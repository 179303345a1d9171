"""What someone types is found by words, their beginnings and letters left out, and the likeliest first."""

from __future__ import annotations

import pytest

from playground.ui.commands.matching import fit


@pytest.mark.parametrize(
    "asked", ["learning rate", "rate learning", "LEARN", "lr", "lrate", "lea ra", "lrng", "ε", "arning", ""]
)
def test_a_name_is_found(asked: str) -> None:
    assert fit(asked, "learning rate ε")


@pytest.mark.parametrize("asked", ["learning loss", "rl", "nrate", "xlr", "learningrates"])
def test_and_not_by_what_it_is_not(asked: str) -> None:
    assert not fit(asked, "learning rate ε")


def test_it_is_found_by_its_path_too_but_a_name_comes_first() -> None:
    assert fit("training.opt", "optimizer", "training.optimizer")
    assert fit("noise", "noise") > fit("noise", "dropout", "training.noise.dropout") > 0


@pytest.mark.parametrize(
    ("asked", "likelier", "less"),
    [
        ("loss", "loss", "Show Loss"),
        ("los", "loss", "close"),
        ("step", "Step", "stepped"),
        ("st", "stopping", "noisiest"),
        ("lr", "learning rate", "colour"),
    ],
)
def test_the_likeliest_first(asked: str, likelier: str, less: str) -> None:
    assert fit(asked, likelier) > fit(asked, less)
