"""Training up to a number of epochs, with a bar on a terminal while it lasts and a line of results at the end."""

from __future__ import annotations

import shutil
import sys
import threading
import time

from playground.experiment.run.session import Session
from playground.options.numerals import counted, percent, written

REDRAW = 0.1  # seconds between two looks at the progress


def train(session: Session, epochs: int, stop: threading.Event, quiet: bool) -> None:
    """Train to the end of this epoch and on until `epochs` have been finished, the run diverges or `stop` is set."""
    start = session.step_count
    goal = start + max(epochs * session.scene.steps_per_epoch - session.position[1], 0)
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
            _draw_bar(_scores(session), done / (goal - start), done / (now - began))
    if not quiet:
        result = (
            f"{counted(session.step_count - start)} steps in {time.perf_counter() - began:.1f} s: {_scores(session)}"
        )
        print(f"\r\x1b[K{result}" if bar else result, file=sys.stderr)


def _draw_bar(scores: str, share: float, speed: float) -> None:
    filled = round(20 * share)
    line = f"{'█' * filled}{'░' * (20 - filled)} {100 * share:3.0f} %  {speed:,.0f} steps/s  {scores}"
    print(f"\r{line[: shutil.get_terminal_size().columns - 1]}\x1b[K", end="", file=sys.stderr, flush=True)


def _scores(session: Session) -> str:
    frame = session.frame(frozenset())
    scores = frame.scores
    losses = [f"{written(scores.train_loss)} training", f"{written(scores.test_loss)} test"]
    if scores.validation_loss is not None:
        losses.insert(1, f"{written(scores.validation_loss)} validation")
    text = f"epoch {counted(frame.epoch)}  loss {', '.join(losses)}"
    shares = (scores.train_accuracy, scores.validation_accuracy, scores.test_accuracy)
    accuracies = ", ".join(percent(share) for share in shares if share is not None)
    return f"{text}  accuracy {accuracies}" if accuracies else text
