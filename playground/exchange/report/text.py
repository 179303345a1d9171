"""The words of a report: what was run, how it went, what is wrong with it and what helps, as Markdown."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from playground.experiment.config import Config
from playground.experiment.diagnosis.condition import Finding, Remedy
from playground.experiment.frame import Frame
from playground.options import Options
from playground.options.numerals import counted, percent, written


def report_text(
    frame: Frame, config: Config, findings: Sequence[Finding], drawn: Sequence[str], left_out: Mapping[str, str]
) -> str:
    """A page; `drawn` are the names of the pictures that lie beside it, `left_out` says why there are no others."""
    parts = [f"# {frame.scene.origin}: diagnosis", _what(frame, config), _how(frame)]
    if findings:
        parts += [_told(finding, config) for finding in findings]
    else:
        parts.append("Nothing stands out.")
    if drawn:
        parts.append("## Pictures\n\n" + "\n".join(f"![{name.removesuffix('.png')}]({name})" for name in drawn))
    if left_out:
        parts.append("Not drawn:\n\n" + "\n".join(f"- {name}: {reason}" for name, reason in left_out.items()))
    return "\n\n".join(parts) + "\n"


def _what(frame: Frame, config: Config) -> str:
    """Network and rules in one paragraph."""
    layers = [f"{layer.units} {layer.activation.label}" for layer in config.network.hidden]
    shape = f"hidden layers of {', '.join(layers)}" if layers else "no hidden layer"
    rules, members = config.training, len(frame.scene.members)
    many = f"{members} networks with" if members > 1 else "A network with"
    return (
        f"{many} {len(frame.scene.input_names)} inputs, {shape} and {frame.scene.output} output, trained by "
        f"{frame.scene.loss} with {rules.optimizer.label} at a learning rate of {rules.learning_rate:g}, "
        f"mini-batches of {counted(rules.batch_size)}."
    )


def _how(frame: Frame) -> str:
    """Losses and accuracies as a table, and what has become of the run."""
    scores = frame.scores
    rows = [
        ("training", scores.train_loss, scores.train_accuracy),
        ("validation", scores.validation_loss, scores.validation_accuracy),
        ("test", scores.test_loss, scores.test_accuracy),
    ]
    lines = [
        f"After epoch {counted(frame.epoch)}, step {counted(frame.step)}:",
        "",
        "| part | loss | accuracy |",
        "| --- | --- | --- |",
    ]
    for part, loss, accuracy in rows:
        if loss is not None:
            lines.append(f"| {part} | {written(loss)} | {'–' if accuracy is None else percent(accuracy)} |")
    if frame.ending:
        lines += ["", str(frame.ending)]
    return "\n".join(lines)


def _told(finding: Finding, config: Config) -> str:
    lines = [f"## {finding.title}", "", str(finding.sentence)]
    if finding.remedies:
        lines += ["", "What may help:", ""]
        lines += [f"- {remedy.label}: `{_settings(remedy, config)}`" for remedy in finding.remedies]
    return "\n".join(lines)


def _settings(remedy: Remedy, config: Config) -> str:
    """The same edit for the command line."""
    plain = remedy.applied(config).to_plain()
    settings = (f"{path}={_value(plain, path, value)}" for path, value in remedy.changes)
    return " ".join(f"--set {shlex.quote(setting)}" for setting in settings)


def _value(plain: Any, path: str, value: object) -> str:
    """What stands at a path, as JSON; of a choice with the usual knobs its name alone."""
    for part in path.split("."):
        plain = plain[int(part)] if isinstance(plain, list) else plain[part]
    if isinstance(value, Options) and "name" in plain and value == type(value)():
        return str(plain["name"])
    return json.dumps(plain, ensure_ascii=False)
