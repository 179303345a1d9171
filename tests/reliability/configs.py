"""Whole configs, each within the bounds of every knob: one builds, and then all that can be done with a run can be done.

Or it is refused with the path of what must change. What goes wrong is shrunk: every field that does not matter is set back
to its default, and the rest is told as the command line takes it.
"""

from __future__ import annotations

import json
import tempfile
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import Phase, Verbosity, given, settings
from hypothesis import seed as seeded

from playground.data.dataset import DataError
from playground.exchange.snapshot import load_snapshot, save_snapshot
from playground.experiment.config import Config, ConfigError
from playground.experiment.looks.table import LOOKS, MAIN
from playground.experiment.run.session import Session
from playground.options import Items, Options, Section, knobs, with_value
from tests.reliability.tally import Tally
from tests.strategies import whole_configs

PATIENCE = 30  # seconds after which what has not been done yet is a fault
EVERYTHING = MAIN | LOOKS.keys()
STEPS = 2, 200  # that are trained between two looks: as many as take no more than
WORK = 1e9  # multiplications


class TooSlowError(Exception):
    """So long that a window would have stood still."""


@contextmanager
def patience(what: str) -> Iterator[None]:
    """Of the processor's time, which is the same however busy the machine is."""
    before = time.process_time()
    yield
    if (spent := time.process_time() - before) > PATIENCE:
        raise TooSlowError(f"{what} took {spent:.0f} s")


def run(count: int, seed: int) -> Tally:
    """Try so many configs."""
    tally, seen = Tally(tried=count), set[str]()
    for case in range(count):
        config = drawn(f"{seed}, {case}")
        refused, fault = judged(config)
        tally.refused += refused
        if fault and kind_of(fault) not in seen:
            seen.add(kind_of(fault))
            shrunk = shrink(config, kind_of(fault))
            edits = " ".join(f"--set {path}={text}" for path, text in edits_of(shrunk))
            tally.faults.append(f"{edits}\n{judged(shrunk)[1] or fault}")
    return tally


def drawn(seed: str) -> Config:
    """One config, whatever was drawn before: hypothesis likes to come back to what it has tried."""
    found: list[Config] = []

    @seeded(seed)
    @settings(max_examples=2, phases=[Phase.generate], deadline=None, database=None, verbosity=Verbosity.quiet)
    @given(config=whole_configs())
    def draw(config: Config) -> None:
        found.append(config)  # first the simplest there is, always

    draw()
    return found[-1]


def judged(config: Config) -> tuple[bool, str]:
    """Whether it is refused as it should be, and what went wrong, "" if nothing did."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            live(config)
    except ConfigError as error:
        return True, "" if error.path and error.path in paths(config) else f"no such path: {error}"
    except DataError:
        return True, ""
    except Exception:
        return False, traceback.format_exc(limit=-6)
    return False, ""


def live(config: Config) -> None:
    """Build it, look at it from all sides, train, save, open, train on, and come out the same."""
    with patience("building it"):
        session = Session(config)
    look(session)
    with patience("its first step"):
        session.step()
    look(session)
    steps = int(np.clip(WORK / session._run.setup.problem.budget.work, *STEPS))
    session.step(steps)
    opened = reopened(session)
    look(session)
    look(opened)
    for one in (session, opened):
        one.step(steps)
    assert bits(session) == bits(opened), "it goes on otherwise after opening"
    reopened(session)


def look(session: Session) -> None:
    """All that any view and any report asks for."""
    with patience("looking at it"):
        session.frame(EVERYTHING)
        session.diagnosis()
        session.evaluate("test")


def reopened(session: Session) -> Session:
    with patience("saving it"), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.safetensors"
        save_snapshot(session, path)
        return load_snapshot(path)


def bits(session: Session) -> dict[str, Any]:
    state = session.state()
    return state.plain | {name: array.tobytes() for name, array in state.arrays.items()}


# Telling a fault in few words


def kind_of(fault: str) -> str:
    """The same for the same fault: where it came from, and what."""
    lines = [line.strip() for line in fault.splitlines()]
    places = [line for line in lines if line.startswith("File ")]
    return f"{places[-1] if places else ''} {lines[-1].split(':')[0] if lines else ''}"


def shrink(config: Config, kind: str) -> Config:
    """With every field at its default that need not be otherwise for the same fault."""
    before = None
    while config != before:
        before = config
        for path, simpler in simplifications(config, Config()):
            try:
                candidate = with_value(config, path, simpler)
            except ConfigError:  # what lies there has gone
                continue
            if candidate != config and kind_of(judged(candidate)[1]) == kind:
                config = candidate
    return config


def simplifications(options: Options, default: Options | None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Paths and simpler values for them: whole sections first, then what lies in them."""
    default = type(options)() if default is None or type(default) is not type(options) else default
    for name, knob in knobs(type(options)).items():
        path, value = prefix + name, getattr(options, name)
        yield path, getattr(default, name)
        if isinstance(knob, Items):
            for index in range(len(value)):
                yield path, value[:index] + value[index + 1 :]
            for index, item in enumerate(value):
                yield from simplifications(item, None, f"{path}.{index}.")
        elif isinstance(value, Options):
            yield from simplifications(value, getattr(default, name), f"{path}.")


def edits_of(config: Config) -> Iterator[tuple[str, str]]:
    """What the command line sets to get from the default to this config."""

    def differences(options: Options, default: Options, prefix: str) -> Iterator[tuple[str, str]]:
        for name, knob in knobs(type(options)).items():
            path, value = prefix + name, getattr(options, name)
            if value == getattr(default, name):
                continue
            if isinstance(knob, Section):
                yield from differences(value, getattr(default, name), f"{path}.")
            else:
                yield path, value if isinstance(value, str) else repr(json.dumps(knob.encode(value)))

    yield from differences(config, Config(), "")


def paths(options: Options, prefix: str = "") -> Iterator[str]:
    """Of every field there is, of lists their entries too."""
    for name in knobs(type(options)):
        value = getattr(options, name)
        yield prefix + name
        for index, item in enumerate(value if isinstance(value, tuple) else ()):
            if isinstance(item, Options):
                yield from paths(item, f"{prefix}{name}.{index}.")
        if isinstance(value, Options):
            yield from paths(value, f"{prefix}{name}.")
