"""The picture of excitations and activations: maps over a plane, curves along a single input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.data.dataset import Dataset
from playground.exchange.report.maps import picture
from playground.experiment.config import Config, Layer
from playground.experiment.looks.activation_maps import ActivationMaps
from playground.experiment.run.session import Session
from playground.nn.activations import ReLU
from playground.options import with_value

NEEDS = frozenset({ActivationMaps})


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("units", [1, 3, 17])
@pytest.mark.parametrize("line", [False, True])
def test_every_layer_has_its_picture(units: int, line: bool, tmp_path: Path) -> None:
    x = np.linspace(-2.0, 2.0, 40)
    data = Dataset(x[:, None], np.abs(x), ("x",), (), "y", "a curve") if line else None
    session = Session(with_value(Config(), "network.hidden", (Layer(units, ReLU()),)), data)
    session.train(1)
    picture(session.frame(NEEDS), tmp_path / "maps.png")
    assert (tmp_path / "maps.png").read_bytes().startswith(b"\x89PNG")


def test_without_what_it_draws_there_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="excitations"):
        picture(Session(Config()).frame(frozenset()), tmp_path / "maps.png")
    assert not list(tmp_path.iterdir())
