"""From bodies of `luma-agents` to what is asked of the service."""

from typing import Any

import pytest

from manazir.core.canvas import Need
from manazir.server.asks import Ask
from manazir.server.jobs.request import Kind
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.wire.luma_agents.reading import read
from manazir.server.wire.luma_agents.requests import GenerationRequest
from manazir.server.wire.luma_shared.found import Finder

CLIP = {"url": "https://example.com/a.mp4", "media_type": "video/mp4"}


@pytest.fixture
def finder(service: Service, key: str) -> Finder:
    return Finder(service, service.caller(key, Scope.GENERATE), "http://testserver")


def asked(finder: Finder, **told: Any) -> Ask:
    return read(GenerationRequest.model_validate({"prompt": "a ball", **told}), finder)


def test_what_is_not_told(finder: Finder) -> None:
    ask = asked(finder)
    assert (ask.model, ask.kind, ask.image_format) == ("uni-1", Kind.IMAGE, "png")
    assert (ask.canvas.width, ask.canvas.height) == (1920, 1080)
    ask = asked(finder, type="video")
    assert (ask.model, ask.kind, ask.settings) == ("ray-3.2", Kind.VIDEO, {})
    assert (ask.canvas.width, ask.canvas.height, ask.canvas.duration_seconds) == (1280, 720, 5.0)


def test_the_draft_tier_drafts(finder: Finder) -> None:
    assert asked(finder, type="video", video={"resolution": "360p"}).settings == {"is_draft": True}


def test_places_on_the_grid_are_times(finder: Finder) -> None:
    pictures = [{"url": f"https://example.com/{place}.png"} for place in range(3)]
    video = {"duration": "10s", "keyframes": pictures, "keyframe_indexes": [0, 36, 240]}
    ask = asked(finder, type="video", video=video)
    assert [key.at_seconds for key in ask.canvas.keyframes] == [0.0, 1.5, None]
    assert ask.canvas.duration_seconds == 10.0
    assert ask.fields[Need.KEYFRAMES] == "video.keyframes"


def test_a_clip_that_is_changed_keeps_its_size_unless_another_is_asked_for(finder: Finder) -> None:
    ask = asked(finder, type="video_edit", source=CLIP)
    assert ask.canvas.modification is not None
    assert (ask.canvas.width, ask.canvas.modification.strength) == (None, 0.5)
    video = {"resolution": "540p", "edit": {"strength": "reimagine_1"}}
    ask = asked(finder, type="video_edit", source=CLIP, aspect_ratio="9:16", video=video)
    assert ask.canvas.modification is not None
    assert (ask.canvas.width, ask.canvas.height, ask.canvas.modification.strength) == (540, 960, 0.7)


def test_a_model_that_reframes_is_given_the_size(finder: Finder) -> None:
    ask = asked(finder, type="video_reframe", source=CLIP, aspect_ratio="21:9", video={"resolution": "1080p"})
    assert (ask.canvas.width, ask.canvas.height, ask.fields[Need.REFRAME]) == (2520, 1080, "type")


def test_files_are_not_said_again(finder: Finder) -> None:
    from base64 import b64encode

    from tests.contract.luma_served import png

    source = {"data": b64encode(png("red", (300, 200)) * 2).decode(), "media_type": "image/png"}
    ask = asked(finder, type="image_edit", source=source)
    assert len(ask.wire["request"]["source"]["data"]) < 100
    assert ask.canvas.modification is not None
    assert str(ask.canvas.modification.clip).startswith("asset:")
