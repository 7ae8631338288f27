"""Bodies of all requests together have a limit, in every dialect's shape; and none lies in memory many times."""

import asyncio
import base64
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message

from manazir.server.app import make_app
from manazir.server.edge.memory import UNCOUNTED_BYTES, Memory, Share
from manazir.server.operator import Operator
from manazir.server.service import Service

PREDICT = "/google/v1beta/models/veo-3.0-generate-001:predictLongRunning"
VIDEOS, GENERATIONS, JOBS = "/openai/v1/videos", "/luma/v1/generations", "/api/v1/jobs"
FORM = b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n'
MB = 1_000_000


@dataclass
class Call:
    """A request whose body is sent as the test wants it."""

    app: ASGIApp
    path: str
    key: str
    kind: str = "application/json"
    body: "asyncio.Queue[bytes | None]" = field(default_factory=asyncio.Queue)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""

    async def run(self) -> "Call":
        headers = [(b"authorization", f"Bearer {self.key}".encode()), (b"content-type", self.kind.encode())]
        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": self.path, "raw_path": b"", "scheme": "http"}
        scope |= {"query_string": b"", "headers": headers, "root_path": "", "server": ("x", 80), "client": ("y", 1)}
        await self.app(scope, self._receive, self._send)
        return self

    async def _receive(self) -> Message:
        piece = await self.body.get()
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        self.answer += message.get("body", b"")


@asynccontextmanager
async def half_sent(call: Call, piece: bytes) -> AsyncIterator[Call]:
    call.body.put_nowait(piece)
    running = asyncio.create_task(call.run())
    while not call.body.empty():
        await asyncio.sleep(0.01)
    yield call
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def whole(call: Call, *pieces: bytes) -> Call:
    for piece in (*pieces, None):
        call.body.put_nowait(piece)
    return await call.run()


def test_what_lies_in_memory_is_counted_for_each_tenant_and_given_back() -> None:
    memory = Memory(most_bytes=1000, largest_bytes=300)
    memory.take("one", 500)
    with pytest.raises(HTTPException) as refused:
        memory.take("one", 1)
    assert (refused.value.status_code, refused.value.headers) == (503, {"Retry-After": "5"})
    memory.take("two", 400)
    with pytest.raises(HTTPException):
        memory.take("three", 101)
    share = Share(memory)
    share.take("three", UNCOUNTED_BYTES)
    share.take("three", 60)
    share.take("four", 40)
    assert memory.taken.total() == 1000
    share.give_back()
    memory.give_back("two", 400)
    assert memory.taken == {"one": 500}


def test_one_body_of_the_largest_size_always_has_room() -> None:
    Memory(most_bytes=10, largest_bytes=300).take("one", 300)


def test_what_is_sent_at_once_is_limited_in_each_dialects_shape(service: Service, key: str, other_key: str) -> None:
    small = replace(service, operator=Operator(largest_body_bytes=2 * MB, bodies_in_memory_bytes=4 * MB))
    app = make_app(small)
    words = {
        PREDICT: b'{"instances": [{"prompt": "a"}]}',
        VIDEOS: b'{"prompt": "a"}',
        GENERATIONS: b'{"prompt": "a", "type": "video"}',
        JOBS: b'{"canvas": {"prompt": "a", "duration_seconds": 1.0}}',
    }

    async def held() -> None:
        async with AsyncExitStack() as stack:
            for path in (PREDICT, PREDICT):
                await stack.enter_async_context(half_sent(Call(app, path, key), b" " * MB))
            refused = {path: await whole(Call(app, path, key), b" " * MB, words[path]) for path in words}
            form = Call(app, VIDEOS, key, "multipart/form-data; boundary=x")
            refused["form"] = await whole(form, FORM + b"a" * MB + b"\r\n--x--\r\n")
            for path, call in refused.items():
                assert call.status == 503, (path, call.answer)
                assert call.headers["retry-after"] == "5", path
                assert b"too much is being sent at once" in call.answer, path
            assert json.loads(refused[PREDICT].answer)["error"]["status"] == "UNAVAILABLE"
            assert json.loads(refused[VIDEOS].answer)["error"]["code"] == "unavailable"
            assert "detail" in json.loads(refused[GENERATIONS].answer)
            for path, text in words.items():
                assert (await whole(Call(app, path, key), text)).status < 300, "words alone are always taken"
            assert (await whole(Call(app, PREDICT, other_key), b" " * MB, words[PREDICT])).status == 200
        assert (await whole(Call(app, PREDICT, key), b" " * MB, words[PREDICT])).status == 200

    asyncio.run(held())


def test_a_clip_within_a_body_is_in_memory_twice_for_a_moment_and_never_more(service: Service, key: str) -> None:
    """The text that it came in, and what JSON makes of that; no more while it is decoded and kept."""
    app = make_app(service)
    data = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(24 * MB))
    body = b'{"instances": [{"prompt": "a", "image": {"bytesBase64Encoded": "' + data + b'"}}]}'
    pieces = [body[begin : begin + 65536] for begin in range(0, len(body), 65536)]
    asyncio.run(whole(Call(app, PREDICT, key), b'{"instances": []}'))  # what is loaded once
    tracemalloc.start()
    call = asyncio.run(whole(Call(app, PREDICT, key), *pieces))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (call.status, b"image" in call.answer) == (400, True), call.answer
    assert peak < 2.4 * len(body)
