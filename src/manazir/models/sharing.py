"""Sharing: which of a pack's tokens are computed here. On one device all are; nothing here talks to another one.

Attention is all that looks from token to token. Around it, tokens that are shared among devices change hands: each
device has its own tokens with all heads before and after, and in between all tokens with its own heads. How they
change hands is `manazir.devices`'; a network only says where.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from jaxtyping import Float
from torch import Tensor

from manazir.models.modulation import Runs
from manazir.models.rotary import Rotary


@dataclass(frozen=True, slots=True)
class Share:
    """Tokens in a row, of which this device computes some. Here: the only device, which computes all."""

    sizes: tuple[int, ...]
    """How many tokens each device computes; they lie in the devices' order."""
    place: int = 0
    """Which of the devices this is."""
    heads: slice | None = None
    """Which heads the projections here give; None: all."""

    @property
    def own(self) -> slice:
        """The tokens that are computed here."""
        first = sum(self.sizes[: self.place])
        return slice(first, first + self.sizes[self.place])

    def among(self, ranges: Sequence[slice]) -> "Share":
        """The same of the tokens in some ranges, one after the other."""
        last, sizes = 0, []
        for size in self.sizes:
            first, last = last, last + size
            sizes.append(sum(max(0, min(part.stop, last) - max(part.start, first)) for part in ranges))
        return replace(self, sizes=tuple(sizes))

    def turns(self, by: Rotary) -> Rotary:
        """The angles of the tokens and heads that are here, from those of all."""
        cosine, sine = (part[self.own] for part in by)
        if self.heads is None or cosine.shape[1] == 1:
            return cosine, sine
        return cosine[:, self.heads], sine[:, self.heads]

    def to_heads(self, *parts: Float[Tensor, "n h e"]) -> tuple[Float[Tensor, "all k e"], ...]:
        """From own tokens with all heads to all tokens with own heads."""
        return parts

    def to_tokens(self, part: Float[Tensor, "all k e"]) -> Float[Tensor, "n h e"]:
        """Back."""
        return part

    def whole(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "all d"]:
        """All tokens, on each device."""
        return x


Sharing = Callable[[int], Share]
"""How so many tokens in a row are shared."""


def alone(tokens: int) -> Share:
    """All are here."""
    return Share((tokens,))


def ranges_within(ranges: Sequence[slice], own: slice) -> tuple[slice, ...]:
    """What of some ranges lies in another, counted from its beginning; what lies outside is empty.

    >>> ranges_within([slice(0, 4), slice(4, 9), slice(9, 12)], slice(3, 8))
    (slice(0, 1, None), slice(1, 5, None), slice(5, 5, None))
    """
    length = own.stop - own.start
    return tuple(slice(*(min(max(0, end - own.start), length) for end in (part.start, part.stop))) for part in ranges)


def runs_within(runs: Runs, own: slice) -> Runs:
    """The same of runs, without those that are empty; one is left where there is no token."""
    parts = ranges_within([tokens for tokens, _ in runs], own)
    inside = tuple((part, row) for part, (_, row) in zip(parts, runs, strict=True) if part.stop > part.start)
    return inside or ((slice(0, 0), runs[0][1]),)
