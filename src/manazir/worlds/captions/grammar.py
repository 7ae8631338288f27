"""Choices and templates: what the grammars of all languages share.

A template is a text with slots: `{o}` is filled with a phrase, `@word` agrees with the subject, `~word` describes it
in passing (Arabic's circumstantial accusative), and what stands in `[…]` is said only when there is a direction.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
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


class Kind(Enum):
    """What a piece of a template is."""

    TEXT = "text"
    SLOT = "slot"
    AGREES = "agrees"
    DESCRIBES = "describes"


class Piece(NamedTuple):
    """A stretch of a template that is filled in one way."""

    kind: Kind
    text: str
    needs_direction: bool


_PIECES = re.compile(r"(\{\w+\}|@[\w\u064B-\u0652]+|~[\w\u064B-\u0652]+|\[|\])")


@cache
def pieces(template: str) -> tuple[Piece, ...]:
    """A template taken apart."""
    found: list[Piece] = []
    is_optional = False
    for part in _PIECES.split(template):
        if part in ("[", "]"):
            is_optional = part == "["
        elif part:
            found.append(Piece(*_kind(part), is_optional))
    return tuple(found)


def _kind(part: str) -> tuple[Kind, str]:
    if part[0] == "{":
        return Kind.SLOT, part[1:-1]
    if part[0] == "@":
        return Kind.AGREES, part[1:]
    if part[0] == "~":
        return Kind.DESCRIBES, part[1:]
    return Kind.TEXT, part


def fill(
    template: str,
    slots: Mapping[str, str],
    agree: Callable[[str], str],
    describe: Callable[[str], str] = str,
) -> str:
    """A template's text with its slots filled and its words in agreement; slot `d` is the direction, or empty."""
    has_direction = bool(slots.get("d"))
    words: list[str] = []
    for kind, text, needs_direction in pieces(template):
        if needs_direction and not has_direction:
            continue
        if kind is Kind.TEXT:
            words.append(text)
        elif kind is Kind.SLOT:
            words.append(slots[text])
        else:
            words.append(agree(text) if kind is Kind.AGREES else describe(text))
    return "".join(words)
