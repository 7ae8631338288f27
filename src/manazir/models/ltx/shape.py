"""Sizes of an LTX-2 transformer, and when its latent frames are."""

from dataclasses import dataclass
from typing import Literal

from jaxtyping import Float
from torch import Tensor

from manazir.core.errors import ShapeError
from manazir.models.ltx.places import causal_times

Crossed = Literal["other", "own", "gates"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LtxShape:
    """Sizes of an LTX-2 transformer; the defaults are LTX-2's (19B)."""

    heads: int = 32
    """Of every attention."""
    head_width: int = 128
    sound_head_width: int = 64
    """Also where video and sound attend to each other."""
    channels: int = 128
    sound_channels: int = 128
    """Numbers in a latent frame of sound: its channels, times its bands."""
    layers: int = 48
    text_width: int | None = 3840
    """Of the connectors' words; None: they have the widths of video and sound (2.3, 2.5)."""
    is_gated: bool = False
    """Whether each head of each attention has a gate (2.3, 2.5)."""
    modulates_words: bool = False
    """Whether attention to words is modulated by the timestep (2.3, 2.5)."""
    has_video_bias: bool = True
    """Of video's feed-forward layers (not 2.5)."""
    marks_pictures: bool = False
    """Whether latent frames that hold one picture are marked (2.5)."""
    crosses_by: Crossed = "other"
    """Whose noise modulates attention between video and sound: the other track's, as diffusers' pipelines ask for;
    each frame's own, as its model does when not asked; or the other's for gates and its own for the rest, as in
    Lightricks' code. They differ only where frames are known."""
    compression: tuple[int, int] = (8, 32)
    """Of video: frames in a latent frame, pixels along a cell's side."""
    sound_compression: int = 4
    """Spectra in a latent frame of sound."""
    sound_rate: float = 100.0
    """Spectra in a second."""
    longest_seconds: int = 20
    longest_size: tuple[int, int] = (2048, 2048)
    """Height and width, in pixels."""

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        if self.head_width % 2 or self.sound_head_width % 2 or self.heads * self.head_width < 6:
            raise ShapeError(f"heads of {self.head_width} and {self.sound_head_width} numbers; give even numbers")

    @property
    def width(self) -> int:
        """Of a video token."""
        return self.heads * self.head_width

    @property
    def sound_width(self) -> int:
        """Of a sound token."""
        return self.heads * self.sound_head_width

    def video_times(self, count: int, frame_rate: float, first_frame: int = 0) -> Float[Tensor, "t 2"]:
        """When latent frames of video begin and end, in seconds.

        Args:
            first_frame: where in time they begin, in latent frames.
        """
        return causal_times(first_frame, count, self.compression[0], frame_rate)

    def sound_times(self, count: int, first_frame: int = 0) -> Float[Tensor, "t 2"]:
        """When latent frames of sound begin and end, in seconds."""
        return causal_times(first_frame, count, self.sound_compression, self.sound_rate)
