"""Webhook endpoints: where a tenant wants to hear of its jobs, in which dialect, and the secret that signs it."""

import base64
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from manazir.server.errors import ApiError, Problem
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import endpoints

OLD_SECRET_SECONDS = 86_400.0
MOST = 100
"""Of one tenant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A row of `endpoints`; times are seconds since 1970."""

    id: str
    tenant_id: str
    name: str
    url: str
    dialect: str
    types: Sequence[str]
    """Such as `job.succeeded`; `*`: all."""
    secret: str = field(repr=False)
    """As Standard Webhooks writes one."""
    created_at: float
    disabled_at: float | None
    disabled_reason: str | None


def new_secret() -> str:
    """A secret that signs (Standard Webhooks: `whsec_` and 24 to 64 bytes in base64)."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def add_endpoint(
    connection: Connection, tenant_id: str, *, dialect: str, name: str, url: str, types: Sequence[str]
) -> Endpoint:
    """Have a tenant's changes told to a URL, which whoever asks has checked.

    Raises:
        ApiError: the tenant has too many.
    """
    known = connection.execute(select(endpoints.c.id).where(endpoints.c.tenant_id == tenant_id).limit(MOST)).all()
    if len(known) >= MOST:
        raise ApiError(Problem.INVALID, f"there are {MOST} webhook endpoints already; delete one first")
    row: dict[str, Any] = {"id": new_id(), "tenant_id": tenant_id, "dialect": dialect, "name": name, "url": url}
    row |= {"types": list(types), "secret": new_secret(), "created_at": now(connection)}
    connection.execute(insert(endpoints).values(row))
    return find_endpoint(connection, tenant_id, str(row["id"]), dialect=dialect)


def find_endpoint(connection: Connection, tenant_id: str, endpoint_id: str, *, dialect: str) -> Endpoint:
    """A tenant's endpoint.

    Raises:
        ApiError: it is not there, somebody else's, or of another dialect.
    """
    row = connection.execute(select(endpoints).where(_mine(tenant_id, endpoint_id, dialect))).mappings().one_or_none()
    if row is None:
        raise ApiError(Problem.NOT_FOUND, "there is no such webhook endpoint")
    return _endpoint(row)


def list_endpoints(
    connection: Connection, tenant_id: str, *, dialect: str, after_id: str | None = None, limit: int = 20
) -> tuple[list[Endpoint], bool]:
    """A tenant's endpoints of a dialect, newest first, and whether there are more."""
    mine = (endpoints.c.tenant_id == tenant_id) & (endpoints.c.dialect == dialect)
    if after_id is not None:
        mine &= endpoints.c.id < after_id
    rows = connection.execute(select(endpoints).where(mine).order_by(endpoints.c.id.desc()).limit(limit + 1)).mappings()
    found = [_endpoint(row) for row in rows]
    return found[:limit], len(found) > limit


def change_endpoint(connection: Connection, endpoint: Endpoint, values: Mapping[str, Any]) -> Endpoint:
    """Give an endpoint another name, URL or types; one that was switched off is tried again."""
    changed = dict(values) | {"disabled_at": None, "disabled_reason": None}
    connection.execute(update(endpoints).where(endpoints.c.id == endpoint.id).values(changed))
    return find_endpoint(connection, endpoint.tenant_id, endpoint.id, dialect=endpoint.dialect)


def disable_endpoint(connection: Connection, endpoint: Endpoint, reason: str) -> Endpoint:
    """Tell it nothing until it is changed again."""
    values = {"disabled_at": now(connection), "disabled_reason": reason}
    connection.execute(update(endpoints).where(endpoints.c.id == endpoint.id).values(values))
    return find_endpoint(connection, endpoint.tenant_id, endpoint.id, dialect=endpoint.dialect)


def rotate_secret(connection: Connection, endpoint: Endpoint, *, keeps_old: bool) -> Endpoint:
    """Give an endpoint a new secret; the old one, if kept, signs beside it for a day."""
    values: dict[str, Any] = {"secret": new_secret(), "old_secret": None, "old_secret_until": None}
    if keeps_old:
        values |= {"old_secret": endpoint.secret, "old_secret_until": now(connection) + OLD_SECRET_SECONDS}
    connection.execute(update(endpoints).where(endpoints.c.id == endpoint.id).values(values))
    return find_endpoint(connection, endpoint.tenant_id, endpoint.id, dialect=endpoint.dialect)


def delete_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    """Tell it nothing more."""
    connection.execute(delete(endpoints).where(endpoints.c.id == endpoint.id))


def _mine(tenant_id: str, endpoint_id: str, dialect: str) -> Any:
    return (endpoints.c.id == endpoint_id) & (endpoints.c.tenant_id == tenant_id) & (endpoints.c.dialect == dialect)


def _endpoint(row: RowMapping) -> Endpoint:
    return Endpoint(**{name: row[name] for name in Endpoint.__slots__})
