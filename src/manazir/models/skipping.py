"""Documents on their way through a transformer's blocks, of which some leave blocks out.

A document that does leaves the pack, and comes back when the others have gone through; so what is made of a document
never depends on which others there are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from typing import Protocol

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.models.sharing import Share
from manazir.models.step_cache import Memory, Parts, Report, Seen

Run = Callable[[Sequence[int], Sequence[Parts], range], Sequence[Parts]]
"""Takes the documents of these numbers, with their tokens, through these layers."""


class Remembering(Protocol):
    """A document, as far as it matters here."""

    @property
    def memory(self) -> Memory | None:
        """Of earlier steps."""

    @property
    def is_kept(self) -> bool:
        """Whether keys and values of every layer are wanted."""


@dataclass(slots=True)
class _Traveller:
    """A document on its way."""

    memory: Memory | None
    is_kept: bool
    entered: Parts
    now: Parts
    met: Parts
    """When it was last decided whether it goes on."""

    def leaves(self, layer: int, layers: int, shown: Callable[[], Parts]) -> bool:
        """Whether it has its tokens after all layers without those from this one on."""
        if self.memory is None or self.memory.cache.lead != layer:
            return False
        self.met = self.now
        answer = self.memory.answer(Seen(self.entered, self.now, shown), is_asked=not self.is_kept)
        self.memory.count(Report(layers) if answer is None else Report(layer, layers - layer))
        self.now = self.now if answer is None else answer
        return answer is not None

    def arrive(self) -> None:
        """Remember what was added on the way."""
        if self.memory is not None:
            self.memory.learn(self.met, self.now)


def remembers(documents: Sequence[Remembering]) -> bool:
    """Whether any document could leave blocks out."""
    return any(document.memory is not None for document in documents)


def refuse_shares(share: Share) -> None:
    """Raise where tokens are shared among devices: each would decide by its own.

    Raises:
        UnsupportedError: says what can be shared.
    """
    if len(share.sizes) > 1:
        raise UnsupportedError("step caches look at all tokens; share branches or weights among devices, not tokens")


def through(
    documents: Sequence[Remembering],
    entered: Sequence[Parts],
    layers: int,
    run: Run,
    shown: Callable[[], Sequence[Parts]],
) -> list[Parts]:
    """Tokens of all documents after all layers, computed or remembered.

    Args:
        shown: what the attention of the first block is shown of each document.

    Raises:
        ShapeError: two documents have one memory, or a memory is of another request.
    """
    memories = [document.memory for document in documents if document.memory is not None]
    if len({id(memory) for memory in memories}) < len(memories):
        raise ShapeError("two documents of a pass have one memory; begin one for each, branches of guidance too")
    all_of_them = [
        _Traveller(document.memory, document.is_kept, parts, parts, parts)
        for document, parts in zip(documents, entered, strict=True)
    ]
    going, looked = dict(enumerate(all_of_them)), cache(shown)
    leads = sorted({0, *(memory.cache.lead for memory in memories)})
    for first, last in pairwise([*leads, layers]):
        leaving = [place for place, one in going.items() if one.leaves(first, layers, partial(_at, looked, place))]
        going = {place: one for place, one in going.items() if place not in leaving}
        made = run(list(going), [one.now for one in going.values()], range(first, last)) if going else ()
        for one, tokens in zip(going.values(), made, strict=True):
            one.now = tokens
    for one in going.values():
        one.arrive()
    return [one.now for one in all_of_them]


def _at(shown: Callable[[], Sequence[Parts]], place: int) -> Parts:
    return shown()[place]
