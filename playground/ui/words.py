"""Where sentences made below the window are translated. Knows nothing of what they are about."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from playground.options.message import Message

CONTEXT = "Message"


def said(text: Message | str) -> str:
    """It in the language of the window; a text without a template is one itself."""
    if isinstance(text, str):
        return QCoreApplication.translate(CONTEXT, text)
    values = {name: said(value) if isinstance(value, Message) else value for name, value in text.values.items()}
    return QCoreApplication.translate(CONTEXT, text.template).format(**values)
