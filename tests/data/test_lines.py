"""Examples of a single input: the wave, and one example whose lesson can be followed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from playground.data.lines import OneExample, Wave
from playground.data.split import split
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.options import with_text


def test_a_wave_is_a_sine_with_noise_on_its_heights_only() -> None:
    pure, noisy = (Wave(points=3000, noise=noise).load(np.random.default_rng(1)) for noise in (0.0, 0.2))
    assert pure.X.shape == (3000, 1)
    assert (pure.columns, pure.classes, pure.plane) == (("x",), (), False)
    np.testing.assert_array_equal(pure.y, np.sin(pure.X[:, 0]))
    np.testing.assert_array_equal(noisy.X, pure.X)
    np.testing.assert_allclose((noisy.y - pure.y).std(), 0.2, rtol=0.05)


@pytest.mark.parametrize(("target", "answer"), [("no", 0.0), ("yes", 1.0)])
def test_the_one_example_is_trained_on_and_tested(target: str, answer: float) -> None:
    data = OneExample(x=2.5, target=target).load(np.random.default_rng(1))
    rows = split(data, 0.5, 0.5, seed=1)
    assert [len(part) for part in rows] == [1, 0, 1]
    for part in (rows.train, rows.test):
        assert (data.X[part].tolist(), data.y[part].tolist()) == ([[2.5]], [answer])


# A single sigmoid unit with rate 0.15 and target 0; the outputs are those of LESSONS 4 and 5, the recurrence by hand.
@pytest.mark.parametrize(
    ("loss", "w", "b", "outputs"),
    [
        ("squared_error", 0.6, 0.9, {0: 0.8176, 300: 0.0940}),
        ("squared_error", 2.0, 2.0, {0: 0.9820, 150: 0.9334, 300: 0.2028}),
        ("binary_cross_entropy", 2.0, 2.0, {0: 0.9820, 50: 0.0985, 300: 0.0120}),
    ],
)
def test_badly_wrong_learns_slowly_unless_by_cross_entropy(
    loss: str, w: float, b: float, outputs: dict[int, float]
) -> None:
    config = Config()
    for path, text in {
        "data.source": "one_example",
        "network.hidden": "[]",
        "network.output": "sigmoid",
        "training.loss": loss,
        "training.learning_rate": "0.15",
    }.items():
        config = with_text(config, path, text)
    session = Session(config)
    session.set_weight(0, 0, 0, w)
    session.set_weight(0, 0, 1, b)
    for epoch in range(301):
        output = 1.0 / (1.0 + math.exp(-(w + b)))
        assert session.predict(np.array([[1.0]]))[0, 0] == pytest.approx(output, abs=1e-12)
        if epoch in outputs:
            assert output == pytest.approx(outputs[epoch], abs=1e-4)
        delta = output * (output * (1.0 - output) if loss == "squared_error" else 1.0)
        w, b = w - 0.15 * delta, b - 0.15 * delta
        session.train(1)
