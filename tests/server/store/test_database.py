"""A store that cannot be used says so, in words that help and tell nothing, and works again when it can."""

import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.server.assets.test_full_disk import fill, needs_mount, small_disk
from tests.server.jobs.queueing import ENGINES, accept, new_tenant, order
from tests.server.postgres import Postgres, temporary_folder

from manazir.core.errors import StoreError
from manazir.server.health import health_routes
from manazir.server.service import Service
from manazir.server.store.database import Database, check, now
from manazir.server.store.migrate import upgrade
from manazir.server.tenants import first_tenant

both = pytest.mark.parametrize("database", ENGINES, indirect=True)


def sqlite(folder: Path) -> Database:
    made = Database(f"sqlite:///{folder / 'store.sqlite3'}")
    upgrade(made)
    return made


@both
def test_nothing_of_a_transaction_that_failed_is_kept(database: Database):
    def fail() -> None:
        with database.transaction() as connection:
            first_tenant(connection)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with database.reading() as connection:
        assert connection.execute(text("select count(*) from tenants")).scalar() == 0


@both
def test_the_clock_is_this_machines_and_goes_on(database: Database):
    with database.reading() as connection:
        first = now(connection)
        assert abs(first - time.time()) < 2
        assert now(connection) > first


@needs_mount
def test_a_disk_that_can_only_be_read_refuses_changes_by_name(tmp_path: Path):
    with small_disk(tmp_path / "disk", "size=4m") as disk:
        database = sqlite(disk)
        tenant = new_tenant(database)
        database.close()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(StoreError, match=r"cannot be used now: (unable to open|attempt to write)"):
            accept(database, tenant)
        database.close()
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        accept(database, tenant)
        database.close()


@needs_mount
def test_a_full_disk_refuses_changes_keeps_what_there_is_and_works_again(tmp_path: Path):
    with small_disk(tmp_path / "disk", "size=2m") as disk:
        database = sqlite(disk)
        tenant = new_tenant(database)
        kept, refusals = 0, set()
        for pages in (0, 1, 2, 3, 5, 8, 13):
            fill(disk / "filler", pages * 4096)
            for _ in range(20):
                try:
                    accept(database, tenant)
                    kept += 1
                except StoreError as error:
                    refusals.add(str(error))
            (disk / "filler").unlink()
            accept(database, tenant)
            kept += 1
        assert any("database or disk is full" in told for told in refusals)
        assert all("is full" in told or "I/O" in told for told in refusals)
        with database.reading() as connection:
            assert connection.execute(text("pragma integrity_check")).scalar() == "ok"
        assert len(order(database)) == kept
        database.close()


def test_a_store_that_another_program_keeps_locked_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("manazir.server.store.database.BUSY_SECONDS", 1)
    database = sqlite(tmp_path)
    other = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StoreError, match="kept locked by another program"):
        new_tenant(database)
    other.execute("rollback")
    other.close()
    new_tenant(database)
    database.close()


WRITES = """
import sys
from manazir.server.store.database import Database
from manazir.server.tenants import make_tenant
database = Database(f"sqlite:///{sys.argv[1]}")
for index in range(60):
    with database.transaction() as connection:
        make_tenant(connection, f"{sys.argv[2]} {index}")
"""


def test_writers_of_many_processes_and_threads_all_get_their_turn(tmp_path: Path):
    database = sqlite(tmp_path)
    tenant = new_tenant(database)
    place = str(tmp_path / "store.sqlite3")
    processes = [subprocess.Popen([sys.executable, "-c", WRITES, place, str(index)]) for index in range(3)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: accept(database, tenant), range(300)))
    assert [process.wait() for process in processes] == [0, 0, 0]
    with database.reading() as connection:
        assert connection.execute(text("select count(*) from jobs")).scalar() == 300
        assert connection.execute(text("select count(*) from tenants")).scalar() == 181
    database.close()


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "store.sqlite3"
    path.write_bytes(b"a diary, and no database at all" * 100)
    before = path.read_bytes()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(StoreError, match="not a database"):
        upgrade(database)
    database.close()
    assert path.read_bytes() == before


def test_a_place_where_nothing_can_be_made_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        Database(f"sqlite:///{tmp_path / 'file' / 'store.sqlite3'}")


@both
def test_more_callers_than_connections_wait_for_each_other(database: Database):
    tenant = new_tenant(database)
    threads = [threading.Thread(target=accept, args=(database, tenant)) for _ in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(order(database)) == 60


def test_postgres_that_goes_away_is_told_of_and_everything_that_was_kept_is_there_when_it_is_back(tmp_path: Path):
    cluster = Postgres(temporary_folder(), is_durable=True)
    cluster.prepare()
    cluster.start()
    try:
        database = Database(cluster.new_database())
        upgrade(database)
        tenant = new_tenant(database)
        kept = [accept(database, tenant).id for _ in range(5)]
        readyz = next(route for route in health_routes(Service(database)).routes if route.path == "/readyz").endpoint
        assert readyz().status_code == 200
        cluster.stop(at_once=True)
        for _ in range(2):
            with pytest.raises(StoreError) as away:
                accept(database, tenant)
            assert "127.0.0.1" not in str(away.value)
        answer = readyz()
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        cluster.start()
        check(database)
        assert [job.id for job in order(database)] == kept
        database.close()
    finally:
        cluster.stop(at_once=True)
        shutil.rmtree(cluster.folder)


@pytest.mark.parametrize("query", ["", "?password=hunter2"])
def test_whoever_set_an_address_is_told_which_one_cannot_be_reached_without_its_password(query: str):
    database = Database(f"postgresql://me:hunter2@127.0.0.1:1/films{query}")
    with pytest.raises(StoreError) as refused:
        database.check_reachable()
    told = str(refused.value)
    assert told.startswith("MANAZIR_DATABASE_URL is postgresql://me:***@127.0.0.1:1/films, and Postgres cannot be used")
    assert told.endswith("; start it, or set the variable to where it is")
    assert "hunter2" not in told
    assert "\n" not in told
