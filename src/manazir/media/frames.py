"""Frames of outside videos, in the confined process: turned upright, square pixels, Rec. 709, at a constant rate."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, ColorTrc, Interpolation
from av.video.stream import VideoStream
from numpy.typing import NDArray

from manazir.core.errors import MediaError
from manazir.media.alpha import on_white
from manazir.media.limits import Limits

Pixels = NDArray[np.uint8]

HDR = {ColorTrc.SMPTE2084: "PQ", ColorTrc.ARIB_STD_B67: "HLG"}
UNTAGGED = 2  # AVCOL_SPC_UNSPECIFIED
HD_LINES = 720
"""Untagged pictures of this height or more are Rec. 709 by custom, smaller ones Rec. 601."""
EXACT = Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.BITEXACT


@dataclass(frozen=True, slots=True)
class Upright:
    """How a stored frame becomes the picture that a person is meant to see."""

    is_transposed: bool
    flips_x: bool
    flips_y: bool
    stored_width: int
    stored_height: int
    width: int
    """Before turning, after square pixels and scaling."""
    height: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the picture."""
        return (self.width, self.height) if self.is_transposed else (self.height, self.width)

    @property
    def rotation_degrees(self) -> int:
        """Clockwise, of the stored frame; mirroring aside."""
        if self.is_transposed:
            return 270 if self.flips_y else 90
        return 180 if self.flips_y else 0


def upright(frame: VideoFrame, stream: VideoStream, short_side: int | None) -> Upright:
    """Read orientation and pixel shape from the first frame, and scale down to `short_side` if that is smaller.

    Raises:
        MediaError: it is HDR, or turned by something else than quarter turns.
    """
    if frame.color_trc in HDR:
        name = HDR[ColorTrc(frame.color_trc)]
        raise MediaError(f"its colours are HDR ({name}); export it in SDR (Rec. 709)")
    a, b, c, d = _display_matrix(frame)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    width, height = max(1, round(frame.width * aspect)), frame.height
    scale = min(1.0, short_side / min(width, height)) if short_side else 1.0
    turned = a == 0
    return Upright(
        is_transposed=turned,
        flips_x=(c if turned else a) < 0,
        flips_y=(b if turned else d) < 0,
        stored_width=frame.width,
        stored_height=frame.height,
        width=max(1, round(width * scale)),
        height=max(1, round(height * scale)),
    )


def _display_matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    """(a, b, c, d) of x' = a x + c y, y' = b x + d y."""
    data = frame.side_data.get("DISPLAYMATRIX")
    if data is None:
        return 1, 0, 0, 1
    values = np.frombuffer(bytes(cast(bytes, data)), dtype=np.int32)
    a, b, c, d = (int(values[index]) for index in (0, 1, 3, 4))
    if (a == 0) == (b == 0) or (a == 0) != (d == 0) or (b == 0) != (c == 0):
        raise MediaError("it is turned by an odd angle; export it upright")
    return a, b, c, d


def timed(container: InputContainer, stream: VideoStream) -> Iterator[tuple[Fraction, VideoFrame]]:
    """(seconds since the first frame, frame), in the order shown."""
    first: int | None = None
    tick = stream.time_base or Fraction(1)
    for frame in container.decode(stream):
        if frame.pts is None:
            raise MediaError("its frames have no time stamps; convert it to an mp4")
        first = frame.pts if first is None else first
        yield (frame.pts - first) * tick, frame


def to_pixels(frame: VideoFrame, how: Upright, limits: Limits) -> Pixels:
    """The picture `[h, w, 3]` of a frame."""
    if frame.width * frame.height > limits.max_pixels or how.width * how.height > limits.max_pixels:
        raise MediaError(f"its frames have more than {limits.max_pixels} pixels; make them smaller")
    has_alpha = any(component.is_alpha for component in frame.format.components)
    is_smaller = how.width < frame.width or how.height < frame.height
    flags = (Interpolation.AREA if is_smaller else Interpolation.BICUBIC) | EXACT
    is_untagged = frame.colorspace == UNTAGGED and not frame.format.is_rgb
    custom = Colorspace.ITU709 if frame.height >= HD_LINES else Colorspace.ITU601
    reshaped = frame.reformat(
        how.width,
        how.height,
        "rgba" if has_alpha else "rgb24",
        src_colorspace=custom if is_untagged else None,
        src_color_range=frame.color_range or None,
        interpolation=flags,
        threads=1,
    )
    picture = cast(Pixels, reshaped.to_ndarray())
    pixels = on_white(picture) if has_alpha else picture
    pixels = pixels.transpose(1, 0, 2) if how.is_transposed else pixels
    return np.ascontiguousarray(pixels[:: -1 if how.flips_y else 1, :: -1 if how.flips_x else 1])
