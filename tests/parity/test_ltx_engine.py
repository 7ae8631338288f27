"""A canvas filled in by LTX-2's engine is the film and the sound that diffusers' pipelines make of the same noise."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    FlowMatchEulerDiscreteScheduler,
    LTX2ConditionPipeline,
    LTX2ImageToVideoPipeline,
    LTX2LatentUpsamplePipeline,
    LTX2Pipeline,
)
from diffusers.pipelines.ltx2 import LTX2LatentUpsamplerModel
from diffusers.pipelines.ltx2.pipeline_ltx2_condition import LTX2VideoCondition
from PIL import Image
from safetensors.torch import save_file
from tests.open_ltx import save_tiny_ltx

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.survey import survey_folder
from manazir.core.canvas import Canvas, Extension, Keyframe, Modification, Reframing, Region
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.core.rectangles import Rectangle
from manazir.core.seeds import derive
from manazir.inference.engine import Made, Settings
from manazir.inference.ltx import engine as ltx_engine
from manazir.inference.ltx.clip import Heard, Wanted, compose, draw
from manazir.inference.ltx.denoising import denoise
from manazir.inference.ltx.engine import LtxEngine
from manazir.inference.ltx.loading import load_ltx_engine
from manazir.inference.ltx.model import LtxModel
from manazir.inference.ltx.request import Latents
from manazir.inference.ltx.sampling import REFINING_SIGMAS, LtxSampling
from manazir.inference.sources import fit
from manazir.media.clip import Clip, Sound
from manazir.media.recompress import recompressed
from manazir.models.codecs.ltx_mel import LtxMelShape, log_mel

CPU = torch.device("cpu")
SIZE = {"width": 96, "height": 64}
PICTURES = np.random.default_rng(5).integers(0, 255, (9, 64, 96, 3), dtype=np.uint8)
GUIDED = {"stg_scale": 1.0, "modality_scale": 3.0, "guidance_rescale": 0.7}
PUBLISHED = {**GUIDED, **{f"audio_{name}": value for name, value in GUIDED.items()}, "audio_guidance_scale": 7.0}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_ltx(tmp_path_factory.mktemp("published"), has_upsampler=True)


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


TWICE = {"width": 256, "height": 128}
UNGUIDED = {"stg_scale": 0.0, "modality_scale": 1.0, "guidance_rescale": 0.0}


@pytest.mark.parametrize("has_picture", [False, True], ids=["words", "picture"])
def test_two_stages(published: Path, engine: LtxEngine, monkeypatch: pytest.MonkeyPatch, has_picture: bool) -> None:
    """As diffusers' pages have it: a draft, the upsampler, and three steps without guidance at full size."""
    drawn = [_by_tokens if has_picture else draw, _by_tokens]
    monkeypatch.setattr(ltx_engine, "draw", lambda *asked: drawn.pop(0)(*asked))
    picture = np.repeat(np.repeat(PICTURES[0, :, :64], 2, axis=0), 4, axis=1)
    smaller = fit(picture, 128, 64)
    pipeline = LTX2Pipeline.from_pretrained(published, dtype=torch.float32)
    stages = [LTX2ConditionPipeline(**pipeline.components) if has_picture else pipeline]
    unshifted = {"scheduler": FlowMatchEulerDiscreteScheduler()}
    stages.append(type(stages[0])(**pipeline.components | unshifted))
    asked = {"prompt": "a red ball", "negative_prompt": "", "num_frames": 9, "frame_rate": 24.0}
    asked |= {"spatio_temporal_guidance_blocks": [1]}
    draft = stages[0](
        width=128,
        height=64,
        num_inference_steps=3,
        guidance_scale=3.0,
        output_type="latent",
        generator=torch.Generator().manual_seed(derive(7, "noise", 0)),
        **_given(smaller, has_picture),
        **PUBLISHED,
        **asked,
    )
    enlarge = LTX2LatentUpsamplePipeline(vae=pipeline.vae, latent_upsampler=_upsampler(published))
    larger = enlarge(latents=draft.frames, output_type="latent", width=128, height=64).frames
    made = stages[1](
        latents=larger,
        audio_latents=draft.audio,
        num_inference_steps=3,
        sigmas=list(REFINING_SIGMAS[:-1]),
        guidance_scale=1.0,
        audio_guidance_scale=1.0,
        output_type="np",
        generator=torch.Generator().manual_seed(derive(7, "noise", 1)),
        **({} if has_picture else {"noise_scale": REFINING_SIGMAS[0]}),
        **_given(picture, has_picture),
        **UNGUIDED,
        **{f"audio_{name}": value for name, value in UNGUIDED.items()},
        **TWICE,
        **asked,
    )
    true = (made.frames[0] * 255).round().astype(np.uint8)
    keys = (Keyframe(image=picture, at_seconds=0.0),) if has_picture else ()
    canvas = Canvas(prompt="a red ball", duration_seconds=9 / 24, keyframes=keys, **TWICE)
    ours = _ours(engine, canvas, two_stages=True)
    assert _same(ours.frames[has_picture:], true[has_picture:])
    assert ours.sound is not None
    heard = made.audio[0].float().numpy().T
    np.testing.assert_allclose(ours.sound.samples[: len(heard)], heard.clip(-1, 1)[:9000], atol=1e-6)
    assert engine.used(Settings(two_stages=True))["two_stages"]


def _given(picture: np.ndarray, has_picture: bool) -> dict[str, Any]:
    """Recompressed by us: what diffusers makes of a picture of this size depends on how many CPUs a machine has."""
    shown = Image.fromarray(recompressed(picture, 33))
    return {"conditions": [LTX2VideoCondition(frames=shown, index=0, crf=0)]} if has_picture else {}


def _upsampler(published: Path) -> Any:
    return LTX2LatentUpsamplerModel.from_pretrained(published, subfolder="latent_upsampler")


def test_an_adapter_of_the_second_stage_is_there_alone(
    published: Path, folder: Path, engine: LtxEngine, tmp_path: Path
) -> None:
    """As LTX-2's distilled one is: after it, the model makes what it made before."""
    torch.manual_seed(0)
    layer = "transformer_blocks.0.attn1.to_q"
    weights = {f"transformer.{layer}.lora_A.weight": torch.randn(2, 32)}
    weights |= {f"transformer.{layer}.lora_B.weight": torch.randn(32, 2)}
    save_file(weights, tmp_path / "quick.safetensors")
    canvas = Canvas(prompt="a red ball", duration_seconds=1 / 24, width=128, height=128)
    file = AdapterFile(tmp_path / "quick.safetensors", levels="second")
    changed = load_ltx_engine(folder, CPU, "float32", [file])
    assert isinstance(changed, LtxEngine)
    *_, made = changed.fill(canvas, Settings(steps=1, two_stages=True), 7)
    *_, plain = engine.fill(canvas, Settings(steps=1, two_stages=True), 7)
    assert isinstance(made, Made)
    assert isinstance(plain, Made)
    assert (made.clip.frames != plain.clip.frames).mean() > 0.1
    assert made.notes == ()
    assert "its distilled adapter (--lora second:FILE); this one has neither" in plain.notes[0]
    (used,) = changed.used(Settings(two_stages=True))["adapters"]
    assert (used["name"], used["part"]) == ("quick", "second stage")
    own, theirs = changed.model.transformer.state_dict(), engine.model.transformer.state_dict()
    assert all(torch.equal(own[name], each) for name, each in theirs.items())
    with pytest.raises(UnsupportedError, match=r"quick is for a second stage; ask for it \(--two-stages\)"):
        changed.fill(canvas, Settings(), 1)
    whole = load_ltx_engine(folder, CPU, "float32", [AdapterFile(file.path)])
    request, _ = whole._stage(
        canvas, whole._plans(canvas, Settings(two_stages=True))[1], Settings(steps=1), 1, None, None
    )
    with changed.model.refining() as transformer:
        beside = next(denoise(transformer, request, LtxSampling(sigmas=(0.5, 0.0))))
    merged = next(denoise(whole.model.transformer, request, LtxSampling(sigmas=(0.5, 0.0))))
    torch.testing.assert_close(beside.video, merged.video, atol=1e-4, rtol=1e-4)


def test_two_stages_need_an_upsampler_and_sizes_for_both(engine: LtxEngine) -> None:
    with pytest.raises(
        ShapeError, match=r"in two stages makes .* multiples of 64 from 128 on, not 96x64; choose 128x128"
    ):
        engine.fill(_canvas(9), Settings(two_stages=True), 1)
    with pytest.raises(UnsupportedError, match="a sound for a clip has no second stage"):
        engine.fill(Canvas(sound_for="never read"), Settings(two_stages=True), 1)
    without = replace(engine, makes=replace(engine.makes, growth=None))
    with pytest.raises(UnsupportedError, match=r"tiny has no upsampler, .* `manazir models import FILE --base tiny"):
        without.fill(_canvas(9), Settings(two_stages=True), 1)


STRENGTH = 0.7
"""Two of three steps change the clip."""


def test_a_clip_is_changed_from_a_level_down(published: Path, engine: LtxEngine) -> None:
    """Its sound is made anew, for it has none: until the level is reached the clip is held, noised."""
    pipeline = LTX2Pipeline.from_pretrained(published, dtype=torch.float32)
    frames, samples = _changed(pipeline, engine, None)
    made = _ours(engine, Canvas(prompt="a red ball", modification=_change(Clip(PICTURES, 24.0)), **SIZE))
    assert _same(made.frames, frames)
    assert made.sound is not None
    np.testing.assert_allclose(made.sound.samples[: len(samples)], samples.clip(-1, 1)[:9000], atol=1e-6)
    whole = _ours(engine, Canvas(prompt="a red ball", modification=_change(Clip(PICTURES, 24.0), strength=1.0), **SIZE))
    assert _same(whole.frames, _theirs(LTX2Pipeline, published, 9)[0])  # only its length stays


def test_what_stays_of_a_clip_is_the_clips_own(published: Path, engine: LtxEngine) -> None:
    pipeline = LTX2Pipeline.from_pretrained(published, dtype=torch.float32)
    kept = torch.zeros(2, 3, dtype=torch.bool)
    kept[:, 0] = True
    frames, _ = _changed(pipeline, engine, kept)
    left = Region(rectangles=(Rectangle(left=0.0, top=0.0, width=1 / 3, height=1.0),))
    made = _ours(engine, Canvas(prompt="a red ball", modification=_change(Clip(PICTURES, 24.0), region=left), **SIZE))
    np.testing.assert_array_equal(made.frames[:, :, :32], PICTURES[:, :, :32])
    assert _same(made.frames[:, :, 40:], frames[:, :, 40:])  # between them lies the seam


def _change(clip: Clip, strength: float = STRENGTH, region: Region | None = None) -> Modification:
    return Modification(clip=clip, strength=strength, region=region)


def _changed(pipeline: Any, engine: LtxEngine, kept: torch.Tensor | None) -> tuple[np.ndarray, np.ndarray]:
    """diffusers' pipeline, which after each step is given what a clip, noised, is to look like."""
    codec = engine.model.video
    pixels = torch.from_numpy(PICTURES).float().permute(3, 0, 1, 2)[None] / 127.5 - 1
    with torch.no_grad():
        clip = codec.encode(pixels)[0]
    like = Wanted(prompt="", height=64, width=96, frame_count=9)
    noise = draw(engine.model, like, torch.Generator().manual_seed(derive(7, "noise", 0))).video
    sigmas = engine.model.sampling(clip[0].numel(), 3).sigmas

    def tokens(latents: torch.Tensor) -> torch.Tensor:
        return latents.flatten(1).T[None]

    def put(_: Any, step: int, _timestep: Any, given: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        level = sigmas[step + 1]
        own, made = tokens(level * noise + (1 - level) * clip), given["latents"]
        if step < 1:
            return {"latents": own}
        return {"latents": made if kept is None else torch.where(kept.repeat(2, 1, 1).view(1, -1, 1), own, made)}

    pipeline.set_progress_bar_config(disable=True)
    made = pipeline(
        prompt="a red ball",
        negative_prompt="",
        num_frames=9,
        frame_rate=24.0,
        num_inference_steps=3,
        guidance_scale=3.0,
        spatio_temporal_guidance_blocks=[1],
        generator=torch.Generator().manual_seed(derive(7, "noise", 0)),
        output_type="np",
        callback_on_step_end=put,
        **SIZE,
        **PUBLISHED,
    )
    return (made.frames[0] * 255).round().astype(np.uint8), made.audio[0].float().numpy().T


def test_the_sound_of_a_clip_that_is_changed_is_kept_or_given(engine: LtxEngine) -> None:
    loud = np.random.default_rng(1).uniform(-0.5, 0.5, (18_000, 1)).astype(np.float32)
    change = _change(Clip(PICTURES, 24.0, Sound(loud, 48_000)))
    *steps, last = engine.fill(Canvas(prompt="a red ball", modification=change, **SIZE), Settings(steps=3), 7)
    assert isinstance(last, Made)
    assert (last.network_calls, len(steps)) == (2, 4)  # of three steps those that change it, and decoding
    assert last.clip.sound is not None
    assert last.clip.sound.sample_rate == 48_000
    np.testing.assert_array_equal(last.clip.sound.samples, loud)
    shorter = _change(Clip(PICTURES[:7], 24.0, Sound(loud[:9_000], 48_000)))  # than its frames, which fill no latent
    *_, part = engine.fill(Canvas(prompt="a red ball", modification=shorter, **SIZE), Settings(steps=3), 7)
    assert isinstance(part, Made)
    assert part.network_calls == 2
    assert part.clip.sound is not None
    assert len(part.clip.sound.samples) == 14_000
    assert not part.clip.sound.samples[9_000:].any()
    silent = _ours(engine, Canvas(prompt="a red ball", modification=_change(Clip(PICTURES, 24.0)), **SIZE))
    assert (last.clip.frames != silent.frames).mean() > 0.01  # what is heard reaches what is seen
    other = Sound(np.full((6_000, 1), 0.25, np.float32), 16_000)
    given = _ours(engine, Canvas(prompt="a red ball", modification=change, sound=other, **SIZE))
    assert given.sound is not None
    assert abs(float(np.median(given.sound.samples)) - 0.25) < 0.01


def test_what_it_cannot_do_is_refused_by_name(engine: LtxEngine) -> None:
    with pytest.raises(UnsupportedError, match="tiny cannot do reframing a clip"):
        engine.fill(Canvas(reframing=Reframing(clip="never read"), **SIZE), Settings(), 1)
    with pytest.raises(UnsupportedError, match="tiny cannot do a loop"):
        engine.fill(_canvas(9, is_loop=True), Settings(), 1)
    with pytest.raises(UnsupportedError, match="tiny takes no solver"):
        engine.fill(_canvas(9), Settings(solver="unipc"), 1)
    with pytest.raises(ShapeError, match="21 s is more than tiny makes; ask for 20 s"):
        next(engine.fill(_canvas(21 * 24), Settings(), 1))
    long = Extension(clip=Clip(np.repeat(PICTURES, 20, axis=0), 24.0))
    with pytest.raises(ShapeError, match=r"tiny has room for 17\.\d+ s beside what it is shown of the clip"):
        next(engine.fill(_canvas(20 * 24, extension=long), Settings(), 1))
