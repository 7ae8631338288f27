"""Arabic noun phrases: a noun in its number and case, and what describes it, in agreement."""

from dataclasses import dataclass
from random import Random

from manazir.worlds.captions.arabic.colours import COLOURS
from manazir.worlds.captions.arabic.describing import colour_modifier, material_modifier, shaped_thing, size_modifier
from manazir.worlds.captions.arabic.modifiers import Fixed, Modifier, Possessing, Qualified
from manazir.worlds.captions.arabic.morphology import Agreement, Case, Gender, Noun, Number, State
from manazir.worlds.captions.arabic.numbers import number_of, number_word
from manazir.worlds.captions.arabic.words import OTHER, SECOND, SHAPES, SUBSTANCES
from manazir.worlds.captions.grammar import chance, favour, pick
from manazir.worlds.captions.plan import Group
from manazir.worlds.scene import Material


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """So many of a thing, described."""

    noun: Noun
    count: int
    modifiers: tuple[Modifier, ...] = ()
    annexed: str = ""
    """A material that the noun is annexed to: كرة مطاط."""

    @property
    def agreement(self) -> Agreement:
        """Of verbs after it, adjectives and pronouns."""
        return Agreement(self.noun.gender, number_of(self.count))

    @property
    def first_gender(self) -> Gender:
        """Of a verb before it."""
        return self.noun.gender

    def text(self, case: Case) -> str:
        """The phrase, indefinite."""
        words = [self._counted(case)]
        if self.annexed:
            words.append(self.annexed)
        words += [modifier.text(*self._seen_by_modifiers(case)) for modifier in self.modifiers]
        return " ".join(words)

    def _counted(self, case: Case) -> str:
        number = self.agreement.number
        state = State.CONSTRUCT if self.annexed else State.INDEFINITE
        if number is not Number.PLURAL:
            return self.noun.form(number, case, state)
        if self.count > 10:  # eleven and more count a singular in the accusative
            return f"{self.count} {self.noun.form(Number.SINGULAR, Case.ACCUSATIVE, state)}"
        return f"{number_word(self.count, self.noun.gender)} {self.noun.form(number, Case.GENITIVE)}"

    def _seen_by_modifiers(self, case: Case) -> tuple[Agreement, Case]:
        if self.count > 10:
            return Agreement(self.noun.gender, Number.SINGULAR), Case.ACCUSATIVE
        return self.agreement, case


@dataclass(frozen=True, slots=True)
class Joined:
    """Several phrases as one party: كرة ومكعب."""

    phrases: tuple[NounPhrase, ...]

    @property
    def agreement(self) -> Agreement:
        """Two make a dual, more a plural; masculine if any is."""
        genders = {phrase.agreement.gender for phrase in self.phrases}
        gender = Gender.MASCULINE if Gender.MASCULINE in genders else Gender.FEMININE
        return Agreement(gender, number_of(sum(phrase.count for phrase in self.phrases)))

    @property
    def first_gender(self) -> Gender:
        """A verb before them agrees with the nearest alone."""
        return self.phrases[0].noun.gender

    def text(self, case: Case) -> str:
        """The phrases with و between them."""
        return " و".join(phrase.text(case) for phrase in self.phrases)


Phrase = NounPhrase | Joined

ANNEXED_MATERIALS = frozenset({Material.RUBBER, Material.WOOD, Material.GLASS})
"""Materials that a thing is annexed to in good style: كرة مطاط, صندوق خشب."""


def noun_phrase(rng: Random, group: Group, *, is_short: bool = False) -> NounPhrase:
    """Describe a group; `is_short` keeps to adjectives, as telegrams do."""
    noun, modifiers = _head(rng, group, is_short=is_short)
    agreement = Agreement(noun.gender, number_of(group.count))
    annexed = ""
    described: list[Modifier] = []
    if group.material in ANNEXED_MATERIALS and not modifiers and not group.is_repeated and chance(rng, 0.06):
        annexed = SUBSTANCES[group.material][0][0]
    elif group.material is not None:
        described.append(
            material_modifier(rng, group.material, agreement, is_short=is_short, is_plain=group.is_repeated)
        )
    if group.colour is not None:
        described.append(colour_modifier(rng, group.colour, agreement, is_short=is_short, is_plain=group.is_repeated))
    if group.size is not None:
        described.append(size_modifier(rng, group.size, agreement, is_short=is_short))
    if len(described) > 1 and chance(rng, 0.4):
        rng.shuffle(described)
    if group.is_another:
        described.append(Qualified(OTHER if group.count > 1 else pick(rng, (OTHER, OTHER, SECOND))))
    return NounPhrase(noun, group.count, tuple(_in_order([*modifiers, *described])), annexed)


def join(phrases: list[NounPhrase]) -> Phrase:
    """One phrase, or several as one."""
    return phrases[0] if len(phrases) == 1 else Joined(tuple(phrases))


def definite(group: Group, noun: Noun, *, with_colour: bool) -> str:
    """Take a group up again: الكرة, الكرة الحمراء, الكرتان الحمراوان."""
    agreement = Agreement(noun.gender, number_of(group.count))
    words = [noun.form(agreement.number, Case.NOMINATIVE, State.DEFINITE)]
    if with_colour and group.colour is not None:
        words.append(COLOURS[group.colour][0].form(agreement, Case.NOMINATIVE, State.DEFINITE))
    return " ".join(words)


def _head(rng: Random, group: Group, *, is_short: bool) -> tuple[Noun, tuple[Modifier, ...]]:
    """The noun that says the shape, or a thing and what says it."""
    shape = SHAPES[group.shape]
    if group.is_repeated:
        return shape.nouns[0], ()
    if chance(rng, 0.82):
        is_free = group.size is None and group.material is None
        return favour(rng, shape.nouns + shape.loose_nouns if is_free else shape.nouns), ()
    return shaped_thing(rng, group.shape, is_short=is_short or group.count > 1)


def _in_order(modifiers: list[Modifier]) -> list[Modifier]:
    """Adjectives, then annexations, then another, then `ذات` and prepositions, then clauses."""
    return sorted(modifiers, key=_place)


def _place(modifier: Modifier) -> int:
    if isinstance(modifier, Qualified):
        if modifier.adjective in (OTHER, SECOND):
            return 2
        if modifier.annexed:
            return 1
        return 3 if " " in modifier.tail.strip() else 0
    if isinstance(modifier, Possessing):
        return 4
    assert isinstance(modifier, Fixed)
    return 6 if modifier.is_clause else 5
