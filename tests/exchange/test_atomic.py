"""A file is written whole or not at all, stays whose it was, and what killed processes leave behind is swept away."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from playground.exchange import held
from playground.exchange.atomic import sweep, write_atomically

# Makes part of a file in the folder, says so, and waits to be killed.
CHILD = """
import sys
from pathlib import Path
from playground.exchange.atomic import PART
from playground.exchange.held import create_held
file = create_held(Path(sys.argv[1]), PART)
print("made", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755])
def test_a_replaced_file_keeps_its_mode(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o7777 == mode


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_replaced_file_keeps_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    os.chown(path, 1234, 2345)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 2345)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_what_would_lose_its_owner_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    os.chown(path, 1234, 2345)

    def refuse(*_: Any) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    with pytest.raises(PermissionError) as caught:
        write_atomically(path, b"new")
    assert caught.value.strerror == "its owner could not be kept"
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_what_may_not_be_written_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everything
    with pytest.raises(PermissionError):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"


def test_what_a_killed_process_has_left_is_swept_and_a_living_ones_part_is_not(tmp_path: Path) -> None:
    foreign = tmp_path / ".somebody.part"
    foreign.touch()
    command = [sys.executable, "-c", CHILD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"made\n"
        write_atomically(tmp_path / "a", b"1")
        assert len(os.listdir(tmp_path)) == 3
        child.send_signal(signal.SIGKILL)
    write_atomically(tmp_path / "a", b"2")
    assert sorted(os.listdir(tmp_path)) == [".somebody.part", "a"]


def test_a_part_swept_before_it_was_held_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, swept = held.fcntl.flock, [False]

    def meddle(file: Any, how: int) -> None:
        if not swept[0]:
            swept[0] = True
            sweep(tmp_path)
        lock(file, how)

    monkeypatch.setattr(held.fcntl, "flock", meddle)
    write_atomically(tmp_path / "a", b"new")
    assert os.listdir(tmp_path) == ["a"]


def test_without_locks_it_is_written_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(held.fcntl, "flock", refuse)
    write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
