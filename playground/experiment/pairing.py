"""Which loss goes with which output unit, for which data: pairs that make sense, and what "automatic" means."""

from __future__ import annotations

from playground.experiment.config import FULL_BATCH, Config, ConfigError
from playground.nn.activations.activation import Activation
from playground.nn.losses import LOSSES, BinaryCrossEntropy, CrossEntropy, SquaredError
from playground.nn.losses.loss import Loss
from playground.options import with_value
from playground.options.message import NOTHING, Message


def resolve(config: Config, classes: int) -> tuple[Loss, Activation]:
    """Loss and output unit, "automatic" decided: the matched pair for the problem. `classes` = 0 means regression.

    Raises:
        ConfigError: when the pair makes no sense, or not for this problem.
    """
    loss, output = config.training.loss, config.network.output
    if loss is None:
        loss = _loss_for(output, classes)
    if output is None:
        output = loss.match(classes)
    if reason := loss.refusal(output, classes=bool(classes)):
        raise ConfigError("training.loss", reason)
    if not classes and output.coupled:
        words = "{output} needs classes: a single {output} output is always 1"
        raise ConfigError("network.output", words, output=output.label)
    return loss, output


def fitting(config: Config, classes: int) -> Config:
    """The config, with output unit, loss or both automatic where they cannot work with each other or with the data.

    `classes` is how many the data have, 0 for a number to predict. An optimizer that needs the full batch gets it.
    """
    if config.training.optimizer.full_batch:
        config = with_value(config, "training.batch_size", FULL_BATCH)
    free_output: Config = with_value(config, "network.output", None)
    free_loss: Config = with_value(config, "training.loss", None)
    candidates = (config, free_output, free_loss)
    free: Config = with_value(free_output, "training.loss", None)
    return next((candidate for candidate in candidates if not refusal(candidate, classes)), free)


def refusal(config: Config, classes: int) -> Message:
    """Why loss and output unit of this config make no sense; NOTHING where they do."""
    try:
        resolve(config, classes)
    except ConfigError as error:
        return error.reason
    return NOTHING


def output_count(loss: Loss, output: Activation, classes: int) -> int:
    """Output units: one for a number or a yes-or-no answer, else one per class."""
    if classes > 2 or (classes == 2 and (output.coupled or loss.one_output_per_class)):
        return classes
    return 1


def _loss_for(output: Activation | None, classes: int) -> Loss:
    """The loss that matches the output unit, or else the problem."""
    if not classes:
        return SquaredError()
    if output is None:
        return CrossEntropy() if classes > 2 else BinaryCrossEntropy()
    return next((loss for cls in LOSSES.values() if (loss := cls()).matches(output)), SquaredError())
