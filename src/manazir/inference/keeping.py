"""Keeping: which part of a clip's picture stays while the rest is changed, and how the one fades into the other.

All that is kept stays exactly; the seam in which what is made fades in lies beside it, within what is changed.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8
from numpy.typing import NDArray

from manazir.core.canvas import Canvas, Region
from manazir.core.errors import CanvasError
from manazir.core.known import EVERYWHERE
from manazir.inference.masks import check_mask_shape
from manazir.inference.sources import fit, picture_of

SEAM = 48
"""The short side has so many halves of a seam."""
WHITE = 128
"""From this level on, a mask's pixel is inside."""

_NOWHERE = {
    True: "the region to keep is nowhere in the picture that is made; in a mask, white marks it",
    False: "the region to change is nowhere in the picture that is made; in a mask, white marks it",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """Which pixels of every frame stay as they are."""

    pixels: Bool[np.ndarray, "h w"]

    @property
    def shares(self) -> Float[np.ndarray, "h w"]:
        """How much of a pixel stays: 1.0 where it is kept, falling to 0.0 across the seam."""
        half = max(1, round(min(self.pixels.shape) / SEAM))
        near = _sums(self.pixels.astype(np.int64), half) > 0
        share = _sums(near.astype(np.int64), half) / (2 * half + 1) ** 2
        smooth = share * share * (3.0 - 2.0 * share)
        return np.where(self.pixels, 1.0, smooth).astype(np.float32)

    def cells(self, side: int) -> Bool[np.ndarray, "i j"]:
        """Which squares of so many pixels are kept wholly."""
        high, wide = self.pixels.shape
        cells: NDArray[np.bool_] = np.logical_and.reduce(
            self.pixels.reshape(high // side, side, wide // side, side), axis=(1, 3)
        )
        return cells

    def laid_over(
        self, source: UInt8[np.ndarray, "t h w 3"], made: UInt8[np.ndarray, "t h w 3"]
    ) -> UInt8[np.ndarray, "t h w 3"]:
        """What was made, with what of the source stays."""
        shares = self.shares[..., None]
        frames = [
            np.rint(shares * own + (1.0 - shares) * new).astype(np.uint8) for own, new in zip(source, made, strict=True)
        ]
        return np.stack(frames)


def kept_of(canvas: Canvas, clip: tuple[int, int], made: tuple[int, int]) -> Kept | None:
    """What of a clip that is changed stays; None: nothing is marked.

    Args:
        clip: its own width and height, of which the region's rectangles are shares.
        made: those of the frames, in which the clip lies as `sources.fit` lays it.

    Raises:
        CanvasError: nothing is left to change or to keep, or the mask has another shape than the clip.
        MediaError: the mask cannot be read.
    """
    if canvas.modification is None or canvas.modification.region is None:
        return None
    region = canvas.modification.region
    marked = fit(np.repeat(_marked(region, *clip)[..., None], 3, axis=2), *made)[..., 0] >= WHITE
    if not marked.any():
        raise CanvasError(_NOWHERE[region.is_kept]).named("region_nowhere")
    if marked.all():
        raise CanvasError(EVERYWHERE[region.is_kept]).named("region_everywhere")
    return Kept(marked if region.is_kept else ~marked)


def _marked(region: Region, width: int, height: int) -> UInt8[np.ndarray, "h w"]:
    """The region on the clip's own picture: 255 inside, 0 outside."""
    marked = np.zeros((height, width), np.uint8)
    for each in region.rectangles:
        rows = _span(each.top, each.height, height)
        columns = _span(each.left, each.width, width)
        marked[rows, columns] = 255
    if region.mask is not None:
        mask = picture_of(region.mask)
        check_mask_shape((mask.shape[1], mask.shape[0]), (width, height))
        marked[fit(mask, width, height).mean(axis=2) >= WHITE] = 255
    return marked


def _span(begins: float, size: float, pixels: int) -> slice:
    """The nearest whole pixels, one at least."""
    first = min(round(begins * pixels), pixels - 1)
    return slice(first, max(first + 1, round((begins + size) * pixels)))


def _sums(values: Int[np.ndarray, "h w"], reach: int) -> Int[np.ndarray, "h w"]:
    """Over squares that reach so many pixels around each; beyond the edges all is as at them."""
    for axis in (0, 1):
        around = [(0, 0), (0, 0)]
        around[axis] = (reach + 1, reach)
        total = np.moveaxis(np.pad(values, around, mode="edge").cumsum(axis), axis, 0)
        values = np.moveaxis(total[2 * reach + 1 :] - total[: -2 * reach - 1], 0, axis)
    return values
