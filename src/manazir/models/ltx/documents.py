"""Documents of LTX-2: a stretch of video, its sound, or both, at their own places in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jaxtyping import Bool, Float
from torch import Tensor

from manazir.core.errors import ShapeError
from manazir.models.ltx.shape import LtxShape
from manazir.models.packing import KeysValues, Past
from manazir.models.step_cache import Memory

Kind = Literal["video", "sound"]
KINDS: tuple[Kind, ...] = ("video", "sound")


@dataclass(frozen=True, slots=True)
class Words:
    """What attention to words reads: made by the transformer once for a request, not once for a step."""

    words: Float[Tensor, "m d"]
    keys_values: Sequence[KeysValues] | None
    """Of each layer. None: every step reads the words anew; it must where the timestep modulates them (2.3, 2.5)."""


@dataclass(frozen=True, slots=True)
class Track:
    """Video or sound of a document."""

    latents: Float[Tensor, "c t *size"]
    """Of video `c t h w`, of sound `c t bands`; noisy, and known ones where they are known."""
    timesteps: Float[Tensor, " t"]
    """What the network is told of each latent frame's noise, 0 to 1000: 0 where it is known."""
    times: Float[Tensor, "t 2"]
    """When each latent frame begins and ends, in seconds; see `LtxShape.video_times` and `sound_times`."""
    words: Words
    """From the transformer's `read_video` or `read_sound`; documents that hold the same read it together."""
    level: float | None = None
    """What words, and the other track, are told of this one's noise; None: the highest of its timesteps."""
    are_pictures: Bool[Tensor, " t"] | None = None
    """Which latent frames of video hold one picture, for models that mark them (2.5); None: none is marked."""
    past: Past | None = None
    """What came before, which is seen too."""

    @property
    def noise(self) -> float:
        """Its level, given or not."""
        return float(self.timesteps.max()) if self.level is None else self.level


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """What LTX-2 is to make a prediction of; each branch of guidance is a document too."""

    video: Track | None = None
    sound: Track | None = None
    is_isolated: bool = False
    """Whether video and sound do not attend to each other: the weaker branch of modality guidance."""
    blind_layers: frozenset[int] = frozenset()
    """Where a token's own value stands in for self attention: the weaker branch of spatio-temporal guidance."""
    is_kept: bool = False
    """Whether its own keys and values are wanted, as a later document's past."""
    memory: Memory | None = None
    """What it remembers of earlier steps, so that it may leave blocks out; where it is kept, it leaves none out."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Of the tracks that it has."""
        return tuple(kind for kind in KINDS if getattr(self, kind) is not None)

    @property
    def crosses(self) -> bool:
        """Whether its tracks attend to each other."""
        return self.video is not None and self.sound is not None and not self.is_isolated


@dataclass(frozen=True, slots=True)
class PredictedTrack:
    """Of one track."""

    velocity: Float[Tensor, "c t *size"]
    keys_values: list[KeysValues] | None
    """Of each layer's self attention, where the document is kept."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """Of one document; None for a track that it lacks."""

    video: PredictedTrack | None
    sound: PredictedTrack | None


def check(documents: Sequence[Document], shape: LtxShape) -> None:
    """Refuse what a model of such sizes cannot take.

    Raises:
        ShapeError: says what, and what would do.
    """
    for document in documents:
        if document.video is None and document.sound is None:
            raise ShapeError("a document without video and without sound; give one of them, or both")
        if document.blind_layers and not document.blind_layers <= set(range(shape.layers)):
            raise ShapeError(f"blind layers {sorted(document.blind_layers)}; this LTX-2 has 0 to {shape.layers - 1}")
        if document.video is not None:
            _check_track(document.video, "video", 4, shape.channels, shape)
        if document.sound is not None:
            _check_track(document.sound, "sound", 3, shape.sound_channels, shape)


def _check_track(track: Track, kind: str, axes: int, numbers: int, shape: LtxShape) -> None:
    size, count = tuple(track.latents.shape), track.latents.shape[1]
    given = size[0] if axes == 4 else size[0] * size[-1]
    if len(size) != axes or given != numbers:
        taken = f"({numbers}, frames, rows, columns)" if axes == 4 else f"(channels, frames, bands), {numbers} a frame"
        raise ShapeError(f"latents of {size} as {kind} for an LTX-2 that takes {taken}")
    if track.timesteps.shape != (count,) or track.times.shape != (count, 2):
        raise ShapeError(
            f"{len(track.timesteps)} timesteps and times of {tuple(track.times.shape)} for {count} latent frames of "
            f"{kind}; give one timestep, a begin and an end for each"
        )
    if track.are_pictures is not None and not shape.marks_pictures:
        raise ShapeError("this LTX-2 does not mark pictures; leave are_pictures out")
    if track.words.keys_values is not None and shape.modulates_words:
        raise ShapeError(f"words of {kind} that another model has read; read them with this one")
