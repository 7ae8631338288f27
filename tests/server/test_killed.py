"""A server that is killed, at a real socket, and comes up again: nothing that was accepted is lost, and all goes on."""

import hashlib
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from sqlalchemy import select, update
from tests.server.jobs.queueing import ENGINES
from tests.server.served import Served, until

from manazir.media.encode import write_picture
from manazir.server.store.database import Database, now
from manazir.server.store.tables import events, jobs, workers

on_both = pytest.mark.parametrize("empty_url", ENGINES, indirect=True)
SHORT = {"canvas": {"prompt": "a red ball", "seed": 1}}
LONG = {"canvas": {"prompt": "long", "duration_seconds": 6.0, "seed": 1}, "settings": {"steps": 200}}


@pytest.fixture
def served(home: Path, empty_url: str, tmp_path: Path) -> Iterator[Served]:
    """Not started yet, without workers."""
    own = tmp_path / "home"
    own.mkdir()
    (own / "models").symlink_to(home / "models")
    made = Served(own, empty_url)
    yield made
    made.kill()


def created(served: Served, given: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = served.ask("POST", "/api/v1/jobs", json=given, headers=headers)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def job(served: Served, job_id: str) -> dict[str, Any]:
    told: dict[str, Any] = served.get(f"/api/v1/jobs/{job_id}").json()
    return told


@on_both
def test_what_a_killed_servers_worker_had_is_begun_again_before_its_lease_is_over(served: Served) -> None:
    served.workers = 1
    served.start()
    made = created(served, LONG)
    until(lambda: job(served, made["id"])["progress"]["steps_done"])
    database = Database(served.database_url)
    with database.reading() as connection:
        held = connection.execute(select(jobs).where(jobs.c.id == made["id"])).mappings().one()
        process_id = connection.execute(select(workers.c.process_id)).scalar_one()
    served.kill_with(process_id)
    with database.transaction() as connection:  # far longer than a server needs to come up, also where all is slow
        longer = update(jobs).where(jobs.c.id == made["id"]).values(lease_until=now(connection) + 55.0)
        lease_until = connection.execute(longer.returning(jobs.c.lease_until)).scalar_one()
    served.start()
    until(lambda: job(served, made["id"])["attempt"] == held["attempt"] + 1)
    with database.reading() as connection:
        of_it = select(events.c.type, events.c.data, events.c.created_at).where(events.c.job_id == made["id"])
        told = connection.execute(of_it.order_by(events.c.sequence)).all()
    database.close()
    assert [one.type for one in told] == ["job.queued", "job.running", "job.queued", "job.running"]
    assert told[2].data["reason_code"] == "worker_lost"
    assert told[2].created_at < lease_until


# --- in the middle of an upload


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    """Of some megabytes."""
    noise = np.random.default_rng(1).integers(0, 256, (1024, 1024, 3), dtype=np.uint8)
    write_picture(noise, tmp_path / "noise.png")
    return (tmp_path / "noise.png").read_bytes()


@contextmanager
def half_sent(served: Served, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Iterator[None]:
    """A request of which the last third has not come yet."""
    told = {"Host": "localhost", "Content-Length": str(len(body))} | headers
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items())
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.sendall(head.encode() + b"\r\n" + body[: len(body) * 2 // 3])
        yield


def some_has_come(served: Served) -> bool:
    """Whether a part of an upload is on the disk."""
    return any(path.stat().st_size for path in (served.home / "storage").rglob("*") if path.is_file())


def kill_in_the_middle(served: Served, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
    with half_sent(served, method, url.removeprefix(served.address), headers, body):
        until(lambda: some_has_come(served))
        served.kill()
    served.start()


def content(served: Served, asset_id: str) -> bytes:
    return served.get(f"/api/v1/assets/{asset_id}/content").content


def test_an_upload_by_tus_goes_on_where_it_stood(served: Served, picture: bytes) -> None:
    served.start()
    version = {"Tus-Resumable": "1.0.0"}
    upload = served.ask("POST", "/api/v1/uploads", headers=version | {"Upload-Length": str(len(picture))}).json()
    part = version | {"Content-Type": "application/offset+octet-stream", "Authorization": f"Bearer {served.key}"}
    kill_in_the_middle(served, "PATCH", upload["url"], part | {"Upload-Offset": "0"}, picture)
    offset = int(served.ask("HEAD", upload["url"], headers=version).headers["upload-offset"])
    assert 0 < offset <= len(picture) * 2 // 3
    rest = served.ask("PATCH", upload["url"], headers=part | {"Upload-Offset": str(offset)}, content=picture[offset:])
    assert (rest.status_code, rest.headers["upload-offset"]) == (204, str(len(picture)))
    assert served.get(f"/api/v1/assets/{upload['asset_id']}").json()["state"] == "ready"
    assert content(served, upload["asset_id"]) == picture


def test_an_upload_by_googles_protocol_goes_on_where_it_stood(served: Served, picture: bytes) -> None:
    served.start()
    start = {"X-Goog-Upload-Protocol": "resumable", "X-Goog-Upload-Command": "start", "x-goog-api-key": served.key}
    start |= {"X-Goog-Upload-Header-Content-Length": str(len(picture))}
    begun = served.ask("POST", "/google/upload/v1beta/files", headers=start, json={"file": {"mimeType": "image/png"}})
    url = begun.headers["x-goog-upload-url"].removeprefix(served.address)
    send = {"X-Goog-Upload-Command": "upload, finalize", "X-Goog-Upload-Offset": "0"}
    kill_in_the_middle(served, "POST", url, send, picture)
    asked = served.ask("POST", url, headers={"X-Goog-Upload-Command": "query"})
    offset = int(asked.headers["x-goog-upload-size-received"])
    assert asked.headers["x-goog-upload-status"] == "active"
    assert 0 < offset <= len(picture) * 2 // 3
    done = served.ask("POST", url, headers=send | {"X-Goog-Upload-Offset": str(offset)}, content=picture[offset:])
    assert done.headers["x-goog-upload-status"] == "final"
    told = done.json()["file"]
    assert (told["state"], told["sizeBytes"]) == ("ACTIVE", str(len(picture)))
    kept = [path for path in (served.home / "storage").rglob("*") if path.is_file()]
    assert hashlib.sha256(picture).digest() in [hashlib.sha256(path.read_bytes()).digest() for path in kept]


# --- in the middle of requests


class Sender(threading.Thread):
    """A client that sends until it is answered, with a key for each job, and remembers what it was told."""

    def __init__(self, served: Served, name: str, count: int) -> None:
        super().__init__(name=name)
        self.served, self.count = served, count
        self.told: dict[str, str] = {}
        self.unanswered = 0

    def run(self) -> None:
        for number in range(self.count):
            key = f"{self.name} {number}"
            until(lambda key=key: self._is_accepted(key))

    def _is_accepted(self, key: str) -> bool:
        try:
            self.told[key] = created(self.served, SHORT, **{"Idempotency-Key": key.replace(" ", "-")})["id"]
        except httpx.TransportError:
            self.unanswered += 1
            return False
        return True


@on_both
def test_jobs_are_accepted_once_though_the_server_is_killed_while_they_are_sent(served: Served) -> None:
    served.start()
    senders = [Sender(served, name, 15) for name in ("one", "two", "three")]
    for sender in senders:
        sender.start()
    for share in (10, 25):
        until(lambda share=share: sum(len(sender.told) for sender in senders) >= share)
        served.kill()
        served.start()
    for sender in senders:
        sender.join()
    assert sum(sender.unanswered for sender in senders) > 0
    told = {key: id_ for sender in senders for key, id_ in sender.told.items()}
    again = {key: created(served, SHORT, **{"Idempotency-Key": key.replace(" ", "-")})["id"] for key in told}
    assert again == told
    with Database(served.database_url).reading() as connection:
        kept = connection.execute(select(jobs.c.id, jobs.c.state)).all()
    assert sorted(kept) == sorted((id_, "queued") for id_ in told.values())
    assert len(kept) == 45


def test_a_request_whose_body_had_not_come_is_none_and_is_sent_again(served: Served) -> None:
    served.start()
    body = json.dumps(SHORT).encode()
    headers = {"Authorization": f"Bearer {served.key}", "Idempotency-Key": "once", "Content-Type": "application/json"}
    with half_sent(served, "POST", "/api/v1/jobs", headers, body):
        served.kill()
    served.start()
    assert served.get("/api/v1/jobs").json()["items"] == []
    made = [created(served, SHORT, **{"Idempotency-Key": "once"})["id"] for _ in range(2)]
    assert [one["id"] for one in served.get("/api/v1/jobs").json()["items"]] == made[:1]


# --- in the middle of a stream


Heard = list[tuple[int, str, str]]


def hear(served: Served, after: int, count: int, heard: Heard) -> None:
    """Add so many events after one, of a stream of their own, as they come: number, kind and job."""
    head = {"Authorization": f"Bearer {served.key}", "Last-Event-ID": str(after)}
    with httpx.stream("GET", f"{served.address}/api/v1/events", headers=head, timeout=30, verify=False) as answer:
        for line in answer.iter_lines():
            if line.startswith("data:") and "sequence" in (told := json.loads(line.removeprefix("data:"))):
                heard.append((told["sequence"], told["type"], told["job_id"]))
            if len(heard) == count:
                return


@on_both
def test_a_stream_goes_on_after_the_last_event_that_was_heard(served: Served) -> None:
    served.start()
    made = [created(served, SHORT)["id"]]
    before: Heard = []
    broken = threading.Event()

    def listen() -> None:
        try:
            hear(served, 0, 4, before)
        except httpx.TransportError:
            broken.set()

    listener = threading.Thread(target=listen)
    listener.start()
    until(lambda: before)
    made.append(created(served, SHORT)["id"])
    served.kill()
    listener.join()
    assert broken.is_set()
    served.start()
    made.append(created(served, SHORT)["id"])
    served.ask("POST", f"/api/v1/jobs/{made[0]}/cancel")
    after: Heard = []
    hear(served, before[-1][0], 4 - len(before), after)
    kinds = ["job.queued", "job.queued", "job.queued", "job.cancelled"]
    assert [one[1:] for one in before + after] == list(zip(kinds, [*made, made[0]], strict=True))
    numbers = [one[0] for one in before + after]
    assert numbers == sorted(set(numbers))
