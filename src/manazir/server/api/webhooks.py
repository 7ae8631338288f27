"""`/webhooks`: where a tenant wants to hear of its jobs, what was sent there, and sending it again."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Connection

from manazir.core.errors import FetchError
from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.shapes import Given, Name, Page, Paged, Text, Told, moment, moment_or_none
from manazir.server.assets.addresses import check_url
from manazir.server.endpoints import (
    Endpoint,
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    disable_endpoint,
    find_endpoint,
    list_endpoints,
    rotate_secret,
)
from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.events import tell_again
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.webhooks.outbox import Delivery, Outcome, list_deliveries, replay

DIALECT = "api"
EventType = Literal["*", "job.running", "job.succeeded", "job.failed", "job.cancelled"]
DeliveryState = Literal["waiting", "delivered", "skipped", "given up"]
Url = Annotated[Text, Field(min_length=1, max_length=8192, examples=["https://example.com/hooks/manazir"])]
Types = Annotated[list[EventType], Field(min_length=1, max_length=5, description="`*`: all.")]
ALL: tuple[EventType, ...] = ("*",)
MISSING = refusals(Problem.NOT_FOUND)


class WebhookGiven(Given):
    """Where to tell what."""

    url: Url
    name: Name = "webhook"
    types: Types = Field(default_factory=lambda: list(ALL))


class WebhookChange(Given):
    """What of an endpoint is changed; what is left out stays."""

    url: Url | None = None
    name: Name | None = None
    types: Types | None = None
    is_disabled: bool | None = Field(None, description="false: one that was switched off is tried again.")


class RotationGiven(Given):
    """How a secret is changed."""

    keeps_old: bool = Field(True, description="Whether the old one signs beside the new one for a day.")


class WebhookTold(Told):
    """An endpoint."""

    id: str
    name: str
    url: str
    types: list[str]
    is_disabled: bool
    disabled_reason: str | None
    created_at: datetime


class SecretTold(WebhookTold):
    """An endpoint, and what signs (Standard Webhooks); shown this once."""

    secret: str = Field(examples=["whsec_…"])


class DeliveryTold(Told):
    """A message, and what became of it."""

    id: str
    job_id: str
    event: int = Field(description="The number of the event.")
    url: str
    state: DeliveryState
    attempt: int = Field(description="How often it was tried.")
    next_at: datetime | None = Field(description="When it is tried next.")
    last_status: int | None = Field(description="Of the receiver's last answer.")
    last_error: str | None
    created_at: datetime
    ended_at: datetime | None


class DeliveriesAsked(Paged):
    """Which messages."""

    state: list[DeliveryState] = Field(default_factory=list)


def webhook_routes(service: Service) -> APIRouter:
    """Endpoints, and what was sent to them."""
    routes = APIRouter(prefix="/webhooks", tags=["webhooks"])

    def mine(connection: Connection, caller: Caller, webhook_id: str) -> Endpoint:
        return find_endpoint(connection, caller.tenant_id, known_id(webhook_id, "webhook"), dialect=DIALECT)

    @routes.post("", status_code=201)
    def create_webhook(given: WebhookGiven, caller: Maker) -> SecretTold:
        """Have changes of all your jobs told to an address; the secret is shown once."""
        _check(service, given.url)
        with service.database.transaction() as connection:
            made = add_endpoint(
                connection, caller.tenant_id, dialect=DIALECT, name=given.name, url=given.url, types=given.types
            )
        return _with_secret(made)

    @routes.get("")
    def list_webhooks(caller: Reader, asked: Annotated[Paged, Query()]) -> Page[WebhookTold]:
        """Endpoints, newest first."""
        with service.database.reading() as connection:
            found, has_more = list_endpoints(
                connection, caller.tenant_id, dialect=DIALECT, after_id=asked.after_id, limit=asked.limit
            )
        return Page(items=[_told(one) for one in found], next=found[-1].id if has_more else None)

    @routes.get("/{id}", responses=MISSING)
    def get_webhook(id: Id, caller: Reader) -> WebhookTold:
        """One endpoint."""
        with service.database.reading() as connection:
            return _told(mine(connection, caller, id))

    @routes.patch("/{id}", responses=MISSING)
    def change_webhook(id: Id, change: WebhookChange, caller: Maker) -> WebhookTold:
        """Change an endpoint; one that was switched off is tried again unless `is_disabled` says otherwise."""
        if change.url is not None:
            _check(service, change.url)
        values = change.model_dump(exclude_none=True, exclude={"is_disabled"})
        with service.database.transaction() as connection:
            endpoint = change_endpoint(connection, mine(connection, caller, id), values)
            if change.is_disabled:
                endpoint = disable_endpoint(connection, endpoint, "switched off by its owner")
        return _told(endpoint)

    @routes.delete("/{id}", status_code=204, responses=MISSING)
    def delete_webhook(id: Id, caller: Maker) -> None:
        """Tell it nothing more."""
        with service.database.transaction() as connection:
            delete_endpoint(connection, mine(connection, caller, id))

    @routes.post("/{id}/rotate", responses=MISSING)
    def rotate_webhook(id: Id, given: RotationGiven, caller: Maker) -> SecretTold:
        """Make a new secret, which is shown once; the old one signs beside it for a day."""
        with service.database.transaction() as connection:
            return _with_secret(rotate_secret(connection, mine(connection, caller, id), keeps_old=given.keeps_old))

    @routes.post("/{id}/test", status_code=202, responses=MISSING | refusals(Problem.CONFLICT))
    def test_webhook(id: Id, caller: Maker) -> DeliveryTold:
        """Send the newest event of your jobs once more, to this endpoint alone."""
        with service.database.transaction() as connection:
            endpoint = mine(connection, caller, id)
            delivery_id = tell_again(connection, caller.tenant_id, endpoint.id, endpoint.url, DIALECT)
            found = list_deliveries(connection, caller.tenant_id, endpoint_id=endpoint.id, limit=1)[0]
        assert found[0].id == delivery_id
        return _told_delivery(found[0])

    @routes.get("/{id}/deliveries", responses=MISSING)
    def list_webhook_deliveries(
        id: Id, caller: Reader, asked: Annotated[DeliveriesAsked, Query()]
    ) -> Page[DeliveryTold]:
        """What was sent to an endpoint, and what waits to be, newest first."""
        with service.database.reading() as connection:
            found, has_more = list_deliveries(
                connection,
                caller.tenant_id,
                states=[Outcome(name) for name in asked.state],
                endpoint_id=mine(connection, caller, id).id,
                after_id=asked.after_id,
                limit=asked.limit,
            )
        return Page(items=[_told_delivery(one) for one in found], next=found[-1].id if has_more else None)

    @routes.post("/deliveries/{id}/replay", status_code=202, responses=MISSING)
    def replay_delivery(id: Id, caller: Maker) -> DeliveryTold:
        """Send a message again, whatever became of it."""
        with service.database.transaction() as connection:
            return _told_delivery(replay(connection, caller.tenant_id, known_id(id, "delivery")))

    return routes


def _check(service: Service, url: str) -> None:
    try:
        check_url(url, service.hook_reach)
    except FetchError as error:
        raise ApiError(Problem.INVALID, str(error), field="url") from error


def _told(endpoint: Endpoint) -> WebhookTold:
    return WebhookTold(**_shown(endpoint))


def _with_secret(endpoint: Endpoint) -> SecretTold:
    return SecretTold(**_shown(endpoint), secret=endpoint.secret)


def _shown(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "name": endpoint.name,
        "url": endpoint.url,
        "types": list(endpoint.types),
        "is_disabled": endpoint.disabled_at is not None,
        "disabled_reason": endpoint.disabled_reason,
        "created_at": moment(endpoint.created_at),
    }


def _told_delivery(delivery: Delivery) -> DeliveryTold:
    return DeliveryTold(
        id=delivery.id,
        job_id=delivery.job_id,
        event=delivery.event_sequence,
        url=delivery.url,
        state=Outcome(delivery.state).value,
        attempt=delivery.attempt,
        next_at=moment(delivery.next_at) if delivery.state == Outcome.WAITING else None,
        last_status=delivery.last_status,
        last_error=delivery.last_error,
        created_at=moment(delivery.created_at),
        ended_at=moment_or_none(delivery.ended_at),
    )
