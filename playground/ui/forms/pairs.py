"""What a choice of loss or of output unit shows of the other: which pairs make sense, and what "automatic" means."""

from __future__ import annotations

from playground.experiment.config import Config
from playground.experiment.pairing import fitting, refusal, resolve
from playground.nn.activations.activation import Activation
from playground.options import with_value
from playground.ui.forms.knob_widgets import ChoiceWidget
from playground.ui.words import said

LOSS, OUTPUT = "training.loss", "network.output"


def show_losses(widget: ChoiceWidget, config: Config, classes: int) -> None:
    """In a choice of loss, for data with so many classes, 0 for a number to predict; the output unit is free to follow."""
    _show_refusals(widget, with_value(config, OUTPUT, None), LOSS, classes)
    widget.show_automatic(type(resolve(fitting(with_value(config, LOSS, None), classes), classes)[0]))


def show_outputs(widget: ChoiceWidget, config: Config, classes: int) -> None:
    """In a choice of output unit."""
    _show_refusals(widget, config, OUTPUT, classes)
    widget.show_automatic(type(output_of(with_value(config, OUTPUT, None), classes)))


def output_of(config: Config, classes: int) -> Activation:
    """The output unit that a config stands for, whether or not the loss goes with it."""
    return config.network.output or resolve(fitting(config, classes), classes)[1]


def _show_refusals(widget: ChoiceWidget, config: Config, path: str, classes: int) -> None:
    table = widget.knob.table
    reasons = {name: refusal(with_value(config, path, cls()), classes) for name, cls in table.items()}
    widget.show_refusals({name: said(reason) for name, reason in reasons.items()})
