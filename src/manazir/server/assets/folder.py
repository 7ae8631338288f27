"""A storage that is a folder of this machine, or one that several machines mount.

blobs/3f/3f79…    a blob, under its hash
drafts/….part     what is being written; it gets its name once it has reached the disk
held/3f79….…      locked by somebody who is about to write this blob down, or works with it (`holding.py`)
parts/            uploads that are not finished (`uploads.py`)
remembered        a few words
lock              held for the moment in which a name is taken or given up
"""

import errno
import fcntl
import hashlib
import os
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from manazir.core.errors import StorageError, UnsupportedError
from manazir.media.atomic import sync
from manazir.server.assets.blobs import CHUNK_BYTES, NAME, Blob, Kept, Part, missing, no_range
from manazir.server.assets.drafts import SUFFIX, Draft, Filling, make_folder, told
from manazir.server.assets.holding import Hold, Used, hold_file, is_held, sweep_holds

GIB = 1 << 30


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderStorage:
    """A Storage in a folder, which is made when it is first needed."""

    folder: Path
    floor_bytes: int = GIB
    """What `check_room` leaves free, so that jobs that were accepted find room for what they make."""

    def put_file(self, path: Path) -> Blob:
        """Keep a copy of a file."""
        with closing(_pieces(path)) as chunks:
            return self.put_stream(chunks, sys.maxsize)

    def put_stream(self, chunks: Iterable[bytes], limit_bytes: int) -> Blob:
        """Keep what comes, up to a limit."""
        with closing(self.begin(limit_bytes)) as filling:
            for chunk in chunks:
                filling.write(chunk)
            return filling.finish()

    def begin(self, limit_bytes: int, then: Callable[[Blob], Blob] = lambda blob: blob) -> Filling:
        """The same, piece by piece.

        Args:
            then: what is done with the blob before anybody hears of it.
        """
        with told("cannot use the storage"):
            self._make_folders()
        return Filling(Draft(self._drafts), limit_bytes, lambda draft: then(self._named(draft)))

    def hold(self, sha256: str) -> Hold:
        """Keep a blob from being deleted."""
        place = self._place(sha256)
        with told("cannot hold a file"):
            self._make_folders()
            make_folder(self._held)
            with self._lock():
                if not place.is_file():
                    raise missing(sha256)
                return hold_file(self._held, place)

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> Part:
        """Open a part of a blob."""
        with told("cannot open a file"):
            try:
                descriptor = os.open(self._place(sha256), os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                raise missing(sha256) from None
        whole = os.fstat(descriptor).st_size
        stop = whole if end is None else end
        if 0 <= start <= stop <= whole:
            return FilePart(descriptor, start, stop, whole)
        os.close(descriptor)
        raise no_range(start, stop, whole)

    def path(self, sha256: str) -> Path:
        """The file itself."""
        path = self._place(sha256)
        if not path.is_file():
            raise missing(sha256)
        return path

    def use(self, sha256: str) -> Used:
        """The file itself, held."""
        hold = self.hold(sha256)
        return Used(self.path(sha256), hold)

    def renew(self, sha256: str) -> bool:
        """Make a blob young without putting it again; says whether it is there."""
        if not self.exists(sha256):
            return False
        with told("cannot use the storage"), self._lock(), suppress(FileNotFoundError):
            os.utime(self._place(sha256))
            return True
        return False

    def exists(self, sha256: str) -> bool:
        """Whether there is such a blob."""
        return NAME.fullmatch(sha256) is not None and self._place(sha256).is_file()

    def verify(self, sha256: str) -> None:
        """Read a blob whole and compare its hash."""
        digest = hashlib.sha256()
        with self.open(sha256) as part:
            for chunk in part:
                digest.update(chunk)
        if digest.hexdigest() != sha256:
            raise StorageError(f"the kept file {sha256} is damaged: now its hash is {digest.hexdigest()}", "damaged")

    def delete(self, sha256: str, unless_put_within_seconds: float = 0.0) -> bool:
        """Remove a blob that nobody holds, and that is not young: in this order, as who lets go makes it young."""
        if not self.exists(sha256):
            return False
        path = self._place(sha256)
        with told("cannot delete a file"), self._lock():
            if is_held(self._held, sha256):
                return False
            try:
                if unless_put_within_seconds and _age_seconds(path) < unless_put_within_seconds:
                    return False
                path.unlink()
            except FileNotFoundError:
                return False
        return True

    def iter_all(self) -> Iterator[Kept]:
        """All blobs."""
        with told("cannot list the storage"):
            for folder in sorted(self._blobs.glob("[0-9a-f][0-9a-f]")):
                for path in folder.iterdir():
                    if NAME.fullmatch(path.name):
                        with suppress(FileNotFoundError):  # deleted meanwhile
                            status = path.stat()
                            yield Kept(Blob(path.name, status.st_size), status.st_mtime)

    def sweep_drafts(self, untouched_for_seconds: float = 3600.0) -> int:
        """Remove drafts that nobody has written to for a while."""
        swept = 0
        with told("cannot sweep the storage"):
            for path in self._drafts.glob(f"*{SUFFIX}"):
                with suppress(FileNotFoundError):  # finished meanwhile
                    if _age_seconds(path) >= untouched_for_seconds:
                        path.unlink()
                        swept += 1
            if self._held.is_dir():
                with self._lock():
                    sweep_holds(self._held)
        return swept

    def parts(self) -> Path:
        """A folder beside the blobs."""
        with told("cannot use the storage"):
            self._make_folders()
            make_folder(self.folder / "parts")
        return self.folder / "parts"

    def check_room(self, size_bytes: int = 0) -> None:
        """Refuse if too little of the disk would be left, or if it can hold no more files."""
        disk = self._disk()
        free = disk.f_bavail * disk.f_frsize
        if free - size_bytes < self.floor_bytes or (disk.f_files and disk.f_favail == 0):
            raise StorageError(
                f"the storage has {free >> 20} MiB free, keeps {self.floor_bytes >> 20} of them back, and "
                f"{size_bytes >> 20} are needed; delete what is not needed",
                "no_space",
            )

    def check_writable(self) -> None:
        """Make the folder if it is not there, and see that files can be put there. Here its path is told."""
        try:
            self._make_folders()
            if not os.access(self._drafts, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as error:
            raise UnsupportedError(
                f"no files can be kept in {self.folder}: {error.strerror}; mend that, or set MANAZIR_STORAGE_URL to a "
                "folder that can be written"
            ) from error

    def free_bytes(self) -> int:
        """What the disk has left."""
        disk = self._disk()
        return disk.f_bavail * disk.f_frsize

    def _disk(self) -> os.statvfs_result:
        with told("cannot use the storage"):
            self._make_folders()
            return os.statvfs(self.folder)

    def remember(self, text: str) -> None:
        """Keep a few words."""
        with told("cannot use the storage"):
            self._make_folders()
        with Draft(self._drafts) as draft:
            draft.write(text.encode())
            draft.flush()
            with told("cannot name a file"):
                draft.become(self.folder / "remembered")

    def remembered(self) -> str | None:
        """The words that are kept."""
        with told("cannot read what the storage remembers"), suppress(FileNotFoundError):
            return (self.folder / "remembered").read_text()
        return None

    @property
    def _blobs(self) -> Path:
        return self.folder / "blobs"

    @property
    def _drafts(self) -> Path:
        return self.folder / "drafts"

    @property
    def _held(self) -> Path:
        return self.folder / "held"

    def _place(self, sha256: str) -> Path:
        if not NAME.fullmatch(sha256):  # it may come from outside; no path is ever made of anything else
            raise missing(sha256)
        return self._blobs / sha256[:2] / sha256

    def _make_folders(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        make_folder(self.folder, 0o700)
        make_folder(self._blobs)
        make_folder(self._drafts)

    def _named(self, draft: Draft) -> Blob:
        """Name a draft by its hash. If there is such a blob, it is replaced: it has the same bytes, or is damaged."""
        place = self._place(draft.sha256)
        with told("cannot name a file"):
            make_folder(place.parent)
            with self._lock():
                draft.become(place)
            sync(place.parent)
        return Blob(draft.sha256, draft.size_bytes)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Between a look at how old a blob is and its end, nobody may put it again."""
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


class FilePart(Part):
    """A part of a file."""

    def __init__(self, descriptor: int, start: int, end: int, whole_bytes: int) -> None:
        """Take over a descriptor.

        Args:
            end: the first byte that is no more of the part.
            whole_bytes: of the blob.
        """
        super().__init__(start, end, whole_bytes)
        self._descriptor = descriptor

    def __iter__(self) -> Iterator[bytes]:
        """What is left, in pieces."""
        while self._position < self._end:
            with told("cannot read on"):
                chunk = os.pread(self._descriptor, min(CHUNK_BYTES, self._end - self._position), self._position)
            if not chunk:
                raise StorageError("a kept file became shorter while it was read", "damaged")
            self._position += len(chunk)
            yield chunk

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _age_seconds(path: Path) -> float:
    return time.time() - path.stat().st_mtime


def _pieces(path: Path) -> Generator[bytes]:
    with told(f"cannot read {path.name}"):
        file = path.open("rb", buffering=0)
    with file:
        while True:
            with told(f"cannot read {path.name}"):
                chunk = file.read(CHUNK_BYTES)
            if not chunk:
                return
            yield chunk
