"""A canvas filled in by Wan's engine is the film that diffusers' pipeline of that kind makes, from the same noise."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import WanImageToVideoPipeline, WanPipeline, WanVideoToVideoPipeline
from PIL import Image
from tests.open_weights import save_tiny_wan, save_tiny_wan_of_each_frame, save_tiny_wan_of_pictures

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.survey import survey_folder
from manazir.core.canvas import Canvas, Keyframe, Modification, Region
from manazir.core.errors import UnsupportedError
from manazir.core.rectangles import Rectangle
from manazir.core.seeds import derive
from manazir.inference.engine import Made, Settings
from manazir.inference.wan.engine import WanEngine
from manazir.inference.wan.loading import load_wan_engine
from manazir.media.clip import Clip
from manazir.models.text.umt5 import PromptEncoder

CPU = torch.device("cpu")
SIZE = {"width": 48, "height": 32}
PICTURE = np.random.default_rng(5).integers(0, 255, (32, 48, 3), dtype=np.uint8)
FIRST, LAST = Keyframe(image=PICTURE, at_seconds=0.0), Keyframe(image=PICTURE[::-1], at_seconds=None)


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Path, WanEngine]]:
    """Save a model as diffusers does, import it, and load its engine."""

    def made(save: Callable[..., Path], **options: Any) -> tuple[Path, WanEngine]:
        published = save(tmp_path_factory.mktemp("published"), **options)
        folder = tmp_path_factory.mktemp("home") / "tiny"
        list(bring_in(survey_folder(published, check_part), folder, "a test"))
        return published, load_wan_engine(folder, CPU, "float32")

    return made


def _ours(engine: WanEngine, canvas: Canvas, **settings: Any) -> Clip:
    *_, last = engine.fill(canvas, Settings(steps=3, **settings), 7)
    assert isinstance(last, Made)
    return last.clip


def _theirs(kind: Any, published: Path, **asked: Any) -> Any:
    pipeline = kind.from_pretrained(published, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    generator = torch.Generator().manual_seed(derive(7, "noise", 0))
    frames = pipeline(prompt="a red ball", num_inference_steps=3, generator=generator, **SIZE, **asked).frames[0]
    return (frames * 255).round().astype(np.uint8)


def _same(made: np.ndarray, true: np.ndarray) -> bool:
    """Within a level: what lies on the edge between two may be rounded either way."""
    apart = np.abs(made.astype(int) - true.astype(int))
    return made.shape == true.shape and bool(apart.max() <= 1) and float((apart > 0).mean()) < 1e-3


def _canvas(frames: int, **others: Any) -> Canvas:
    return Canvas(prompt="a red ball", duration_seconds=frames / others.pop("rate", 16.0), **SIZE, **others)


def test_words(make: Callable[..., Any]) -> None:
    published, engine = make(save_tiny_wan)
    true = _theirs(WanPipeline, published, num_frames=9, guidance_scale=4.0)
    assert _same(_ours(engine, _canvas(9), guidance_scale=4.0).frames, true)
    assert _same(_ours(engine, _canvas(6), guidance_scale=4.0).frames, true[:6])
    assert not _same(_ours(engine, _canvas(9), guidance_scale=1.0).frames, true)


def test_words_alone_are_read_where_nothing_guides(make: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    published, engine = make(save_tiny_wan)
    encode, read = PromptEncoder.encode, []
    monkeypatch.setattr(PromptEncoder, "encode", lambda self, prompts: read.extend(prompts) or encode(self, prompts))
    made = _ours(engine, _canvas(9), guidance_scale=1.0)
    assert read == ["a red ball"]
    assert _same(made.frames, _theirs(WanPipeline, published, num_frames=9, guidance_scale=1.0))
    _ours(engine, _canvas(9, negative_prompt="still"), guidance_scale=4.0)
    assert read == ["a red ball", "a red ball", "still"]


def test_a_clip_to_change(make: Callable[..., Any]) -> None:
    published, engine = make(save_tiny_wan)
    film = np.random.default_rng(1).integers(0, 255, (9, 32, 48, 3), dtype=np.uint8)
    video = [Image.fromarray(frame) for frame in film]
    true = _theirs(WanVideoToVideoPipeline, published, video=video, strength=0.7, guidance_scale=4.0)
    change = Modification(clip=Clip(film, 16.0), strength=0.7)
    made = _ours(engine, Canvas(prompt="a red ball", modification=change, **SIZE), guidance_scale=4.0)
    assert _same(made.frames, true)


@pytest.mark.parametrize("strength", [0.7, 1.0])
@pytest.mark.parametrize("save", [save_tiny_wan, save_tiny_wan_of_each_frame])
def test_a_region_that_stays(make: Callable[..., Any], save: Callable[..., Path], strength: float) -> None:
    """What stays stands in the latents at every step, and in the pictures exactly; the rest is made to fit it."""
    _, engine = make(save)
    film = np.random.default_rng(1).integers(0, 255, (9, 32, 48, 3), dtype=np.uint8)
    left = Rectangle(left=0.0, top=0.0, width=0.7, height=1.0)

    def changed(region: Region | None) -> np.ndarray:
        change = Modification(clip=Clip(film, engine.makes.frame_rate), strength=strength, region=region)
        return _ours(engine, Canvas(prompt="a red ball", modification=change, **SIZE), guidance_scale=4.0).frames

    free, kept, turned = (
        changed(each) for each in (None, Region(rectangles=(left,)), Region(rectangles=(left,), is_kept=False))
    )
    np.testing.assert_array_equal(kept[:, :, :34], film[:, :, :34])
    np.testing.assert_array_equal(turned[:, :, 34:], film[:, :, 34:])
    assert (kept[:, :, 40:] != film[:, :, 40:]).any()
    assert (kept[:, :, 40:] != free[:, :, 40:]).any()


def test_a_first_picture_where_each_frame_has_its_noise(make: Callable[..., Any]) -> None:
    published, engine = make(save_tiny_wan_of_each_frame)
    true = _theirs(WanImageToVideoPipeline, published, image=Image.fromarray(PICTURE), num_frames=9, guidance_scale=4.0)
    made = _ours(engine, _canvas(9, rate=24.0, keyframes=(FIRST,)), guidance_scale=4.0)
    np.testing.assert_array_equal(made.frames[0], PICTURE)
    assert _same(made.frames[1:], true[1:])


@pytest.mark.parametrize("has_experts", [False, True])
def test_a_first_picture_as_channels(make: Callable[..., Any], has_experts: bool) -> None:
    published, engine = make(save_tiny_wan_of_pictures, has_experts=has_experts)
    asked = {"image": Image.fromarray(PICTURE), "num_frames": 9, "guidance_scale": 3.5}
    true = _theirs(WanImageToVideoPipeline, published, **asked)
    made = _ours(engine, _canvas(9, keyframes=(FIRST,)), guidance_scale=3.5)
    np.testing.assert_array_equal(made.frames[0], PICTURE)
    assert _same(made.frames[1:], true[1:])


def test_a_first_and_a_last_picture_as_channels(make: Callable[..., Any]) -> None:
    published, engine = make(save_tiny_wan_of_pictures, has_experts=True)
    pictures = {"image": Image.fromarray(PICTURE), "last_image": Image.fromarray(PICTURE[::-1])}
    true = _theirs(WanImageToVideoPipeline, published, num_frames=9, guidance_scale=3.5, **pictures)
    made = _ours(engine, _canvas(9, keyframes=(FIRST, LAST)))  # 3.5 is its own
    np.testing.assert_array_equal(made.frames[-1], PICTURE[::-1])
    assert _same(made.frames[1:-1], true[1:-1])


def test_what_a_kind_of_wan_cannot_do_is_refused_by_name(make: Callable[..., Any]) -> None:
    _, words = make(save_tiny_wan)
    with pytest.raises(UnsupportedError, match="tiny cannot do a first frame"):
        words.fill(_canvas(9, keyframes=(FIRST,)), Settings(), 1)
    _, pictures = make(save_tiny_wan_of_pictures, has_experts=False)
    with pytest.raises(UnsupportedError, match="makes films from pictures; give a first frame or extending a clip"):
        pictures.fill(_canvas(9), Settings(), 1)
    with pytest.raises(UnsupportedError, match="tiny cannot do a last frame"):
        pictures.fill(_canvas(9, keyframes=(FIRST, LAST)), Settings(), 1)
    with pytest.raises(UnsupportedError, match="no solver 'heun'; have unipc"):
        words.fill(_canvas(9), Settings(solver="heun"), 1)
    with pytest.raises(UnsupportedError, match="takes no layout steps"):
        words.fill(_canvas(9), Settings(layout_steps=3), 1)
