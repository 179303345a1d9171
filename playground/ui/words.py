"""Where sentences made below the window are translated. Knows nothing of what they are about."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from playground.options.message import Message

CONTEXT = "Message"


def said(message: Message) -> str:
    """A message in the language of the window."""
    return message.said(lambda template: QCoreApplication.translate(CONTEXT, template))
