"""What every dialect asks of the service: who calls, submit, look, steer, files. It knows no vendor's words."""

import math
import threading
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

from manazir.server.asks import Ask, weigh
from manazir.server.assets.addresses import Reach
from manazir.server.assets.blobs import Blob
from manazir.server.assets.checking import MediaFacts, MediaKind, check_media
from manazir.server.assets.holding import Hold
from manazir.server.assets.storage import Storage, chosen_storage
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset, add_asset, facts_of, find_asset, outputs_of, room_for
from manazir.server.jobs.job import Job
from manazir.server.jobs.listing import Page, list_jobs
from manazir.server.jobs.request import JobRequest
from manazir.server.jobs.steering import cancel, find
from manazir.server.jobs.submit import Submission, note, submit
from manazir.server.keys import SEEN_SECONDS, Caller, Scope, find_caller, note_use
from manazir.server.notes import notes
from manazir.server.operator import Operator
from manazir.server.rates import Rates
from manazir.server.sessions import COOKIE, find_session
from manazir.server.signing import Signer, load_signer
from manazir.server.store.database import Database
from manazir.server.studio.takes import put_job_away
from manazir.server.waiting import Waiting

DAY_SECONDS = 86_400.0
NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Brought:
    """A file whose bytes are kept, and of which it is known what it is; it is nobody's yet."""

    blob: Blob
    facts: MediaFacts
    hold: Hold = field(repr=False, compare=False)
    """Keeps the bytes from being swept away until somebody owns them, however long that takes."""


@dataclass(frozen=True)
class Service:
    """The record, the storage and the operator's word; all that dialects share."""

    database: Database
    operator: Operator = field(default_factory=Operator)
    storage: Storage = field(default_factory=chosen_storage)
    rates: Rates = field(default_factory=Rates)
    ending: threading.Event = field(default_factory=threading.Event)
    """Set when the server is to end: answers that have no end of their own end then."""

    @cached_property
    def reach(self) -> Reach:
        """How far what requests point to may be."""
        return Reach(allowed_hosts=frozenset(self.operator.allowed_hosts))

    @cached_property
    def hook_reach(self) -> Reach:
        """Where messages about jobs may be sent: to public hosts over https, and to those that the operator names."""
        return Reach(allowed_hosts=frozenset(self.operator.allowed_hosts), is_https_only=True)

    @cached_property
    def waiting(self) -> Waiting:
        """Those who listen, or wait."""
        return Waiting(self.operator.waiting_per_key, self.operator.waiting_per_tenant)

    @cached_property
    def under_way(self) -> Waiting:
        """Those whose requests are not answered yet."""
        word = self.operator
        return Waiting(word.open_per_key, word.open_per_tenant, "are under way", "open_per")

    @cached_property
    def signer(self) -> Signer:
        """Signs addresses of files."""
        with self.database.transaction() as connection:
            return load_signer(connection)

    @cached_property
    def cookie(self) -> str:
        """The name of the sessions' cookie. A browser has one jar for all ports of a host, and services share hosts."""
        return f"{COOKIE}_{self.signer.service_name}"

    def caller(self, key: str | None, scope: Scope) -> Caller:
        """Who has that key.

        Raises:
            ApiError: no key, none of ours, or one that may not do this.
        """
        if not key:
            raise ApiError(Problem.NO_KEY, "no API key was sent; `manazir keys create` makes one", reason="no_key")
        with self.database.reading() as connection:
            caller = find_caller(connection, key)
        if caller is None:
            told = "this API key is not known here, or was revoked; `manazir keys list` has them"
            raise ApiError(Problem.NO_KEY, told, reason="unknown_key")
        return self.admitted(caller, scope)

    def visitor(self, token: str, scope: Scope) -> Caller:
        """Whose a browser's session is.

        Raises:
            ApiError: it is over, or may not do this.
        """
        with self.database.reading() as connection:
            caller = find_session(connection, token)
        if caller is None:
            raise ApiError(
                Problem.NO_KEY,
                "this session is over; `manazir studio` tells an address for another",
                reason="session_over",
            )
        return self.admitted(caller, scope)

    def admitted(self, caller: Caller, scope: Scope) -> Caller:
        """Somebody who is known, and may do this.

        Raises:
            ApiError: they may not.
        """
        caller.check_may(scope)
        notes().tenant_id = caller.tenant_id
        if time.time() - (caller.last_used_at or 0.0) > SEEN_SECONDS:
            with self.database.transaction() as connection:
                note_use(connection, caller)
        return caller

    def submit(self, caller: Caller, ask: Ask) -> Job:
        """Accept a request: from here on it ends, whatever happens.

        Raises:
            ApiError: it cannot be honoured (names the field), or not now.
        """
        submission = self._submission(caller, ask)
        self.storage.check_room()
        with self.database.transaction() as connection:
            job = submit(connection, submission)
        notes().job_id = job.id
        return job

    def submit_all(self, caller: Caller, asks: Sequence[Ask]) -> Job:
        """Accept several requests, all of them or none.

        Returns:
            The last one's job. `others` of its `wire` has the ids of those before it, and `first` of theirs its own.

        Raises:
            ApiError: one of them cannot be honoured, or not now.
        """
        *others, last = (self._submission(caller, ask) for ask in asks)
        self.storage.check_room()
        with self.database.transaction() as connection:
            before = [submit(connection, other) for other in others]
            ids = {"others": [job.id for job in before]} if before else {}
            first = submit(connection, replace(last, wire={**last.wire, **ids}))
            for job in before:
                note(connection, job, first=first.id)
            return first

    def weigh(self, caller: Caller, ask: Ask) -> Submission:
        """What a request would be accepted as, with its cost; nothing is written.

        Raises:
            ApiError: it cannot be honoured; names the field.
        """
        return self._submission(caller, ask)

    def job(self, caller: Caller, job_id: str, *, dialect: str | None = None) -> Job:
        """A job of the caller's tenant.

        Raises:
            ApiError: it is not there, or came by another dialect than the one that asks.
        """
        with self.database.reading() as connection:
            job = find(connection, caller.tenant_id, job_id)
        notes().job_id = job.id
        if dialect is not None and job.dialect != dialect:
            raise ApiError(Problem.NOT_FOUND, f"there is no job {job_id}", reason="no_such_job")
        return job

    def jobs(self, caller: Caller, **how: Any) -> Page:
        """Some of the tenant's jobs; see `list_jobs`."""
        with self.database.reading() as connection:
            return list_jobs(connection, caller.tenant_id, **how)

    def cancel(self, caller: Caller, job_id: str) -> Job:
        """End a job; one that has ended stays as it is."""
        with self.database.transaction() as connection:
            return cancel(connection, caller.tenant_id, job_id)

    def delete(self, caller: Caller, job_id: str) -> Job:
        """Put a job and its files away; it is cancelled if it has not ended.

        Raises:
            ApiError: it is not there, or is the chosen take of a shot.
        """
        with self.database.transaction() as connection:
            return put_job_away(connection, caller.tenant_id, job_id)

    def outputs(self, job: Job) -> dict[str, Asset]:
        """What a job made, by role: `video`, `image`, `thumbnail`, `spritesheet`."""
        with self.database.reading() as connection:
            return outputs_of(connection, job.tenant_id, job.id)

    def output_of(self, caller: Caller, job_id: str, roles: Sequence[str] = ("video",), *, name: str) -> Asset:
        """The file of a job that another is made from.

        Args:
            name: the client's field that points to it.

        Raises:
            ApiError: the job is not there, has not succeeded, or made no such file.
        """
        job = self.job(caller, job_id)
        made = self.outputs(job)
        for role in roles:
            if role in made:
                return made[role]
        told = f"{name} names a job that is {job.state}; wait until it has succeeded"
        if job.state == "succeeded":
            told = f"{name} names a job that made no {' or '.join(roles)}"
        raise ApiError(Problem.INVALID, told, field=name, reason="job_made_no_file", values={"state": job.state.value})

    def asset(self, caller: Caller, asset_id: str) -> Asset:
        """A file of the caller's tenant."""
        with self.database.reading() as connection:
            return find_asset(connection, caller.tenant_id, asset_id)

    def bring(
        self,
        caller: Caller,
        chunks: Iterable[bytes],
        *,
        called: str = "the file",
        filename: str | None = None,
        role: str = "input",
        wanted: Collection[MediaKind] = tuple(MediaKind),
        wire: Mapping[str, Any] = NOTHING,
    ) -> Asset:
        """Keep a file that the caller sends: a video, a picture or a sound. What `keep` and `own` raise passes."""
        return self.own(caller, self.keep(caller, chunks, called, wanted), filename=filename, role=role, wire=wire)

    def keep(
        self,
        caller: Caller,
        chunks: Iterable[bytes],
        called: str = "the file",
        wanted: Collection[MediaKind] = tuple(MediaKind),
    ) -> Brought:
        """Keep bytes that a caller sends, and say what they are. What nobody owns in the end is swept away.

        Args:
            called: the client's field for it, which refusals name.

        Raises:
            ApiError: the caller may store nothing more.
            MediaError: it is no video, picture or sound, broken, cut off, or not of a wanted kind.
            StorageError: it is too large, more than the caller may store, or cannot be kept.
        """
        self.storage.check_room()
        return self.look_at(self.storage.put_stream(chunks, self.room(caller)), called, wanted)

    def room(self, caller: Caller) -> int:
        """How many bytes a file may have that the caller brings now.

        Raises:
            ApiError: none.
        """
        with self.database.reading() as connection:
            return room_for(connection, caller.tenant_id, 1, self.operator.largest_upload_bytes)

    def look_at(self, blob: Blob, called: str, wanted: Collection[MediaKind] = tuple(MediaKind)) -> Brought:
        """Say what kept bytes are.

        Raises:
            MediaError: see `keep`.
        """
        hold = self.storage.hold(blob.sha256)
        try:
            return Brought(blob, check_media(self.storage.path(blob.sha256), called, wanted), hold)
        except BaseException:
            hold.release()
            raise

    def own(
        self,
        caller: Caller,
        brought: Brought,
        *,
        filename: str | None = None,
        role: str = "input",
        wire: Mapping[str, Any] = NOTHING,
        lasts_seconds: float | None = None,
    ) -> Asset:
        """Write down a file as the caller's.

        Args:
            lasts_seconds: less than the operator keeps uploads; `math.inf`: until somebody deletes it.

        Raises:
            ApiError: it is more than the tenant may store.
        """
        days = self.operator.input_days
        operators = math.inf if days is None else days * DAY_SECONDS
        lasts = lasts_seconds if lasts_seconds == math.inf else min(operators, lasts_seconds or math.inf)
        with brought.hold, self.database.transaction() as connection:
            return add_asset(
                connection,
                caller.tenant_id,
                mime_type=brought.facts.mime_type,
                size_bytes=brought.blob.size_bytes,
                sha256=brought.blob.sha256,
                role=role,
                filename=filename,
                facts=asdict(brought.facts),
                wire=wire,
                lasts_seconds=None if lasts == math.inf else lasts,
            )

    def link(self, asset: Asset, base_url: str) -> str:
        """An address that whoever has it can use for a while.

        Args:
            base_url: how the client reaches the service, without a slash at its end.
        """
        ending = {"video/mp4": "mp4", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
        path = f"/media/{asset.id}/{asset.role}.{ending.get(asset.mime_type, 'bin')}"
        return base_url + self.signer.sign(path, self.operator.link_hours * 3600)

    def known_facts(self, tenant_id: str, request: JobRequest) -> dict[str, Mapping[str, Any]]:
        """What is known of a request's files, by their references: of those that a tenant has here."""
        kept = {one.removeprefix("asset:"): one for one in request.files if one.startswith("asset:")}
        if not kept:
            return {}
        with self.database.reading() as connection:
            return {kept[one]: facts for one, facts in facts_of(connection, tenant_id, tuple(kept)).items()}

    def _submission(self, caller: Caller, ask: Ask) -> Submission:
        return weigh(ask, caller, self.operator, self.hook_reach, partial(self.known_facts, caller.tenant_id))
