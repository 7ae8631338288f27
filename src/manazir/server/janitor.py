"""What has to be done now and then: leases that ran out, jobs that waited too long, files whose time is over."""

import logging
import threading
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, select, update

from manazir.core.errors import CanvasError, StorageError, StoreError
from manazir.server.assets.uploads import Uploads
from manazir.server.belonging import belongs, is_named, remember
from manazir.server.jobs.job import State
from manazir.server.jobs.lease import expire_waiting, take_back
from manazir.server.jobs.request import request_from_json
from manazir.server.service import Service
from manazir.server.sessions import forget_sessions
from manazir.server.store.database import now
from manazir.server.store.tables import assets, deliveries, events, jobs, workers
from manazir.server.studio.keeping import used_by_projects
from manazir.server.workers.dead import release_dead

LOG = logging.getLogger(__name__)
SOON_SECONDS = 1.0
REMEMBERED_SECONDS = 30.0
SELDOM_SECONDS = 300.0
YOUNG_SECONDS = 3600.0
"""Bytes that were put no longer ago may belong to a row that is about to be written."""
FORGOTTEN_SECONDS = 86_400.0
TOLD_SECONDS = 30 * 86_400.0
AT_ONCE = 200
"""Rows in one transaction, so that others get their turn."""


@dataclass
class Janitor:
    """Does it in a thread, beside the server."""

    service: Service
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until `stopping` is set; a store that is away is waited for."""
        rounds = 0
        while not self.stopping.wait(SOON_SECONDS):
            try:
                self.soon()
                if rounds % int(REMEMBERED_SECONDS / SOON_SECONDS) == 0 and belongs(self.service):
                    remember(self.service)
                if rounds % int(SELDOM_SECONDS / SOON_SECONDS) == 0:
                    self.seldom()
                rounds += 1
            except (StoreError, StorageError) as error:
                LOG.warning("cannot clean up now: %s", error)
            except Exception:  # jobs whose workers were lost wait for this thread: it goes on
                LOG.exception("cleaning up failed")
        self._remember_last()

    def soon(self) -> None:
        """What jobs wait for."""
        release_dead(self.service.database)
        for what in (take_back, expire_waiting):
            with self.service.database.transaction() as connection:
                what(connection)

    def _remember_last(self) -> None:
        """What was made since the last time, so that a backup from before that is known for one."""
        try:
            if belongs(self.service):
                remember(self.service)
        except (StoreError, StorageError) as error:
            LOG.warning("the storage does not remember what was made last: %s", error)

    def seldom(self) -> None:
        """What only takes up room."""
        with self.service.database.transaction() as connection:
            expired(connection)
            forget_workers(connection)
            forget_messages(connection)
            forget_sessions(connection)
        self._sweep()
        Uploads(self.service).sweep()
        self.service.storage.sweep_drafts()

    def _sweep(self) -> None:
        """Delete bytes that no row names. A preview's count for as long as its job is there."""
        if not belongs(self.service):
            LOG.warning("nothing is swept: the storage was used with another record; see `manazir storage check`")
            return
        for kept in self.service.storage.iter_all():
            with self.service.database.reading() as connection:
                is_needed = is_named(connection, kept.blob.sha256)
            if not is_needed and self.service.storage.delete(kept.blob.sha256, unless_put_within_seconds=YOUNG_SECONDS):
                LOG.info("deleted the file %s, which belonged to nothing", kept.blob.sha256)


def expired(connection: Connection) -> int:
    """Put away files whose time is over, but for those that jobs want or projects use. Returns how many they were."""
    late = (assets.c.expires_at < now(connection)) & assets.c.deleted_at.is_(None)
    rows = connection.execute(select(assets.c.id, assets.c.tenant_id).where(late)).all()
    whose = {row.tenant_id for row in rows}
    wanted = wanted_by_jobs(connection, whose) | used_by_projects(connection, whose) if rows else set()
    ids = [row.id for row in rows if row.id not in wanted][:AT_ONCE]
    connection.execute(update(assets).where(assets.c.id.in_(ids)).values(deleted_at=now(connection)))
    return len(ids)


def wanted_by_jobs(connection: Connection, tenant_ids: Collection[str]) -> set[str]:
    """Files that some tenants' jobs, which have not ended, start from."""
    live = jobs.c.tenant_id.in_(tenant_ids) & jobs.c.state.in_([State.QUEUED, State.RUNNING])
    found: set[str] = set()
    for told in connection.execute(select(jobs.c.request).where(live)).scalars().yield_per(AT_ONCE):
        try:
            references = request_from_json(told).files
        except CanvasError:  # of another version; whoever takes it will end it
            continue
        found |= {one.removeprefix("asset:") for one in references if one.startswith("asset:")}
    return found


def forget_messages(connection: Connection) -> None:
    """Delete what was told long ago; whoever has not heard of a job by then asks for it.

    The newest event stays: the storage remembers it, and a record that has nothing newer would be taken for another.
    """
    old = now(connection) - TOLD_SECONDS
    connection.execute(delete(deliveries).where((deliveries.c.created_at < old) & (deliveries.c.state != "waiting")))
    newest = select(func.max(events.c.sequence)).scalar_subquery()
    connection.execute(delete(events).where((events.c.created_at < old) & (events.c.sequence < newest)))


def forget_workers(connection: Connection) -> None:
    """Strike off workers that nobody has seen for long; one that comes back says so itself."""
    connection.execute(delete(workers).where(workers.c.seen_at < now(connection) - FORGOTTEN_SECONDS))
