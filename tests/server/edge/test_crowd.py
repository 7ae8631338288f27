"""Real sockets: one caller, or one address, has so many requests under way and no more, however slowly it sends."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import uvicorn
from tests.server.edge.served import asks_for, vanish
from tests.server.edge.served import running as running_app
from tests.server.edge.test_connections import ended
from tests.server.edge.test_slow_clients import until_left

from manazir.server.app import make_app
from manazir.server.edge.connections import PATIENCE
from manazir.server.files import add_asset
from manazir.server.keys import Scope, make_key
from manazir.server.operator import Operator
from manazir.server.service import Service
from manazir.server.tenants import first_tenant

MOST = 3
STRANGER = "127.0.0.2"
"""An address that no proxy has, and that this machine can send from."""
BODIES = {
    "/api/v1/jobs": {"canvas": {"prompt": "a red ball"}},
    "/openai/v1/videos": {"prompt": "a red ball"},
    "/dream-machine/v1/generations": {"prompt": "a red ball", "model": "ray-2"},
    "/luma/v1/generations": {"prompt": "a red ball", "model": "ray-3.2", "type": "video"},
    "/google/v1beta/models/veo-3.1-generate-preview:predictLongRunning": {"instances": [{"prompt": "a red ball"}]},
    "/mcp": {"jsonrpc": "2.0", "id": 1, "method": "ping"},
}


@pytest.fixture
def service(service: Service) -> Service:
    word = Operator(open_per_key=MOST, open_per_tenant=MOST + 1, connections_per_address=MOST)
    return replace(service, operator=word)


@contextmanager
def running(service: Service) -> Iterator[tuple[uvicorn.Server, int]]:
    with running_app(make_app(service), service.operator.connections_per_address) as (server, port):
        yield server, port


def slowly(port: int, key: str, path: str) -> socket.socket:
    """A client that sends its headers, half of a body, and then nothing."""
    body = json.dumps(BODIES[path]).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nAuthorization: Bearer {key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    made = socket.create_connection(("127.0.0.1", port))
    made.sendall(head.encode() + body[: len(body) // 2])
    return made


def until(is_so: Callable[[], bool]) -> None:
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it never came so far")


@pytest.mark.parametrize("path", BODIES)
def test_who_sends_slowly_has_so_many_requests_and_others_are_served(
    service: Service, key: str, other_key: str, path: str
) -> None:
    with service.database.transaction() as connection:
        second_key = make_key(connection, first_tenant(connection).id, "second", [Scope.GENERATE])[1]
    with running(service) as (server, port):
        address = f"http://127.0.0.1:{port}"

        def ask(whose: str) -> httpx.Response:
            return httpx.get(f"{address}/api/v1/jobs", headers={"Authorization": f"Bearer {whose}"})

        def send(whose: str) -> httpx.Response:
            head = {"Authorization": f"Bearer {whose}", "Accept": "application/json, text/event-stream"}
            return httpx.post(address + path, json=BODIES[path], headers=head)

        slow = [slowly(port, key, path) for _ in range(MOST)]
        until(lambda: service.under_way._count.total() == 2 * MOST)  # by key and by tenant
        refused = send(key)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
        assert f"{MOST} calls of this key are under way already (open_per_key); end some first" in refused.text
        assert ask(key).status_code == 429
        assert ask(second_key).status_code == 200
        slow.append(slowly(port, second_key, path))
        until(lambda: service.under_way._count.total() == 2 * MOST + 2)
        assert f"{MOST + 1} calls of this tenant are under way already (open_per_tenant)" in ask(second_key).text
        assert ask(other_key).status_code == 200
        for client in slow:
            vanish(client)
        until(lambda: not service.under_way._count)
        assert ask(key).status_code == 200
        until_left(server, 0)


def test_answers_that_are_read_slowly_are_under_way_as_well(service: Service, key: str) -> None:
    with running(service) as (_, port), ExitStack() as stack:

        def listen() -> httpx.Response:
            url, head = f"http://127.0.0.1:{port}/api/v1/events", {"Authorization": f"Bearer {key}"}
            return stack.enter_context(httpx.stream("GET", url, headers=head, timeout=20))

        heard = [listen() for _ in range(MOST)]
        assert [one.status_code for one in heard] == [200] * MOST
        refused = listen()
        assert refused.status_code == 429
        assert "open_per_key" in refused.read().decode()


def from_stranger(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), source_address=(STRANGER, 0), timeout=20)
    return made


def told(client: socket.socket, *headers: str) -> tuple[int, dict[str, Any]]:
    lines = "".join(f"{line}\r\n" for line in headers)
    client.sendall(f"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n".encode())
    answer = b""
    while piece := client.recv(1 << 16):
        answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body) if body.startswith(b"{") else {}


def test_an_address_has_so_many_connections_also_if_it_never_says_a_word(service: Service) -> None:
    with running(service) as (server, port), ExitStack() as stack:
        silent = [stack.enter_context(from_stranger(port)) for _ in range(MOST)]
        status, answer = told(stack.enter_context(from_stranger(port)))
        assert (status, answer["error"]["code"], answer["error"]["retry_after_seconds"]) == (429, "rate_limited", 5)
        assert f"more than {MOST} connections from this address at once (connections_per_address)" in str(answer)
        more = [stack.enter_context(from_stranger(port)) for _ in range(MOST * (PATIENCE - 1) + 1)]
        assert ended(more[-1]), "who is told and does not listen is not told again"
        here = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(MOST * PATIENCE + 2)]
        assert told(here[-1])[0] == 200, "a proxy on this machine has as many as it likes"
        for client in [*silent, *more, *here]:
            vanish(client)
        until_left(server, 0)
        assert told(stack.enter_context(from_stranger(port)))[0] == 200


def test_whom_a_proxy_names_counts_by_requests(service: Service) -> None:
    blob = service.storage.put_stream([bytes(6_000_000)], 6_000_000)
    with service.database.transaction() as connection:
        facts = {"mime_type": "video/mp4", "size_bytes": blob.size_bytes, "sha256": blob.sha256}
        asset = add_asset(connection, first_tenant(connection).id, role="video", **facts)
    film = service.link(asset, "")
    with running(service) as (_, port), ExitStack() as stack:
        for _ in range(MOST):
            slow = stack.enter_context(asks_for(port, film, "X-Forwarded-For: 203.0.113.9"))
            assert slow.recv(100).startswith(b"HTTP/1.1 200")
        for whose, status in (("203.0.113.9", 429), ("203.0.113.10", 200)):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            assert told(client, f"X-Forwarded-For: {whose}")[0] == status
