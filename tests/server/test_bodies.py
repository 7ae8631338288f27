"""Bodies that cost too much, or that no store keeps, are refused before they are read."""

import io
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from PIL import Image
from sqlalchemy import update
from starlette.testclient import TestClient

from manazir.server.app import make_app
from manazir.server.bodies import MOST_PARTS, WRITERS_AT_ONCE, check_size, refuse_nul
from manazir.server.errors import ApiError, Problem
from manazir.server.service import Service
from manazir.server.store.tables import tenants

FORM = b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na\x00b\r\n--x--\r\n'
VEO = "/google/v1beta/models/veo-3.0-generate-001:predictLongRunning"
EVERYBODYS = (
    "/api/v1/jobs",
    "/api/v1/projects",
    "/openai/v1/videos",
    "/dream-machine/v1/generations",
    "/luma/v1/generations",
    VEO,
)


def _png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "PNG")
    return made.getvalue()


PNG = _png()


@pytest.fixture
def client(service: Service, key: str) -> Iterator[TestClient]:
    with TestClient(make_app(service), headers={"Authorization": f"Bearer {key}"}) as made:
        yield made


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (rb'{"a": "\u0000"}', "a"),
        (rb'{"a": [{"b": "x\\\u0000"}]}', "a.0.b"),
        (rb'{"a": {"\u0000": 1}}', "a"),
        (rb'{"a": "\\u0000"}', None),
        (rb'{"a": "\\\\u0000"}', None),
    ],
)
def test_the_character_nul_is_found_wherever_it_stands(text: bytes, field: str | None) -> None:
    if field is None:
        refuse_nul(text, json.loads(text))
        return
    with pytest.raises(ApiError, match="NUL") as refused:
        refuse_nul(text, json.loads(text))
    assert (refused.value.problem, refused.value.field) == (Problem.INVALID, field)


def test_json_of_very_many_parts_is_refused_unread() -> None:
    check_size(b"[" + b"1," * 1000 + b"1]")
    for text in (b"[" + b"1," * MOST_PARTS + b"1,1]", b'{"a":' * (MOST_PARTS + 1)):
        with pytest.raises(ApiError) as refused:
            check_size(text)
        assert refused.value.problem is Problem.TOO_LARGE


@pytest.mark.parametrize("path", EVERYBODYS)
def test_json_that_is_nested_too_deep_is_refused_in_words(client: TestClient, path: str) -> None:
    deep = b'{"prompt": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    answer = client.post(path, content=deep, headers={"Content-Type": "application/json"})
    assert (answer.status_code, "nested too deep" in answer.text) == (400, True), answer.text


@pytest.mark.parametrize("path", EVERYBODYS)
def test_what_is_no_json_is_refused_in_words(client: TestClient, path: str) -> None:
    for text in (b'{"prompt": ', b'{"prompt": "\xff"}', b'{"seed": ' + b"1" * 5000 + b"}"):
        answer = client.post(path, content=text, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), answer.text
        assert "JSON" in answer.text, answer.text
        assert "Error" not in answer.json().get("error", {}).get("message", ""), answer.text


@pytest.mark.parametrize("path", ["/openai/v1/videos", "/dream-machine/v1/generations", "/luma/v1/generations", VEO])
def test_no_dialect_takes_the_character_nul(client: TestClient, path: str) -> None:
    for text in (rb'{"prompt": "a\u0000b"}', '{"prompt": "a\\u0000b"}'.encode("utf-16")):
        answer = client.post(path, content=text, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), answer.text
    if path != VEO:
        answer = client.post(path, content=FORM, headers={"Content-Type": "multipart/form-data; boundary=x"})
        assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
def test_what_no_key_can_be_is_not_asked_of_the_store(client: TestClient) -> None:
    del client.headers["Authorization"]
    assert client.get("/google/v1beta/files?key=a%00b").status_code == 401
    assert client.get("/openai/v1/files", headers={"Authorization": "Bearer mnz_x"}).status_code == 401


def test_calls_of_googles_clients_are_counted_once_each(client: TestClient, service: Service) -> None:
    with service.database.transaction() as connection:
        connection.execute(update(tenants).values(requests_per_minute=2))
    answers = [client.post(VEO, content=b"{}").status_code, client.get("/google/v1beta/files").status_code]
    assert answers == [400, 200]
    last = client.get("/google/v1beta/files")
    assert last.status_code == 429
    assert int(last.headers["Retry-After"]) > 0


def test_who_sends_a_form_slowly_keeps_no_thread(address: str, key: str, service: Service) -> None:
    """More of them than there are threads that write."""
    host, _, port = address.removeprefix("http://").partition(":")
    begun = (
        f"POST /openai/v1/files HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9999\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    ).encode() + PNG[:20]
    with ExitStack() as slow:
        for _ in range(WRITERS_AT_ONCE + 8):
            slow.enter_context(socket.create_connection((host, int(port)))).sendall(begun)
        drafts = service.storage.parts().parent / "drafts"
        while len(list(drafts.iterdir())) < WRITERS_AT_ONCE:  # all that the threads could be at
            time.sleep(0.05)
        answer = httpx.post(
            f"{address}/openai/v1/files",
            headers={"Authorization": f"Bearer {key}"},
            data={"purpose": "vision"},
            files={"file": ("a.png", PNG)},
            timeout=20,
        )
        assert answer.status_code == 200, answer.text
    for _ in range(100):
        if not list(drafts.iterdir()):
            break
        time.sleep(0.1)
    assert not list(drafts.iterdir()), "whoever is gone leaves nothing"
