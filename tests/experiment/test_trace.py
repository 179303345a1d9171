"""The walk of one example: the lectures' numbers, a small network by hand, the network's own passes; and it leaves no trace."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from playground.data.dataset import Dataset
from playground.experiment.config import Config, DataConfig, EnsembleConfig, Layer, NetworkConfig, TrainingConfig
from playground.experiment.matrix import Matrix
from playground.experiment.session import Session
from playground.experiment.trace import Trace, TraceStep
from playground.nn.activations import ACTIVATIONS, Activation, CReLU, Linear, Sigmoid, Softmax, Step, Tanh
from playground.nn.adam import Adam
from playground.nn.losses import LOSSES, BinaryCrossEntropy, CrossEntropy, Loss, SquaredError
from playground.nn.network import Dense, Network
from playground.nn.noise import Noise
from playground.nn.normalizations import BatchNorm, LayerNorm, NoNormalization, Normalization
from playground.nn.regularizers import L2
from playground.nn.training import Trainer
from playground.options import with_value


def trace_of(session: Session) -> Trace:
    trace = session.frame(frozenset({Trace.need})).look(Trace)
    assert trace is not None
    return trace


def step_of(trace: Trace, title: str) -> TraceStep:
    return next(step for step in trace.steps if step.title == title)


def matrix_of(trace: Trace, title: str, name: str) -> Matrix:
    return next(matrix for matrix in step_of(trace, title).matrices if matrix.title == name)


def values(trace: Trace, title: str, name: str) -> Any:
    return matrix_of(trace, title, name).values


def one_unit(loss: Loss, w: float, b: float) -> Session:
    """Lesson 4: one sigmoid unit, whose input is always 1; the first training example has target 0."""
    data = Dataset(np.ones((8, 1)), np.array([0.0, 1.0] * 4), ("x",), ("no", "yes"), "y", "by hand")
    rules = TrainingConfig(loss=loss, learning_rate=0.15, batch_size=1)
    config = Config(DataConfig(standardise=False), NetworkConfig(hidden=(), output=Sigmoid()), rules)
    session = Session(config, data)
    first = int(np.argmin(session._problem.train.targets[:, 0]))
    session.apply(with_value(config, "display.example", first))
    session.set_weight(0, 0, 0, w)
    session.set_weight(0, 0, 1, b)
    return session


def network_by_hand() -> Session:
    """Two inputs, two sigmoid units and a linear one; every example is (1, −1) with the number 1 to predict."""
    data = Dataset(np.tile([1.0, -1.0], (8, 1)), np.ones(8), ("p", "q"), (), "y", "by hand")
    network = NetworkConfig(hidden=(Layer(2, Sigmoid()),))
    session = Session(Config(DataConfig(standardise=False), network), data)
    session.network.weights[0][...] = [[0.5, -0.5, 0.0], [1.0, 1.0, 0.5]]
    session.network.weights[1][...] = [[1.0, -2.0, 0.25]]
    return session


def test_badly_wrong_learns_slowly() -> None:
    trace = trace_of(one_unit(SquaredError(), 0.6, 0.9))
    assert values(trace, "Forward, output layer", "z").item() == 1.5
    assert values(trace, "Forward, output layer", "ŷ").item() == pytest.approx(0.8176, abs=5e-5)
    assert values(trace, "Loss: squared error", "L").item() == pytest.approx(0.5 * 0.81757448**2)
    back = "Backward, output layer"
    assert values(trace, back, "∂L/∂ŷ").item() == pytest.approx(0.8176, abs=5e-5)
    assert values(trace, back, "f′(z)").item() == pytest.approx(0.8176 * 0.1824, abs=5e-5)
    assert values(trace, back, "δ").item() == pytest.approx(0.1219, abs=5e-5)
    np.testing.assert_allclose(values(trace, "Gradient, output layer", "∂L/∂W"), [[0.121942, 0.121942]], atol=1e-5)
    assert step_of(trace, back).formula == "δ = ∂L/∂ŷ ⊙ f′(z)"
    assert "Not a matched pair" in step_of(trace, back).note
    worse = trace_of(one_unit(SquaredError(), 2.0, 2.0))
    assert values(worse, "Forward, output layer", "ŷ").item() == pytest.approx(0.9820, abs=5e-5)
    assert values(worse, back, "δ").item() == pytest.approx(0.0173, abs=5e-5)


def test_cross_entropy_cancels_the_slope() -> None:
    trace = trace_of(one_unit(BinaryCrossEntropy(), 2.0, 2.0))
    back = "Backward, output layer"
    assert values(trace, back, "δ").item() == pytest.approx(0.9820, abs=5e-5)
    product = values(trace, back, "∂L/∂ŷ") * values(trace, back, "f′(z)")
    assert product.item() == pytest.approx(0.9820, abs=5e-5)
    assert step_of(trace, back).formula == "δ = ŷ − y = ∂L/∂ŷ ⊙ f′(z)"
    assert matrix_of(trace, back, "δ").explain(0, 0).startswith("δ = ŷ − y\n= 0.9820 − 0\n= 0.9820\n")


def test_a_network_by_hand() -> None:
    trace = trace_of(network_by_hand())
    kinds = [step.kind for step in trace.steps]
    assert kinds == ["forward"] * 2 + ["loss"] + ["backward"] * 4 + ["update"] * 2
    near = {"atol": 1e-6, "rtol": 0.0}
    first, last = "Forward, layer 1", "Forward, output layer"
    np.testing.assert_array_equal(values(trace, first, "x"), [[1.0], [-1.0], [1.0]])
    np.testing.assert_array_equal(values(trace, first, "z"), [[1.0], [0.5]])
    np.testing.assert_allclose(values(trace, first, "h"), [[0.731059], [0.622459]], **near)
    np.testing.assert_allclose(values(trace, last, "h⁽¹⁾"), [[0.731059], [0.622459], [1.0]], **near)
    np.testing.assert_allclose(values(trace, last, "ŷ"), [[-0.263860]], **near)
    assert trace.loss == pytest.approx(0.5 * 1.263860**2, abs=1e-5)
    np.testing.assert_allclose(values(trace, "Backward, output layer", "δ"), [[-1.263860]], **near)
    gradient = values(trace, "Gradient, output layer", "∂L/∂W")
    np.testing.assert_allclose(gradient, [[-0.923956, -0.786701, -1.263860]], **near)
    back = "Backward, layer 1"
    np.testing.assert_array_equal(values(trace, back, "W⁽²⁾ᵀ"), [[1.0], [-2.0]])
    np.testing.assert_allclose(values(trace, back, "∂L/∂h"), [[-1.263860], [2.527720]], **near)
    np.testing.assert_allclose(values(trace, back, "f′(z)"), [[0.196612], [0.235004]], **near)
    np.testing.assert_allclose(values(trace, back, "δ"), [[-0.248490], [0.594024]], **near)
    gradient = values(trace, "Gradient, layer 1", "∂L/∂W")
    np.testing.assert_allclose(gradient, np.outer([-0.248490, 0.594024], [1.0, -1.0, 1.0]), **near)
    np.testing.assert_allclose(values(trace, "Gradient, layer 1", "ΔL/ΔW"), gradient, **near)


def test_every_number_says_what_it_is_made_of() -> None:
    trace = trace_of(network_by_hand())
    z = matrix_of(trace, "Forward, layer 1", "z")
    assert z.explain(1, 0) == (
        "z₂ = w₂₁·x₁ + w₂₂·x₂ + b₂\n= 1.0000·1.0000 + 1.0000·(−1.0000) + 0.5000\n= 0.5000\nWeighted sum of a unit's inputs."
    )
    first = z.explain(0, 0).splitlines()
    assert first[1] == "= 0.5000·1.0000 − 0.5000·(−1.0000) + 0"
    back = "Backward, layer 1"
    assert (
        matrix_of(trace, back, "∂L/∂h")
        .explain(1, 0)
        .startswith("∂L/∂h₂ = w⁽²⁾₁₂·δ⁽²⁾\n= −2.0000·(−1.2639)\n= 2.5277\n")
    )
    assert matrix_of(trace, back, "δ").explain(1, 0).startswith("δ₂ = ∂L/∂h₂·f′(z₂)\n= 2.5277·0.2350\n= 0.5940\n")
    gradient = matrix_of(trace, "Gradient, layer 1", "∂L/∂W")
    assert gradient.explain(0, 1).startswith("∂L/∂w₁₂ = δ₁·x₂\n= −0.2485·(−1.0000)\n= 0.2485\n")
    assert gradient.explain(0, 2).startswith("∂L/∂b₁ = δ₁\n= −0.2485\n")
    assert matrix_of(trace, "Forward, layer 1", "h").explain(0, 0).startswith("h₁ = f(z₁)\n= f(1.0000)\n= 0.7311\n")


def test_the_update_is_that_of_the_last_step() -> None:
    session = network_by_hand()
    before = trace_of(session)
    update = step_of(before, "Update, layer 1")
    assert "No step has been taken yet" in update.note
    assert np.isnan(values(before, "Update, layer 1", "ΔW")).all()
    assert matrix_of(before, "Update, layer 1", "ΔW").explain(0, 0).startswith("Δw₁₁ = –\n")
    mean = values(before, "Gradient, layer 1", "∂L/∂W")  # all examples are alike
    session.step()
    after = trace_of(session)
    np.testing.assert_allclose(values(after, "Update, layer 1", "g"), mean)
    np.testing.assert_allclose(values(after, "Update, layer 1", "ΔW"), -0.03 * mean)
    np.testing.assert_allclose(values(after, "Update, layer 1", "W")[0], np.array([0.5, -0.5, 0.0]) - 0.03 * mean[0])
    told = matrix_of(after, "Update, layer 1", "ΔW").explain(0, 0)
    assert told.startswith("Δw₁₁ = −ε·g₁₁\n= −0.0300·(−0.2485)\n= 0.0075\n")
    session.apply(with_value(session.config, "training.optimizer", Adam()))
    session.step()
    assert "ε" not in matrix_of(trace_of(session), "Update, layer 1", "ΔW").explain(0, 0)


@pytest.mark.parametrize("loss", [SquaredError(), SquaredError(half=False), BinaryCrossEntropy(), CrossEntropy()])
def test_three_output_units_and_one_form_of_the_gradient(loss: Loss) -> None:
    output = {SquaredError: Linear(), BinaryCrossEntropy: Sigmoid(), CrossEntropy: Softmax()}[type(loss)]
    config = Config(network=NetworkConfig(output=output), training=TrainingConfig(loss=loss))
    trace = trace_of(Session(config))
    title = "Backward, output layer"
    twice = 2.0 if loss == SquaredError(half=False) else 1.0
    assert step_of(trace, title).formula.startswith("δ = 2(ŷ − y)" if twice == 2.0 else "δ = ŷ − y")
    delta = values(trace, title, "δ")
    np.testing.assert_allclose(delta, twice * (values(trace, title, "ŷ") - values(trace, title, "y")))
    h = values(trace, "Gradient, output layer", "h⁽²⁾ᵀ")
    np.testing.assert_allclose(values(trace, "Gradient, output layer", "∂L/∂W"), delta @ h)


def pairs() -> list[tuple[Loss, Activation]]:
    outputs = (Linear(), Sigmoid(), Tanh(), Softmax())
    return [(cls(), output) for cls in LOSSES.values() for output in outputs if not cls().refusal(output)]


@pytest.mark.parametrize(("loss", "output"), pairs(), ids=lambda value: value.label)
def test_the_formula_and_the_parts_hold_for_every_pair(loss: Loss, output: Activation) -> None:
    config = Config(network=NetworkConfig(output=output), training=TrainingConfig(loss=loss))
    trace = trace_of(Session(config))
    parts = next(matrix for matrix in trace.steps[3].matrices if matrix.name == "L")
    assert parts.values.sum() == pytest.approx(trace.loss)
    title = "Backward, output layer"
    y, h, delta = (values(trace, title, name) for name in ("y", "ŷ", "δ"))
    match step_of(trace, title).formula.partition(" = ∂")[0]:
        case "δ = ŷ − y":
            expected = h - y
        case "δ = 2(ŷ − y)":
            expected = 2.0 * (h - y)
        case "δ = y ⊙ (ŷ − 1)":
            expected = y * (h - 1.0)
        case "δ":
            expected = values(trace, title, "∂L/∂ŷ") * values(trace, title, "f′(z)")
        case _:
            upstream = values(trace, title, "∂L/∂ŷ")
            expected = h * (upstream - (h * upstream).sum())
    np.testing.assert_allclose(delta, expected, atol=1e-12)
    assert trace.error < 1e-7


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(
    "norm", [NoNormalization(), BatchNorm(), BatchNorm(after=True), LayerNorm(), LayerNorm(after=True)], ids=repr
)
def test_backpropagation_agrees_with_finite_differences(name: str, norm: Normalization) -> None:
    layer = Layer(4, ACTIVATIONS[name](), norm)
    session = Session(with_value(Config(), "network.hidden", (layer, Layer(3, ACTIVATIONS[name](), norm))))
    session.step(3)
    trace = trace_of(session)
    assert trace.error < 1e-6
    assert trace.checked > 0
    answer = session.network.predict(session._problem.train.X[:1])
    np.testing.assert_allclose(values(trace, "Forward, output layer", "ŷ"), answer.T)


def test_without_normalization_it_is_what_training_computes() -> None:
    session = Session(with_value(Config(), "network.hidden", (Layer(3, CReLU()), Layer(2, Tanh()))))
    trace, problem = trace_of(session), session._problem
    network = Network(2, [Dense(3, CReLU()), Dense(2, Tanh()), Dense(1, Sigmoid())])
    network.parameters[...] = session.network.parameters
    rules = session.config.training
    trainer = Trainer(network, problem.loss, rules.optimizer, rules.regularizer, 0.0)
    for function, arguments in trainer.gradient(problem.train.X[:1].T, problem.train.targets[:1].T):
        function(*arguments)
    for title, gradient in zip(("layer 1", "layer 2", "output layer"), network.weight_gradients, strict=True):
        np.testing.assert_allclose(values(trace, f"Gradient, {title}", "∂L/∂W"), gradient)


def test_a_normalised_unit_in_words() -> None:
    session = Session(with_value(Config(), "network.hidden", (Layer(2, Tanh(), BatchNorm()),)))
    session.train(2)
    trace = trace_of(session)
    title = "Forward, layer 1: normalise"
    z = matrix_of(trace, title, "z")
    assert z.explain(1, 0).startswith("z₂ = γ₂·(s₂ − μ₂)/σ₂ + β₂\n")
    s, mean, deviation, gain, shift = (values(trace, title, name) for name in ("s", "μ", "σ", "γ", "β"))
    np.testing.assert_allclose(z.values, gain * (s - mean) / deviation + shift)
    back = "Backward, layer 1"
    passed = values(trace, back, "δ") * gain / deviation
    np.testing.assert_allclose(values(trace, back, "∂L/∂s"), passed)
    assert "running statistics" in trace.note


def test_a_step_has_no_slope() -> None:
    trace = trace_of(Session(with_value(Config(), "network.hidden", (Layer(3, Step()),))))
    assert not values(trace, "Backward, layer 1", "f′(z)").any()
    assert not values(trace, "Gradient, layer 1", "∂L/∂W").any()
    assert not values(trace, "Gradient, layer 1", "ΔL/ΔW").any()
    assert values(trace, "Gradient, output layer", "∂L/∂W").any()


def test_a_large_network_is_checked_in_part() -> None:
    trace = trace_of(Session(with_value(Config(), "network.hidden", (Layer(32),) * 3)))
    assert trace.checked == 64
    assert trace.error < 1e-7
    for title in ("layer 1", "layer 2", "layer 3", "output layer"):
        assert np.isfinite(values(trace, f"Gradient, {title}", "ΔL/ΔW")).sum() == 16


def test_the_example_is_the_display_s_or_the_last() -> None:
    session = Session(with_value(Config(), "display.example", 17))
    trace = trace_of(session)
    np.testing.assert_array_equal(values(trace, "Forward, layer 1", "x").ravel(), session._problem.train.X[17])
    session.apply(with_value(session.config, "display.example", 999_999))
    assert trace_of(session).example == trace.examples - 1 == 249


def test_the_penalty_is_told_apart() -> None:
    session = Session(with_value(Config(), "training.regularizer", L2(0.1)))
    trace = trace_of(session)
    squares = sum(float(np.square(weights[:, :-1]).sum()) for weights in session.network.weights)
    assert values(trace, "Loss: binary cross-entropy", "penalty").item() == pytest.approx(0.1 * squares)
    assert trace.loss == pytest.approx(values(trace, "Loss: binary cross-entropy", "L").item())


def test_which_layer_is_at_work() -> None:
    lit = [(step.edges, step.column) for step in trace_of(network_by_hand()).steps]
    assert lit == [(0, 1), (1, 2), (None, 2), (None, 2), (1, 2), (1, 1), (0, 1), (0, 1), (1, 2)]


@pytest.mark.parametrize(
    "change",
    [
        ("training.noise", Noise(hidden_dropout=0.2)),
        ("network.hidden", (Layer(4, Tanh(), BatchNorm()), Layer(3, ACTIVATIONS["rrelu"]()))),
        ("network.precision", "float32"),
        ("ensemble", EnsembleConfig(members=3)),
    ],
)
def test_looking_changes_nothing(change: tuple[str, Any]) -> None:
    config = with_value(with_value(Config(), *change), "display.member", (change[0] == "ensemble" and 1) or 0)
    alone, watched = Session(config), Session(config)
    for _ in range(30):
        alone.step()
        watched.step()
        trace_of(watched)
    for name, array in alone.state().arrays.items():
        np.testing.assert_array_equal(array, watched.state().arrays[name])


def test_of_several_members_the_one_shown() -> None:
    config = Config(ensemble=EnsembleConfig(members=3))
    session = Session(with_value(config, "display.member", 2))
    session.step()
    trace = trace_of(session)
    np.testing.assert_array_equal(values(trace, "Forward, layer 1", "W"), session.network.weights[0][2])
    np.testing.assert_allclose(values(trace, "Update, layer 1", "g"), session.network.weight_gradients[0][2])
    np.testing.assert_allclose(
        values(trace, "Update, layer 1", "ΔW"), -0.03 * session.network.weight_gradients[0][2], atol=1e-12
    )


def test_every_array_is_read_only() -> None:
    for step in trace_of(Session(Config())).steps:
        assert step.latex
        assert not any(matrix.values.flags.writeable for matrix in step.matrices)
