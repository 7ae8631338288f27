"""Shapes and resolutions that clients name, as exact sizes."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from manazir.server.errors import ApiError, Problem

Size = tuple[int, int]
"""Width and height, in pixels."""

SHORT_SIDES: Mapping[str, int] = MappingProxyType({"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160})
SHAPES: Mapping[str, tuple[int, int]] = MappingProxyType({"16:9": (16, 9), "9:16": (9, 16)})
RESOLUTION, SHAPE = "720p", "16:9"
"""What stands for a field that was not given, as with Google's own models."""
EXACT = re.compile(r"(\d{2,4})x(\d{2,4})")


def size_of(shape: str | None, resolution: str | None, *, known: Size | None, shape_name: str, name: str) -> Size:
    """The size that is asked for.

    Args:
        known: of a clip that goes on: it keeps its size unless another is asked for.
        shape_name: how the client calls the shape; `name`: the resolution.

    Raises:
        ApiError: there is no such shape or resolution.
    """
    if shape is not None and shape not in SHAPES:
        raise ApiError(Problem.INVALID, f"{shape_name} is {shape!r}; give one of {', '.join(SHAPES)}", field=shape_name)
    if resolution is not None and (exact := EXACT.fullmatch(resolution)) is not None:
        return _exact(int(exact[1]), int(exact[2]), shape, name)
    if resolution is not None and resolution.lower() not in SHORT_SIDES:
        raise ApiError(Problem.INVALID, f"{name} is {resolution!r}; give one of {', '.join(SHORT_SIDES)}", field=name)
    short = None if resolution is None else SHORT_SIDES[resolution.lower()]
    if known is not None and shape is None:
        return known if short is None else scaled(known, short)
    across, up = SHAPES[shape or SHAPE]
    short = short or SHORT_SIDES[RESOLUTION]
    return (short * across // up, short) if across > up else (short, short * up // across)


def scaled(size: Size, short_side: int) -> Size:
    """A size of the same shape by its shorter side; both sides are even.

    >>> scaled((640, 360), 1080)
    (1920, 1080)
    """
    width, height = size
    factor = short_side / min(size)
    return round(width * factor / 2) * 2, round(height * factor / 2) * 2


def _exact(width: int, height: int, shape: str | None, name: str) -> Size:
    """`1280x720`: what the AI SDK sends where it knows no name for a size."""
    if width % 2 or height % 2 or min(width, height) < 16:
        raise ApiError(Problem.INVALID, f"{name} is {width}x{height}; both must be even, and 16 or more", field=name)
    if shape is not None:
        across, up = SHAPES[shape]
        if abs(width * up - height * across) > up + across:
            raise ApiError(Problem.INVALID, f"{name} is {width}x{height}, and that is not {shape}", field=name)
    return width, height
