"""The picture of dead units: there as soon as one has been dead."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.exchange.report.dead_units import picture
from playground.experiment.config import Config, Layer
from playground.experiment.history.layer_statistics import LayerStatistics
from playground.experiment.run.session import Session
from playground.nn.activations import ReLU
from playground.options import with_value

NEEDS = frozenset({LayerStatistics})


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("epochs", [1, 3])
def test_a_unit_that_has_died_is_drawn(epochs: int, tmp_path: Path) -> None:
    session = Session(with_value(Config(), "network.hidden", (Layer(3, ReLU()),)))
    session.set_weight(0, 1, 2, -1000.0)
    session.train(epochs)
    picture(session.frame(NEEDS), tmp_path / "dead_units.png")
    assert (tmp_path / "dead_units.png").read_bytes().startswith(b"\x89PNG")


def test_where_nobody_has_died_there_is_no_picture(tmp_path: Path) -> None:
    session = Session(Config())
    for needs in (NEEDS, frozenset[str]()):
        with pytest.raises(ValueError, match="dead"):
            picture(session.frame(needs), tmp_path / "dead_units.png")
    assert not list(tmp_path.iterdir())
