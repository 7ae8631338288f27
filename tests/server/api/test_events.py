"""The stream of events: live, from where it broke off, one tenant's alone, and for nothing while nobody hears it."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert, select

from manazir.core.canvas import Canvas
from manazir.server.api import events as streams
from manazir.server.api import listening as listens
from manazir.server.api.listening import Listening
from manazir.server.asks import Ask
from manazir.server.jobs.events import Event
from manazir.server.keys import Caller, Scope, revoke_key
from manazir.server.service import Service
from manazir.server.store.tables import deliveries, events

ASK = Ask(dialect="api", model="noor-nano", canvas=Canvas(prompt="a red ball", seed=1))


@pytest.fixture
def caller(service: Service, key: str) -> Caller:
    return service.caller(key, Scope.ADMIN)


@contextmanager
def listening_to(address: str, key: str, **how: Any) -> Iterator[Iterator[dict[str, Any]]]:
    """Events as they come; comments are told as such."""
    headers = {"Authorization": f"Bearer {key}"} | how.pop("headers", {})
    with httpx.stream("GET", f"{address}/api/v1/events", headers=headers, params=how, timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines).startswith("retry:")
        yield _events(lines)


def _events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    found: dict[str, Any] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "data":
            found |= json.loads(value)
        elif name == "":
            if found:
                yield found
            elif value:
                yield {"comment": value}
            found = {}
        elif line == "":
            found = {}
        else:
            found[name] = value
    yield {"end": True}


def test_events_come_as_they_happen_and_again_from_where_one_was(
    service: Service, caller: Caller, key: str, address: str, work: Callable[[], bool]
) -> None:
    with listening_to(address, key) as heard:
        job = service.submit(caller, ASK)
        assert work()
        kinds = [next(heard)]
        while kinds[-1]["type"] != "job.succeeded":
            kinds.append(next(heard))
    assert [one["type"] for one in kinds if "id" in one] == ["job.queued", "job.running", "job.succeeded"]
    assert all(one["job_id"] == job.id for one in kinds)
    first = kinds[0]["sequence"]
    with listening_to(address, key, headers={"Last-Event-ID": str(first)}) as heard:
        assert [next(heard)["type"], next(heard)["type"]] == ["job.running", "job.succeeded"]
    with listening_to(address, key, after=0, job=job.id) as heard:
        assert next(heard)["type"] == "job.queued"


def test_only_ones_own_are_heard(service: Service, caller: Caller, key: str, other_key: str, address: str) -> None:
    other = service.caller(other_key, Scope.GENERATE)
    with listening_to(address, other_key) as heard:
        service.submit(caller, ASK)
        mine = service.submit(other, ASK)
        assert next(heard)["job_id"] == mine.id
    refused = httpx.get(f"{address}/api/v1/events?job={mine.id}", headers={"Authorization": f"Bearer {key}"})
    assert refused.status_code == 404


def test_a_quiet_stream_shows_that_it_lives_and_ends_with_its_key(
    client: TestClient, key: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "QUIET_SECONDS", 0.1)
    made = client.post("/keys", json={"name": "listener", "scopes": ["read"]}).json()
    with listening_to(address, made["key"]) as heard:
        assert next(heard) == {"comment": "still here"}
        client.delete(f"/keys/{made['id']}")
        assert next(one for one in heard if one != {"comment": "still here"}) == {"end": True}


def test_steps_of_a_running_job_are_told_without_numbers(
    service: Service, caller: Caller, key: str, address: str, work: Callable[[], bool]
) -> None:
    job = service.submit(
        caller, replace(ASK, canvas=Canvas(prompt="long", duration_seconds=6.0), settings={"steps": 100})
    )
    thread = threading.Thread(target=work)
    with listening_to(address, key, job=job.id) as heard:
        thread.start()
        step = next(one for one in heard if one.get("event") == "job.progress" and one["steps_done"])
    service.cancel(caller, job.id)
    thread.join()
    assert "id" not in step
    assert 0 < step["fraction"] < 1


def put(service: Service, tenant_id: str, *numbers: int) -> None:
    """Events with numbers, as a transaction that ends leaves them."""
    with service.database.transaction() as connection:
        for number in numbers:
            row = {"sequence": number, "tenant_id": tenant_id, "job_id": "a job", "type": "job.queued", "data": {}}
            connection.execute(insert(events).values(row | {"created_at": 0.0}))


async def heard(listening: Listening, tenant_id: str, count: int, after: int | None = 0) -> list[int]:
    """The numbers of so many events."""
    found: list[int] = []
    async with aclosing(listening.listen(tenant_id, after, None, 30.0)) as parts:
        async for part in parts:
            found += [one.sequence for one in part if isinstance(one, Event)]
            if len(found) >= count:
                return found
    raise AssertionError("the stream ended")


def test_a_number_that_comes_late_is_waited_for(service: Service, caller: Caller) -> None:
    """On Postgres a transaction that began earlier may end later."""
    put(service, caller.tenant_id, 1, 3)

    async def run() -> list[int]:
        listening = Listening(service)
        waiting = asyncio.create_task(heard(listening, caller.tenant_id, 3))
        while listening.settled != 1:
            await asyncio.sleep(0.01)
        await asyncio.to_thread(put, service, caller.tenant_id, 2)
        return await waiting

    assert asyncio.run(run()) == [1, 2, 3]


def test_a_number_that_never_comes_is_given_up(
    service: Service, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listens, "GAP_SECONDS", 0.3)
    put(service, caller.tenant_id, 1, 3)
    assert asyncio.run(heard(Listening(service), caller.tenant_id, 2)) == [1, 3]


def test_who_is_far_behind_catches_up_from_the_table(
    service: Service, caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"KEPT": 3, "AT_ONCE": 4, "LOOKED_BACK": 5}.items():
        monkeypatch.setattr(listens, name, value)
    put(service, caller.tenant_id, *range(1, 40))
    assert asyncio.run(heard(Listening(service), caller.tenant_id, 39)) == list(range(1, 40))


def test_many_listeners_are_one_look_and_no_listener_is_none(service: Service, caller: Caller) -> None:
    async def run() -> None:
        listening = Listening(service)
        before = threading.active_count()
        tasks = [asyncio.create_task(heard(listening, caller.tenant_id, 1, None)) for _ in range(200)]
        await asyncio.sleep(1.0)
        assert threading.active_count() - before <= 2
        assert service.database.engine.pool.checkedout() <= 1  # type: ignore[attr-defined]
        await asyncio.to_thread(put, service, caller.tenant_id, 1)
        assert await asyncio.gather(*tasks) == [[1]] * 200
        assert listening._looking is None

    asyncio.run(run())


def test_streams_end_when_the_service_does(service: Service, key: str, address: str) -> None:
    with listening_to(address, key) as heard_:
        service.ending.set()
        assert next(heard_) == {"end": True}


def test_a_key_that_is_revoked_hears_no_more_though_it_is_never_quiet(
    service: Service, caller: Caller, other_key: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "QUIET_SECONDS", 2.0)
    other = service.caller(other_key, Scope.GENERATE)
    ended = threading.Event()

    def keep_busy() -> None:
        while not ended.wait(0.05):
            service.submit(other, ASK)

    busy = threading.Thread(target=keep_busy)
    with listening_to(address, other_key) as heard:
        busy.start()
        try:
            assert next(heard)["type"] == "job.queued"
            with service.database.transaction() as connection:
                revoke_key(connection, other.key_id)
            assert any("end" in one for one, _ in zip(heard, range(150), strict=False))
        finally:
            ended.set()
            busy.join()


def test_changes_of_projects_come_in_the_same_stream_and_to_no_webhook(
    service: Service, client: TestClient, key: str, other_key: str, address: str
) -> None:
    client.post("/webhooks", json={"url": "https://example.com/"})
    with listening_to(address, key) as heard, listening_to(address, other_key) as others:
        project = client.post("/projects", json={"name": "A film"}).json()
        shot = client.post(f"/projects/{project['id']}/shots", json={"prompt": "a red ball"}).json()
        take = client.post(f"/shots/{shot['id']}/takes", json={"kind": "draft"}).json()["items"][0]
        told = [next(heard) for _ in range(4)]
        theirs = httpx.post(
            f"{address}/api/v1/projects", json={"name": "x"}, headers={"Authorization": f"Bearer {other_key}"}
        )
        assert next(others)["project_id"] == theirs.json()["id"]
    assert [(one["type"], one.get("what"), one.get("id")) for one in told if one["type"] == "project.changed"] == [
        ("project.changed", "project", project["id"]),
        ("project.changed", "shots", shot["id"]),
        ("project.changed", "takes", take["id"]),
    ]
    assert [one["job_id"] for one in told if one["type"] == "job.queued"] == [take["id"]]
    changed = told[0]
    assert {"sequence", "project_id", "created_at"} <= changed.keys()
    assert "job_id" not in changed
    with listening_to(address, key, after=0, job=take["id"]) as heard:
        assert next(heard)["type"] == "job.queued"
    with service.database.reading() as connection:
        assert connection.execute(select(deliveries)).all() == []


def test_a_session_hears_events_until_it_is_over(
    service: Service, key: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "QUIET_SECONDS", 0.1)
    opened = httpx.post(f"{address}/api/v1/session", json={"key": key})
    cookie = {"Cookie": f"{service.cookie}={opened.cookies[service.cookie]}"}
    with httpx.stream("GET", f"{address}/api/v1/events", headers=cookie, timeout=20) as answer:
        heard = _events(answer.iter_lines())
        assert next(one for one in heard if "comment" in one) == {"comment": "still here"}
        httpx.delete(f"{address}/api/v1/session", headers=cookie | {"X-Manazir-Studio": "1"})
        assert next(one for one in heard if one != {"comment": "still here"}) == {"end": True}
