"""Keyframes of a canvas that no frame is free for, also where it is made in parts. Imports no torch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from manazir.core.canvas import Canvas, Keyframe
from manazir.inference.cards import Card
from manazir.inference.dividing import shares
from manazir.inference.makes import frame_at, held_frames
from manazir.inference.misfits import Values


@dataclass(frozen=True, slots=True)
class Unfit:
    """A keyframe, and why it cannot be."""

    key: Keyframe
    told: str
    reason: str
    """The same as a name that stays, for who tells it in another language."""
    values: Values = field(default_factory=dict)
    """What that is told with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """Where the keyframes of something that is made at once may be."""

    card: Card
    rate: float
    frames: int
    """That are made."""
    before: int = 0
    """Frames that come first, and are known."""
    ends_known: bool = False
    """Whether known ones come after."""

    def unfit(self, keyframes: Sequence[Keyframe]) -> Iterator[Unfit]:
        """Those that fall on known frames, on none, or on each other's."""
        taken: set[int] = set()
        for key in keyframes:
            if key.at_seconds is None and self.ends_known:
                end = f"a clip that is led up to is the end; {self.card.name} takes no last frame beside it"
                yield Unfit(key, end, "last_frame_before_clip", {"model": self.card.name})
                return
            if key.at_seconds is None:
                at = self.frames - 1
            else:
                at = frame_at(key.at_seconds, self.rate, self._whole) - self.before
            if not 0 <= at < self.frames:
                yield self._beyond(key)
            held = self._held(at, is_last=key.at_seconds is None)
            if held & taken:
                yield _collision(key, self.card, self.rate, self.before + at, len(held))
            taken |= held

    @property
    def _whole(self) -> int | None:
        """Up to where the last frame is shown a little longer; not where another comes after it, as Noor sees it."""
        return None if self.ends_known and self.card.makes is None else self.before + self.frames

    def _held(self, at: int, *, is_last: bool) -> set[int]:
        """All frames that show a picture; those of a clip that comes before fill latent frames of their own."""
        makes = self.card.makes
        if makes is None or not makes.holds_pictures:
            return {at}
        per_latent, first = makes.frames_per_latent, 1 if self.before else 0
        if self.ends_known:  # counted from the end, where whole latent frames are known
            low = (at - self.frames) // per_latent * per_latent + self.frames
            return set(range(max(0, low), low + per_latent))
        last = max(at, self.frames - 1) if is_last else at
        span = held_frames(at + first, last + first + 1, per_latent)
        return set(range(span.start - first, span.stop - first))

    def _beyond(self, key: Keyframe) -> Unfit:
        assert key.at_seconds is not None
        last = (self.before + self.frames - 1) / self.rate
        if key.at_seconds * self.rate >= self.before + self.frames:
            told = f"a keyframe at {key.at_seconds:g} s is past the last frame, at {last:.2f} s"
            return Unfit(key, told, "late_keyframe", {"seconds": key.at_seconds, "last": round(last, 2)})
        first = self.before / self.rate
        told = f"a keyframe at {key.at_seconds:g} s is at none of the frames that are made, at "
        told += f"{first:.2f} s to {last:.2f} s"
        values = {"seconds": key.at_seconds, "first": round(first, 2), "last": round(last, 2)}
        return Unfit(key, told, "keyframe_on_known", values)


def unfit_in_parts(canvas: Canvas, card: Card, rate: float, before: int) -> Iterator[Unfit]:
    """Those of a canvas that is longer than is made at once.

    Args:
        before: frames of the clip that is gone on from.
    """
    assert card.longest_seconds is not None
    is_before = canvas.extension is not None and canvas.extension.is_before
    made = 0
    for index, share in enumerate(shares(canvas, card.longest_seconds, before / rate)):
        frames = round(share.seconds * rate)
        known = 0 if is_before else before + made
        ends_known = is_before and (canvas.extension is not None or index > 0)
        yield from Room(card=card, rate=rate, frames=frames, before=known, ends_known=ends_known).unfit(share.keyframes)
        made += frames


def unfit_anywhere(keyframes: Sequence[Keyframe], card: Card, rate: float) -> Iterator[Unfit]:
    """Those that fall on each other's frames wherever they are: how long the clip beside them is, is not known."""
    taken: set[int] = set()
    for key in keyframes:
        if key.at_seconds is None:
            continue
        at = frame_at(key.at_seconds, rate, None)
        if at in taken:
            yield _collision(key, card, rate, at, 1)
        taken.add(at)


def _collision(key: Keyframe, card: Card, rate: float, at: int, count: int) -> Unfit:
    where = f"within {count} frames" if count > 1 else f"on frame {at} ({at / rate:.2f} s)"
    return Unfit(key, f"two known pictures fall {where} of {card.name}; move one", "same_time", {"model": card.name})
