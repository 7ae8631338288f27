"""A canvas filled in by LTX-2's engine is the film and the sound that diffusers' pipelines make of the same noise."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import LTX2ConditionPipeline, LTX2ImageToVideoPipeline, LTX2Pipeline
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from PIL import Image
from safetensors.torch import save_file
from tests.open_ltx import save_tiny_ltx

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.survey import survey_folder
from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Region
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.core.rectangles import Rectangle
from manazir.core.seeds import derive
from manazir.inference.engine import Made, Settings
from manazir.inference.ltx import engine as ltx_engine
from manazir.inference.ltx.clip import Heard, Wanted, compose, draw
from manazir.inference.ltx.engine import LtxEngine
from manazir.inference.ltx.loading import load_ltx_engine
from manazir.inference.ltx.model import LtxModel
from manazir.inference.ltx.request import Latents
from manazir.media.clip import Clip, Sound
from manazir.models.codecs.ltx_mel import LtxMelShape, log_mel

CPU = torch.device("cpu")
SIZE = {"width": 96, "height": 64}
PICTURES = np.random.default_rng(5).integers(0, 255, (9, 64, 96, 3), dtype=np.uint8)
GUIDED = {"stg_scale": 1.0, "modality_scale": 3.0, "guidance_rescale": 0.7}
PUBLISHED = {**GUIDED, **{f"audio_{name}": value for name, value in GUIDED.items()}, "audio_guidance_scale": 7.0}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_ltx(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def folder(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "tiny"
    list(bring_in(survey_folder(published, check_part), folder, "a test"))
    return folder


@pytest.fixture(scope="module")
def engine(folder: Path) -> LtxEngine:
    return load_ltx_engine(folder, CPU, "float32")


def _ours(engine: LtxEngine, canvas: Canvas, **settings: Any) -> Clip:
    *_, last = engine.fill(canvas, Settings(steps=3, **settings), 7)
    assert isinstance(last, Made)
    return last.clip


def _theirs(kind: Any, published: Path, frames: int, **asked: Any) -> tuple[np.ndarray, np.ndarray]:
    pipeline = kind.from_pretrained(published, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    made = pipeline(
        prompt="a red ball",
        negative_prompt="",
        num_frames=frames,
        frame_rate=24.0,
        num_inference_steps=3,
        guidance_scale=3.0,
        spatio_temporal_guidance_blocks=[1],
        generator=torch.Generator().manual_seed(derive(7, "noise", 0)),
        output_type="np",
        **SIZE,
        **PUBLISHED,
        **asked,
    )
    return (made.frames[0] * 255).round().astype(np.uint8), made.audio[0].float().numpy().T


def _same(made: np.ndarray, true: np.ndarray) -> bool:
    """Within a level: what lies on the edge between two may be rounded either way."""
    apart = np.abs(made.astype(int) - true.astype(int))
    return made.shape == true.shape and bool(apart.max() <= 1) and float((apart > 0).mean()) < 1e-3


def _canvas(frames: int, **others: Any) -> Canvas:
    return Canvas(prompt="a red ball", duration_seconds=frames / 24, **SIZE, **others)


def test_words_become_a_film_with_sound(published: Path, engine: LtxEngine) -> None:
    frames, samples = _theirs(LTX2Pipeline, published, 9)
    made = _ours(engine, _canvas(9))
    assert _same(made.frames, frames)
    assert made.sound is not None
    assert (made.sound.sample_rate, made.sound.samples.shape) == (24000, (9000, 2))
    heard = min(len(samples), 9000)
    np.testing.assert_allclose(made.sound.samples[:heard], samples.clip(-1, 1)[:heard], atol=1e-6)
    short = _ours(engine, _canvas(6))
    assert short.sound is not None
    assert (len(short.frames), len(short.sound.samples)) == (6, 6000)


def test_a_first_picture(published: Path, engine: LtxEngine) -> None:
    frames, _ = _theirs(LTX2ImageToVideoPipeline, published, 9, image=Image.fromarray(PICTURES[0]))
    made = _ours(engine, _canvas(9, keyframes=(Keyframe(image=PICTURES[0], at_seconds=0.0),)))
    np.testing.assert_array_equal(made.frames[0], PICTURES[0])
    assert _same(made.frames[1:], frames[1:])


def _by_tokens(model: LtxModel, wanted: Wanted, generator: torch.Generator) -> Latents:
    """Noise as diffusers' pipeline for conditions draws it."""
    like = draw(model, wanted, torch.Generator())
    c, *size = like.video.shape
    video = torch.randn(int(np.prod(size)), c, generator=generator).T.reshape(c, *size)
    channels, frames, bands = like.sound.shape
    sound = torch.randn(frames, channels * bands, generator=generator).view(frames, channels, bands).transpose(0, 1)
    return Latents(video, sound)


def test_a_first_picture_and_one_later(published: Path, engine: LtxEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ltx_engine, "draw", _by_tokens)
    conditions = [
        LTX2VideoCondition(frames=Image.fromarray(PICTURES[0]), index=0),
        LTX2VideoCondition(frames=Image.fromarray(PICTURES[1]), index=2),
    ]
    frames, _ = _theirs(LTX2ConditionPipeline, published, 17, conditions=conditions)
    keys = (Keyframe(image=PICTURES[0], at_seconds=0.0), Keyframe(image=PICTURES[1], at_seconds=9 / 24))
    made = _ours(engine, _canvas(17, keyframes=keys))
    np.testing.assert_array_equal(made.frames[9], PICTURES[1])
    apart = [index for index in range(17) if index not in (0, 9)]
    assert _same(made.frames[apart], frames[apart])


@pytest.mark.parametrize("is_before", [False, True])
def test_a_clip_keeps_its_frames_and_its_sound(engine: LtxEngine, is_before: bool) -> None:
    loud = np.random.default_rng(1).uniform(-0.5, 0.5, (9 * 1000, 1)).astype(np.float32)
    film = Clip(PICTURES, 24.0, Sound(loud, 24000))
    made = _ours(engine, _canvas(8, extension=Extension(clip=film, is_before=is_before)))
    old, new = (slice(8, 17), slice(0, 8)) if is_before else (slice(0, 9), slice(9, 17))
    np.testing.assert_array_equal(made.frames[old], PICTURES)
    assert made.sound is not None
    assert len(made.sound.samples) == 17_000
    np.testing.assert_allclose(made.sound.samples[old.start * 1000 : old.stop * 1000], np.repeat(loud, 2, 1), atol=1e-6)
    assert np.abs(made.sound.samples[new.start * 1000 : new.stop * 1000]).max() > 0
    assert not (made.frames[new] == 0).all()


def test_a_silent_film_gets_a_sound(engine: LtxEngine) -> None:
    made = _ours(engine, Canvas(prompt="waves", sound_for=Clip(PICTURES[:7], 24.0)))
    assert made.sound is not None
    assert len(made.sound.samples) == 7000
    assert np.abs(made.sound.samples).max() > 0
    other = _ours(engine, Canvas(prompt="waves", sound_for=Clip(PICTURES[:7][::-1], 24.0)))
    assert other.sound is not None
    assert not np.array_equal(made.sound.samples, other.sound.samples)  # what it sees reaches what is heard


def test_a_sound_gets_a_film(engine: LtxEngine) -> None:
    def film(seed: int) -> Clip:
        loud = np.random.default_rng(seed).uniform(-0.5, 0.5, (16_000 * 9 // 24, 1)).astype(np.float32)
        made = _ours(engine, Canvas(prompt="waves", sound=Sound(loud, 16_000), **SIZE))
        assert made.sound is not None
        assert made.sound.sample_rate == 24_000
        heard = np.interp(np.arange(4_000) / 24_000, np.arange(len(loud)) / 16_000, loud[:, 0])
        assert np.corrcoef(heard, made.sound.samples[:4_000, 0])[0, 1] > 0.8  # resampled
        return made

    one, other = film(1), film(2)
    assert one.frames.shape == (9, 64, 96, 3)
    assert (one.frames != other.frames).mean() > 0.1


def test_a_sound_is_known_where_it_fills_latent_frames(engine: LtxEngine) -> None:
    samples = torch.rand(2, 16_000, generator=torch.Generator().manual_seed(0)) - 0.5
    wanted = Wanted(prompt="x", height=64, width=64, frame_count=25, heard=Heard(samples, first_second=-0.5))
    request = compose(engine.model, wanted, draw(engine.model, wanted, torch.Generator().manual_seed(1)))
    strengths = request.sound.strengths
    assert strengths is not None
    assert len(strengths) == 26
    assert strengths.tolist() == [1.0] * 12 + [0.0] * 14  # 0.5 s are left, at 25 latent frames a second
    codec = engine.model.audio
    whole = torch.cat([samples[:, 8000:], torch.zeros(2, 26 * 640 - 8000)], dim=1)
    with torch.no_grad():
        true = codec.encode(log_mel(whole[None], LtxMelShape(bands=codec.shape.bands)))[0, :, :12]
    assert request.sound.known is not None
    torch.testing.assert_close(request.sound.known[:, :12], true)


def test_an_adapter_lies_in_the_order_of_our_weights(published: Path, folder: Path, tmp_path: Path) -> None:
    """Sound's shifts stand in another order with us than elsewhere, and so must what changes them."""
    torch.manual_seed(0)
    pipeline = LTX2Pipeline.from_pretrained(published, dtype=torch.float32)
    layer = "av_cross_attn_audio_scale_shift.linear"
    weight = pipeline.transformer.get_submodule(layer).weight
    down, up = torch.randn(2, weight.shape[1]), torch.randn(weight.shape[0], 2)
    names = f"transformer.{layer}.lora_A.weight", f"transformer.{layer}.lora_B.weight"
    save_file(dict(zip(names, (down, up), strict=True)), tmp_path / "style.safetensors")
    weight.data += up @ down
    pipeline.save_pretrained(tmp_path / "changed")
    frames, _ = _theirs(LTX2Pipeline, tmp_path / "changed", 9)
    changed = load_ltx_engine(folder, CPU, "float32", [AdapterFile(tmp_path / "style.safetensors")])
    assert _same(_ours(changed, _canvas(9)).frames, frames)
    (used,) = changed.used(Settings())["adapters"]
    assert (used["name"], used["weight"]) == ("style", 1.0)


def test_what_it_cannot_do_is_refused_by_name(engine: LtxEngine) -> None:
    left = Rectangle(left=0.0, top=0.0, width=0.5, height=1.0)
    change = Modification(clip="never read", region=Region(rectangles=(left,)))
    with pytest.raises(UnsupportedError, match="tiny cannot do keeping a region of a clip or modifying a clip"):
        engine.fill(Canvas(modification=change), Settings(), 1)
    with pytest.raises(UnsupportedError, match="tiny cannot do a loop"):
        engine.fill(_canvas(9, is_loop=True), Settings(), 1)
    with pytest.raises(UnsupportedError, match="tiny takes no solver"):
        engine.fill(_canvas(9), Settings(solver="unipc"), 1)
    with pytest.raises(ShapeError, match="21 s is more than tiny makes; ask for 20 s"):
        next(engine.fill(_canvas(21 * 24), Settings(), 1))
    long = Extension(clip=Clip(np.repeat(PICTURES, 20, axis=0), 24.0))
    with pytest.raises(ShapeError, match=r"tiny has room for 17\.\d+ s beside what it is shown of the clip"):
        next(engine.fill(_canvas(20 * 24, extension=long), Settings(), 1))
