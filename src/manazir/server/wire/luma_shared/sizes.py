"""Pixels, from the words that Luma's clients use: a resolution and a shape."""

from collections.abc import Mapping
from types import MappingProxyType

from manazir.inference.cards import LARGEST_SIDE

SHORT_SIDES: Mapping[str, int] = MappingProxyType(
    {"360p": 360, "540p": 540, "720p": 720, "1080p": 1080, "1080": 1080, "4k": 2160}
)
"""Pixels of the shorter side. `1080` stands in Luma's own examples."""
DEFAULT_RESOLUTION = "720p"
DEFAULT_SHAPE = "16:9"
PICTURE_SIDE = 1080
"""Of pictures, for which clients name no resolution."""
WIDEST = 3840
"""What 4k is in the shapes for which a shorter side of 2160 would be more than is enlarged to."""


def size_of(resolution: str, shape: str) -> tuple[int, int]:
    """Width and height, both even.

    >>> size_of("720p", "16:9"), size_of("540p", "16:9"), size_of("4k", "16:9"), size_of("4k", "21:9")
    ((1280, 720), (960, 540), (3840, 2160), (3840, 1646))
    """
    across, down = shape.split(":")
    return size_like(SHORT_SIDES[resolution], int(across), int(down))


def picture_size(shape: str) -> tuple[int, int]:
    """Width and height of a picture.

    >>> picture_size("16:9"), picture_size("1:3")
    ((1920, 1080), (1080, 3240))
    """
    across, down = shape.split(":")
    return size_like(PICTURE_SIDE, int(across), int(down))


def size_like(short_side: int, width: int, height: int) -> tuple[int, int]:
    """A size of that shorter side in the shape of another, both sides even.

    >>> size_like(720, 608, 1080)
    (720, 1278)
    """
    ratio = max(width, height) / min(width, height)
    long_side = short_side * ratio
    if long_side > LARGEST_SIDE:
        short_side, long_side = even(WIDEST / ratio), WIDEST
    return (even(long_side), short_side) if width >= height else (short_side, even(long_side))


def even(pixels: float) -> int:
    """The nearest even number; 2 at least."""
    return max(2, 2 * round(pixels / 2))


def wanted_size(resolution: str | None, shape: str | None, like: tuple[int, int] | None) -> tuple[int, int]:
    """The size that is asked for; where nothing is said, that of the clip which is gone on from, else the default.

    Args:
        like: width and height of that clip; None: there is none.
    """
    if like is None or shape is not None:
        return size_of(resolution or DEFAULT_RESOLUTION, shape or DEFAULT_SHAPE)
    if resolution is None:
        return even(like[0]), even(like[1])
    return size_like(SHORT_SIDES[resolution], *like)
