import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from manazir.core.errors import MediaError
from manazir.media.atomic import replacing, write_bytes


@contextmanager
def file_limit(size_bytes: int) -> Iterator[None]:
    """A disk that is full after so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_was_written_takes_the_name(tmp_path):
    with replacing(tmp_path / "a.bin") as draft:
        assert draft.parent == tmp_path
        draft.write_bytes(b"new")
        assert not (tmp_path / "a.bin").exists()
    assert (tmp_path / "a.bin").read_bytes() == b"new"
    assert names(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit, ValueError, MemoryError])
def test_an_interrupted_write_leaves_the_older_file(tmp_path, interruption):
    def write():
        with replacing(tmp_path / "a.bin") as draft:
            draft.write_bytes(b"half")
            raise interruption

    (tmp_path / "a.bin").write_bytes(b"old")
    with pytest.raises(interruption):
        write()
    assert (tmp_path / "a.bin").read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_a_full_disk_leaves_nothing(tmp_path):
    with file_limit(1000), pytest.raises(MediaError, match=r"cannot write .*a.bin: .*; make room or choose another"):
        write_bytes(tmp_path / "a.bin", b"x" * 5000)
    assert names(tmp_path) == []


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(MediaError, match="No such file or directory"):
        write_bytes(tmp_path / "nowhere" / "a.bin", b"x")


def test_a_folder_of_that_name(tmp_path):
    with pytest.raises(MediaError, match="no file has this name"):
        write_bytes(tmp_path, b"x")


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.bin").write_bytes(b"old")
    (tmp_path / "link.bin").symlink_to("real.bin")
    write_bytes(tmp_path / "link.bin", b"new")
    assert (tmp_path / "link.bin").is_symlink()
    assert (tmp_path / "real.bin").read_bytes() == b"new"


def test_the_mode_follows_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write_bytes(tmp_path / "a.bin", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "a.bin").stat().st_mode & 0o777 == 0o640


def test_long_names(tmp_path):
    name = "ك" * 120 + ".bin"  # 244 bytes
    write_bytes(tmp_path / name, b"x")
    assert names(tmp_path) == [name]
