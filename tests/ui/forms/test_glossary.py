"""The glossary: what captions and knobs call things is explained where it is read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.ui.forms.caption import Caption
from playground.ui.forms.glossary import MOST, TERMS, explained


def terms_in(text: str) -> list[str]:
    return [line.partition(":")[0] for line in explained(text).splitlines()]


@pytest.mark.parametrize("term", [term for term, _, _ in TERMS])
def test_every_term_is_found_and_explained_in_a_sentence_or_two(term: str) -> None:
    assert term in terms_in(f"Look at the {term} of it.")
    [meaning] = [meaning for name, _, meaning in TERMS if name == term]
    assert meaning[0].isupper() or meaning[0] in "z−"
    assert meaning.endswith(".")
    assert len(meaning) <= 160


def test_terms_stand_in_the_order_of_the_text_and_are_no_parts_of_words() -> None:
    assert terms_in("Its epochs, then the gradient norm.") == ["epoch", "gradient norm"]
    assert terms_in("A stepfather, lossless and biased.") == []
    assert len(terms_in("loss, step, weight, bias, epoch, softmax, logits, dropout and ROC")) == MOST
    assert terms_in("loss, step, weight, bias, epoch, softmax, logits, dropout")[-1] == "dropout"


def test_a_caption_explains_its_terms_on_hover(qtbot: QtBot, qapp: QApplication) -> None:
    caption = Caption("caption", qapp.font())
    qtbot.addWidget(caption)
    caption.say("Where the loss is flat, the gradient is small.", "A remark.")
    assert caption.toolTip().startswith("A remark.")
    assert "∂L/∂w" in caption.toolTip()
    assert caption.cursor().shape() == Qt.CursorShape.WhatsThisCursor
    caption.say("Nothing to see.")
    assert caption.toolTip() == caption.accessibleDescription() == ""
    assert caption.cursor().shape() == Qt.CursorShape.ArrowCursor
