"""What one caption says, before any language says it: which bodies, which of their attributes, and what else."""

from dataclasses import dataclass
from enum import Enum

from manazir.worlds.captions.facts import BODY_VOCABULARIES, LABELLED_BODIES, Facts
from manazir.worlds.scene import Direction, Material, Shape

ATTRIBUTES = tuple(BODY_VOCABULARIES)


class First(Enum):
    """Whom a sentence about two parties names first."""

    DOER = "doer"
    UNDERGOER = "undergoer"
    BOTH = "both"  # as equals: "a ball and a cube collide"


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Bodies that a caption speaks of in one phrase. None: not said."""

    members: tuple[int, ...]
    """Places in `Facts.bodies`."""
    shape: Shape
    colour: str | None = None
    size: str | None = None
    material: Material | None = None
    is_repeated: bool = False
    """Another group of the caption looks the same, so both go by their plainest names."""
    is_another: bool = False
    """It is the later one of those: another."""

    @property
    def count(self) -> int:
        """How many bodies it is."""
        return len(self.members)

    @property
    def look(self) -> tuple[str | None, ...]:
        """What is said of it."""
        return self.colour, self.shape, self.size, self.material


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a caption says."""

    facts: Facts
    detail: int
    doers: tuple[Group, ...]
    undergoers: tuple[Group, ...]
    bystanders: tuple[Group, ...]
    first: First
    said: frozenset[str]
    """Keys of `event`, `direction` and of the scene's setting that the caption states."""
    extras: tuple[str, ...]
    """`light`, `camera`, `ground`, `backdrop`, `sound`: what is said of the setting, in a drawn order."""
    is_telegraphic: bool

    @property
    def direction(self) -> Direction | None:
        """Of the motion, if it is said."""
        return self.facts.direction if "direction" in self.said else None

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every group, in the order of mention."""
        if self.first is First.UNDERGOER:
            return (*self.undergoers, *self.doers, *self.bystanders)
        return (*self.doers, *self.undergoers, *self.bystanders)

    def order(self) -> tuple[int, ...]:
        """Places in `Facts.bodies` in the order of mention, then those that are not mentioned."""
        named = [place for group in self.groups for place in group.members]
        return (*named, *(place for place in range(len(self.facts.bodies)) if place not in named))

    def slots(self) -> tuple[int, ...]:
        """The same places by what the bodies do: who acts, to whom, the others; those alike in the order of mention.

        A text that speaks of three bodies alike, which lie or fall or are hit, says which is which by nothing else.
        """
        groups = (*self.doers, *self.undergoers, *self.bystanders)
        named = [place for group in groups for place in group.members]
        return (*named, *(place for place in range(len(self.facts.bodies)) if place not in named))

    def mentioned(self) -> frozenset[str]:
        """Keys of the labels (bodies in the order of mention) that the caption states."""
        keys = set(self.said)
        place = 0
        for group in self.groups:
            for _ in group.members:
                place += 1
                if place <= LABELLED_BODIES:
                    keys.update(f"body{place}_{name}" for name in ATTRIBUTES if getattr(group, name) is not None)
        if place == len(self.facts.bodies) and place:
            keys.add("count")
        return frozenset(keys | self._stated_roles())

    def _stated_roles(self) -> set[str]:
        """`actor` and `patient`, where the sentence shows which body each of them is."""
        if "event" not in self.said or self.first is First.BOTH:
            return set()
        keys = {"actor"} if sum(group.count for group in self.doers) == 1 else set()
        if self.facts.patient is not None and sum(group.count for group in self.undergoers) == 1:
            keys.add("patient")
        return keys
