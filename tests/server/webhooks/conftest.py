"""Jobs that end, endpoints, and a deliverer whose clock is a test's."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from manazir.core.canvas import Canvas
from manazir.server.asks import Ask
from manazir.server.jobs.claim import claim
from manazir.server.jobs.ending import Output, end, succeed
from manazir.server.jobs.job import Job, State
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import endpoints
from manazir.server.webhooks.deliverer import Deliverer
from manazir.server.webhooks.outbox import Delivery, list_deliveries

SECRET = "whsec_" + "c2VjcmV0IG9mIHRlc3RzIG9mIDI0IGJ5dGVz"
ASK = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt="a red ball", width=96, height=64))


@dataclass
class Post:
    """A deliverer that is driven round by round, at a time that a test says."""

    deliverer: Deliverer
    ahead_seconds: float = 0.0

    def clock(self, connection: Connection) -> float:
        return now(connection) + self.ahead_seconds

    def round(self) -> int:
        """Send what is due, and wait for it."""
        with ThreadPoolExecutor(4) as pool:
            return self.deliverer.hand_out(pool)

    def all(self) -> list[Delivery]:
        """Everything, oldest event first."""
        with self.deliverer.service.database.reading() as connection:
            found, _ = list_deliveries(connection, None, limit=1000)
        return sorted(found, key=lambda one: one.event_sequence)


@pytest.fixture
def caller(service: Service, key: str) -> Caller:
    return service.caller(key, Scope.ADMIN)


@pytest.fixture
def postman(service: Service) -> Post:
    """Waits are exact; and what counts are rounds, not seconds."""
    deliverer = Deliverer(
        service, "https://films.example", spread=lambda: 1.0, post_seconds=5.0, clock=lambda one: made.clock(one)
    )
    made = Post(deliverer)
    return made


@pytest.fixture
def endpoint(service: Service, caller: Caller) -> Callable[..., str]:
    """Makes an endpoint of the caller's tenant."""

    def make(url: str, types: Sequence[str] = ("*",), **values: Any) -> str:
        row = {"id": new_id(), "tenant_id": caller.tenant_id, "name": "tests", "url": url, "dialect": "api"}
        row |= {"types": list(types), "secret": SECRET, "created_at": 0.0, **values}
        with service.database.transaction() as connection:
            connection.execute(insert(endpoints).values(row))
        return str(row["id"])

    return make


@pytest.fixture
def ended(service: Service, caller: Caller) -> Callable[..., Job]:
    """Accepts a job and brings it to an end, as a worker would."""

    def bring(state: State = State.SUCCEEDED, **ask: Any) -> Job:
        job = service.submit(caller, replace(ASK, **ask))
        with service.database.transaction() as connection:
            taken = claim(connection, "worker", 60.0)
            assert taken is not None
            if state is State.SUCCEEDED:
                blob = service.storage.put_stream([b"film of " + job.id.encode()], 1000)
                film = Output(role="video", sha256=blob.sha256, size_bytes=blob.size_bytes, mime_type="video/mp4")
                assert succeed(connection, taken.id, taken.attempt, {"seed": 1}, [film])
            else:
                assert end(connection, taken.id, taken.attempt, state, "out_of_memory", "too little memory")
        return service.job(caller, job.id)

    return bring


def change(service: Service, endpoint_id: str, **values: Any) -> None:
    with service.database.transaction() as connection:
        connection.execute(update(endpoints).where(endpoints.c.id == endpoint_id).values(values))
