"""What units are told and answer over the plane, and along a single input; what outputs decide."""

from __future__ import annotations

import numpy as np
import pytest

from playground.data.dataset import Dataset
from playground.experiment.config import Config, Layer
from playground.experiment.looks.activation_maps import ActivationMaps, crossings, decided
from playground.experiment.looks.maps import LINE, MAP_SIZE, UnitMaps
from playground.experiment.run.session import Session
from playground.nn.activations import CReLU, Maxout, ReLU, Sigmoid, SignOutput, Softmax, StepOutput, Tanh
from playground.options import with_value
from tests.frames import look_at


def config_of(*layers: Layer) -> Config:
    config: Config = with_value(Config(), "network.hidden", layers)
    return config


def look_of(session: Session) -> ActivationMaps:
    look = session.frame(frozenset({ActivationMaps})).look(ActivationMaps)
    assert look is not None
    return look


def line_of(count: int = 40) -> Dataset:
    x = np.linspace(-2.0, 2.0, count)
    return Dataset(x[:, None], np.abs(x), ("x",), (), "y", "a curve")


def test_the_maps_are_those_of_the_diagram_and_what_lies_before_them() -> None:
    session = look_at(Session(config_of(Layer(3, Sigmoid()), Layer(2, Tanh()))), layer=1)
    session.train(2)
    look = look_of(session)
    maps = session.frame(frozenset({UnitMaps})).unit_maps
    assert maps is not None
    assert look.layer == 1
    assert look.z.shape == look.h.shape == (2, MAP_SIZE, MAP_SIZE)
    np.testing.assert_array_equal(look.h, maps[2])
    np.testing.assert_allclose(np.tanh(look.z), look.h, atol=1e-6)
    assert (look.hard, look.x, look.answer) == (None, None, None)
    assert not look.z.flags.writeable


def test_a_layer_that_is_not_there_is_the_last_and_the_last_decides() -> None:
    session = look_at(Session(config_of(Layer(3))), layer=9)
    session.train(2)
    look = look_of(session)
    assert look.layer == 1
    assert look.hard is not None
    np.testing.assert_array_equal(look.hard, look.z > 0.0)


@pytest.mark.parametrize(
    ("output", "h", "ends", "hard"),
    [
        (Sigmoid(), [[0.4, 0.6]], (0.0, 1.0), [[0.0, 1.0]]),
        (StepOutput(), [[0.4, 0.6]], (0.0, 1.0), [[0.0, 1.0]]),
        (SignOutput(), [[-0.1, 0.1]], (-1.0, 1.0), [[-1.0, 1.0]]),
        (Softmax(), [[0.2, 0.5], [0.5, 0.4], [0.3, 0.1]], (0.0, 1.0), [[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]),
    ],
)
def test_what_outputs_decide(output: Sigmoid, h: list[list[float]], ends: tuple[float, float], hard: object) -> None:
    np.testing.assert_array_equal(decided(output, np.array(h), ends), hard)  # type: ignore[arg-type]
    assert decided(output, np.array(h), None) is None


@pytest.mark.parametrize("activation", [CReLU(), Maxout(3)])
def test_each_output_has_its_own_pre_activation(activation: CReLU) -> None:
    look = look_of(Session(config_of(Layer(2, activation))))
    assert look.z.shape == look.h.shape
    if isinstance(activation, Maxout):
        np.testing.assert_array_equal(look.z, look.h)
    else:
        np.testing.assert_array_equal(look.h, np.maximum(np.concatenate([look.z[:2], -look.z[2:]]), 0.0))


def test_along_a_single_input() -> None:
    config = config_of(Layer(4, ReLU()))
    session = Session(with_value(config, "data.standardise", False), line_of())
    session.train(3)
    look = look_of(session)
    assert look.x is not None
    assert look.answer is not None
    assert look.x.shape == (LINE,)
    assert look.z.shape == (4, 1, LINE)
    weights = session.network.weights[0]
    z = weights @ np.stack([look.x, np.ones(LINE)])
    np.testing.assert_allclose(look.z[:, 0], z, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(look.h[:, 0], np.maximum(z, 0.0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(look.answer[0], session.predict(look.x[:, None])[:, 0], rtol=1e-5, atol=1e-5)
    units, places = crossings(look.x, look.z[:, 0])
    known = {unit: -bias / slope for unit, (slope, bias) in enumerate(weights.tolist())}
    inside = {unit: place for unit, place in known.items() if look.x[0] < place < look.x[-1]}
    assert dict(zip(units.tolist(), places.tolist(), strict=True)) == pytest.approx(inside, abs=1e-4)


def test_along_one_column_of_several_chosen_twice() -> None:
    session = look_at(Session(config_of(Layer(3, Tanh()))), x_axis=1)
    session.train(2)
    look = look_of(session)
    assert look.x is not None
    assert look.answer is not None
    rows = np.tile(session._run.setup.problem.means, (LINE, 1))
    rows[:, 1] = look.x
    np.testing.assert_allclose(look.answer[0], session.predict(rows)[:, 0], rtol=1e-5, atol=1e-5)


def test_looking_leaves_no_trace() -> None:
    looked, left = (look_at(Session(config_of(Layer(3))), layer=1) for _ in range(2))
    for session in (looked, left):
        session.step(7)
        if session is looked:
            look_of(session)
        session.step(20)
    np.testing.assert_array_equal(looked.network.parameters, left.network.parameters)
