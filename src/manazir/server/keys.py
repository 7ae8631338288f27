"""API keys: random, shown once, stored hashed, found by their prefix; each is one tenant's, and may do some things."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, insert, select, update

from manazir.core.errors import UnsupportedError
from manazir.server.errors import ApiError, Problem
from manazir.server.store.database import now
from manazir.server.store.ids import new_id
from manazir.server.store.tables import keys, tenants

BEGINS = "mnz"
WHOLE = re.compile(rf"{BEGINS}_[0-9a-f]{{8}}_[A-Za-z0-9_-]{{1,128}}")
SEEN_SECONDS = 60.0
"""`last_used_at` is no more exact than this, so that reading does not write each time."""


class Scope(StrEnum):
    """What a key may do."""

    GENERATE = "generate"
    """Make, change and delete jobs, files and webhooks."""
    READ = "read"
    """See the tenant's jobs and files."""
    ADMIN = "admin"
    """All of it, and keys and other tenants."""
    METRICS = "metrics"
    """See the numbers of the whole service, and nothing else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who asks: a key, and whose it is."""

    tenant_id: str
    tenant_name: str
    key_id: str
    scopes: frozenset[Scope]
    requests_per_minute: int
    last_used_at: float | None = None

    def may(self, scope: Scope) -> bool:
        """Whether the key has a scope; `generate` includes `read`, `admin` all."""
        above = {Scope.READ: {Scope.GENERATE}}
        return bool(({scope, Scope.ADMIN} | above.get(scope, set())) & self.scopes)

    def check_may(self, scope: Scope) -> None:
        """Go on only with a key that has a scope.

        Raises:
            ApiError: it has not.
        """
        if not self.may(scope):
            raise ApiError(
                Problem.NO_SCOPE,
                f"this API key may not do that; use one with the scope '{scope.value}'",
                reason="key_may_not",
                values={"scope": scope.value},
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A key without its secret."""

    id: str
    tenant_id: str
    name: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: float
    last_used_at: float | None
    revoked_at: float | None


def make_key(connection: Connection, tenant_id: str, name: str, scopes: Sequence[Scope]) -> tuple[Key, str]:
    """Make a key; returns it with its whole text, which is kept nowhere.

    Raises:
        UnsupportedError: it has no name, or no scopes.
    """
    if not name.strip():
        raise UnsupportedError("a key without a name is hard to tell from others; say what it is for")
    if not scopes:
        raise UnsupportedError(f"a key without scopes may do nothing; give some of {', '.join(Scope)}")
    prefix = f"{BEGINS}_{secrets.token_hex(4)}"
    whole = f"{prefix}_{secrets.token_urlsafe(32)}"
    row: dict[str, Any] = {
        "id": new_id(),
        "tenant_id": tenant_id,
        "name": name,
        "prefix": prefix,
        "secret_hash": _hash(whole),
    }
    row |= {"scopes": [scope.value for scope in scopes], "created_at": now(connection)}
    connection.execute(insert(keys).values(row))
    return next(key for key in list_keys(connection, tenant_id) if key.id == row["id"]), whole


def find_caller(connection: Connection, whole: str) -> Caller | None:
    """Whose a key is; None: it is none, or was revoked."""
    if not WHOLE.fullmatch(whole):  # a store need not see what strangers send
        return None
    row = _with_tenant(connection, keys.c.prefix == "_".join(whole.split("_")[:2]))
    if row is None or not hmac.compare_digest(row["secret_hash"], _hash(whole)):
        return None
    return _caller(row)


def caller_of_key(connection: Connection, key_id: str) -> Caller | None:
    """Who has a key, by its id; None: it was revoked."""
    row = _with_tenant(connection, keys.c.id == key_id)
    return None if row is None else _caller(row)


def _with_tenant(connection: Connection, which: ColumnElement[bool]) -> RowMapping | None:
    asked = select(keys, tenants.c.name.label("tenant_name"), tenants.c.requests_per_minute).join(tenants)
    return connection.execute(asked.where(which & keys.c.revoked_at.is_(None))).mappings().one_or_none()


def _caller(row: RowMapping) -> Caller:
    return Caller(
        tenant_id=row["tenant_id"],
        tenant_name=row["tenant_name"],
        key_id=row["id"],
        scopes=frozenset(map(Scope, row["scopes"])),
        requests_per_minute=row["requests_per_minute"],
        last_used_at=row["last_used_at"],
    )


def note_use(connection: Connection, caller: Caller) -> None:
    """Remember when a key was used last, if what is remembered is old."""
    time = now(connection)
    if caller.last_used_at is None or time - caller.last_used_at > SEEN_SECONDS:
        connection.execute(update(keys).where(keys.c.id == caller.key_id).values(last_used_at=time))


def list_keys(connection: Connection, tenant_id: str | None = None) -> list[Key]:
    """Keys of one tenant, or of all; those that were revoked as well."""
    asked = select(keys).order_by(keys.c.id)
    rows = connection.execute(asked if tenant_id is None else asked.where(keys.c.tenant_id == tenant_id)).mappings()
    return [_key(row) for row in rows]


def revoke_key(connection: Connection, name: str, tenant_id: str | None = None) -> Key:
    """End a key, by its prefix or id.

    Raises:
        UnsupportedError: there is no such key, or it was revoked before.
    """
    found = [key for key in list_keys(connection, tenant_id) if name in (key.prefix, key.id) and key.revoked_at is None]
    if not found:
        raise UnsupportedError(f"there is no key {name!r} that could be revoked; `manazir keys list` has them")
    connection.execute(update(keys).where(keys.c.id == found[0].id).values(revoked_at=now(connection)))
    return found[0]


def _key(row: RowMapping) -> Key:
    told = {one: row[one] for one in Key.__slots__}
    return Key(**told | {"scopes": tuple(map(Scope, row["scopes"]))})


def _hash(whole: str) -> str:
    """A plain hash is enough: the secret has 256 random bits."""
    return hashlib.sha256(whole.encode()).hexdigest()
