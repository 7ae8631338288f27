"""The files that a job starts from, as paths of this machine: uploads from the storage, URLs fetched with care."""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from manazir.core.errors import FetchError, MediaError, StorageError
from manazir.inference.cards import card_of
from manazir.server.assets.addresses import shown
from manazir.server.assets.checking import check_media
from manazir.server.assets.fetching import Terms, fetch
from manazir.server.assets.holding import Hold
from manazir.server.errors import ApiError
from manazir.server.extent import Extent
from manazir.server.files import find_asset
from manazir.server.jobs.job import Job
from manazir.server.service import Service

LOG = logging.getLogger(__name__)
ASSET = "asset:"
FETCH_SECONDS = 120.0
"""For one file."""
ALL_SECONDS = 300.0
"""For all that a job fetches: a worker waits for slow hosts so long, however many there are."""
ALL_BYTES = 2_000_000_000
"""Of all that a job fetches."""


@dataclass
class Bringing:
    """Brings the files of one job, which stay where they are until it is told to let go, or forgotten.

    It may be told to stop: files that are not begun then are not brought.
    """

    service: Service
    job: Job
    stopping: threading.Event = field(default_factory=threading.Event)
    extent: Extent | None = None
    """What the request makes, by its files; None: nothing was fetched that was not known when it was accepted."""
    _bytes_left: int = ALL_BYTES
    _holds: list[Hold] = field(default_factory=list)
    _until: float = field(default_factory=lambda: time.monotonic() + ALL_SECONDS)

    def paths(self) -> dict[str, str]:
        """A path for each reference of the job's request.

        Raises:
            MediaError, FetchError, StorageError: one cannot be had, or is not what it should be; names it.
            ShapeError: now that it is known how long they are, the result would be too large.
        """
        self.let_go()  # of those of a try before
        found = {reference: self._one(reference) for reference in self.job.request.files}
        if any(not reference.startswith(ASSET) for reference in found):
            facts = {reference: told for reference, (_, told) in found.items()}
            self.extent = Extent(request=self.job.request, card=card_of(self.job.model), facts=facts)
            self.extent.check(self.service.operator.largest_result_pixels)
        return {reference: str(path) for reference, (path, _) in found.items()}

    def let_go(self) -> None:
        """The files are not needed any more: what nobody owns may be swept away."""
        while self._holds:
            self._holds.pop().release()

    def _one(self, reference: str) -> tuple[Path, Mapping[str, Any]]:
        """Where it lies, and what it is."""
        if reference.startswith(ASSET):
            return self._kept(reference.removeprefix(ASSET))
        seconds = min(FETCH_SECONDS, self._until - time.monotonic())
        if self.stopping.is_set() or seconds <= 0:
            why = f"the files that this request points to took more than {ALL_SECONDS:g} s together; upload them first"
            raise FetchError(why, "timeout")
        self.service.storage.check_room()
        terms = Terms(reach=self.service.reach, total_seconds=seconds)
        terms = replace(terms, limit_bytes=max(1, min(terms.limit_bytes, self._bytes_left)))
        blob = fetch(reference, self.service.storage, terms).blob
        self._bytes_left -= blob.size_bytes
        path = self._used(blob.sha256)
        return path, asdict(check_media(path, shown(httpx.URL(reference))))

    def _kept(self, asset_id: str) -> tuple[Path, Mapping[str, Any]]:
        try:
            with self.service.database.reading() as connection:
                asset = find_asset(connection, self.job.tenant_id, asset_id)
        except ApiError as error:
            told = "a file of this request was deleted before the job began; upload it again"
            raise MediaError(told).named("no_such_file") from error
        assert asset.sha256 is not None
        return self._used(asset.sha256), asset.facts

    def _used(self, sha256: str) -> Path:
        try:
            used = self.service.storage.use(sha256)
        except StorageError as error:
            if error.reason not in ("missing", "damaged"):
                raise
            LOG.error("a file of a request was lost", exc_info=error)
            told = "a file of this request is not kept any more, or not as it was; upload it again"
            raise MediaError(told).named("file_lost") from error
        self._holds.append(used.hold)
        return used.path
