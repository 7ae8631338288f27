"""Tenants: whose the jobs, the files and the keys are, and how much of the machine is theirs."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from manazir.core.errors import UnsupportedError
from manazir.server.store.database import now, one_at_a_time
from manazir.server.store.ids import new_id
from manazir.server.store.tables import tenants

FIRST = "default"
"""The tenant that is there from the start."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a tenant may take; what an operator changes."""

    priority: int = 0
    weight: float = 1.0
    max_queued: int = 20_000
    max_running: int = 64
    max_stored_bytes: int | None = None
    requests_per_minute: int = 6000
    credits: float | None = None
    """None: not counted against anything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tenant:
    """A row of `tenants`."""

    id: str
    name: str
    created_at: float
    priority: int
    weight: float
    max_queued: int
    max_running: int
    credits: float | None
    requests_per_minute: int
    max_stored_bytes: int | None
    is_paused: bool
    """Whether nothing that waits is taken."""


def make_tenant(connection: Connection, name: str, limits: Limits = Limits()) -> Tenant:
    """Add a tenant, unless there is one of that name.

    Raises:
        UnsupportedError: there is one.
    """
    if connection.execute(select(tenants.c.id).where(tenants.c.name == name)).first():
        raise UnsupportedError(f"there is a tenant {name!r} already; choose another name")
    told = {one: getattr(limits, one) for one in limits.__slots__}
    row = told | {"id": new_id(), "name": name, "created_at": now(connection)}
    connection.execute(insert(tenants).values(row))
    return find_tenant(connection, name)


def find_tenant(connection: Connection, name: str) -> Tenant:
    """A tenant by name.

    Raises:
        UnsupportedError: there is none.
    """
    row = connection.execute(select(tenants).where(tenants.c.name == name)).mappings().one_or_none()
    if row is None:
        have = ", ".join(connection.execute(select(tenants.c.name).order_by(tenants.c.name)).scalars())
        raise UnsupportedError(f"there is no tenant {name!r}; have {have}")
    return Tenant(**{one: row[one] for one in Tenant.__slots__})


def tenant_by_id(connection: Connection, tenant_id: str) -> Tenant:
    """A tenant by id.

    Raises:
        UnsupportedError: there is none.
    """
    row = connection.execute(select(tenants).where(tenants.c.id == tenant_id)).mappings().one_or_none()
    if row is None:
        raise UnsupportedError(f"there is no tenant {tenant_id}")
    return Tenant(**{one: row[one] for one in Tenant.__slots__})


def list_tenants(connection: Connection) -> list[Tenant]:
    """All of them, by name."""
    rows = connection.execute(select(tenants).order_by(tenants.c.name)).mappings()
    return [Tenant(**{one: row[one] for one in Tenant.__slots__}) for row in rows]


def find_or_make_tenant(connection: Connection, name: str) -> Tenant:
    """A tenant by name, made if it is not there yet."""
    one_at_a_time(connection, "tenants")
    if not connection.execute(select(tenants.c.id).where(tenants.c.name == name)).first():
        return make_tenant(connection, name)
    return find_tenant(connection, name)


def first_tenant(connection: Connection) -> Tenant:
    """The tenant that is there from the start; made if it is not there yet."""
    return find_or_make_tenant(connection, FIRST)


def change_tenant(connection: Connection, tenant_id: str, **values: object) -> None:
    """Change a tenant's limits, or pause all that waits of it (`is_paused`)."""
    connection.execute(update(tenants).where(tenants.c.id == tenant_id).values(values))
