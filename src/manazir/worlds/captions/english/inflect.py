"""English inflection: as much as captions need."""

from functools import cache
from typing import Literal

Form = Literal["s", "base", "ing"]
"""`s`: she rolls; `base`: they roll; `ing`: rolling."""

_IRREGULAR: dict[str, tuple[str, str, str]] = {
    "be": ("is", "are", "being"),
    "have": ("has", "have", "having"),
    "go": ("goes", "go", "going"),
    "do": ("does", "do", "doing"),
    "lie": ("lies", "lie", "lying"),
}

_DOUBLING = frozenset(
    {"hit", "run", "get", "tip", "drop", "stop", "slip", "sit", "pan", "skid", "travel", "barrel", "flip", "slam"}
)

_PLURALS = {"die": "dice", "dice": "dice"}


@cache
def verb(base: str, form: Form) -> str:
    """A verb in the present."""
    if base in _IRREGULAR:
        return dict(zip(("s", "base", "ing"), _IRREGULAR[base], strict=True))[form]
    if form == "base":
        return base
    if form == "s":
        return _with_s(base)
    if base in _DOUBLING:
        return base + base[-1] + "ing"
    return (base[:-1] if base.endswith("e") and not base.endswith("ee") else base) + "ing"


@cache
def plural(noun: str) -> str:
    """More than one; the last word of a phrase changes."""
    *before, last = noun.split(" ")
    return " ".join([*before, _PLURALS.get(last) or _with_s(last)])


@cache
def with_article(phrase: str) -> str:
    """A phrase after `a` or `an`."""
    return ("an " if phrase[0] in "aeiou" else "a ") + phrase


@cache
def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "ch", "sh", "z")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"
