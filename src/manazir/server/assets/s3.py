"""A storage that is a bucket, with a folder of this machine before it.

What is put is written to the folder, where its hash is found out, and then sent; what is read from a path is brought
into the folder. Files that were not used for an hour leave it. In the bucket:

    blobs/3f/3f79…    a blob, under its hash
    doomed/3f79…/…    somebody is about to delete that blob
    held/3f79…/…      somebody is about to write that blob down
    remembered        a few words
"""

import hashlib
import secrets
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from manazir.core.errors import StorageError, UnsupportedError
from manazir.server.assets.blobs import NAME, Blob, Kept, Part, missing, no_range
from manazir.server.assets.bucket import Bucket, Entry
from manazir.server.assets.drafts import Filling, told
from manazir.server.assets.folder import FolderStorage
from manazir.server.assets.holding import Hold, Used

UNUSED_SECONDS = 3600.0
"""After which a file leaves the folder; it stays in the bucket."""
NEEDED_SECONDS = 600.0
"""What was used no longer ago stays even if the disk is full: somebody may be about to open it."""
PARTS_SECONDS = 3 * 86_400.0
DELETE_SECONDS = 60.0
"""Who has not deleted a blob by then, after saying so, does not."""
DOOMED_SECONDS = 900.0
"""Who said so longer ago has died over it: a request that is under way ends before that."""

HELD_SECONDS = 6 * 3600.0
"""Who holds a blob for longer has died over it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class S3Storage:
    """A Storage in a bucket."""

    bucket: Bucket
    near: FolderStorage

    def put_file(self, path: Path) -> Blob:
        """Keep a copy of a file."""
        return self._sent(self.near.put_file(path))

    def put_stream(self, chunks: Iterable[bytes], limit_bytes: int) -> Blob:
        """Keep what comes, up to a limit."""
        return self._sent(self.near.put_stream(chunks, limit_bytes))

    def begin(self, limit_bytes: int) -> Filling:
        """The same, piece by piece."""
        return self.near.begin(limit_bytes, self._sent)

    def hold(self, sha256: str) -> Hold:
        """Keep a blob from being deleted. As in `delete`, the word comes first, and then the look."""
        if not NAME.fullmatch(sha256):
            raise missing(sha256)
        word = f"held/{sha256}/{secrets.token_hex(8)}"
        self.bucket.put(word, b"")
        self._wait_for_deleters(sha256)
        if not self.exists(sha256):
            self.bucket.delete(word)
            raise missing(sha256)
        return Hold(partial(self._let_go, sha256, word))

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> Part:
        """Open a part of a blob: here if it is here, else in the bucket."""
        if self.near.renew(sha256):
            with suppress(StorageError):  # swept in between, or no such part
                return self.near.open(sha256, start, end)
        return self._far(sha256, start, end)

    def path(self, sha256: str) -> Path:
        """A copy here, brought if need be; for those who use it within ten minutes, or hold it open."""
        if not self.near.renew(sha256):
            try:
                self._bring(sha256)
            except StorageError as error:
                if error.reason != "damaged":
                    raise
                self._bring(sha256)  # perhaps on the way
        return self.near.path(sha256)

    def use(self, sha256: str) -> Used:
        """A copy here, held: what becomes of the bucket's own is of no matter to whoever has one."""
        while True:
            self.path(sha256)
            try:
                return self.near.use(sha256)
            except StorageError as error:
                if error.reason != "missing":  # swept in between
                    raise

    def exists(self, sha256: str) -> bool:
        """Whether there is such a blob in the bucket."""
        return NAME.fullmatch(sha256) is not None and self.bucket.find(_key(sha256)) is not None

    def verify(self, sha256: str) -> None:
        """Read a blob of the bucket whole and compare its hash."""
        with self._far(sha256) as part:
            for _ in part:
                pass

    def delete(self, sha256: str, unless_put_within_seconds: float = 0.0) -> bool:
        """Remove a blob that nobody holds, and that is not young: in this order, as who lets go makes it young.

        A bucket has no lock. So whoever deletes says so first, and looks again whether the blob is still old; whoever
        puts looks afterwards whether anybody has said so, and then whether it is there (`_sent`). One sees the other.
        """
        if not self._is_old(sha256, unless_put_within_seconds):
            return False
        word, until = f"doomed/{sha256}/{secrets.token_hex(8)}", time.monotonic() + DELETE_SECONDS
        self.bucket.put(word, b"")
        is_free = not self._is_held(sha256) and self._is_old(sha256, unless_put_within_seconds)
        is_deleted = is_free and time.monotonic() < until
        if is_deleted:
            self.bucket.delete(_key(sha256))  # where this fails, it may still happen: the word stays
            self.near.delete(sha256)
        self.bucket.delete(word)
        return is_deleted

    def iter_all(self) -> Iterator[Kept]:
        """All blobs."""
        for entry in self.bucket.iter_all("blobs/"):
            sha256 = entry.key.rpartition("/")[2]
            if NAME.fullmatch(sha256) and entry.key == _key(sha256):
                yield Kept(Blob(sha256, entry.size_bytes), entry.changed_at)

    def sweep_drafts(self, untouched_for_seconds: float = 3600.0) -> int:
        """Remove what died half-way, here and in the bucket, and copies here that nobody has used for long."""
        swept = self.near.sweep_drafts(untouched_for_seconds)
        self._make_room(UNUSED_SECONDS)
        with told("cannot sweep the storage"):
            for path in self.near.parts().iterdir():
                with suppress(FileNotFoundError):
                    if time.time() - path.stat().st_mtime >= PARTS_SECONDS:
                        path.unlink()
        for entry, upload in self.bucket.iter_uploads("blobs/"):
            if entry.age_seconds >= untouched_for_seconds:
                self.bucket.abort(entry.key, upload)
                swept += 1
        for word in self.bucket.iter_all("doomed/"):
            if word.age_seconds >= DOOMED_SECONDS:
                self.bucket.delete(word.key)
        for word in self.bucket.iter_all("held/"):
            if word.age_seconds >= HELD_SECONDS:
                self.bucket.delete(word.key)
        return swept

    def parts(self) -> Path:
        """A folder of this machine."""
        return self.near.parts()

    def check_room(self, size_bytes: int = 0) -> None:
        """Refuse if too little of this machine's disk would be left, or if the bucket was out of reach just now."""
        self.bucket.check_up()
        try:
            self.near.check_room(size_bytes)
        except StorageError:
            self._make_room(NEEDED_SECONDS)
            self.near.check_room(size_bytes)

    def check_writable(self) -> None:
        """Put something there, list it, and delete it again."""
        self.near.check_writable()
        key = f"check/{secrets.token_hex(8)}"
        try:
            self.bucket.put(key, b"manazir")
            found = [self.bucket.get(one.key) for one in self.bucket.iter_all(key)]
            self.bucket.delete(key)
        except StorageError as error:
            raise UnsupportedError(f"no files can be kept: {error}") from error
        if found != [b"manazir"]:
            raise UnsupportedError(f"no files can be kept: {self.bucket.place.told} does not list what was put there")

    def free_bytes(self) -> int:
        """What this machine's disk has left; of a bucket nobody knows."""
        return self.near.free_bytes()

    def remember(self, text: str) -> None:
        """Keep a few words."""
        self.bucket.put("remembered", text.encode())

    def remembered(self) -> str | None:
        """The words that are kept."""
        found = self.bucket.get("remembered")
        return None if found is None else found.decode()

    def _sent(self, blob: Blob) -> Blob:
        """Send a blob that is here. It is sent also if it is there: that makes it young, and mends it."""
        with told("cannot open a file"):
            file = self.near.path(blob.sha256).open("rb")
        with file:
            while True:
                self.bucket.put_file(_key(blob.sha256), file, blob.size_bytes)
                self._wait_for_deleters(blob.sha256)
                if self.exists(blob.sha256):  # else one had looked before, and was at its end before the look here
                    return blob

    def _wait_for_deleters(self, sha256: str) -> None:
        """Until whoever is about to delete a blob is at an end."""
        while any(word.age_seconds < DOOMED_SECONDS for word in self.bucket.iter_all(f"doomed/{sha256}/")):
            time.sleep(0.5)

    def _is_held(self, sha256: str) -> bool:
        return any(word.age_seconds < HELD_SECONDS for word in self.bucket.iter_all(f"held/{sha256}/"))

    def _let_go(self, sha256: str, word: str) -> None:
        """The blob is young again: who looked for its row before that was written leaves it alone."""
        with suppress(StorageError):  # an operator deleted it, or the bucket is away: whoever opens it is told
            self.bucket.touch(_key(sha256))
            self.bucket.delete(word)

    def _is_old(self, sha256: str, young_seconds: float) -> bool:
        found = self._find(sha256)
        return found is not None and (not young_seconds or found.age_seconds >= young_seconds)

    def _find(self, sha256: str) -> Entry | None:
        return self.bucket.find(_key(sha256)) if NAME.fullmatch(sha256) else None

    def _far(self, sha256: str, start: int = 0, end: int | None = None) -> "BucketPart":
        found = self._find(sha256)
        if found is None:
            raise missing(sha256)
        stop = found.size_bytes if end is None else end
        if not 0 <= start <= stop <= found.size_bytes:
            raise no_range(start, stop, found.size_bytes)
        return BucketPart(self.bucket, sha256, start, stop, found.size_bytes)

    def _bring(self, sha256: str) -> None:
        with self._far(sha256) as part:
            try:
                self.near.check_room(part.size_bytes)
            except StorageError:  # below the floor there is still room for what was accepted
                self._make_room(NEEDED_SECONDS)
            self.near.put_stream(part, part.size_bytes)

    def _make_room(self, unused_for_seconds: float) -> None:
        for kept in self.near.iter_all():
            self.near.delete(kept.blob.sha256, unless_put_within_seconds=unused_for_seconds)


class BucketPart(Part):
    """A part of a blob in a bucket. Of a whole one the last piece is only given if its hash is right."""

    def __init__(self, bucket: Bucket, sha256: str, start: int, end: int, whole_bytes: int) -> None:
        """Nothing is asked until it is read."""
        super().__init__(start, end, whole_bytes)
        self._sha256 = sha256
        self._left = self._checked(bucket.read(_key(sha256), start, end))

    def __iter__(self) -> Iterator[bytes]:
        """What is left, in pieces."""
        return self._left

    def close(self) -> None:
        """Let go of the connection."""
        self._left.close()

    def _checked(self, pieces: Iterator[bytes]) -> Generator[bytes]:
        digest, held = hashlib.sha256(), b""
        for piece in pieces:
            digest.update(piece)
            if held:
                yield held
            held = piece
        if self.size_bytes == self.whole_bytes and digest.hexdigest() != self._sha256:
            now = digest.hexdigest()
            raise StorageError(f"the kept file {self._sha256} is damaged: now its hash is {now}", "damaged")
        yield held


def _key(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256}"
