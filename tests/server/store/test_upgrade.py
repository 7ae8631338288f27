"""A store of the version before, with jobs in it, is brought up to date: nothing is lost, and the jobs are made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, insert, inspect, select, text
from tests.server.jobs.queueing import ENGINES

from manazir.core.errors import StoreError
from manazir.server.assets.storage import FolderStorage
from manazir.server.jobs.job import State, job_from_row
from manazir.server.opening import open_service
from manazir.server.operator import Operator
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.migrate import FOLDER, upgrade
from manazir.server.store.tables import jobs
from manazir.server.workers.engine_process import EngineProcess
from manazir.server.workers.worker import Worker

on_both = pytest.mark.parametrize("empty_url", ENGINES, indirect=True)
TENANT, FILM = "0190163d-8694-739b-aea6-966c26f8ad91", "f" * 64
CANVAS = {"prompt": "a red ball", "seed": 1}
REQUEST = {
    "canvas": CANVAS,
    "model": "noor-nano",
    "kind": "video",
    "delivery": {"allows_resampling": False, "has_sound": True, "image_format": "png"},
    "settings": {},
}


def a_job(number: int, state: str, **more: Any) -> dict[str, Any]:
    """As version 0001 wrote it."""
    told = {"id": f"0190163d-0000-7000-8000-{number:012d}", "tenant_id": TENANT, "dialect": "api", "kind": "video"}
    told |= {"model": "noor-nano", "alias": "noor-nano", "request": REQUEST, "wire": {"scene": number}, "state": state}
    told |= {
        "position": 1000.0 + number,
        "cost": 1.5,
        "created_at": 1000.0 + number,
        "idempotency_key": f"key {number}",
    }
    return told | {"body_hash": "0" * 64, "priority": number} | more


QUEUED = a_job(1, "queued")
RUNNING = a_job(
    2, "running", attempt=1, worker_id="a worker", lease_until=1010.0, started_at=1003.0, stage="making", steps_done=3
)
SUCCEEDED = a_job(3, "succeeded", attempt=1, started_at=1004.0, ended_at=1009.0, take={"seed": 1})
FAILED = a_job(4, "failed", attempt=2, ended_at=1009.0, reason_code="unsupported", reason="it cannot", losses=1)
ROWS: dict[str, list[dict[str, Any]]] = {
    "tenants": [
        {"id": TENANT, "name": "one", "created_at": 1.0, "max_queued": 10, "max_running": 2}
        | {"requests_per_minute": 60, "credits": 20.5, "virtual_time": 3.0, "virtual_start": 1.5}
    ],
    "jobs": [QUEUED, RUNNING, SUCCEEDED, FAILED],
    "assets": [
        {"id": "a film", "tenant_id": TENANT, "job_id": SUCCEEDED["id"], "role": "video", "state": "ready"}
        | {"sha256": FILM, "size_bytes": 7, "mime_type": "video/mp4", "facts": {"width": 32}, "wire": {}}
        | {"created_at": 1009.0}
    ],
    "events": [
        {"tenant_id": TENANT, "job_id": job["id"], "type": f"job.{job['state']}", "data": {}, "created_at": 1009.0}
        for job in (QUEUED, RUNNING, SUCCEEDED, FAILED)
    ],
    "ledger": [
        {"tenant_id": TENANT, "job_id": job["id"], "entry": "charge", "tries": 1, "credits": 1.5, "created_at": 1001.0}
        for job in (QUEUED, RUNNING, SUCCEEDED)
    ],
    "workers": [
        {"id": "a worker", "host": "here", "process_id": 1, "device": "cpu", "started_at": 1000.0, "seen_at": 1009.0}
        | {"job_id": RUNNING["id"]}
    ],
    "facts": [{"name": "signing", "value": {"key": "secret"}}],
}


PROJECT = {"id": "a project", "tenant_id": TENANT, "name": "a film", "created_at": 1.0, "updated_at": 2.0}
STUDIO_ROWS: dict[str, list[dict[str, Any]]] = {
    "projects": [PROJECT, PROJECT | {"id": "another", "brief": "a ball", "width": 32, "height": 32}],
    "shots": [
        {"id": "a shot", "tenant_id": TENANT, "project_id": "a project", "number": 1, "asset_ids": []}
        | {"created_at": 1.0, "updated_at": 1.0}
    ],
}


@pytest.fixture
def old(empty_url: str) -> Database:
    """A store that version 0001 made, and wrote to."""
    made = Database(empty_url)
    bring_to("0001", made)
    write(made, ROWS)
    return made


def bring_to(version: str, database: Database, how: Callable[[Config, str], None] = command.upgrade) -> None:
    """Up or down."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        how(config, version)


def write(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Rows by their tables, as these are now."""
    with database.transaction() as connection:
        tables = MetaData()
        tables.reflect(connection)
        for name, its in rows.items():
            for row in its:
                connection.execute(insert(tables.tables[name]).values(row))


def contents(database: Database, columns: dict[str, set[str]] | None = None) -> dict[str, list[dict[str, Any]]]:
    """All that is written down; in some columns alone if asked."""
    with database.reading() as connection:
        tables = MetaData()
        tables.reflect(connection)
        found = {}
        for name, table in tables.tables.items():
            if name != "alembic_version" and (columns is None or name in columns):
                wanted = [one for one in table.c if columns is None or one.name in columns[name]]
                rows = connection.execute(select(*wanted).order_by(*table.primary_key.columns)).mappings()
                found[name] = [dict(row) for row in rows]
        return found


@on_both
def test_nothing_is_lost_and_the_jobs_are_made(old: Database, home: Path, tmp_path: Path, engine: EngineProcess):
    look = inspect(old.engine)
    columns = {name: {one["name"] for one in look.get_columns(name)} for name in look.get_table_names()}
    before = contents(old)
    assert len(before["jobs"]) == 4
    upgrade(old)
    assert contents(old, columns) == before
    worker = Worker(Service(old, Operator(), FolderStorage(folder=tmp_path / "storage", floor_bytes=0)), runner=engine)
    worker._register()
    while (left := _not_ended(old)) > 0:
        worker.run_one()
        assert _not_ended(old) <= left
    with old.reading() as connection:
        rows = connection.execute(select(jobs).order_by(jobs.c.id)).mappings().all()
    made = [job_from_row(row) for row in rows]
    assert [(job.state, job.attempt) for job in made] == [
        (State.SUCCEEDED, 1),
        (State.SUCCEEDED, 2),  # its worker was of the version before, and is gone
        (State.SUCCEEDED, 1),
        (State.FAILED, 2),
    ]
    assert [row["wire"] for row in rows] == [{"scene": number} for number in (1, 2, 3, 4)]
    assert made[2:] == [job_from_row(row | {"is_late": False}) for row in before["jobs"][2:]]
    old.close()


def _not_ended(database: Database) -> int:
    with database.reading() as connection:
        return sum(
            state in (State.QUEUED, State.RUNNING) for state in connection.execute(select(jobs.c.state)).scalars()
        )


@on_both
def test_the_archive_comes_and_goes_and_all_else_stays(old: Database):
    bring_to("0004", old)
    write(old, STUDIO_ROWS)
    before = contents(old)
    bring_to("0005", old)
    after = contents(old)
    assert [row.pop("archived_at") for row in after["projects"]] == [None, None]
    assert after == before
    with old.transaction() as connection:
        connection.execute(text("update projects set archived_at = 3 where id = 'another'"))
    bring_to("0004", old, command.downgrade)
    assert contents(old) == before
    bring_to("0005", old)
    assert [row["archived_at"] for row in contents(old)["projects"]] == [None, None]
    old.close()


@on_both
def test_a_store_of_a_newer_version_is_left_alone_by_all_that_open_one(
    empty_url: str, home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MANAZIR_DATABASE_URL", empty_url)
    database = Database(empty_url)
    upgrade(database)
    with database.transaction() as connection:
        connection.execute(text("update alembic_version set version_num = '0999'"))
        connection.execute(text("alter table jobs add column hue integer"))
    before = contents(database)
    with pytest.raises(StoreError, match=r"tables are of version 0999, .*restore the backup from before"):
        open_service()
    assert contents(database) == before
    database.close()
