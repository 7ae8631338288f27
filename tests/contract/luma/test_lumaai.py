"""Programs written against `lumaai` 1.21."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from lumaai import LumaAI, NotFoundError, UnprocessableEntityError
from lumaai.types import Generation
from PIL import Image
from starlette.testclient import TestClient
from tests.contract.luma_served import data_url, film, in_process, listening, png
from tests.server.assets.peers import giving, serving

from manazir.media.decode import read_clip
from manazir.server.service import Service
from manazir.server.webhooks.deliverer import Deliverer
from manazir.server.workers.worker import Worker

SMALL: Any = {"model": "ray-2", "resolution": "540p", "aspect_ratio": "1:1", "duration": "1s"}


def finished(luma: LumaAI, worker: Worker, generation: Generation) -> Generation:
    assert worker.run_one()
    assert generation.id is not None
    done = luma.generations.get(generation.id)
    assert done.state == "completed", done.failure_reason
    return done


def downloaded(http: TestClient, url: str | None, path: Path) -> Path:
    """As people do: a plain GET, without the key."""
    assert url is not None
    answer = in_process(http).get(url)
    assert answer.status_code == 200
    path.write_bytes(answer.content)
    return path


def test_the_plain_example_runs(luma: LumaAI, worker: Worker, http: TestClient, tmp_path: Path) -> None:
    made = luma.generations.create(model="ray-2", prompt="a red ball", resolution="540p", duration="5s")
    assert (made.state, made.generation_type, made.model, made.assets) == ("queued", "video", "ray-2", None)
    assert made.created_at is not None
    done = finished(luma, worker, made)
    assert done.assets is not None
    clip = read_clip(downloaded(http, done.assets.video, tmp_path / "a.mp4"))
    assert (clip.width, clip.height, clip.duration_seconds) == (960, 540, 5.0)
    assert done.request is not None
    assert done.request.to_dict() == {
        "generation_type": "video",
        "model": "ray-2",
        "prompt": "a red ball",
        "resolution": "540p",
        "duration": "5s",
    }
    told = done.to_dict()["metadata"]
    assert isinstance(told, dict)
    assert (told["model"], told["native_width"], told["width"]) == ("noor-nano", 64, 960)


def test_old_examples_without_a_model_run_at_the_old_address(http: TestClient, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    answer = http.post("/dream-machine/v1/generations", headers=headers, json={"prompt": "a red ball"})
    assert answer.status_code == 201
    assert answer.json()["model"] == "ray-2"


def test_pictures_pin_the_ends_and_clips_are_gone_on_from(
    luma: LumaAI, worker: Worker, http: TestClient, tmp_path: Path
) -> None:
    keys: Any = {"frame0": {"type": "image", "url": data_url(png("red"))}}
    keys["frame1"] = {"type": "image", "url": data_url(png("blue"))}
    first = finished(luma, worker, luma.generations.create(prompt="a ball", keyframes=keys, **SMALL))
    frames = frames_of(http, first, tmp_path)
    assert frames[0][0, 0, 0] > 150 > 100 > frames[0][0, 0, 2]
    assert frames[-1][0, 0, 2] > 150 > 100 > frames[-1][0, 0, 0]

    keys = {"frame1": {"type": "generation", "id": first.id}}  # lead up to
    longer = finished(luma, worker, luma.generations.create(prompt="a ball", keyframes=keys, **SMALL))
    assert len(frames_of(http, longer, tmp_path)) == 16

    keys = {"frame0": {"type": "generation", "id": first.id}}  # extend to a picture
    keys["frame1"] = {"type": "image", "url": data_url(png("lime"))}
    to_picture = finished(luma, worker, luma.generations.create(prompt="a ball", keyframes=keys, **SMALL))
    frames = frames_of(http, to_picture, tmp_path)
    assert len(frames) == 16
    assert frames[-1][0, 0, 1] > 150

    keys = {name: {"type": "generation", "id": first.id} for name in ("frame0", "frame1")}  # between two clips
    between = finished(luma, worker, luma.generations.create(prompt="a ball", keyframes=keys, **SMALL))
    frames = frames_of(http, between, tmp_path)
    assert len(frames) == 8
    assert frames[0][0, 0, 2] > 150 > 100 > frames[0][0, 0, 0]
    assert frames[-1][0, 0, 0] > 150 > 100 > frames[-1][0, 0, 2]


def frames_of(http: TestClient, done: Generation, folder: Path) -> Any:
    assert done.assets is not None
    return read_clip(downloaded(http, done.assets.video, folder / f"{done.id}.mp4")).frames


def test_an_extension_keeps_the_size_of_its_clip(
    luma: LumaAI, worker: Worker, http: TestClient, tmp_path: Path
) -> None:
    first = finished(luma, worker, luma.generations.create(prompt="a ball", **SMALL))
    keys: Any = {"frame0": {"type": "generation", "id": first.id}}
    longer = luma.generations.create(model="ray-2", prompt="a ball", keyframes=keys, duration="1s")
    assert frames_of(http, finished(luma, worker, longer), tmp_path).shape == (16, 540, 540, 3)


def test_a_loop(luma: LumaAI, worker: Worker) -> None:
    finished(luma, worker, luma.generations.create(prompt="a ball", loop=True, **SMALL))


def test_modify_upscale_and_audio(luma: LumaAI, worker: Worker, http: TestClient, tmp_path: Path) -> None:
    url = data_url(film(tmp_path), "video/mp4")
    modify: Any = {"generation_type": "modify_video", "model": "ray-2", "mode": "flex_1", "media": {"url": url}}
    changed = finished(luma, worker, luma.generations.video.modify(prompt="snow", **modify))
    frames = frames_of(http, changed, tmp_path)
    assert frames.shape == (8, 32, 64, 3)  # its length, and its size
    assert changed.request is not None
    assert len(str(changed.request.to_dict())) < 500  # without the file

    assert changed.assets is not None
    modify["media"] = {"url": changed.assets.video}  # an address of ours is taken from the storage
    again = luma.generations.video.modify(prompt="rain", **modify)
    finished(luma, worker, again)

    assert changed.id is not None
    larger = luma.generations.upscale(changed.id, generation_type="upscale_video", resolution="540p")
    assert larger.id != changed.id
    larger = finished(luma, worker, larger)
    assert frames_of(http, larger, tmp_path).shape == (8, 540, 1080, 3)
    assert larger.to_dict()["metadata"]["model"] is None  # type: ignore[index, call-overload]
    with pytest.raises(UnprocessableEntityError, match="ask for a larger one"):
        luma.generations.upscale(larger.id or "", resolution="540p")

    sounding = luma.generations.audio(changed.id, prompt="a bell", negative_prompt="wind")
    heard = finished(luma, worker, sounding)
    assert heard.assets is not None
    clip = read_clip(downloaded(http, heard.assets.video, tmp_path / "sound.mp4"))
    assert clip.sound is not None
    assert (clip.frames.shape, heard.generation_type) == ((8, 32, 64, 3), "video")


def test_pictures_at_once_and_changed(luma: LumaAI, worker: Worker, http: TestClient, tmp_path: Path) -> None:
    thread = threading.Thread(target=until_one, args=(worker,))
    thread.start()
    made = luma.generations.image.create(model="photon-1", prompt="a ball", aspect_ratio="9:16", sync=True)
    thread.join()
    assert (made.state, made.generation_type) == ("completed", "image")
    assert made.assets is not None
    picture = Image.open(downloaded(http, made.assets.image, tmp_path / "a.jpg"))
    assert (picture.size, picture.format) == ((1080, 1920), "JPEG")
    about = made.to_dict()["metadata"]
    assert "seed" in about
    assert not {"frames", "frame_rate", "has_sound"} & set(about)

    changed = luma.generations.image.create(
        model="photon-1",
        prompt="blue",
        format="png",
        modify_image_ref={"url": data_url(png("red", (64, 32))), "weight": 0.9},
    )
    done = finished(luma, worker, changed)
    assert done.assets is not None
    picture = Image.open(downloaded(http, done.assets.image, tmp_path / "b.png"))
    assert (picture.size, picture.format) == ((64, 32), "PNG")


def until_one(worker: Worker) -> None:
    while not worker.run_one():
        time.sleep(0.05)


def test_a_picture_that_takes_too_long_is_told_as_it_is(luma: LumaAI) -> None:
    made = luma.generations.image.create(model="photon-1", prompt="a ball", sync=True, sync_timeout=0.1)
    assert made.state == "queued"


def test_small_calls(luma: LumaAI) -> None:
    assert luma.ping.check().message == "pong"
    assert luma.credits.get().credit_balance > 0
    concepts = luma.generations.concepts.list()
    assert len(concepts) == 34
    assert "push_in" in concepts


def test_a_camera_concept_is_gone(luma: LumaAI, worker: Worker) -> None:
    made = luma.generations.create(
        prompt="a ball", model="ray-2", resolution="540p", duration="1s", concepts=[{"key": "push_in"}]
    )
    made = finished(luma, worker, made)
    assert made.request is not None
    assert made.request.concepts is not None
    assert [one.key for one in made.request.concepts] == ["push_in"]


def test_credits_are_told_where_they_are_counted(luma: LumaAI, service: Service, key: str) -> None:
    from manazir.server.keys import Scope
    from manazir.server.tenants import change_tenant

    caller = service.caller(key, Scope.READ)  # writes when the key was used: not inside of another transaction
    with service.database.transaction() as connection:
        change_tenant(connection, caller.tenant_id, credits=12.5)
    assert luma.credits.get().credit_balance == 12.5


def test_lists_page_by_page_and_deletes(luma: LumaAI, other_luma: LumaAI) -> None:
    made = [luma.generations.create(prompt=f"ball {number}", **SMALL) for number in range(3)]
    page = luma.generations.list(limit=2, offset=0)
    assert [one.id for one in page.generations] == [made[2].id, made[1].id]
    assert (page.count, page.has_more, page.limit, page.offset) == (2, True, 2, 0)
    assert [one.id for one in luma.generations.list(limit=2, offset=2).generations] == [made[0].id]
    assert other_luma.generations.list().generations == []
    assert made[1].id is not None
    luma.generations.delete(made[1].id)
    assert [one.id for one in luma.generations.list().generations] == [made[2].id, made[0].id]
    with pytest.raises(NotFoundError, match=f"there is no generation {made[1].id}"):
        luma.generations.get(made[1].id)


def test_a_cancelled_job_has_failed_with_a_reason(luma: LumaAI, service: Service, key: str) -> None:
    from manazir.server.keys import Scope

    made = luma.generations.create(prompt="a ball", **SMALL)
    assert made.id is not None
    service.cancel(service.caller(key, Scope.GENERATE), made.id)
    told = luma.generations.get(made.id)
    assert told.state == "failed"
    assert told.failure_reason is not None
    assert "cancelled" in told.failure_reason


def sent_some(deliverer: Deliverer) -> bool:
    with ThreadPoolExecutor(1) as pool:  # which waits for what it sends
        return deliverer.hand_out(pool) > 0


def test_callbacks_are_the_whole_generation(
    luma: LumaAI, worker: Worker, service: Service, http: TestClient, tmp_path: Path
) -> None:
    deliverer = Deliverer(service, "http://testserver")
    with serving(giving(b"")) as peer:
        address = f"http://localhost:{peer.port}/hook"  # a host that the operator allows
        made = luma.generations.create(prompt="a ball", callback_url=address, **SMALL)
        finished(luma, worker, made)
        while sent_some(deliverer):
            pass
    told = [Generation.construct(**json.loads(body)) for body in peer.bodies]
    assert [(one.id, one.state) for one in told] == [(made.id, "dreaming"), (made.id, "completed")]
    assert told[0].assets is None
    assert told[1].request is not None
    assert told[1].request.callback_url == address
    assert told[1].assets is not None
    read_clip(downloaded(http, told[1].assets.video, tmp_path / "told.mp4"))


BOTH = {f"frame{end}": {"type": "image", "url": "https://example.com/a.png"} for end in (0, 1)}


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ({"prompt": "x", "resolution": "600p"}, "resolution"),
        ({"prompt": "x", "duration": "soon"}, "duration"),
        ({"prompt": "x", "duration": "900s"}, "duration"),
        ({"prompt": "x", "aspect_ratio": "2:1"}, "aspect_ratio"),
        ({"prompt": "x" * 4001}, "prompt"),
        ({}, "prompt"),
        ({"prompt": "x", "seed": 1}, "seed"),
        ({"prompt": "x", "loop": "yes"}, "loop"),
        ({"prompt": "x", "model": "ray-9"}, "model"),
        ({"prompt": "x", "concepts": [{"key": "bolt_cam"}]}, "concepts"),
        ({"prompt": "x", "loop": True, "concepts": [{"key": "push_in"}]}, "concepts"),
        ({"prompt": "x", "concepts": [{"key": "warp"}]}, "concepts.0.key"),
        (
            {"prompt": "x", "keyframes": {"frame0": {"type": "image", "url": "http://10.0.0.1/a"}}},
            "keyframes.frame0.url",
        ),
        ({"prompt": "x", "keyframes": {"frame0": {"type": "generation", "id": "none"}}}, "keyframes.frame0.id"),
        ({"prompt": "x", "loop": True, "keyframes": {"frame1": {"type": "image", "url": "https://x.org/"}}}, "loop"),
        ({"prompt": "x", "loop": True, "duration": "5.3s"}, "loop"),
        ({"prompt": "x", "loop": True, "duration": "9s"}, "duration"),
        ({"prompt": "x", "duration": "0.01s"}, "duration"),
        ({"duration": "0.1s", "keyframes": BOTH}, "keyframes.frame1.url"),
        ({"prompt": "x", "callback_url": "http://169.254.169.254/"}, "callback_url"),
        ({"prompt": "\ud800"}, "prompt"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(http: TestClient, key: str, told: dict[str, Any], place: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = http.post("/dream-machine/v1/generations/video", headers=headers, content=json.dumps(told))
    assert answer.status_code == 422
    first = answer.json()["detail"][0]
    assert ".".join(first["loc"]) == f"body.{place}"
    assert first["msg"]


def test_what_no_model_here_can_do_is_refused_by_its_field(luma: LumaAI, tmp_path: Path) -> None:
    media: Any = {"url": data_url(film(tmp_path), "video/mp4")}
    picture: Any = {"url": data_url(png())}
    reframe: Any = {"generation_type": "reframe_video", "model": "ray-2", "aspect_ratio": "1:1", "media": media}
    image: Any = {"generation_type": "reframe_image", "model": "photon-1", "aspect_ratio": "1:1", "media": picture}
    modify: Any = {"generation_type": "modify_video", "model": "ray-2", "mode": "flex_1", "media": media}
    tries: Any = [
        (lambda: luma.generations.video.reframe(**reframe), "generation_type"),
        (lambda: luma.generations.video.reframe(**reframe, grid_position_x=3), "grid_position_x"),
        (lambda: luma.generations.image.reframe(**image), "generation_type"),
        (lambda: luma.generations.video.modify(**modify, first_frame=picture), "first_frame"),
        (lambda: luma.generations.video.modify(**modify | {"media": picture}), "media.url"),
        (lambda: luma.generations.image.create(model="photon-1", prompt="x", style_ref=[picture]), "style_ref"),
        (lambda: luma.generations.image.create(model="photon-1", prompt="x", character_ref={}), "character_ref"),
    ]
    for call, place in tries:
        with pytest.raises(UnprocessableEntityError) as refused:
            call()
        assert refused.value.body["detail"][0]["loc"] == ["body", *place.split(".")]  # type: ignore[index]


def test_others_generations_are_not_there(luma: LumaAI, other_luma: LumaAI, worker: Worker) -> None:
    made = finished(luma, worker, luma.generations.create(prompt="a ball", **SMALL))
    assert made.id is not None
    for call in (
        other_luma.generations.get,
        other_luma.generations.delete,
        other_luma.generations.upscale,
        other_luma.generations.audio,
    ):
        with pytest.raises(NotFoundError):
            call(made.id)
    keys: Any = {"frame0": {"type": "generation", "id": made.id}}
    with pytest.raises(UnprocessableEntityError):
        other_luma.generations.create(prompt="a ball", keyframes=keys, **SMALL)


def test_errors_that_are_no_fields_are_sentences(http: TestClient, key: str) -> None:
    base = "/dream-machine/v1/generations"
    assert isinstance(http.get(base).json()["detail"], str)
    assert http.get(base).status_code == 401
    headers = {"Authorization": f"Bearer {key}"}
    for answer, status in (
        (http.get(f"{base}/0190163d-8694-739b-aea6-966c26f8ad91", headers=headers), 404),
        (http.get(f"{base}/..%2f..%2fetc", headers=headers), 404),
        (http.put(base, headers=headers), 405),
        (http.get("/dream-machine/v1/nothing", headers=headers), 404),
    ):
        assert answer.status_code == status
        assert isinstance(answer.json()["detail"], str)


def test_too_many_requests_are_told_when_to_come_again(http: TestClient, service: Service, key: str) -> None:
    from manazir.server.keys import Scope
    from manazir.server.tenants import change_tenant

    caller = service.caller(key, Scope.READ)  # writes when the key was used: not inside of another transaction
    with service.database.transaction() as connection:
        change_tenant(connection, caller.tenant_id, requests_per_minute=2)
    headers = {"Authorization": f"Bearer {key}"}
    answers = [http.get("/dream-machine/v1/ping", headers=headers) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["retry-after"]) <= 60


def test_an_idempotency_key_makes_one_of_two(http: TestClient, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k"}
    post = "/dream-machine/v1/generations/video"
    first = http.post(post, headers=headers, json={"prompt": "x"})
    assert http.post(post, headers=headers, json={"prompt": "x"}).json()["id"] == first.json()["id"]
    other = http.post(post, headers=headers, json={"prompt": "y"})
    assert (other.status_code, other.json()["detail"][0]["loc"]) == (422, ["header", "Idempotency-Key"])


def test_a_body_that_is_too_large_or_none_is_refused(http: TestClient, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    post = "/dream-machine/v1/generations"
    answer = http.post(post, headers=headers, content=b"x" * (33 << 20))
    assert answer.status_code == 413
    assert isinstance(answer.json()["detail"], str)
    for content in (b"[1]", b"{", b"[" * 100_000, b'{"prompt": "x", "sync": NaN}'):
        assert http.post(post, headers=headers, content=content).status_code in (400, 422)


def test_over_a_real_socket(service: Service, worker: Worker, key: str) -> None:
    with listening(service) as address, httpx.Client() as plain:
        luma = LumaAI(auth_token=key, base_url=f"{address}/dream-machine/v1")
        done = finished(luma, worker, luma.generations.create(prompt="a ball", **SMALL))
        assert done.assets is not None
        assert done.assets.video is not None
        assert plain.get(done.assets.video).status_code == 200
        part = plain.get(done.assets.video, headers={"Range": "bytes=0-99"})
        assert (part.status_code, len(part.content)) == (206, 100)
        luma.close()
