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

from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Need, Reframing
from manazir.core.errors import CanvasError, ManazirError
from manazir.inference.cards import Card, card_of
from manazir.inference.dividing import is_divided, shares
from manazir.inference.engine import Made
from manazir.inference.film_plan import make_film_plan
from manazir.inference.film_result import clip_of
from manazir.inference.fitting import LENGTH, RATE, SIZE, misfit
from manazir.inference.lengthening import _part
from manazir.inference.makes import Makes
from manazir.inference.noor.model import load_model
from manazir.inference.noor.plan import make_plan
from manazir.media.clip import Clip

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


BRIEF = replace(MAKES, longest_seconds=1.0, frames=5)
"""Of which some seconds take several parts."""
FILM = Clip(np.zeros((7, 32, 32, 3), np.uint8), 8.0)


class Told(Clip):
    """A clip that a canvas has as if it were a file, of which facts are known."""

    def __str__(self) -> str:
        return "film"


KNOWN = {"film": {"width": 32, "height": 32, "duration_seconds": 7 / 8}}


def extended(rng: random.Random) -> Canvas:
    """A canvas that goes on from a clip, or leads up to it, or starts from none."""
    while True:
        times = [rng.choice((0.0, None, round(rng.uniform(0, 4.5), 2))) for _ in range(rng.randrange(4))]
        film = Told(FILM.frames, FILM.frame_rate)
        extension = rng.choice((None, Extension(clip=film), Extension(clip=film, is_before=True)))
        seconds = round(rng.uniform(0.2, 3.5), 2)
        try:
            return Canvas(prompt="x", duration_seconds=seconds, keyframes=keys(*times), extension=extension)
        except CanvasError:
            continue


def plan_in_parts(canvas: Canvas, makes: Makes) -> None:
    """As `fill_in_parts`, but that nothing is filled in."""
    is_after = canvas.extension is not None and not canvas.extension.is_before
    made: Made | None = None
    for share in shares(canvas, makes.longest_seconds, FILM.duration_seconds if is_after else 0.0):
        plan = make_film_plan(_part(canvas, made, share), makes)
        made = Made(clip_of(plan, plan.frames, makes.frame_rate), 0, 0.0)


@pytest.mark.parametrize("makes", [BRIEF, replace(BRIEF, holds_pictures=True)], ids=["frames", "latents"])
def test_what_is_made_in_parts_is_refused_as_its_parts_are(makes: Makes) -> None:
    rng, card = random.Random(4), card_for(makes)
    refused = parted = 0
    for _ in range(800):
        canvas = extended(rng)
        told, error = misfit(canvas, card, allows_resampling=True, facts=KNOWN), None
        parts = is_divided(canvas, makes.longest_seconds)
        try:
            (plan_in_parts if parts else make_film_plan)(canvas, makes)
        except ManazirError as refusal:
            error = refusal
        assert (told is None) == (error is None), (canvas, told, error)
        refused, parted = refused + (told is not None), parted + parts
    assert 100 < refused < 700
    assert 300 < parted < 800


def test_noors_plan_refuses_the_same_beside_a_clip(home: Path) -> None:
    rng, card = random.Random(5), card_of("noor-nano")
    model = load_model("noor-nano", torch.device("cpu"))
    refused = 0
    for _ in range(400):
        canvas = extended(rng)
        told, error = misfit(canvas, card, allows_resampling=False, facts=KNOWN), None
        try:
            make_plan(canvas, model)
        except ManazirError as refusal:
            error = refusal
        assert (told is None) == (error is None), (canvas, told, error)
        refused += told is not None
    assert 50 < refused < 350


def test_what_leads_up_to_a_clip_in_parts_has_its_keyframes_in_their_places() -> None:
    canvas = Canvas(
        extension=Extension(clip=FILM, is_before=True), keyframes=keys(0.5, 1.75, 2.25), duration_seconds=2.5
    )
    assert [(one.seconds, [key.at_seconds for key in one.keyframes]) for one in shares(canvas, 1.0, 0.0)] == [
        (1.0, [0.25, 0.75]),
        (0.5, []),
        (1.0, [0.5]),
    ]


@pytest.mark.parametrize(
    ("asked", "facts", "what", "message"),
    [
        (
            {"keyframes": (Keyframe(image="f", at_seconds=0.0),)},
            {"width": 8, "duration_seconds": 2.0},
            Need.FIRST_FRAME,
            "this is a clip",
        ),
        ({"extension": Extension(clip="f")}, {"width": 8}, Need.EXTEND_AFTER, "takes a clip, and this is a picture"),
        ({"modification": Modification(clip="f")}, {"duration_seconds": 2.0}, Need.MODIFY, "this is a sound"),
        ({"modification": Modification(clip="f")}, {"width": 8, "duration_seconds": 7.0}, Need.MODIFY, "give 6 s at"),
        (
            {"sound": "f"},
            {"width": 8, "duration_seconds": 2.0, "has_sound": False},
            Need.VIDEO_FOR_SOUND,
            "without one",
        ),
        ({"sound": "f"}, {"duration_seconds": 9.0}, Need.VIDEO_FOR_SOUND, "9 s is more than"),
        (
            {"reframing": Reframing(clip="f"), "width": 32, "height": 32},
            {"width": 32, "height": 32, "duration_seconds": 1.0},
            SIZE,
            "leaves nothing to make around it",
        ),
    ],
)
def test_files_that_cannot_be_what_they_are_taken_for_are_refused(
    asked: dict[str, Any], facts: dict[str, Any], what: Need | str, message: str
) -> None:
    canvas, card = Canvas(prompt="x", **asked), card_for(MAKES)
    found = misfit(canvas, card, allows_resampling=True, facts={"f": facts})
    assert found is not None
    assert found.what == what
    assert message in found.told
    assert misfit(canvas, card, allows_resampling=True) is None, "of a file that lies elsewhere nothing is known yet"


def test_a_picture_that_is_changed_is_one() -> None:
    canvas, facts = Canvas(prompt="x", modification=Modification(clip="f")), {"f": {"width": 8, "height": 8}}
    assert misfit(canvas, card_for(MAKES), allows_resampling=True, facts=facts, is_picture=True) is None


def test_what_cannot_go_on_from_itself_is_not_made_in_parts() -> None:
    card = replace(card_for(MAKES), honours=frozenset({Need.TEXT}))
    found = misfit(Canvas(prompt="x", duration_seconds=7.0), card, allows_resampling=True)
    assert found is not None
    assert found.told == "tiny makes 6 s at once, and cannot go on from that; ask for 6 s at most"


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
