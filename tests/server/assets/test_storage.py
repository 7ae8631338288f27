import hashlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from manazir.core.errors import StorageError, UnsupportedError
from manazir.server.assets.bucket import Bucket
from manazir.server.assets.folder import FolderStorage
from manazir.server.assets.place import place_of
from manazir.server.assets.s3 import S3Storage
from manazir.server.assets.storage import Storage, chosen_storage, folder_of

NOBODY = "0" * 64


@pytest.fixture
def folder(tmp_path: Path) -> FolderStorage:
    return FolderStorage(folder=tmp_path / "storage", floor_bytes=0)


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """What is true of all kinds is tested on all kinds."""
    if request.param == "folder":
        return request.getfixturevalue("folder")
    near = FolderStorage(folder=tmp_path / "near", floor_bytes=0)
    return S3Storage(bucket=Bucket(place_of(request.getfixturevalue("s3_url"))), near=near)


def put(storage: Storage, data: bytes) -> str:
    return storage.put_stream([data], 1 << 20).sha256


def elsewhere(storage: Storage) -> Storage:
    """The same storage, as another machine sees it."""
    if isinstance(storage, S3Storage):
        near = FolderStorage(folder=storage.near.folder.with_name(f"near-{secrets.token_hex(4)}"), floor_bytes=0)
        return S3Storage(bucket=storage.bucket, near=near)
    return storage


def files(storage: Storage) -> list[str]:
    """All that is kept, and what was left behind."""
    if isinstance(storage, S3Storage):
        uploads = [f"upload of {entry.key}" for entry, _ in storage.bucket.iter_uploads("")]
        drafts = [path.name for path in storage.near.folder.glob("drafts/*")]
        return sorted([entry.key.rpartition("/")[2] for entry in storage.bucket.iter_all("")] + uploads + drafts)
    assert isinstance(storage, FolderStorage)
    return sorted(path.name for path in storage.folder.rglob("*") if path.is_file() and path.name != "lock")


def damage(storage: Storage, sha256: str, data: bytes) -> None:
    if isinstance(storage, S3Storage):
        storage.bucket.put(f"blobs/{sha256[:2]}/{sha256}", data)
    else:
        storage.path(sha256).write_bytes(data)


def read(storage: Storage, sha256: str, *part: int) -> bytes:
    with storage.open(sha256, *part) as found:
        return b"".join(found)


def test_what_was_put_is_found_under_its_hash(storage: Storage):
    blob = storage.put_stream([b"a film", b"", b" of a ball"], 100)
    assert blob.sha256 == hashlib.sha256(b"a film of a ball").hexdigest()
    assert blob.size_bytes == 16
    assert storage.exists(blob.sha256)
    assert storage.path(blob.sha256).read_bytes() == b"a film of a ball"
    assert elsewhere(storage).exists(blob.sha256)
    assert read(elsewhere(storage), blob.sha256) == b"a film of a ball"
    assert elsewhere(storage).path(blob.sha256).read_bytes() == b"a film of a ball"
    assert files(storage) == [blob.sha256]
    storage.verify(blob.sha256)


def test_a_file_is_copied(storage: Storage, tmp_path: Path):
    data = os.urandom(700_000)
    (tmp_path / "a.mp4").write_bytes(data)
    blob = storage.put_file(tmp_path / "a.mp4")
    (tmp_path / "a.mp4").write_bytes(b"something else")
    assert read(storage, blob.sha256) == read(elsewhere(storage), blob.sha256) == data
    assert blob.size_bytes == 700_000


def test_nothing_is_a_file_too(storage: Storage):
    blob = storage.put_stream([], 10)
    assert (blob.size_bytes, blob.sha256) == (0, hashlib.sha256().hexdigest())
    assert read(storage, blob.sha256) == read(elsewhere(storage), blob.sha256) == b""
    assert elsewhere(storage).path(blob.sha256).read_bytes() == b""
    storage.verify(blob.sha256)


def test_a_file_that_is_not_there_is_named(storage: Storage, tmp_path: Path):
    with pytest.raises(StorageError, match=r"cannot read a.mp4: No such file") as error:
        storage.put_file(tmp_path / "a.mp4")
    assert str(tmp_path) not in str(error.value)
    assert files(storage) == []


@pytest.mark.parametrize("see", [lambda storage: storage, elsewhere], ids=["here", "elsewhere"])
def test_ranges(storage: Storage, see):
    sha256 = put(storage, bytes(range(200)))
    storage = see(storage)
    assert read(storage, sha256, 10, 13) == b"\x0a\x0b\x0c"
    assert read(storage, sha256, 198) == b"\xc6\xc7"
    assert read(storage, sha256, 200) == b""
    with storage.open(sha256, 5, 9) as part:
        assert (part.size_bytes, part.whole_bytes) == (4, 200)
    for start, end in ((-1, 5), (0, 201), (9, 5), (201, 201)):
        with pytest.raises(StorageError, match="and the file has 200") as error:
            storage.open(sha256, start, end)
        assert error.value.reason == "range"


def test_too_much_leaves_nothing(storage: Storage):
    with pytest.raises(StorageError, match="more than 10 bytes") as error:
        storage.put_stream([b"12345", b"678901"], 10)
    assert error.value.reason == "too_large"
    assert storage.put_stream([b"12345", b"67890"], 10).size_bytes == 10
    assert len(files(storage)) == 1


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ConnectionResetError, ValueError])
def test_a_sender_who_stops_leaves_nothing_and_is_heard(storage: Storage, interruption):
    def chunks():
        yield b"half"
        raise interruption

    with pytest.raises(interruption):
        storage.put_stream(chunks(), 100)
    assert files(storage) == []


@pytest.mark.parametrize("name", [NOBODY, "", "../../etc/passwd", "A" * 64, "0" * 64 + "\n", "/" * 64])
def test_what_is_no_blob_is_missing(storage: Storage, name: str):
    put(storage, b"x")
    assert not storage.exists(name)
    assert not storage.delete(name)
    for ask in (storage.open, storage.path, storage.verify):
        with pytest.raises(StorageError, match="there is no file") as error:
            ask(name)
        assert error.value.reason == "missing"


def test_a_changed_file_is_found_and_mended_by_putting_it_again(storage: Storage):
    sha256 = put(storage, b"the right bytes")
    damage(storage, sha256, b"the wrong bytes")
    with pytest.raises(StorageError, match="is damaged") as error:
        storage.verify(sha256)
    assert error.value.reason == "damaged"
    assert put(storage, b"the right bytes") == sha256
    storage.verify(sha256)


def test_a_file_that_is_cut_while_it_is_read_is_told(folder: FolderStorage):
    sha256 = put(folder, b"x" * 1000)
    with folder.open(sha256) as part:
        os.truncate(folder.path(sha256), 0)
        with pytest.raises(StorageError, match="became shorter"):
            list(part)


def test_what_was_deleted_is_gone_but_can_be_read_on(storage: Storage):
    sha256 = put(storage, b"x" * 1000)
    with storage.open(sha256) as part:
        assert elsewhere(storage).delete(sha256)
        assert not storage.exists(sha256)
        assert b"".join(part) == b"x" * 1000
    assert not storage.delete(sha256)
    with pytest.raises(StorageError, match="there is no file"):
        elsewhere(storage).open(sha256)


def test_a_deleted_file_leaves_no_copy_where_it_was_deleted(storage: Storage, tmp_path: Path):
    sha256 = put(storage, b"x")
    assert storage.path(sha256).is_file()
    assert storage.delete(sha256)
    assert list(tmp_path.rglob(sha256)) == files(storage) == []


def test_the_young_are_not_deleted_and_to_put_again_makes_young(folder: FolderStorage):
    sha256 = put(folder, b"x")
    assert not folder.delete(sha256, unless_put_within_seconds=3600)
    for make_young in (lambda: put(folder, b"x"), lambda: folder.renew(sha256)):
        os.utime(folder.path(sha256), (0, 0))
        make_young()
        assert not folder.delete(sha256, unless_put_within_seconds=3600)
    os.utime(folder.path(sha256), (0, 0))
    assert folder.delete(sha256, unless_put_within_seconds=3600)
    assert not folder.renew(sha256)


def test_all_are_listed_and_strangers_are_not(storage: Storage):
    assert list(storage.iter_all()) == []
    wanted = {put(storage, bytes([number])) for number in range(20)}
    storage.remember("words")
    if isinstance(storage, S3Storage):
        for stranger in ("blobs/00/notes.txt", f"blobs/00/{NOBODY[:-1]}1/x", f"blobs/11/{NOBODY}"):
            storage.bucket.put(stranger, b"a stranger")
    else:
        assert isinstance(storage, FolderStorage)
        (storage.folder / "blobs" / "00").mkdir(exist_ok=True)
        (storage.folder / "blobs" / "00" / "notes.txt").write_text("a stranger")
    found = list(storage.iter_all())
    assert {kept.blob.sha256 for kept in found} == wanted
    assert all(kept.blob.size_bytes == 1 and kept.put_at > 1e9 for kept in found)


def test_drafts_of_the_dead_are_swept_and_those_of_the_living_are_not(storage: Storage):
    put(storage, b"x")
    folder = storage.near if isinstance(storage, S3Storage) else storage
    assert isinstance(folder, FolderStorage)
    for name in ("old.part", "new.part"):
        (folder.folder / "drafts" / name).write_bytes(b"half")
    os.utime(folder.folder / "drafts" / "old.part", (0, 0))
    assert storage.sweep_drafts() == 1
    assert [path.name for path in (folder.folder / "drafts").iterdir()] == ["new.part"]


def test_the_last_words_are_remembered_for_all(storage: Storage):
    assert storage.remembered() is None
    for words in ("the first", "then more than that"):
        storage.remember(words)
        assert elsewhere(storage).remembered() == words


def test_many_writers_of_the_same_bytes_end_up_with_one(storage: Storage):
    start, found = threading.Barrier(8), []

    def write():
        start.wait()
        found.extend(storage.put_stream([b"same" * 1000] * 20, 1 << 20).sha256 for _ in range(5))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    assert files(storage) == [found[0]]
    storage.verify(found[0])


WRITER = """
import os
from manazir.server.assets.storage import chosen_storage
storage = chosen_storage()
while True:
    data = os.urandom(40_000)
    print(storage.put_stream([data[:9], data[9:20_000], data[20_000:]], 1 << 20).sha256, flush=True)
"""


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_kill_9_while_writing_loses_nothing_that_was_kept_and_leaves_nothing_half(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
):
    url = str(tmp_path / "storage") if kind == "folder" else request.getfixturevalue("s3_url")
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path))
    monkeypatch.setenv("MANAZIR_STORAGE_URL", url)
    storage = chosen_storage()
    kept = []
    for writes in range(1, 9):
        child = subprocess.Popen([sys.executable, "-c", WRITER], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        kept += [child.stdout.readline().strip() for _ in range(writes)]
        child.send_signal(signal.SIGKILL)
        kept += [line.strip() for line in child.stdout.read().splitlines() if len(line) == 64]
        child.wait()
        child.stdout.close()
    assert len(kept) >= 36
    assert set(kept) <= {found.blob.sha256 for found in storage.iter_all()}
    for found in storage.iter_all():
        storage.verify(found.blob.sha256)
    storage.sweep_drafts(0)
    assert list(tmp_path.rglob("*.part")) == []


def test_the_floor_is_kept_free(tmp_path: Path):
    FolderStorage(folder=tmp_path, floor_bytes=0).check_room(1000)
    with pytest.raises(StorageError, match="delete what is not needed") as error:
        FolderStorage(folder=tmp_path, floor_bytes=1 << 60).check_room()
    assert error.value.reason == "no_space"
    with pytest.raises(StorageError, match="are needed"):
        FolderStorage(folder=tmp_path, floor_bytes=0).check_room(1 << 60)


def test_a_place_that_cannot_be_written_to_is_told_without_its_path(tmp_path: Path):
    (tmp_path / "storage").write_text("a file")
    with pytest.raises(StorageError, match="cannot use the storage") as error:
        FolderStorage(folder=tmp_path / "storage").put_stream([b"x"], 1)
    assert error.value.reason == "failed"
    assert str(tmp_path) not in str(error.value)


def test_strangers_on_the_machine_cannot_look_in(storage: Storage):
    put(storage, b"x")
    folder = storage.near if isinstance(storage, S3Storage) else storage
    assert isinstance(folder, FolderStorage)
    assert folder.folder.stat().st_mode & 0o077 == 0


def test_the_storage_lies_in_the_home_unless_another_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MANAZIR_HOME", str(tmp_path))
    monkeypatch.delenv("MANAZIR_STORAGE_URL", raising=False)
    assert chosen_storage() == FolderStorage(folder=tmp_path / "storage")
    monkeypatch.setenv("MANAZIR_STORAGE_URL", f"file://{tmp_path}/my%20films")
    assert chosen_storage() == FolderStorage(folder=tmp_path / "my films")
    monkeypatch.setenv("MANAZIR_STORAGE_URL", str(tmp_path / "plain"))
    assert chosen_storage() == FolderStorage(folder=tmp_path / "plain")


@pytest.mark.parametrize("url", ["gs://key:secret@films/a", "https://films", "file://nas/films", "file://films"])
def test_other_places_are_refused_by_name(url: str):
    with pytest.raises(UnsupportedError, match="MANAZIR_STORAGE_URL") as error:
        folder_of(url)
    assert "secret" not in str(error.value)


def test_what_is_held_is_not_deleted_until_its_holder_lets_go(storage: Storage):
    held = put(storage, b"held")
    with storage.hold(held):
        put(storage, b"held")  # again, by somebody else
        assert not storage.delete(held)
    assert not storage.delete(held, unless_put_within_seconds=3600), "a row may have been written just now"
    assert elsewhere(storage).delete(held)
    assert files(storage) == []
    with pytest.raises(StorageError, match="there is no file") as error:
        storage.hold(held)
    assert error.value.reason == "missing"
    assert files(storage) == []


def test_what_is_worked_with_lies_where_it_is_until_that_is_over(storage: Storage):
    sha256 = put(storage, b"used")
    used = elsewhere(storage).use(sha256)
    old, near = time.time() - 7200, storage
    if isinstance(storage, S3Storage):
        near = FolderStorage(folder=used.path.parents[2], floor_bytes=0)
        assert storage.delete(sha256), "whoever has a copy does not need the bucket's own"
    os.utime(used.path, (old, old))
    assert not near.delete(sha256, unless_put_within_seconds=3600)
    assert used.path.read_bytes() == b"used"
    used.hold.release()
    os.utime(used.path, (old, old))
    assert near.delete(sha256, unless_put_within_seconds=3600)
    with pytest.raises(StorageError, match="there is no file"):
        storage.use(sha256)


def test_a_holder_that_dies_holds_nothing(folder: FolderStorage):
    storage = folder
    held, abandoned = put(storage, b"held"), put(storage, b"abandoned")
    hold = storage.hold(held)
    put(storage, b"held")  # again, by somebody else: another file of the same name
    assert not storage.delete(held)
    script = (
        "import os, sys; from pathlib import Path; from manazir.server.assets.folder import FolderStorage\n"
        "hold = FolderStorage(folder=Path(sys.argv[1])).hold(sys.argv[2]); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(storage.folder), abandoned], check=False)
    assert len(list((storage.folder / "held").iterdir())) == 2
    assert storage.delete(abandoned)
    old = time.time() - 7200
    os.utime(storage.path(held), (old, old))
    hold.release()
    assert not storage.delete(held, unless_put_within_seconds=3600), "a row may have been written just now"
    assert storage.delete(held)
    assert not list((storage.folder / "held").iterdir())
