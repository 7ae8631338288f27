"""A message, ready to be sent: what its dialect says of the event, signed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from manazir.server.files import Asset, outputs_of
from manazir.server.jobs.events import Event, find_event
from manazir.server.jobs.job import Job, State, job_from_row
from manazir.server.service import Service
from manazir.server.store.database import now
from manazir.server.store.tables import endpoints, jobs
from manazir.server.webhooks.bodies import Writer, as_of
from manazir.server.webhooks.outbox import Delivery, Outcome
from manazir.server.webhooks.signatures import secrets_of, signed


@dataclass(frozen=True, slots=True)
class Letter:
    """What is posted."""

    body: bytes
    headers: Mapping[str, str]


class NoLetterError(Exception):
    """There is nothing to send, now or ever."""

    def __init__(self, outcome: Outcome, why: str | None = None) -> None:
        """Say what becomes of the delivery."""
        super().__init__(why)
        self.outcome = outcome
        self.why = why


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterWriter:
    """Writes and signs messages."""

    service: Service
    writers: Mapping[str, Writer]
    """By dialect."""
    base_url: str
    clock: Callable[[Connection], float] = now

    def write(self, delivery: Delivery) -> Letter:
        """The message of a delivery.

        Raises:
            NoLetterError: its dialect says nothing of this, or whom or what it is about is no longer there.
        """
        writer = self.writers.get(delivery.dialect)
        if writer is None:
            raise NoLetterError(Outcome.GIVEN_UP, f"nothing is told in the dialect {delivery.dialect}")
        with self.service.database.reading() as connection:
            time = self.clock(connection)
            endpoint = _endpoint(connection, delivery)
            job, event, outputs = _about(connection, delivery)
        written = writer(as_of(job, event), outputs, event, self._link)
        if written is None:
            raise NoLetterError(Outcome.SKIPPED)
        body = json.dumps(written[0], separators=(",", ":")).encode()
        secrets = secrets_of(self.service.signer, delivery.tenant_id, endpoint, time)
        return Letter(body, {"Content-Type": "application/json", **written[1], **signed(delivery.id, body, secrets)})

    def _link(self, asset: Asset) -> str:
        return self.service.link(asset, self.base_url)


def _endpoint(connection: Connection, delivery: Delivery) -> RowMapping | None:
    if delivery.endpoint_id is None:
        return None
    asked = select(endpoints).where(endpoints.c.id == delivery.endpoint_id)
    row = connection.execute(asked).mappings().one_or_none()
    if row is None or row["disabled_at"] is not None:
        raise NoLetterError(Outcome.GIVEN_UP, "the endpoint was deleted or switched off")
    return row


def _about(connection: Connection, delivery: Delivery) -> tuple[Job, Event, Mapping[str, Asset]]:
    row = connection.execute(select(jobs).where(jobs.c.id == delivery.job_id)).mappings().one_or_none()
    event = find_event(connection, delivery.event_sequence)
    if row is None or event is None:
        raise NoLetterError(Outcome.GIVEN_UP, "the job is no longer there")
    has_outputs = event.type == f"job.{State.SUCCEEDED}"
    return job_from_row(row), event, outputs_of(connection, delivery.tenant_id, delivery.job_id) if has_outputs else {}
