"""Masks: whether a picture that marks a region of a clip has the clip's shape. Imports no torch."""

from collections.abc import Mapping
from typing import Any

from manazir.core.canvas import Canvas
from manazir.core.errors import CanvasError

SAME_SHAPE = 0.02
"""How far a mask's shape may be off its clip's: sizes are rounded."""


def check_mask_shape(mask: tuple[int, int], clip: tuple[int, int]) -> None:
    """Raise unless a mask lies over a clip as it is.

    Args:
        mask: its width and height.
        clip: likewise.

    Raises:
        CanvasError: it has another shape.
    """
    if abs(mask[0] * clip[1] / (mask[1] * clip[0]) - 1) > SAME_SHAPE:
        told = f"a mask of {mask[0]}x{mask[1]} for a clip of {clip[0]}x{clip[1]}; draw it over a frame of the clip, "
        raise CanvasError(told + "in its shape").named("mask_shape")


def check_known_mask(canvas: Canvas, facts: Mapping[str, Mapping[str, Any]]) -> None:
    """The same for a canvas, as far as its files are known.

    Args:
        facts: of files, by their names: `kind`, `width` and `height`.

    Raises:
        CanvasError: the mask is no picture, or has another shape.
    """
    change = canvas.modification
    if change is None or change.region is None or change.region.mask is None:
        return
    mask, clip = facts.get(str(change.region.mask), {}), facts.get(str(change.clip), {})
    if mask.get("kind", "image") != "image":
        told = "the mask of a region is a clip or a sound; give a picture, white where the region is"
        raise CanvasError(told).named("mask_no_picture")
    sizes = [(told.get("width"), told.get("height")) for told in (mask, clip)]
    if all(width and height for width, height in sizes):
        check_mask_shape(*((int(width or 0), int(height or 0)) for width, height in sizes))
