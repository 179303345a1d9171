"""`playground train --report`: the words and pictures it leaves, without a screen."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from playground.cli import main
from playground.exchange import report
from playground.exchange.report import PICTURES, REPORT_NEEDS, write_report
from playground.exchange.report import loss as loss_picture
from playground.exchange.report.text import report_text
from playground.exchange.snapshot import load_snapshot
from playground.experiment.config import Config, Layer
from playground.experiment.diagnosis.condition import Finding, Remedy
from playground.experiment.frame import Frame
from playground.experiment.history.curves import Curves
from playground.experiment.looks.table import MAIN
from playground.experiment.run.session import Session
from playground.nn.clipping import ClipByNorm
from playground.nn.noise import Noise
from playground.nn.regularizers import L2
from playground.options import with_text, with_value
from playground.options.message import NOTHING, Message
from tests.frames import altered

STEP = 'network.hidden=[{"units": 4, "activation": "step"}]'


def remedies() -> list[Remedy]:
    """Of every kind: a number, a list of layers, choices with usual and with other knobs, a section."""
    return [
        Remedy(NOTHING, (("network.hidden", (Layer(8),)), ("training.regularizer", L2(0.01)))),
        Remedy(NOTHING, (("training.noise", Noise()), ("training.batch_size", 32), ("data.standardise", False))),
    ]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> dict[str, report.Picture]:
    """Pictures that take no time: one that works, and one of what this run does not have."""

    def nothing(frame: Frame, path: Path) -> None:
        raise ValueError("nothing to draw")

    def write(frame: Frame, path: Path) -> None:
        path.write_bytes(b"1")

    made: dict[str, report.Picture] = {"one": write, "none": nothing}
    monkeypatch.setattr(report, "PICTURES", made)
    return made


def test_a_report_names_what_is_wrong_and_draws_all_it_can_without_a_screen_or_qt(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "why"
    program = (
        "import sys; from playground.cli import main; code = main(sys.argv[1:]); assert 'PySide6' not in sys.modules; "
        "sys.exit(code)"
    )
    arguments = ["train", "--report", str(folder), "--epochs", "6", "--quiet", "--set", STEP]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd())}
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, timeout=120, env=environment)
    drawn = {path.name for path in folder.iterdir()}
    assert drawn == {"diagnosis.md", *(f"{name}.png" for name in PICTURES)} - {"dead_units.png"}  # nobody has died
    text = (folder / "diagnosis.md").read_text(encoding="utf-8")
    assert "## Units without a slope" in text
    assert "no gradient passes them, so that the weights of layer 1 never change." in text
    assert "- Take ReLU instead: `--set network.hidden.0.activation=relu`" in text
    for name in drawn - {"diagnosis.md"}:
        assert f"({name})" in text
        assert imread(folder / name).std() > 0.01  # something is drawn


def test_it_leaves_the_results_too_where_both_are_asked_for(tmp_path: Path, few: object) -> None:
    arguments = ["train", "--out", str(tmp_path), "--report", str(tmp_path), "--epochs", "1", "--quiet"]
    assert main(arguments) == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert {"snapshot.safetensors", "history.csv", "diagnosis.md", "one.png"} <= names
    assert "none.png" not in names
    text = (tmp_path / "diagnosis.md").read_text(encoding="utf-8")
    assert "![one](one.png)" in text
    assert "none.png" not in text
    assert text.endswith("Not drawn:\n\n- none: nothing to draw\n")


def test_a_run_that_is_well_says_so(tmp_path: Path, few: object) -> None:
    assert main(["train", "--report", str(tmp_path), "--epochs", "60", "--quiet"]) == 0
    text = (tmp_path / "diagnosis.md").read_text(encoding="utf-8")
    assert "Nothing stands out." in text
    assert "| training | " in text


def test_a_run_that_diverged_is_reported_and_ends_with_its_code(tmp_path: Path, few: object) -> None:
    sets = ("training.loss=squared_error", "network.output=linear", "training.learning_rate=100")
    arguments = [part for setting in sets for part in ("--set", setting)]
    assert main(["train", "--report", str(tmp_path), "--epochs", "9", "--quiet", *arguments]) == 3
    assert "## Divergence" in (tmp_path / "diagnosis.md").read_text(encoding="utf-8")


def test_a_picture_that_cannot_be_written_is_told_and_the_others_are_there(
    tmp_path: Path, few: dict[str, report.Picture], capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(frame: Frame, path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    few["locked"] = refuse
    assert main(["train", "--report", str(tmp_path), "--epochs", "1", "--quiet"]) == 2
    assert capsys.readouterr().err == "playground: locked.png: cannot be written: Permission denied\n"
    assert {path.name for path in tmp_path.iterdir()} == {"diagnosis.md", "one.png"}


def test_a_folder_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train"])
    assert ended.value.code == 2
    assert "--report" in capsys.readouterr().err


def test_reporting_changes_nothing(tmp_path: Path, few: object) -> None:
    for name, more in (("with", ["--report", str(tmp_path)]), ("without", [])):
        assert main(["train", "--out", str(tmp_path / name), "--epochs", "3", "--quiet", *more]) == 0
    one, other = (load_snapshot(tmp_path / name / "snapshot.safetensors").state() for name in ("with", "without"))
    assert one.plain == other.plain
    assert all(np.array_equal(one.arrays[name], other.arrays[name], equal_nan=True) for name in one.arrays)


def test_every_picture_draws_several_members_or_says_that_it_cannot(tmp_path: Path) -> None:
    session = Session(with_text(with_text(Config(), "ensemble.members", "3"), "data.source", "plane"))
    session.train(3)
    assert write_report(session.frame(REPORT_NEEDS), session.config, tmp_path) == []
    assert (tmp_path / "loss.png").exists()


def test_a_frame_without_a_diagnosis_or_curves_is_refused(tmp_path: Path) -> None:
    frame = Session(Config()).frame(MAIN)
    with pytest.raises(ValueError, match="no diagnosis"):
        write_report(frame, Config(), tmp_path)
    with pytest.raises(ValueError, match="no curves"):
        loss_picture.picture(altered(frame, curves=None), tmp_path / "x.png")


def test_a_remedy_is_told_as_settings_of_the_command_line() -> None:
    remedy = Remedy(
        Message("All"), (("training.learning_rate", 0.5), ("network.output", None), ("training.clipping", ClipByNorm()))
    )
    finding = Finding("kind", "A title", Message("A sentence."), Curves, (remedy,))
    config = with_value(Config(), "training.batch_size", 7)
    text = report_text(Session(config).frame(frozenset()), config, [finding], [], {})
    settings = "--set training.learning_rate=0.5 --set network.output=null --set training.clipping=by_norm"
    assert f"- All: `{settings}`" in text
    assert "mini-batches of 7" in text
    assert "Pictures" not in text
    assert "Not drawn" not in text


@pytest.mark.parametrize("remedy", remedies())
def test_the_settings_that_are_told_make_the_same_edit(remedy: Remedy) -> None:
    told = report_text(
        Session(Config()).frame(frozenset()), Config(), [Finding("", "", NOTHING, Curves, (remedy,))], [], {}
    )
    [line] = [line for line in told.splitlines() if line.startswith("- ")]
    words = shlex.split(line.split("`")[1])
    config = Config()
    for setting in words[1::2]:
        config = with_text(config, *setting.split("=", 1))
    assert config == remedy.applied(Config())


def test_what_is_looked_at_is_chosen_and_kept(tmp_path: Path, few: object, capsys: pytest.CaptureFixture[str]) -> None:
    looks = ["--look", "layer=1", "--look", "part=train"]
    assert main(["train", "--out", str(tmp_path), "--report", str(tmp_path), "--epochs", "1", "--quiet", *looks]) == 0
    selection = load_snapshot(tmp_path / "snapshot.safetensors").selection
    assert (selection.layer, selection.part) == (1, "train")
    assert main(["train", "--out", str(tmp_path), "--quiet", "--look", "layers=1"]) != 0
    assert "layers: is not known here; known are member, layer, unit" in capsys.readouterr().err
