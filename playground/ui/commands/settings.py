"""Every knob of a config as something that is found by name and typed: what may be typed, and what comes of it. No widget."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from playground.data.dataset import Source
from playground.data.formats.file import FileSource
from playground.experiment.config import Config
from playground.experiment.pairing import fitting, refusal
from playground.options import (
    Choice,
    ConfigError,
    Flag,
    Items,
    Knob,
    Names,
    Number,
    Options,
    Subset,
    Text,
    knob_paths,
    with_text,
    with_value,
)
from playground.options.message import Message, Sentence
from playground.ui.forms.controls import RESTART_MARK
from playground.ui.forms.form import RESTARTING, value_at
from playground.ui.forms.knob_widgets import kept, purpose
from playground.ui.forms.numbers import number_text, parsed
from playground.ui.panels.data_panel import with_source
from playground.ui.words import said

ASK_FOR_FILE = Message("needs a file: Open data… asks for it")


@dataclass(frozen=True)
class Value:
    """One of the few values that a knob may have: what is typed for it, what it is called and means, and why not now."""

    typed: str
    label: str
    meaning: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class Setting:
    """A knob at its place in a config, for data of so many classes: 0 for a number to predict, None before data are read."""

    config: Config
    path: str
    knob: Knob
    classes: int | None

    @property
    def typed(self) -> str:
        """Its value as it could be typed."""
        value = value_at(self.config, self.path)
        if isinstance(self.knob, Number):
            return number_text(value)
        if isinstance(self.knob, Choice):
            return self.knob.name(value) if value is not None else "null"
        if isinstance(self.knob, Names):
            return json.dumps(value, ensure_ascii=False) if any("," in name for name in value) else ", ".join(value)
        return str(value) if isinstance(self.knob, Text) else json.dumps(self.knob.encode(value), ensure_ascii=False)

    @property
    def shown(self) -> str:
        """Its value as it is read."""
        value = value_at(self.config, self.path)
        if isinstance(self.knob, Items):
            return str(len(value))
        return next((entry.label for entry in self.values() if entry.typed == self.typed), self.typed or _tr("none"))

    @property
    def sentence(self) -> str:
        """What it does, what may be typed, and what it is now."""
        parts = [self.knob.help, f"{self._bounds()} {_tr('Now: {value}.').format(value=self.shown)}".strip()]
        if self.path.startswith(RESTARTING):
            parts.append(_tr("{mark} Restarts the run.").format(mark=RESTART_MARK))
        return " ".join(filter(None, parts))

    def values(self) -> list[Value]:
        """The values to choose from; none where anything may be typed."""
        knob = self.knob
        if isinstance(knob, Flag):
            return [Value("true", _tr("on")), Value("false", _tr("off"))]
        if isinstance(knob, Text):
            return [Value(text, text) for text in knob.values]
        if isinstance(knob, Choice):
            automatic = [Value("null", _tr("automatic"))] if knob.automatic else []
            return automatic + [
                Value(name, cls.label, cls.formula or purpose(cls), self._reason(cls))
                for name, cls in knob.table.items()
            ]
        return []

    def edited(self, typed: str) -> Config:
        """The config with what was typed.

        Raises:
            ConfigError: when that cannot stand here.
        """
        config, path, knob = self.config, self.path, self.knob
        if isinstance(knob, Number):
            return self._with(parsed(knob, typed.strip()))
        value = value_at(with_text(config, path, typed), path)
        if isinstance(knob, Choice) and typed in knob.table:
            value = kept(knob.table[typed], value_at(config, path))
        return self._with(value)

    def _with(self, value: object) -> Config:
        """Whatever cannot go with this value makes way for it, as in the panels; what cannot make way refuses it."""
        config: Config = with_value(self.config, self.path, value)
        if config == self.config:
            return config
        if isinstance(value, FileSource):
            raise ConfigError(self.path, ASK_FOR_FILE)  # nothing is read in the window's own thread
        if isinstance(value, Source):
            return with_source(config, value, value.outline())
        if self.classes is None:
            return config
        if self.path.startswith("training."):
            config = fitting(config, self.classes)
        if value_at(config, self.path) != value:
            asked = with_value(with_value(self.config, "network.output", None), self.path, value)
            reason = refusal(asked, self.classes) or Message("cannot be this with what else is set")
            raise ConfigError(self.path, reason)
        if reason := refusal(config, self.classes):
            raise ConfigError(self.path, reason)
        return config

    def _reason(self, cls: type[Options]) -> str:
        if issubclass(cls, FileSource):
            return said(Sentence("{reason}.", reason=ASK_FOR_FILE))
        if issubclass(cls, Source):
            return ""
        try:
            self._with(kept(cls, value_at(self.config, self.path)))
        except ConfigError as error:
            return said(Sentence("{reason}.", reason=error.reason))
        return ""

    def _bounds(self) -> str:
        knob = self.knob
        if isinstance(knob, Number):
            low, high = number_text(knob.minimum), number_text(knob.maximum)
            return _tr("From {low} to {high}.").format(low=low, high=high)
        if isinstance(knob, Subset):
            return _tr("Any of {names}, with commas between.").format(names=", ".join(knob.values))
        if isinstance(knob, Names):
            return _tr("Names with commas between.")
        if isinstance(knob, Items):
            return _tr("A list in JSON of at most {count}.").format(count=knob.maximum)
        return ""


def settings(config: Config, classes: int | None) -> Iterator[Setting]:
    """All there are in this config."""
    for path, knob in knob_paths(config):
        yield Setting(config, path, knob, classes)


def _tr(text: str) -> str:
    return QCoreApplication.translate("settings", text)
