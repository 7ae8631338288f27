"""English main clauses: who does what to whom."""

from random import Random
from typing import NamedTuple

from manazir.worlds.captions.english.directions import DIRECTIONS
from manazir.worlds.captions.english.events_of_one import EVENTS_OF_ONE, RAMP_BY_SHAPE
from manazir.worlds.captions.english.events_of_two import EVENTS_OF_TWO
from manazir.worlds.captions.english.inflect import Form, verb
from manazir.worlds.captions.english.nouns import Phrase, noun_phrase, together
from manazir.worlds.captions.english.settings import BYSTANDERS
from manazir.worlds.captions.grammar import chance, favour, fill, pick
from manazir.worlds.captions.plan import First, Group, Plan
from manazir.worlds.scene import Event

EVENTS = {**EVENTS_OF_ONE, **EVENTS_OF_TWO}

STACKS = ("stack", "tower", "pile", "column")

NOTHING = Phrase("nothing", is_plural=False)
WALL = Phrase("a wall", is_plural=False)


class _Frame(NamedTuple):
    """How a subject `{s}` and a predicate `{v}` make a clause."""

    text: str
    form: Form


_PLAIN = _Frame("{s} {v}", "s")
_FRAMES = (
    _Frame("{s} {is} {v}", "ing"),
    _Frame("{s} {v}", "ing"),
    _Frame("there {is} {s} {v}", "ing"),
    _Frame("we see {s} {v}", "ing"),
    _Frame("here we see {s} {v}", "ing"),
    _Frame("you can see {s} {v}", "ing"),
    _Frame("watch {s} {v}", "base"),
    _Frame("we watch {s} {v}", "base"),
    _Frame("a video of {s} {v}", "ing"),
    _Frame("a clip of {s} {v}", "ing"),
    _Frame("a shot of {s} {v}", "ing"),
    _Frame("footage of {s} {v}", "ing"),
    _Frame("a scene in which {s} {v}", "s"),
    _Frame("in this clip, {s} {v}", "s"),
    _Frame("the video shows {s} {v}", "ing"),
    _Frame("this shows how {s} {v}", "s"),
    _Frame("{s} can be seen {v}", "ing"),
    _Frame("an animation of {s} {v}", "ing"),
)


def main_clause(rng: Random, plan: Plan, subject: Phrase, other: Phrase) -> str:
    """What happens, and who stands by: `a red ball rolls to the left into a blue cube`."""
    direction = _direction(rng, plan)
    if plan.first is First.DOER and chance(rng, 0.06):
        return _nominal(rng, plan, subject, other, direction)
    return clause(rng, subject, pick(rng, predicates(plan)), other, direction)


def predicates(plan: Plan) -> tuple[str, ...]:
    """Templates that say the plan's event of the party it names first."""
    words = EVENTS[plan.facts.event]
    if plan.first is First.BOTH:
        return words.mutual
    if plan.first is First.UNDERGOER:
        return words.passive
    shapes = {group.shape for group in plan.doers}
    by_shape = RAMP_BY_SHAPE.get(next(iter(shapes)), ()) if plan.facts.event is Event.RAMP and len(shapes) == 1 else ()
    return words.full + by_shape


def clause(rng: Random, subject: Phrase, template: str, other: Phrase, direction: str) -> str:
    """Join a subject and a predicate, one way or another."""
    frame = _PLAIN if chance(rng, 0.5) else pick(rng, _FRAMES)
    form: Form = "base" if frame.form == "s" and subject.is_plural else frame.form
    said = fill(template, _slots(subject, other, direction), lambda _, base: verb(base, form))
    return frame.text.format_map({"s": subject.text, "v": said, "is": "are" if subject.is_plural else "is"})


def telegram(rng: Random, plan: Plan, subject: Phrase, other: Phrase) -> str:
    """The same in a telegram's words: `red ball bouncing`, `bouncing red ball`, `red ball, bounces`."""
    words = EVENTS[plan.facts.event]
    templates = words.short if plan.first is First.DOER else predicates(plan)
    template, direction = pick(rng, templates), _direction(rng, plan)
    form: Form = "ing" if chance(rng, 0.6) else ("base" if subject.is_plural else "s")
    said = fill(template, _slots(subject, other, direction), lambda _, base: verb(base, form))
    if form == "ing" and " " not in said and subject.text.isascii() and chance(rng, 0.5):
        return f"{said} {subject.text}"
    return f"{subject.text}{pick(rng, (' ', ' ', ', '))}{said}"


def parties(rng: Random, plan: Plan, *, is_bare: bool) -> tuple[Phrase, Phrase]:
    """The clause's subject, and the other party."""
    doers = _doers(rng, plan, is_bare=is_bare)
    undergoers = _phrases(rng, plan.undergoers, is_bare=is_bare)
    other = together(undergoers) if undergoers else WALL
    return (other, doers) if plan.first is First.UNDERGOER else (doers, other)


def bystanders(rng: Random, plan: Plan, *, is_bare: bool) -> str:
    """What stands by, to be put after the main clause; empty where nothing is said to."""
    if not plan.bystanders:
        return ""
    phrase = together(_phrases(rng, plan.bystanders, is_bare=is_bare))
    if is_bare:
        return f", {phrase.text} nearby"
    be, stay, it = ("are", "stay", "they") if phrase.is_plural else ("is", "stays", "it")
    return pick(rng, BYSTANDERS).format(x=phrase.text, be=be, stay=stay, it=it)


def _doers(rng: Random, plan: Plan, *, is_bare: bool) -> Phrase:
    phrases = _phrases(rng, plan.doers, is_bare=is_bare)
    if plan.facts.event is Event.STACK:
        return _stack(rng, phrases, is_bare=is_bare)
    return together(phrases) if phrases else NOTHING


def _stack(rng: Random, phrases: list[Phrase], *, is_bare: bool) -> Phrase:
    """The bodies as one thing; what it consists of may go unsaid."""
    noun = pick(rng, STACKS)
    contents = f" of {together(phrases).text}" if phrases else ""
    return Phrase(("" if is_bare else "a ") + noun + contents, is_plural=False, noun=noun)


def _phrases(rng: Random, groups: tuple[Group, ...], *, is_bare: bool) -> list[Phrase]:
    return [noun_phrase(rng, group, is_bare=is_bare) for group in groups]


def _nominal(rng: Random, plan: Plan, subject: Phrase, other: Phrase, direction: str) -> str:
    """The event as a thing: `the fall of a red ball`."""
    slots = {"s": subject.text, "o": other.text, "d": direction}
    return fill(pick(rng, EVENTS[plan.facts.event].nouns), slots, lambda _, base: base)


def _slots(subject: Phrase, other: Phrase, direction: str) -> dict[str, str]:
    return {
        "o": other.text,
        "d": direction,
        "its": "their" if subject.is_plural else "its",
        "them": "them" if other.is_plural else "it",
    }


def _direction(rng: Random, plan: Plan) -> str:
    return " " + favour(rng, DIRECTIONS[plan.direction]) if plan.direction else ""
