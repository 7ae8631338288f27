"""`/webhook_endpoints`: where a tenant wants to hear of its videos."""

import json
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from manazir.core.errors import FetchError
from manazir.server.assets.addresses import check_url
from manazir.server.assets.fetching import post
from manazir.server.bodies import Bodies
from manazir.server.endpoints import (
    Endpoint,
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    find_endpoint,
    list_endpoints,
    rotate_secret,
)
from manazir.server.errors import Problem
from manazir.server.http import admit, bearer
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.store.ids import new_id, short_id
from manazir.server.webhooks.signatures import signed
from manazir.server.wire.sora import answers
from manazir.server.wire.sora.errors import RefusedError
from manazir.server.wire.sora.events import envelope
from manazir.server.wire.sora.incoming import Incoming, receiving
from manazir.server.wire.sora.names import DIALECT, ENDPOINT, VIDEO, row_id
from manazir.server.wire.sora.requests import CreateEndpoint, RotateSecret, SampleEvent, UpdateEndpoint, read

MOST_A_PAGE = 100
Sending = Callable[[Request], Awaitable[Incoming]]
"""Reads a request of an administrator's."""


def webhook_routes(service: Service, bodies: Bodies) -> APIRouter:
    """All of it. They are an administrator's: a webhook tells of all of a tenant's videos."""
    routes, sending = APIRouter(), receiving(service, bodies, Scope.ADMIN)
    _add_looking(routes, service)
    for add in (_add_creating, _add_changing, _add_rotating, _add_trying):
        add(routes, service, sending)
    _add_deleting(routes, service)
    return routes


def _add_looking(routes: APIRouter, service: Service) -> None:
    @routes.get("/webhook_event_types")
    def event_types(request: Request) -> Any:
        admit(service, request, bearer(request), Scope.READ)
        return {"object": "list", "data": sorted(set(answers.EVENT_OF.values()))}

    @routes.get("/webhook_endpoints")
    def list_(
        request: Request, after: str | None = None, limit: Annotated[int, Query(ge=1, le=MOST_A_PAGE)] = 20
    ) -> Any:
        caller = admit(service, request, bearer(request), Scope.ADMIN)
        after_id = None if after is None else row_id(ENDPOINT, after, "after")
        with service.database.reading() as connection:
            found, has_more = list_endpoints(
                connection, caller.tenant_id, dialect=DIALECT, after_id=after_id, limit=limit
            )
        return answers.page([answers.endpoint(one) for one in found], has_more)

    @routes.get("/webhook_endpoints/{endpoint_id}")
    def retrieve(request: Request, endpoint_id: str) -> Any:
        caller = admit(service, request, bearer(request), Scope.ADMIN)
        return answers.endpoint(_endpoint(service, caller, endpoint_id))


def _add_creating(routes: APIRouter, service: Service, sending: Sending) -> None:
    managing = Annotated[Incoming, Depends(sending)]

    @routes.post("/webhook_endpoints")
    def create(sent: managing) -> Any:
        body = read(CreateEndpoint, sent.told)
        _check(service, body.url)
        types = answers.types_of(body.event_types)
        with service.database.transaction() as connection:
            made = add_endpoint(
                connection, sent.caller.tenant_id, dialect=DIALECT, name=body.name, url=body.url, types=types
            )
        return answers.endpoint(made, shows_secret=True)


def _add_changing(routes: APIRouter, service: Service, sending: Sending) -> None:
    managing = Annotated[Incoming, Depends(sending)]

    @routes.post("/webhook_endpoints/{endpoint_id}")
    def update(endpoint_id: str, sent: managing) -> Any:
        body = read(UpdateEndpoint, sent.told)
        endpoint = _endpoint(service, sent.caller, endpoint_id)
        values = _values(service, body)
        with service.database.transaction() as connection:
            return answers.endpoint(change_endpoint(connection, endpoint, values))


def _add_rotating(routes: APIRouter, service: Service, sending: Sending) -> None:
    managing = Annotated[Incoming, Depends(sending)]

    @routes.post("/webhook_endpoints/{endpoint_id}/rotate_secret")
    def rotate(endpoint_id: str, sent: managing) -> Any:
        body = read(RotateSecret, sent.told)
        endpoint = _endpoint(service, sent.caller, endpoint_id)
        with service.database.transaction() as connection:
            changed = rotate_secret(connection, endpoint, keeps_old=body.keep_old_secret_active_for_24_hours)
        return answers.endpoint(changed, shows_secret=True)


def _add_trying(routes: APIRouter, service: Service, sending: Sending) -> None:
    managing = Annotated[Incoming, Depends(sending)]

    @routes.post("/webhook_endpoints/{endpoint_id}/test")
    def test(endpoint_id: str, sent: managing) -> Any:
        body = read(SampleEvent, sent.told)
        status = _send_sample(service, _endpoint(service, sent.caller, endpoint_id), body.event_type)
        return {
            "object": "webhook_endpoint.test",
            "webhook_endpoint_id": endpoint_id,
            "event_type": body.event_type,
            "status_code": status,
            "success": True,
        }


def _add_deleting(routes: APIRouter, service: Service) -> None:
    @routes.delete("/webhook_endpoints/{endpoint_id}")
    def delete(request: Request, endpoint_id: str) -> Any:
        caller = admit(service, request, bearer(request), Scope.ADMIN)
        endpoint = _endpoint(service, caller, endpoint_id)
        with service.database.transaction() as connection:
            delete_endpoint(connection, endpoint)
        return answers.deleted(endpoint_id, "webhook_endpoint.deleted")


def _values(service: Service, body: UpdateEndpoint) -> dict[str, Any]:
    """What of an endpoint is changed."""
    values: dict[str, Any] = {} if body.name is None else {"name": body.name}
    if body.url is not None:
        _check(service, body.url)
        values["url"] = body.url
    if body.event_types is not None:
        values["types"] = answers.types_of(body.event_types)
    return values


def _endpoint(service: Service, caller: Caller, endpoint_id: str) -> Endpoint:
    with service.database.reading() as connection:
        return find_endpoint(connection, caller.tenant_id, row_id(ENDPOINT, endpoint_id), dialect=DIALECT)


def _check(service: Service, url: str) -> None:
    try:
        check_url(url, service.hook_reach)
    except FetchError as error:
        raise RefusedError(Problem.INVALID, f"url: {error}", field="url") from error


def _send_sample(service: Service, endpoint: Endpoint, event_type: str) -> int:
    """Send a message about a video that there is not; returns what the other side's status was."""
    message_id = new_id()
    told = envelope(f"evt_test_{short_id(message_id)}", event_type, time.time(), f"{VIDEO}{'0' * 32}")
    body = json.dumps(told).encode()
    headers = {"Content-Type": "application/json", **signed(message_id, body, [endpoint.secret])}
    try:
        return post(endpoint.url, body, headers, reach=service.hook_reach).status
    except FetchError as error:
        told_why = f"the endpoint could not be asked: {error}"
        raise RefusedError(Problem.INVALID, told_why, field="url") from error
