"""A clip in memory: frames with their rate, sound with its rate, and what colour means in them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from manazir.core.errors import MediaError


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples in [-1, 1], `[samples, channels]`, float32, one or two channels."""

    samples: NDArray[np.float32]
    sample_rate: int

    def __post_init__(self) -> None:
        """Refuse another layout."""
        if self.samples.ndim != 2 or self.samples.shape[1] not in (1, 2) or self.samples.dtype != np.float32:
            raise MediaError(f"sound is float32 [samples, 1 or 2], not {self.samples.dtype} {self.samples.shape}")

    @property
    def duration_seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames `[t, h, w, 3]` uint8, display-referred Rec. 709, at a constant rate; with sound or without."""

    frames: NDArray[np.uint8]
    frame_rate: float
    sound: Sound | None = None
    colour: str = "rec709"

    def __post_init__(self) -> None:
        """Refuse another layout."""
        if self.frames.ndim != 4 or self.frames.shape[3] != 3 or self.frames.dtype != np.uint8:
            raise MediaError(f"frames are uint8 [t, h, w, 3], not {self.frames.dtype} {self.frames.shape}")

    @property
    def height(self) -> int:
        """Of a frame, in pixels."""
        return int(self.frames.shape[1])

    @property
    def width(self) -> int:
        """Of a frame, in pixels."""
        return int(self.frames.shape[2])

    @property
    def duration_seconds(self) -> float:
        """How long the frames last."""
        return len(self.frames) / self.frame_rate
