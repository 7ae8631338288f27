"""Bodies that are too large or too slow are refused in the dialect's own shape; streams have limits of their own."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import anyio
import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient
from starlette.types import Message

from manazir.server.app import make_app
from manazir.server.edge.limits import Limits, stream_of
from manazir.server.http import answer_errors
from manazir.server.operator import Operator
from manazir.server.service import Service


@pytest.fixture
def app() -> FastAPI:
    inner, outer = FastAPI(), FastAPI()

    @inner.post("/json")
    def takes(body: dict[str, Any]) -> int:
        return len(str(body))

    @inner.post("/own", max_body_size=200)
    def takes_more(body: dict[str, Any]) -> int:
        return len(str(body))

    @inner.post("/stream")
    async def streams(request: Request) -> int:
        return sum([len(piece) async for piece in stream_of(request)])

    answer_errors(inner, lambda _, error: _shaped(error.message, error.problem.status))
    outer.mount("/luma/v1", inner)
    return outer


def _shaped(message: str, status: int) -> Any:
    from starlette.responses import JSONResponse

    return JSONResponse({"detail": message}, status)


def test_what_is_too_large_is_refused_in_the_dialects_shape(app: FastAPI) -> None:
    client = TestClient(Limits(app, 100))
    long = {"a": "x" * 120}

    def pieces() -> Iterator[bytes]:
        yield from (json.dumps(long)[:50].encode(), json.dumps(long)[50:].encode())

    for body in ({"json": long}, {"content": pieces(), "headers": {"Content-Type": "application/json"}}):
        answer = client.post("/luma/v1/json", **body)  # type: ignore[arg-type]
        assert answer.status_code == 413
        told = "the body has more than 100 bytes; send less, or upload files by themselves"
        assert answer.json() == {"detail": told}
    assert client.post("/luma/v1/json", json={"a": 1}).status_code == 200
    assert client.post("/luma/v1/own", json=long).status_code == 200
    assert client.post("/luma/v1/own", json={"a": "x" * 220}).status_code == 413
    assert client.post("/luma/v1/stream", content=b"x" * 1000).json() == 1000


def test_the_operators_limit_is_that_of_every_dialect(service: Service, key: str) -> None:
    small = replace(service, operator=Operator(largest_body_bytes=100))
    client = TestClient(make_app(small), headers={"Authorization": f"Bearer {key}"})
    answer = client.post("/dream-machine/v1/generations", json={"prompt": "x" * 200})
    assert (answer.status_code, "more than 100 bytes" in answer.text) == (413, True)
    assert "detail" in answer.json()


def _slowly(app: Limits, pieces: list[bytes], pause_seconds: float, **scope: Any) -> int:
    """Send a body slowly, without a socket; returns the status."""
    statuses: list[int] = []
    left = list(pieces)

    async def receive() -> Message:
        await anyio.sleep(pause_seconds)
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"content-type", b"application/json"), (b"transfer-encoding", b"chunked")]
    usual = {"type": "http", "method": "POST", "path": "/luma/v1/json", "raw_path": b"", "query_string": b""}
    usual |= {"headers": headers, "root_path": "", "scheme": "http", "server": ("x", 80)}
    anyio.run(app, usual | scope, receive, send)
    return statuses[0]


def test_what_does_not_come_is_not_waited_for(app: FastAPI) -> None:
    assert _slowly(Limits(app, 100, stall_seconds=30.0), [b'{"a":', b"1}"], 0.0) == 200
    assert _slowly(Limits(app, 100, stall_seconds=0.05), [b'{"a":', b"1}"], 30.0) == 400
    drops = [b" "] * 50 + [b"{}"]
    assert _slowly(Limits(app, 100, stall_seconds=0.1), drops, 0.01) == 400, "a byte now and then wins no time"
    much = [b" " * 100_000, *drops]
    assert _slowly(Limits(app, 1 << 20, stall_seconds=0.1), much, 0.01) == 400, "nor does a good beginning"


def test_a_part_of_an_upload_that_stops_coming_is_not_waited_for_and_what_came_is_kept(
    service: Service, key: str
) -> None:
    app = make_app(service)
    head = {"Authorization": f"Bearer {key}"}
    begun = TestClient(app).post("/api/v1/uploads", headers=head | {"Upload-Length": "100"}).json()
    headers = [(b"authorization", head["Authorization"].encode()), (b"upload-offset", b"0")]
    headers += [(b"content-type", b"application/offset+octet-stream"), (b"content-length", b"100")]
    for pieces, pause, came in ((2, 30.0, 0), (100, 0.02, 10)):
        status = _slowly(
            Limits(app, 100, stall_seconds=0.3),
            [b"x" * 10] + [b""] * pieces,
            pause,
            path=begun["url"],
            method="PATCH",
            headers=headers,
        )
        assert status == 400
        told = TestClient(app).head(begun["url"], headers=head)
        assert told.headers["Upload-Offset"] == str(came)
