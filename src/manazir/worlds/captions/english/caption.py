"""English captions: a plan in words, as one sentence, several, or a telegram."""

from dataclasses import replace
from random import Random

from manazir.worlds.captions.english.clauses import bystanders, main_clause, parties, telegram
from manazir.worlds.captions.english.inflect import with_article
from manazir.worlds.captions.english.nouns import Phrase, definite
from manazir.worlds.captions.english.setting import setting
from manazir.worlds.captions.english.words import SIZE_NAMES, SUBSTANCES
from manazir.worlds.captions.grammar import chance, favour, pick
from manazir.worlds.captions.plan import Group, Plan
from manazir.worlds.scene import Event

EMPTY = ("nothing but an empty scene", "an empty scene", "an empty place", "no objects at all", "a bare scene")

_TRAILING_ORDER = ("ground", "backdrop", "light", "sound", "camera")
"""So that none of them seems to speak of the one before it."""


def english_caption(rng: Random, plan: Plan) -> str:
    """Say a plan in English."""
    text = _telegram(rng, plan) if plan.is_telegraphic else _prose(rng, plan)
    return _dressed(rng, _tidied(text), is_telegraphic=plan.is_telegraphic)


def _telegram(rng: Random, plan: Plan) -> str:
    """Phrases side by side: `red ball bouncing, warm light from the left`."""
    subject, other = parties(rng, plan, is_bare=True)
    if not plan.facts.bodies:
        main = pick(rng, EMPTY)
    elif "event" in plan.said:
        main = telegram(rng, plan, subject, other)
    else:
        main = subject.text
    main += bystanders(rng, plan, is_bare=True)
    tags = [setting(rng, plan, extra, "tag") for extra in plan.extras]
    if tags and chance(rng, 0.15):
        return ", ".join([tags[0], main, *tags[1:]])
    return ", ".join([main, *tags])


def _prose(rng: Random, plan: Plan) -> str:
    """A sentence, and further ones for what does not fit into it."""
    late, plan = _put_off(rng, plan)
    extras = list(plan.extras)
    lead = ""
    if extras and extras[0] != "sound" and chance(rng, 0.35):
        lead = setting(rng, plan, extras.pop(0), "lead") + ", "
    subject, other = parties(rng, plan, is_bare=False)
    main = main_clause(rng, plan, subject, other) if plan.facts.bodies else pick(rng, EMPTY)
    main += bystanders(rng, plan, is_bare=False)
    last = pick(rng, (0, 1, 1, 2))
    trailing = sorted(extras[:last], key=_TRAILING_ORDER.index)
    sentences = [lead + main + "".join(setting(rng, plan, extra, "trail") for extra in trailing)]
    if late:
        sentences.append(_taken_up(rng, plan, *late, subject))
    sentences += [setting(rng, plan, extra, "sentence") for extra in extras[last:]]
    return _joined(rng, sentences)


def _put_off(rng: Random, plan: Plan) -> tuple[tuple[str, Group] | None, Plan]:
    """Leave one attribute of a lone subject for a second sentence, where the first stays clear without it."""
    groups = plan.groups
    if plan.detail < 2 or len(groups) != 1 or groups != plan.doers or not chance(rng, 0.25):
        return None, plan
    group = groups[0]
    name = pick(rng, ("size", "material"))
    if getattr(group, name) is None:
        return None, plan
    bare = replace(group, size=None) if name == "size" else replace(group, material=None)
    return (name, group), replace(plan, doers=(bare,))


def _taken_up(rng: Random, plan: Plan, name: str, group: Group, subject: Phrase) -> str:
    """The sentence that was put off: `the ball is made of rubber`."""
    is_plural = group.count > 1 and plan.facts.event is not Event.STACK  # a stack is one thing
    it, be = ("they", "are") if is_plural else ("it", "is")
    if subject.noun:
        it = pick(rng, (it, definite(group, subject.noun, with_colour=chance(rng, 0.3))))
    if name == "material" and group.material is not None:
        made = pick(rng, ("made of", "of", "made from"))
        return f"{it} {be} {made} {favour(rng, SUBSTANCES[group.material])}"
    assert group.size is not None
    size = favour(rng, SIZE_NAMES[group.size])
    return f"{it} {be} {pick(rng, (f'{size} in size', f'of {size} size', f'of {with_article(size)} size'))}"


def _joined(rng: Random, sentences: list[str]) -> str:
    """Sentences after one another, some joined by a semicolon or `and`."""
    text = sentences[0]
    for sentence in sentences[1:]:
        link = pick(rng, (". ", ". ", ". ", "; ", ", and "))
        text += link + (_capitalised(sentence) if link == ". " else sentence)
    return text


def _tidied(text: str) -> str:
    """Commas that ended an apposition give way to what follows."""
    for double, single in ((",,", ","), (", ,", ","), (",.", "."), (",;", ";"), (",:", ":")):
        text = text.replace(double, single)
    return text.rstrip(", ")


def _dressed(rng: Random, text: str, *, is_telegraphic: bool) -> str:
    """Capitals and a full stop, mostly; telegrams mostly go without."""
    if chance(rng, 0.3 if is_telegraphic else 0.9):
        text = _capitalised(text)
    else:
        text = ". ".join(part[:1].lower() + part[1:] for part in text.split(". "))
    return text + "." if chance(rng, 0.1 if is_telegraphic else 0.85) else text


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
