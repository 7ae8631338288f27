"""Real sockets: hundreds who read slowly, never say what they want, or vanish, and all others are served meanwhile."""

import os
import socket
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import uvicorn
from tests.server.edge.served import asks_for, running, vanish

from manazir.server.app import make_app
from manazir.server.files import add_asset
from manazir.server.keys import Scope
from manazir.server.service import Service

SLOW, SILENT = 200, 50
OTHERS = 40
FILM = os.urandom(6_000_000)


@pytest.fixture
def path(service: Service, key: str) -> str:
    """Where a film is, larger than what connections hold."""
    blob = service.storage.put_stream([FILM], len(FILM))
    tenant_id = service.caller(key, Scope.READ).tenant_id
    with service.database.transaction() as connection:
        facts = {"mime_type": "video/mp4", "size_bytes": blob.size_bytes, "sha256": blob.sha256}
        asset = add_asset(connection, tenant_id, role="video", **facts)
    return service.link(asset, "")


def others(port: int, key: str, path: str) -> Counter[int]:
    """What they ask for, all at about the same time: how often each status came back."""
    head = {"Authorization": f"Bearer {key}"}
    body = {"canvas": {"prompt": "a red ball", "duration_seconds": 1.0}}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=head, timeout=60) as client:
        asks: list[Callable[[], httpx.Response]] = [
            lambda: client.post("/api/v1/jobs", json=body),
            lambda: client.get("/api/v1/jobs"),
            lambda: client.get("/openai/v1/videos"),
            lambda: client.get(path, headers={"Range": "bytes=0-99999"}),
        ]
        with ThreadPoolExecutor(4) as pool:
            return Counter(pool.map(lambda number: asks[number % len(asks)]().status_code, range(OTHERS)))


def body(client: socket.socket, begun: bytes) -> bytes:
    """Of an answer that has begun, all of it."""
    found = bytearray(begun)
    while piece := client.recv(1 << 16):
        found += piece
    return bytes(found).partition(b"\r\n\r\n")[2]


def until_left(server: uvicorn.Server, count: int) -> None:
    until = time.monotonic() + 60
    while len(server.server_state.connections) > count and time.monotonic() < until:
        time.sleep(0.05)
    assert len(server.server_state.connections) <= count


def test_slow_silent_and_vanishing_clients_keep_nobody_else_waiting(service: Service, key: str, path: str) -> None:
    good = Counter({201: OTHERS // 4, 200: OTHERS // 2, 206: OTHERS // 4})
    with running(make_app(service)) as (server, port):
        slow = [asks_for(port, path) for _ in range(SLOW)]
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(SILENT)]
        for client in silent:
            client.sendall(b"GET /livez HTTP/1.1\r\nX-A: ")
        begun = [client.recv(1024) for client in slow]
        assert all(one.startswith(b"HTTP/1.1 200") for one in begun), "each is being sent the film"
        assert others(port, key, path) == good
        assert len(server.server_state.connections) >= SLOW, "none of them was cut off for it"
        for client in [*slow[1:], *silent]:
            vanish(client)
        until_left(server, 1)
        assert others(port, key, path) == good
        assert body(slow[0], begun[0]) == FILM
        slow[0].close()


def test_who_vanishes_while_it_sends_or_waits_leaves_nothing_behind(service: Service, key: str) -> None:
    head = f"Host: x\r\nAuthorization: Bearer {key}\r\n"
    asks = [
        f"GET /api/v1/events HTTP/1.1\r\n{head}\r\n",
        f"POST /api/v1/jobs HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: 900\r\n\r\n{{",
        f"POST /api/v1/assets HTTP/1.1\r\n{head}Content-Type: multipart/form-data; boundary=x\r\n"
        "Content-Length: 900000\r\n\r\n--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n"
        + "a"
        * 300_000,
    ]
    drafts = service.storage.parts().parent / "drafts"
    with running(make_app(service)) as (server, port):
        clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(20) for _ in asks]
        for number, client in enumerate(clients):
            client.sendall(asks[number % len(asks)].encode())
        while len(list(drafts.iterdir())) < 20 or service.waiting._count.total() < 40:  # by key and by tenant
            time.sleep(0.05)
        for client in clients:
            vanish(client)
        until_left(server, 0)
        until = time.monotonic() + 60
        while (list(drafts.iterdir()) or service.waiting._count) and time.monotonic() < until:
            time.sleep(0.05)
    assert not list(drafts.iterdir())
    assert not service.waiting._count
