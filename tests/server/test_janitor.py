"""What is cleaned up, and what is left alone."""

import io
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import Connection, select, update

from manazir.core.canvas import Canvas, Keyframe
from manazir.server import janitor
from manazir.server.asks import Ask
from manazir.server.assets.storage import FolderStorage
from manazir.server.belonging import is_named
from manazir.server.files import add_asset, delete_asset
from manazir.server.janitor import YOUNG_SECONDS, Janitor
from manazir.server.jobs.job import Reason, State
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.store.tables import assets, events, jobs

ASK = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt="x"))


def picture(colour: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(made, "PNG")
    return made.getvalue()


def _age(storage: FolderStorage, sha256: str) -> None:
    old = time.time() - YOUNG_SECONDS - 60
    os.utime(storage.path(sha256), (old, old))


def test_bytes_that_no_row_names_go_and_all_others_stay(service: Service, key: str) -> None:
    storage = service.storage
    assert isinstance(storage, FolderStorage)
    tenant_id = service.caller(key, Scope.READ).tenant_id
    kept, dropped, young = (storage.put_stream([name], 100).sha256 for name in (b"kept", b"dropped", b"young"))
    with service.database.transaction() as connection:
        for sha256 in (kept, dropped):
            add_asset(connection, tenant_id, mime_type="image/png", size_bytes=4, sha256=sha256)
        last = connection.execute(select(assets.c.id).where(assets.c.sha256 == dropped)).scalar_one()
        delete_asset(connection, tenant_id, last)
    for sha256 in (kept, dropped):
        _age(storage, sha256)
    Janitor(service).seldom()
    assert [storage.exists(sha256) for sha256 in (kept, dropped, young)] == [True, False, True]


def test_bytes_that_are_about_to_be_named_stay_however_long_that_takes(service: Service, key: str) -> None:
    storage = service.storage
    assert isinstance(storage, FolderStorage)
    caller = service.caller(key, Scope.GENERATE)
    sent, refused = service.keep(caller, [picture("red")]), service.keep(caller, [picture("blue")])
    for brought in (sent, refused):
        _age(storage, brought.blob.sha256)
    Janitor(service).seldom()
    asset = service.own(caller, sent)
    assert storage.exists(asset.sha256 or "")
    dropped = refused.blob.sha256
    del refused, brought  # nobody owned it, and nobody will
    _age(storage, dropped)
    Janitor(service).seldom()
    assert not storage.exists(dropped)
    assert not list((storage.folder / "held").iterdir())


def test_bytes_that_are_named_between_the_look_and_the_sweep_stay(
    service: Service, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = service.storage
    assert isinstance(storage, FolderStorage)
    caller = service.caller(key, Scope.GENERATE)
    brought = service.keep(caller, [picture("red")])
    _age(storage, brought.blob.sha256)

    def looked(connection: Connection, sha256: str) -> bool:
        found = is_named(connection, sha256)
        service.own(caller, brought)
        return found

    monkeypatch.setattr(janitor, "is_named", looked)
    Janitor(service).seldom()
    assert storage.exists(brought.blob.sha256)


def test_files_whose_time_is_over_are_put_away(service: Service, key: str) -> None:
    tenant_id = service.caller(key, Scope.READ).tenant_id
    with service.database.transaction() as connection:
        add_asset(connection, tenant_id, mime_type="image/png", size_bytes=4, sha256="0" * 64, lasts_seconds=-1.0)
        add_asset(connection, tenant_id, mime_type="image/png", size_bytes=4, sha256="1" * 64, lasts_seconds=60.0)
    Janitor(service).seldom()
    with service.database.reading() as connection:
        left = connection.execute(select(assets.c.sha256).where(assets.c.deleted_at.is_(None))).scalars().all()
    assert left == ["1" * 64]


def test_jobs_that_waited_too_long_end_and_say_so(service: Service, key: str, tmp_path: Path) -> None:
    caller = service.caller(key, Scope.GENERATE)
    hurried = Service(service.database, replace(service.operator, longest_wait_hours=1.0), service.storage)
    late, patient = hurried.submit(caller, ASK), service.submit(caller, ASK)
    with service.database.transaction() as connection:
        connection.execute(update(jobs).where(jobs.c.id == late.id).values(expires_at=1.0))
    Janitor(service).soon()
    ended = service.job(caller, late.id)
    assert (ended.state, ended.reason_code) == (State.FAILED, Reason.EXPIRED)
    assert service.job(caller, patient.id).state is State.QUEUED


def test_a_file_that_a_job_waits_for_is_kept_though_its_time_is_over(service: Service, key: str) -> None:
    caller = service.caller(key, Scope.GENERATE)
    with service.database.transaction() as connection:
        wanted, other = (
            add_asset(connection, caller.tenant_id, mime_type="image/png", size_bytes=4, sha256=name * 64)
            for name in "01"
        )
        connection.execute(update(assets).values(expires_at=1.0))
    image = Keyframe(image=f"asset:{wanted.id}", at_seconds=0.0)
    job = service.submit(caller, replace(ASK, canvas=Canvas(prompt="x", keyframes=(image,))))
    Janitor(service).seldom()
    assert _left(service) == [wanted.id]
    assert other.id != wanted.id
    service.cancel(caller, job.id)
    Janitor(service).seldom()
    assert _left(service) == []


def _left(service: Service) -> list[str]:
    with service.database.reading() as connection:
        return list(connection.execute(select(assets.c.id).where(assets.c.deleted_at.is_(None))).scalars())


def test_what_was_told_long_ago_is_forgotten(service: Service, key: str) -> None:
    caller = service.caller(key, Scope.GENERATE)
    old = service.submit(caller, ASK)
    service.submit(caller, ASK)
    with service.database.transaction() as connection:
        connection.execute(update(events).where(events.c.job_id == old.id).values(created_at=1.0))
    Janitor(service).seldom()
    with service.database.reading() as connection:
        assert old.id not in connection.execute(select(events.c.job_id)).scalars().all()
        assert connection.execute(select(events.c.job_id)).scalars().all()
