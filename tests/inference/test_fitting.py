"""What is refused before a model is loaded is what its plan would refuse, and nothing else."""

import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from manazir.core.canvas import Canvas, Extension, Keyframe, Need
from manazir.core.errors import CanvasError, ManazirError
from manazir.inference.cards import Card, card_of
from manazir.inference.film_plan import make_film_plan
from manazir.inference.fitting import LENGTH, RATE, SIZE, misfit
from manazir.inference.makes import Makes
from manazir.inference.noor.model import load_model
from manazir.inference.noor.plan import make_plan

PICTURE = np.zeros((32, 32, 3), np.uint8)
MAKES = Makes(
    name="tiny",
    sizes=((32, 32),),
    multiple=16,
    frames_per_latent=4,
    frame_rate=8.0,
    frames=9,
    longest_seconds=6.0,
    holds_pictures=False,
)
HOLDING = replace(MAKES, holds_pictures=True)


def card_for(makes: Makes) -> Card:
    return Card(
        name=makes.name,
        honours=frozenset(Need),
        sizes=makes.sizes,
        frame_rate=makes.frame_rate,
        longest_seconds=makes.longest_seconds,
        default_seconds=makes.frames / makes.frame_rate,
        makes=makes,
    )


def keys(*times: float | None) -> tuple[Keyframe, ...]:
    return tuple(Keyframe(image=PICTURE, at_seconds=at) for at in times)


def drawn(rng: random.Random, *, may_loop: bool) -> Canvas:
    """Any canvas that agrees with itself."""
    while True:
        times = [rng.choice((0.0, None, round(rng.uniform(0, 2.2), 2))) for _ in range(rng.randrange(4))]
        seconds = rng.choice((None, 0.05, 0.5, 1.0, 1.5, 2.0, round(rng.uniform(0.1, 7), 2)))
        is_loop = may_loop and rng.random() < 0.3
        try:
            return Canvas(prompt="x", duration_seconds=seconds, keyframes=keys(*times), is_loop=is_loop)
        except CanvasError:
            continue


def agree(canvas: Canvas, card: Card, plan: Callable[[Canvas], object]) -> bool:
    """Whether the plan refuses what the card does; returns whether they do."""
    told, error = misfit(canvas, card, allows_resampling=False), None
    try:
        plan(canvas)
    except ManazirError as refusal:
        error = refusal
    assert (told is None) == (error is None), (canvas, told, error)
    return told is not None


@pytest.mark.parametrize("makes", [MAKES, HOLDING], ids=["frames", "latents"])
def test_a_film_plan_refuses_the_same(makes: Makes) -> None:
    rng, card = random.Random(1), card_for(makes)
    refused = sum(agree(drawn(rng, may_loop=False), card, lambda one: make_film_plan(one, makes)) for _ in range(600))
    assert 60 < refused < 540


def test_noors_plan_refuses_the_same(home: Path) -> None:
    rng, card = random.Random(2), card_of("noor-nano")
    model = load_model("noor-nano", torch.device("cpu"))
    refused = sum(agree(drawn(rng, may_loop=True), card, lambda one: make_plan(one, model)) for _ in range(600))
    assert 60 < refused < 540


@pytest.mark.parametrize(
    ("asked", "what", "message"),
    [
        ({"width": 64, "height": 64}, SIZE, "noor-nano makes 32x32, 64x32, 32x64, not 64x64"),
        ({"frame_rate": 24.0}, RATE, "noor-nano makes 8 frames/s, not 24"),
        ({"duration_seconds": 7.0}, LENGTH, "7 s is more than noor-nano makes; ask for 6 s at most"),
        ({"duration_seconds": 0.01}, LENGTH, "less than one frame at 8 frames/s"),
        ({"keyframes": keys(0.0, 0.01)}, Need.KEYFRAMES, "two known pictures fall on frame 0 (0.00 s) of noor-nano"),
        ({"keyframes": keys(0.97, None)}, Need.LAST_FRAME, "two known pictures fall on frame 7 (0.88 s)"),
        ({"keyframes": keys(3.0)}, Need.KEYFRAMES, "a keyframe at 3 s is past the last frame, at 0.88 s"),
        ({"is_loop": True, "duration_seconds": 1.25}, Need.LOOP, "noor-nano closes loops of 1 s, 1.5 s, 2 s and so on"),
        ({"actions": ["fly"]}, Need.ACTIONS, "no action 'fly'; noor-nano has none, left, right"),
        ({"actions": ["left"] * 50}, LENGTH, "6.25 s is more than noor-nano makes"),
    ],
)
def test_it_is_told_what_is_to_blame(home: Path, asked: dict[str, Any], what: Need | str, message: str) -> None:
    found = misfit(Canvas(prompt="x", **asked), card_of("noor-nano"), allows_resampling=False)
    assert found is not None
    assert found.what == what
    assert message in found.told


def test_what_is_reached_by_scaling_and_going_on_is_not_refused_and_the_rest_is(home: Path) -> None:
    card = card_of("noor-nano")
    long = Canvas(prompt="x", width=640, height=360, frame_rate=24.0, duration_seconds=20.0)
    assert misfit(long, card, allows_resampling=True) is None
    for asked in ({"is_loop": True}, {"actions": ["left"] * 50}):  # what is in one piece is not gone on with
        found = misfit(replace(long, **asked), card, allows_resampling=True)  # type: ignore[arg-type]
        assert found is not None
        assert found.what == LENGTH


def test_where_a_file_decides_only_what_is_certain_is_refused(home: Path) -> None:
    card, clip = card_of("noor-nano"), Extension(clip="asset:1")
    far = Canvas(extension=clip, keyframes=keys(5.0), duration_seconds=1.0)
    assert misfit(far, card, allows_resampling=False) is None
    twice = replace(far, keyframes=keys(5.0, 5.01))
    assert misfit(twice, card, allows_resampling=False) is not None


def test_a_model_of_pictures_wants_one() -> None:
    card = replace(card_for(MAKES), honours=frozenset({Need.TEXT, Need.FIRST_FRAME}), needs_picture=True)
    found = misfit(Canvas(prompt="x"), card, allows_resampling=True)
    assert found is not None
    assert found.told == "tiny makes films from pictures; give a first frame"
    assert misfit(Canvas(keyframes=keys(0.0)), card, allows_resampling=True) is None


def test_no_torch_is_imported() -> None:
    code = "import manazir.inference.fitting, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
