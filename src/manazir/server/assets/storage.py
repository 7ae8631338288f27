"""Where uploaded and made files are kept: each under the SHA-256 of its bytes, whole or not at all.

A storage may be used by many processes on several machines. There are two kinds: a folder (`folder.py`), which the
machines mount, and a bucket of a store that speaks S3 (`s3.py`).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from manazir.core.errors import UnsupportedError
from manazir.core.home import home, storage_url
from manazir.server.assets.blobs import Blob, Kept, Part
from manazir.server.assets.drafts import Filling
from manazir.server.assets.folder import FolderStorage
from manazir.server.assets.holding import Hold, Used
from manazir.server.assets.place import place_of


class Storage(Protocol):
    """A keeper of blobs. Its methods block (in an event loop, call them from a thread) and raise StorageError.

    To put a blob again makes it young again: whoever deletes orphans leaves the young ones alone (`delete`), and so
    never takes a blob from a job that is about to be written down.
    """

    def put_file(self, path: Path) -> Blob:
        """Keep a copy of a file."""

    def put_stream(self, chunks: Iterable[bytes], limit_bytes: int) -> Blob:
        """Keep what comes, up to a limit; what `chunks` raises passes through, and nothing stays."""

    def begin(self, limit_bytes: int) -> Filling:
        """The same for whoever has the bytes piece by piece, and no thread to wait for them in."""

    def hold(self, sha256: str) -> Hold:
        """Keep a blob from being deleted until a row names it; raises (`missing`) if it is not there."""

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> Part:
        """Open bytes `start` up to `end`, which is not among them; None: to the end."""

    def path(self, sha256: str) -> Path:
        """A file of this machine with a blob's bytes, only for reading, and soon: it may be a copy."""

    def use(self, sha256: str) -> Used:
        """The same for whoever works with it for long: nobody sweeps that file away meanwhile."""

    def exists(self, sha256: str) -> bool:
        """Whether there is such a blob."""

    def verify(self, sha256: str) -> None:
        """Read a blob whole and compare its hash; raises if it is missing or damaged."""

    def delete(self, sha256: str, unless_put_within_seconds: float = 0.0) -> bool:
        """Remove a blob unless somebody holds it; says whether it did. Whoever has a file of it open can read on."""

    def iter_all(self) -> Iterator[Kept]:
        """All blobs; those that are put or deleted meanwhile may be among them or not."""

    def sweep_drafts(self, untouched_for_seconds: float = 3600.0) -> int:
        """Remove what writers that died have left behind; how many."""

    def parts(self) -> Path:
        """A folder for files that come in parts, maybe only this machine's; who puts some there takes them away."""

    def check_room(self, size_bytes: int = 0) -> None:
        """Raise if so many bytes more would leave less free than the floor (`no_space`), or nothing can be kept now."""

    def check_writable(self) -> None:
        """Raise UnsupportedError, for the operator, if nothing can be kept there at all."""

    def free_bytes(self) -> int:
        """What the disk has left: of a folder its own, of a bucket the one that files pass through."""

    def remember(self, text: str) -> None:
        """Keep a few words, in the place of those from before."""

    def remembered(self) -> str | None:
        """The words that are kept; None: there never were any."""


def chosen_storage() -> Storage:
    """The storage that MANAZIR_STORAGE_URL names, or the one in the home.

    Raises:
        UnsupportedError: it names something else, or what buckets need is not installed.
    """
    url = storage_url()
    if url is not None and url.startswith("s3://"):
        return _bucket_of(url)
    return FolderStorage(folder=home() / "storage" if url is None else folder_of(url))


def _bucket_of(url: str) -> Storage:
    place = place_of(url)
    try:
        from manazir.server.assets.bucket import Bucket
        from manazir.server.assets.s3 import S3Storage
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "botocore":
            raise
        raise UnsupportedError("MANAZIR_STORAGE_URL names a bucket; install manazir[s3] for that") from error
    return S3Storage(bucket=Bucket(place), near=FolderStorage(folder=home() / "copies"))


def folder_of(url: str) -> Path:
    """The folder that a path or a file:/// URL names.

    Raises:
        UnsupportedError: it is something else.

    >>> folder_of("file:///srv/my%20films")
    PosixPath('/srv/my films')
    """
    if "://" not in url:
        return Path(url).absolute()
    parts = urlsplit(url)
    if parts.scheme != "file":  # the rest of it may hold a secret
        raise UnsupportedError(
            f"MANAZIR_STORAGE_URL begins with {parts.scheme}://; give a path, file:///…, or s3://BUCKET/PREFIX"
        )
    if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        raise UnsupportedError("MANAZIR_STORAGE_URL names a folder of another machine; mount it, and give its path")
    return Path(unquote(parts.path))
