"""What waits to be told, and what became of it: the rows of `deliveries`, which are written with each job's change.

Several servers may deliver at once. Whoever takes a row moves its `next_at` past the time that sending may take, and
counts its `attempt` up: only who holds the newest attempt says what became of it.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, false, not_, or_, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.store.database import now
from manazir.server.store.tables import deliveries, endpoints

LEASE_SECONDS = 60.0
"""Longer than sending may take; what a server had that died is taken by another then."""
LOOKED_AT = 64
"""Rows in one look."""


class Outcome(StrEnum):
    """What became of a try, or of all."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    SKIPPED = "skipped"
    """The dialect says nothing of such an event."""
    GIVEN_UP = "given up"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A row of `deliveries`; times are seconds since 1970."""

    id: str
    tenant_id: str
    job_id: str
    event_sequence: int
    endpoint_id: str | None
    """None: the URL that the job's own request named."""
    url: str
    dialect: str
    state: str
    attempt: int
    """How often it was tried."""
    next_at: float
    created_at: float
    ended_at: float | None
    last_status: int | None
    last_error: str | None

    @property
    def place(self) -> str:
        """The beginning of the URL, up to the host and port, as it is written."""
        scheme, _, rest = self.url.partition("://")
        host = rest.replace("?", "/").replace("#", "/").partition("/")[0]
        return f"{scheme}://{host}"

    @property
    def shown_place(self) -> str:
        """As much of the URL as may be told: a name or password before the host is left out."""
        scheme, _, host = self.place.partition("://")
        return f"{scheme}://{host.rpartition('@')[2]}"


@dataclass(frozen=True, slots=True)
class Room:
    """How much may be under way at once, and what is: so that one slow receiver keeps nobody else waiting."""

    tenants: Counter[str]
    places: Counter[str]
    most_a_tenant: int
    most_a_place: int

    def copy(self) -> "Room":
        """The same, to be changed by itself."""
        return Room(Counter(self.tenants), Counter(self.places), self.most_a_tenant, self.most_a_place)

    def full(self) -> tuple[Collection[str], Collection[str]]:
        """Tenants and places that have as much under way as they may."""
        return (
            [name for name, count in self.tenants.items() if count >= self.most_a_tenant],
            [name for name, count in self.places.items() if count >= self.most_a_place],
        )

    def takes(self, delivery: Delivery) -> bool:
        """Count one more as under way, if there is room for it."""
        if self.tenants[delivery.tenant_id] >= self.most_a_tenant or self.places[delivery.place] >= self.most_a_place:
            return False
        self.tenants[delivery.tenant_id] += 1
        self.places[delivery.place] += 1
        return True

    def leaves(self, delivery: Delivery) -> None:
        """Count one less."""
        for count, name in ((self.tenants, delivery.tenant_id), (self.places, delivery.place)):
            count[name] -= 1
            if not count[name]:
                del count[name]


def is_due(connection: Connection, time: float) -> bool:
    """Whether there is anything to look at: asked often, and takes no lock."""
    due = (deliveries.c.state == Outcome.WAITING) & (deliveries.c.next_at <= time)
    return connection.execute(select(deliveries.c.id).where(due).limit(1)).first() is not None


def claim_due(connection: Connection, time: float, room: Room, at_most: int) -> list[Delivery]:
    """Take what is due and finds room, the longest due first."""
    tenants, places = room.full()
    due = (deliveries.c.state == Outcome.WAITING) & (deliveries.c.next_at <= time) & ~_follows()
    due &= deliveries.c.tenant_id.not_in(tenants)
    due &= not_(or_(false(), *map(_is_at, places)))
    asked = select(deliveries).where(due).order_by(deliveries.c.next_at, deliveries.c.event_sequence).limit(LOOKED_AT)
    rows = connection.execute(asked.with_for_update(skip_locked=True)).mappings().all()
    taken: list[Delivery] = []
    for delivery in map(_delivery, rows):
        if len(taken) < at_most and room.takes(delivery):
            taken.append(delivery)
    values = {"attempt": deliveries.c.attempt + 1, "next_at": time + LEASE_SECONDS}
    connection.execute(update(deliveries).where(deliveries.c.id.in_([one.id for one in taken])).values(values))
    return taken


def settle(
    connection: Connection,
    delivery: Delivery,
    outcome: Outcome,
    time: float,
    *,
    next_at: float | None = None,
    status: int | None = None,
    error: str | None = None,
) -> bool:
    """Write down what became of a claimed delivery. False: somebody else has it by now, and nothing was changed.

    Args:
        next_at: of one that is to be tried again.
    """
    mine = (deliveries.c.id == delivery.id) & (deliveries.c.attempt == delivery.attempt + 1)
    values: dict[str, Any] = {"state": outcome, "last_status": status, "last_error": error}
    values |= {"ended_at": time} if next_at is None else {"next_at": next_at}
    done = connection.execute(update(deliveries).where(mine & (deliveries.c.state == Outcome.WAITING)).values(values))
    if done.rowcount != 1:
        return False
    later = _same(delivery) & (deliveries.c.event_sequence > delivery.event_sequence)
    connection.execute(update(deliveries).where(later).values(next_at=time if next_at is None else next_at))
    return True


def give_up_rest(connection: Connection, delivery: Delivery, time: float, error: str) -> None:
    """Tell a receiver that wants no more nothing more: its endpoint is switched off, and what waits for it given up."""
    if delivery.endpoint_id is not None:
        its = endpoints.c.id == delivery.endpoint_id
        off = update(endpoints).where(its & endpoints.c.disabled_at.is_(None))
        connection.execute(off.values(disabled_at=time, disabled_reason=error))
    values = {"state": Outcome.GIVEN_UP, "ended_at": time, "last_error": error}
    waits = (deliveries.c.endpoint_id == delivery.endpoint_id) & (deliveries.c.state == Outcome.WAITING)
    connection.execute(
        update(deliveries).where(_same(delivery) if delivery.endpoint_id is None else waits).values(values)
    )


def list_deliveries(
    connection: Connection,
    tenant_id: str | None,
    *,
    states: Sequence[Outcome] = (),
    job_id: str | None = None,
    endpoint_id: str | None = None,
    after_id: str | None = None,
    limit: int = 25,
) -> tuple[list[Delivery], bool]:
    """Deliveries, newest first, and whether there are more.

    Args:
        tenant_id: whose; None: everybody's, for an operator.
        after_id: the last one of the page before.
    """
    asked = select(deliveries).order_by(deliveries.c.id.desc()).limit(limit + 1)
    wanted = {"tenant_id": tenant_id, "job_id": job_id, "endpoint_id": endpoint_id}
    for name, value in wanted.items():
        asked = asked if value is None else asked.where(deliveries.c[name] == value)
    if states:
        asked = asked.where(deliveries.c.state.in_(states))
    if after_id is not None:
        asked = asked.where(deliveries.c.id < after_id)
    found = [_delivery(row) for row in connection.execute(asked).mappings()]
    return found[:limit], len(found) > limit


def replay(connection: Connection, tenant_id: str | None, delivery_id: str) -> Delivery:
    """Send a message again, whatever became of it; one that waits is tried at once, one that was given up once more.

    Raises:
        ApiError: it is not there, or somebody else's.
    """
    mine = deliveries.c.id == delivery_id
    if tenant_id is not None:
        mine &= deliveries.c.tenant_id == tenant_id
    values = {"state": Outcome.WAITING, "next_at": now(connection), "ended_at": None}
    row = connection.execute(update(deliveries).where(mine).values(values).returning(*deliveries.c)).mappings().first()
    if row is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no message {delivery_id}; the list of them has their ids")
    return _delivery(row)


def _is_at(place: str) -> ColumnElement[bool]:
    url = deliveries.c.url
    return or_(url == place, *(url.startswith(place + end, autoescape=True) for end in "/?#"))


def _same(delivery: Delivery) -> ColumnElement[bool]:
    """What waits to be told of the same job to the same receiver."""
    mine = (deliveries.c.job_id == delivery.job_id) & (deliveries.c.url == delivery.url)
    mine &= deliveries.c.endpoint_id.is_not_distinct_from(delivery.endpoint_id)
    return mine & (deliveries.c.state == Outcome.WAITING)


def _follows() -> ColumnElement[bool]:
    """Whether an earlier event of the same job still waits to be told to the same receiver."""
    earlier = deliveries.alias()
    before = (earlier.c.job_id == deliveries.c.job_id) & (earlier.c.url == deliveries.c.url)
    before &= earlier.c.endpoint_id.is_not_distinct_from(deliveries.c.endpoint_id)
    before &= (earlier.c.event_sequence < deliveries.c.event_sequence) & (earlier.c.state == Outcome.WAITING)
    return select(earlier.c.id).where(before).exists()


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(**{name: row[name] for name in Delivery.__slots__})
