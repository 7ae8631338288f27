"""What every dialect asks of the service: who calls, submit, look, steer, files. It knows no vendor's words."""

import hashlib
import json
import math
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from manazir.core.canvas import Canvas, Need
from manazir.core.errors import FetchError, ShapeError
from manazir.server.aliases import Answering, answering
from manazir.server.assets.addresses import Reach, check_url
from manazir.server.assets.blobs import Blob
from manazir.server.assets.checking import MediaFacts, MediaKind, check_media
from manazir.server.assets.storage import Storage, chosen_storage
from manazir.server.errors import ApiError, Problem
from manazir.server.extent import Extent
from manazir.server.files import Asset, add_asset, facts_of, find_asset, outputs_of
from manazir.server.jobs.job import Job
from manazir.server.jobs.listing import Page, list_jobs
from manazir.server.jobs.request import Delivery, JobRequest, Kind
from manazir.server.jobs.steering import cancel, find, put_away
from manazir.server.jobs.submit import Submission, note, submit
from manazir.server.keys import Caller, Scope, find_caller
from manazir.server.notes import notes
from manazir.server.operator import Operator
from manazir.server.rates import Rates
from manazir.server.signing import Signer, load_signer
from manazir.server.store.database import Database

DAY_SECONDS = 86_400.0
NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """A request that a dialect has read, in our words; what it is accepted as stands in `Submission`."""

    dialect: str
    model: str
    """The name that the client sent."""
    canvas: Canvas
    """Its files: `asset:ID`, or an http(s) URL."""
    kind: Kind = Kind.VIDEO
    allows_resampling: bool | None = None
    """Whether what the model does not make is reached by scaling and going on; None: as its name has it."""
    has_sound: bool = True
    image_format: str = "png"
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of the engine; and `is_draft`."""
    fields: Mapping[Need | str, str] = field(default_factory=dict)
    """How the client calls what a canvas needs (`Need`), `size` and `callback_url`: so that a refusal names its own
    field."""
    wire: Mapping[str, Any] = field(default_factory=dict)
    """What the dialect keeps to say again."""
    parent_id: str | None = None
    """The job that this one goes on from."""
    callback_url: str | None = None
    priority: int = 0
    idempotency_key: str | None = None
    body: Any = None
    """What the client sent, for whoever sends the same key again; anything that `json.dumps` takes, or bytes."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file whose bytes are kept, and of which it is known what it is; it is nobody's yet."""

    blob: Blob
    facts: MediaFacts


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
    def signer(self) -> Signer:
        """Signs addresses of files."""
        with self.database.transaction() as connection:
            return load_signer(connection)

    def caller(self, key: str | None, scope: Scope) -> Caller:
        """Who has that key.

        Raises:
            ApiError: no key, none of ours, or one that may not do this.
        """
        if not key:
            raise ApiError(Problem.NO_KEY, "no API key was sent; `manazir keys create` makes one")
        with self.database.reading() as connection:
            caller = find_caller(connection, key)
        if caller is None:
            raise ApiError(
                Problem.NO_KEY, "this API key is not known here, or was revoked; `manazir keys list` has them"
            )
        if not caller.may(scope):
            raise ApiError(Problem.NO_SCOPE, f"this API key may not {scope.value}; use one with that scope")
        notes().tenant_id = caller.tenant_id
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
            raise ApiError(Problem.NOT_FOUND, f"there is no job {job_id}")
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
        """Put a job and its files away; it is cancelled if it has not ended."""
        with self.database.transaction() as connection:
            return put_away(connection, caller.tenant_id, job_id)

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
        raise ApiError(Problem.INVALID, told, field=name)

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
        return self.own(caller, self.keep(chunks, called, wanted), filename=filename, role=role, wire=wire)

    def keep(
        self, chunks: Iterable[bytes], called: str = "the file", wanted: Collection[MediaKind] = tuple(MediaKind)
    ) -> Brought:
        """Keep bytes that are sent, and say what they are. What nobody owns in the end is swept away.

        Args:
            called: the client's field for it, which refusals name.

        Raises:
            MediaError: it is no video, picture or sound, broken, cut off, or not of a wanted kind.
            StorageError: it is too large, or cannot be kept.
        """
        self.storage.check_room()
        return self.look_at(self.storage.put_stream(chunks, self.operator.largest_upload_bytes), called, wanted)

    def look_at(self, blob: Blob, called: str, wanted: Collection[MediaKind] = tuple(MediaKind)) -> Brought:
        """Say what kept bytes are.

        Raises:
            MediaError: see `keep`.
        """
        return Brought(blob, check_media(self.storage.path(blob.sha256), called, wanted))

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
        with self.database.transaction() as connection:
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

    def cost(self, extent: Extent) -> float:
        """What a request costs, in credits, by the operator's table."""
        prices, kind = self.operator.price(extent.request.model), extent.request.kind
        if kind is Kind.IMAGE:
            return prices.image
        return extent.made_seconds * (prices.upscaled_second if kind is Kind.UPSCALE else prices.second)

    def known_facts(self, tenant_id: str, request: JobRequest) -> dict[str, Mapping[str, Any]]:
        """What is known of a request's files, by their references: of those that a tenant has here."""
        kept = {one.removeprefix("asset:"): one for one in request.files if one.startswith("asset:")}
        if not kept:
            return {}
        with self.database.reading() as connection:
            return {kept[one]: facts for one, facts in facts_of(connection, tenant_id, tuple(kept)).items()}

    def _check_callback(self, ask: Ask) -> None:
        """Refuse at once where no message would be sent."""
        if ask.callback_url is None:
            return
        name = ask.fields.get("callback_url", "callback_url")
        try:
            check_url(ask.callback_url, self.hook_reach)
        except FetchError as error:
            raise ApiError(Problem.INVALID, f"{name}: {error}", field=name) from error

    def _submission(self, caller: Caller, ask: Ask) -> Submission:
        self._check_callback(ask)
        answers = answering(ask.model, self.operator)
        if ask.allows_resampling is not None:
            answers = replace(answers, allows_resampling=ask.allows_resampling)
        if ask.kind is not Kind.UPSCALE:
            _refuse_beyond(answers, ask)
        delivery = Delivery(
            allows_resampling=answers.allows_resampling, has_sound=ask.has_sound, image_format=ask.image_format
        )
        request = JobRequest(
            canvas=ask.canvas, model=answers.card.name, kind=ask.kind, delivery=delivery, settings=dict(ask.settings)
        )
        extent = Extent(request=request, card=answers.card, facts=self.known_facts(caller.tenant_id, request))
        _refuse_too_large(extent, self.operator.largest_result_pixels, ask)
        hours = self.operator.longest_wait_hours
        return Submission(
            tenant_id=caller.tenant_id,
            key_id=caller.key_id,
            dialect=ask.dialect,
            alias=ask.model,
            request=request,
            cost=self.cost(extent),
            wire=ask.wire,
            priority=ask.priority,
            parent_id=ask.parent_id,
            callback_url=ask.callback_url,
            idempotency_key=ask.idempotency_key,
            body_hash=None if ask.idempotency_key is None else _hash(ask),
            longest_wait_seconds=None if hours is None else hours * 3600,
        )


def _refuse_beyond(answers: Answering, ask: Ask) -> None:
    """Raise unless the model can do what is asked, by the client's own field.

    Raises:
        ApiError: names the field, and what would work.
    """
    card = answers.card
    beyond = sorted(ask.canvas.needs() - card.honours, key=lambda need: need.value)
    if beyond:
        what = " or ".join(need.value for need in beyond)
        told = f"{ask.model} cannot do {what} (it is {card.name} here); leave it out or choose another model"
        raise ApiError(Problem.UNSUPPORTED, told, field=ask.fields.get(beyond[0]))
    if answers.allows_resampling:
        return
    try:
        card.check(ask.canvas)
    except ShapeError as error:
        raise ApiError(Problem.UNSUPPORTED, str(error), field=ask.fields.get("size")) from error


def _refuse_too_large(extent: Extent, most_pixels: int, ask: Ask) -> None:
    try:
        extent.check(most_pixels)
    except ShapeError as error:
        raise ApiError(Problem.UNSUPPORTED, str(error), field=ask.fields.get("size")) from error


def _hash(ask: Ask) -> str:
    """Of all that makes a request what it is: some of it stands in the address, beside the body."""
    told = [ask.dialect, ask.kind.value, ask.model, ask.parent_id]
    body = ask.body if isinstance(ask.body, bytes) else json.dumps(ask.body, sort_keys=True, default=str).encode()
    return hashlib.sha256(json.dumps(told).encode() + body).hexdigest()
