"""A look at a film while it is denoised."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.open_ltx import save_tiny_ltx
from tests.open_weights import save_tiny_wan

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.survey import survey_folder
from manazir.core.canvas import Canvas
from manazir.inference.engine import Made, Settings, Step
from manazir.inference.library_engine import LibraryEngine
from manazir.inference.ltx.loading import load_ltx_engine
from manazir.inference.previewing import Glimpse
from manazir.inference.wan.loading import load_wan_engine

FAMILIES: tuple[Any, ...] = (
    (save_tiny_wan, load_wan_engine, (48, 32), 16.0),
    (save_tiny_ltx, load_ltx_engine, (96, 64), 24.0),
)
Drawn = Callable[[], np.ndarray]


@pytest.fixture(params=FAMILIES, ids=["wan", "ltx"])
def family(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[LibraryEngine, tuple[int, int], float]:
    save, load, size, frame_rate = request.param
    list(bring_in(survey_folder(save(tmp_path / "published"), check_part), tmp_path / "tiny", "a test"))
    return load(tmp_path / "tiny", torch.device("cpu"), "float32"), size, frame_rate


def _made(engine: Any, canvas: Canvas) -> tuple[list[Drawn], Made]:
    previews = []
    for event in engine.fill(canvas, Settings(steps=3), 7):
        if isinstance(event, Made):
            return previews, event
        if event.preview is not None:
            previews.append(event.preview)
    raise AssertionError("nothing was made")


def test_the_last_look_at_one_frame_is_the_frame(family: tuple[LibraryEngine, tuple[int, int], float]) -> None:
    engine, (width, height), frame_rate = family
    canvas = Canvas(prompt="a red ball", width=width, height=height, duration_seconds=1 / frame_rate)
    previews, made = _made(engine, canvas)
    pictures = [draw() for draw in previews]
    assert len(pictures) >= 3
    apart = np.abs(pictures[-1].astype(int) - made.clip.frames[0].astype(int))
    assert apart.max() <= 1
    assert (pictures[0] != pictures[2]).any()


def test_where_parts_take_turns_nothing_is_drawn() -> None:
    glimpse = Glimpse(None)
    glimpse.see(torch.zeros(4, 1, 2, 2))
    assert glimpse.preview is None
    assert Glimpse(lambda latents: latents).preview is None
    assert Step(1, 2).preview is None
