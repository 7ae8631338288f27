"""A canvas filled in by Wan VACE is the film that diffusers' pipeline makes, from the same noise."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from diffusers import UniPCMultistepScheduler, WanVACEPipeline
from PIL import Image
from tests.open_weights import save_tiny_wan_vace

from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.survey import survey_folder
from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Reframing, Region
from manazir.core.rectangles import Rectangle
from manazir.core.seeds import derive
from manazir.inference.engine import Made, Settings
from manazir.inference.film_plan import make_film_plan
from manazir.inference.wan.context import context_of, folded
from manazir.inference.wan.engine import WanEngine
from manazir.inference.wan.loading import load_wan_engine
from manazir.media.clip import Clip

CPU = torch.device("cpu")
FRAMES, HEIGHT, WIDTH = 9, 32, 48
SIZE = {"width": WIDTH, "height": HEIGHT}
FILM = np.random.default_rng(5).integers(0, 255, (FRAMES, HEIGHT, WIDTH, 3), dtype=np.uint8)
FIRST, LAST = Keyframe(image=FILM[0], at_seconds=0.0), Keyframe(image=FILM[-1], at_seconds=None)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_wan_vace(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def engine(published: Path, tmp_path_factory: pytest.TempPathFactory) -> WanEngine:
    folder = tmp_path_factory.mktemp("home") / "tiny"
    list(bring_in(survey_folder(published, check_part), folder, "a test"))
    return load_wan_engine(folder, CPU, "float32")


def _ours(engine: WanEngine, canvas: Canvas, **settings: Any) -> np.ndarray:
    *_, last = engine.fill(canvas, Settings(steps=3, guidance_scale=4.0, **settings), 7)
    assert isinstance(last, Made)
    return last.clip.frames


def _pipeline(published: Path) -> Any:
    pipeline = WanVACEPipeline.from_pretrained(published, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _theirs(pipeline: Any, film: np.ndarray | None = None, known: Any = None, **asked: Any) -> np.ndarray:
    """What the pipeline makes; of a film, what is known as it is and the rest grey."""
    given: dict[str, Any] = {"num_frames": FRAMES, **SIZE}
    if film is not None:
        is_known = np.zeros(film.shape[:3], np.bool_)
        is_known[known] = True
        shown = np.where(is_known[..., None], film / np.float32(255), np.float32(0.5))
        mask = np.repeat(~is_known[..., None], 3, axis=3).astype(np.float32)
        given |= {"video": shown[None], "mask": mask[None], "num_frames": len(film)}
        given |= {"height": film.shape[1], "width": film.shape[2]}
    generator = torch.Generator().manual_seed(derive(7, "noise", 0))
    steps = {"num_inference_steps": 3, "guidance_scale": 4.0, "generator": generator}
    frames = pipeline(prompt="a red ball", **given | steps | asked).frames[0]
    made: np.ndarray = (frames * 255).round().astype(np.uint8)
    return made


def _same(made: np.ndarray, true: np.ndarray) -> bool:
    """Within a level: what lies on the edge between two may be rounded either way."""
    apart = np.abs(made.astype(int) - true.astype(int))
    return made.shape == true.shape and bool(apart.max() <= 1) and float((apart > 0).mean()) < 1e-3


def _canvas(frames: int = FRAMES, **others: Any) -> Canvas:
    return Canvas(prompt="a red ball", duration_seconds=frames / 16.0, **SIZE, **others)


def test_words_alone(published: Path, engine: WanEngine) -> None:
    true = _theirs(_pipeline(published))
    assert _same(_ours(engine, _canvas()), true)
    assert _same(_ours(engine, _canvas(6)), true[:6])


@pytest.mark.parametrize(
    ("keys", "at"),
    [
        ((FIRST,), [0]),
        ((FIRST, LAST), [0, 8]),
        ((LAST,), [8]),
        ((Keyframe(image=FILM[4], at_seconds=0.25),), [4]),
    ],
    ids=["first", "first and last", "last", "between"],
)
def test_pictures_anywhere(published: Path, engine: WanEngine, keys: Sequence[Keyframe], at: list[int]) -> None:
    true = _theirs(_pipeline(published), FILM, at)
    made = _ours(engine, _canvas(keyframes=tuple(keys)))
    np.testing.assert_array_equal(made[at], FILM[at])
    rest = [frame for frame in range(FRAMES) if frame not in at]
    assert _same(made[rest], true[rest])
    assert not _same(made[rest], _theirs(_pipeline(published))[rest])


@pytest.mark.parametrize("keys", [(), (FIRST,)], ids=["words", "a first frame"])
def test_pictures_for_reference_stand_before_the_film(
    published: Path, engine: WanEngine, keys: Sequence[Keyframe]
) -> None:
    pictures = [FILM[2, :, :16], FILM[5, 8:24].repeat(3, axis=1)]  # narrower than the film, and higher
    film, known = (FILM, [0]) if keys else (None, None)
    shown = [Image.fromarray(picture) for picture in pictures]
    true = _theirs(_pipeline(published), film, known, reference_images=[shown])
    made = _ours(engine, _canvas(keyframes=tuple(keys), references=tuple(pictures)))
    rest = slice(len(keys), None)
    assert _same(made[rest], true[rest])
    turned = _ours(engine, _canvas(keyframes=tuple(keys), references=tuple(reversed(pictures))))
    assert not _same(made[rest], turned[rest])


def test_a_clip_is_changed_after_a_reference_and_a_long_film_made_in_stretches(engine: WanEngine) -> None:
    change = Modification(clip=Clip(FILM, 16.0), strength=0.7)
    canvas = Canvas(prompt="a red ball", modification=change, references=(FILM[3],), **SIZE)
    alone = Canvas(prompt="a red ball", modification=change, **SIZE)
    assert not _same(_ours(engine, canvas), _ours(engine, alone))
    long = Canvas(prompt="a ball", duration_seconds=90 / 16, references=(FILM[3],), width=32, height=16)
    *_, last = engine.fill(long, Settings(steps=1), 7)
    assert isinstance(last, Made)
    assert (last.network_calls, last.clip.frames.shape) == (2, (90, 16, 32, 3))


@pytest.mark.parametrize("is_before", [False, True])
def test_a_clip_to_go_on_from_and_one_to_lead_up_to(published: Path, engine: WanEngine, is_before: bool) -> None:
    """Five frames are known, and eight are made; of those that are led up to, four, since latent frames hold four."""
    count = 4 if is_before else 5
    source, film = Clip(FILM[:count], 16.0), np.zeros((8 + 5, HEIGHT, WIDTH, 3), np.uint8)
    known = slice(9, None) if is_before else slice(0, 5)
    film[known] = FILM[:count]
    extension = Extension(clip=source, is_before=is_before)
    true = _theirs(_pipeline(published), film, known)
    made = _ours(engine, _canvas(8, extension=extension))
    np.testing.assert_array_equal(made[8:] if is_before else made[:5], source.frames)
    assert _same(made[:8], true[1:9]) if is_before else _same(made[5:], true[5:])


@pytest.mark.parametrize(("left", "top"), [(0.5, 0.5), (0.0, 1.0)])
def test_a_clip_in_a_larger_picture(published: Path, engine: WanEngine, left: float, top: float) -> None:
    small = FILM[:, :21, :37]
    row, column = round((HEIGHT - 21) * top), round((WIDTH - 37) * left)
    where = (slice(None), slice(row, row + 21), slice(column, column + 37))
    film = np.zeros_like(FILM)
    film[where] = small
    reframing = Reframing(clip=Clip(small, 16.0), left=left, top=top)
    made = _ours(engine, Canvas(prompt="a red ball", reframing=reframing, **SIZE))
    true = _theirs(_pipeline(published), film, where)
    np.testing.assert_array_equal(made[where], small)
    true[where] = small
    assert _same(made, true)
    only_words = _theirs(_pipeline(published))
    only_words[where] = small
    assert not _same(made, only_words)


def test_a_reframed_clip_takes_whole_pictures_too(published: Path, engine: WanEngine) -> None:
    film, small = FILM.copy(), FILM[:, :, ::-1][:, :, 16:32]
    where = (slice(None), slice(None), slice(16, 32))
    film[where] = small
    known = np.zeros(FILM.shape[:3], np.bool_)
    known[where], known[0] = True, True
    reframing = Reframing(clip=Clip(small, 16.0))
    made = _ours(engine, Canvas(prompt="a red ball", reframing=reframing, keyframes=(FIRST,), **SIZE))
    true = _theirs(_pipeline(published), film, known)
    np.testing.assert_array_equal(made[known], film[known])
    assert _same(np.where(known[..., None], 0, made), np.where(known[..., None], 0, true))


class _Late(UniPCMultistepScheduler):
    """Begins where a share of its steps is left."""

    def set_timesteps(self, num_inference_steps: int, device: Any = None) -> None:
        super().set_timesteps(num_inference_steps, device=device)
        self.timesteps, self.sigmas = self.timesteps[1:], self.sigmas[1:]


def test_a_clip_to_change(published: Path, engine: WanEngine) -> None:
    """From the clip as far into noise as is asked, with nothing known; diffusers' has no such pipeline."""
    pipeline = _pipeline(published)
    pipeline.scheduler = _Late.from_config(pipeline.scheduler.config)
    pipeline.scheduler.set_timesteps(3)
    sigma = pipeline.scheduler.sigmas[0]
    video = torch.from_numpy(FILM).movedim(-1, 0)[None] / 127.5 - 1.0
    with torch.no_grad():
        clean = pipeline.vae.encode(video).latent_dist.mode()
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(derive(7, "noise", 0)))
    true = _theirs(pipeline, latents=(1 - sigma) * clean + sigma * noise)
    change = Modification(clip=Clip(FILM, 16.0), strength=0.7)
    assert _same(_ours(engine, Canvas(prompt="a red ball", modification=change, **SIZE)), true)


def test_a_region_that_stays_is_known_pixel_by_pixel(engine: WanEngine) -> None:
    region = Region(rectangles=(Rectangle(left=0.0, top=0.0, width=0.5, height=1.0),))
    change = Modification(clip=Clip(FILM, 16.0), strength=0.7, region=region)
    canvas = Canvas(prompt="a red ball", modification=change, **SIZE)
    half = FILM.shape[2] // 2
    known = make_film_plan(canvas, engine.makes).known_pixels
    assert known[:, :, :half].all()
    assert not known[:, :, half:].any()
    made = _ours(engine, canvas)
    np.testing.assert_array_equal(made[:, :, :half], FILM[:, :, :half])
    assert (made[:, :, half:] != FILM[:, :, half:]).any()


def test_a_long_reframed_clip_is_made_in_stretches_that_know_each_other(engine: WanEngine) -> None:
    long = np.tile(FILM[:, :16, :16], (11, 1, 1, 1))[:90]
    reframing = Reframing(clip=Clip(long, 16.0), left=0.0)
    canvas = Canvas(prompt="a red ball", reframing=reframing, width=32, height=16)
    *_, last = engine.fill(canvas, Settings(steps=1), 7)
    assert isinstance(last, Made)
    assert (last.network_calls, last.clip.frames.shape) == (2, (90, 16, 32, 3))
    np.testing.assert_array_equal(last.clip.frames[:, :, :16], long)
    outside = last.clip.frames[:, :, 16:]
    assert all(frame.any() for frame in outside)


@pytest.mark.parametrize("frames", [1, 5, 9, 81, 121])
def test_masks_are_folded_as_theirs(frames: int) -> None:
    is_made = torch.rand(frames, 16, 32) > 0.5
    latents = 1 + (frames - 1) // 4
    cells = is_made.float().view(frames, 2, 8, 4, 8).permute(2, 4, 0, 1, 3).flatten(0, 1)
    true = F.interpolate(cells[None], size=(latents, 2, 4), mode="nearest-exact")[0]
    assert torch.equal(folded(is_made, 8, latents).float(), true)


@torch.no_grad()
def test_a_context_is_theirs_channel_by_channel(published: Path, engine: WanEngine) -> None:
    reframing = Reframing(clip=Clip(FILM[:, 3:20, 5:30], 16.0))
    plan = make_film_plan(Canvas(reframing=reframing, keyframes=(FIRST,), **SIZE), engine.makes)
    made = context_of(plan, engine.model.vae, 8, CPU)
    pipeline = _pipeline(published)
    shown = np.where(plan.known_pixels[..., None], plan.frames / np.float32(255), np.float32(0.5))[None]
    mask = np.repeat(~plan.known_pixels[..., None], 3, axis=3).astype(np.float32)[None]
    given = pipeline.preprocess_conditions(shown, mask, None, 1, HEIGHT, WIDTH, FRAMES, torch.float32, CPU)
    latents = pipeline.prepare_video_latents(*given, device=CPU)
    true = torch.cat([latents, pipeline.prepare_masks(given[1], given[2])], dim=1)[0]
    assert made.shape == true.shape == (2 * 4 + 64, 3, HEIGHT // 8, WIDTH // 8)
    assert torch.equal(made[8:], true[8:])
    for half in (slice(0, 4), slice(4, 8)):
        assert float((made[half] - true[half]).norm() / true[half].norm()) < 1e-5
