"""The ways in which Arabic says what happens.

A predicate is its first verb, which may stand before the subject, and the rest. Verbs are given as the masculine
singular of the present. In a rest, `@verb` agrees with the subject before it, `~participle` describes the subject in
the accusative, `&verb` agrees with the other party before it and `%verb` with the other party after it; `{d}` is the
direction, `{o}` the other party in the genitive (`{on}`, `{oa}`: nominative, accusative), `{it}` a pronoun attached
for the subject, `{them}` one for the other party, `{each}` "each other"; what stands in `[…]` is said only with a
direction. Every one of them has a place for the direction, except where there never is one.
"""

from typing import NamedTuple

Predicate = tuple[str, str]


class EventWords(NamedTuple):
    """Predicates of an event."""

    full: tuple[Predicate, ...]
    short: tuple[Predicate, ...]
    """For telegrams."""
    nouns: tuple[str, ...]
    """The event as a thing, with `{s}`: whom it happens to, in the genitive."""
    passive: tuple[Predicate, ...] = ()
    """The undergoer is the subject."""
    inverted: tuple[str, ...] = ()
    """Whole clauses that name the undergoer, `{s}` (`{sg}`: genitive), before the doer."""
    mutual: tuple[Predicate, ...] = ()
    mutual_nouns: tuple[str, ...] = ()
