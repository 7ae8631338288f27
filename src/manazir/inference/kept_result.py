"""A changed clip of which a region was kept, at another size or rate than it was made: what stays is the clip's own.

A model may have seen less of the clip's picture than is asked for, where it makes no size of that shape. What it made
lies where it saw it, and what it did not see stays as well.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from manazir.core.canvas import Canvas
from manazir.inference.keeping import Kept, kept_of
from manazir.inference.reframing import Inset
from manazir.inference.sources import clip_at, fitted, source_clip
from manazir.media.clip import Clip

_SPARE = 1e-6
"""Of a pixel: sizes that fit exactly are to fit in floating point too."""


def with_kept(canvas: Canvas, native: Clip, width: int, height: int, frame_rate: float) -> tuple[Clip, tuple[str, ...]]:
    """A clip that was made, as it was asked for, and what a person should know of that.

    Raises:
        CanvasError, MediaError: see `kept_of`.
    """
    source = source_clip(canvas, frame_rate)
    assert source is not None
    kept = kept_of(canvas, (source.width, source.height), (width, height))
    assert kept is not None
    made = clip_at(native, frame_rate)
    count = len(made.frames)
    own = fitted(source.frames, width, height)[np.minimum(np.arange(count), len(source.frames) - 1)]
    seen, box = _seen((source.width, source.height), (native.width, native.height), (width, height))
    frames = own.copy()
    frames[:, *seen.where] = _cut(made.frames, box, seen)
    pixels = np.ones_like(kept.pixels)
    pixels[seen.where] = kept.pixels[seen.where]
    notes = ["the part that was kept is the clip's own, not resampled from what was made"]
    if (seen.width, seen.height) != (width, height):
        notes.append(f"the model saw {seen.width}x{seen.height} of it, in the middle; what lies beyond stays as it is")
    return replace(made, frames=Kept(pixels).laid_over(own, frames)), tuple(notes)


def _seen(
    clip: tuple[int, int], native: tuple[int, int], asked: tuple[int, int]
) -> tuple[Inset, tuple[float, float, float, float]]:
    """Where what was made lies in a picture of the size that was asked for, and which part of it that is."""
    larger = max(a / c for a, c in zip(asked, clip, strict=True)) / max(
        n / c for n, c in zip(native, clip, strict=True)
    )
    spans = []
    for side, whole in zip(native, asked, strict=True):
        begins = (whole - side * larger) / 2
        low = max(0, int(np.ceil(begins - _SPARE)))
        high = min(whole, int(np.floor(begins + side * larger + _SPARE)))
        cut = max(0.0, (low - begins) / larger), min(float(side), (high - begins) / larger)
        spans.append((low, high, *cut))
    (left, right, x0, x1), (top, bottom, y0, y1) = spans
    return Inset(left=left, top=top, width=right - left, height=bottom - top), (x0, y0, x1, y1)


def _cut(
    frames: UInt8[np.ndarray, "t h w 3"], box: tuple[float, float, float, float], to: Inset
) -> UInt8[np.ndarray, "t i j 3"]:
    """A part of frames, scaled (Lanczos)."""
    size = (to.width, to.height)
    return np.stack(
        [np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.LANCZOS, box=box)) for frame in frames]
    )
