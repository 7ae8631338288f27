"""A disk that is full at every point of a write: nothing half gets a name, and with room again all goes on."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from manazir.core.errors import StorageError
from manazir.server.assets.storage import FolderStorage

PAGE = 4096
DATA = b"a film" * 5000  # eight pages


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    """A file system of its own in memory; needs the right to mount."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def may_mount() -> bool:
    """Whether this user may: root outside of a container without rights."""
    asked = ["unshare", "--mount", "true"]
    return os.geteuid() == 0 and subprocess.run(asked, check=False, capture_output=True).returncode == 0


needs_mount = pytest.mark.skipif(not may_mount(), reason="only root may mount; the limit on file sizes is tested")


def nothing_half(storage: FolderStorage) -> None:
    assert list(storage.folder.glob("drafts/*")) == []
    for kept in storage.iter_all():
        storage.verify(kept.blob.sha256)


def fill(path: Path, leave_bytes: int) -> None:
    disk = os.statvfs(path.parent)
    path.write_bytes(b"x" * (disk.f_bavail * disk.f_frsize - leave_bytes))


@needs_mount
def test_bytes_run_out_at_each_page_of_a_write(tmp_path: Path):
    outcomes = []
    for pages in range(12):
        with small_disk(tmp_path / str(pages), "size=2m") as disk:
            storage = FolderStorage(folder=disk / "storage", floor_bytes=0)
            fill(disk / "filler", pages * PAGE)
            try:
                storage.put_stream([DATA[at : at + 3000] for at in range(0, len(DATA), 3000)], 1 << 20)
                outcomes.append("kept")
            except StorageError as error:
                outcomes.append(error.reason)
            nothing_half(storage)
            (disk / "filler").unlink()
            sha256 = storage.put_stream([DATA], 1 << 20).sha256
            storage.verify(sha256)
    assert outcomes == ["no_space"] * 8 + ["kept"] * 4


@needs_mount
def test_names_run_out_at_each_file_and_folder_of_a_write(tmp_path: Path):
    """On a disk that can hold few files: for the folders, the draft, the folder of the blob, the lock."""
    outcomes = []
    for names in range(2, 10):
        with small_disk(tmp_path / str(names), f"size=2m,nr_inodes={names}") as disk:
            storage = FolderStorage(folder=disk / "storage", floor_bytes=0)
            try:
                storage.put_stream([DATA], 1 << 20)
                outcomes.append("kept")
            except StorageError as error:
                outcomes.append(error.reason)
            nothing_half(storage)
            subprocess.run(["mount", "-o", "remount,size=2m,nr_inodes=100", disk], check=True)
            storage.verify(storage.put_stream([DATA], 1 << 20).sha256)
    assert outcomes == ["no_space"] * 5 + ["kept"] * 3


@needs_mount
def test_the_floor_is_told_before_the_disk_is_full(tmp_path: Path):
    with small_disk(tmp_path / "disk", "size=2m") as disk:
        storage = FolderStorage(folder=disk / "storage", floor_bytes=1 << 20)
        storage.check_room(500_000)
        fill(disk / "filler", 1_200_000)
        with pytest.raises(StorageError, match="1 MiB free, keeps 1 of them back"):
            storage.check_room(500_000)
        storage.put_stream([DATA], 1 << 20)  # what was accepted still finds room
        (disk / "filler").unlink()
        storage.check_room(500_000)


@needs_mount
def test_a_disk_that_can_only_be_read_still_serves(tmp_path: Path):
    with small_disk(tmp_path / "disk", "size=2m") as disk:
        storage = FolderStorage(folder=disk / "storage", floor_bytes=0)
        sha256 = storage.put_stream([DATA], 1 << 20).sha256
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        storage.verify(sha256)
        with pytest.raises(StorageError, match="Read-only file system"):
            storage.put_stream([b"more"], 1 << 20)
        with pytest.raises(StorageError, match="Read-only file system"):
            storage.delete(sha256)


@pytest.mark.parametrize("limit", [0, 1, 4095, 15_000, len(DATA) - 1])
def test_a_limit_on_file_sizes_is_no_room_either(tmp_path: Path, limit: int):
    storage = FolderStorage(folder=tmp_path / "storage", floor_bytes=0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(StorageError, match="no room left") as error:
            storage.put_stream([DATA[:7000], DATA[7000:]], 1 << 20)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert error.value.reason == "no_space"
    assert list(storage.iter_all()) == []
    nothing_half(storage)
    storage.verify(storage.put_stream([DATA], 1 << 20).sha256)
