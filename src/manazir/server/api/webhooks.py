"""`/webhooks`: where a tenant wants to hear of its jobs. What was sent there: `deliveries.py`."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Connection

from manazir.core.errors import FetchError
from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.shapes import Given, Name, Page, Paged, Text, Told, moment
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
from manazir.server.keys import Caller
from manazir.server.service import Service

DIALECT = "api"
EventType = Literal["*", "job.running", "job.succeeded", "job.failed", "job.cancelled"]
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


def webhook_routes(service: Service) -> APIRouter:
    """Endpoints: naming, looking, changing, forgetting, new secrets."""
    routes = APIRouter(prefix="/webhooks", tags=["webhooks"])
    for add in (_add_creating, _add_looking, _add_changing, _add_deleting, _add_rotating):
        add(routes, service)
    return routes


def my_endpoint(connection: Connection, caller: Caller, webhook_id: str) -> Endpoint:
    """An endpoint of the caller's tenant.

    Raises:
        ApiError: it is not there.
    """
    return find_endpoint(connection, caller.tenant_id, known_id(webhook_id, "webhook"), dialect=DIALECT)


def _add_creating(routes: APIRouter, service: Service) -> None:
    @routes.post("", status_code=201)
    def create_webhook(given: WebhookGiven, caller: Maker) -> SecretTold:
        """Have changes of all your jobs told to an address; the secret is shown once."""
        _check(service, given.url)
        with service.database.transaction() as connection:
            made = add_endpoint(
                connection, caller.tenant_id, dialect=DIALECT, name=given.name, url=given.url, types=given.types
            )
        return _with_secret(made)


def _add_looking(routes: APIRouter, service: Service) -> None:
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
            return _told(my_endpoint(connection, caller, id))


def _add_changing(routes: APIRouter, service: Service) -> None:
    @routes.patch("/{id}", responses=MISSING)
    def change_webhook(id: Id, change: WebhookChange, caller: Maker) -> WebhookTold:
        """Change an endpoint; one that was switched off is tried again unless `is_disabled` says otherwise."""
        if change.url is not None:
            _check(service, change.url)
        values = change.model_dump(exclude_none=True, exclude={"is_disabled"})
        with service.database.transaction() as connection:
            endpoint = change_endpoint(connection, my_endpoint(connection, caller, id), values)
            if change.is_disabled:
                endpoint = disable_endpoint(connection, endpoint, "switched off by its owner")
        return _told(endpoint)


def _add_deleting(routes: APIRouter, service: Service) -> None:
    @routes.delete("/{id}", status_code=204, responses=MISSING)
    def delete_webhook(id: Id, caller: Maker) -> None:
        """Tell it nothing more."""
        with service.database.transaction() as connection:
            delete_endpoint(connection, my_endpoint(connection, caller, id))


def _add_rotating(routes: APIRouter, service: Service) -> None:
    @routes.post("/{id}/rotate", responses=MISSING)
    def rotate_webhook(id: Id, given: RotationGiven, caller: Maker) -> SecretTold:
        """Make a new secret, which is shown once; the old one signs beside it for a day."""
        with service.database.transaction() as connection:
            endpoint = my_endpoint(connection, caller, id)
            return _with_secret(rotate_secret(connection, endpoint, keeps_old=given.keeps_old))


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
