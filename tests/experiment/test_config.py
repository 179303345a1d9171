"""Config: the default experiment, JSON there and back, and what an edit makes necessary."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data.generators import Circle, Spiral
from playground.experiment.config import Config, ConfigError, Impact, Layer, impact
from playground.nn.activations import OUTPUTS, ReLU, Tanh
from playground.nn.clipping import ClipByNorm
from playground.nn.initializers import Zeros
from playground.nn.losses import LOSSES
from playground.nn.optimizers import SGD, Adam
from playground.nn.regularizers import L2, NoRegularizer
from playground.nn.schedules import Cosine
from playground.options import Choice, Items, Number, Options, Section, knobs, with_text, with_value
from tests.configs import edited
from tests.strategies import configs, plain_values


def options_classes(cls: type[Options] = Config) -> set[type[Options]]:
    """Every Options class that a config may hold."""
    found = {cls}
    for knob in knobs(cls).values():
        if isinstance(knob, Section | Items):
            found |= options_classes(knob.cls)
        elif isinstance(knob, Choice):
            found = found.union(*(options_classes(choice) for choice in knob.table.values()))
    return found


def test_the_default_experiment() -> None:
    config = Config()
    assert config.data.source == Circle(points=500)
    assert config.data.train_share == 0.5
    assert config.data.features == ("x1", "x2")
    assert config.network.hidden == (Layer(4, Tanh()), Layer(2, Tanh()))
    assert config.training.batch_size == 10
    assert config.training.learning_rate == 0.03
    assert config.training.optimizer == SGD()
    assert config.training.regularizer == NoRegularizer()


def test_json_names_every_section_and_choice() -> None:
    plain = json.loads(Config().to_json())
    assert list(plain) == ["data", "network", "training", "ensemble"]
    assert plain["data"]["source"] == {"name": "circle", "points": 500, "noise": 0.0}
    assert plain["network"]["hidden"][1] == {
        "units": 2,
        "activation": {"name": "tanh"},
        "normalization": {"name": "none"},
    }
    assert plain["network"]["output"] is None
    assert plain["training"]["optimizer"] == {"name": "sgd"}


def test_an_empty_object_is_the_default() -> None:
    assert Config.from_json("{}") == Config()


def test_a_few_fields_suffice() -> None:
    config = Config.from_json('{"training": {"optimizer": "adam", "learning_rate": 1}, "data": {"source": "spiral"}}')
    assert config == edited({"training.optimizer": Adam(), "training.learning_rate": 1.0, "data.source": Spiral()})


@given(configs())
def test_any_config_survives_json(config: Config) -> None:
    text = config.to_json()
    assert Config.from_json(text) == config
    assert Config.from_json(text).to_json() == text
    assert Config.from_json(text.encode().decode()) == config


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"training": {"batch_size": 0}}', "training.batch_size: must lie between 1 and 1,000,000, not 0"),
        ('{"training": {"batch_size": 2.5}}', "training.batch_size: must be a whole number, not 2.5"),
        ('{"training": {"learning_rate": NaN}}', "training.learning_rate: must be a number, not NaN"),
        ('{"training": {"learning_rate": -Infinity}}', "training.learning_rate: must be a number, not -Infinity"),
        ('{"training": {"learning_rate": 1e999}}', "training.learning_rate: must be a number, not Infinity"),
        ('{"training": {"learning_rate": 1' + "0" * 400 + "}}", "training.learning_rate: must lie between"),
        ('{"training": {"batch_size": 1' + "0" * 5000 + "}}", "not valid JSON: a number has too many digits"),
        (
            '{"training": {"optimizer": {"name": "adam", "beta1": 2}}}',
            "training.optimizer.beta1: must lie between 0 and",
        ),
        ('{"training": {"optimizer": {"name": "sgd", "beta1": 0}}}', "training.optimizer.beta1: SGD has no such knob"),
        ('{"training": {"optimizer": null}}', "training.optimizer: must be one of sgd, momentum, adagrad"),
        ('{"network": {"hidden": [{}, {"units": 0}]}}', "network.hidden.1.units: must lie between 1 and 32, not 0"),
        ('{"network": {"hidden": [{"activation": "softmax"}]}}', "network.hidden.0.activation: must be one of"),
        ('{"network": {"hidden": [' + ", ".join(["{}"] * 11) + "]}}", "network.hidden: holds 11 entries; at most 10"),
        ('{"data": {"source": {"name": "circle", "noise": "much"}}}', "data.source.noise: must be a number"),
        ('{"data": {"features": ["x3"]}}', 'data.features: "x3" is not one of x1, x2'),
        ('{"trainning": {}}', "trainning: is not known here; known are data, network, training, ensemble"),
        ('{"network": {"seed": 1, "seed": 2}}', "the field 'seed' stands twice"),
        ('{"data": {}, "data": {}}', "the field 'data' stands twice"),
        ("[]", "must be an object with named fields, not list"),
        ("null", "must be an object with named fields, not null"),
        ("", "not valid JSON: Expecting value at line 1, column 1"),
        ('{"data": }', "not valid JSON: Expecting value at line 1, column 10"),
        ("{} {}", "not valid JSON: Extra data at line 1, column 4"),
        ("\ufeff{}", "not valid JSON: "),
        ("[" * 100_000, "not valid JSON: nested too deeply"),
        ("[" * 100_000 + "]" * 100_000, "not valid JSON: nested too deeply"),
        ('{"data":' * 100_000, "not valid JSON: nested too deeply"),
    ],
    ids=lambda value: value[:48],
)
def test_bad_json_gets_a_sentence(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_json(text)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 300


def read_or_refused(text: str) -> None:
    """Whatever stands in the text, it is read as a config or refused with a ConfigError that can be printed."""
    try:
        config = Config.from_json(text)
    except ConfigError as error:
        str(error).encode()
    else:
        assert Config.from_json(config.to_json()) == config


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refused(text)


@given(plain_values())
def test_any_json_is_read_or_refused(plain: Any) -> None:
    read_or_refused(json.dumps(plain))


@given(configs(), st.data())
def test_a_config_spoilt_anywhere_is_read_or_refused(config: Config, data: st.DataObject) -> None:
    plain = place = json.loads(config.to_json())
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(plain_values())
    read_or_refused(json.dumps(plain))


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("data.seed", 2, Impact.DATA),
        ("data.source.noise", 0.2, Impact.DATA),
        ("data.features", ("x1",), Impact.DATA),
        ("network.hidden.0.units", 5, Impact.NETWORK),
        ("network.hidden.1.activation", ReLU(), Impact.NETWORK),
        ("network.initializer", Zeros(), Impact.NETWORK),
        ("network.seed", 2, Impact.NETWORK),
        ("training.learning_rate", 0.1, Impact.TRAINING),
        ("training.optimizer", Adam(), Impact.TRAINING),
        ("training.regularizer", L2(), Impact.TRAINING),
        ("training.schedule", Cosine(), Impact.TRAINING),
        ("training.clipping", ClipByNorm(), Impact.TRAINING),
        ("training.batch_size", 30, Impact.TRAINING),
        ("training.batch_size", 10, Impact.NONE),
    ],
)
def test_impact_of_one_edit(path: str, value: Any, expected: Impact) -> None:
    changed = with_value(Config(), path, value)
    assert impact(Config(), changed) is impact(changed, Config()) is expected


def test_the_larger_impact_covers_the_smaller() -> None:
    changes = {
        Impact.DATA: ("data.seed", 2),
        Impact.NETWORK: ("network.seed", 2),
        Impact.TRAINING: ("training.batch_size", 3),
    }
    config = Config()
    for expected in sorted(changes):
        config = with_value(config, *changes[expected])
        assert impact(Config(), config) is expected
    assert min(changes) > Impact.NONE


@pytest.mark.parametrize("section", list(knobs(Config)))
def test_every_field_of_a_section_has_the_impact_of_its_section(section: str) -> None:
    cls = type(getattr(Config(), section))
    for name, knob in knobs(cls).items():
        if isinstance(knob, Number):
            changed = with_value(Config(), f"{section}.{name}", knob.maximum)
            expected = Impact.NETWORK if section == "ensemble" else Impact[section.upper()]
            assert impact(Config(), changed) is expected, name


def test_the_command_line_reaches_every_choice_by_name() -> None:
    for path, table in (("network.output", OUTPUTS), ("training.loss", LOSSES)):
        for name, cls in table.items():
            config = with_text(Config(), path, name)
            owner, _, field = path.partition(".")
            assert type(getattr(getattr(config, owner), field)) is cls


def test_every_choice_says_what_it_is() -> None:
    for cls in options_classes():
        assert cls.__doc__, cls
        assert not cls.__doc__.startswith(f"{cls.__name__}("), f"{cls.__name__} has no docstring of its own"
        for name, knob in knobs(cls).items():
            assert knob.label, f"{cls.__name__}.{name}"
            if isinstance(knob, Choice):
                labels = {chosen.label for chosen in knob.table.values()}
                assert len(labels - {""}) == len(knob.table), f"{cls.__name__}.{name}"


def test_every_default_lies_in_its_range() -> None:
    for cls in options_classes():
        assert cls.from_plain(cls().to_plain()) == cls()


def test_how_views_drew_stood_in_older_files_and_is_passed_over() -> None:
    assert Config.from_json('{"display": {"gradient": "median", "hard": 7}, "network": {"seed": 4}}').network.seed == 4
