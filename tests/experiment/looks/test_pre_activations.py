"""Where units sit: counted by hand, on the curve as it is trained, and without a trace on the run."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.config import Config, Layer
from playground.experiment.looks.pre_activations import (
    BINS,
    REACH,
    PreActivations,
    bends,
    reach_of,
    rows_of,
    seating,
)
from playground.experiment.looks.sample_pass import SAMPLE
from playground.experiment.run.session import Session
from playground.nn.activations import (
    ACTIVATIONS,
    Activation,
    CReLU,
    Linear,
    Maxout,
    PReLU,
    ReLU,
    Sigmoid,
    Softmax,
    Step,
    Tanh,
)
from playground.options import with_value
from tests.frames import look_at


def session_of(*layers: Layer, **choice: int) -> Session:
    return look_at(Session(with_value(Config(), "network.hidden", layers)), **choice)


def pre_activations_of(session: Session) -> PreActivations:
    pre_activations = session.frame(frozenset({PreActivations})).look(PreActivations)
    assert pre_activations is not None
    return pre_activations


def test_the_histogram_by_hand() -> None:
    z = np.array([[-4.0, -3.9, 0.01, 4.0]])
    found = seating(z, np.array([[0.0, -0.01, 1.0, 0.5]]), 4.0, 1.0)
    width = 8.0 / BINS
    expected = np.zeros(BINS)
    expected[0], expected[BINS // 2], expected[-1] = 2 / 4 / width, 1 / 4 / width, 1 / 4 / width
    np.testing.assert_allclose(found.density, expected)
    assert found.density.sum() * width == pytest.approx(1.0)
    assert found.saturated == 0.5
    assert found.slope == pytest.approx(1.51 / 4)


@pytest.mark.parametrize(("furthest", "reach"), [(0.1, 4.0), (4.0, 4.0), (4.1, 8.0), (-17.0, 32.0), (np.inf, 4.0)])
def test_the_reach_goes_in_steps(furthest: float, reach: float) -> None:
    assert reach_of(np.array([[0.0, furthest]])) == reach


def test_the_seats_of_a_layer_and_of_its_unit() -> None:
    session = session_of(Layer(3, Sigmoid()), Layer(2, Tanh()), layer=1, unit=1)
    session.train(3)
    X = session._run.setup.problem.train.X[:SAMPLE]
    first, second, _ = session.network.weights
    z = second @ np.vstack([Sigmoid()(first @ X.T), np.ones(len(X))])
    slopes = 1.0 - np.tanh(z) ** 2
    pre_activations = pre_activations_of(session)
    assert (pre_activations.layer, pre_activations.unit, pre_activations.activation) == (1, 1, "tanh")
    assert pre_activations.of_layer.saturated == (slopes < 0.05).mean()
    assert pre_activations.of_unit.slope == pytest.approx(slopes[1].mean())
    np.testing.assert_array_equal(pre_activations.of_unit.density, seating(z[1:], slopes[1:], REACH, 1.0).density)
    np.testing.assert_allclose(pre_activations.values[0], np.tanh(pre_activations.z))
    np.testing.assert_allclose(pre_activations.slopes, 1.0 - np.tanh(pre_activations.z) ** 2, atol=1e-12)
    np.testing.assert_array_equal(pre_activations.faint, pre_activations.slopes < 0.05)


def test_what_is_selected_and_there_is_not_is_the_last() -> None:
    pre_activations = pre_activations_of(session_of(Layer(3), layer=10, unit=99))
    assert (pre_activations.layer, pre_activations.unit) == (1, 0)


def test_the_slope_that_a_unit_has_trained_is_drawn() -> None:
    session = session_of(Layer(3, PReLU()), unit=2)
    session.network.stage_parameters[0][0][0][2] = 0.75
    pre_activations = pre_activations_of(session)
    np.testing.assert_allclose(
        pre_activations.values[0], np.where(pre_activations.z > 0, pre_activations.z, 0.75 * pre_activations.z)
    )
    np.testing.assert_allclose(pre_activations.slopes, np.where(pre_activations.z > 0, 1.0, 0.75))
    z = session.network.weights[0][2] @ session._run.setup.problem.train.X.T
    assert pre_activations.of_unit.slope == pytest.approx(np.where(z > 0, 1.0, 0.75).mean())


def test_softmax_sits_on_a_sigmoid() -> None:
    z = np.array([[1.0, -2.0], [0.5, 3.0], [-1.0, 0.0]])
    np.testing.assert_allclose(Softmax().alone()(Softmax().place_alone(z)), Softmax()(z))
    config = with_value(Config(), "network.output", Softmax())
    pre_activations = pre_activations_of(look_at(Session(config), layer=2))
    np.testing.assert_allclose(pre_activations.values[0], Sigmoid()(pre_activations.z))
    assert pre_activations.of_layer.saturated < 1.0
    assert 0.0 < pre_activations.of_layer.slope <= 0.25


def test_units_with_several_pre_activations_or_outputs() -> None:
    assert rows_of(Maxout(3), 1, 12) == [1, 5, 9]
    assert rows_of(CReLU(), 5, 4) == [1]
    assert rows_of(ReLU(), 2, 4) == [2]
    pre_activations = pre_activations_of(session_of(Layer(2, CReLU()), unit=3))
    np.testing.assert_allclose(
        pre_activations.values, [np.maximum(pre_activations.z, 0.0), np.maximum(-pre_activations.z, 0.0)]
    )
    np.testing.assert_allclose(pre_activations.slopes, np.sign(pre_activations.z))
    assert not len(pre_activations_of(session_of(Layer(2, Maxout()))).values)


def test_a_step_passes_no_gradient_anywhere() -> None:
    pre_activations = pre_activations_of(session_of(Layer(2, Step())))
    assert pre_activations.steepest == 0.0
    assert pre_activations.faint.all()
    assert (pre_activations.of_layer.slope, pre_activations.of_layer.saturated) == (0.0, 1.0)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_looking_leaves_no_trace(name: str) -> None:
    looked, left = (session_of(Layer(3, ACTIVATIONS[name]())) for _ in range(2))
    for session in (looked, left):
        for _ in range(3):
            session.step(7)
            if session is looked:
                pre_activations = pre_activations_of(session)
                assert np.isfinite(pre_activations.values).all()
                assert not pre_activations.z.flags.writeable
    np.testing.assert_array_equal(looked.network.parameters, left.network.parameters)


@pytest.mark.parametrize(
    ("activation", "steepest_at", "places", "values"),
    [
        (Sigmoid(), 0.0, np.log(2.0 + np.sqrt(3.0)), (0.5 - np.sqrt(3.0) / 6.0, 0.5 + np.sqrt(3.0) / 6.0)),
        (Tanh(), 0.0, np.arctanh(np.sqrt(1.0 / 3.0)), (-np.sqrt(1.0 / 3.0), np.sqrt(1.0 / 3.0))),
        (ReLU(), None, 0.0, (0.0,)),
        (Linear(), None, None, ()),
    ],
    ids=lambda value: getattr(value, "label", None),
)
def test_where_a_curve_bends(
    activation: Activation, steepest_at: float | None, places: float | None, values: tuple[float, ...]
) -> None:
    """f″ is largest where f‴ is 0: of a sigmoid at h = ½ ± √3/6, of tanh at h = ±√⅓."""
    found = bends(activation)
    assert found.steepest_at == steepest_at
    assert np.abs(found.places).tolist() == pytest.approx([] if places is None else [places] * len(values), abs=0.006)
    assert found.values == pytest.approx(values, abs=0.002)


def test_a_trained_slope_may_be_steeper_than_it_began() -> None:
    session = session_of(Layer(2, PReLU()))
    network = session.network
    at = [stage for stage, _ in network.layers[0].stages].index(network.activations[0])
    network.stage_parameters[0][at][0][:] = 1.5
    pre_activations = pre_activations_of(session)
    assert pre_activations.steepest == pytest.approx(1.5)
    assert not pre_activations.faint.any()
