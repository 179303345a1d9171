"""The command line: opens the window, or trains without one. The only file that knows both ways."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import playground
from playground.data.dataset import DataError
from playground.data.sources import source_of
from playground.exchange.atomic import write_atomically
from playground.exchange.config_file import read_config
from playground.exchange.snapshot import SnapshotError, load_snapshot, save_snapshot
from playground.exchange.tables import layer_names, write_history, write_range_test
from playground.experiment.config import Config, ConfigError, Impact
from playground.experiment.frame import Frame
from playground.experiment.microscope import Microscope
from playground.experiment.range_test import HIGHEST, LOWEST, range_test
from playground.experiment.session import Session
from playground.options import Choice, Items, Knob, Number, Options, Section, Subset, Text, knobs, with_text, with_value

DONE, BAD_INPUT, DIVERGED, INTERRUPTED = 0, 2, 3, 130
REDRAW = 0.1  # seconds between two looks at the progress

USAGE = """playground [FILE]
       playground train [FILE] --out DIR [--report DIR] [--epochs N] [--set PATH=VALUE ...]
       playground range-test [FILE] [--out FILE.csv] [--set PATH=VALUE ...]
       playground choices"""

HELP = """commands:
  playground [FILE]       open the window, if you like with a snapshot, a config or data
  playground train        train without a window; leave snapshot, history, pictures, a diagnosis in a folder
  playground range-test   look for a good learning rate
  playground choices      list all that can be set: data sets, activations, losses, optimizers, ...

FILE is a snapshot if it ends in .safetensors, a config if it ends in .json, and else data (CSV).

examples:
  playground
  playground run/snapshot.safetensors
  playground train --out run --epochs 300 --set data.source=spiral --set network.hidden.0.units=8
  playground train run/snapshot.safetensors --out run --set training.learning_rate=0.01
  playground train --report why --set network.initializer=zeros
  playground train flowers.csv --out flowers --set data.source.target=species
  playground range-test --set training.optimizer=adam

without a screen:
  `playground train` and `playground range-test` need none.
  For the window: a desktop, or `xvfb-run playground`, or ssh -X.

exit codes:
  0  done                               3    the run diverged; its files are written all the same
  1  the window cannot be opened        130  stopped with Ctrl+C; the files are written too
  2  bad input, or a file that cannot be written
"""

TRAIN_HELP = """FILE:
  *.safetensors   a snapshot: goes on where it was saved, unless a setting makes it start anew
  *.json          a config, such as the config.json that an earlier run has left; all fields are optional
  anything else   data (CSV); name the column to predict with --set data.source.target=NAME
  Without FILE it is the experiment that the window starts with.

settings:
  --set training.learning_rate=0.1            a number
  --set training.optimizer=adam               one of a table, with its usual knobs ...
  --set training.optimizer.beta1=0.8          ... and then one of these knobs
  --set network.hidden='[{"units": 8}, {}]'   any JSON
  `playground choices` lists them all.

files:
  With --out, DIR gets snapshot.safetensors, history.csv, boundary.png, gradients.png and config.json.
  With --report, DIR gets diagnosis.md, which says in plain words what is wrong with the run and what helps,
  and a picture of everything that can be seen of it. Both may be one folder; one of the two is enough.
  They are made if need be; files of these names in them are overwritten, others are left alone.
"""


RANGE_HELP = f"""It trains from the initial weights, mini-batch by mini-batch, while the learning rate grows
from {LOWEST:g} to {HIGHEST:g}. It prints the rate at which the loss fell fastest, which is a good one to train with, and
the rate by which training had diverged. A schedule is left out: the rate is then good for its peak.
Where mini-batches differ so much that no fall is certain, larger ones show more.

FILE and settings are those of `playground train`; of a snapshot only config and data are used.
With --out the curve is written as CSV: rate, loss of the mini-batch, running average.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the answer is the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        match list(arguments):
            case ["train", *rest]:
                return _train(_train_options(rest))
            case ["range-test", *rest]:
                return _test_range(_range_parser().parse_args(rest))
            case ["choices"]:
                print("\n".join(describe(Config())))
                return DONE
            case given:
                return _open_window(_parser().parse_args(given).file)
    except (ConfigError, DataError, SnapshotError) as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED


def describe(options: Options, prefix: str = "") -> Iterator[str]:
    """Lines on every path below `options` that --set knows: what it is, its default, what it may be."""
    for name, knob in knobs(type(options)).items():
        path, value = prefix + name, getattr(options, name)
        if isinstance(knob, Section):
            yield f"{knob.label}\n"
            yield from describe(value, f"{path}.")
            yield ""
            continue
        yield f"  {path}{_domain(knob, value)}"
        if knob.help:
            yield f"      {knob.help}"
        if isinstance(knob, Choice):
            for choice, cls in knob.table.items():
                own = [f"{name}{_domain(inner, getattr(cls(), name))}" for name, inner in knobs(cls).items()]
                yield f"        {choice:<22}{'; '.join(filter(None, [cls.formula, *own]))}".rstrip()
        elif isinstance(knob, Items):
            yield from describe(knob.cls(), f"{path}.0.")


def _domain(knob: Knob, value: object) -> str:
    """The default and what else there may be, e.g. " = 0.03 (1e-06 to 100)"."""
    if isinstance(knob, Items):
        return f": a list of at most {knob.maximum}; {knob.label.split()[-1]} count from 0"
    if isinstance(knob, Choice):
        return f" = {knob.name(value) if isinstance(value, Options) else 'null (automatic)'}"
    text = f" = {json.dumps(knob.encode(value), ensure_ascii=False)}"
    if isinstance(knob, Number):
        low, high = (f"{bound:,}" if isinstance(bound, int) else f"{bound:g}" for bound in (knob.minimum, knob.maximum))
        return f"{text} ({low} to {high})"
    if isinstance(knob, Text | Subset) and knob.values:
        return f"{text} ({', '.join(knob.values)})"
    return text


def _parser() -> argparse.ArgumentParser:
    parser = _explained("playground", playground.__doc__, HELP, USAGE)
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="snapshot, config or data to open")
    parser.add_argument("--version", action="version", version=f"playground {playground.__version__}")
    return parser


def _train_parser() -> argparse.ArgumentParser:
    parser = _beginning("playground train", "Train without a window.", TRAIN_HELP)
    add = parser.add_argument
    add("--out", metavar="DIR", type=Path, help="folder for the results")
    add("--report", metavar="DIR", type=Path, help="folder for a diagnosis in words, and pictures of everything")
    add("--epochs", metavar="N", type=_count, default=100, help="how many to train (default: 100)")
    add("--quiet", action="store_true", help="say only what is wrong")
    return parser


def _train_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _train_parser()
    options = parser.parse_args(arguments)
    if options.out is None and options.report is None:
        parser.error("say where the results go: --out DIR, --report DIR or both")
    return options


def _range_parser() -> argparse.ArgumentParser:
    parser = _beginning("playground range-test", "Look for a good learning rate.", RANGE_HELP)
    parser.add_argument("--out", metavar="FILE.csv", type=Path, help="file for the curve")
    return parser


def _beginning(name: str, summary: str, text: str) -> argparse.ArgumentParser:
    """A parser of what `_begin` wants to know."""
    parser = _explained(name, summary, text)
    add = parser.add_argument
    add("file", metavar="FILE", nargs="?", type=Path, help="snapshot, config or data to begin with")
    add("--set", metavar="PATH=VALUE", type=_setting, action="append", default=[], help="change a setting; repeatable")
    return parser


def _explained(name: str, summary: str | None, text: str, usage: str | None = None) -> argparse.ArgumentParser:
    layout = argparse.RawDescriptionHelpFormatter
    return argparse.ArgumentParser(name, usage, summary, text, formatter_class=layout, allow_abbrev=False)


def _count(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 999,999,999")
    return int(text)


def _setting(text: str) -> tuple[str, str]:
    path, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not PATH=VALUE, such as training.learning_rate=0.1")
    return path, value


def _open_window(file: Path | None) -> int:
    from playground.ui.app import main as show_window

    return show_window(file)


def _train(options: argparse.Namespace) -> int:
    session = _begin(options.file, options.set)
    for folder in filter(None, (options.out, options.report)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return _complain(f"{folder}: cannot be made: {error.strerror}")
    with _ctrl_c() as stop:
        _run(session, options.epochs, stop, options.quiet, frozenset({Microscope.need} if options.report else ()))
    frame = session.frame()
    code = DONE if options.out is None else _write(session, frame, options.out)
    if options.report is not None:
        code = _report(session, options.report) or code
    if frame.divergence is not None:
        _complain(f"{frame.divergence.message} A lower learning rate may help.")
        return code or DIVERGED
    if frame.ending and not options.quiet:
        print(frame.ending, file=sys.stderr)
    return code or (INTERRUPTED if stop.is_set() else DONE)


def _test_range(options: argparse.Namespace) -> int:
    session = _begin(options.file, options.set)
    with _ctrl_c() as stop:
        result = range_test(session.config, session.dataset, stop=stop.is_set)
    if result.suggestion is None:
        print("the loss did not fall for certain at any rate")
    else:
        print(f"{result.suggestion:.2g}\tthe loss fell fastest")
    if result.broke_at is not None:
        print(f"{result.broke_at:.2g}\ttraining had diverged")
    if options.out is not None:
        try:
            write_range_test(result, options.out)
        except OSError as error:
            return _complain(f"{options.out}: cannot be written: {error.strerror}")
    return INTERRUPTED if stop.is_set() else DONE


def _begin(file: Path | None, settings: list[tuple[str, str]]) -> Session:
    """The session that a file and the settings ask for.

    Raises:
        ConfigError, DataError, SnapshotError: when there is none.
    """
    if file is not None and file.suffix.lower() == ".safetensors":
        session = load_snapshot(file)
        if session.apply(_changed(session.config, settings)) >= Impact.NETWORK:
            _complain("with these settings the run starts anew")
        return session
    if file is None:
        config = Config()
    elif file.suffix.lower() == ".json":
        config = read_config(file)
    else:
        config = with_value(Config(), "data.source", source_of(file))
    return Session(_changed(config, settings))


def _changed(config: Config, settings: list[tuple[str, str]]) -> Config:
    for path, text in settings:
        config = with_text(config, path, text)
    return config


@contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    """An event that Ctrl+C sets, so that no step is cut in two."""
    stop = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _run(
    session: Session, epochs: int, stop: threading.Event, quiet: bool, needs: frozenset[str] = frozenset()
) -> None:
    """Train to the end of this epoch and on until `epochs` have been finished, the run diverges or `stop` is set.

    `needs` are what is to be recorded along the way.
    """
    start = session.step_count
    goal = start + max(epochs * session.scene.steps_per_epoch - session.frame(needs).step_in_epoch, 0)
    bar = sys.stderr.isatty() and not quiet
    began = drawn = time.perf_counter()
    chunk = 1  # steps between two looks at the clock
    while session.step_count < goal and not session.over and not stop.is_set():
        before = time.perf_counter()
        session.step(min(chunk, goal - session.step_count))
        now = time.perf_counter()
        chunk = chunk * 2 if now - before < REDRAW / 4 else max(chunk // 2, 1)
        if bar and now - drawn > REDRAW:
            drawn, done = now, session.step_count - start
            _draw_bar(_scores(session, needs), done / (goal - start), done / (now - began))
    if not quiet:
        result = (
            f"{session.step_count - start:,} steps in {time.perf_counter() - began:.1f} s: {_scores(session, needs)}"
        )
        print(f"\r\x1b[K{result}" if bar else result, file=sys.stderr)


def _draw_bar(scores: str, share: float, speed: float) -> None:
    filled = round(20 * share)
    line = f"{'█' * filled}{'░' * (20 - filled)} {100 * share:3.0f} %  {speed:,.0f} steps/s  {scores}"
    print(f"\r{line[: shutil.get_terminal_size().columns - 1]}\x1b[K", end="", file=sys.stderr, flush=True)


def _scores(session: Session, needs: frozenset[str]) -> str:
    frame = session.frame(needs)
    scores = frame.scores
    losses = [f"{scores.train_loss:.4g} training", f"{scores.test_loss:.4g} test"]
    if scores.validation_loss is not None:
        losses.insert(1, f"{scores.validation_loss:.4g} validation")
    text = f"epoch {frame.epoch:,}  loss {', '.join(losses)}"
    shares = (scores.train_accuracy, scores.validation_accuracy, scores.test_accuracy)
    accuracies = ", ".join(f"{100 * share:.1f} %" for share in shares if share is not None)
    return f"{text}  accuracy {accuracies}" if accuracies else text


def _write(session: Session, frame: Frame, folder: Path) -> int:
    """Leave all results that can be written; the answer is the exit code."""
    from playground.exchange.pictures import boundary_picture, gradients_picture

    results: dict[str, Callable[[Path], None]] = {
        "snapshot.safetensors": lambda path: save_snapshot(session, path),
        "history.csv": lambda path: write_history(session.history, path, layer_names(len(frame.weights))),
        "boundary.png": lambda path: boundary_picture(frame, path),
        "gradients.png": lambda path: gradients_picture(frame, path),
        "config.json": lambda path: write_atomically(path, session.config.to_json().encode()),
    }
    code = DONE
    for name, write in results.items():
        try:
            write(folder / name)
        except SnapshotError as error:
            code = _complain(str(error))
        except OSError as error:
            code = _complain(f"{name}: cannot be written: {error.strerror}")
    return code


def _report(session: Session, folder: Path) -> int:
    """Leave the diagnosis and all pictures; the answer is the exit code."""
    from playground.exchange.report import REPORT_NEEDS, write_report

    failures = write_report(session.frame(REPORT_NEEDS), session.config, folder)
    return max((_complain(sentence) for sentence in failures), default=DONE)


def _complain(sentence: str) -> int:
    print(f"playground: {sentence}", file=sys.stderr)
    return BAD_INPUT
