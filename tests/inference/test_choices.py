"""What is refused of choices before a model is loaded is what its engine would refuse, and nothing else."""

import itertools
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.open_ltx import save_tiny_ltx
from tests.open_weights import save_tiny_wan
from tests.other_pipelines import save_tiny_cogvideox, save_tiny_hunyuan, save_tiny_ltx_video

from manazir.cli.main import main
from manazir.core.canvas import Canvas, Keyframe
from manazir.core.errors import ManazirError
from manazir.inference.cards import Card, card_of
from manazir.inference.engine import Settings
from manazir.inference.engines import load_engine
from manazir.inference.fitting import misfit, unfit_choice

CHOICES: dict[str, tuple[Any, ...]] = {
    "layout_steps": (1,),
    "steps": (1, 8),
    "guidance_scale": (1.0, 4.0),
    "guidance_rule": ("zero-star", "apg:eta=0.5"),
    "guidance_rescale": (0.7,),
    "skip_layer_scale": (0.0, 2.0),
    "skip_layers": ((0,), (1, 0)),
    "skip_layer_span": ((0.1, 0.5),),
    "modality_scale": (1.0, 2.0),
    "sound_guidance_scale": (1.0, 4.0),
    "solver": ("euler",),
    "shift": (3.0,),
    "cache": ("tea",),
    "two_stages": (True,),
}
FIRST = Keyframe(image=np.zeros((32, 32, 3), np.uint8), at_seconds=0.0)
SAVES: dict[str, Callable[[Path], Path]] = {
    "wan": save_tiny_wan,
    "ltx": save_tiny_ltx,
    "ltx-distilled": save_tiny_ltx,
    "ltx-larger": lambda folder: save_tiny_ltx(folder, has_upsampler=True),
    "cogvideox": save_tiny_cogvideox,
    "hunyuan": save_tiny_hunyuan,
    "ltx-video": save_tiny_ltx_video,
}


@pytest.fixture
def installed(request: pytest.FixtureRequest, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A model's name, brought in if it does not ship."""
    if request.param in SAVES:
        monkeypatch.setenv("MANAZIR_HOME", str(tmp_path / "home"))
        published = SAVES[request.param](tmp_path / "published")
        assert main(["models", "import", str(published), "--name", request.param]) == 0
    return str(request.param)


def drawn(rng: random.Random, most: int) -> dict[str, Any]:
    names = rng.sample(list(CHOICES), rng.randint(0, most))
    return {name: rng.choice(CHOICES[name]) for name in names}


@pytest.mark.parametrize("installed", ["noor-nano", *SAVES], indirect=True)
def test_an_engine_refuses_the_same(installed: str) -> None:
    rng, card, engine = random.Random(3), card_of(installed), load_engine(installed)
    refused = taken = 0
    plain: list[dict[str, Any]] = [{name: value} for name, values in CHOICES.items() for value in values]
    for chosen, negative in itertools.product([{}, *plain, *(drawn(rng, 3) for _ in range(15))], ("", "a blue ball")):
        keyframes = (FIRST,) if card.needs_picture else ()
        canvas = Canvas(prompt="a red ball", negative_prompt=negative, keyframes=keyframes, duration_seconds=0.5)
        assert misfit(canvas, card, allows_resampling=False) is None
        told, error = unfit_choice(chosen, canvas, card), None
        try:
            with closing(engine.fill(canvas, Settings(**chosen), 1)) as events:  # type: ignore[type-var]
                if installed == "noor-nano":  # which refuses with its first step; others at once
                    next(events)
        except ManazirError as refusal:
            error = refusal
        assert (told is None) == (error is None), (chosen, negative, told, error)
        refused, taken = refused + (told is not None), taken + (told is None)
    assert refused > 5
    assert taken > 5


@pytest.mark.parametrize("installed", ["noor-nano", "cogvideox"], indirect=True)
def test_it_is_told_which_model_what_and_what_is_taken(installed: str) -> None:
    found = unfit_choice({"solver": "euler"}, Canvas(prompt="x"), card_of(installed))
    assert found is not None
    layout = "layout steps, " if installed == "noor-nano" else ""
    message = f"{installed} takes no solver; leave it out (it takes {layout}steps, guidance scale)"
    assert (found.what, found.told) == ("solver", message)


def test_a_sound_for_a_clip_has_no_second_stage() -> None:
    card = Card(name="large", honours=frozenset(), choices=("two_stages",))
    found = unfit_choice({"two_stages": True}, Canvas(sound_for="a.mp4"), card)
    assert found is not None
    assert (found.what, found.reason) == ("two_stages", "stages_of_sound")
    assert unfit_choice({"two_stages": True}, Canvas(prompt="x"), card) is None


def test_every_choice_has_a_name_here() -> None:
    from manazir.inference.choices import EVERY, NOOR, OF_FAMILY, OF_PIPELINES

    assert set(EVERY) == set(Settings.__dataclass_fields__) == set(CHOICES)
    assert set(itertools.chain(NOOR, OF_PIPELINES, *OF_FAMILY.values())) == set(EVERY)


def test_no_torch_is_imported() -> None:
    code = "import manazir.inference.choices, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
