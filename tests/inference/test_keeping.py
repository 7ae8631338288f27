"""What of a clip stays while the rest is changed, and the seam between both."""

from pathlib import Path

import numpy as np
import pytest

from manazir.core.canvas import Canvas, Modification, Region
from manazir.core.errors import CanvasError
from manazir.core.rectangles import Rectangle
from manazir.inference.keeping import Kept, kept_of
from manazir.media.encode import write_picture

LEFT = Rectangle(left=0.0, top=0.0, width=0.5, height=1.0)


def _canvas(**region: object) -> Canvas:
    return Canvas(modification=Modification(clip="a.mp4", region=Region(**region)))


def _kept(clip: tuple[int, int] = (64, 32), made: tuple[int, int] = (64, 32), **region: object) -> np.ndarray:
    kept = kept_of(_canvas(**region), clip, made)
    assert kept is not None
    return kept.pixels


def test_nothing_is_kept_where_nothing_is_marked() -> None:
    assert kept_of(Canvas(prompt="x"), (64, 32), (64, 32)) is None
    assert kept_of(Canvas(modification=Modification(clip="a.mp4")), (64, 32), (64, 32)) is None


def test_a_rectangle_is_what_stays_or_the_only_thing_that_does_not() -> None:
    kept = _kept(rectangles=(LEFT,))
    assert kept[:, :32].all()
    assert not kept[:, 32:].any()
    np.testing.assert_array_equal(_kept(rectangles=(LEFT,), is_kept=False), ~kept)


def test_rectangles_are_shares_of_the_clip_wherever_it_lies_in_what_is_made() -> None:
    kept = _kept(clip=(64, 32), made=(32, 32), rectangles=(LEFT,))  # a quarter is cut off at both sides
    assert kept[:, :16].all()
    assert not kept[:, 16:].any()
    narrow = Rectangle(left=0.0, top=0.0, width=0.2, height=1.0)
    with pytest.raises(CanvasError, match="the region to keep is nowhere in the picture that is made"):
        _kept(clip=(64, 32), made=(32, 32), rectangles=(narrow,))
    with pytest.raises(CanvasError, match="the region to change is nowhere"):
        _kept(clip=(64, 32), made=(32, 32), rectangles=(narrow,), is_kept=False)
    with pytest.raises(CanvasError, match="nothing is left to change"):
        _kept(clip=(64, 32), made=(32, 32), rectangles=(Rectangle(left=0.2, top=0.0, width=0.7, height=1.0),))


def test_the_least_rectangle_is_a_pixel() -> None:
    assert _kept(rectangles=(Rectangle(left=0.999, top=0.999, width=0.001, height=0.001),)).sum() == 1


def test_white_of_a_mask_is_inside_beside_rectangles(tmp_path: Path) -> None:
    mask = np.zeros((64, 128, 3), np.uint8)  # twice as large as the clip
    mask[32:, 64:] = 255
    write_picture(mask, tmp_path / "mask.png")
    kept = _kept(rectangles=(LEFT,), mask=tmp_path / "mask.png")
    assert kept[:, :32].all()
    assert kept[16:, 32:].all()
    assert not kept[:16, 32:].any()
    np.testing.assert_array_equal(_kept(rectangles=(LEFT,), mask=mask), kept)


@pytest.mark.parametrize(
    ("size", "level", "is_kept", "message"),
    [
        ((64, 64), 255, True, "a mask of 64x64 for a clip of 64x32; draw it over a frame of the clip"),
        ((64, 32), 0, True, "the region to keep is nowhere .* in a mask, white marks it"),
        ((64, 32), 0, False, "the region to change is nowhere"),
        ((64, 32), 255, True, "nothing is left to change"),
        ((64, 32), 255, False, "the region to change is the whole picture; leave the region out"),
    ],
)
def test_a_mask_that_marks_nothing_or_all_is_refused(
    size: tuple[int, int], level: int, is_kept: bool, message: str
) -> None:
    mask = np.full((size[1], size[0], 3), level, np.uint8)
    with pytest.raises(CanvasError, match=message):
        _kept(mask=mask, is_kept=is_kept)


def test_only_cells_that_are_kept_wholly_are_held() -> None:
    pixels = np.zeros((16, 24), np.bool_)
    pixels[:9, :17] = True
    np.testing.assert_array_equal(Kept(pixels).cells(8), [[True, True, False], [False, False, False]])


def test_what_is_kept_stays_exactly_and_what_is_far_is_as_it_was_made() -> None:
    rng = np.random.default_rng(0)
    source, made = (rng.integers(0, 256, (3, 128, 192, 3), dtype=np.uint8) for _ in range(2))
    pixels = np.zeros((128, 192), np.bool_)
    pixels[40:90, 60:110] = True
    laid = Kept(pixels).laid_over(source, made)
    np.testing.assert_array_equal(laid[:, pixels], source[:, pixels])
    far = np.ones_like(pixels)
    far[34:96, 54:116] = False
    np.testing.assert_array_equal(laid[:, far], made[:, far])


@pytest.mark.parametrize(("short", "most"), [(32, 1.8), (128, 1.3), (480, 1.1)])
def test_a_seam_jumps_hardly_more_than_the_pictures_beside_it(short: int, most: float) -> None:
    """Two pictures of the same ground, one of them lighter: across the border no step is as large as they are apart."""
    rng = np.random.default_rng(0)
    ground = rng.integers(100, 120, (1, short, 2 * short, 3)).astype(np.uint8)
    pixels = np.zeros((short, 2 * short), np.bool_)
    pixels[:, :short] = True
    laid = Kept(pixels).laid_over(ground, ground + 20).astype(int)
    steps = np.abs(np.diff(laid, axis=2)).mean((0, 1, 3))
    beside = steps[: short - 1].mean()
    seam = steps[short - 1 : short + short // 16 + 2]
    assert seam.max() < most * beside
    hard = np.abs(np.diff(np.where(pixels[..., None], ground, ground + 20).astype(int), axis=2)).mean((0, 1, 3))
    assert hard[short - 1] > 2.5 * beside
