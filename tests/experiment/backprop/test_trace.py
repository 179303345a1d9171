"""The walk of one example: the lectures' numbers, a small network by hand, the network's own passes; and it leaves no trace."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest

from playground.data.dataset import Dataset
from playground.experiment.backprop.matrix import Matrix, brief
from playground.experiment.backprop.trace import BackpropTrace, TraceStep
from playground.experiment.config import Config, DataConfig, EnsembleConfig, Layer, NetworkConfig, TrainingConfig
from playground.experiment.run.session import Session
from playground.nn.activations import ACTIVATIONS, Activation, CReLU, Linear, Sigmoid, Softmax, Step, Tanh
from playground.nn.activations.gated import Swish
from playground.nn.activations.piecewise import PReLU
from playground.nn.clipping import ClipByNorm
from playground.nn.layer_arrays import Dense
from playground.nn.losses import LOSSES, BinaryCrossEntropy, CrossEntropy, Loss, SquaredError
from playground.nn.network import Network
from playground.nn.noise import Noise
from playground.nn.normalizations import NORMALIZATIONS, BatchNorm, LayerNorm, NoNormalization, Normalization
from playground.nn.optimizers import OPTIMIZERS, Momentum, RMSprop
from playground.nn.optimizers.adam import Adam
from playground.nn.optimizers.optimizer import Optimizer, SearchingOptimizer
from playground.nn.regularizers import L2, REGULARIZERS
from playground.nn.training import Trainer
from playground.options import with_text, with_value
from tests.frames import look_at

NORMAL = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
STEPPING = [name for name, cls in OPTIMIZERS.items() if not issubclass(cls, SearchingOptimizer)]


def trace_of(session: Session) -> BackpropTrace:
    trace = session.frame(frozenset({BackpropTrace})).look(BackpropTrace)
    assert trace is not None
    return trace


def step_of(trace: BackpropTrace, title: str) -> TraceStep:
    return next(step for step in trace.steps if step.title == title)


def matrix_of(trace: BackpropTrace, title: str, name: str) -> Matrix:
    return next(matrix for matrix in step_of(trace, title).matrices if matrix.title == name)


def values(trace: BackpropTrace, title: str, name: str) -> Any:
    return matrix_of(trace, title, name).values


def evaluated(text: str, nudge: float = 0.0) -> float:
    """What is written, worked out; rounded numbers may be nudged by a share of themselves, each in another direction."""
    text = re.sub(r"log (\S+?)(?=[ )]|$)", r"log(\1)", text.replace("−", "-").replace("½", "0.5"))
    text = re.sub(r"\|(.*?)\|", r"abs(\1)", text)
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: "**" + found.group().translate(NORMAL), text)
    text = re.sub(r"√([\d.e-]+)", r"sqrt(\1)", text).replace("√(", "sqrt(").replace("·", "*").replace("^", "**")
    turn = itertools.cycle((1.0, -1.0, -1.0, 1.0, -1.0))

    def nudged(found: re.Match[str]) -> str:
        rounded = len(found.group().partition("e")[0].replace(".", "").lstrip("0")) >= 4
        return repr(float(found.group()) * (1.0 + nudge * next(turn) * rounded))

    text = re.sub(r"(?<![\w.])\d[\d.]*(?:e-?\d+)?", nudged, text)
    names = {"sqrt": np.sqrt, "log": np.log, "exp": np.exp, "sign": np.sign, "max": max, "abs": abs}
    with np.errstate(all="ignore"):
        return float(eval(text, {"__builtins__": {}}, names))


def read(number: str) -> float:
    return float(number.replace("−", "-").replace("–", "nan"))


def explained(matrix: Matrix) -> list[str]:
    """What its numbers are said to be made of, once every sum that is written out has been worked out and found right."""
    texts = []
    for row, column in np.ndindex(matrix.values.shape):
        text = matrix.explain(row, column)
        texts.append(text)
        lines = text.splitlines()
        sums = [(lines[1][2:], lines[2][2:])] if len(lines) > 2 and lines[2].startswith("= ") else []
        sums += [
            (line.split(" = ")[-2], line.split(" = ")[-1]) for line in lines if line.count(" = ") > 2 - (line[1] == "←")
        ]
        for numbers, value in sums:
            if "f(" in numbers or "…" in numbers:
                continue
            found = [evaluated(numbers, nudge) for nudge in (0.0, 5e-4, -5e-4)]
            slack = 8.0 * (max(found) - min(found)) + 1e-3 * abs(read(value)) + 1e-12
            assert abs(found[0] - read(value)) <= slack, text
    return texts


def one_unit(loss: Loss, w: float, b: float) -> Session:
    """Lesson 4: one sigmoid unit, whose input is always 1; the first training example has target 0."""
    data = Dataset(np.ones((8, 1)), np.array([0.0, 1.0] * 4), ("x",), ("no", "yes"), "y", "by hand")
    rules = TrainingConfig(loss=loss, learning_rate=0.15, batch_size=1)
    config = Config(DataConfig(standardise=False), NetworkConfig(hidden=(), output=Sigmoid()), rules)
    session = Session(config, data)
    first = int(np.argmin(session._run.setup.problem.train.targets[:, 0]))
    look_at(session, example=first)
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


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.05, "0.0500"), (-12345.6, "−1.2e4"), (-2.7e-11, "−3e−11"), (2.7e-11, "2.7e−11"), (0.0, "0"), (-np.inf, "−∞")],
)
def test_a_number_has_room_in_its_cell(value: float, text: str) -> None:
    assert brief(value) == text
    assert len(text) <= 7


def test_badly_wrong_learns_slowly() -> None:
    trace = trace_of(one_unit(SquaredError(), 0.6, 0.9))
    assert values(trace, "Forward, output", "z").item() == 1.5
    assert values(trace, "Forward, output", "ŷ").item() == pytest.approx(0.8176, abs=5e-5)
    assert values(trace, "Loss: squared error", "L").item() == pytest.approx(0.5 * 0.81757448**2)
    back = "Backward, output"
    assert values(trace, back, "∂L/∂ŷ").item() == pytest.approx(0.8176, abs=5e-5)
    assert values(trace, back, "f′(z)").item() == pytest.approx(0.8176 * 0.1824, abs=5e-5)
    assert values(trace, back, "δ").item() == pytest.approx(0.1219, abs=5e-5)
    np.testing.assert_allclose(values(trace, "Gradient, output", "∂L/∂W"), [[0.121942, 0.121942]], atol=1e-5)
    assert step_of(trace, back).formula == "δ = ∂L/∂ŷ ⊙ f′(z)"
    assert "Not a matched pair" in step_of(trace, back).note
    worse = trace_of(one_unit(SquaredError(), 2.0, 2.0))
    assert values(worse, "Forward, output", "ŷ").item() == pytest.approx(0.9820, abs=5e-5)
    assert values(worse, back, "δ").item() == pytest.approx(0.0173, abs=5e-5)


def test_cross_entropy_cancels_the_slope() -> None:
    trace = trace_of(one_unit(BinaryCrossEntropy(), 2.0, 2.0))
    back = "Backward, output"
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
    first, last = "Forward, layer 1", "Forward, output"
    np.testing.assert_array_equal(values(trace, first, "x"), [[1.0], [-1.0], [1.0]])
    np.testing.assert_array_equal(values(trace, first, "z"), [[1.0], [0.5]])
    np.testing.assert_allclose(values(trace, first, "h"), [[0.731059], [0.622459]], **near)
    np.testing.assert_allclose(values(trace, last, "h⁽¹⁾"), [[0.731059], [0.622459], [1.0]], **near)
    np.testing.assert_allclose(values(trace, last, "ŷ"), [[-0.263860]], **near)
    assert trace.loss == pytest.approx(0.5 * 1.263860**2, abs=1e-5)
    np.testing.assert_allclose(values(trace, "Backward, output", "δ"), [[-1.263860]], **near)
    gradient = values(trace, "Gradient, output", "∂L/∂W")
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
    mean = values(trace_of(session), "Gradient, layer 1", "∂L/∂W")  # all examples are alike
    session.step()
    after = trace_of(session)
    title = "Update, layer 1"
    assert "last mini-batch of 4" in step_of(after, title).note
    np.testing.assert_allclose(values(after, title, "g"), mean)
    np.testing.assert_allclose(values(after, title, "ΔW"), -0.03 * mean)
    np.testing.assert_allclose(values(after, title, "W")[0], np.array([0.5, -0.5, 0.0]) - 0.03 * mean[0])
    told = matrix_of(after, title, "ΔW").explain(0, 0)
    assert told.startswith("Δw₁₁ = −ε g\n= −0.03·(−0.2485)\n= 0.007455\n")
    told = matrix_of(after, title, "W").explain(0, 0)
    assert told.startswith("w₁₁ = w + Δw\n= 0.5000 + 0.007455\n= 0.5075\n")


@pytest.mark.parametrize("optimizer", STEPPING)
def test_before_a_step_is_known_it_is_the_one_that_the_example_would_make(optimizer: str) -> None:
    session = network_by_hand()
    rules = {"optimizer": optimizer, "regularizer": "elastic_net", "clipping": "by_norm", "schedule": "exponential"}
    for path, value in rules.items():
        session.apply(with_text(session.config, f"training.{path}", value))
    for steps in (0, 3):  # all examples are alike, so that each of them is the mean of a mini-batch
        session.step(steps)
        session.apply(with_value(session.config, "training.learning_rate", 0.05 + 0.01 * steps))
        trace = trace_of(session)
        assert "if this example were the whole mini-batch" in step_of(trace, "Update, layer 1").note
        before = session.network.parameters.copy()
        after = [values(trace, f"Update, {name}", "W") for name in ("layer 1", "output")]
        moved = [values(trace, f"Update, {name}", "ΔW") for name in ("layer 1", "output")]
        session.step()
        flat = np.concatenate([each.ravel() for each in moved])
        np.testing.assert_allclose(flat, (session.network.parameters - before)[0], rtol=1e-9, atol=1e-15)
        for weights, own in zip(after, session.network.weights, strict=True):
            np.testing.assert_allclose(weights, own, rtol=1e-12)


@pytest.mark.parametrize("regularizer", REGULARIZERS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_s_step_can_be_worked_out_by_hand(optimizer: str, regularizer: str) -> None:
    config = with_value(Config(), "network.hidden", (Layer(3, PReLU(), LayerNorm()),))
    stepping = optimizer in STEPPING
    config = with_value(config, "training.batch_size", 10 if stepping else 1000)
    for path, value in (("optimizer", optimizer), ("regularizer", regularizer)):
        config = with_text(config, f"training.{path}", value)
    session = Session(with_text(config, "training.clipping", "by_norm" if regularizer == "l2" else "none"))
    session.step(4 if stepping else 1)
    before = session.network.parameters.copy()
    stages_before = [[one.copy() for one in stage] for stage in session.network.stage_parameters[0]]
    weights_before = [weights.copy() for weights in session.network.weights]
    session.step()
    assert (session.network.parameters != before).any()
    trace = trace_of(session)
    for index, name in enumerate(("layer 1", "output")):
        own, title = session.network.weights[index], f"Update, {name}"
        np.testing.assert_array_equal(values(trace, title, "W"), own)
        np.testing.assert_allclose(values(trace, title, "ΔW"), own - weights_before[index], atol=1e-15)
        if regularizer == "l2":
            mean, penalty = values(trace, title, "⟨∂L/∂W⟩")[:, :-1], 0.002 * weights_before[index][:, :-1]
            np.testing.assert_allclose(values(trace, title, "∂J/∂W")[:, :-1], mean + penalty, atol=1e-15)
    (gain, shift), (slope,) = session.network.stage_parameters[0]
    for symbol, now, then in zip("γβa", (gain, shift, slope), [*stages_before[0], *stages_before[1]], strict=True):
        np.testing.assert_array_equal(values(trace, f"Update, layer 1: {symbol}", symbol), now)
        np.testing.assert_allclose(values(trace, f"Update, layer 1: {symbol}", f"Δ{symbol}"), now - then, atol=1e-15)
    for step in trace.steps:
        if step.kind == "update":
            assert step.formula == OPTIMIZERS[optimizer].formula
            told = [text for matrix in step.matrices if matrix.name[0] == "Δ" for text in explained(matrix)]
            assert all(("\n= " in text) == stepping for text in told)
            assert stepping or all(OPTIMIZERS[optimizer].because in text for text in told)


@pytest.mark.parametrize(
    "choice", [Momentum(nesterov=True), RMSprop(momentum=0.5, centred=True), RMSprop(centred=True)]
)
def test_what_its_knobs_change_is_worked_out_too(choice: Optimizer) -> None:
    session = Session(with_value(Config(), "training.optimizer", choice))
    session.step(7)
    for step in trace_of(session).steps[-3:]:
        for matrix in step.matrices[1:]:
            assert all("\n= " in text for text in explained(matrix))


def test_adam_by_hand() -> None:
    session = network_by_hand()
    session.apply(with_value(session.config, "training.optimizer", Adam()))
    session.step(2)
    trace, title = trace_of(session), "Update, layer 1"
    g = values(trace, title, "g")[0, 0]
    told = matrix_of(trace, title, "ΔW").explain(0, 0).splitlines()
    assert told[0] == "Δw₁₁ = −ε m̂ / (√v̂ + ε₀)"
    assert told[3].startswith("m̂ = m / (1 − β₁ᵗ) = ")
    assert "(1 − 0.9²)" in told[3]
    assert told[4].startswith("v̂ = v / (1 − β₂ᵗ) = ")
    assert told[5].startswith("effective rate ε / (√v̂ + ε₀) = ")
    mean, square = (session.state().arrays[f"optimizer.{slot}"][0, 0] for slot in ("mean", "square"))
    assert values(trace, title, "m")[0, 0] == mean
    assert values(trace, title, "v")[0, 0] == square
    assert matrix_of(trace, title, "m").explain(0, 0).startswith("m₁₁ = β₁ m + (1 − β₁) g\n= 0.9·(")
    step = -0.03 * (mean / (1.0 - 0.9**2)) / (np.sqrt(square / (1.0 - 0.999**2)) + 1e-8)
    assert values(trace, title, "ΔW")[0, 0] == pytest.approx(step)
    assert g == session.network.weight_gradients[0][0, 0]


def test_the_last_mini_batch_of_an_epoch_may_be_smaller_and_a_schedule_lower() -> None:
    config = with_text(with_value(Config(), "training.batch_size", 60), "training.schedule", "exponential")
    session = Session(with_text(config, "training.optimizer", "adam"))
    session.train(2)
    trace = trace_of(session)
    assert "last mini-batch of 10," in step_of(trace, "Update, layer 1").note  # 250 = 4 · 60 + 10
    for text in explained(matrix_of(trace, "Update, layer 1", "ΔW")):
        assert "what was done since" not in text


def test_a_rate_lowered_after_the_step_is_not_the_step_s() -> None:
    config = with_text(with_text(Config(), "training.schedule", "plateau"), "training.optimizer", "adam")
    config = with_value(with_value(config, "training.schedule.patience", 1), "training.learning_rate", 1.0)
    session = Session(with_value(config, "data.validation_share", 0.2))
    rates = set()
    for _ in range(20):  # at the end of some of these epochs the rate drops
        session.train(1)
        step = matrix_of(trace_of(session), "Update, layer 1", "ΔW")
        assert not any("what was done since" in text for text in explained(step))
        rates.add(step.explain(0, 0).splitlines()[1].partition("·")[0])
    assert len(rates) > 1


def test_what_was_done_by_hand_after_a_step_is_told_apart() -> None:
    session = Session(Config())
    session.step(3)
    session.set_weight(0, 1, 0, 0.75)
    step = matrix_of(trace_of(session), "Update, layer 1", "ΔW")
    assert "what was done since" in step.explain(1, 0)
    assert "what was done since" not in step.explain(1, 1)
    explained(step)


def test_a_penalty_and_clipping_stand_between_the_mean_and_the_step() -> None:
    config = with_value(with_value(Config(), "training.regularizer", L2(0.1)), "training.clipping", ClipByNorm(0.05))
    session = Session(config)
    session.step(2)
    weights = session.network.weights[0].copy()
    session.step()
    trace, title = trace_of(session), "Update, layer 1"
    mean, total, g = (values(trace, title, name) for name in ("⟨∂L/∂W⟩", "∂J/∂W", "g"))
    np.testing.assert_array_equal(mean, session.network.weight_gradients[0])
    np.testing.assert_allclose(total[:, :-1], mean[:, :-1] + 0.2 * weights[:, :-1])
    np.testing.assert_array_equal(total[:, -1], mean[:, -1])
    np.testing.assert_allclose(values(trace, title, "ΔW"), -0.03 * g)
    assert np.abs(g).max() < np.abs(total).max()
    for matrix in step_of(trace, title).matrices[1:-1]:
        explained(matrix)


def test_what_stages_train_by_hand() -> None:
    session = network_by_hand()
    session.apply(with_value(session.config, "network.hidden", (Layer(2, PReLU(), LayerNorm()),)))
    session.network.weights[0][...] = [[0.5, -0.5, 0.0], [1.0, 1.0, -1.0]]  # sums 1 and −1: n = 1 and −1
    session.network.weights[1][...] = [[1.0, -2.0, 0.25]]
    trace = trace_of(session)
    near = {"atol": 1e-4, "rtol": 0.0}  # ε₀ of the norm
    np.testing.assert_allclose(values(trace, "Forward, layer 1: normalise", "a"), [[0.25], [0.25]])
    np.testing.assert_allclose(values(trace, "Forward, layer 1: normalise", "h"), [[1.0], [-0.25]], **near)
    error = 1.0 + 0.5 + 0.25 - 1.0  # ŷ − y
    title = "Gradient, layer 1: a"
    np.testing.assert_allclose(values(trace, title, "∂L/∂h"), [[error], [-2.0 * error]], **near)
    np.testing.assert_allclose(values(trace, title, "∂h/∂a"), [[0.0], [-1.0]], **near)
    np.testing.assert_allclose(values(trace, title, "∂L/∂a"), [[0.0], [2.0 * error]], **near)
    np.testing.assert_allclose(values(trace, title, "ΔL/Δa"), values(trace, title, "∂L/∂a"), atol=1e-8)
    title = "Gradient, layer 1: γ, β"
    np.testing.assert_allclose(values(trace, title, "δ"), [[error], [-0.5 * error]], **near)
    np.testing.assert_allclose(values(trace, title, "∂L/∂γ"), [[error], [0.5 * error]], **near)
    np.testing.assert_allclose(values(trace, title, "∂L/∂β"), [[error], [-0.5 * error]], **near)
    np.testing.assert_allclose(values(trace, title, "ΔL/Δγ"), values(trace, title, "∂L/∂γ"), atol=1e-8)
    told = matrix_of(trace, title, "∂L/∂γ").explain(1, 0)
    assert told.startswith("∂L/∂γ₂ = δ₂·n₂\n= −0.3750·(−1.0000)\n= 0.3750\n")
    assert matrix_of(trace, title, "n").explain(1, 0).startswith("n₂ = (s₂ − μ)/σ\n= (−1.0000 − 0)/1.0000\n")
    assert trace.checked == session.network.parameters.size
    kinds = [step.title for step in trace.steps if step.kind == "update"]
    assert kinds == ["Update, layer 1"] + [f"Update, layer 1: {name}" for name in "γβa"] + ["Update, output"]


@pytest.mark.parametrize("cls", [*ACTIVATIONS.values(), *NORMALIZATIONS.values(), lambda: Swish(trained=True)])
def test_all_that_a_stage_trains_has_a_name(cls: Any) -> None:
    stage = cls()
    assert len(stage.parameters(3)) in (0, len(stage.symbols))


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_what_stages_train_is_what_training_computes(shared: bool, after: bool) -> None:
    layers = (
        Layer(4, PReLU(shared=shared), LayerNorm(after=after)),
        Layer(3, Swish(trained=True), LayerNorm(after=after)),
    )
    session = Session(with_value(Config(), "network.hidden", layers))
    session.step(5)
    trace, problem, rules = trace_of(session), session._run.setup.problem, session.config.training
    network = Network(2, session.network.layers)
    network.parameters[...] = session.network.parameters
    trainer = Trainer(network, problem.loss, rules.optimizer, rules.regularizer, 0.0)
    for function, arguments in trainer.gradient(problem.train.X[:1].T, problem.train.targets[:1].T):
        function(*arguments)
    for index, symbols in enumerate((["γ", "β", "aᶠ" if after else "a"], ["γ", "β", "βᶠ"])):
        found = {
            m.name: m for step in trace.steps if f"Gradient, layer {index + 1}:" in step.title for m in step.matrices
        }
        parts = network.stage_gradients[index]
        norm, (curve,) = (parts[1], parts[0]) if after else (parts[0], parts[1])
        for symbol, gradient in zip(symbols, (*norm, curve), strict=True):
            np.testing.assert_allclose(found[f"∂L/∂{symbol}"].values, gradient, atol=1e-12)
            explained(found[f"∂L/∂{symbol}"])


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(
    "norm", [NoNormalization(), BatchNorm(), BatchNorm(after=True), LayerNorm(after=True)], ids=repr
)
def test_every_number_written_out_is_right(name: str, norm: Normalization) -> None:
    session = Session(with_value(Config(), "network.hidden", (Layer(3, ACTIVATIONS[name](), norm),)))
    session.step(4)
    for step in trace_of(session).steps:
        for matrix in step.matrices:
            explained(matrix)


@pytest.mark.parametrize("loss", [SquaredError(), SquaredError(half=False), BinaryCrossEntropy(), CrossEntropy()])
def test_three_output_units_and_one_form_of_the_gradient(loss: Loss) -> None:
    output = {SquaredError: Linear(), BinaryCrossEntropy: Sigmoid(), CrossEntropy: Softmax()}[type(loss)]
    config = Config(network=NetworkConfig(output=output), training=TrainingConfig(loss=loss))
    trace = trace_of(Session(config))
    title = "Backward, output"
    twice = 2.0 if loss == SquaredError(half=False) else 1.0
    assert step_of(trace, title).formula.startswith("δ = 2(ŷ − y)" if twice == 2.0 else "δ = ŷ − y")
    delta = values(trace, title, "δ")
    np.testing.assert_allclose(delta, twice * (values(trace, title, "ŷ") - values(trace, title, "y")))
    h = values(trace, "Gradient, output", "h⁽²⁾ᵀ")
    np.testing.assert_allclose(values(trace, "Gradient, output", "∂L/∂W"), delta @ h)


def test_the_slope_that_cancels_is_in_the_numbers() -> None:
    trace = trace_of(one_unit(BinaryCrossEntropy(), 2.0, 2.0))
    back = "Backward, output"
    assert matrix_of(trace, "Loss: binary cross-entropy", "L").explain(0, 0).splitlines()[:3] == [
        "L = −(y log ŷ + (1 − y) log(1 − ŷ))",
        "= −(0·log 0.9820 + (1 − 0)·log(1 − 0.9820))",
        "= 4.0181",
    ]
    assert (
        matrix_of(trace, back, "∂L/∂ŷ")
        .explain(0, 0)
        .startswith("∂L/∂ŷ = (ŷ − y) / (ŷ (1 − ŷ))\n= (0.9820 − 0) / (0.9820·(1 − 0.9820))\n= 55.5982\n")
    )
    assert (
        matrix_of(trace, back, "f′(z)")
        .explain(0, 0)
        .startswith("f′(z) = ŷ (1 − ŷ)\n= 0.9820·(1 − 0.9820)\n= 0.01766\n")
    )
    against = trace_of(one_unit(SquaredError(), 2.0, 2.0))
    assert matrix_of(against, back, "δ").explain(0, 0).startswith("δ = ∂L/∂ŷ·f′(z)\n= 0.9820·0.01766\n= 0.01735\n")
    assert matrix_of(against, back, "∂L/∂ŷ").explain(0, 0).startswith("∂L/∂ŷ = ŷ − y\n= 0.9820 − 0\n")


def test_softmax_is_a_share() -> None:
    config = Config(network=NetworkConfig(hidden=(), output=Softmax()), training=TrainingConfig(loss=CrossEntropy()))
    trace = trace_of(Session(config))
    told = matrix_of(trace, "Forward, output", "ŷ").explain(1, 0)
    assert told.startswith("ŷ₂ = exp(z₂) / (exp(z₁) + exp(z₂))\n= exp(")


def pairs() -> list[tuple[Loss, Activation]]:
    outputs = (Linear(), Sigmoid(), Tanh(), Softmax())
    return [(cls(), output) for cls in LOSSES.values() for output in outputs if not cls().refusal(output)]


@pytest.mark.parametrize(("loss", "output"), pairs(), ids=lambda value: value.label)
def test_the_formula_and_the_parts_hold_for_every_pair(loss: Loss, output: Activation) -> None:
    config = Config(network=NetworkConfig(output=output), training=TrainingConfig(loss=loss))
    trace = trace_of(Session(config))
    parts = next(matrix for matrix in trace.steps[3].matrices if matrix.name == "L")
    assert parts.values.sum() == pytest.approx(trace.loss)
    title = "Backward, output"
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
    for step in trace.steps[2:5]:
        for matrix in step.matrices:
            explained(matrix)


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
    answer = session.network.predict(session._run.setup.problem.train.X[:1])
    np.testing.assert_allclose(values(trace, "Forward, output", "ŷ"), answer.T)


def test_without_normalization_it_is_what_training_computes() -> None:
    session = Session(with_value(Config(), "network.hidden", (Layer(3, CReLU()), Layer(2, Tanh()))))
    trace, problem = trace_of(session), session._run.setup.problem
    network = Network(2, [Dense(3, CReLU()), Dense(2, Tanh()), Dense(1, Sigmoid())])
    network.parameters[...] = session.network.parameters
    rules = session.config.training
    trainer = Trainer(network, problem.loss, rules.optimizer, rules.regularizer, 0.0)
    for function, arguments in trainer.gradient(problem.train.X[:1].T, problem.train.targets[:1].T):
        function(*arguments)
    for title, gradient in zip(("layer 1", "layer 2", "output"), network.weight_gradients, strict=True):
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
    assert "running averages" in trace.note


def test_a_step_has_no_slope() -> None:
    trace = trace_of(Session(with_value(Config(), "network.hidden", (Layer(3, Step()),))))
    assert not values(trace, "Backward, layer 1", "f′(z)").any()
    assert not values(trace, "Gradient, layer 1", "∂L/∂W").any()
    assert not values(trace, "Gradient, layer 1", "ΔL/ΔW").any()
    assert values(trace, "Gradient, output", "∂L/∂W").any()


def test_a_large_network_is_checked_in_part() -> None:
    trace = trace_of(Session(with_value(Config(), "network.hidden", (Layer(32),) * 3)))
    assert trace.checked == 64
    assert trace.error < 1e-7
    for title in ("layer 1", "layer 2", "layer 3", "output"):
        assert np.isfinite(values(trace, f"Gradient, {title}", "ΔL/ΔW")).sum() == 16


def test_the_example_is_the_selected_one_or_the_last() -> None:
    session = look_at(Session(Config()), example=17)
    trace = trace_of(session)
    np.testing.assert_array_equal(
        values(trace, "Forward, layer 1", "x").ravel(), session._run.setup.problem.train.X[17]
    )
    look_at(session, example=999_999)
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
    config = with_value(Config(), *change)
    alone, watched = (look_at(Session(config), member=1) for _ in range(2))
    for _ in range(30):
        alone.step()
        watched.step()
        trace_of(watched)
    for name, array in alone.state().arrays.items():
        np.testing.assert_array_equal(array, watched.state().arrays[name])


def test_of_several_members_the_one_shown() -> None:
    config = Config(ensemble=EnsembleConfig(members=3))
    session = look_at(Session(config), member=2)
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
