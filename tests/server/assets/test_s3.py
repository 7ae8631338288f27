"""A store that fails in all the ways that stores do (R24): errors, cuts, silence, wrong bytes, parts, old lists, races.

A real store, and before it a real proxy that does it.
"""

import os
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest
from tests.server.assets.faulty import (
    CutError,
    Passing,
    Proxy,
    answers,
    cuts,
    halves,
    proxy_to,
    spoils_what_is_answered,
    spoils_what_is_sent,
    waits,
)
from tests.server.s3_server import BUCKET, READER, READERS_SECRET, SECRET, S3Server

from manazir.core.errors import StorageError, UnsupportedError
from manazir.server.assets import bucket as bucket_module
from manazir.server.assets import s3 as s3_module
from manazir.server.assets.bucket import Bucket, Patience
from manazir.server.assets.folder import FolderStorage
from manazir.server.assets.place import Place
from manazir.server.assets.s3 import S3Storage
from manazir.server.assets.storage import chosen_storage

PATIENCE = Patience(tries=3, connect_seconds=10.0, silence_seconds=20.0)
HASTY = replace(PATIENCE, silence_seconds=1.0)
MIB = 1 << 20


@pytest.fixture
def proxy(s3_server: S3Server) -> Iterator[Proxy]:
    with proxy_to(s3_server.endpoint) as made:
        yield made


@pytest.fixture
def place(proxy: Proxy) -> Place:
    return Place(bucket=BUCKET, prefix=f"{secrets.token_hex(8)}/", endpoint=proxy.url, region="us-east-1")


@pytest.fixture
def machine(place: Place, tmp_path: Path) -> Callable[..., S3Storage]:
    """Makes the storage as one more machine sees it."""

    def made(patience: Patience = PATIENCE) -> S3Storage:
        near = FolderStorage(folder=tmp_path / secrets.token_hex(4), floor_bytes=0)
        return S3Storage(bucket=Bucket(place, patience), near=near)

    return made


@pytest.fixture
def storage(machine: Callable[[], S3Storage]) -> S3Storage:
    return machine()


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A file of three parts, and parts as small as stores allow."""
    monkeypatch.setattr(bucket_module, "PART_BYTES", 5 * MIB)
    return os.urandom(MIB) * 11


def put(storage: S3Storage, data: bytes) -> str:
    return storage.put_stream([data], 1 << 30).sha256


def of(method: str, part: str = "/blobs/") -> Callable[[Passing], bool]:
    """Requests of a kind; their addresses end or go on so."""
    return lambda passing: passing.method == method and part in passing.path


def uploads(storage: S3Storage) -> list[str]:
    return [upload for _, upload in storage.bucket.iter_uploads("")]


FAILURES = {
    "slow down": {"before": answers(503, "SlowDown")},
    "an error": {"before": answers(500, "InternalError")},
    "a bad gateway": {"before": answers(502, "")},
    "too many": {"before": answers(429, "TooManyRequests")},
    "cut before": {"before": cuts},
    "an answer that is lost": {"after": cuts},
    "silence": {"before": waits(1.5)},
}


REQUESTS = {method: of(method) for method in ("PUT", "GET", "HEAD", "DELETE")} | {"list": of("GET", "list-type=2")}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_what_fails_for_a_moment_is_tried_again(
    machine: Callable[..., S3Storage], proxy: Proxy, failure: dict[str, Callable[[Passing], None]]
) -> None:
    """The first request of each kind fails."""
    faults = {name: proxy.add(is_hit, **failure) for name, is_hit in REQUESTS.items()}
    patience = HASTY if failure is FAILURES["silence"] else PATIENCE
    writer, reader = machine(patience), machine(patience)
    sha256 = put(writer, b"a film")
    assert reader.path(sha256).read_bytes() == b"a film"
    assert [kept.blob.sha256 for kept in reader.iter_all()] == [sha256]
    assert writer.delete(sha256)
    assert not reader.exists(sha256)
    assert {name: fault.hits for name, fault in faults.items()} == dict.fromkeys(REQUESTS, 1)


def test_a_store_that_stays_away_is_told_without_secrets_and_takes_no_new_work(
    storage: S3Storage, proxy: Proxy, machine: Callable[[], S3Storage]
) -> None:
    fault = proxy.add(of("PUT"), before=answers(503, "SlowDown"), times=3)
    with pytest.raises(StorageError, match=r"the bucket 'films' at .*MANAZIR_STORAGE_URL.*SlowDown") as error:
        put(storage, b"x")
    assert error.value.reason == "unavailable"
    assert SECRET not in str(error.value)
    assert fault.hits == 3
    with pytest.raises(StorageError, match="cannot be reached now"):
        storage.check_room()
    put(storage, b"x")
    storage.check_room()


def test_nobody_at_the_address(tmp_path: Path, s3_server: S3Server) -> None:
    nobody = Place(bucket=BUCKET, endpoint="http://127.0.0.1:9", region="us-east-1")
    storage = S3Storage(bucket=Bucket(nobody, PATIENCE), near=FolderStorage(folder=tmp_path, floor_bytes=0))
    with pytest.raises(UnsupportedError, match=r"127\.0\.0\.1:9.*cannot be reached to take a file") as error:
        storage.check_writable()
    assert SECRET not in str(error.value)


def test_what_was_changed_on_its_way_there_is_not_taken(storage: S3Storage, proxy: Proxy) -> None:
    fault = proxy.add(of("PUT"), before=spoils_what_is_sent, times=2)
    sha256 = put(storage, b"a film of a ball")
    assert fault.hits == 2
    storage.verify(sha256)
    proxy.add(of("PUT"), before=spoils_what_is_sent, times=99)
    with pytest.raises(StorageError, match="did not come through"):
        put(storage, b"another film")
    assert [kept.blob.sha256 for kept in storage.iter_all()] == [sha256]


def test_what_was_changed_on_its_way_back_is_asked_for_again(
    storage: S3Storage, proxy: Proxy, machine: Callable[[], S3Storage]
) -> None:
    sha256 = put(storage, b"a film of a ball")
    proxy.add(of("GET"), after=spoils_what_is_answered)
    assert machine().path(sha256).read_bytes() == b"a film of a ball"
    proxy.add(of("GET"), after=spoils_what_is_answered, times=99)
    other = machine()
    with pytest.raises(StorageError, match="is damaged"):
        other.path(sha256)
    assert [path for path in other.near.folder.rglob("*") if path.is_file() and path.name != "lock"] == []
    with machine().open(sha256) as part, pytest.raises(StorageError, match="is damaged"):
        assert b"".join(part) == b"never given whole"


def test_reading_goes_on_where_it_was_cut(storage: S3Storage, proxy: Proxy, machine: Callable[[], S3Storage]) -> None:
    data = os.urandom(3 * MIB)
    sha256 = put(storage, data)
    proxy.add(of("GET"), after=halves, times=4)
    with machine().open(sha256, 1000) as part:
        assert b"".join(part) == data[1000:]
    proxy.add(of("GET"), after=halves, times=99)
    proxy.add(of("GET"), before=cuts, times=99)
    with machine().open(sha256) as part, pytest.raises(StorageError) as error:
        b"".join(part)
    assert error.value.reason == "unavailable"


def test_a_store_that_does_not_know_ranges_is_found_out(storage: S3Storage, proxy: Proxy) -> None:
    sha256 = put(storage, bytes(range(200)))

    def ignores(passing: Passing) -> None:
        passing.headers = [(name, value) for name, value in passing.headers if name.lower() != "range"]

    proxy.add(of("GET"), before=ignores)
    with storage._far(sha256, 10, 20) as part, pytest.raises(StorageError):
        b"".join(part)


def test_a_large_file_goes_in_parts(storage: S3Storage, in_parts: bytes, machine: Callable[[], S3Storage]) -> None:
    sha256 = put(storage, in_parts)
    assert uploads(storage) == []
    storage.verify(sha256)
    with machine().open(sha256, 5 * MIB - 10, 5 * MIB + 10) as part:
        assert b"".join(part) == in_parts[5 * MIB - 10 : 5 * MIB + 10]


def not_an_upload(passing: Passing) -> None:
    passing.status, passing.answer_headers = 200, [("Content-Type", "application/xml")]
    passing.answer = b"<Error><Code>InternalError</Code><Message>not after all</Message></Error>"


@pytest.mark.parametrize(
    ("is_hit", "failure"),
    [
        (of("PUT", "partNumber=2"), {"before": answers(503, "SlowDown")}),
        (of("PUT", "partNumber=2"), {"before": cuts}),
        (of("PUT", "partNumber=2"), {"after": cuts}),
        (of("PUT", "partNumber=2"), {"before": spoils_what_is_sent}),
        (of("PUT", "partNumber=3"), {"before": answers(404, "NoSuchUpload")}),
        (of("POST", "uploads"), {"after": cuts}),
        (of("POST", "uploadId"), {"before": answers(500, "InternalError")}),
        (of("POST", "uploadId"), {"before": not_an_upload}),
        (of("POST", "uploadId"), {"after": cuts}),
    ],
)
def test_parts_that_fail_are_sent_again(
    storage: S3Storage,
    proxy: Proxy,
    in_parts: bytes,
    is_hit: Callable[[Passing], bool],
    failure: dict[str, Callable[[Passing], None]],
) -> None:
    fault = proxy.add(is_hit, **failure)
    sha256 = put(storage, in_parts)
    assert fault.hits == 1
    storage.verify(sha256)
    storage.sweep_drafts(0)
    assert uploads(storage) == []


def test_a_completion_whose_answer_was_lost_is_a_completion(storage: S3Storage, proxy: Proxy, in_parts: bytes) -> None:
    def completes(passing: Passing) -> None:
        proxy.add(of("POST", "uploadId"), before=answers(404, "NoSuchUpload"))
        raise CutError

    fault = proxy.add(of("POST", "uploadId"), after=completes)
    sha256 = put(storage, in_parts)
    assert (fault.hits, proxy.faults[1].hits) == (1, 1)
    storage.verify(sha256)
    assert len([path for method, path in proxy.asked if method == "PUT" and "partNumber" in path]) == 3


def test_an_upload_that_cannot_be_ended_leaves_nothing_under_the_name_and_no_parts(
    storage: S3Storage, proxy: Proxy, in_parts: bytes
) -> None:
    proxy.add(of("PUT", "partNumber=3"), before=answers(503, "SlowDown"), times=99)
    with pytest.raises(StorageError, match="SlowDown"):
        put(storage, in_parts)
    assert list(storage.iter_all()) == uploads(storage) == []


def test_parts_that_a_dead_writer_left_are_swept_and_those_of_the_living_are_not(
    storage: S3Storage, proxy: Proxy, in_parts: bytes
) -> None:
    proxy.add(of("PUT", "partNumber=3"), before=cuts, times=99)
    proxy.add(of("DELETE", "uploadId"), before=cuts, times=3)
    with pytest.raises(StorageError):
        put(storage, in_parts)
    assert len(uploads(storage)) == 1
    assert storage.sweep_drafts(3600) == 0
    assert len(uploads(storage)) == 1
    proxy.add(of("GET", "uploadId"), before=answers(503, "SlowDown"), times=3)
    with pytest.raises(StorageError, match="SlowDown"):  # and not taken for one that has ended
        storage.sweep_drafts(0)
    assert storage.sweep_drafts(0) == 1
    assert uploads(storage) == []


def test_who_puts_while_another_deletes_has_it_in_the_end(
    storage: S3Storage, proxy: Proxy, machine: Callable[[], S3Storage]
) -> None:
    sha256, other = put(storage, b"a film"), machine()
    writer = threading.Thread(target=put, args=(other, b"a film"))

    def meanwhile(passing: Passing) -> None:
        asked = len(proxy.asked)
        writer.start()
        while not any(method == "GET" and "doomed" in path for method, path in proxy.asked[asked:]):
            time.sleep(0.01)  # it was put, and the writer has seen that it is doomed

    proxy.add(of("DELETE"), before=meanwhile)
    assert storage.delete(sha256)
    writer.join()
    machine().verify(sha256)
    assert list(storage.bucket.iter_all("doomed/")) == []


def an_hour_later(passing: Passing) -> None:
    """By the store's clock, so that what was put a moment ago is old."""
    others = [(name, value) for name, value in passing.answer_headers if name.lower() != "date"]
    passing.answer_headers = [*others, ("Date", formatdate(time.time() + 3600, usegmt=True))]


def test_who_deletes_while_another_puts_leaves_it(
    storage: S3Storage, proxy: Proxy, machine: Callable[[], S3Storage]
) -> None:
    sha256, other = put(storage, b"a film"), machine()
    writer, is_put = threading.Thread(target=put, args=(other, b"a film")), threading.Event()

    def meanwhile(passing: Passing) -> None:  # after the first look at how old it is
        writer.start()
        is_put.wait()

    first_look = proxy.add(of("HEAD"), after=an_hour_later)
    proxy.add(of("PUT", "doomed"), before=meanwhile)
    proxy.add(of("PUT"), after=lambda _: is_put.set())
    assert not storage.delete(sha256, unless_put_within_seconds=600.0)
    assert first_look.hits == 1
    assert is_put.is_set()
    writer.join()
    machine().verify(sha256)


def test_the_word_of_a_dead_deleter_holds_nobody_up_and_is_swept(
    storage: S3Storage, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = put(storage, b"a film")
    proxy.add(of("DELETE"), before=cuts, times=3)
    with pytest.raises(StorageError):
        storage.delete(sha256)
    assert len(list(storage.bucket.iter_all("doomed/"))) == 1
    monkeypatch.setattr(s3_module, "DOOMED_SECONDS", 0.0)
    put(storage, b"a film")
    storage.sweep_drafts()
    assert list(storage.bucket.iter_all("doomed/")) == []
    storage.verify(sha256)


def test_copies_that_nobody_uses_leave_the_machine_and_the_bucket_keeps_them(storage: S3Storage) -> None:
    old, new = put(storage, b"old"), put(storage, b"new")
    os.utime(storage.near.path(old), (0, 0))
    (storage.parts() / "given up").write_bytes(b"half")
    os.utime(storage.parts() / "given up", (0, 0))
    storage.sweep_drafts()
    assert [storage.near.exists(old), storage.near.exists(new)] == [False, True]
    assert list(storage.parts().iterdir()) == []
    os.utime(storage.near.path(new), (0, 0))
    assert storage.path(new).read_bytes() == b"new"  # used: it is young again
    storage.sweep_drafts()
    assert storage.near.exists(new)
    assert storage.path(old).read_bytes() == b"old"


def test_copies_give_way_when_the_disk_is_full(storage: S3Storage) -> None:
    full = S3Storage(bucket=storage.bucket, near=FolderStorage(folder=storage.near.folder, floor_bytes=1 << 60))
    sha256 = put(full, b"x")
    os.utime(full.near.path(sha256), (0, 0))
    with pytest.raises(StorageError, match="delete what is not needed") as error:
        full.check_room()
    assert error.value.reason == "no_space"
    assert not full.near.exists(sha256)


def test_a_full_store_is_no_room(storage: S3Storage, proxy: Proxy) -> None:
    for status, code in ((507, "XMinioStorageFull"), (403, "QuotaExceeded")):
        proxy.add(of("PUT"), before=answers(status, code), times=3 if status == 507 else 1)
        with pytest.raises(StorageError, match=code) as error:
            put(storage, b"x")
        assert error.value.reason == "no_space"
        proxy.faults.clear()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"AWS_ACCESS_KEY_ID": READER, "AWS_SECRET_ACCESS_KEY": READERS_SECRET}, "let its key read, write"),
        ({"AWS_SECRET_ACCESS_KEY": "mistyped"}, "AWS_SECRET_ACCESS_KEY is another one's"),
        ({"AWS_ACCESS_KEY_ID": "nobody"}, "AWS_ACCESS_KEY_ID is not known"),
        ({"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "has no key; set AWS_ACCESS_KEY_ID"),
        ({"MANAZIR_STORAGE_URL": "s3://elsewhere/x"}, "make it, or name another"),
        ({"MANAZIR_STORAGE_URL": "s3://key:secret@films"}, "holds a key; give that as AWS_ACCESS_KEY_ID"),
    ],
)
def test_what_cannot_be_used_is_told_at_the_start(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], told: str
) -> None:
    around = {"HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": s3_server.endpoint}
    around |= {"MANAZIR_HOME": str(tmp_path), "MANAZIR_STORAGE_URL": f"s3://{BUCKET}/x"}
    for name, value in (around | change).items():
        monkeypatch.setenv(name, value)
        if not value:
            monkeypatch.delenv(name)
    with pytest.raises(UnsupportedError, match=told) as error:
        chosen_storage().check_writable()
    assert "MANAZIR_STORAGE_URL" in str(error.value)
    assert not {"mistyped", SECRET, READERS_SECRET, "secret@"} & set(str(error.value).split())


def test_a_place_that_can_be_used_is_left_as_it_was(storage: S3Storage) -> None:
    storage.check_writable()
    assert list(storage.bucket.iter_all("")) == []


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANAZIR_STORAGE_URL", "s3://films")
    monkeypatch.delitem(sys.modules, "manazir.server.assets.bucket")
    monkeypatch.delitem(sys.modules, "manazir.server.assets.s3")
    monkeypatch.setitem(sys.modules, "botocore.config", None)
    with pytest.raises(UnsupportedError, match=r"manazir\[s3\]"):
        chosen_storage()
