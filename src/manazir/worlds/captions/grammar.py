"""Choices and templates: what the grammars of all languages share.

A template is a text with slots: `{o}` is filled with a phrase, a marked word like `@word` is inflected (what each mark
means is the language's), and what stands in `[…]` is said only when there is a direction.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random
from typing import NamedTuple, TypeVar

Option = TypeVar("Option")

FAVOUR = 0.4
"""Share of draws that take the plainest word, which stands first in its list."""


def pick(rng: Random, options: Sequence[Option]) -> Option:
    """One of the options, each as likely."""
    return options[int(rng.random() * len(options))]


def favour(rng: Random, options: Sequence[Option]) -> Option:
    """One of the options, the first (the plainest) more often."""
    return options[0] if rng.random() < FAVOUR else options[int(rng.random() * len(options))]


def chance(rng: Random, share: float) -> bool:
    """True in this share of draws."""
    return rng.random() < share


class Piece(NamedTuple):
    """A stretch of a template that is filled in one way."""

    mark: str
    """Empty: text as it is; `{`: a slot; else the mark of a word that is inflected."""
    text: str
    needs_direction: bool


_PIECES = re.compile(r"(\{\w+\}|[@^&%~][\w\u064B-\u0652]+|\[|\])")


@cache
def pieces(template: str) -> tuple[Piece, ...]:
    """A template taken apart."""
    found: list[Piece] = []
    is_optional = False
    for part in _PIECES.split(template):
        if part in ("[", "]"):
            is_optional = part == "["
        elif part:
            found.append(Piece(*_read(part), is_optional))
    return tuple(found)


def _read(part: str) -> tuple[str, str]:
    if part[0] == "{":
        return "{", part[1:-1]
    return (part[0], part[1:]) if part[0] in "@^&%~" else ("", part)


def fill(template: str, slots: Mapping[str, str], inflect: Callable[[str, str], str]) -> str:
    """A template's text with its slots filled and its words inflected.

    Args:
        slots: `d` is the direction, empty where none is said.
        inflect: from a mark and a word to the word's form.
    """
    has_direction = bool(slots.get("d"))
    words: list[str] = []
    for mark, text, needs_direction in pieces(template):
        if needs_direction and not has_direction:
            continue
        if not mark:
            words.append(text)
        else:
            words.append(slots[text] if mark == "{" else inflect(mark, text))
    return "".join(words)
