"""Arabic nouns, adjectives and verbs: as much inflection as captions need, in the spelling of unvowelled text.

Case shows in writing only where it changes letters: in the dual (ان / ين), in the accusative of an indefinite
masculine singular (مكعبًا), and in a few words of their own (ذو / ذا / ذي, قانٍ / قانيًا).
"""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import NamedTuple


class Gender(Enum):
    """Of a noun; everything that speaks of it agrees."""

    MASCULINE = "m"
    FEMININE = "f"


class Number(Enum):
    """Plurals here are of things: what agrees with them is feminine singular (كرات حمراء تتدحرج)."""

    SINGULAR = "sg"
    DUAL = "du"
    PLURAL = "pl"


class Case(Enum):
    """What a noun phrase is in its clause."""

    NOMINATIVE = "nom"
    ACCUSATIVE = "acc"
    GENITIVE = "gen"


class State(Enum):
    """Indefinite, definite, or first term of an annexation (which loses its dual's ن and takes no tanwin)."""

    INDEFINITE = "indefinite"
    DEFINITE = "definite"
    CONSTRUCT = "construct"


class Agreement(NamedTuple):
    """What verbs, adjectives and pronouns agree with."""

    gender: Gender
    number: Number

    @property
    def is_feminine(self) -> bool:
        """In form: plurals of things count as feminine."""
        return self.gender is Gender.FEMININE or self.number is Number.PLURAL


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun for a thing."""

    singular: str
    plural: str
    gender: Gender

    def form(self, number: Number, case: Case, state: State = State.INDEFINITE) -> str:
        """The noun in a sentence."""
        if number is Number.PLURAL:
            return ("ال" if state is State.DEFINITE else "") + self.plural
        return decline(self.singular, number, case, state)


@dataclass(frozen=True, slots=True)
class Adjective:
    """An adjective; with `with_` a further one that agrees as well (أحمر قانٍ)."""

    masculine: str
    feminine: str
    is_diptote: bool = False
    """أحمر: no tanwin."""
    stem: str = ""
    """Of a defective one, with its ي (قانٍ: قاني); empty: regular."""
    companion: "Adjective | None" = None

    def form(self, agreement: Agreement, case: Case, state: State = State.INDEFINITE) -> str:
        """The adjective after a noun of this gender and number."""
        word = self._alone(agreement, case, state)
        return word if self.companion is None else f"{word} {self.companion.form(agreement, case, state)}"

    def _alone(self, agreement: Agreement, case: Case, state: State) -> str:
        if agreement.is_feminine and agreement.number is not Number.DUAL:
            return ("ال" if state is State.DEFINITE else "") + self.feminine
        base = self.feminine if agreement.gender is Gender.FEMININE else self.masculine
        if not self.stem or agreement.gender is Gender.FEMININE:
            return decline(base, agreement.number, case, state, is_diptote=self.is_diptote)
        is_bare = agreement.number is Number.SINGULAR and case is not Case.ACCUSATIVE and state is State.INDEFINITE
        return self.masculine if is_bare else decline(self.stem, agreement.number, case, state)


@cache
def decline(base: str, number: Number, case: Case, state: State, *, is_diptote: bool = False) -> str:
    """A singular noun or adjective in its number, case and state.

    >>> decline("كرة", Number.DUAL, Case.GENITIVE, State.INDEFINITE)
    'كرتين'
    """
    article = "ال" if state is State.DEFINITE else ""
    if number is Number.DUAL:
        ending = "ا" if case is Case.NOMINATIVE else "ي"
        return article + _dual_stem(base) + ending + ("" if state is State.CONSTRUCT else "ن")
    takes_tanwin = case is Case.ACCUSATIVE and state is State.INDEFINITE and not is_diptote
    return article + base + ("ًا" if takes_tanwin and not base.endswith(("ة", "اء", "ى")) else "")


def _dual_stem(base: str) -> str:
    if base.endswith("ة"):
        return base[:-1] + "ت"
    if base.endswith("اء"):
        return base[:-1] + "و"
    return base[:-1] + "ي" if base.endswith("ى") else base


@cache
def nisba(masculine: str) -> Adjective:
    """A regular adjective from its masculine: مطاطي, مطاطية."""
    return Adjective(masculine, masculine + "ة")


@cache
def conjugate(verb: str, agreement: Agreement, *, is_before_subject: bool) -> str:
    """A verb given as the masculine singular of the present (يتدحرج), in the third person.

    Before its subject a verb is singular; after it, it agrees in number too, and plurals of things are feminine
    singular.

    >>> conjugate("يتدحرج", Agreement(Gender.FEMININE, Number.DUAL), is_before_subject=False)
    'تتدحرجان'
    """
    stem = verb[1:]
    if is_before_subject:
        return ("ت" if agreement.gender is Gender.FEMININE else "ي") + stem
    prefix = "ت" if agreement.is_feminine else "ي"
    if agreement.number is not Number.DUAL:
        return prefix + stem
    return prefix + (stem[:-1] + "ي" if stem.endswith("ى") else stem) + "ان"


def pronoun(agreement: Agreement) -> str:
    """The pronoun that stands alone: هو, هي, هما."""
    if agreement.number is Number.DUAL:
        return "هما"
    return "هي" if agreement.is_feminine else "هو"


def suffix(agreement: Agreement) -> str:
    """The pronoun that is attached: ـه, ـها, ـهما."""
    if agreement.number is Number.DUAL:
        return "هما"
    return "ها" if agreement.is_feminine else "ه"


def possessor(agreement: Agreement, case: Case) -> str:
    """Return "with" as an adjective, before a noun: ذو, ذات, ذواتا."""
    if agreement.number is Number.DUAL:
        stem = "ذوات" if agreement.gender is Gender.FEMININE else "ذو"
        return stem + ("ا" if case is Case.NOMINATIVE else "ي")
    if agreement.is_feminine:
        return "ذات"
    return {Case.NOMINATIVE: "ذو", Case.ACCUSATIVE: "ذا", Case.GENITIVE: "ذي"}[case]
