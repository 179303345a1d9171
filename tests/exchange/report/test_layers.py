"""The picture of the layers: drawn for every kind of network and moment, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.exchange.report.layers import picture
from playground.experiment.config import Config, Layer
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.looks.gradient_flow import GradientFlow
from playground.experiment.run.session import Session
from playground.nn.activations import ReLU, Sigmoid
from playground.options import with_value
from tests.frames import altered

PNG = b"\x89PNG\r\n\x1a\n"


def frame_of(*hidden: Layer, epochs: int = 3) -> Frame:
    session = Session(with_value(Config(), "network.hidden", hidden))
    session.train(epochs)
    return session.frame(frozenset({Curves, GradientFlow, LayerStatistics}))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("layers", "epochs"), [(0, 3), (1, 0), (4, 3)])
def test_every_network_has_its_picture(layers: int, epochs: int, tmp_path: Path) -> None:
    picture(frame_of(*(Layer(3, Sigmoid()),) * layers, epochs=epochs), tmp_path / "layers.png")
    assert (tmp_path / "layers.png").read_bytes().startswith(PNG)


@pytest.mark.filterwarnings("error")
def test_a_network_of_dead_units_is_drawn(tmp_path: Path) -> None:
    config = with_value(Config(), "network.hidden", (Layer(2, ReLU()), Layer(2, ReLU())))
    session = Session(config)
    for unit in range(2):
        session.set_weight(1, unit, 2, -1000.0)
    session.train(3)
    picture(session.frame(frozenset({Curves, GradientFlow, LayerStatistics})), tmp_path / "layers.png")
    assert (tmp_path / "layers.png").stat().st_size > 10_000


def test_without_curves_the_rest_is_drawn_and_without_an_anatomy_nothing(tmp_path: Path) -> None:
    frame = frame_of(Layer(3))
    picture(altered(frame, curves=None), tmp_path / "layers.png")
    assert (tmp_path / "layers.png").exists()
    with pytest.raises(ValueError, match="anatomy"):
        picture(altered(frame, looks=()), tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()
