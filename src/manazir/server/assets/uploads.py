"""Uploads that come in parts, and go on after a break: of the connection, of the client, of the server.

What has come lies in the storage, in a file of its own, whose length says how much that is; a row says whose it is and
what it will be. Whoever has an upload's id may send to it: the id cannot be guessed, and the row has only its hash. In
the end the file is checked as any other that is brought.

    with uploads.writing(upload, offset) as arrival:
        for chunk in chunks:
            arrival.write(chunk)
    asset = uploads.finish(upload)
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from manazir.core.errors import MediaError
from manazir.media.atomic import sync
from manazir.server.assets.drafts import told
from manazir.server.errors import ApiError, Problem
from manazir.server.files import (
    Asset,
    add_asset,
    add_up_alone,
    complete_asset,
    delete_asset,
    fail_asset,
    find_asset,
    grow_asset,
)
from manazir.server.keys import Caller
from manazir.server.service import DAY_SECONDS, NOTHING, Service
from manazir.server.store.database import now
from manazir.server.store.tables import assets, keys, uploads

LASTS_SECONDS = DAY_SECONDS
"""An upload that was not finished by then is given up."""
MOST_AT_ONCE = 64
"""Uploads that a tenant has begun and not finished."""
SWEPT_AT_ONCE = 200
STEP_BYTES = 16 << 20
"""By which an upload is counted as larger, of which nobody said how large it will be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A row of `uploads`, with the file that it will be."""

    id: str
    """What its owner shows; nobody else knows it."""
    path: Path
    asset: Asset
    size_bytes: int | None
    """How large it will be; None: whoever sends it did not say."""

    @property
    def received_bytes(self) -> int:
        """How much has come, and is on the disk."""
        return self.path.stat().st_size if self.path.exists() else 0


class Arrival:
    """An upload that is being written to; nobody else can meanwhile."""

    def __init__(self, descriptor: int, offset: int, room_bytes: int, more_room: Callable[[int], int]) -> None:
        """Take over a locked descriptor that stands at `offset`.

        Args:
            room_bytes: how large the file may become.
            more_room: asked when it would become larger: how large it may then; refuses (ApiError) if it may not.
        """
        self._descriptor, self.size_bytes, self._room_bytes, self._more_room = descriptor, offset, room_bytes, more_room

    def write(self, data: bytes) -> None:
        """Append.

        Raises:
            ApiError: it is more than was said, than may be, or than the tenant may store.
            StorageError: the disk is full, or broken.
        """
        if self.size_bytes + len(data) > self._room_bytes:
            self._room_bytes = self._more_room(self.size_bytes + len(data))
        left = memoryview(data)
        with told("cannot write an upload"):
            while left:
                left = left[os.write(self._descriptor, left) :]
        self.size_bytes += len(data)


@dataclass(frozen=True, slots=True)
class Uploads:
    """All that can be done with uploads."""

    service: Service

    def begin(
        self,
        caller: Caller,
        *,
        size_bytes: int | None,
        mime_type: str = "application/octet-stream",
        filename: str | None = None,
        wire: Mapping[str, Any] = NOTHING,
    ) -> Upload:
        """Make room for a file that will come.

        Raises:
            ApiError: it is larger than may be, more than the tenant may store, or one too many at a time.
            StorageError: the disk has no room for it.
        """
        most = self.service.operator.largest_upload_bytes
        if size_bytes is not None and not 0 < size_bytes <= most:
            raise ApiError(
                Problem.TOO_LARGE,
                f"a file of {size_bytes} bytes; from 1 to {most} can be uploaded",
                reason="file_too_large",
                values={"most": most},
            )
        self.service.storage.check_room(size_bytes or 0)
        upload_id = secrets.token_urlsafe(32)
        days = self.service.operator.input_days
        with self.service.database.transaction() as connection:
            add_up_alone(connection, caller.tenant_id)
            time = now(connection)
            unfinished = (assets.c.state == "pending") & assets.c.deleted_at.is_(None) & (uploads.c.expires_at > time)
            mine = select(uploads.c.id).join(assets).where(unfinished & (uploads.c.tenant_id == caller.tenant_id))
            if len(connection.execute(mine.limit(MOST_AT_ONCE)).all()) == MOST_AT_ONCE:
                why = f"{MOST_AT_ONCE} uploads are unfinished; finish or cancel some of them first"
                raise ApiError(
                    Problem.QUEUE_FULL,
                    why,
                    retry_after_seconds=60,
                    reason="uploads_wait",
                    values={"most": MOST_AT_ONCE},
                )
            asset = add_asset(
                connection,
                caller.tenant_id,
                mime_type=mime_type[:100],
                size_bytes=size_bytes or 0,
                filename=None if filename is None else filename[:255],
                wire=wire,
                lasts_seconds=None if days is None else days * DAY_SECONDS,
            )
            row: dict[str, Any] = {"id": _hash(upload_id), "tenant_id": caller.tenant_id, "key_id": caller.key_id}
            row |= {"asset_id": asset.id, "created_at": time, "expires_at": time + LASTS_SECONDS}
            connection.execute(insert(uploads).values(row | {"size_bytes": size_bytes}))
            path = self._path(upload_id)
            with told("cannot begin an upload"):
                path.touch(mode=0o600)
                sync(path.parent)
        return Upload(id=upload_id, path=path, asset=asset, size_bytes=size_bytes)

    def find(self, upload_id: str) -> Upload:
        """An upload by its id.

        Raises:
            ApiError: there is none, its time is over, its file was deleted, or the key that began it was revoked.
        """
        with self.service.database.reading() as connection:
            good = (uploads.c.id == _hash(upload_id)) & (uploads.c.expires_at > now(connection))
            asked = select(uploads, keys.c.revoked_at).join(keys, keys.c.id == uploads.c.key_id).where(good)
            row = connection.execute(asked).mappings().one_or_none()
            if row is None or row["revoked_at"] is not None:
                raise ApiError(
                    Problem.NOT_FOUND,
                    "there is no such upload, or its time is over; begin a new one",
                    reason="no_such_upload",
                )
            asset = find_asset(connection, row["tenant_id"], row["asset_id"])
        return Upload(id=upload_id, path=self._path(upload_id), asset=asset, size_bytes=row["size_bytes"])

    @contextmanager
    def writing(self, upload: Upload, offset: int) -> Iterator[Arrival]:
        """Lend an upload for writing from `offset` on. What was written is on the disk when it is given back.

        An offset before the end sends again what came already: an answer of ours was lost.

        Raises:
            ApiError: there would be a hole; somebody else writes; it is finished.
            StorageError: the disk has no room.
        """
        room = upload.asset.size_bytes if upload.size_bytes is None else upload.size_bytes
        with self._locked(upload) as descriptor:
            has = os.fstat(descriptor).st_size
            if not 0 <= offset <= has:
                why = f"the upload has {has} bytes, and these would be from {offset} on; send from {has} on"
                raise ApiError(Problem.BAD_RANGE, why, reason="bad_part")
            self.service.storage.check_room(room - offset if upload.size_bytes is not None else 0)
            with told("cannot write an upload"):
                os.ftruncate(descriptor, offset)
                os.lseek(descriptor, offset, os.SEEK_SET)
            try:
                yield Arrival(descriptor, offset, room, partial(self._more_room, upload))
            finally:
                with told("cannot write an upload"):
                    os.fsync(descriptor)

    def finish(self, upload: Upload) -> Asset:
        """All has come: check what it is, and keep it. Who finishes twice gets the same.

        Raises:
            ApiError: there is less than was said; somebody else writes.
            MediaError: it is no video, picture or sound; it is given up.
            StorageError: it cannot be kept.
        """
        if upload.asset.state == "ready":
            return upload.asset
        with self._locked(upload):
            has = upload.received_bytes
            if upload.size_bytes not in (None, has):
                why = f"the upload has {has} of {upload.size_bytes} bytes; send the others, then finish it"
                raise ApiError(Problem.CONFLICT, why, reason="bad_part")
            asset = self._kept(upload)
            upload.path.unlink(missing_ok=True)
        return asset

    def cancel(self, upload: Upload) -> None:
        """Give an upload up; one that is finished stays."""
        if upload.asset.state == "ready":
            raise ApiError(
                Problem.CONFLICT, "this upload is finished; delete the file instead", reason="upload_is_whole"
            )
        with self.service.database.transaction() as connection:
            delete_asset(connection, upload.asset.tenant_id, upload.asset.id)
            connection.execute(delete(uploads).where(uploads.c.id == _hash(upload.id)))
        upload.path.unlink(missing_ok=True)

    def sweep(self) -> int:
        """Give up uploads whose time is over. Returns how many they were."""
        with self.service.database.transaction() as connection:
            late = select(uploads).where(uploads.c.expires_at < now(connection)).limit(SWEPT_AT_ONCE)
            rows = connection.execute(late).mappings().all()
            for row in rows:
                pending = (assets.c.id == row["asset_id"]) & (assets.c.state == "pending")
                gone = {"state": "failed", "reason": "it was not uploaded in time", "deleted_at": now(connection)}
                connection.execute(assets.update().where(pending).values(gone))
            connection.execute(delete(uploads).where(uploads.c.id.in_([row["id"] for row in rows])))
        for row in rows:
            (self.service.storage.parts() / row["id"]).unlink(missing_ok=True)
        return len(rows)

    def _more_room(self, upload: Upload, size_bytes: int) -> int:
        """What was not said before is counted in steps, each before its bytes are taken."""
        limit = self.service.operator.largest_upload_bytes if upload.size_bytes is None else upload.size_bytes
        if size_bytes > limit:
            raise ApiError(
                Problem.TOO_LARGE,
                f"this upload has more than {limit} bytes; begin a new one",
                reason="file_too_large",
                values={"most": limit},
            )
        with self.service.database.transaction() as connection:
            return grow_asset(connection, upload.asset, size_bytes, min(limit, size_bytes + STEP_BYTES))

    def _kept(self, upload: Upload) -> Asset:
        """Bytes first, then the row: a crash between them leaves an upload that can be finished again."""
        called = upload.asset.filename or "the file"
        try:
            brought = self.service.look_at(self.service.storage.put_file(upload.path), called)
        except MediaError as error:
            with self.service.database.transaction() as connection:
                fail_asset(connection, upload.asset, str(error))
            upload.path.unlink(missing_ok=True)
            raise
        blob, facts = brought.blob, brought.facts
        with brought.hold, self.service.database.transaction() as connection:
            return complete_asset(
                connection, upload.asset, blob.sha256, blob.size_bytes, facts.mime_type, asdict(facts)
            )

    @contextmanager
    def _locked(self, upload: Upload) -> Iterator[int]:
        """The file, open and locked: two writers would mix their bytes. Once an upload is over its file is gone."""
        self._refuse_over(upload)
        with told("cannot open an upload"):
            try:
                descriptor = os.open(upload.path, os.O_RDWR | os.O_CLOEXEC)
            except FileNotFoundError as error:
                raise _over("its bytes are gone") from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                why = "somebody else sends to this upload now; ask how much it has, and send the rest"
                raise ApiError(Problem.UNAVAILABLE, why, retry_after_seconds=1, reason="upload_is_busy") from error
            if os.fstat(descriptor).st_nlink == 0:
                raise _over("somebody else finished it")
            yield descriptor
        finally:
            os.close(descriptor)

    def _refuse_over(self, upload: Upload) -> None:
        if upload.asset.state != "pending":
            raise _over(f"{upload.asset.state} {upload.asset.reason or ''}".strip())

    def _path(self, upload_id: str) -> Path:
        return self.service.storage.parts() / _hash(upload_id)


def _over(why: str) -> ApiError:
    return ApiError(Problem.CONFLICT, f"this upload is over ({why}); begin a new one", reason="no_such_upload")


def _hash(upload_id: str) -> str:
    """A plain hash is enough: the id has 256 random bits."""
    return hashlib.sha256(upload_id.encode()).hexdigest()
