"""A layer before and after its normalization, by numbers worked out apart; looking changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.config import Config
from playground.experiment.looks.normalization import BINS, MOST_ROWS, Normalized, Values
from playground.experiment.run.session import Session
from playground.options import with_text, with_value
from tests.frames import look_at

LOOKING = frozenset({Normalized})


def config_of(kind: str, after: bool = False) -> Config:
    config = with_text(Config(), "network.hidden.0.normalization", kind)
    return with_value(config, "network.hidden.0.normalization.after", True) if after else config


def looked(session: Session) -> Normalized:
    look = session.frame(LOOKING).look(Normalized)
    assert look is not None
    return look


def sums_of(session: Session) -> np.ndarray:
    """The first layer's weighted sums of all training examples, (units, examples)."""
    weights, points = session.network.weights[0], session.scene.train_points
    inputs = (points - points.mean(axis=0)) / points.std(axis=0)
    return weights[:, :-1] @ inputs.T + weights[:, -1:]


@pytest.mark.parametrize("after", [False, True])
def test_batch_norm_gives_every_unit_the_mean_and_deviation_it_asks_for(after: bool) -> None:
    session = Session(config_of("batch_norm", after))
    session.step(60)
    look = looked(session)
    values = np.tanh(sums_of(session)) if after else sums_of(session)
    np.testing.assert_allclose(look.before.mean, values.mean(axis=1), atol=1e-12)
    np.testing.assert_allclose(look.before.deviation, values.std(axis=1), atol=1e-12)
    assert look.after is not None
    assert look.gain is not None
    assert look.shift is not None
    np.testing.assert_allclose(look.after.mean, look.shift, atol=1e-12)
    np.testing.assert_allclose(look.after.deviation, np.abs(look.gain), rtol=1e-3)
    assert (look.gain != 1.0).any()
    assert look.label == "batch norm"
    assert look.on_activations == after


def test_running_statistics_are_the_network_s() -> None:
    session = Session(config_of("batch_norm"))
    session.step(60)
    look = looked(session)
    mean, variance = session.state().arrays["statistics"].reshape(2, -1)
    np.testing.assert_array_equal(look.running_mean, mean)
    np.testing.assert_array_equal(look.running_deviation, np.sqrt(variance))
    assert look.running_mean is not None
    assert (np.abs(look.running_mean - look.before.mean) > 1e-9).any()


def test_mini_batches_have_the_usual_size() -> None:
    session = Session(config_of("batch_norm"))
    values = sums_of(session)
    means = looked(session).batch_means
    assert means.shape == (4, 25)
    np.testing.assert_allclose(means[:, 1], values[:, 10:20].mean(axis=1), atol=1e-12)


def test_layer_norm_has_no_running_statistics() -> None:
    look = looked(Session(config_of("layer_norm")))
    assert look.label == "layer norm"
    assert look.running_mean is None
    assert look.after is not None


def test_a_layer_without_is_said_to_have_none() -> None:
    session = Session(Config())
    look = looked(session)
    assert look.label == "none"
    assert look.after is None
    assert look.gain is None
    np.testing.assert_allclose(look.before.mean, sums_of(session).mean(axis=1), atol=1e-12)
    look_at(session, layer=9)
    look = looked(session)
    assert look.layer == look.last == 2
    assert look.rows == 1


def test_a_wide_layer_is_cut() -> None:
    config = with_text(with_value(Config(), "network.hidden.0.units", 32), "network.hidden.0.activation", "maxout")
    look = looked(Session(config))
    assert look.rows > MOST_ROWS == len(look.before.mean)


def test_histograms_count_every_example_where_it_lies() -> None:
    with np.errstate(invalid="ignore"):  # as a session has it
        values = Values.of(np.array([[0.0, 16.0, 0.5], [8.2, 8.3, np.inf]]))
    np.testing.assert_array_equal(values.edges, np.linspace(0.0, 16.0, BINS + 1))
    assert values.counts[0].tolist() == [2] + [0] * (BINS - 2) + [1]
    assert values.counts[1, BINS // 2] == values.counts[1].sum() == 2
    alike = Values.of(np.full((1, 5), 3.0))
    assert alike.counts.sum() == 5
    assert alike.edges[0] < 3.0 < alike.edges[-1]
    assert not values.counts.flags.writeable


def test_looking_changes_no_bit() -> None:
    watched, alone = Session(config_of("batch_norm")), Session(config_of("batch_norm"))
    for _ in range(5):
        watched.step(11)
        looked(watched)
    alone.step(55)
    for name, array in alone.state().arrays.items():
        np.testing.assert_array_equal(array, watched.state().arrays[name], err_msg=name)
