"""Members: each is the run that it would be alone; in what they differ, and what they answer together.

Alone and together are not equal in the very last bits: one network goes through np.dot, many go through np.matmul, and
the two sum in another order. A penalty of the member's own rate is rounded in another order as well.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from playground.data.dataset import Dataset, Floats
from playground.data.generators import Blobs, Circle, Hills
from playground.data.split import folds
from playground.experiment.backprop.trace import BackpropTrace
from playground.experiment.config import Config, ConfigError, Layer
from playground.experiment.ensemble import ByBootstrap, ByFold, ByLearningRate, ByPenaltyRate, BySeed, Variation
from playground.experiment.looks.maps import Answers
from playground.experiment.problem import Problem
from playground.experiment.run.progress import Progress
from playground.experiment.run.session import Session
from playground.experiment.stopping import EarlyStopping
from playground.nn.activations import CReLU, Maxout, ReLU, Tanh
from playground.nn.noise import Noise
from playground.nn.normalizations import NORMALIZATIONS
from playground.nn.optimizers import LBFGS, Adam, Newton
from playground.nn.regularizers import L1, L2, ElasticNet, MaxNorm, Regularizer, WeightDecay
from playground.nn.schedules import Exponential, Plateau
from tests.configs import edited
from tests.frames import look_at

MEMBERS = 3


# 24 training examples: mini-batches of 5, 5, 5, 5 and 4.
BASE = edited(
    {
        "data.source": Circle(points=48, noise=0.2),
        "network.hidden": (Layer(4), Layer(3)),
        "training.batch_size": 5,
        "training.learning_rate": 0.1,
        "training.regularizer": L2(0.01),
    }
)


def many(vary: Variation, members: int = MEMBERS, values: dict[str, Any] | None = None) -> Config:
    return edited({**(values or {}), "ensemble.members": members, "ensemble.vary": vary}, BASE)


BATCH_NORM = next(cls() for name, cls in NORMALIZATIONS.items() if "batch" in name)
RULES: dict[str, dict[str, Any]] = {
    "plain": {},
    "dropout": {"training.noise": Noise(hidden_dropout=0.5)},
    "input noise": {"training.noise": Noise(input_noise=0.5, input_dropout=0.2)},
    "label noise": {"training.noise": Noise(label_noise=0.3, label_smoothing=0.1)},
    "weight noise": {"training.noise": Noise(weight_noise=0.1)},
    "hidden noise": {"training.noise": Noise(hidden_noise=0.3)},
    "batch norm": {"network.hidden": (Layer(4, Tanh(), BATCH_NORM), Layer(3, ReLU(), BATCH_NORM))},
    "Adam": {"training.optimizer": Adam()},
    "float32": {"network.precision": "float32"},
    "L-BFGS": {"training.optimizer": LBFGS(), "training.batch_size": 1000},
    "schedule": {"training.schedule": Exponential(0.9)},
    "early stopping": {"data.validation_share": 0.3, "training.stopping": EarlyStopping(2, 0.05)},
    "plateau": {"training.schedule": Plateau(1, 0.5)},
}
VARIATIONS: dict[str, Variation] = {
    "seed": BySeed(),
    "learning rate": ByLearningRate(0.1, 5.0),
    "penalty rate": ByPenaltyRate(0.1, 5.0),
    "bootstrap": ByBootstrap(),
    "fold": ByFold(),
}


def alone(config: Config, member: int) -> Progress:
    """The run of one member, without the others."""
    values: dict[str, Any] = {"ensemble.members": 1, "ensemble.vary": BySeed()}
    rules = config.training
    match config.ensemble.vary:
        case BySeed():
            values["network.seed"] = config.network.seed + member
        case ByLearningRate() as vary:
            values["training.learning_rate"] = float(vary.rates(MEMBERS, rules.learning_rate)[member])
        case ByPenaltyRate() as vary:
            assert isinstance(rules.regularizer, L2)
            values["training.regularizer"] = L2(float(vary.rates(MEMBERS, rules.regularizer.rate)[member]))
        case _:  # no config says so: the problem of all with only this member
            problem = Problem(config, Session(config).dataset)
            problem.members = problem.members[member : member + 1]
            for name in ("train", "validation"):
                problem.parts[name] = problem.parts[name][member : member + 1] or problem.parts[name][:1]
            return Progress(config, problem)
    return Session(edited(values, config))._run.progress


def check_alike(together: Floats, own: Floats, tolerance: float = 1e-12) -> None:
    """Equal but for the order of sums; of many steps the roundings grow."""
    assert together.dtype == own.dtype
    largest = np.abs(own).max(initial=0.0)
    assert np.abs(together - own).max(initial=0.0) <= tolerance * largest


def run(progress: Progress, epochs: int, cut: int) -> None:
    """Train for so many epochs, `cut` steps a call, and into the next, unless nothing trains any more."""
    with np.errstate(all="ignore"):
        while not progress.all_frozen and progress.epoch < epochs:
            progress.train(min(cut, progress.steps_per_epoch - progress.batch))
        if not progress.all_frozen:
            progress.train(min(2, progress.steps_per_epoch))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("vary", VARIATIONS)
def test_each_member_is_the_run_it_would_be_alone(vary: str, rules: str) -> None:
    config = many(VARIATIONS[vary], values=RULES[rules])
    progress = Session(config)._run.progress
    run(progress, 6, cut=5)
    together = progress.checkpoint()
    drawn = set()
    tolerance = {"float32": 1e-4, "L-BFGS": 1e-6}.get(rules, 1e-12)
    for member in range(MEMBERS):
        one = alone(config, member)
        run(one, 6, cut=2)
        own = one.checkpoint()
        for name in ("parameters", "statistics", *(name for name in own.arrays if name.startswith("optimizer."))):
            check_alike(together.arrays[name][member], own.arrays[name][0], tolerance)
        if not one.all_frozen:
            if rules != "L-BFGS":  # beside a penalty it leaves the gradient where the longest search ended
                check_alike(together.arrays["gradients"][member], own.arrays["gradients"][0], 100 * tolerance)
            assert together.plain["chances"][member] == own.plain["chances"][0]
            shared = len(together.arrays["order"]) == 1
            assert_array_equal(together.arrays["order"][0 if shared else member], own.arrays["order"][0])
        drawn.add(own.arrays["parameters"].tobytes())
    assert len(drawn) == MEMBERS


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("vary", VARIATIONS)
def test_cuts_and_looks_change_no_bit_of_any_member(vary: str, rules: str) -> None:
    config = many(VARIATIONS[vary], values=RULES[rules])
    straight, cut = Session(config), Session(config)
    straight.step(27)
    for steps in itertools.cycle([1, 2, 7]):
        if cut.step_count == straight.step_count:
            break
        cut.step(min(steps, straight.step_count - cut.step_count))
        cut.frame()
    one, other = straight.state(), cut.state()
    assert one.plain == other.plain
    for name, array in one.arrays.items():
        assert_array_equal(array, other.arrays[name], err_msg=name)


# In what they differ.


def names(config: Config) -> list[str]:
    return [member.name for member in Problem(config, Session(config).dataset).members]


def test_members_are_called_by_what_they_have_for_themselves() -> None:
    assert names(BASE) == [""]
    assert names(many(BySeed())) == ["seed 1", "seed 2", "seed 3"]
    assert names(many(ByBootstrap())) == ["sample 1", "sample 2", "sample 3"]
    assert names(many(ByFold())) == ["fold 1", "fold 2", "fold 3"]
    assert names(many(ByLearningRate(0.01, 100.0))) == ["ε = 0.001", "ε = 0.1", "ε = 10"]
    assert names(many(ByPenaltyRate(0.01, 100.0))) == ["α = 0.0001", "α = 0.01", "α = 1"]
    assert Session(many(BySeed())).scene.members == ("seed 1", "seed 2", "seed 3")


def test_one_member_that_differs_in_nothing_is_the_plain_run() -> None:
    for vary in (BySeed(), ByLearningRate(), ByPenaltyRate()):
        one, plain = Session(many(vary, 1)), Session(BASE)
        for session in (one, plain):
            session.train(2)
        assert_array_equal(one.network.parameters, plain.network.parameters)


def test_there_must_be_a_rate_to_vary() -> None:
    with pytest.raises(ConfigError, match=r"^ensemble\.vary: there is no rate to vary"):
        Session(edited({"training.regularizer": MaxNorm()}, many(ByPenaltyRate())))


@pytest.mark.parametrize("members", [1, 25])
def test_there_are_two_folds_or_more_and_an_example_for_each(members: int) -> None:
    with pytest.raises(ConfigError, match=r"^ensemble\.members: 24 training examples can be parted into 2 to 24 folds"):
        Session(many(ByFold(), members))


def test_a_bootstrap_sample_is_drawn_with_replacement_from_the_training_part() -> None:
    problem = Problem(many(ByBootstrap()), Session(BASE).dataset)
    for member in problem.members:
        assert member.rows is not None
        assert len(member.rows) == 24
        assert 5 < len(set(member.rows.tolist())) < 24
    assert len(problem.parts["train"]) == 1


def test_a_fold_is_validated_on_what_it_has_not_seen() -> None:
    config = many(ByFold(), 4)
    session = Session(config)
    problem, train = session._run.setup.problem, session._run.setup.problem.train
    expected = folds(train.y, True, 4, config.network.seed)
    assert sorted(np.concatenate([held_out for _, held_out in expected])) == list(range(24))
    session.train(3)
    evaluation = session.evaluate("validation")
    for member, (rows, held_out) in enumerate(expected):
        assert_array_equal(problem.members[member].rows, rows)
        h = session.network.alone(member).predict(train.X[held_out])[:, 0]
        y = train.y[held_out]
        assert evaluation.losses[member] == pytest.approx(-np.log(np.where(y == 1, h, 1.0 - h)).mean())
        assert evaluation.accuracies is not None
        assert evaluation.accuracies[member] == pytest.approx(((h > 0.5) == (y == 1)).mean())
        h, y = session.network.alone(member).predict(train.X[rows])[:, 0], train.y[rows]
        expected_loss = -np.log(np.where(y == 1, h, 1.0 - h)).mean()
        assert session.evaluate("train").losses[member] == pytest.approx(expected_loss)
        # No epoch shows the member what it holds out.
        assert set(session.state().arrays["order"][member].tolist()) <= set(rows.tolist())
    assert evaluation.of_mean is None
    assert evaluation.loss == pytest.approx(np.mean(evaluation.losses))
    assert evaluation.loss_spread == pytest.approx(np.std(evaluation.losses))
    assert session.scene.validated


@pytest.mark.parametrize("vary", [ByFold(), ByBootstrap()], ids=lambda vary: vary.label)
def test_what_a_member_does_not_hold_has_no_influence_on_it(vary: Variation) -> None:
    config = many(vary)
    data = Session(config).dataset
    problem = Problem(config, data)
    rows = problem.members[0].rows
    assert rows is not None
    left_out = problem.rows.train[np.setdiff1d(np.arange(24), rows)]
    changed = data.X.copy()
    changed[left_out] = changed[left_out[::-1]]  # as many as they were, and the scaling stays
    twisted = Dataset(changed, data.y, data.columns, data.classes, data.target, data.origin, plane=data.plane)
    one, other = Session(config, data), Session(config, twisted)
    assert not np.array_equal(one.dataset.X, other.dataset.X)
    for session in (one, other):
        session.train(3)
    assert_allclose(one.network.parameters[0], other.network.parameters[0], rtol=1e-12)
    assert not np.allclose(one.network.parameters[1:], other.network.parameters[1:])


# What they answer.


@pytest.mark.parametrize("source", [Circle(points=46), Blobs(points=60), Hills(points=46)], ids=lambda s: s.label)
def test_answers_of_one_of_all_and_of_the_mean(source: Any) -> None:
    session = Session(edited({"data.source": source, "training.learning_rate": 0.01}, many(BySeed())))
    session.train(2)
    X, outputs = session.dataset.X[:7], session._run.setup.problem.outputs
    each = session.predict(X, "all")
    assert each.shape == (MEMBERS, 7, outputs)
    for member in range(MEMBERS):
        single = Session(edited({"ensemble.members": 1, "network.seed": 1 + member}, session.config))
        single.train(2)
        assert_allclose(each[member], single.predict(X), rtol=1e-12)
        assert_array_equal(session.predict(X, member), each[member])
    assert_allclose(session.predict(X), each.mean(axis=0), rtol=1e-12)
    assert_array_equal(session.predict(X, "mean"), session.predict(X))


def test_one_network_is_one_member() -> None:
    session = Session(BASE)
    X = session.dataset.X[:7]
    assert session.predict(X, "all").shape == (1, 7, 1)
    assert_array_equal(session.predict(X, "all")[0], session.predict(X))
    assert_array_equal(session.predict(X, 0), session.predict(X))
    evaluation = session.evaluate("test")
    assert evaluation.losses == (evaluation.loss,)
    assert evaluation.of_mean == (evaluation.loss, evaluation.accuracy)
    assert (evaluation.loss_spread, evaluation.accuracy_spread) == (0.0, 0.0)


@pytest.mark.parametrize("member", [-1, MEMBERS, 10**9])
def test_a_member_that_is_not_there_has_no_answer(member: int) -> None:
    session = Session(many(BySeed()))
    with pytest.raises(IndexError, match=r"^there are 3 members, counted from 0$"):
        session.predict(session.dataset.X, member)


@pytest.mark.parametrize("source", [Circle(points=46), Blobs(points=60), Hills(points=46)], ids=lambda s: s.label)
def test_evaluations_by_hand(source: Any) -> None:
    session = Session(edited({"data.source": source, "training.learning_rate": 0.01}, many(BySeed())))
    session.train(2)
    data, rows = session.dataset, session._run.setup.problem.rows
    for part, indices in (("train", rows.train), ("test", rows.test)):
        X, y = data.X[indices], data.y[indices]
        losses, accuracies = [], []
        for answer in (*session.predict(X, "all"), session.predict(X)):
            if not data.classes:
                losses.append(0.5 * (((answer[:, 0] - y) / data.y[rows.train].std()) ** 2).mean())
                continue
            p = np.column_stack([1.0 - answer, answer]) if len(data.classes) == 2 else answer
            losses.append(-np.log(p[np.arange(len(y)), y.astype(int)]).mean())
            accuracies.append((p.argmax(axis=1) == y).mean())
        evaluation = session.evaluate(part)
        assert evaluation.losses == pytest.approx(losses[:-1])
        assert evaluation.loss == pytest.approx(np.mean(losses[:-1]))
        assert evaluation.loss_spread == pytest.approx(np.std(losses[:-1]))
        assert evaluation.of_mean is not None
        assert evaluation.of_mean[0] == pytest.approx(losses[-1])
        if data.classes:
            assert evaluation.accuracies == pytest.approx(accuracies[:-1])
            assert evaluation.accuracy == pytest.approx(np.mean(accuracies[:-1]))
            assert evaluation.accuracy_spread == pytest.approx(np.std(accuracies[:-1]))
            assert evaluation.of_mean[1] == pytest.approx(accuracies[-1])
        else:
            assert (evaluation.accuracy, evaluation.accuracies, evaluation.of_mean[1]) == (None, None, None)
    scores = session.frame().scores
    train, test = session.evaluate("train"), session.evaluate("test")
    assert (scores.train_loss, scores.train_losses) == (train.loss, train.losses)
    assert (scores.test_loss, scores.held_out_losses) == (test.loss, test.losses)
    assert test.of_mean is not None
    assert scores.of_mean == test.of_mean[1 if data.classes else 0]


def test_curves_hold_the_losses_of_each_member() -> None:
    session = Session(many(BySeed(), values={"data.validation_share": 0.2}))
    session.train(1)
    curves, scores = session.history, session.frame().scores
    assert curves.train_losses.shape == curves.held_out_losses.shape == (len(curves), MEMBERS)
    assert_array_equal(curves.train_losses[-1], scores.train_losses)
    assert_array_equal(curves.held_out_losses[-1], scores.held_out_losses)
    assert_allclose(curves.train_loss, curves.train_losses.mean(axis=1))
    assert_allclose(curves.validation_loss, curves.held_out_losses.mean(axis=1))


def test_bagging_beats_the_typical_member() -> None:
    values = {"data.source": Hills(points=60, noise=0.5), "network.hidden": (Layer(16, ReLU()), Layer(16, ReLU()))}
    session = Session(many(ByBootstrap(), 10, values))
    session.train(60)
    test = session.evaluate("test")
    assert test.of_mean is not None
    assert test.of_mean[0] < test.loss  # squared error is convex
    outputs = session.predict(session.dataset.X[session._run.setup.problem.rows.test], "all")[:, :, 0]
    scaled = outputs / session._run.setup.problem.target_scaling.deviation
    assert test.loss - test.of_mean[0] == pytest.approx(0.5 * scaled.var(axis=0).mean())  # by exactly the variance


# What is drawn of them.


@pytest.mark.parametrize("source", [Circle(points=46), Hills(points=46)], ids=lambda source: source.label)
def test_maps_of_mean_and_disagreement_by_hand(source: Any) -> None:
    session = Session(edited({"data.source": source, "training.learning_rate": 0.01}, many(BySeed())))
    session.train(2)
    frame = session.frame(frozenset({Answers}))
    grid = session._run.setup.problem.means + np.zeros((frame.outputs.size if frame.outputs is not None else 0, 1))
    left, right, bottom, top = frame.scene.extent
    assert frame.outputs is not None
    assert frame.disagreement is not None
    size = frame.outputs.shape[-1]
    centres = (np.arange(size) + 0.5) / size
    grid[:, 0] = np.tile(left + centres * (right - left), size)
    grid[:, 1] = np.repeat(bottom + centres * (top - bottom), size)
    each = session.predict(grid, "all")[:, :, 0]
    assert_allclose(frame.outputs.ravel(), each.mean(axis=0), rtol=1e-5, atol=1e-6)
    assert_allclose(frame.disagreement.ravel(), each.std(axis=0), rtol=1e-4, atol=1e-6)
    assert frame.disagreement.dtype == np.float32
    assert not frame.disagreement.flags.writeable
    assert Session(BASE).frame().disagreement is None


def test_the_diagram_shows_one_member() -> None:
    session = Session(many(BySeed()))
    session.train(1)
    for shown in (0, 2, 9):  # there is no tenth: the last is shown
        look_at(session, member=shown)
        frame, member = session.frame(), min(shown, MEMBERS - 1)
        single = Session(edited({"network.seed": 1 + member}, BASE))
        single.train(1)
        assert frame.member == member
        for weights, own in zip(frame.weights, single.frame().weights, strict=True):
            assert_array_equal(weights, own)
        assert frame.unit_maps is not None
        for maps, own_maps in zip(frame.unit_maps, single.frame().unit_maps or (), strict=True):
            assert_allclose(maps, own_maps, atol=1e-6)


def test_a_weight_is_set_in_one_member() -> None:
    session, untouched = Session(many(BySeed())), Session(many(BySeed()))
    session.set_weight(1, 2, 4, 7.5, member=1)
    assert session.network.weights[1][1, 2, 4] == 7.5
    session.network.weights[1][1, 2, 4] = untouched.network.weights[1][1, 2, 4]
    assert_array_equal(session.network.parameters, untouched.network.parameters)
    for member in (-1, MEMBERS):
        with pytest.raises(IndexError, match="members"):
            session.set_weight(0, 0, 0, 1.0, member=member)


def test_a_weight_of_a_crelu_unit_is_that_of_its_pair() -> None:
    session = look_at(Session(many(BySeed(), values={"network.hidden": (Layer(2, CReLU()),)})), member=1)
    for unit in range(4):
        session.set_weight(0, unit, 1, 2.0 + unit, member=1)
        assert session.frame().weights[0][unit, 1] == 2.0 + unit
    X = np.array([[0.3, 0.4], [-2.0, 1.0]])
    frame, answers = session.frame(), session.predict(X, 1)
    x = np.column_stack([session._run.setup.problem.inputs(X)])
    h = np.maximum(0.0, x @ frame.weights[0].T)  # each output has the weights that it is drawn with
    z = np.column_stack([h, np.ones(2)]) @ frame.weights[1].T
    assert_allclose(answers, 1.0 / (1.0 + np.exp(-z)), rtol=1e-12)


def test_a_weight_of_a_maxout_unit_is_the_mean_of_its_pieces() -> None:
    session = look_at(Session(many(BySeed(), values={"network.hidden": (Layer(2, Maxout()),)})), member=2)
    pieces = session.network.weights[0].shape[1] // 2
    before = session.network.weights[0].copy()
    session.set_weight(0, 1, 0, 0.7, member=2)
    assert session.frame().weights[0][1, 0] == pytest.approx(0.7)
    after = session.network.weights[0]
    changed = np.argwhere(after != before)
    assert {(member, input) for member, _, input in changed} == {(2, 0)}
    assert len(changed) == pieces
    shifts = (after - before)[2, [row for _, row, _ in changed], 0]
    assert_allclose(shifts, shifts[0], rtol=1e-12)  # the pieces keep their distances


# Members that diverge.


def wide(**values: Any) -> Config:
    """Learning rates over ten decades, of which the largest cannot go well."""
    return edited(
        {
            "data.source": Hills(points=100),
            "network.hidden": (Layer(6, ReLU()), Layer(6, ReLU())),
            "training.learning_rate": 1.0,
            "training.batch_size": 10,
            "ensemble.members": 5,
            "ensemble.vary": ByLearningRate(1e-3, 1e6),
            **{path.replace("__", "."): value for path, value in values.items()},
        }
    )


@pytest.mark.parametrize("optimizer", [None, Adam()], ids=str)
@pytest.mark.parametrize("look", [True, False])
def test_some_fall_and_the_others_are_as_if_alone(look: bool, optimizer: Any) -> None:
    config = wide() if optimizer is None else wide(training__optimizer=optimizer, training__learning_rate=100.0)
    session = Session(config)
    for _ in range(60):
        session.step(3)
        if look:
            session.frame()
    frame = session.frame()
    if optimizer is None:
        assert frame.diverged
    assert len(frame.diverged) < 5
    assert frame.divergence is None
    assert not session.over
    rates = ByLearningRate(1e-3, 1e6).rates(5, config.training.learning_rate)
    for member in sorted({*range(5)} - {*frame.diverged}):
        if rates[member] > 100.0:
            continue  # of one network no such rate is taken
        single = Session(edited({"ensemble.members": 1, "training.learning_rate": float(rates[member])}, config))
        single.step(180)
        check_alike(session.network.parameters[member], single.network.parameters[0], 1e-9)
    each = session.predict(session.dataset.X, "all")
    assert_allclose(session.predict(session.dataset.X), np.delete(each, frame.diverged, 0).mean(axis=0))
    for part in ("train", "test"):
        evaluation = session.evaluate(part)
        living = [loss for member, loss in enumerate(evaluation.losses) if member not in frame.diverged]
        assert evaluation.loss == pytest.approx(np.mean(living))
        assert evaluation.loss_spread == pytest.approx(np.std(living))
        assert evaluation.of_mean is not None
        assert evaluation.of_mean[0] < evaluation.loss  # squared error is convex
    for array in (frame.outputs, frame.disagreement):
        assert array is not None
        assert np.isfinite(array).all()
    assert np.isfinite(session.history.train_loss).all()
    resumed = Session.from_state(config, session.dataset, session.state())
    for one in (session, resumed):
        one.step(20)
    assert_array_equal(session.network.parameters, resumed.network.parameters)
    assert session.frame().diverged == resumed.frame().diverged == frame.diverged


def test_a_member_that_falls_stays_where_it_was_last_good() -> None:
    session = Session(wide())
    while not session.frame(frozenset()).diverged:
        session.step()
    diverged = list(session.frame().diverged)
    kept = session.network.parameters[diverged].copy()
    assert np.isfinite(kept).all()
    for _ in range(20):
        session.step()
        assert_array_equal(session.network.parameters[diverged], kept)


@pytest.mark.parametrize("rate", [100.0, 10.0])
@pytest.mark.parametrize("look", [True, False])
def test_when_all_have_fallen_the_run_has_diverged(look: bool, rate: float) -> None:
    session = Session(wide(training__learning_rate=rate, ensemble__vary=ByLearningRate(1.0, 1e6), network__hidden=()))
    for _ in range(40):
        session.step(10)
        if look:
            session.frame()
    assert session.divergence is not None
    assert session.over
    frame = session.frame()
    assert frame.divergence is session.divergence
    assert np.isfinite(session.network.parameters).all()
    before = session.state()
    session.train(2)
    assert session.state().plain == before.plain
    session.go_back()
    assert not session.over
    assert np.isfinite(session.frame().scores.train_loss)


@given(cuts=st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_however_it_is_cut_and_looked_at_the_same_fall(cuts: list[int]) -> None:
    straight, cut = Session(wide()), Session(wide())
    straight.step(sum(cuts))
    for steps in cuts:
        cut.step(steps)
        cut.frame(frozenset())
    straight.frame(frozenset())
    one, other = straight.state(), cut.state()
    assert one.plain == other.plain
    for name, array in one.arrays.items():
        assert_array_equal(array, other.arrays[name], err_msg=name)


# What does not go with them.


@pytest.mark.parametrize("optimizer", [Newton(), LBFGS()], ids=lambda optimizer: optimizer.label)
def test_what_looks_at_all_examples_needs_the_full_batch(optimizer: Any) -> None:
    for size, fits in ((23, False), (24, True), (1000, True)):
        config = edited({"training.optimizer": optimizer, "training.batch_size": size}, BASE)
        if fits:
            Session(config).train(1)
            continue
        with pytest.raises(
            ConfigError, match=rf"^training\.optimizer: {optimizer.label} needs the full batch: make the mini-batch 24"
        ):
            Session(config)


def test_newton_steps_of_members_are_those_of_each_alone() -> None:
    config = many(BySeed(), values={"training.optimizer": Newton(0.1, True), "training.batch_size": 1000})
    session = Session(config)
    session.train(3)
    for member in range(MEMBERS):
        one = alone(config, member)
        run(one, 3, cut=1)
        one = Session(edited({"ensemble.members": 1, "network.seed": 1 + member}, config))
        one.train(3)
        assert_allclose(session.network.parameters[member], one.network.parameters[0], rtol=1e-9)


@pytest.mark.parametrize("regularizer", [L1(5.0), L2(5.0), ElasticNet(5.0), WeightDecay(5.0)], ids=lambda it: it.label)
@pytest.mark.parametrize("steps", [0, 1])
def test_a_members_rate_may_lie_beyond_what_can_be_set(regularizer: Regularizer, steps: int) -> None:
    """A thousand times 5 is no rate that its knob allows; each member is walked with its own."""
    vary = ByPenaltyRate(0.001, 1000.0)
    rules = {"training.regularizer": regularizer, "training.learning_rate": 1e-6}
    session = look_at(Session(edited(rules, many(vary))), member=2)
    session.step(steps)
    trace = session.frame(frozenset({BackpropTrace})).look(BackpropTrace)
    assert trace is not None
    own = session.network.parameters[2] * session.network.is_weight
    straight, squared = {L1: (1.0, 0.0), L2: (0.0, 1.0), ElasticNet: (0.5, 0.5), WeightDecay: (0.0, 0.0)}[
        type(regularizer)
    ]
    [shown] = [matrix for step in trace.steps for matrix in step.matrices if matrix.name == "penalty"]
    wanted = 5000.0 * (straight * np.abs(own).sum() + squared * np.square(own).sum())
    assert_allclose(shown.values, [[wanted]])
