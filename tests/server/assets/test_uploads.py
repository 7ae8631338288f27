"""Uploads in parts: they go on after breaks, hold together, and end as files that were checked."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select, update
from tests.server.jobs.queueing import ENGINES

from manazir.core.canvas import Canvas, Extension
from manazir.core.errors import MediaError, StorageError
from manazir.media.clip import Clip
from manazir.media.encode import write_clip
from manazir.server.asks import Ask
from manazir.server.assets import uploads as uploads_module
from manazir.server.assets.uploads import MOST_AT_ONCE, Upload, Uploads
from manazir.server.errors import ApiError, Problem
from manazir.server.files import (
    MOST_PROMISED,
    Asset,
    add_asset,
    find_asset,
    promise_asset,
    receive_bytes,
    stored_bytes,
)
from manazir.server.janitor import Janitor
from manazir.server.keys import Caller, Scope, revoke_key
from manazir.server.operator import Operator
from manazir.server.service import Service
from manazir.server.store.database import Database
from manazir.server.store.tables import assets
from manazir.server.store.tables import uploads as table
from manazir.server.tenants import change_tenant

ON_BOTH = pytest.mark.parametrize("database", ENGINES, indirect=True)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    write_clip(Clip(np.zeros((4, 32, 32, 3), np.uint8), 8.0), path)
    return path.read_bytes()


@pytest.fixture
def caller(service: Service, key: str) -> Caller:
    return service.caller(key, Scope.GENERATE)


def send(uploads: Uploads, upload: Upload, offset: int, data: bytes) -> None:
    with uploads.writing(upload, offset) as arrival:
        arrival.write(data)


def whole(service: Service, asset: Asset) -> bytes:
    assert asset.sha256 is not None
    return service.storage.path(asset.sha256).read_bytes()


@ON_BOTH
def test_parts_become_a_file(service: Service, caller: Caller, film: bytes) -> None:
    uploads = Uploads(service)
    upload = uploads.begin(caller, size_bytes=len(film), filename="film.mp4")
    assert upload.asset.state == "pending"
    send(uploads, upload, 0, film[:100])
    assert uploads.find(upload.id).received_bytes == 100
    send(uploads, upload, 100, film[100:])
    asset = uploads.finish(uploads.find(upload.id))
    assert (asset.id, asset.state, asset.mime_type) == (upload.asset.id, "ready", "video/mp4")
    assert whole(service, asset) == film
    assert asset.facts["width"] == 32
    assert not list(service.storage.parts().iterdir())


def test_an_upload_outlives_the_server(service: Service, caller: Caller, film: bytes, database: Database) -> None:
    begun = Uploads(service).begin(caller, size_bytes=len(film))
    send(Uploads(service), begun, 0, film[:200])
    service.database.close()
    later = Uploads(Service(Database(str(database.url)), service.operator, service.storage))
    upload = later.find(begun.id)
    assert upload.received_bytes == 200
    send(later, upload, 200, film[200:])
    assert whole(service, later.finish(upload)) == film


@ON_BOTH
def test_what_a_broken_connection_brought_stays_and_is_on_the_disk(
    service: Service, caller: Caller, film: bytes
) -> None:
    uploads = Uploads(service)
    upload = uploads.begin(caller, size_bytes=len(film))
    with suppress(ConnectionError), uploads.writing(upload, 0) as arrival:
        arrival.write(film[:50])
        raise ConnectionError
    assert uploads.find(upload.id).received_bytes == 50


def test_a_part_whose_answer_was_lost_is_sent_again(service: Service, caller: Caller, film: bytes) -> None:
    uploads = Uploads(service)
    upload = uploads.begin(caller, size_bytes=len(film))
    for _ in range(2):
        send(uploads, upload, 0, film)
    first = uploads.finish(upload)
    assert uploads.finish(uploads.find(upload.id)) == first
    with pytest.raises(ApiError, match="this upload is over"):
        uploads.finish(upload)  # as it was seen before the first one finished it


@ON_BOTH
def test_a_hole_and_too_much_are_refused(service: Service, caller: Caller, film: bytes) -> None:
    uploads = Uploads(service)
    upload = uploads.begin(caller, size_bytes=100)
    with pytest.raises(ApiError, match="has 0 bytes, and these would be from 10 on") as hole:
        send(uploads, upload, 10, film)
    assert hole.value.problem is Problem.BAD_RANGE
    with pytest.raises(ApiError, match="more than 100 bytes"):
        send(uploads, upload, 0, film)
    with pytest.raises(ApiError, match="0 of 100 bytes"):
        uploads.finish(upload)


@ON_BOTH
def test_only_one_writes_at_a_time(service: Service, caller: Caller, film: bytes) -> None:
    uploads = Uploads(service)
    upload = uploads.begin(caller, size_bytes=len(film))
    with uploads.writing(upload, 0) as arrival:
        arrival.write(film[:10])
        with pytest.raises(ApiError, match="somebody else sends") as busy:
            send(uploads, upload, 0, film)
        with pytest.raises(ApiError, match="somebody else sends"):
            uploads.finish(upload)
    assert busy.value.problem is Problem.UNAVAILABLE


def test_what_is_no_media_is_given_up(service: Service, caller: Caller) -> None:
    uploads = Uploads(service)
    upload = uploads.begin(caller, size_bytes=5, filename="notes.txt")
    send(uploads, upload, 0, b"hello")
    with pytest.raises(MediaError, match=r"notes\.txt is not a media file"):
        uploads.finish(upload)
    with pytest.raises(ApiError, match=r"over \(failed notes\.txt"):
        uploads.finish(uploads.find(upload.id))
    assert not upload.path.exists()


def test_an_unfinished_file_is_no_input(service: Service, caller: Caller) -> None:
    upload = Uploads(service).begin(caller, size_bytes=5)
    canvas = Canvas(extension=Extension(clip=f"asset:{upload.asset.id}"))
    with pytest.raises(ApiError, match="not uploaded whole"):
        service.submit(caller, Ask(dialect="api", model="sora-2", canvas=canvas))


@pytest.fixture
def small(service: Service) -> Service:
    return replace(service, operator=Operator(largest_upload_bytes=50))


@ON_BOTH
def test_limits(small: Service, caller: Caller, film: bytes) -> None:
    uploads = Uploads(small)
    with pytest.raises(ApiError, match="from 1 to 50"):
        uploads.begin(caller, size_bytes=51)
    unknown = uploads.begin(caller, size_bytes=None)
    with pytest.raises(ApiError, match="more than 50 bytes"):
        send(uploads, unknown, 0, film)
    for _ in range(MOST_AT_ONCE - 1):
        uploads.begin(caller, size_bytes=1)
    with pytest.raises(ApiError, match="64 uploads are unfinished"):
        uploads.begin(caller, size_bytes=1)
    uploads.cancel(unknown)
    uploads.begin(caller, size_bytes=1)


def test_nobody_guesses_an_id_and_a_revoked_key_ends_its_uploads(service: Service, caller: Caller) -> None:
    uploads = Uploads(service)
    upload = uploads.begin(caller, size_bytes=5)
    assert upload.id not in str(upload.path)
    with pytest.raises(ApiError, match="no such upload"):
        uploads.find(upload.path.name)
    with service.database.transaction() as connection:
        revoke_key(connection, caller.key_id)
    with pytest.raises(ApiError, match="no such upload"):
        uploads.find(upload.id)


@ON_BOTH
def test_late_uploads_are_swept(service: Service, caller: Caller, film: bytes) -> None:
    uploads = Uploads(service)
    late, done = (uploads.begin(caller, size_bytes=len(film)) for _ in range(2))
    send(uploads, done, 0, film)
    uploads.finish(done)
    with service.database.transaction() as connection:
        connection.execute(update(table).values(expires_at=1.0))
    with pytest.raises(ApiError, match="its time is over"):
        uploads.find(late.id)
    Janitor(service).seldom()
    assert uploads.sweep() == 0
    assert not late.path.exists()
    with service.database.reading() as connection:
        assert find_asset(connection, caller.tenant_id, done.asset.id).state == "ready"
        with pytest.raises(ApiError):
            find_asset(connection, caller.tenant_id, late.asset.id)


def test_the_path_of_parts_is_a_folder_of_the_storage(service: Service, tmp_path: Path) -> None:
    assert service.storage.parts() == tmp_path / "storage" / "parts"


@ON_BOTH
def test_what_was_not_said_is_counted_before_it_is_taken(
    service: Service, caller: Caller, film: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads_module, "STEP_BYTES", 100)
    with service.database.transaction() as connection:
        change_tenant(connection, caller.tenant_id, max_stored_bytes=len(film) - 1)
    uploads = Uploads(service)
    one, two = (uploads.begin(caller, size_bytes=None) for _ in range(2))
    with uploads.writing(one, 0) as arrival:
        arrival.write(film[:-200])
        with pytest.raises(ApiError, match="delete some files first") as refused:
            send(uploads, two, 0, b"x" * 200)
        with pytest.raises(ApiError, match="delete some files first"):
            arrival.write(film[-200:])
    assert refused.value.problem is Problem.TOO_LARGE
    assert (one.received_bytes, two.received_bytes) == (len(film) - 200, 0)
    with service.database.transaction() as connection:
        change_tenant(connection, caller.tenant_id, max_stored_bytes=len(film))
    send(uploads, one, len(film) - 200, film[-200:])
    assert uploads.finish(uploads.find(one.id)).size_bytes == len(film)
    with service.database.reading() as connection:
        assert stored_bytes(connection, caller.tenant_id) == len(film)


def test_a_file_in_a_form_is_not_taken_beyond_what_may_be_stored(service: Service, caller: Caller, film: bytes) -> None:
    with service.database.transaction() as connection:
        change_tenant(connection, caller.tenant_id, max_stored_bytes=100)
    taken: list[bytes] = []

    def pieces() -> Iterator[bytes]:
        for begin in range(0, len(film), 50):
            taken.append(film[begin : begin + 50])
            yield taken[-1]

    with pytest.raises(StorageError, match="more than 100 bytes"):
        service.bring(caller, pieces())
    assert sum(map(len, taken)) == 150


@ON_BOTH
def test_of_two_files_for_which_there_is_room_for_one_only_one_is_taken(service: Service, caller: Caller) -> None:
    with service.database.transaction() as connection:
        change_tenant(connection, caller.tenant_id, max_stored_bytes=10)
    told: list[object] = []

    def add() -> None:
        try:
            with service.database.transaction() as connection:
                told.append(add_asset(connection, caller.tenant_id, mime_type="image/png", size_bytes=6))
        except ApiError as error:
            told.append(error.problem)

    other = threading.Thread(target=add)
    with service.database.transaction() as connection:
        add_asset(connection, caller.tenant_id, mime_type="image/png", size_bytes=6)
        other.start()
        other.join(0.5)
    other.join()
    assert told == [Problem.TOO_LARGE]


@ON_BOTH
def test_promised_files_are_limited_and_given_up_in_time(service: Service, caller: Caller) -> None:
    def promise() -> Asset:
        with service.database.transaction() as connection:
            return promise_asset(connection, caller.tenant_id, 3600.0, mime_type="image/png", size_bytes=6)

    first, *_ = [promise() for _ in range(MOST_PROMISED)]
    in_parts = Uploads(service).begin(caller, size_bytes=5)
    with pytest.raises(ApiError, match="64 files wait for their bytes") as refused:
        promise()
    assert refused.value.problem is Problem.QUEUE_FULL
    with service.database.transaction() as connection:
        receive_bytes(connection, first, "0" * 64)
        connection.execute(update(assets).values(created_at=assets.c.created_at - 3601))
    for _ in range(MOST_PROMISED - 1):
        promise()
    with pytest.raises(ApiError, match="64 files wait for their bytes"):
        promise()
    with service.database.reading() as connection:
        states = connection.execute(select(assets.c.state, func.count()).group_by(assets.c.state)).all()
        assert dict(map(tuple, states)) == {"pending": MOST_PROMISED + 1, "failed": MOST_PROMISED - 1}
        assert find_asset(connection, caller.tenant_id, in_parts.asset.id).state == "pending"
        assert stored_bytes(connection, caller.tenant_id) == MOST_PROMISED * 6 + 5
