"""Who listens or waits keeps a connection: each key and each tenant has so many, and no more."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from threading import Thread
from typing import Any

import httpx
import pytest

from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.listing import count_jobs
from manazir.server.keys import Caller, Scope, make_key
from manazir.server.operator import Operator
from manazir.server.service import Service
from manazir.server.tenants import first_tenant
from manazir.server.waiting import Waiting

MOST = 2


@pytest.fixture
def service(service: Service) -> Service:
    return replace(service, operator=Operator(waiting_per_key=MOST, waiting_per_tenant=MOST + 1))


@pytest.fixture
def second_key(service: Service, key: str) -> str:
    """Another of the same tenant."""
    with service.database.transaction() as connection:
        return make_key(connection, first_tenant(connection).id, "second", [Scope.GENERATE])[1]


def caller(key_id: str, tenant_id: str) -> Caller:
    scopes = frozenset({Scope.READ})
    return Caller(tenant_id=tenant_id, tenant_name=tenant_id, key_id=key_id, scopes=scopes, requests_per_minute=1)


def test_places_are_counted_by_key_and_by_tenant_and_come_back() -> None:
    waiting = Waiting(2, 3)
    places = [waiting.enter(caller("a", "x")) for _ in range(2)]
    with pytest.raises(ApiError, match=r"2 calls of this key .* \(waiting_per_key\)") as refused:
        waiting.enter(caller("a", "x"))
    assert (refused.value.problem, refused.value.retry_after_seconds) == (Problem.RATE_LIMITED, 5)
    with waiting.enter(caller("b", "x")), pytest.raises(ApiError, match=r"3 calls of this tenant .* \(waiting_per_t"):
        waiting.enter(caller("b", "x"))
    waiting.enter(caller("c", "y"))  # and forgotten at once
    places[0].leave()
    places[0].leave()
    with waiting.enter(caller("a", "x")), pytest.raises(ApiError):
        waiting.enter(caller("a", "x"))
    places.clear()
    gc.collect()
    assert not waiting._count


def calls(address: str, key: str) -> dict[str, Callable[[], httpx.Response]]:
    """All that wait, or listen."""
    head: dict[str, Any] = {"headers": {"Authorization": f"Bearer {key}", "Accept": "text/event-stream, */*"}}
    talk = {"model": "gemini-omni-1.1-flash", "input": "a ball"}

    def get(path: str) -> httpx.Response:
        with httpx.stream("GET", address + path, timeout=20, **head) as answer:
            if answer.status_code != 200:  # else it has no end
                answer.read()
            return answer

    def post(path: str, body: dict[str, Any]) -> httpx.Response:
        return httpx.post(address + path, json=body, timeout=20, **head)

    return {
        "events": lambda: get("/api/v1/events"),
        "assistants": lambda: get("/mcp"),
        "interaction": lambda: post("/google/v1beta/interactions", talk),
        "interaction streamed": lambda: post("/google/v1beta/interactions", talk | {"stream": True}),
        "sora": lambda: post("/openai/v1/images/generations", {"prompt": "a ball"}),
        "luma": lambda: post("/dream-machine/v1/generations/image", {"prompt": "a ball", "sync": True}),
    }


def test_who_listens_or_waits_too_often_is_told_which_limit_that_is_and_nothing_is_made(
    service: Service, address: str, key: str, second_key: str, other_key: str
) -> None:
    lines: list[Iterator[str]] = []

    def listen(stack: ExitStack, whose: str) -> httpx.Response:
        head = {"Authorization": f"Bearer {whose}"}
        answer = stack.enter_context(httpx.stream("GET", f"{address}/api/v1/events", headers=head, timeout=20))
        lines.append(answer.iter_lines())
        next(lines[-1])
        return answer

    with ExitStack() as stack:
        for _ in range(MOST):
            assert listen(stack, key).status_code == 200
        for name, call in calls(address, key).items():
            answer = call()
            assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5"), name
            assert f"{MOST} calls of this key listen or wait already (waiting_per_key)" in answer.text, name
        assert listen(stack, second_key).status_code == 200
        for name, call in calls(address, second_key).items():
            assert f"{MOST + 1} calls of this tenant" in call().text, name
        assert listen(stack, other_key).status_code == 200
        with service.database.reading() as connection:
            assert count_jobs(connection, service.caller(key, Scope.READ).tenant_id) == 0
        background = {"model": "gemini-omni-1.1-flash", "input": "a ball", "background": True}
        head = {"Authorization": f"Bearer {key}"}
        made = httpx.post(f"{address}/google/v1beta/interactions", json=background, headers=head)
        assert made.status_code == 200, "who does not wait is not refused"
        stream = f"{address}/google/v1beta/interactions/{made.json()['id']}?stream=true"
        with httpx.stream("GET", stream, headers=head, timeout=20) as answer:
            assert answer.status_code == 429


def test_calls_that_wait_have_places_until_their_jobs_have_ended(service: Service, address: str, key: str) -> None:
    waits = [calls(address, key)[name] for name in ("interaction", "sora")]
    answers: list[int] = []
    threads = [Thread(target=lambda call=call: answers.append(call().status_code)) for call in waits]
    for thread in threads:
        thread.start()
    me = service.caller(key, Scope.ADMIN)
    while len(service.jobs(me).jobs) < len(waits):
        time.sleep(0.01)
    assert calls(address, key)["events"]().status_code == 429
    for job in service.jobs(me).jobs:
        service.cancel(me, job.id)
    for thread in threads:
        thread.join(20)
    assert len(answers) == len(waits)
    assert not service.waiting._count
