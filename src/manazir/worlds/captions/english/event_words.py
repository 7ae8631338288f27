"""The ways in which English says what happens.

A predicate is a text in which `@` marks the verbs that agree with the subject; `{d}` is the direction, `{o}` the other
party, `{them}` a pronoun for it, `{its}` one for the subject; what stands in `[…]` is said only with a direction. Every
one of them has a place for the direction, except where there never is one.
"""

from typing import NamedTuple


class EventWords(NamedTuple):
    """Predicates of an event."""

    full: tuple[str, ...]
    short: tuple[str, ...]
    """For telegrams."""
    nouns: tuple[str, ...]
    """With `{s}`: whom it happens to, and `{d}`."""
    passive: tuple[str, ...] = ()
    """The undergoer is the subject and `{o}` the doer."""
    mutual: tuple[str, ...] = ()
    """Both are the subject."""
