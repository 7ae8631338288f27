"""`/webhooks/{id}/deliveries`: what was sent to an endpoint, sending it again, and trying one out."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.shapes import Page, Paged, Told, moment, moment_or_none
from manazir.server.api.webhooks import DIALECT, MISSING, my_endpoint
from manazir.server.errors import Problem
from manazir.server.jobs.events import tell_again
from manazir.server.service import Service
from manazir.server.webhooks.outbox import Delivery, Outcome, list_deliveries, replay

DeliveryState = Literal["waiting", "delivered", "skipped", "given up"]


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


def delivery_routes(service: Service) -> APIRouter:
    """Trying out, listing, sending again."""
    routes = APIRouter(prefix="/webhooks", tags=["webhooks"])
    for add in (_add_trying, _add_listing, _add_replaying):
        add(routes, service)
    return routes


def _add_trying(routes: APIRouter, service: Service) -> None:
    @routes.post("/{id}/test", status_code=202, responses=MISSING | refusals(Problem.CONFLICT))
    def test_webhook(id: Id, caller: Maker) -> DeliveryTold:
        """Send the newest event of your jobs once more, to this endpoint alone."""
        with service.database.transaction() as connection:
            endpoint = my_endpoint(connection, caller, id)
            delivery_id = tell_again(connection, caller.tenant_id, endpoint.id, endpoint.url, DIALECT)
            found = list_deliveries(connection, caller.tenant_id, endpoint_id=endpoint.id, limit=1)[0]
        assert found[0].id == delivery_id
        return _told(found[0])


def _add_listing(routes: APIRouter, service: Service) -> None:
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
                endpoint_id=my_endpoint(connection, caller, id).id,
                after_id=asked.after_id,
                limit=asked.limit,
            )
        return Page(items=[_told(one) for one in found], next=found[-1].id if has_more else None)


def _add_replaying(routes: APIRouter, service: Service) -> None:
    @routes.post("/deliveries/{id}/replay", status_code=202, responses=MISSING)
    def replay_delivery(id: Id, caller: Maker) -> DeliveryTold:
        """Send a message again, whatever became of it."""
        with service.database.transaction() as connection:
            return _told(replay(connection, caller.tenant_id, known_id(id, "delivery")))


def _told(delivery: Delivery) -> DeliveryTold:
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
