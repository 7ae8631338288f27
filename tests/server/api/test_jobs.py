"""Jobs by our own API: made, looked at, steered, refused in one shape."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.server.api.talk import created, refusal

from manazir.core.canvas import Need
from manazir.inference import cards
from manazir.server.jobs.claim import claim
from manazir.server.jobs.lease import Progress, beat
from manazir.server.service import Service


def test_a_job_is_accepted_made_and_its_files_are_read(
    client: TestClient, work: Callable[[], bool], clip_bytes: bytes
) -> None:
    job = created(client, {"prompt": "a red ball", "seed": 7, "width": 32, "height": 32}, metadata={"scene": "4"})
    assert (job["state"], job["ahead"], job["model"], job["metadata"]) == ("queued", 0, "noor-nano", {"scene": "4"})
    assert work()
    job = client.get(f"/jobs/{job['id']}").json()
    assert (job["state"], job["progress"]["fraction"], job["reason"]) == ("succeeded", 1.0, None)
    assert job["take"]["seed"] == 7
    assert set(job["outputs"]) == {"video", "thumbnail", "spritesheet"}
    video = job["outputs"]["video"]
    assert (video["width"], video["duration_seconds"]) == (32, 1.0)
    whole = client.get(video["url"], headers={"Authorization": ""})
    assert (whole.status_code, len(whole.content)) == (200, video["size_bytes"])
    part = client.get(f"/assets/{video['id']}/content", headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")


def test_a_job_goes_on_from_another_one(client: TestClient, work: Callable[[], bool]) -> None:
    first = created(client)
    waiting = client.post("/jobs", json={"canvas": {"extension": {"clip": f"job:{first['id']}"}}})
    assert refusal(waiting, 422)["field"] == "canvas.extension.clip"
    assert work()
    second = created(client, {"extension": {"clip": f"job:{first['id']}"}, "duration_seconds": 0.5})
    assert second["parent_id"] == first["id"]
    assert second["canvas"]["extension"]["clip"].startswith("asset:")
    assert work()
    take = client.get(f"/jobs/{second['id']}").json()["take"]
    assert take["canvas"]["extension"]["clip"].keys() == {"sha256"}


def test_a_clip_is_enlarged_and_a_picture_made(client: TestClient, work: Callable[[], bool], clip_bytes: bytes) -> None:
    asset = client.post("/assets", files={"file": ("a.mp4", clip_bytes, "video/mp4")}).json()
    larger = {"modification": {"clip": f"asset:{asset['id']}"}, "width": 96, "height": 64}
    upscaled = created(client, larger, kind="upscale")
    pictured = created(client, {"prompt": "a red ball"}, kind="image", image_format="jpeg")
    assert work()
    assert work()
    outputs = client.get(f"/jobs/{upscaled['id']}").json()["outputs"]
    assert (outputs["video"]["width"], outputs["video"]["height"]) == (96, 64)
    assert client.get(f"/jobs/{pictured['id']}").json()["outputs"]["image"]["mime_type"] == "image/jpeg"


def test_a_region_of_a_clip_is_kept(
    client: TestClient, work: Callable[[], bool], clip_bytes: bytes, mask_bytes: bytes
) -> None:
    clip = client.post("/assets", files={"file": ("a.mp4", clip_bytes, "video/mp4")}).json()
    mask = client.post("/assets", files={"file": ("m.png", mask_bytes, "image/png")}).json()
    region = {
        "rectangles": [{"left": 0, "top": 0, "width": 0.5, "height": 0.5}],
        "mask": f"asset:{mask['id']}",
        "is_kept": False,
    }
    change = {"clip": f"asset:{clip['id']}", "strength": 1.0, "region": region}
    job = created(client, {"prompt": "a blue cube", "modification": change}, allows_resampling=True)
    assert job["canvas"]["modification"]["region"] == region
    assert work()
    job = client.get(f"/jobs/{job['id']}").json()
    assert (job["state"], job["reason"]) == ("succeeded", None)
    told = job["take"]["canvas"]["modification"]["region"]
    assert (told["is_kept"], told["mask"].keys(), len(told["rectangles"])) == (False, {"sha256"}, 1)
    assert any("the part that was kept is the clip's own" in note for note in job["take"]["notes"])
    larger = {"modification": change, "width": 96, "height": 64}
    assert "nothing else" in refusal(client.post("/jobs", json={"canvas": larger, "kind": "upscale"}), 422)["message"]


def test_a_model_that_keeps_no_regions_refuses_them_by_name(
    client: TestClient, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "ABILITIES", cards.ABILITIES - {Need.KEEP_REGION})
    clip = client.post("/assets", files={"file": ("a.mp4", clip_bytes, "video/mp4")}).json()
    region = {"rectangles": [{"left": 0.0, "top": 0.0, "width": 0.5, "height": 1.0}]}
    canvas = {"prompt": "x", "modification": {"clip": f"asset:{clip['id']}", "region": region}}
    error = refusal(client.post("/jobs", json={"canvas": canvas}), 422)
    assert error["field"] == "canvas.modification.region"
    assert "noor-nano cannot do keeping a region of a clip" in error["message"]


def test_pictures_for_reference_are_refused_by_their_field(
    client: TestClient, picture_bytes: bytes, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = client.post("/assets", files={"file": ("a.png", picture_bytes, "image/png")}).json()["id"]
    clip = client.post("/assets", files={"file": ("a.mp4", clip_bytes, "video/mp4")}).json()["id"]
    canvas = {"prompt": "x", "references": [f"asset:{picture}"]}
    error = refusal(client.post("/jobs", json={"canvas": canvas}), 422)
    assert (error["field"], "cannot do pictures for reference" in error["message"]) == ("canvas.references", True)
    monkeypatch.setattr(cards, "ABILITIES", cards.ABILITIES | {Need.REFERENCES})
    wrong = client.post("/jobs", json={"canvas": {"prompt": "x", "references": [f"asset:{clip}"]}})
    error = refusal(wrong, 422)
    assert (error["field"], "a reference is a picture" in error["message"]) == ("canvas.references", True)
    nowhere = "asset:0190163d-8694-739b-aea6-966c26f8ad91"
    answer = client.post("/jobs", json={"canvas": {"prompt": "x", "references": [f"asset:{picture}", nowhere]}})
    assert refusal(answer, 404)["field"] == "canvas.references.1"


def test_a_mask_that_does_not_fit_its_clip_is_refused_at_once(
    client: TestClient, clip_bytes: bytes, picture_bytes: bytes
) -> None:
    clip = client.post("/assets", files={"file": ("a.mp4", clip_bytes, "video/mp4")}).json()
    square = client.post("/assets", files={"file": ("m.png", picture_bytes, "image/png")}).json()
    for mask, words in (
        (square, "a mask of 32x32 for a clip of 48x32"),
        (clip, "is a clip or a sound; give a picture"),
    ):
        change = {"clip": f"asset:{clip['id']}", "region": {"mask": f"asset:{mask['id']}"}}
        error = refusal(client.post("/jobs", json={"canvas": {"modification": change}}), 422)
        assert error["field"] == "canvas.modification.region"
        assert words in error["message"]


def changing(**region: Any) -> dict[str, Any]:
    return {"canvas": {"modification": {"clip": "https://example.com/a.mp4", "region": region}}}


def test_a_preview_is_shown_while_there_is_one(client: TestClient, service: Service, picture_bytes: bytes) -> None:
    job = created(client)
    assert refusal(client.get(f"/jobs/{job['id']}/preview"), 409)
    preview = service.storage.put_stream([picture_bytes], 10**6)
    with service.database.transaction() as connection:
        held = claim(connection, "a worker", 60.0)
        assert held is not None
        beat(connection, "a worker", job["id"], held.attempt, 60.0, Progress("making", 1, 4, preview.sha256))
    job = client.get(f"/jobs/{job['id']}").json()
    assert (job["progress"]["stage"], job["progress"]["fraction"]) == ("making", 0.25)
    assert client.get(f"http://testserver{job['progress']['preview_url']}").content == picture_bytes


def test_the_same_key_is_the_same_job(client: TestClient) -> None:
    body = {"canvas": {"prompt": "a red ball"}}
    headers = {"Idempotency-Key": "k-1"}
    first, again = (client.post("/jobs", json=body, headers=headers) for _ in range(2))
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    other = client.post("/jobs", json={"canvas": {"prompt": "a blue ball"}}, headers=headers)
    assert refusal(other, 422)["code"] == "key_reused"
    assert first.headers["location"] == f"/api/v1/jobs/{first.json()['id']}"


def keys(*times: float) -> list[dict[str, Any]]:
    return [{"image": "https://example.com/a.png", "at_seconds": at} for at in times]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"canvas": {"prompt": "x"}, "colour": 1}, "colour", "Extra inputs"),
        ({"canvas": {"prompt": "x", "seed": "1"}}, "canvas.seed", "integer"),
        ({"canvas": {"prompt": "x", "width": 33, "height": 32}}, "canvas.width", "multiple of 2"),
        ({"canvas": {"prompt": "x", "width": 32}}, "canvas", "both width and height"),
        ({"canvas": {}}, "canvas", "empty canvas"),
        ({"canvas": {"prompt": "x"}, "settings": {"steps": 0}}, "settings.steps", "greater"),
        ({"canvas": {"prompt": "x"}, "settings": {"is_draft": True, "steps": 2}}, None, "both say how many"),
        ({"canvas": {"prompt": "x", "duration_seconds": 1.0}, "kind": "image"}, None, "no length"),
        ({"canvas": {"prompt": "x"}, "kind": "upscale"}, None, "nothing else"),
        ({"canvas": {"prompt": "x", "camera": {"move": "pan"}}}, "canvas.camera", "no camera move 'pan'"),
        ({"canvas": {"prompt": "x", "width": 1280, "height": 720}}, "canvas", "makes 32x32"),
        ({"canvas": {"prompt": "x", "frame_rate": 24.0}}, "canvas.frame_rate", "makes 8 frames/s"),
        ({"canvas": {"prompt": "x", "duration_seconds": 7.0}}, "canvas.duration_seconds", "ask for 6 s at most"),
        ({"canvas": {"prompt": "x", "is_loop": True, "duration_seconds": 1.2}}, "canvas.is_loop", "closes loops of"),
        ({"canvas": {"prompt": "x", "actions": ["fly"]}}, "canvas.actions", "no action 'fly'"),
        ({"canvas": {"keyframes": keys(0.0, 0.01)}}, "canvas.keyframes", "two known pictures fall on frame 0"),
        ({"canvas": {"keyframes": keys(2.0)}}, "canvas.keyframes", "past the last frame, at 0.88 s"),
        ({"canvas": {"prompt": "x"}, "model": "gpt"}, "model", "no model answers"),
        ({"canvas": {"prompt": "x"}, "callback_url": "https://10.0.0.1/"}, "callback_url", "public"),
        ({"canvas": {"sound": "http://169.254.169.254/latest"}}, "canvas.sound", "public"),
        (changing(), "canvas", "neither rectangles nor a mask"),
        (
            changing(rectangles=[{"left": 0.5, "top": 0.0, "width": 0.6, "height": 1.0}]),
            "canvas",
            "reaches out of the picture",
        ),
        (
            changing(rectangles=[{"left": 0.5, "top": 0.0, "width": 0.0, "height": 1.0}]),
            "canvas.modification.region.rectangles.0.width",
            "greater than 0",
        ),
        (changing(mask="http://169.254.169.254/m.png"), "canvas.modification.region.mask", "public"),
        ({"canvas": {"prompt": "x\x00"}}, "canvas.prompt", "pattern"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    client: TestClient, body: dict[str, Any], field: str | None, words: str
) -> None:
    error = refusal(client.post("/jobs", json=body), 422)
    assert error["field"] == field
    assert words in error["message"]
    assert "Value error" not in error["message"]


def test_what_is_not_there_is_named(client: TestClient) -> None:
    gone = "0190163d-8694-739b-aea6-966c26f8ad91"
    body = {"canvas": {"keyframes": [{"image": f"asset:{gone}", "at_seconds": 0.0}]}}
    assert refusal(client.post("/jobs", json=body), 404)["field"] == "canvas.keyframes.0.image"
    for path in (f"/jobs/{gone}", "/jobs/no-id", "/nothing"):
        assert refusal(client.get(path), 404)["code"] == "not_found"


def test_a_body_that_is_none_and_a_key_that_is_none(client: TestClient) -> None:
    broken = client.post("/jobs", content=b"{", headers={"Content-Type": "application/json"})
    assert refusal(broken, 400)["code"] == "bad_request"
    stranger = client.post("/jobs", content=b"{", headers={"Authorization": "Bearer mnz_1_2"})
    assert refusal(stranger, 401)["code"] == "no_key"
    assert stranger.headers["www-authenticate"] == "Bearer"
    assert refusal(client.get("/jobs", params={"colour": 1}), 422)["field"] == "colour"
    wrong = client.put("/jobs")
    assert refusal(wrong, 405)["code"] == "no_method"
    assert {"GET", "POST"} <= set(wrong.headers["allow"].split(", "))


def test_the_queue_is_steered(client: TestClient) -> None:
    a, b, c = (created(client)["id"] for _ in range(3))

    def line() -> dict[str, Any]:
        return {one["id"]: one["ahead"] for one in client.get("/jobs").json()["items"]}

    assert line() == {a: 0, b: 1, c: 2}
    assert client.post(f"/jobs/{c}/move", json={"before": a}).json()["ahead"] == 0
    assert line() == {c: 0, a: 1, b: 2}
    assert client.post(f"/jobs/{c}/hold").json()["is_held"]
    assert line() == {c: None, a: 0, b: 1}
    assert client.post(f"/jobs/{c}/release").json()["ahead"] == 0
    assert client.patch(f"/jobs/{b}", json={"priority": 5}).json()["ahead"] == 0
    assert client.post(f"/jobs/{b}/move", json={"before": None}).json()["ahead"] == 2
    assert client.post(f"/jobs/{b}/cancel").json()["state"] == "cancelled"
    assert refusal(client.post(f"/jobs/{b}/hold"), 409)["code"] == "conflict"
    again = client.post(f"/jobs/{b}/retry").json()
    assert (again["state"], again["tries"], again["ahead"]) == ("queued", 2, 2)
    assert client.delete(f"/jobs/{b}").status_code == 204
    assert refusal(client.get(f"/jobs/{b}"), 404)


def test_lists_come_in_pages_and_by_state_and_kind(client: TestClient) -> None:
    ids = [created(client)["id"] for _ in range(5)]
    picture = created(client, kind="image")["id"]
    client.post(f"/jobs/{ids[0]}/cancel")
    seen, after = [], None
    for _ in range(3):
        page = client.get("/jobs", params={"limit": 2} | ({} if after is None else {"after": after})).json()
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
    assert (seen, after) == ([picture, *reversed(ids)], None)
    assert [one["id"] for one in client.get("/jobs?state=cancelled&state=failed").json()["items"]] == [ids[0]]
    assert [one["id"] for one in client.get("/jobs?kind=image").json()["items"]] == [picture]
    assert client.get("/jobs?dialect=sora").json() == {"items": [], "next": None}


def test_an_estimate_spends_nothing(client: TestClient, service: Service) -> None:
    good = client.post("/estimate", json={"canvas": {"prompt": "x", "duration_seconds": 2.0}}).json()
    assert (good["is_possible"], good["model"], good["cost"]) == (True, "noor-nano", 0.0)
    bad = client.post("/estimate", json={"canvas": {"prompt": "x", "camera": {"move": "pan"}}}).json()
    assert not bad["is_possible"]
    assert bad["obstacles"][0]["field"] == "canvas.camera"
    large = {"canvas": {"prompt": "x", "width": 1280, "height": 720}, "allows_resampling": True}
    assert client.post("/estimate", json=large).json()["allows_resampling"]
    assert client.get("/jobs").json()["items"] == []


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"solver": "euler"}, "solver"),
        ({"steps": 2, "cache": "tea"}, "cache"),
        ({"guidance_rule": "zero-star"}, "guidance_rule"),
    ],
)
def test_what_a_model_does_not_take_is_refused_before_anything_is_accepted(
    client: TestClient, settings: dict[str, Any], field: str
) -> None:
    given = {"canvas": {"prompt": "a red ball"}, "model": "sora-2", "settings": settings}
    (obstacle,) = client.post("/estimate", json=given).json()["obstacles"]
    for told in (obstacle, refusal(client.post("/jobs", json=given), 422)):
        assert told["field"] == f"settings.{field}"
        assert told["message"] == (
            f"noor-nano takes no {field.replace('_', ' ')}; leave it out (it takes layout steps, steps, guidance scale)"
        )
    assert client.get("/jobs").json()["items"] == []
    assert client.get("/models/sora-2").json()["choices"] == ["layout_steps", "steps", "guidance_scale"]


def test_a_negative_prompt_that_would_not_be_read_is_refused(client: TestClient) -> None:
    given = {"canvas": {"prompt": "a ball", "negative_prompt": "blue"}, "settings": {"guidance_scale": 1.0}}
    told = refusal(client.post("/jobs", json=given), 422)
    assert told["field"] == "canvas.negative_prompt"
    assert "noor-nano reads a negative prompt only where guidance is above 1" in told["message"]


def test_files_that_are_something_else_are_refused_before_anything_is_accepted(
    client: TestClient, clip_bytes: bytes, picture_bytes: bytes
) -> None:
    clip, picture = (
        "asset:" + client.post("/assets", files={"file": (name, data)}).json()["id"]
        for name, data in (("a.mp4", clip_bytes), ("a.png", picture_bytes))
    )
    for canvas, field in (
        ({"keyframes": [{"image": clip, "at_seconds": 0.0}]}, "canvas.keyframes"),
        ({"extension": {"clip": picture}}, "canvas.extension"),
        ({"sound_for": picture}, "canvas.sound_for"),
        ({"sound": picture}, "canvas.sound"),
        ({"sound": clip}, "canvas.sound"),
    ):
        told = refusal(client.post("/jobs", json={"model": "sora-2", "canvas": {"prompt": "a ball"} | canvas}), 422)
        assert told["field"] == field
    keys = [{"image": picture, "at_seconds": at} for at in (8.0, 8.01)]
    long = {"prompt": "a ball", "duration_seconds": 20.0, "keyframes": keys}
    told = refusal(client.post("/jobs", json={"model": "sora-2", "canvas": long}), 422)
    assert (told["field"], "two known pictures fall on frame" in told["message"]) == ("canvas.keyframes", True)
    assert client.get("/jobs").json()["items"] == []
