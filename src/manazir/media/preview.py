"""Small moving pictures that show anywhere: GIF and animated WebP."""

import io
import itertools
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from manazir.core.errors import MediaError
from manazir.media.atomic import write_bytes
from manazir.media.clip import Clip

MAX_RATE = 50
"""Browsers slow down what asks for less than 20 ms a frame."""
UNIT_MILLISECONDS = {".gif": 10, ".webp": 1}
PALETTE_FRAMES = 8


def write_preview(clip: Clip, path: str | os.PathLike[str], *, max_side: int = 480) -> None:
    """Write the frames as a `.gif` or `.webp` that loops for ever; without sound, at 50 frames a second at most.

    Args:
        max_side: larger frames are scaled down to this many pixels on the longer side; smaller ones stay.

    Raises:
        MediaError: no frames, another ending, or the disk does not take it.
    """
    target = Path(path)
    unit = UNIT_MILLISECONDS.get(target.suffix.lower())
    if unit is None:
        raise MediaError(f"cannot write {path}: a preview's name must end in .gif or .webp")
    if not clip.frames.size:
        raise MediaError("the clip has no frames; give it at least one")
    pictures, milliseconds = _paced(clip, unit, max_side)
    if unit == 10:
        pictures = _in_one_palette(pictures)
        settings: dict[str, Any] = {"format": "GIF", "optimize": False, "disposal": 1}
    else:
        settings = {"format": "WEBP", "quality": 85, "method": 4}
    rest: dict[str, Any] = {"save_all": True, "append_images": pictures[1:], "duration": milliseconds, "loop": 0}
    encoded = io.BytesIO()
    pictures[0].save(encoded, **settings, **rest)
    write_bytes(target, encoded.getvalue())


def _paced(clip: Clip, unit: int, max_side: int) -> tuple[list[Image.Image], list[int]]:
    """The pictures and how long each is shown; the whole takes as long as the clip to within a unit."""
    rate = min(Fraction(clip.frame_rate), Fraction(MAX_RATE))
    count = max(1, round(clip.duration_seconds * rate))
    edges = [round(index * 1000 / rate / unit) * unit for index in range(count + 1)]
    chosen = [min(len(clip.frames) - 1, int(index / rate * Fraction(clip.frame_rate))) for index in range(count)]
    pictures = [_scaled(clip.frames[index], max_side) for index in chosen]
    return pictures, [max(unit, end - begin) for begin, end in itertools.pairwise(edges)]


def _scaled(pixels: NDArray[np.uint8], max_side: int) -> Image.Image:
    image = Image.fromarray(pixels)
    image.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    return image


def _in_one_palette(pictures: list[Image.Image]) -> list[Image.Image]:
    """One palette for all, so that nothing flickers: from a few frames spread over the clip."""
    spread = [pictures[index] for index in np.linspace(0, len(pictures) - 1, PALETTE_FRAMES).round().astype(int)]
    strip = Image.new("RGB", (spread[0].width * len(spread), spread[0].height))
    for index, picture in enumerate(spread):
        strip.paste(picture, (index * picture.width, 0))
    palette = strip.quantize(256, method=Image.Quantize.MEDIANCUT)
    return [picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for picture in pictures]
