"""Files of a job that lie elsewhere: what they may cost, and when a worker stops to wait for them."""

import hashlib
import os
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest
from tests.server.assets.peers import serving

from manazir.core.canvas import Canvas, Keyframe, Modification
from manazir.core.errors import FetchError, ShapeError
from manazir.inference.cards import card_of
from manazir.media.clip import Clip
from manazir.media.encode import write_clip, write_picture
from manazir.server.asks import Ask
from manazir.server.assets.folder import FolderStorage
from manazir.server.janitor import YOUNG_SECONDS, Janitor
from manazir.server.jobs.job import Job
from manazir.server.jobs.ledger import spent_by_day
from manazir.server.jobs.request import Kind
from manazir.server.jobs.steering import find
from manazir.server.keys import Scope
from manazir.server.operator import Operator, Prices
from manazir.server.service import Service
from manazir.server.tenants import change_tenant, tenant_by_id
from manazir.server.workers import inputs
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.inputs import Bringing
from manazir.server.workers.worker import Worker


@pytest.fixture
def service(service: Service) -> Service:
    return replace(service, operator=Operator(allowed_hosts=("127.0.0.1",)))


def submitted(service: Service, key: str, canvas: Canvas, kind: Kind = Kind.VIDEO) -> Job:
    return service.submit(
        service.caller(key, Scope.GENERATE), Ask(dialect="api", model="sora-2", canvas=canvas, kind=kind)
    )


def slowly(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    time.sleep(30)


def test_many_slow_hosts_take_no_longer_than_one(service: Service, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "ALL_SECONDS", 0.5)
    with serving(slowly) as peer:
        keys = tuple(Keyframe(image=f"{peer.url}/{place}", at_seconds=place / 8) for place in range(9))
        job = submitted(service, key, Canvas(prompt="x", keyframes=keys, duration_seconds=2.0))
        with pytest.raises(FetchError, match="took too long"):
            Bringing(service, job).paths()
        assert len(peer.hosts) == 1


def test_nothing_more_is_fetched_for_a_job_that_is_over(service: Service, key: str, tmp_path: Path) -> None:
    write_picture(np.zeros((16, 16, 3), np.uint8), tmp_path / "picture.png")
    picture = (tmp_path / "picture.png").read_bytes()
    stopping = threading.Event()

    def stops(handler: BaseHTTPRequestHandler) -> None:
        stopping.set()
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(picture)

    with serving(stops) as peer:
        keys = tuple(Keyframe(image=f"{peer.url}/{place}", at_seconds=place / 8) for place in range(3))
        job = submitted(service, key, Canvas(prompt="x", keyframes=keys))
        with pytest.raises(FetchError):
            Bringing(service, job, stopping).paths()
        assert len(peer.hosts) == 1


def test_a_clip_elsewhere_that_becomes_too_large_is_refused_before_it_is_made(
    service: Service, key: str, tmp_path: Path
) -> None:
    write_clip(Clip(np.zeros((1600, 16, 16, 3), np.uint8), 8.0), tmp_path / "film.mp4")
    film = (tmp_path / "film.mp4").read_bytes()

    def gives(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(film)

    with serving(gives) as peer:
        canvas = Canvas(modification=Modification(clip=f"{peer.url}/film.mp4"), width=4096, height=4096)
        job = submitted(service, key, canvas, Kind.UPSCALE)
        with pytest.raises(ShapeError, match="4096x4096 for 200 s at 8 frames/s"):
            Bringing(service, job).paths()


@pytest.mark.parametrize("database", ["sqlite", "postgres"], indirect=True)
def test_a_clip_elsewhere_costs_as_much_as_it_is_long(
    service: Service, key: str, tmp_path: Path, engine: EngineProcess
) -> None:
    write_clip(Clip(np.zeros((24, 16, 16, 3), np.uint8), 8.0), tmp_path / "film.mp4")
    film = (tmp_path / "film.mp4").read_bytes()

    def gives(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(film)

    usual = card_of("noor-nano").default_seconds or 0.0
    priced = replace(service, operator=Operator(allowed_hosts=("127.0.0.1",), prices={"*": Prices(upscaled_second=2)}))
    tenant_id = service.caller(key, Scope.READ).tenant_id
    worker = Worker(priced, runner=engine)
    worker._register()
    with serving(gives) as peer:
        canvas = Canvas(modification=Modification(clip=f"{peer.url}/film.mp4"), width=32, height=32)
        for has, state, code, left in ((10.0, "succeeded", None, 4.0), (2 * usual, "failed", "no_credits", 2 * usual)):
            with service.database.transaction() as connection:
                change_tenant(connection, tenant_id, credits=has)
            job = submitted(priced, key, canvas, Kind.UPSCALE)
            assert job.cost == 2 * usual
            assert 2 * usual < 6.0, "the clip is longer than what is usual"
            assert worker.run_one()
            with service.database.reading() as connection:
                found = find(connection, tenant_id, job.id)
                assert (found.state, found.reason_code) == (state, code), found.reason
                assert tenant_by_id(connection, tenant_id).credits == left
                day = spent_by_day(connection, tenant_id, 0.0, 1e12)
    assert [credits for credits, _ in day.values()] == [6.0]


def test_what_a_long_job_was_brought_is_not_swept_away_from_under_it(
    service: Service, key: str, tmp_path: Path, engine: EngineProcess
) -> None:
    write_picture(np.zeros((16, 16, 3), np.uint8), tmp_path / "picture.png")
    picture = (tmp_path / "picture.png").read_bytes()
    storage, caller = service.storage, service.caller(key, Scope.ADMIN)
    assert isinstance(storage, FolderStorage)
    worker = Worker(service, runner=engine)
    worker._register()

    def gives(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(picture)

    def swept() -> bool:
        """Whether it is gone, an hour later."""
        old = time.time() - YOUNG_SECONDS - 60
        os.utime(brought, (old, old))
        Janitor(service).seldom()
        return not brought.exists()

    with serving(gives) as peer:
        first = Keyframe(image=f"{peer.url}/picture.png", at_seconds=0.0)
        canvas = Canvas(prompt="long", duration_seconds=6.0, keyframes=(first,))
        long = Ask(dialect="api", model="sora-2", canvas=canvas, settings={"steps": 200})
        job = service.submit(caller, long)
        working = threading.Thread(target=worker.run_one)
        working.start()
        while service.job(caller, job.id).stage != "making":
            time.sleep(0.02)
        brought = next((storage.folder / "blobs").rglob(hashlib.sha256(picture).hexdigest()))  # beside previews
        assert not swept()
        service.cancel(caller, job.id)
        working.join()
    assert swept()
