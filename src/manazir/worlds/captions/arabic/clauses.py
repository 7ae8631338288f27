"""Arabic main clauses: verb first or subject first, each agreeing in its way."""

from random import Random

from manazir.worlds.captions.arabic.directions import DIRECTIONS
from manazir.worlds.captions.arabic.event_words import Predicate
from manazir.worlds.captions.arabic.events_of_one import EVENTS_OF_ONE, RAMP_BY_SHAPE
from manazir.worlds.captions.arabic.events_of_two import EVENTS_OF_TWO
from manazir.worlds.captions.arabic.frames import FRAMES, SUBJECT_FIRST, VERB_FIRST
from manazir.worlds.captions.arabic.modifiers import Fixed
from manazir.worlds.captions.arabic.morphology import (
    Agreement,
    Case,
    Gender,
    Noun,
    Number,
    conjugate,
    nisba,
    pronoun,
    suffix,
)
from manazir.worlds.captions.arabic.nouns import NounPhrase, Phrase, join, noun_phrase
from manazir.worlds.captions.arabic.settings import BYSTANDERS
from manazir.worlds.captions.grammar import chance, favour, fill, pick
from manazir.worlds.captions.plan import First, Group, Plan
from manazir.worlds.scene import Event

EVENTS = {**EVENTS_OF_ONE, **EVENTS_OF_TWO}

STACKS = (
    Noun("برج", "أبراج", Gender.MASCULINE),
    Noun("كومة", "أكوام", Gender.FEMININE),
    Noun("عمود", "أعمدة", Gender.MASCULINE),
)

WALL = Noun("جدار", "جدران", Gender.MASCULINE)

VERB_FIRST_SHARE = 0.45
"""Share of clauses in the unmarked order of written Arabic."""


def main_clause(rng: Random, plan: Plan, subject: Phrase, other: Phrase, *, prefers_verb: bool) -> str:
    """What happens; `prefers_verb` after an adverbial, where the verb comes first by custom."""
    direction, words = _direction(rng, plan), EVENTS[plan.facts.event]
    if plan.first is First.UNDERGOER and chance(rng, len(words.inverted) / (len(words.inverted) + len(words.passive))):
        return sentence(pick(rng, words.inverted), subject, other, direction)
    nouns = words.mutual_nouns if plan.first is First.BOTH else words.nouns
    if plan.first is not First.UNDERGOER and not prefers_verb and chance(rng, 0.08):
        return nominal(pick(rng, nouns), subject, other, direction)
    verb, rest = pick(rng, predicates(plan))
    frame = VERB_FIRST if prefers_verb or chance(rng, VERB_FIRST_SHARE) else pick(rng, FRAMES)
    return sentence(frame.format(verb=verb, rest=rest), subject, other, direction)


def telegram(rng: Random, plan: Plan, subject: Phrase, other: Phrase) -> str:
    """The same in few words: `كرة حمراء تسقط`, `سقوط كرة حمراء`."""
    direction, words = _direction(rng, plan), EVENTS[plan.facts.event]
    if plan.first is not First.UNDERGOER and chance(rng, 0.35):
        nouns = words.mutual_nouns if plan.first is First.BOTH else words.nouns
        return nominal(pick(rng, nouns), subject, other, direction)
    verb, rest = pick(rng, words.short if plan.first is First.DOER else predicates(plan))
    frame = pick(rng, (SUBJECT_FIRST, SUBJECT_FIRST, VERB_FIRST, "{{s}}، @{verb}{rest}"))
    return sentence(frame.format(verb=verb, rest=rest), subject, other, direction)


def predicates(plan: Plan) -> tuple[Predicate, ...]:
    """Ways to say the plan's event of the party it names first."""
    words = EVENTS[plan.facts.event]
    if plan.first is First.BOTH:
        return words.mutual
    if plan.first is First.UNDERGOER:
        return words.passive
    shapes = {group.shape for group in plan.doers}
    by_shape = RAMP_BY_SHAPE.get(next(iter(shapes)), ()) if plan.facts.event is Event.RAMP and len(shapes) == 1 else ()
    return words.full + by_shape


def sentence(template: str, subject: Phrase, other: Phrase, direction: str) -> str:
    """A clause's template with its parties in their cases and its verbs in agreement."""
    own, others = subject.agreement, other.agreement

    def inflect(mark: str, word: str) -> str:
        if mark == "~":
            return nisba(word).form(own, Case.ACCUSATIVE)
        if mark in "^%":
            gender = subject.first_gender if mark == "^" else other.first_gender
            return conjugate(word, Agreement(gender, Number.SINGULAR), is_before_subject=True)
        return conjugate(word, own if mark == "@" else others, is_before_subject=False)

    slots = {
        "s": subject.text(Case.NOMINATIVE),
        "sa": subject.text(Case.ACCUSATIVE),
        "sg": subject.text(Case.GENITIVE),
        "o": other.text(Case.GENITIVE),
        "oa": other.text(Case.ACCUSATIVE),
        "on": other.text(Case.NOMINATIVE),
        "d": direction,
        "it": suffix(own),
        "them": suffix(others),
        "she": pronoun(own),
        "each": _each_other(own),
    }
    return fill(template, slots, inflect)


def nominal(template: str, subject: Phrase, other: Phrase, direction: str) -> str:
    """The event as a thing: `سقوط كرة حمراء`; its `{s}` is a genitive."""
    return sentence(template.replace("{s}", "{sg}"), subject, other, direction)


def parties(rng: Random, plan: Plan, *, is_short: bool) -> tuple[Phrase, Phrase]:
    """The clause's subject, and the other party."""
    doers = _doers(rng, plan, is_short=is_short)
    undergoers = _phrases(rng, plan.undergoers, is_short=is_short)
    other = join(undergoers) if undergoers else NounPhrase(WALL, 1)
    return (other, doers) if plan.first is First.UNDERGOER else (doers, other)


def bystanders(rng: Random, plan: Plan, *, is_short: bool) -> str:
    """What stands by, to be put after the main clause; empty where nothing is said to."""
    if not plan.bystanders:
        return ""
    phrase = join(_phrases(rng, plan.bystanders, is_short=is_short))
    if is_short:
        return f"، وبالقرب {phrase.text(Case.NOMINATIVE)}"
    return sentence(pick(rng, BYSTANDERS), phrase, phrase, "")


def _doers(rng: Random, plan: Plan, *, is_short: bool) -> Phrase:
    phrases = _phrases(rng, plan.doers, is_short=is_short)
    if plan.facts.event is not Event.STACK:
        return join(phrases)
    contents = (Fixed(f"من {join(phrases).text(Case.GENITIVE)}"),) if phrases else ()
    return NounPhrase(pick(rng, STACKS), 1, contents)


def _phrases(rng: Random, groups: tuple[Group, ...], *, is_short: bool) -> list[NounPhrase]:
    return [noun_phrase(rng, group, is_short=is_short) for group in groups]


def _each_other(agreement: Agreement) -> str:
    """`أحدهما بالآخر`: one against the other."""
    if agreement.number is Number.PLURAL:
        return "بعضها ببعض"
    return "إحداهما بالأخرى" if agreement.gender is Gender.FEMININE else "أحدهما بالآخر"


def _direction(rng: Random, plan: Plan) -> str:
    return " " + favour(rng, DIRECTIONS[plan.direction]) if plan.direction else ""
