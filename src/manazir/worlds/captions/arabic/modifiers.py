"""What follows an Arabic noun to describe it: adjectives that agree, `ذات لون …`, prepositions, short clauses."""

from dataclasses import dataclass

from manazir.worlds.captions.arabic.morphology import Adjective, Agreement, Case, State, possessor


@dataclass(frozen=True, slots=True)
class Qualified:
    """An adjective: صغيرة; صغيرة جدًا; with `annexed` a false annexation: صغيرة الحجم, dual صغيرتا الحجم."""

    adjective: Adjective
    tail: str = ""
    """Follows as it is: ` جدًا`, ` من المطاط`."""
    annexed: str = ""

    def text(self, agreement: Agreement, case: Case) -> str:
        """In agreement with the noun, indefinite."""
        if self.annexed:
            return f"{self.adjective.form(agreement, case, State.CONSTRUCT)} {self.annexed}"
        return self.adjective.form(agreement, case) + self.tail


@dataclass(frozen=True, slots=True)
class Possessing:
    """`ذات لون أحمر`."""

    owned: str

    def text(self, agreement: Agreement, case: Case) -> str:
        """In agreement with the noun, indefinite."""
        return f"{possessor(agreement, case)} {self.owned}"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A preposition and its noun, or a clause: `من المطاط`, `لونها أحمر`."""

    words: str
    is_clause: bool = False

    def text(self, agreement: Agreement, case: Case) -> str:  # noqa: ARG002 - one signature for all modifiers
        """The same after every noun."""
        return self.words


Modifier = Qualified | Possessing | Fixed
