"""Whether the files in a storage are those that the record knows.

What no row names is swept away, which would be fatal after an older backup of the record was restored, or when another
record was set beside the same storage: everything made since then, or by the other, belongs to nothing. So the storage
remembers an event of its record; where that event is unknown, nothing is swept until an operator has looked.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from manazir.server.assets.blobs import Blob
from manazir.server.service import Service
from manazir.server.store.tables import assets, events, jobs


def belongs(service: Service) -> bool:
    """Whether the record knows the event that the storage remembers; where it remembers none, it is new."""
    remembered = service.storage.remembered()
    if remembered is None:
        return True
    told = json.loads(remembered)
    with service.database.reading() as connection:
        asked = select(events.c.created_at).where(events.c.sequence == told["sequence"])
        return bool(connection.execute(asked).scalar() == told["created_at"])


def remember(service: Service) -> None:
    """Have the storage remember the record's newest event."""
    with service.database.reading() as connection:
        newest = select(events.c.sequence, events.c.created_at).order_by(events.c.sequence.desc()).limit(1)
        row = connection.execute(newest).one_or_none()
    told = None if row is None else json.dumps({"sequence": row.sequence, "created_at": row.created_at})
    if told is not None and told != service.storage.remembered():
        service.storage.remember(told)


def is_named(connection: Connection, sha256: str) -> bool:
    """Whether some row needs these bytes."""
    by_asset = select(assets.c.id).where((assets.c.sha256 == sha256) & assets.c.deleted_at.is_(None))
    by_job = select(jobs.c.id).where((jobs.c.preview_hash == sha256) & jobs.c.deleted_at.is_(None))
    return any(connection.execute(asked.limit(1)).first() for asked in (by_asset, by_job))


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A storage beside its record."""

    belongs: bool
    file_count: int
    size_bytes: int
    orphans: tuple[Blob, ...]
    """Files that no row names."""
    missing: tuple[str, ...]
    """Hashes that rows name, and of which there is no file."""


def check(service: Service) -> Checked:
    """Compare all files with all rows."""
    kept = [one.blob for one in service.storage.iter_all()]
    with service.database.reading() as connection:
        orphans = tuple(blob for blob in kept if not is_named(connection, blob.sha256))
        unlisted = tuple(_missing(connection, {blob.sha256 for blob in kept}))
    missing = tuple(sha256 for sha256 in unlisted if not service.storage.exists(sha256))  # lists of some stores are old
    size_bytes = sum(blob.size_bytes for blob in kept)
    return Checked(
        belongs=belongs(service), file_count=len(kept), size_bytes=size_bytes, orphans=orphans, missing=missing
    )


def _missing(connection: Connection, kept: set[str]) -> Iterator[str]:
    there = (assets.c.state == "ready") & assets.c.deleted_at.is_(None)
    named = select(assets.c.sha256).where(there).group_by(assets.c.sha256).order_by(func.min(assets.c.created_at))
    for sha256 in connection.execute(named).scalars():
        if sha256 not in kept:
            yield str(sha256)
