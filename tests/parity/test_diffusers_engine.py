"""What no engine of ours runs is made by diffusers' pipelines: the same frames as if they were called by hand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import CogVideoXPipeline, HunyuanVideo15Pipeline, LTXImageToVideoPipeline
from PIL import Image
from safetensors.torch import load_file, save_file
from tests.other_pipelines import save_tiny_cogvideox, save_tiny_hunyuan, save_tiny_ltx_video

from manazir.checkpoints.diffusers_classes import pipeline_class
from manazir.checkpoints.family_checks import check_part
from manazir.checkpoints.importing import bring_in
from manazir.checkpoints.manifest import load_manifest
from manazir.checkpoints.pipeline_signature import call_of
from manazir.checkpoints.survey import survey_folder
from manazir.core.canvas import Canvas, Keyframe
from manazir.core.errors import CheckpointError, ManazirError, ShapeError, UnsupportedError
from manazir.inference.engine import Made, Settings, Step
from manazir.inference.generic.engine import DiffusersEngine
from manazir.inference.generic.loading import load_diffusers_engine
from manazir.inference.generic.request import make_request

PICTURE = np.linspace(0, 255, 40 * 70 * 3).reshape(40, 70, 3).astype(np.uint8)
FIRST = Keyframe(image=PICTURE, at_seconds=0.0)
FEW = Settings(steps=2)
Bring = Callable[[Callable[[Path], Path]], Path]


@pytest.fixture
def bring(tmp_path: Path) -> Bring:
    """Published, and brought in."""

    def brought(save: Callable[[Path], Path]) -> Path:
        survey = survey_folder(save(tmp_path / save.__name__), check_part)
        list(bring_in(survey, tmp_path / "tiny", "a test"))
        return tmp_path / "tiny"

    return brought


def _engine(folder: Path, dtype: torch.dtype = torch.float32) -> DiffusersEngine:
    return load_diffusers_engine(folder, torch.device("cpu"), str(dtype).removeprefix("torch."))


def _made(events: Iterator[Step | Made]) -> Made:
    *steps, made = events
    assert isinstance(made, Made)
    assert [step.done for step in steps if isinstance(step, Step)] == list(range(1, len(steps) + 1))
    assert len(steps) == made.network_calls
    return made


def _by_hand(kind: Any, folder: Path, seed: int, dtype: torch.dtype, **arguments: Any) -> np.ndarray:
    pipeline = kind.from_pretrained(folder, dtype=dtype)
    pipeline.set_progress_bar_config(disable=True)
    frames = pipeline(**arguments, generator=torch.Generator().manual_seed(seed), output_type="np").frames[0]
    return (np.asarray(frames) * 255).round().astype(np.uint8)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_picture_and_words_as_by_hand(dtype: torch.dtype, bring: Bring, tmp_path: Path) -> None:
    engine = _engine(bring(save_tiny_ltx_video), dtype)
    canvas = Canvas(
        prompt="a red ball",
        negative_prompt="a ball",
        keyframes=(Keyframe(image=PICTURE[:32, :64], at_seconds=0.0),),
        width=64,
        height=32,
        duration_seconds=0.5,
        frame_rate=20.0,
    )
    made = _made(engine.fill(canvas, Settings(steps=3, guidance_scale=2.0), 7))
    expected = _by_hand(
        LTXImageToVideoPipeline,
        tmp_path / "save_tiny_ltx_video",
        7,
        dtype,
        image=Image.fromarray(PICTURE[:32, :64]),
        prompt="a red ball",
        negative_prompt="a ball",
        width=64,
        height=32,
        num_frames=13,
        frame_rate=20,
        num_inference_steps=3,
        guidance_scale=2.0,
    )
    assert expected.shape == (13, 32, 64, 3)
    np.testing.assert_array_equal(made.clip.frames, expected[:10])
    assert made.clip.frame_rate == 20.0
    assert made.network_calls == 3
    assert "13 frames were made, which fill whole latent frames; 10 are kept" in made.notes


def test_words_as_by_hand_at_the_one_size_that_a_pipeline_has(bring: Bring, tmp_path: Path) -> None:
    engine = _engine(bring(save_tiny_cogvideox))
    made = _made(engine.fill(Canvas(prompt="a red ball"), FEW, 3))
    expected = _by_hand(
        CogVideoXPipeline,
        tmp_path / "save_tiny_cogvideox",
        3,
        torch.float32,
        prompt="a red ball",
        num_inference_steps=2,
    )
    np.testing.assert_array_equal(made.clip.frames, expected)
    assert (made.clip.frames.shape[1:3], made.clip.frame_rate) == ((16, 32), 8.0)
    assert made.notes == ("made by CogVideoXPipeline of diffusers",)
    assert engine.used(FEW) == {
        "steps": 2,
        "guidance_scale": 6,
        "pipeline": "CogVideoXPipeline",
        "precision": "float32",
    }


def test_words_as_by_hand_where_no_callback_tells_of_steps(bring: Bring, tmp_path: Path) -> None:
    engine = _engine(bring(save_tiny_hunyuan))
    canvas = Canvas(prompt='a red ball, "ball"', width=32, height=48, duration_seconds=0.2)
    made = _made(engine.fill(canvas, FEW, 5))
    expected = _by_hand(
        HunyuanVideo15Pipeline,
        tmp_path / "save_tiny_hunyuan",
        5,
        torch.float32,
        prompt='a red ball, "ball"',
        width=32,
        height=48,
        num_frames=5,
        num_inference_steps=2,
    )
    np.testing.assert_array_equal(made.clip.frames, expected)
    assert made.network_calls == 2


@pytest.mark.parametrize(
    ("canvas", "size"),
    [
        ({}, (800, 448)),  # of 704x512 pixels or so, by 32
        ({"width": 64, "height": 32}, (64, 32)),
        ({"width": 60, "height": 36}, (64, 32)),  # to be scaled
    ],
)
def test_a_picture_is_cut_to_the_size_that_is_made(canvas: dict[str, Any], size: tuple[int, int], bring: Bring) -> None:
    engine = _engine(bring(save_tiny_ltx_video))
    seen = Canvas(keyframes=(FIRST,), **canvas)
    request = make_request("tiny", engine.load(), engine.call, seen, FEW, 1)
    assert request.size == size == request.arguments["image"].size == _size(request.arguments)


def _size(arguments: Mapping[str, Any]) -> tuple[int, int]:
    return arguments["width"], arguments["height"]


def test_a_pipeline_that_takes_no_size_sees_the_whole_picture(bring: Bring) -> None:
    engine = _engine(bring(save_tiny_hunyuan))
    call = call_of(pipeline_class("HunyuanVideo15ImageToVideoPipeline"))
    seen = Canvas(keyframes=(FIRST,))
    request = make_request("tiny", engine.load(), call, seen, FEW, 1)
    assert request.arguments["image"].size == (70, 40)
    assert "width" not in request.arguments
    with pytest.raises(ShapeError, match="so it cannot be asked for 64x32; leave the size out"):
        replace(engine, call=call).check_size(64, 32)


def test_two_films_at_once_are_those_that_come_one_after_the_other(bring: Bring) -> None:
    engine = _engine(bring(save_tiny_cogvideox))
    canvases = [Canvas(prompt="a red ball", duration_seconds=0.5), Canvas(prompt="a ball", duration_seconds=1.0)]
    alone = [_made(engine.fill(canvas, FEW, 1)).clip.frames for canvas in canvases]
    at_once = [engine.fill(canvas, FEW, 1) for canvas in canvases]
    events = [[next(each) for each in at_once] for _ in range(3)][-1]
    for frames, event in zip(alone, events, strict=True):
        assert isinstance(event, Made)
        np.testing.assert_array_equal(event.clip.frames, frames)


@pytest.mark.parametrize(
    ("save", "canvas", "settings", "kind", "says"),
    [
        (save_tiny_cogvideox, {"keyframes": (FIRST,)}, {}, UnsupportedError, "cannot do a first frame"),
        (save_tiny_hunyuan, {"is_loop": True}, {}, UnsupportedError, "cannot do a loop"),
        (save_tiny_cogvideox, {"actions": ("left",)}, {}, UnsupportedError, "cannot do actions"),
        (save_tiny_cogvideox, {"frame_rate": 9.0}, {}, ShapeError, "makes 8 frames/s, not 9"),
        (save_tiny_cogvideox, {"duration_seconds": 61.0}, {}, ShapeError, "ask for 60 s at most"),
        (save_tiny_cogvideox, {"duration_seconds": 0.01}, {}, ShapeError, "less than one frame"),
        (save_tiny_cogvideox, {}, {"solver": "euler"}, UnsupportedError, "takes no solver"),
        (save_tiny_hunyuan, {}, {"guidance_scale": 2.0}, UnsupportedError, "takes no guidance scale"),
        (save_tiny_ltx_video, {}, {}, UnsupportedError, "makes films from pictures; give a first frame"),
    ],
)
def test_what_a_pipeline_is_not_told_is_refused(
    save: Callable[[Path], Path],
    canvas: dict[str, Any],
    settings: dict[str, Any],
    kind: type[ManazirError],
    says: str,
    bring: Bring,
) -> None:
    with pytest.raises(kind, match=says):
        list(_engine(bring(save)).fill(Canvas(prompt="a red ball", **canvas), Settings(**settings), 1))


def test_a_film_of_no_numbers_is_refused(bring: Bring) -> None:
    def save_damaged(folder: Path) -> Path:
        save_tiny_cogvideox(folder)
        path = folder / "vae" / "diffusion_pytorch_model.safetensors"
        save_file({name: each * float("nan") for name, each in load_file(path).items()}, path)
        return folder

    with pytest.raises(UnsupportedError, match="numbers that are none"):
        list(_engine(bring(save_damaged)).fill(Canvas(prompt="a ball"), FEW, 1))


def _index(folder: Path) -> None:
    path = folder / "model_index.json"
    text = path.read_text()
    path.unlink()  # it may be a link
    path.write_text(text.replace("CogVideoXDDIMScheduler", "DDIMScheduler"))


def _code(folder: Path) -> None:
    (folder / "pipeline.py").write_text("raise SystemExit('ran')")


def _a_weight_gone(folder: Path) -> None:
    path = folder / "text_encoder" / "model.safetensors"
    weights = load_file(path)
    del weights["encoder.final_layer_norm.weight"]
    path.unlink()
    save_file(weights, path, metadata={"format": "pt"})


def _other_version(folder: Path) -> None:
    path = folder / "manazir.json"
    path.write_text(path.read_text().replace('"callback": ', '"prompt": '))


def _no_call(folder: Path) -> None:
    path = folder / "manazir.json"
    path.write_text(path.read_text().replace('"pipeline_call"', '"call"'))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_index, "model_index.json is not the file that was brought in"),
        (_code, "pipeline.py is code"),
        (_a_weight_gone, "1 weights of .*text_encoder are missing"),
        (_other_version, "brought in for another version of diffusers"),
        (_no_call, "does not say how its pipeline is called"),
    ],
)
def test_what_changed_in_the_library_is_not_loaded(damage: Callable[[Path], None], says: str, bring: Bring) -> None:
    folder = bring(save_tiny_cogvideox)
    damage(folder)
    with pytest.raises(CheckpointError, match=says):
        list(_engine(folder).fill(Canvas(prompt="a ball"), FEW, 1))


def test_nothing_is_fetched_while_a_pipeline_is_loaded(bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    folder = bring(save_tiny_cogvideox)

    def curious(*_: object, **__: object) -> None:
        huggingface_hub.HfApi().model_info("somebody/model")

    monkeypatch.setattr(CogVideoXPipeline, "from_pretrained", curious)
    before = huggingface_hub.constants.HF_HUB_OFFLINE
    with pytest.raises(CheckpointError, match="OfflineModeIsEnabled"):
        list(_engine(folder).fill(Canvas(prompt="a ball"), FEW, 1))
    assert before == huggingface_hub.constants.HF_HUB_OFFLINE
    assert load_manifest(folder).family == "diffusers"
