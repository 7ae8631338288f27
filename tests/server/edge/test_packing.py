"""What is told in JSON is compressed for whoever takes that; files, streams and small answers go as they are."""

import gzip
import json
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.responses import Response, StreamingResponse
from starlette.testclient import TestClient

from manazir.server.edge.packing import AT_ONCE_BYTES, LEAST_BYTES, Packed


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()

    @app.get("/told/{count}")
    def told(count: int) -> list[str]:
        return ["a note"] * count

    @app.get("/file")
    def file() -> Response:
        return Response(b"0" * LEAST_BYTES, media_type="video/mp4")

    @app.get("/events")
    def events() -> StreamingResponse:
        return StreamingResponse(_pieces(), media_type="text/event-stream")

    @app.get("/pieces")
    def pieces() -> StreamingResponse:
        return StreamingResponse(_pieces(), media_type="application/json")

    return TestClient(Packed(app))


def _pieces() -> Iterator[bytes]:
    yield from (b"1" * LEAST_BYTES, b"2")


@pytest.mark.parametrize("count", [LEAST_BYTES // 8, AT_ONCE_BYTES])
def test_what_is_told_is_compressed(client: TestClient, count: int) -> None:
    with client.stream("GET", f"/told/{count}", headers={"Accept-Encoding": "br, gzip"}) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) == len(body) < count
    assert answer.headers["vary"] == "Accept-Encoding"
    assert json.loads(gzip.decompress(body)) == ["a note"] * count


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "br"])
def test_who_does_not_take_that_gets_it_as_it_is(client: TestClient, accepted: str) -> None:
    answer = client.get(f"/told/{LEAST_BYTES}", headers={"Accept-Encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert len(answer.json()) == LEAST_BYTES


@pytest.mark.parametrize("path", ["/told/1", "/file", "/events", "/pieces", "/nowhere"])
def test_files_streams_and_small_answers_go_as_they_are(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    if path in ("/events", "/pieces"):
        assert answer.content == b"".join(_pieces())
