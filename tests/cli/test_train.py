"""`playground train`: what a run without a screen leaves, what it says, and how it ends."""

from __future__ import annotations

import csv
import io
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

from playground.cli import main, progress
from playground.cli import train as command
from playground.data.formats.text import CsvFile
from playground.exchange.config_file import read_config
from playground.exchange.report import PICTURES
from playground.exchange.snapshot import load_snapshot, save_snapshot
from playground.experiment.config import Config
from playground.experiment.run.session import Session
from playground.options import with_text

FILES = {"snapshot.safetensors", "history.csv", "boundary.png", "gradients.png", "config.json"}
EXPLODE = ("training.loss=squared_error", "network.output=linear", "training.learning_rate=100")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "run"


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures take half a second, and most tests are not about them."""
    for name in command.PICTURED:
        monkeypatch.setitem(PICTURES, name, lambda frame, path: path.write_bytes(b""))


def train(out: Path, *arguments: str, settings: tuple[str, ...] = ()) -> int:
    sets = [part for setting in settings for part in ("--set", setting)]
    return main(["train", "--out", str(out), *arguments, *sets])


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines on stderr; stdout must be empty."""
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err.splitlines()


def same_run(one: Session, other: Session) -> bool:
    first, second = one.state(), other.state()
    arrays = all(np.array_equal(first.arrays[name], second.arrays[name], equal_nan=True) for name in first.arrays)
    return arrays and first.plain == second.plain and one.config == other.config


# What a run leaves


def test_a_run_leaves_its_snapshot_history_pictures_and_config(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # pictures, please
    assert train(out, "--epochs", "4", settings=("training.optimizer=adam",)) == 0
    assert {path.name for path in out.iterdir()} == FILES
    expected = Session(with_text(Config(), "training.optimizer", "adam"))
    expected.train(4)
    assert same_run(load_snapshot(out / "snapshot.safetensors"), expected)
    assert Config.from_json((out / "config.json").read_text()) == expected.config
    with (out / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == expected.history.step.tolist()
    assert [float(row["train_loss"]) for row in rows] == expected.history.train_loss.tolist()
    assert imread(out / "boundary.png").shape[:2] == (1080, 1200)
    assert imread(out / "gradients.png").shape[:2] == (750, 1200)


def test_files_of_other_names_are_left_alone_and_its_own_are_overwritten(out: Path) -> None:
    out.mkdir(parents=True)
    for name in ("notes.txt", "history.csv"):
        (out / name).write_text("mine")
    assert train(out, "--epochs", "0") == 0
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "history.csv").read_text().startswith("epoch,step,")


def test_a_snapshot_goes_on_to_the_end_of_its_epoch_and_further(out: Path) -> None:
    session = Session(Config())
    session.train(2)
    session.step(7)
    save_snapshot(session, out.parent.parent / "begun.safetensors")
    assert train(out, str(out.parent.parent / "begun.safetensors"), "--epochs", "3") == 0
    session.train(3)
    assert session.epoch == 5
    assert same_run(load_snapshot(out / "snapshot.safetensors"), session)


def test_a_snapshot_takes_settings_and_says_when_they_start_it_anew(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = str(out / "snapshot.safetensors")
    assert train(out, "--epochs", "2", "--quiet") == 0
    assert train(out, snapshot, "--epochs", "1", "--quiet", settings=("training.learning_rate=0.1",)) == 0
    assert said(capsys) == []
    assert load_snapshot(snapshot).epoch == 3
    assert load_snapshot(snapshot).config.training.learning_rate == 0.1
    assert train(out, snapshot, "--epochs", "1", "--quiet", settings=("network.hidden.0.units=5",)) == 0
    assert said(capsys) == ["playground: with these settings the run starts anew"]
    assert load_snapshot(snapshot).epoch == 1


def test_a_config_or_a_table_can_be_the_beginning(out: Path, tmp_path: Path) -> None:
    begin = tmp_path / "begin.json"
    begin.write_text('\ufeff{"training": {"batch_size": 7}}')
    assert train(out, str(begin), "--epochs", "1") == 0
    assert load_snapshot(out / "snapshot.safetensors").config == with_text(Config(), "training.batch_size", "7")
    table = tmp_path / "animals.csv"
    table.write_text("size,kind,weight\n" + "1,cat,2\n2,dog,4\n3,cat,1\n4,dog,8\n" * 3)
    assert train(out, str(table), "--epochs", "1", settings=("data.source.target=kind",)) == 0
    session = load_snapshot(out / "snapshot.safetensors")
    assert session.dataset.classes == ("cat", "dog")
    assert session.scene.columns == ("size", "weight")


def test_a_table_is_found_again_from_anywhere(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "animals.csv").write_text("size,weight\n" + "1,2\n2,4.5\n3,1\n" * 3)
    monkeypatch.chdir(tmp_path / "here")
    assert train(out, "../animals.csv", "--epochs", "1") == 0
    source = read_config(out / "config.json").data.source
    assert source == CsvFile(str((tmp_path / "animals.csv").resolve()))
    monkeypatch.chdir("/")
    assert train(out, str(out / "config.json"), "--epochs", "1") == 0


# What it says


def test_it_ends_with_one_line_of_results(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(out, "--epochs", "2") == 0
    (line,) = said(capsys)
    assert re.fullmatch(
        r"50 steps in \d+\.\d s: epoch 2  loss 0\.\d+ training, 0\.\d+ test  accuracy [\d.]+ %, [\d.]+ %", line
    )
    assert train(out, "--epochs", "1", settings=("data.source=hills",)) == 0
    assert "accuracy" not in said(capsys)[0]
    assert train(out, "--epochs", "1", "--quiet") == 0
    assert said(capsys) == []


def test_a_terminal_gets_a_bar(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(progress, "REDRAW", 0.0)  # at every look, and a look at every step
    monkeypatch.setenv("COLUMNS", "200")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert train(out, "--epochs", "4") == 0
    *bars, result = (line.removesuffix("\x1b[K") for line in terminal.getvalue().removeprefix("\r").split("\r"))
    assert [int(line.split("%")[0].split()[-1]) for line in bars] == list(range(1, 101))
    assert re.match(r"█{10}░{10}  50 %  [\d,]+ steps/s  epoch 2  loss", bars[49])
    assert result.startswith("\x1b[K100 steps in ")
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert train(out, "--epochs", "1", "--quiet") == 0
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


def test_a_divergence_is_said_with_step_and_layer_and_all_is_written(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(out, "--quiet", settings=EXPLODE) == 3
    (line,) = said(capsys)
    assert re.search(r"diverged at step \d+: numbers in (layer \d|the output layer) grew", line)
    assert {path.name for path in out.iterdir()} == FILES
    session = load_snapshot(out / "snapshot.safetensors")
    assert session.step_count + 1 == int(re.findall(r"step ([\d,]+)", line)[0].replace(",", ""))


def test_ctrl_c_stops_between_two_steps_and_all_is_written(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    step, calls = Session.step, []

    def interrupted(session: Session, n: int = 1) -> None:
        calls.append(n)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)
        step(session, n)

    monkeypatch.setattr(Session, "step", interrupted)
    handler = signal.getsignal(signal.SIGINT)
    assert train(out, "--epochs", "1000") == 130
    assert signal.getsignal(signal.SIGINT) is handler
    assert len(calls) == 3
    assert said(capsys)[0].startswith(f"{sum(calls)} steps in ")
    assert {path.name for path in out.iterdir()} == FILES
    expected = Session(Config())
    step(expected, sum(calls))
    assert same_run(load_snapshot(out / "snapshot.safetensors"), expected)


def test_ctrl_c_elsewhere_ends_without_a_traceback(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_write", interrupted)
    assert train(out, "--epochs", "0") == 130


# Bad input


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("training.learning_rate=fast", 'training.learning_rate: must be a number, not "fast"'),
        ("training.batch_size=0", "training.batch_size: must lie between 1 and"),
        ("training.speed=1", "training.speed: is not known here; known are loss,"),
        ("network.hidden.7.units=1", "network.hidden.7: there are 2 entries, counted from 0"),
        ("training.optimizer=magic", "training.optimizer: must be one of sgd, momentum, adagrad"),
        ("training.loss=cross_entropy", "training.loss: "),
        ("data.source.points=1e3", "data.source.points: must be a whole number"),
        ("=1", ""),
    ],
)
def test_a_bad_setting_is_named(setting: str, sentence: str, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = ("data.source=hills", setting) if "cross_entropy" in setting else (setting,)
    assert train(out, settings=settings) == 2
    (line,) = said(capsys)
    assert line.startswith(f"playground: {sentence}")
    assert not out.exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("gone.json", None, "gone.json: cannot be read: No such file or directory"),
        ("gone.csv", None, "gone.csv: does not exist"),
        ("gone.safetensors", None, "gone.safetensors: cannot be read: No such file or directory"),
        ("bad.json", b"{", "bad.json: not valid JSON: "),
        ("bad.json", b"\xff\xfe", "bad.json: is not UTF-8 text"),
        ("bad.json", b'{"training": {"batch_size": 0}}', "bad.json: training.batch_size: must lie between 1 and"),
        ("bad.json", b" " * 1_000_001, "bad.json: is too large to be a config"),
        ("bad.csv", b"a,b\n1,2\n3,x\n4,5\n", "bad.csv: "),
        ("bad.safetensors", b"nothing", "bad.safetensors: is no .safetensors file, or only part of one"),
        ("BAD.SAFETENSORS", b"nothing", "BAD.SAFETENSORS: is no .safetensors file, or only part of one"),
    ],
)
def test_a_bad_file_is_named(
    name: str, content: bytes | None, sentence: str, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert train(out, str(tmp_path / name), settings=("data.source.target=b",) if name == "bad.csv" else ()) == 2
    (line,) = said(capsys)
    assert line.startswith(f"playground: {sentence}")
    assert not out.exists()


def test_a_folder_that_cannot_be_made_is_named_before_the_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert train(tmp_path / "file" / "run", "--epochs", "1") == 2
    assert said(capsys) == [f"playground: {tmp_path / 'file' / 'run'}: cannot be made: Not a directory"]


def test_a_file_that_cannot_be_written_is_named_and_the_others_are_there(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("snapshot.safetensors", "history.csv"):
        (out / name).mkdir(parents=True)
    assert train(out, "--epochs", "1", "--quiet") == 2
    assert said(capsys) == [
        "playground: snapshot.safetensors: cannot be written: not an ordinary file",
        "playground: history.csv: cannot be written: not an ordinary file",
    ]
    assert (out / "config.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["train"], "--out"),
        (["train", "--out", "x", "--set", "training.batch_size"], "is not PATH=VALUE"),
        (["train", "--out", "x", "--epochs", "-1"], "is not a whole number from 0"),
        (["train", "--out", "x", "--epochs", "1.5"], "is not a whole number from 0"),
        (["--speed"], "--speed"),
        (["one", "two"], "two"),
    ],
)
def test_a_bad_argument_is_named(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert sentence in said(capsys)[-1]


# Help


def test_help_tells_of_every_command_file_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["train", "--help"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    text = capsys.readouterr().out
    for word in ("playground train", "playground choices", "xvfb-run", "130", "--version", "overwritten", *FILES):
        assert word in text
    assert max(map(len, text.splitlines())) <= 110


def test_training_loads_no_qt_and_no_pyplot(out: Path) -> None:
    program = (
        "import sys; from playground.cli import main; code = main(sys.argv[1:]); "
        "print(code, *(m for m in sys.modules if m.split('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph')"
        " or m == 'matplotlib.pyplot'))"
    )
    arguments = [sys.executable, "-c", program, "train", "--out", str(out), "--epochs", "1", "--quiet"]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("0\n", "")
    assert {path.name for path in out.iterdir()} == FILES
