"""Real sockets: connections that never say what they want are ended, and what is under way at the end is answered."""

import resource
import socket
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from tests.server.edge.served import running

from manazir.server.app import make_app
from manazir.server.edge.connections import Impatient, most_connections
from manazir.server.jobs.listing import count_jobs
from manazir.server.keys import Scope
from manazir.server.service import Service


def ended(connection: socket.socket) -> bool:
    connection.settimeout(10)
    try:
        while connection.recv(1000):
            pass
    except TimeoutError:
        return False
    except ConnectionResetError:
        pass
    return True


def test_who_never_says_what_it_wants_is_not_waited_for(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Impatient, "header_seconds", 1.0)
    with running(make_app(service)) as (_, port):
        address = ("127.0.0.1", port)
        with socket.create_connection(address) as silent, socket.create_connection(address) as slow:
            slow.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nX-A: ")
            assert httpx.get(f"http://127.0.0.1:{port}/livez").status_code == 200
            assert ended(silent)
            assert ended(slow)
        with socket.create_connection(address) as second:
            second.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            assert second.recv(1000).startswith(b"HTTP/1.1 200")
            second.sendall(b"GET /livez HTTP/1.1\r\nHos")
            assert ended(second), "a further request has no more time than the first"


def test_no_answer_waits_for_the_one_before_to_be_acknowledged(service: Service) -> None:
    with running(make_app(service)) as (server, port), socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        (connection,) = server.server_state.connections
        at_the_other_end = connection.transport.get_extra_info("socket")
        assert at_the_other_end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_body_may_take_longer_than_its_headers(service: Service, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Impatient, "header_seconds", 1.0)

    def body() -> Iterator[bytes]:
        for piece in (b'{"prompt":', b' "a red', b' ball"}'):
            yield piece
            time.sleep(0.6)

    with running(make_app(service)) as (_, port):
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        answer = httpx.post(f"http://127.0.0.1:{port}/openai/v1/videos", content=body(), headers=headers)
        assert answer.status_code == 200


def test_a_request_that_is_under_way_when_the_server_ends_is_accepted_or_not_but_never_lost(
    service: Service, key: str
) -> None:
    begun = threading.Event()
    go_on = threading.Event()

    def body() -> Iterator[bytes]:
        yield b'{"prompt":'
        begun.set()
        go_on.wait(10)
        yield b' "a red ball"}'

    answers: list[httpx.Response] = []
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with running(make_app(service)) as (server, port):
        url = f"http://127.0.0.1:{port}/openai/v1/videos"
        sender = threading.Thread(target=lambda: answers.append(httpx.post(url, content=body(), headers=headers)))
        sender.start()
        begun.wait(10)
        server.should_exit = True
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                time.sleep(0.05)
            except ConnectionRefusedError:
                break
        go_on.set()
        sender.join()
    assert answers[0].status_code == 200
    with service.database.reading() as connection:
        assert count_jobs(connection, service.caller(key, Scope.READ).tenant_id) == 1


def test_there_are_no_more_connections_than_open_files_allow() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, before[1]), before[1]))
        assert 100 < most_connections() <= 2000
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= most_connections() * 4
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
