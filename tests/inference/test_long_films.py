"""Films longer than what a model makes at once: blended windows, and stretches that know the end of the one before."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from manazir.core.canvas import Canvas, Extension
from manazir.core.errors import ShapeError
from manazir.inference.blending import fading, spans
from manazir.inference.film_plan import make_film_plan
from manazir.inference.makes import Makes
from manazir.inference.stretches import stretches
from manazir.inference.wan.denoising import Expert, Request, denoise
from manazir.inference.wan.sampling import WanSampling
from manazir.media.clip import Clip
from manazir.models.wan.transformer import WanShape, WanTransformer

MAKES = Makes(
    name="tiny",
    sizes=((16, 16),),
    multiple=16,
    frames_per_latent=4,
    frame_rate=8.0,
    frames=17,
    longest_seconds=20.0,
    holds_pictures=False,
)
CPU = torch.device("cpu")


@pytest.mark.parametrize(("length", "window", "overlap"), [(5, 9, 3), (9, 9, 3), (10, 9, 3), (40, 9, 3), (23, 6, 5)])
def test_windows_cover_a_film_and_their_shares_add_up(length: int, window: int, overlap: int) -> None:
    windows = spans(length, window, overlap)
    assert (windows[0].start, windows[-1].stop) == (0, length)
    assert all(span.stop - span.start == min(window, length) for span in windows)
    assert all(one.stop - other.start >= overlap for one, other in pairwise(windows))
    total = torch.zeros(length)
    for span, share in zip(windows, fading(windows, CPU), strict=True):
        assert (share > 0).all()
        total[span] += share
    torch.testing.assert_close(total, torch.ones(length))


def test_windows_that_overlap_wholly_are_refused() -> None:
    with pytest.raises(ShapeError, match="windows of 4 latent frames cannot overlap by 4"):
        spans(9, 4, 4)


def _wan() -> WanTransformer:
    torch.manual_seed(0)
    shape = WanShape(
        heads=2, head_width=12, channels_in=4, channels_out=4, text_width=6, time_width=8, hidden_width=16, layers=1
    )
    wan = WanTransformer(shape).eval()
    for weight in wan.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    return wan


def _denoised(length: int, window: int | None, overlap: int = 2) -> torch.Tensor:
    wan = _wan()
    noise = torch.randn(4, 12, 2, 4, generator=torch.Generator().manual_seed(1))[:, :length]
    request = Request(
        noise=noise, words=torch.randn(3, 6, generator=torch.Generator().manual_seed(2)), unwanted=torch.zeros(3, 6)
    )
    *_, last = denoise([Expert(lambda: wan, 3.0)], request, WanSampling(steps=3, window=window, overlap=overlap))
    return last


def test_a_film_within_one_window_is_made_as_without() -> None:
    assert torch.equal(_denoised(5, 8), _denoised(5, None))


def test_windows_see_nothing_of_each_other_but_where_they_meet() -> None:
    long, short = _denoised(12, 6, 0), _denoised(6, None)
    torch.testing.assert_close(long[:, :6], short)
    blended = _denoised(12, 6, 3)
    assert not torch.allclose(blended[:, 3:6], short[:, 3:6])


def _jump(window: int, overlap: int) -> float:
    """The largest step from frame to frame, where every window is painted in a colour of its own."""
    windows, film = spans(24, window, overlap), torch.zeros(24)
    for colour, (span, share) in enumerate(zip(windows, fading(windows, CPU), strict=True)):
        film[span] += (colour % 2) * share
    return float(film.diff().abs().max())


def test_blended_windows_leave_no_seam() -> None:
    assert _jump(8, 0) == 1.0
    assert _jump(12, 6) < 0.2


def test_stretches_share_what_the_next_one_is_to_know() -> None:
    plan = make_film_plan(Canvas(prompt="x", duration_seconds=41 / 8), MAKES)
    parts = stretches(plan, at_once=17, context=5)
    assert [part.frames for part in parts] == [slice(0, 17), slice(12, 29), slice(24, 41)]
    frames, known = plan.frames.copy(), plan.is_known.copy()
    for colour, part in enumerate(parts, 1):
        shown = part.of(plan, frames, known)
        assert shown.is_known.tolist() == [colour > 1] * 5 + [False] * 12
        part.put(np.full((17, 16, 16, 3), colour, np.uint8), frames, known)
    assert frames[:, 0, 0, 0].tolist() == [1] * 17 + [2] * 12 + [3] * 12


def test_stretches_of_what_leads_up_to_a_clip_begin_at_its_end() -> None:
    film = Clip(np.full((9, 16, 16, 3), 9, np.uint8), 8.0)
    plan = make_film_plan(Canvas(extension=Extension(clip=film, is_before=True), duration_seconds=3.0), MAKES)
    parts = stretches(plan, at_once=17, context=5)
    assert parts[0].frames.stop == len(plan.frames)
    assert parts[-1].frames.start == 0
    known = plan.is_known.copy()
    for part in parts:
        assert known[part.frames].any()
        known[part.frames] = True
    assert known.all()


def test_stretches_that_are_known_are_left_out_and_endless_ones_refused() -> None:
    plan = make_film_plan(Canvas(prompt="x", duration_seconds=41 / 8), MAKES)
    known = replace(plan, is_known=np.arange(41) < 17)
    assert [part.frames for part in stretches(known, 17, 5)] == [slice(12, 29), slice(24, 41)]
    with pytest.raises(ShapeError, match="stretches of 17 frames that share 17 do not go on"):
        stretches(plan, 17, 17)
