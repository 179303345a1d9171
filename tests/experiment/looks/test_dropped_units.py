"""Which units dropout switched off, and death beyond the probe's sample."""

from __future__ import annotations

import numpy as np
import pytest

from playground.experiment.config import Config, Layer
from playground.experiment.looks.dead_units import DeadUnits
from playground.experiment.looks.dropped_units import DroppedUnits
from playground.experiment.run.session import Session
from playground.nn.activations import ReLU, Tanh
from playground.options import with_value
from tests.frames import look_at


def session_of(**changes: object) -> Session:
    config: Config = with_value(Config(), "network.hidden", (Layer(8, Tanh()), Layer(6, Tanh())))
    for path, value in changes.items():
        config = with_value(config, path.replace("__", "."), value)
    return Session(config)


def dropped(session: Session) -> DroppedUnits | None:
    return session.frame(frozenset({DroppedUnits})).look(DroppedUnits)


@pytest.mark.parametrize("members", [1, 3])
def test_units_that_were_off_put_out_nothing_in_the_step_just_done(members: int) -> None:
    session = look_at(session_of(training__noise__hidden_dropout=0.5, ensemble__members=members), member=members - 1)
    assert dropped(session) is None, "no step has been done"
    seen = set()
    for steps in (1, 5, 19, 1):  # the last of an epoch among them, and the first of the next
        session.step(steps)
        look = dropped(session)
        assert look is not None
        progress = session._run.progress
        work = session.network.pass_for(10, True, session.config.training.noise.of_hidden)
        for layer, off in zip(work.layers[:-1], look.layers, strict=True):
            h = layer.h[..., 0] if members == 1 else layer.h[members - 1, :, 0]
            np.testing.assert_array_equal(h == 0.0, off)
        assert progress.last_masks(members - 1)[0].shape == (8, 10)
        seen.add(tuple(look.layers[0].tolist()))
    assert len(seen) > 1


def test_without_dropout_nothing_is_off() -> None:
    session = session_of()
    session.step(3)
    assert dropped(session) is None


def test_looking_at_the_mask_changes_nothing() -> None:
    one, other = (session_of(training__noise__hidden_dropout=0.5) for _ in range(2))
    for _ in range(30):
        one.step(1)
        dropped(one)
    other.step(30)
    np.testing.assert_array_equal(one.network.parameters, other.network.parameters)


def test_a_unit_that_wakes_for_one_example_beyond_the_sample_is_not_dead() -> None:
    session = session_of(network__hidden=(Layer(3, ReLU()),), data__source__points=5000)
    X = session._run.setup.problem.train.X
    assert len(X) > 2000
    # Unit 0 is 0 for all; unit 1 wakes only for the example of the rest that lies farthest along x1 + 2·x2.
    along = X[:, 0] + 2.0 * X[:, 1]
    last = 1024 + int(along[1024:].argmax())
    if along[:1024].max() >= along[last]:
        along = -along
        last = 1024 + int(along[1024:].argmax())
    assert along[:1024].max() < along[last]
    sign = np.sign(along[last] / (X[last, 0] + 2.0 * X[last, 1]))
    threshold = (max(along[:1024].max(), np.partition(along, -2)[-2]) + along[last]) / 2.0
    for input, value in enumerate((0.0, 0.0, -1.0)):
        session.set_weight(0, 0, input, value)
    for input, value in enumerate((sign, 2.0 * sign, -threshold)):
        session.set_weight(0, 1, input, value)
    dead = session.frame(frozenset({DeadUnits})).look(DeadUnits)
    assert dead is not None
    assert dead.layers[0].tolist()[:2] == [True, False]
