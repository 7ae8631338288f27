"""After an older backup of the record was restored nothing made since then is lost (R5)."""

import os
import re
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update
from tests.server.assets.faulty import Passing, proxy_to
from tests.server.s3_server import S3Server

from manazir.cli.main import main
from manazir.core.canvas import Canvas
from manazir.server.asks import Ask
from manazir.server.assets.bucket import Bucket
from manazir.server.assets.folder import FolderStorage
from manazir.server.assets.place import place_of
from manazir.server.assets.s3 import S3Storage
from manazir.server.belonging import belongs, check, remember
from manazir.server.files import add_asset
from manazir.server.janitor import YOUNG_SECONDS, Janitor
from manazir.server.keys import Scope
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.tables import events

ASK = Ask(dialect="api", model="sora-2", canvas=Canvas(prompt="x"))
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)


def bring(service: Service, key: str, data: bytes) -> str:
    caller = service.caller(key, Scope.ADMIN)
    sha256 = service.storage.put_stream([data], 100).sha256
    assert isinstance(service.storage, FolderStorage)
    old = time.time() - YOUNG_SECONDS - 60
    os.utime(service.storage.path(sha256), (old, old))
    service.submit(caller, ASK)
    with service.database.transaction() as connection:
        add_asset(connection, caller.tenant_id, mime_type="image/png", size_bytes=16, sha256=sha256)
    return sha256


@pytest.fixture
def restored(service: Service, key: str, tmp_path: Path) -> tuple[Service, str, str]:
    """A service whose record is a backup: older than one of its two files, and than what its storage remembers."""
    before = bring(service, key, PNG + b"before")
    remember(service)
    with sqlite3.connect(str(service.database.url.database)) as live, sqlite3.connect(tmp_path / "b.sqlite3") as copy:
        live.backup(copy)
    after = bring(service, key, PNG + b"after")
    remember(service)
    return Service(Database(f"sqlite:///{tmp_path / 'b.sqlite3'}"), service.operator, service.storage), before, after


def test_what_was_made_since_the_backup_is_not_swept_away_however_much_is_made_anew(
    restored: tuple[Service, str, str], key: str, caplog: pytest.LogCaptureFixture
) -> None:
    service, before, after = restored
    Janitor(service).seldom()
    assert "nothing is swept" in caplog.text
    for _ in range(3):
        service.submit(service.caller(key, Scope.ADMIN), ASK)
    Janitor(service).seldom()
    assert service.storage.exists(after)
    found = check(service)
    assert not found.belongs
    assert ([blob.sha256 for blob in found.orphans], found.missing, found.file_count) == ([after], (), 2)
    assert service.storage.exists(before)


def test_once_an_operator_accepts_it_is_swept_again(restored: tuple[Service, str, str]) -> None:
    service, before, after = restored
    remember(service)
    assert belongs(service)
    Janitor(service).seldom()
    assert [service.storage.exists(one) for one in (before, after)] == [True, False]


def test_files_that_are_gone_are_listed(service: Service, key: str) -> None:
    gone = bring(service, key, PNG)
    service.storage.delete(gone)
    assert check(service).missing == (gone,)


def test_a_list_that_is_not_up_to_date_makes_no_file_missing(
    service: Service, key: str, s3_url: str, s3_server: S3Server, tmp_path: Path
) -> None:
    def leaves_out(passing: Passing) -> None:
        passing.answer = re.sub(rb"<Contents>.*</Contents>", b"", passing.answer, flags=re.DOTALL)
        passing.answer_headers = [one for one in passing.answer_headers if one[0].lower() != "content-length"]

    with proxy_to(s3_server.endpoint) as proxy:
        bucket = Bucket(replace(place_of(s3_url), endpoint=proxy.url))
        storage = S3Storage(bucket=bucket, near=FolderStorage(folder=tmp_path / "near", floor_bytes=0))
        service, caller = replace(service, storage=storage), service.caller(key, Scope.ADMIN)
        here, gone = storage.put_stream([PNG + b"here"], 100).sha256, "0" * 64
        with service.database.transaction() as connection:
            for sha256 in (here, gone):
                add_asset(connection, caller.tenant_id, mime_type="image/png", size_bytes=16, sha256=sha256)
        fault = proxy.add(lambda asked: "list-type=2" in asked.path, after=leaves_out)
        assert check(service).missing == (gone,)
    assert fault.hits == 1


def test_the_command_lists_keeps_and_accepts(
    restored: tuple[Service, str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    service, _, after = restored
    assert isinstance(service.storage, FolderStorage)
    monkeypatch.setenv("MANAZIR_DATABASE_URL", service.database.url.render_as_string())
    monkeypatch.setenv("MANAZIR_STORAGE_URL", str(service.storage.folder))
    assert main(["storage", "check", "--keep", str(tmp_path / "found")]) == 0
    told = capsys.readouterr().out
    assert f"belongs to nothing  {after}  21 bytes" in told
    assert "nothing of it is swept away" in told
    assert (tmp_path / "found" / f"{after[:16]}.png").read_bytes() == PNG + b"after"
    assert main(["storage", "check", "--accept"]) == 0
    assert "nothing of it" not in capsys.readouterr().out
    assert belongs(service)


def test_what_is_made_last_before_an_ordered_end_is_remembered(service: Service, key: str, tmp_path: Path) -> None:
    bring(service, key, PNG + b"before")
    with sqlite3.connect(str(service.database.url.database)) as live, sqlite3.connect(tmp_path / "b.sqlite3") as copy:
        live.backup(copy)
    bring(service, key, PNG + b"after")
    janitor = Janitor(service)
    janitor.stopping.set()
    janitor.run()
    restored = Service(Database(f"sqlite:///{tmp_path / 'b.sqlite3'}"), service.operator, service.storage)
    assert belongs(service)
    assert not belongs(restored)
    restored.database.close()


def test_a_record_in_which_nothing_happened_for_long_is_still_the_one(service: Service, key: str) -> None:
    bring(service, key, PNG)
    with service.database.transaction() as connection:
        connection.execute(update(events).values(created_at=1.0))
    remember(service)
    Janitor(service).seldom()
    assert belongs(service)
