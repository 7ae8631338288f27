"""Secrets never leave (R21): they are planted wherever they may be, and looked for wherever words go out."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient
from tests.server.assets.peers import giving, serving

from manazir.core.canvas import Canvas, Keyframe
from manazir.server.app import make_app
from manazir.server.asks import Ask
from manazir.server.endpoints import add_endpoint
from manazir.server.errors import ApiError
from manazir.server.jobs.claim import claim
from manazir.server.jobs.ending import end
from manazir.server.jobs.job import State
from manazir.server.keys import Scope
from manazir.server.logs import set_up_logs
from manazir.server.metrics import Metrics
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.tables import jobs
from manazir.server.webhooks.deliverer import Deliverer
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker

CANARY = "canary5f3a"
PROMPT = f"a red ball {CANARY}"
URL = f"https://me:{CANARY}@127.0.0.1/picture.png?token={CANARY}"


@dataclass
class Heard:
    """Everything that came out."""

    log: io.StringIO
    bodies: list[str] = field(default_factory=list)

    def say(self, client: TestClient, method: str, path: str, status: int, **sent: Any) -> None:
        answer = client.request(method, path, **sent)
        assert answer.status_code == status, (path, answer.text)
        if status >= 400:  # a good answer may repeat what was asked to whoever asked it
            self.bodies.append(answer.text + str(answer.headers))


@pytest.fixture(params=["text", "json"])
def heard(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    monkeypatch.setenv("MANAZIR_LOG", request.param)
    monkeypatch.setenv("HF_TOKEN", CANARY)
    root, hook, log = logging.getLogger(), threading.excepthook, io.StringIO()
    handlers, level = list(root.handlers), root.level
    set_up_logs(log)
    root.setLevel(logging.DEBUG)  # also what nobody reads
    yield Heard(log)
    root.handlers[:], threading.excepthook = handlers, hook
    root.setLevel(level)


def test_requests_that_succeed_fail_and_break(
    service: Service, key: str, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = Metrics(service)
    client = TestClient(make_app(service, metrics), headers={"Authorization": f"Bearer {key}"})
    heard.say(client, "POST", "/openai/v1/videos", 200, json={"prompt": PROMPT})
    heard.say(client, "POST", "/openai/v1/videos", 401, json={}, headers={"Authorization": f"Bearer mnz_00_{CANARY}"})
    heard.say(client, "POST", "/openai/v1/videos", 400, json={"prompt": PROMPT, "seconds": "x"})
    heard.say(client, "POST", "/openai/v1/videos", 400, json={"prompt": PROMPT, "input_reference": {"image_url": URL}})
    heard.say(client, "GET", f"/openai/v1/wrong?key={CANARY}", 404)
    client.get(f"/nowhere/{CANARY}-and-so-on-and-on")
    heard.say(client, "GET", f"/media/0/video.mp4?until=1&signature={CANARY}", 404)

    def broken(*_: object) -> None:
        raise ValueError(f"cannot read {PROMPT!r} with {key}")

    monkeypatch.setattr(Service, "submit", broken)
    heard.say(client, "POST", "/openai/v1/videos", 500, json={"prompt": PROMPT})
    told = heard.log.getvalue()
    assert "in broken" in told, "an error that nobody expected is in the log"
    assert "POST /openai/v1/videos" in told
    assert "GET /nowhere/..." in told
    heard.bodies.append(client.get("/metrics").text)
    _nothing_in([told, *heard.bodies], key)


def test_a_store_that_is_away_or_refuses_a_row(service: Service, key: str, heard: Heard) -> None:
    away = Service(Database(f"postgresql://me:{CANARY}@127.0.0.1:1/none"), storage=service.storage)
    client = TestClient(make_app(away, Metrics(service)), headers={"Authorization": f"Bearer {key}"})
    heard.say(client, "POST", "/openai/v1/videos", 503, json={"prompt": PROMPT})
    row = {"id": "1", "tenant_id": "none", "dialect": "api", "kind": "video", "model": "m", "alias": "a", "wire": {}}
    row |= {"request": {"prompt": PROMPT}, "state": "odd", "position": 0.0, "cost": 0.0, "created_at": 0.0}
    try:
        with service.database.transaction() as connection:
            connection.execute(insert(jobs).values(row))
    except IntegrityError as error:
        logging.getLogger("manazir").error("it failed", exc_info=error)
        heard.bodies.append(str(error))
    assert "IntegrityError" in heard.log.getvalue()
    _nothing_in([heard.log.getvalue(), *heard.bodies], key)


def test_messages_to_receivers(service: Service, key: str, heard: Heard) -> None:
    caller = service.caller(key, Scope.ADMIN)
    with serving(giving(b"no", 500)) as peer, service.database.transaction() as connection:
        hook = f"http://localhost:{peer.port}/{CANARY}?token={CANARY}"
        endpoint = add_endpoint(connection, caller.tenant_id, dialect="api", name="x", url=hook, types=["*"])
    with serving(giving(b""), port=peer.port) as peer, ThreadPoolExecutor(4) as pool:
        ask = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt=PROMPT), callback_url=URL)
        with pytest.raises(ApiError) as refused:
            service.submit(caller, ask)
        heard.bodies.append(str(refused.value))
        for state in (State.FAILED, State.CANCELLED):
            service.submit(caller, replace(ask, callback_url=f"https://nowhere.example/{CANARY}?token={CANARY}"))
            _end_one(service, state)
        deliverer = Deliverer(service, "https://films.example")
        while deliverer.hand_out(pool):
            pass
    assert peer.bodies
    heard.bodies += [body.decode() for body in peer.bodies] + [json.dumps(one) for one in peer.headers]
    _nothing_in([heard.log.getvalue(), *heard.bodies], key, endpoint.secret)


@pytest.mark.parametrize("heard", ["json"], indirect=True)
def test_workers_and_engines(service: Service, key: str, heard: Heard, capfd: pytest.CaptureFixture[str]) -> None:
    caller = service.caller(key, Scope.ADMIN)
    made = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt=PROMPT, seed=1))
    picture = Keyframe(image=f"https://127.0.0.1/{CANARY}", at_seconds=0.0)
    failed = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt=PROMPT, keyframes=(picture,)))
    found = [service.submit(caller, one) for one in (made, failed)]
    worker = Worker(service, runner=EngineProcess())
    worker._register()
    assert [worker.run_one() for _ in found] == [True, True]
    worker.runner.close(at_once=True)
    ends = [service.job(caller, job.id) for job in found]
    assert [job.state for job in ends] == [State.SUCCEEDED, State.FAILED]
    told = capfd.readouterr()
    assert "job=" in heard.log.getvalue() or '"job_id"' in heard.log.getvalue()
    _nothing_in([heard.log.getvalue(), told.out, told.err, ends[1].reason or ""], key)


def _end_one(service: Service, state: State) -> None:
    with service.database.transaction() as connection:
        job = claim(connection, "worker", 60.0)
        assert job is not None
        assert end(connection, job.id, job.attempt, state, None, None)


def _nothing_in(told: list[str], *secrets: str) -> None:
    for secret in (CANARY, "a red ball", *secrets, *(one.split("_", 2)[-1] for one in secrets)):
        assert [text for text in told if secret in text] == [], secret
