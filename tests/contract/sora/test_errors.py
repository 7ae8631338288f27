"""Refusals: their shape, the client's classes, headers that say whether to come again, and other tenants' things."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from manazir.server.app import make_app
from manazir.server.jobs.job import Job
from manazir.server.service import Service
from manazir.server.store.tables import assets, tenants

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled to permanently shut down:DeprecationWarning")


def auth(key: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} | more


def post(web: TestClient, key: str, path: str = "/videos", **fields: Any) -> dict[str, Any]:
    answer = web.post(path, json=fields, headers=auth(key))
    told: dict[str, Any] = answer.json()["error"]
    assert set(told) == {"message", "type", "param", "code"}
    return told | {"status": answer.status_code}


@pytest.mark.parametrize(
    ("fields", "param", "code"),
    [
        ({}, "prompt", "missing_required_parameter"),
        ({"prompt": ""}, "prompt", "invalid_value"),
        ({"prompt": "   "}, "prompt", "invalid_value"),
        ({"prompt": "a" * 4001}, "prompt", "invalid_value"),
        ({"prompt": "a\0b"}, "prompt", "invalid_value"),
        ({"prompt": 5}, "prompt", "invalid_value"),
        ({"prompt": "a", "seconds": "0"}, "seconds", "invalid_value"),
        ({"prompt": "a", "seconds": "4.5"}, "seconds", "invalid_value"),
        ({"prompt": "a", "seconds": "121"}, "seconds", "invalid_value"),
        ({"prompt": "a", "seconds": "٤"}, "seconds", "invalid_value"),
        ({"prompt": "a", "seconds": True}, "seconds", "invalid_value"),
        ({"prompt": "a", "size": "1280×720"}, "size", "invalid_value"),
        ({"prompt": "a", "size": "1281x720"}, "size", "invalid_value"),
        ({"prompt": "a", "size": "9999x9999"}, "size", "invalid_value"),
        ({"prompt": "a", "size": "4096x4096"}, "size", "invalid_value"),
        ({"prompt": "a", "model": "gpt-9"}, "model", "unsupported_value"),
        ({"prompt": "a", "hdr": True}, "hdr", "unknown_parameter"),
        ({"prompt": "a", "input_reference": {"file_id": "a", "image_url": "b"}}, "input_reference", "invalid_value"),
        ({"prompt": "a", "input_reference": {"path": "/etc"}}, "input_reference.path", "unknown_parameter"),
        ({"prompt": "a", "input_reference": "x"}, "input_reference", "invalid_value"),
        ({"prompt": "a", "input_reference": {"file_id": "file-1"}}, "input_reference.file_id", "not_found"),
        (
            {"prompt": "a", "input_reference": {"image_url": "http://169.254.169.254/"}},
            "input_reference.image_url",
            "invalid_value",
        ),
        (
            {"prompt": "a", "input_reference": {"image_url": "data:image/png;base64,AAAA"}},
            "input_reference.image_url",
            "invalid_value",
        ),
        ({"prompt": "a", "input_reference": {"image_url": "file:///etc/passwd"}}, "input_reference.image_url", None),
    ],
)
def test_the_field_that_is_wrong_is_named(
    web: TestClient, key: str, fields: dict[str, Any], param: str, code: str | None
) -> None:
    told = post(web, key, **fields)
    assert told["param"] == param, told
    assert told["code"] == (code or "invalid_value")
    assert told["status"] == (404 if code == "not_found" else 400)
    assert told["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "body", [b"{", b"[1]", b"null", b"[" * 100_000, b'{"prompt": "\\ud800"}', b'{"prompt": 1' + b"0" * 5000 + b"}"]
)
def test_bodies_that_are_none_are_refused(web: TestClient, key: str, body: bytes) -> None:
    answer = web.post("/videos", content=body, headers=auth(key, **{"Content-Type": "application/json"}))
    assert answer.status_code == 400, answer.text


def test_other_kinds_of_bodies_are_refused(web: TestClient, key: str) -> None:
    answer = web.post("/videos", content=b"a=b", headers=auth(key, **{"Content-Type": "text/plain"}))
    assert (answer.status_code, "multipart/form-data" in answer.json()["error"]["message"]) == (400, True)


def test_a_file_where_none_may_be_leaves_nothing_behind(web: TestClient, key: str, service: Service) -> None:
    for files in ({"prompt": b"a"}, {"video": b"abc"}):
        answer = web.post("/videos", files=files, headers=auth(key))
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, next(iter(files)))
    with service.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(assets)).scalar() == 0
    assert list(service.storage.iter_all()) == []


def test_a_picture_is_no_clip_and_a_text_no_picture(web: TestClient, key: str, media: Path) -> None:
    wrong = {"/videos": ("input_reference", b"hello"), "/videos/edits": ("video", (media / "image.png").read_bytes())}
    for path, (field, data) in wrong.items():
        answer = web.post(path, data={"prompt": "a"}, files={field: ("a.bin", data)}, headers=auth(key))
        assert (answer.status_code, answer.json()["error"]["param"]) == (400, field), answer.text


def test_what_is_too_large_is_refused_before_and_while_it_comes(service: Service, key: str) -> None:
    small = replace(service, operator=replace(service.operator, largest_upload_bytes=1000))
    with TestClient(make_app(small), base_url="http://testserver/openai/v1") as web:
        answer = web.post("/files", data={"purpose": "vision"}, files={"file": b"a" * 2000}, headers=auth(key))
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
        declared = auth(key, **{"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(10**12)})
        assert web.post("/files", content=b"", headers=declared).status_code == 413


def test_an_upload_that_stops_is_no_error_of_ours(web: TestClient, key: str) -> None:
    def cut() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc'

    headers = auth(key, **{"Content-Type": "multipart/form-data; boundary=x"})
    answer = web.post("/files", content=cut(), headers=headers)
    assert (answer.status_code, "cut off" in answer.json()["error"]["message"]) == (400, True)


def test_without_a_key_nothing_is_read(web: TestClient, service: Service, media: Path) -> None:
    files = {"file": (media / "image.png").read_bytes()}
    answer = web.post("/files", data={"purpose": "vision"}, files=files)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
    assert list(service.storage.iter_all()) == []
    wrong = openai.OpenAI(api_key="mnz_00000000_no", base_url="http://testserver/openai/v1", http_client=web)
    with pytest.raises(openai.AuthenticationError):
        wrong.videos.list()


def test_paths_that_are_none_and_methods_that_are_none(web: TestClient, key: str) -> None:
    nowhere = web.get("/nothing", headers=auth(key))
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "unknown_url")
    assert web.put("/videos", headers=auth(key)).json()["error"]["code"] == "method_not_allowed"


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "order=up", "after=video_1", "after=x"])
def test_pages_that_cannot_be(web: TestClient, key: str, query: str) -> None:
    answer = web.get(f"/videos?{query}", headers=auth(key))
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["param"] == query.partition("=")[0]


def test_others_see_nothing_of_a_tenant(
    web: TestClient, openai_client: openai.OpenAI, other_key: str, finish: Callable[[], Job], media: Path
) -> None:
    video = openai_client.videos.create(prompt="a red ball")
    finish()
    file = openai_client.files.create(file=media / "image.png", purpose="vision")
    character = openai_client.videos.create_character(name="Mossy", video=media / "clip.mp4")
    paths = [f"/videos/{video.id}", f"/videos/{video.id}/content", f"/files/{file.id}", f"/files/{file.id}/content"]
    for path in (*paths, f"/videos/characters/{character.id}"):
        assert web.get(path, headers=auth(other_key)).status_code == 404, path
    for path in (f"/videos/{video.id}", f"/files/{file.id}"):
        assert web.delete(path, headers=auth(other_key)).status_code == 404, path
    assert post(web, other_key, f"/videos/{video.id}/remix", prompt="a")["status"] == 404
    assert post(web, other_key, "/videos/extensions", prompt="a", seconds="4", video={"id": video.id})["status"] == 404
    assert post(web, other_key, prompt="a", input_reference={"file_id": file.id})["status"] == 404
    for path in ("/videos", "/files"):
        assert web.get(path, headers=auth(other_key)).json()["data"] == []
    assert openai_client.videos.retrieve(video.id).status == "completed"


def test_each_answer_says_where_the_key_is_in_its_minute(web: TestClient, key: str, service: Service) -> None:
    first = web.get("/videos", headers=auth(key)).headers
    second = web.get("/videos/video_1", headers=auth(key)).headers
    left = [int(headers["x-ratelimit-remaining-requests"]) for headers in (first, second)]
    assert left[0] - left[1] == 1
    assert first["x-request-id"] != second["x-request-id"]
    with service.database.transaction() as connection:
        connection.execute(tenants.update().values(requests_per_minute=2))
    third = web.get("/videos", headers=auth(key))
    assert (third.status_code, third.json()["error"]["code"]) == (429, "rate_limit_exceeded")
    assert int(third.headers["retry-after"]) >= 1
    assert third.headers["x-ratelimit-remaining-requests"] == "0"
    assert "x-should-retry" not in third.headers


def test_a_full_queue_says_when_to_come_again_and_an_empty_account_not_to(
    web: TestClient, key: str, service: Service
) -> None:
    with service.database.transaction() as connection:
        connection.execute(tenants.update().values(max_queued=0))
    full = web.post("/videos", json={"prompt": "a"}, headers=auth(key))
    assert (full.status_code, full.json()["error"]["code"], "retry-after" in full.headers) == (429, "queue_full", True)


def test_content_that_is_not_there_yet_is_not_tried_again_by_the_client(openai_client: openai.OpenAI) -> None:
    video = openai_client.videos.create(prompt="a red ball")
    with pytest.raises(openai.ConflictError, match="not made yet") as refused:
        openai_client.videos.download_content(video.id)
    assert refused.value.response.headers["x-should-retry"] == "false"
    assert refused.value.request_id is not None
