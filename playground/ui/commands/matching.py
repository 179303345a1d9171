"""How well what someone types names a thing: by words, their beginnings, and letters left out. Knows no widget."""

from __future__ import annotations

import re

WORD = re.compile(r"[^\W_]+")


def fit(asked: str, name: str, more: str = "") -> float:
    """How well every word asked for is found in a name, or in what `more` is known of it; 0 where one is not.

    Of two names that have all of them the shorter fits better.
    """
    names, others = _words(name), _words(more)
    fits = [max(2 * _fit(word, names), _fit(word, others)) for word in _words(asked)]
    if not fits:
        return 1.0
    return 0.0 if 0 in fits else sum(fits) + 1.0 / (1 + len(names))


def _fit(asked: str, words: list[str]) -> int:
    if asked in words:
        return 5
    if any(word.startswith(asked) for word in words):
        return 4
    if _begun(asked, words):
        return 3
    if any(asked in word for word in words):
        return 2
    return int(any(word[0] == asked[0] and _left(asked, word) for word in words))


def _begun(asked: str, words: list[str]) -> bool:
    """Whether it is made of the beginnings of words in their order: "lr", "lrate" and "leara" are a learning rate."""
    if not asked:
        return True
    for place, word in enumerate(words):
        for length in range(1, len(word) + 1):
            if word[:length] != asked[:length]:
                break
            if _begun(asked[length:], words[place + 1 :]):
                return True
    return False


def _left(asked: str, word: str) -> bool:
    """Whether it is what is left of a word without some of its letters."""
    letters = iter(word)
    return all(letter in letters for letter in asked)


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())
