"""Interactions on the wire: waiting, in the background, streamed; tasks, conversations, and what is refused."""

import base64
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from manazir.server.jobs.job import Job, State
from manazir.server.jobs.request import Kind
from manazir.server.keys import Scope
from manazir.server.service import Service

OMNI = "gemini-omni-1.1-flash"
PATH = "/google/v1beta/interactions"
Finish = Callable[[], Job]


def create(client: TestClient, **body: Any) -> dict[str, Any]:
    told = {"model": OMNI, "input": "a red ball", "background": True} | body
    answer = client.post(PATH, json={name: value for name, value in told.items() if value is not None})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def video_of(interaction: dict[str, Any]) -> dict[str, Any]:
    (step,) = interaction["steps"]
    assert step["type"] == "model_output"
    (video,) = step["content"]
    assert isinstance(video, dict)
    return video


def test_without_background_it_waits_and_has_the_bytes(client: TestClient, finish: Finish, film: Path) -> None:
    timer = threading.Thread(target=_when_there, args=[finish])
    timer.start()
    made = create(client, background=None)
    timer.join()
    assert (made["status"], made["model"], made["object"]) == ("completed", OMNI, "interaction")
    assert base64.b64decode(video_of(made)["data"]) == film.read_bytes()
    assert (made["metadata"]["model"], made["metadata"]["nativeWidth"]) == ("noor-nano", 64)


def _when_there(end: Finish) -> None:
    for _ in range(200):
        try:
            end()
        except AssertionError:
            threading.Event().wait(0.05)
        else:
            return


def test_a_client_that_says_how_long_it_waits_is_answered_before(client: TestClient) -> None:
    client.headers["x-server-timeout"] = "1.2"
    assert create(client, background=None)["status"] == "in_progress"


def test_in_the_background_it_is_polled(client: TestClient, finish: Finish) -> None:
    begun = create(client, response_format={"type": "video", "delivery": "uri", "duration": "4s"}, labels={"a": "b"})
    assert (begun["status"], begun["steps"], begun["labels"]) == ("in_progress", [], {"a": "b"})
    job = finish()
    assert (job.request.canvas.duration_seconds, job.request.canvas.width) == (4, 1280)
    made = client.get(f"{PATH}/{begun['id']}", params={"stream": "false"}).json()
    assert made["status"] == "completed"
    assert client.get(video_of(made)["uri"]).status_code == 200
    asked = client.get(f"{PATH}/{begun['id']}", params={"include_input": "true"}).json()
    assert asked["steps"][0] == {"type": "user_input", "content": [{"type": "text", "text": "a red ball"}]}


def test_a_failure_is_told_with_its_reason(client: TestClient, fail: Finish) -> None:
    begun = create(client)
    fail()
    made = client.get(f"{PATH}/{begun['id']}").json()
    assert (made["status"], made["steps"]) == ("failed", [])
    assert made["errors"] == [{"code": "RESOURCE_EXHAUSTED", "message": "the memory was full"}]


def test_cancel_and_delete(client: TestClient, service: Service, key: str) -> None:
    begun = create(client)
    path = f"{PATH}/{begun['id']}"
    assert client.post(f"{path}/cancel").json()["status"] == "cancelled"
    assert client.delete(path).json() == {}
    assert client.get(path).status_code == 404
    assert not service.jobs(service.caller(key, Scope.READ)).jobs


def test_vertex_has_them_in_a_project(client: TestClient, finish: Finish) -> None:
    path = "/google/v1beta1/projects/mine/locations/global/interactions"
    form = {"type": "video", "delivery": "uri", "gcs_uri": "gs://bucket/"}
    body = {"model": OMNI, "input": "a", "background": True, "response_format": form}
    begun = client.post(path, json=body).json()
    finish()
    uri = video_of(client.get(f"{path}/{begun['id']}").json())["uri"]
    del client.headers["x-goog-api-key"]
    assert client.get(uri).status_code == 200


def events(client: TestClient, **how: Any) -> tuple[list[dict[str, Any]], str]:
    with client.stream(**how) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        blocks = answer.read().decode().strip().split("\n\n")
    data = [block.partition("data: ")[2] for block in blocks]
    return [json.loads(one) for one in data[:-1]], data[-1]


def test_a_stream_tells_all_that_happens(client: TestClient, finish: Finish, film: Path) -> None:
    timer = threading.Thread(target=_when_there, args=[finish])
    timer.start()
    told, last = events(client, method="POST", url=PATH, json={"model": OMNI, "input": "a", "stream": True})
    timer.join()
    assert [event["event_type"] for event in told] == [
        "interaction.created",
        "interaction.status_update",
        "step.start",
        "step.delta",
        "step.stop",
        "interaction.status_update",
        "interaction.completed",
    ]
    assert last == "[DONE]"
    assert base64.b64decode(told[3]["delta"]["data"]) == film.read_bytes()
    assert told[-1]["interaction"]["status"] == "completed"
    path = f"{PATH}/{told[0]['interaction']['id']}"
    rest, _ = events(client, method="GET", url=path, params={"stream": "true", "last_event_id": told[3]["event_id"]})
    assert rest == told[4:]


def test_a_stream_of_a_failure_says_why(client: TestClient, fail: Finish) -> None:
    begun = create(client)
    fail()
    told, _ = events(client, method="GET", url=f"{PATH}/{begun['id']}", params={"stream": "true"})
    assert told[2]["error"] == {"code": "RESOURCE_EXHAUSTED", "message": "the memory was full"}
    assert told[-1]["interaction"]["status"] == "failed"


def with_task(task: str) -> dict[str, Any]:
    return {"generation_config": {"video_config": {"task": task}, "seed": 5}}


def test_a_picture_is_the_first_frame(client: TestClient, finish: Finish, picture: bytes) -> None:
    image = {"type": "image", "data": base64.b64encode(picture).decode(), "mime_type": "image/png"}
    content = [{"type": "text", "text": "it falls"}, image]
    for given in (content, [{"type": "user_input", "content": content}]):
        for settings in ({}, with_task("image_to_video")):
            create(client, input=given, **settings)
            canvas = finish().request.canvas
            assert (canvas.prompt, canvas.keyframes[0].at_seconds) == ("it falls", 0)


def test_a_conversation_edits_extends_and_enlarges_what_it_made(client: TestClient, finish: Finish) -> None:
    first = create(client)
    finish()
    edit = create(client, input="make it blue", previous_interaction_id=first["id"])
    job = finish()
    assert (edit["previous_interaction_id"], job.parent_id is not None) == (first["id"], True)
    canvas = job.request.canvas
    assert canvas.modification is not None
    assert (canvas.prompt, canvas.width, canvas.height, canvas.duration_seconds) == ("make it blue", 64, 32, None)
    create(client, input="it rolls", previous_interaction_id=edit["id"], **with_task("extend"))
    canvas = finish().request.canvas
    assert canvas.extension is not None
    assert (canvas.duration_seconds, canvas.seed) == (7, 5)
    form = {"type": "video", "resolution": "1080p"}
    create(client, input=None, previous_interaction_id=edit["id"], response_format=form, **with_task("upscale"))
    request = finish().request
    assert (request.kind, request.canvas.width, request.canvas.height) == (Kind.UPSCALE, 2160, 1080)


def test_one_cannot_go_on_from_what_is_not_there_or_not_ready(client: TestClient, other_key: str) -> None:
    first = create(client)
    body = {"model": OMNI, "input": "a", "previous_interaction_id": first["id"]}
    answer = client.post(PATH, json=body)
    assert (answer.status_code, "is queued" in answer.text) == (400, True)
    client.headers["x-goog-api-key"] = other_key
    assert client.post(PATH, json=body).status_code == 404
    assert client.get(f"{PATH}/{first['id']}").status_code == 404
    assert client.post(f"{PATH}/{first['id']}/cancel").status_code == 404
    assert client.delete(f"{PATH}/{first['id']}").status_code == 404


def test_the_service_tier_is_a_priority(client: TestClient, finish: Finish) -> None:
    for tier in ("flex", "standard", "priority"):
        create(client, service_tier=tier)
    assert [finish().wire["service_tier"] for _ in range(3)] == ["priority", "standard", "flex"]


IMAGE = {"type": "image", "uri": "https://example.org/a.png"}
CLIP = {"type": "video", "uri": "https://example.org/a.mp4"}
TEXT = {"type": "text", "text": "a"}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"model": None}, "model"),
    ({"agent": "deep-research"}, "agent"),
    ({"input": None}, "input"),
    ({"input": [{"type": "audio", "data": "AAAA"}]}, "input[0]"),
    ({"input": [{"type": "user_input", "content": [TEXT, {"type": "document"}]}]}, "input[0].content[1]"),
    ({"input": [TEXT, IMAGE, IMAGE]}, "input"),
    ({"input": [TEXT, IMAGE], **with_task("text_to_video")}, "input[1]"),
    ({"input": [TEXT, CLIP, IMAGE]}, "input[2]"),
    ({"input": [TEXT, CLIP, CLIP]}, "input[2]"),
    ({"input": [TEXT, CLIP], **with_task("text_to_video")}, "generation_config.video_config.task"),
    ({**with_task("edit")}, "generation_config.video_config.task"),
    ({**with_task("reference_to_video")}, "generation_config.video_config.task"),
    ({"input": [TEXT, CLIP], **with_task("upscale")}, "input"),
    ({"input": [CLIP], **with_task("upscale")}, "response_format.resolution"),
    ({"input": [TEXT, CLIP], "response_format": {"type": "video", "duration": "8s"}}, "response_format.duration"),
    ({"response_format": {"type": "image"}}, "response_format"),
    ({"response_format": [{"type": "video"}, {"type": "video"}]}, "response_format"),
    ({"response_format": {"type": "video", "duration": "8"}}, "response_format.duration"),
    ({"response_format": {"type": "video", "duration": "600s"}}, "response_format.duration"),
    ({"response_format": {"type": "video", "delivery": "post"}}, "response_format.delivery"),
    ({"response_format": {"type": "video", "aspect_ratio": "1:1"}}, "response_format.aspect_ratio"),
    ({"response_modalities": ["text"]}, "response_modalities"),
    ({"store": False}, "store"),
    ({"stream": True}, "stream"),
    ({"service_tier": "free"}, "service_tier"),
    ({"system_instruction": "be kind"}, "system_instruction"),
    ({"tools": [{"type": "google_search"}]}, "tools"),
    ({"generation_config": {"temperature": 0.5}}, "generation_config.temperature"),
    ({"webhook_config": {"uris": ["http://a", "http://b"]}}, "webhook_config.uris"),
    ({"nothing": 1}, "nothing"),
    ({"input": [{"type": "text"}]}, "input[0].text"),
    ({"input": [{"type": "user_input", "content": [{"type": "text", "text": 1}]}]}, "input[0].content[0].text"),
    ({"input": {"type": "image", "uri": "https://a.org/a.png", "resolution": "high"}}, "input.resolution"),
    ({"response_format": {"type": "video", "hdr": True}}, "response_format.hdr"),
]


@pytest.mark.parametrize(("body", "field"), WRONG)
def test_what_cannot_be_honoured_is_refused_by_its_name(
    client: TestClient, service: Service, key: str, body: dict[str, Any], field: str
) -> None:
    told = {"model": OMNI, "input": "a", "background": True} | body
    answer = client.post(PATH, json={name: value for name, value in told.items() if value is not None})
    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (400, "INVALID_ARGUMENT"), answer.text
    assert error["details"][0]["fieldViolations"][0]["field"] == field
    assert not service.jobs(service.caller(key, Scope.READ), states=[State.QUEUED]).jobs
