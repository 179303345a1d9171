"""The picture of where units sit: drawn for every kind of unit and moment, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.exchange.report.units import picture
from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.pre_activations import PreActivations
from playground.experiment.run.session import Session
from playground.nn.activations import ACTIVATIONS
from playground.options import with_value
from tests.frames import altered

PNG = b"\x89PNG\r\n\x1a\n"


def frame_of(name: str, epochs: int) -> Frame:
    session = Session(with_value(Config(), "network.hidden", (Layer(3, ACTIVATIONS[name]()),)))
    session.train(epochs)
    return session.frame(frozenset({PreActivations, LayerStatistics}))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("name", "epochs"), [("tanh", 0), ("relu", 3), ("crelu", 3), ("maxout", 3), ("step", 3)])
def test_every_kind_of_unit_has_its_picture(name: str, epochs: int, tmp_path: Path) -> None:
    picture(frame_of(name, epochs), tmp_path / "units.png")
    assert (tmp_path / "units.png").read_bytes().startswith(PNG)


def test_without_what_it_draws_there_is_no_picture(tmp_path: Path) -> None:
    frame = frame_of("tanh", 0)
    with pytest.raises(ValueError, match="units sit"):
        picture(altered(frame, looks=()), tmp_path / "units.png")
    assert not list(tmp_path.iterdir())
