"""Programs written against `luma-agents` 0.5: generations."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest
from luma_agents import Luma, NotFoundError, UnprocessableEntityError
from luma_agents.types import Generation
from PIL import Image
from starlette.testclient import TestClient
from tests.contract.luma_served import data_url, film, in_process, listening, png

from manazir.media.decode import read_clip
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.workers.worker import Worker

SMALL: Any = {"model": "ray-3.2", "type": "video", "aspect_ratio": "1:1"}
DRAFT: Any = {"resolution": "360p"}


def inline(data: bytes, media_type: str = "image/png") -> Any:
    return {"data": base64.b64encode(data).decode(), "media_type": media_type}


def finished(luma: Luma, worker: Worker, generation: Generation) -> Generation:
    assert generation.state == "queued"
    assert worker.run_one()
    done = luma.generations.get(generation.id)
    assert done.state == "completed", done.failure_reason
    return done


def downloaded(http: TestClient, done: Generation, folder: Path) -> Path:
    assert done.output is not None
    answer = in_process(http).get(done.output[0].url)
    assert answer.status_code == 200
    path = folder / f"{done.id}.{done.output[0].type}"
    path.write_bytes(answer.content)
    return path


def frames_of(http: TestClient, done: Generation, folder: Path) -> Any:
    return read_clip(downloaded(http, done, folder)).frames


def is_mostly(pixels: Any, channel: int) -> bool:
    mean = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].astype(int)
    return bool(mean[channel] > 150 > 100 > max(mean[other] for other in range(3) if other != channel))


def test_the_plain_example_runs(luma: Luma, worker: Worker, http: TestClient, tmp_path: Path) -> None:
    made = luma.generations.create(
        model="ray-3.2", type="video", prompt="a red ball", aspect_ratio="16:9", video={"resolution": "360p"}
    )
    assert (made.type, made.model, made.output, made.failure_code) == ("video", "ray-3.2", None, None)
    done = finished(luma, worker, made)
    clip = read_clip(downloaded(http, done, tmp_path))
    assert (clip.width, clip.height, clip.duration_seconds) == (640, 360, 5.0)
    assert done.output is not None
    assert [one.type for one in done.output] == ["video"]
    told = done.to_dict()["metadata"]
    assert isinstance(told, dict)
    assert (told["model"], told["native_width"]) == ("noor-nano", 64)


def test_keyframes_lie_on_a_grid_of_24_a_second(luma: Luma, worker: Worker, http: TestClient, tmp_path: Path) -> None:
    video: Any = DRAFT | {"keyframes": [inline(png(name)) for name in ("red", "lime", "blue")]}
    video["keyframe_indexes"] = [0, 60, 120]
    done = finished(luma, worker, luma.generations.create(prompt="a ball", video=video, **SMALL))
    frames = frames_of(http, done, tmp_path)
    assert frames.shape == (40, 360, 360, 3)
    assert [is_mostly(frames[at], channel) for channel, at in enumerate((0, 20, 39))] == [True, True, True]


def test_ends_in_all_four_ways(luma: Luma, worker: Worker, http: TestClient, tmp_path: Path) -> None:
    file = uploaded(http, luma, png("blue"))
    video: Any = DRAFT | {"start_frame": inline(png("red")), "end_frame": {"file_id": file}}
    first = finished(luma, worker, luma.generations.create(prompt="a ball", video=video, **SMALL))
    frames = frames_of(http, first, tmp_path)
    assert is_mostly(frames[0], 0)
    assert is_mostly(frames[-1], 2)

    picture = luma.generations.create(model="uni-1", prompt="a ball", aspect_ratio="1:1", output_format="png")
    made = finished(luma, worker, picture)
    assert made.output is not None
    for start in ({"generation_id": made.id}, {"url": made.output[0].url}, {"url": data_url(png())}):
        video = DRAFT | {"start_frame": start}
        luma.generations.create(prompt="a ball", video=video, **SMALL)

    for name in ("start_frame", "end_frame"):  # a clip is gone on from, or led up to
        video = {name: {"generation_id": first.id}}
        longer = luma.generations.create(model="ray-3.2", type="video", prompt="a ball", video=video)
        assert longer.state == "queued"


def test_a_clip_is_gone_on_from_in_its_size(luma: Luma, worker: Worker, http: TestClient, tmp_path: Path) -> None:
    clip = inline(film(tmp_path), "video/mp4")
    first = finished(luma, worker, luma.generations.create(type="video_edit", prompt="snow", source=clip))
    video: Any = {"start_frame": {"generation_id": first.id}}
    longer = luma.generations.create(model="ray-3.2", type="video", prompt="a ball", video=video)
    assert frames_of(http, finished(luma, worker, longer), tmp_path).shape == (48, 32, 64, 3)


def uploaded(http: TestClient, luma: Luma, data: bytes, mime_type: str = "image/png") -> str:
    made = luma.files.create(mime_type=mime_type, size_bytes=len(data))
    assert made.upload is not None
    put = in_process(http).put(made.upload.url, content=data, headers=made.upload.headers)
    assert put.status_code == 200
    assert luma.files.complete(made.id).state == "ready"
    return made.id


def test_a_loop(luma: Luma, service: Service, key: str) -> None:
    made = luma.generations.create(prompt="a ball", video={"loop": True}, **SMALL)
    assert service.job(service.caller(key, Scope.READ), made.id).request.canvas.is_loop


def test_clips_are_changed(luma: Luma, worker: Worker, http: TestClient, tmp_path: Path) -> None:
    clip = film(tmp_path)
    edit: Any = {"model": "ray-3.2", "type": "video_edit", "prompt": "snow"}
    plain = luma.generations.create(source=inline(clip, "video/mp4"), **edit)
    done = finished(luma, worker, plain)
    assert frames_of(http, done, tmp_path).shape == (8, 32, 64, 3)

    video: Any = {"resolution": "360p", "edit": {"strength": "adhere_2"}}
    sized = luma.generations.create(source={"generation_id": done.id}, video=video, **edit)
    assert frames_of(http, finished(luma, worker, sized), tmp_path).shape == (8, 360, 720, 3)

    file = uploaded(http, luma, clip, "video/mp4")
    controls: Any = {"pose": {"enabled": False}}
    off = luma.generations.create(source={"file_id": file}, video={"edit": {"controls": controls}}, **edit)
    assert off.state == "queued"


def test_pictures_are_made_and_changed(luma: Luma, worker: Worker, http: TestClient, tmp_path: Path) -> None:
    made = luma.generations.create(prompt="a ball", aspect_ratio="3:2", output_format="jpeg")
    done = finished(luma, worker, made)
    assert (done.model, done.type) == ("uni-1", "image")
    picture = Image.open(downloaded(http, done, tmp_path))
    assert (picture.size, picture.format) == ((1620, 1080), "JPEG")

    changed = luma.generations.create(type="image_edit", prompt="blue", source={"generation_id": done.id})
    picture = Image.open(downloaded(http, finished(luma, worker, changed), tmp_path))
    assert (picture.size, picture.format) == ((1620, 1080), "PNG")


def test_every_answer_says_which_request_it_is_for(http: TestClient, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "mine-1"}
    made = http.post("/luma/v1/generations", headers=headers, json={"prompt": "a ball"})
    assert made.status_code == 201
    assert (made.headers["x-request-id"], made.headers["x-api-version"]) == ("mine-1", "2026-04-01")
    assert int(made.headers["x-ratelimit-limit"]) > 0
    refused = http.get("/luma/v1/generations/none", headers={"X-Request-Id": "a" * 500})
    assert refused.status_code == 401
    assert 0 < len(refused.headers["x-request-id"]) <= 128
    assert isinstance(refused.json()["detail"], str)


VIDEO: Any = {"type": "video", "prompt": "x"}
CLIP: Any = {"url": "https://example.com/a.mp4", "media_type": "video/mp4"}
PICTURE: Any = {"url": "https://example.com/a.png"}
EDIT: Any = {"type": "video_edit", "prompt": "x", "source": CLIP}


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x" * 4001}, "prompt"),
        ({"prompt": "x", "seed": 1}, "seed"),
        ({"prompt": "x", "model": "ray-3.2"}, "model"),
        ({"prompt": "x", "model": "nobody"}, "model"),
        ({"prompt": "x", "video": {}}, "video"),
        ({"prompt": "x", "source": PICTURE}, "source"),
        ({"prompt": "x", "style": "manga"}, "style"),
        ({"prompt": "x", "web_search": True}, "web_search"),
        ({"prompt": "x", "image_ref": [PICTURE]}, "image_ref"),
        ({"prompt": "x", "type": "layering", "source": PICTURE}, "type"),
        ({"prompt": "x", "layering": {}}, "layering"),
        ({"prompt": "x", "type": "image_edit"}, "source"),
        ({"prompt": "x", "type": "image_edit", "source": {}}, "source"),
        ({"prompt": "x", "type": "image_edit", "source": PICTURE | {"file_id": "a"}}, "source"),
        ({"prompt": "x", "type": "image_edit", "source": {"data": "aaaa"}}, "source"),
        ({"prompt": "x", "type": "image_edit", "source": CLIP}, "source.media_type"),
        ({"prompt": "x", "type": "image_edit", "source": {"generation_id": "none"}}, "source.generation_id"),
        ({"prompt": "x", "type": "image_edit", "source": {"file_id": "none"}}, "source.file_id"),
        ({"prompt": "x", "type": "image_edit", "source": {"url": "http://10.0.0.1/"}}, "source.url"),
        (VIDEO | {"model": "uni-1"}, "model"),
        (VIDEO | {"aspect_ratio": "3:1"}, "aspect_ratio"),
        (VIDEO | {"video": {"duration": "7s"}}, "video.duration"),
        (VIDEO | {"video": {"hdr": True}}, "video.hdr"),
        (VIDEO | {"video": {"hdr": True, "resolution": "360p"}}, "video.hdr"),
        (VIDEO | {"video": {"exr_export": True}}, "video.exr_export"),
        (VIDEO | {"video": {"hdr": True, "exr_export": True}}, "video.hdr"),
        (VIDEO | {"video": {"loop": True, "duration": "10s"}}, "video.loop"),
        (VIDEO | {"video": {"loop": True, "end_frame": PICTURE}}, "video.loop"),
        (VIDEO | {"video": {"start_frame": PICTURE, "duration": "10s"}}, "video.duration"),
        (VIDEO | {"video": {"keyframes": [PICTURE]}}, "video.keyframe_indexes"),
        (VIDEO | {"video": {"keyframes": [PICTURE], "keyframe_indexes": [1, 2]}}, "video.keyframe_indexes"),
        (VIDEO | {"video": {"keyframes": [PICTURE, PICTURE], "keyframe_indexes": [1, 1]}}, "video.keyframe_indexes"),
        (VIDEO | {"video": {"keyframes": [PICTURE], "keyframe_indexes": [121]}}, "video.keyframe_indexes"),
        (VIDEO | {"video": {"keyframes": [PICTURE], "keyframe_indexes": [-1]}}, "video.keyframe_indexes.0"),
        (VIDEO | {"video": {"keyframes": [PICTURE] * 65, "keyframe_indexes": list(range(65))}}, "video.keyframes"),
        (VIDEO | {"video": {"keyframes": [PICTURE], "keyframe_indexes": [0], "loop": True}}, "video.keyframes"),
        (VIDEO | {"video": {"keyframes": [PICTURE, PICTURE], "keyframe_indexes": [0, 1]}}, "video.keyframes"),
        (VIDEO | {"video": {"edit": {}}}, "video.edit"),
        (VIDEO | {"video": {"source_position": dict.fromkeys(("x_norm", "y_norm", "w_norm", "h_norm"), 0.5)}},
         "video.source_position"),
        (EDIT | {"source": {"url": "https://example.com/a.mp4"}}, "source.media_type"),
        (EDIT | {"video": {"duration": "5s"}}, "video.duration"),
        (EDIT | {"video": {"resolution": "720p"}}, "video.resolution"),
        (EDIT | {"video": {"start_frame": PICTURE}}, "video.start_frame"),
        (EDIT | {"video": {"edit": {"strength": "flex_1", "auto_controls": True}}}, "video.edit.auto_controls"),
        (EDIT | {"video": {"edit": {"controls": {"depth": {"blur": 0.5}}}}}, "video.edit.controls.depth"),
        (EDIT | {"video": {"edit": {"controls": {"depth": {"blur": 1.5}}}}}, "video.edit.controls.depth.blur"),
        (EDIT | {"video": {"edit": {"keyframes": [PICTURE], "keyframe_indexes": [0]}}}, "video.edit.keyframes"),
        (EDIT | {"type": "video_reframe"}, "aspect_ratio"),
        (EDIT | {"type": "video_reframe", "aspect_ratio": "9:16"}, "type"),
        (EDIT | {"type": "video_reframe", "aspect_ratio": "9:16", "video": {"hdr": True}}, "video.hdr"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field(http: TestClient, key: str, told: dict[str, Any], place: str) -> None:
    answer = http.post("/luma/v1/generations", headers={"Authorization": f"Bearer {key}"}, json=told)
    assert answer.status_code == 422, answer.json()
    first = answer.json()["detail"][0]
    assert ".".join(first["loc"]) == f"body.{place}"
    assert first["msg"]


def test_a_clip_that_is_too_long_to_be_changed(luma: Luma, tmp_path: Path) -> None:
    long = inline(film(tmp_path, frames=160), "video/mp4")
    with pytest.raises(UnprocessableEntityError, match="18 s at most"):
        luma.generations.create(type="video_edit", prompt="x", source=long)


def test_others_generations_and_files_are_not_there(
    luma: Luma, other_luma: Luma, worker: Worker, http: TestClient
) -> None:
    made = finished(luma, worker, luma.generations.create(prompt="a ball", aspect_ratio="1:1"))
    file = uploaded(http, luma, png())
    for thing, look in (
        (f"generation {made.id}", lambda: other_luma.generations.get(made.id)),
        ("generation nothing", lambda: other_luma.generations.get("nothing")),
        (f"file {file}", lambda: other_luma.files.get(file)),
        ("file nothing", lambda: other_luma.files.get("nothing")),
        (f"file {file}", lambda: other_luma.files.complete(file)),
        (f"file {file}", lambda: other_luma.files.delete(file)),
    ):
        with pytest.raises(NotFoundError, match=f"there is no {thing}"):
            look()
    for source in ({"generation_id": made.id}, {"file_id": file}):
        with pytest.raises(UnprocessableEntityError):
            other_luma.generations.create(type="image_edit", prompt="x", source=source)  # type: ignore[arg-type]


def test_a_job_that_failed_says_why_in_this_apis_words(luma: Luma, service: Service, key: str) -> None:
    made = luma.generations.create(prompt="a ball")
    service.cancel(service.caller(key, Scope.GENERATE), made.id)
    told = luma.generations.get(made.id)
    assert (told.state, told.failure_code, told.output) == ("failed", "generation_failed", None)
    assert told.failure_reason is not None
    assert "cancelled" in told.failure_reason


def test_over_a_real_socket(service: Service, worker: Worker, key: str) -> None:
    with listening(service) as address, httpx.Client() as plain:
        luma = Luma(auth_token=key, base_url=f"{address}/luma/v1")
        data = png("red", (40, 30))
        made = luma.files.create(mime_type="image/png", size_bytes=len(data), filename="a.png")
        assert made.upload is not None
        plain.put(made.upload.url, content=data, headers=made.upload.headers).raise_for_status()
        luma.files.complete(made.id)
        changed = luma.generations.create(type="image_edit", prompt="blue", source={"file_id": made.id})
        done = finished(luma, worker, changed)
        assert done.output is not None
        assert plain.get(done.output[0].url).status_code == 200
        luma.close()


def test_an_idempotency_key_makes_one_of_two(luma: Luma) -> None:
    key = {"Idempotency-Key": "k"}
    first = luma.generations.create(prompt="a ball", extra_headers=key, **SMALL)
    assert luma.generations.create(prompt="a ball", extra_headers=key, **SMALL).id == first.id
    with pytest.raises(UnprocessableEntityError, match="Idempotency-Key"):
        luma.generations.create(prompt="a cube", extra_headers=key, **SMALL)
