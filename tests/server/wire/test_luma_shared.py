"""Sizes, strengths, ends, and errors, without any request."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from tests.contract.luma_served import data_url, film, png

from manazir.core.canvas import Extension, Keyframe
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.wire.luma_shared.details import canvas_of, render
from manazir.server.wire.luma_shared.ends import known_ends
from manazir.server.wire.luma_shared.found import PICTURE, Finder, Found
from manazir.server.wire.luma_shared.sizes import size_like, size_of, wanted_size
from manazir.server.wire.luma_shared.telling import echo
from manazir.server.wire.luma_shared.words import STRENGTHS, seconds_of


@pytest.fixture
def finder(service: Service, key: str) -> Finder:
    return Finder(service, service.caller(key, Scope.GENERATE), "http://testserver")


@pytest.mark.parametrize("resolution", ["360p", "540p", "720p", "1080p", "4k"])
@pytest.mark.parametrize("shape", ["1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21"])
def test_sizes_are_even_and_of_the_shape(resolution: str, shape: str) -> None:
    width, height = size_of(resolution, shape)
    across, down = map(int, shape.split(":"))
    assert width % 2 == height % 2 == 0
    assert abs(width / height - across / down) < 0.005
    assert max(width, height) <= 4096


def test_what_is_not_asked_for_is_that_of_the_clip() -> None:
    assert wanted_size(None, None, None) == (1280, 720)
    assert wanted_size("540p", "9:16", (64, 32)) == (540, 960)
    assert wanted_size(None, None, (641, 361)) == (640, 360)
    assert wanted_size("540p", None, (64, 32)) == (1080, 540)
    assert size_like(2160, 100, 10) == (3840, 384)


def test_the_nine_strengths_rise_by_a_tenth() -> None:
    assert list(STRENGTHS.values()) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    assert (min(STRENGTHS), max(STRENGTHS)) == ("adhere_1", "reimagine_3")


@pytest.mark.parametrize("wrong", ["", "s", "-5s", "0s", "61s", "1e3s", "5 s", "٥s", "5m"])
def test_lengths_that_are_none(wrong: str) -> None:
    with pytest.raises(ValueError, match="give seconds"):
        seconds_of(wrong)


def clip(name: str = "keyframes.frame0.id") -> Found:
    asset = Asset(
        id="a", tenant_id="t", job_id="j", role="video", state="ready", reason=None, sha256="0", size_bytes=1,
        mime_type="video/mp4", filename=None, facts={"width": 64, "height": 32}, wire={}, created_at=0.0,
        expires_at=None, deleted_at=None,
    )  # fmt: skip
    return Found(reference="asset:a", name=name, asset=asset, facts=asset.facts)


def test_a_clip_is_gone_on_from_or_led_up_to(finder: Finder) -> None:
    picture = Found(reference="https://x.org/a.png", name="keyframes.frame1.url")
    ends = known_ends(clip(), picture, finder)
    assert ends.extension == Extension(clip="asset:a")
    assert ends.keyframes == (Keyframe(image="https://x.org/a.png", at_seconds=None),)
    assert (ends.like, ends.parent_id) == ((64, 32), "j")
    ends = known_ends(picture, clip(), finder)
    assert ends.extension == Extension(clip="asset:a", is_before=True)
    assert ends.keyframes == (Keyframe(image="https://x.org/a.png", at_seconds=0.0),)


def test_frames_are_cut_from_a_clip(finder: Finder, tmp_path: Path) -> None:
    from manazir.media.decode import read_picture

    made = finder.service.bring(finder.caller, [film(tmp_path)])
    whole = Found(reference=f"asset:{made.id}", name="x", asset=made, facts=made.facts)
    levels = []
    for is_last in (False, True):
        frame = finder.cut(whole, is_last=is_last).asset
        assert frame is not None
        assert frame.sha256 is not None
        levels.append(read_picture(finder.service.storage.path(frame.sha256)).mean())
    assert levels[0] < 5
    assert levels[1] > 250


def test_files_in_requests_are_kept_or_refused_by_their_fields(finder: Finder, tmp_path: Path) -> None:
    found = finder.url(data_url(png()), "media.url", PICTURE)
    assert (found.size, found.is_video) == ((64, 32), False)
    for url in (data_url(film(tmp_path), "video/mp4"), "data:image/png;base64,!!", data_url(b"nothing"), "file:///etc"):
        with pytest.raises(ApiError) as refused:
            finder.url(url, "media.url", PICTURE)
        assert (refused.value.field, refused.value.problem) == ("media.url", Problem.INVALID)


def test_addresses_of_ours_are_taken_from_the_storage_and_forged_ones_are_not(finder: Finder) -> None:
    asset = finder.service.bring(finder.caller, [png()])
    link = finder.service.link(asset, "http://testserver")
    assert finder.url(link, "x", PICTURE).reference == f"asset:{asset.id}"
    with pytest.raises(ApiError):  # it is an address inside, like any other
        Finder(finder.service, finder.caller, "http://127.0.0.1").url(
            link.replace("testserver", "127.0.0.1")[:-1] + "x", "x", PICTURE
        )


def told(error: ApiError) -> Any:
    return json.loads(bytes(render(Request({"type": "http"}), error).body))["detail"]


def test_errors_have_lumas_shape() -> None:
    assert told(ApiError(Problem.NOT_FOUND, "not there")) == "not there"
    entry = told(ApiError(Problem.UNSUPPORTED, "cannot \ud800", field="keyframes.frame0"))[0]
    assert (entry["loc"], entry["msg"]) == (["body", "keyframes", "frame0"], "cannot ?")
    with pytest.raises(ApiError) as refused:
        canvas_of("prompt", prompt="  ")
    assert refused.value.field == "prompt"


def test_what_is_said_again_holds_no_files() -> None:
    sent = {"media": {"url": data_url(bytes(1000))}, "refs": [{"data": "A" * 1000}], "prompt": "长" * 1000}
    again = echo(sent)
    assert len(again["media"]["url"]) < 100
    assert len(again["refs"][0]["data"]) < 100
    assert again["prompt"] == sent["prompt"]
