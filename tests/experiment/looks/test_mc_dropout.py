"""How far thinned networks differ, against two networks whose answers can be worked out; looking changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.config import Config, Layer
from playground.experiment.looks.mc_dropout import CELLS, MASKS, MCDropout
from playground.experiment.run.session import Session
from playground.options import with_text, with_value

LOOKING = frozenset({MCDropout})


def looked(session: Session) -> MCDropout | None:
    return session.frame(LOOKING).look(MCDropout)


def one_unit(**noise: float) -> Session:
    config = with_text(Config(), "network.hidden.0.activation", "linear")
    config = with_value(config, "network.hidden", (config.network.hidden[0],))
    config = with_value(config, "network.hidden.0.units", 1)
    for name, share in noise.items():
        config = with_value(config, f"training.noise.{name}", share)
    session = Session(config)
    for place, value in {(0, 0, 0): 1.0, (0, 0, 1): 0.0, (0, 0, 2): 0.5, (1, 0, 0): 2.0, (1, 0, 1): 0.3}.items():
        session.set_weight(*place, value)
    return session


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-z))


def along(session: Session) -> np.ndarray:
    """The first input along the lower edge of the map, as the network sees it."""
    low, high, *_ = session.scene.extent
    points = session.scene.train_points[:, 0]
    return (low + (np.arange(CELLS) + 0.5) / CELLS * (high - low) - points.mean()) / points.std()


@pytest.mark.parametrize("of", ["hidden_dropout", "input_dropout"])
def test_the_spread_is_that_between_on_and_off(of: str) -> None:
    session = one_unit(**{of: 0.5})
    look = looked(session)
    assert look is not None
    assert look.deviation.shape == (CELLS, CELLS)
    x = along(session)
    if of == "hidden_dropout":
        on, off = sigmoid(2.0 * 2.0 * (x + 0.5) + 0.3), sigmoid(np.full(CELLS, 0.3))
    else:
        on, off = sigmoid(2.0 * (2.0 * x + 0.5) + 0.3), sigmoid(np.full(CELLS, 1.3))
    shares = look.deviation[0] / np.abs(on - off)  # √(q (1 − q)) for a share q of the masks
    np.testing.assert_allclose(shares, shares[0], rtol=1e-9)
    counts = np.arange(1, MASKS) / MASKS
    assert np.isclose(shares[0], np.sqrt(counts * (1.0 - counts))).any()
    assert shares[0] > 0.4
    np.testing.assert_allclose(look.deviation, np.tile(look.deviation[0], (CELLS, 1)), rtol=1e-9)


def test_it_is_the_same_at_every_look() -> None:
    session = Session(with_value(Config(), "training.noise.hidden_dropout", 0.3))
    first, second = looked(session), looked(session)
    assert first is not None
    assert second is not None
    assert first.of_hidden == 0.3
    np.testing.assert_array_equal(first.deviation, second.deviation)
    assert not first.deviation.flags.writeable
    assert first.deviation.max() > 0.0


def test_without_dropout_there_is_none() -> None:
    assert looked(Session(Config())) is None


def test_it_is_in_the_units_of_the_data() -> None:
    config = with_value(with_text(Config(), "data.source", "plane"), "training.noise.hidden_dropout", 0.3)
    session = Session(config)
    look = looked(session)
    assert look is not None
    scaled = session._run.setup.problem.target_scaling.deviation
    assert scaled != 1.0
    assert look.deviation.max() > 0.0


def test_looking_changes_no_bit() -> None:
    config = with_value(Config(), "training.noise.hidden_dropout", 0.3)
    config = with_value(config, "network.hidden", (Layer(4), Layer(3)))
    config = with_text(config, "network.hidden.0.normalization", "batch_norm")
    watched, alone = Session(config), Session(config)
    for _ in range(5):
        watched.step(11)
        looked(watched)
    alone.step(55)
    for name, array in alone.state().arrays.items():
        np.testing.assert_array_equal(array, watched.state().arrays[name], err_msg=name)
