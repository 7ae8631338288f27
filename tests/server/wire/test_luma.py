"""From bodies of `lumaai` to what is asked of the service."""

from typing import Any

import pytest

from manazir.core.canvas import CameraPath, Keyframe, Need
from manazir.server.asks import Ask
from manazir.server.errors import ApiError
from manazir.server.jobs.request import Kind
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.wire.luma import requests as sent
from manazir.server.wire.luma.concepts import CONCEPTS
from manazir.server.wire.luma.reading import read_image, read_modify, read_reframe_video, read_video
from manazir.server.wire.luma_shared.found import Finder


@pytest.fixture
def finder(service: Service, key: str) -> Finder:
    return Finder(service, service.caller(key, Scope.GENERATE), "http://testserver")


def video(finder: Finder, **told: Any) -> Ask:
    return read_video(sent.VideoRequest.model_validate({"prompt": "a ball", **told}), finder)


def test_what_is_not_told(finder: Finder) -> None:
    ask = video(finder)
    assert (ask.dialect, ask.model, ask.kind) == ("luma", "ray-2", Kind.VIDEO)
    assert (ask.canvas.width, ask.canvas.height, ask.canvas.duration_seconds) == (1280, 720, 5.0)
    assert ask.canvas.frame_rate is None
    assert ask.wire["request"] == {"generation_type": "video", "model": "ray-2", "prompt": "a ball"}


def test_what_is_told(finder: Finder) -> None:
    keys = {name: {"type": "image", "url": f"https://example.com/{name}.png"} for name in ("frame0", "frame1")}
    ask = video(finder, duration="9s", resolution="4k", aspect_ratio="9:16", keyframes=keys)
    assert (ask.canvas.width, ask.canvas.height, ask.canvas.duration_seconds) == (2160, 3840, 9.0)
    first, last = (f"https://example.com/{name}.png" for name in keys)
    assert ask.canvas.keyframes == (Keyframe(image=first, at_seconds=0.0), Keyframe(image=last, at_seconds=None))
    assert ask.fields[Need.LAST_FRAME] == "keyframes.frame1.url"
    assert video(finder, loop=True).canvas.is_loop


def test_a_concept_is_a_camera_path(finder: Finder) -> None:
    ask = video(finder, concepts=[{"key": "push_in"}])
    assert ask.canvas.camera == CameraPath(move="push in")
    assert ask.fields[Need.CAMERA] == "concepts"
    assert len(set(CONCEPTS)) == 34
    with pytest.raises(ApiError, match="second camera move"):
        video(finder, concepts=[{"key": "push_in"}, {"key": "pan_left"}])


def test_modes_are_strengths(finder: Finder) -> None:
    body: Any = {"model": "ray-2", "media": {"url": "https://example.com/a.mp4"}, "mode": "reimagine_3"}
    ask = read_modify(sent.ModifyRequest.model_validate(body), finder)
    assert ask.canvas.modification is not None
    assert (ask.canvas.modification.clip, ask.canvas.modification.strength) == ("https://example.com/a.mp4", 0.9)
    assert ask.canvas.width is None  # its clip's


def test_a_model_that_reframes_is_given_the_size(finder: Finder) -> None:
    body: Any = {"model": "ray-2", "media": {"url": "https://example.com/a.mp4"}, "aspect_ratio": "9:16"}
    ask = read_reframe_video(sent.ReframeVideoRequest.model_validate(body), finder)
    assert (ask.canvas.width, ask.canvas.height, ask.fields[Need.REFRAME]) == (720, 1280, "generation_type")
    assert ask.canvas.reframing is not None


def test_pictures(finder: Finder) -> None:
    ask = read_image(sent.ImageRequest(prompt="a ball", aspect_ratio="1:1", format="png"), finder)
    assert (ask.kind, ask.image_format) == (Kind.IMAGE, "png")
    assert (ask.canvas.width, ask.canvas.duration_seconds) == (1080, None)
    reference = sent.Reference(url="https://example.com/a.png", weight=1.0)
    ask = read_image(sent.ImageRequest(prompt="a ball", modify_image=reference), finder)
    assert ask.canvas.modification is not None
    assert (ask.canvas.modification.strength, ask.fields[Need.MODIFY]) == (0.1, "modify_image")
    with pytest.raises(ApiError, match="takes references"):
        read_image(sent.ImageRequest(prompt="a ball", style=[{"url": "https://example.com/a.png"}]), finder)


def test_a_missing_prompt_is_told_in_the_dialects_own_words(finder: Finder) -> None:
    keys = {"frame0": {"type": "image", "url": "https://example.com/a.png"}}
    assert video(finder, prompt=None, keyframes=keys).canvas.prompt == ""
    for told in ({"prompt": None}, {"prompt": ""}, {"prompt": None, "loop": True}):
        with pytest.raises(ApiError, match="prompt is missing; say what is to be seen, or give keyframes") as refused:
            video(finder, **told)
        assert refused.value.field == "prompt"
    with pytest.raises(ApiError, match="prompt is only white space"):
        video(finder, prompt=" ")
    with pytest.raises(ApiError, match="prompt is missing; say what is to be seen, or give modify_image_ref"):
        read_image(sent.ImageRequest(), finder)
