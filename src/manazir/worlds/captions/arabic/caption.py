"""Arabic captions: a plan in words, as one sentence, several, or a telegram."""

from dataclasses import replace
from random import Random

from manazir.worlds.captions.arabic.clauses import bystanders, main_clause, parties, telegram
from manazir.worlds.captions.arabic.describing import material_modifier, size_modifier
from manazir.worlds.captions.arabic.morphology import Case, pronoun
from manazir.worlds.captions.arabic.nouns import NounPhrase, Phrase, definite
from manazir.worlds.captions.arabic.setting import setting
from manazir.worlds.captions.arabic.spelling import as_written
from manazir.worlds.captions.grammar import chance, pick
from manazir.worlds.captions.plan import Group, Plan
from manazir.worlds.scene import Event

EMPTY = ("مشهد خالٍ", "مكان خالٍ", "لا شيء في المشهد", "مشهد فارغ", "مكان فارغ")

_TRAILING_ORDER = ("ground", "backdrop", "light", "sound", "camera")
"""So that none of them seems to speak of the one before it."""


def arabic_caption(rng: Random, plan: Plan) -> str:
    """Say a plan in Modern Standard Arabic."""
    text = _telegram(rng, plan) if plan.is_telegraphic else _prose(rng, plan)
    if chance(rng, 0.1 if plan.is_telegraphic else 0.8):
        text += "."
    return as_written(rng, text)


def _telegram(rng: Random, plan: Plan) -> str:
    """Phrases side by side: `سقوط كرة حمراء، ضوء دافئ من اليسار`."""
    if plan.facts.bodies:
        subject, other = parties(rng, plan, is_short=True)
        main = telegram(rng, plan, subject, other) if "event" in plan.said else subject.text(Case.NOMINATIVE)
    else:
        main = pick(rng, EMPTY)
    main += bystanders(rng, plan, is_short=True)
    tags = [setting(rng, plan, extra, "tag") for extra in plan.extras]
    if tags and chance(rng, 0.15):
        return "، ".join([tags[0], main, *tags[1:]])
    return "، ".join([main, *tags])


def _prose(rng: Random, plan: Plan) -> str:
    """A sentence, and further ones for what does not fit into it."""
    late, plan = _put_off(rng, plan)
    extras = list(plan.extras)
    lead = ""
    if extras and extras[0] != "sound" and chance(rng, 0.35):
        lead = setting(rng, plan, extras.pop(0), "lead") + pick(rng, (" ", "، "))
    subject: Phrase | None = None
    if plan.facts.bodies:
        subject, other = parties(rng, plan, is_short=False)
        main = main_clause(rng, plan, subject, other, prefers_verb=bool(lead) and chance(rng, 0.8))
    else:
        main = pick(rng, EMPTY)
    main += bystanders(rng, plan, is_short=False)
    last = pick(rng, (0, 1, 1, 2))
    trailing = sorted(extras[:last], key=_TRAILING_ORDER.index)
    sentences = [lead + main + "".join(setting(rng, plan, extra, "trail") for extra in trailing)]
    if late and isinstance(subject, NounPhrase):
        if chance(rng, 0.4):
            sentences[0] += f"، و{pronoun(subject.agreement)} {_taken_up(rng, *late, subject)}"
        else:
            topic = definite(late[1], subject.noun, with_colour=chance(rng, 0.4))
            sentences.append(f"{topic} {_taken_up(rng, *late, subject)}")
    sentences += [setting(rng, plan, extra, "sentence") for extra in extras[last:]]
    return _joined(rng, sentences)


def _put_off(rng: Random, plan: Plan) -> tuple[tuple[str, Group] | None, Plan]:
    """Leave one attribute of a lone subject for a second sentence."""
    groups = plan.groups
    if plan.detail < 2 or len(groups) != 1 or groups != plan.doers or not chance(rng, 0.25):
        return None, plan
    group = groups[0]
    name = pick(rng, ("size", "material"))
    if getattr(group, name) is None or plan.facts.event is Event.STACK:
        return None, plan
    bare = replace(group, size=None) if name == "size" else replace(group, material=None)
    return (name, group), replace(plan, doers=(bare,))


def _taken_up(rng: Random, name: str, group: Group, subject: NounPhrase) -> str:
    """What was put off, as a predicate: `مصنوعة من المطاط`, `صغيرة الحجم`."""
    agreement = subject.agreement
    if name == "material" and group.material is not None:
        said = material_modifier(rng, group.material, agreement)
    else:
        assert group.size is not None
        said = size_modifier(rng, group.size, agreement)
    return said.text(agreement, Case.NOMINATIVE)


def _joined(rng: Random, sentences: list[str]) -> str:
    """Sentences after one another, some joined by a comma and و."""
    text = sentences[0]
    for sentence in sentences[1:]:
        text += pick(rng, (". ", ". ", "، و", "، و", "؛ ")) + sentence
    return text
