"""`/keys`: who may use the service, and for what. For admins, of all tenants."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from manazir.core.errors import UnsupportedError
from manazir.server.api.access import Admin, Id, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.shapes import Asked, Given, Name, Told, moment, moment_or_none
from manazir.server.api.tenants import TenantTold, found_tenant, told_tenant
from manazir.server.errors import ApiError, Problem
from manazir.server.keys import Caller, Key, Scope, list_keys, make_key, revoke_key
from manazir.server.service import Service
from manazir.server.store.ids import plain_id
from manazir.server.tenants import tenant_by_id

ScopeName = Literal["generate", "read", "admin", "metrics"]
USUAL: tuple[ScopeName, ...] = ("generate",)


class KeyGiven(Given):
    """A key that is to be made."""

    name: Name
    tenant_id: str | None = Field(None, max_length=64, description="Whose it is; null: yours.")
    scopes: list[ScopeName] = Field(
        default_factory=lambda: list(USUAL),
        min_length=1,
        max_length=4,
        description="`read`: look. `generate`: also make and delete. `admin`: also keys and other tenants. "
        "`metrics`: the numbers of the whole service, and nothing else.",
    )


class KeyTold(Told):
    """A key without its secret."""

    id: str
    tenant_id: str
    name: str
    prefix: str = Field(description="How it begins.", examples=["mnz_1a2b3c4d"])
    scopes: list[ScopeName]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class NewKeyTold(KeyTold):
    """A key, whole; shown this once and kept nowhere."""

    key: str


class KeysTold(Told):
    """All of them."""

    items: list[KeyTold]


class KeysAsked(Asked):
    """Which keys."""

    tenant_id: str | None = Field(None, max_length=64, description="Only this tenant's.")


class MeTold(Told):
    """Who has the key that was sent."""

    key_id: str
    scopes: list[ScopeName]
    tenant: TenantTold


def key_routes(service: Service) -> APIRouter:
    """Making, listing, revoking."""
    routes = APIRouter(tags=["keys"])

    @routes.get("/me")
    def get_me(caller: Reader) -> MeTold:
        """Whose key this is, and what it may."""
        return told_me(service, caller)

    @routes.post("/keys", status_code=201, responses=refusals(Problem.NOT_FOUND))
    def create_key(given: KeyGiven, caller: Admin) -> NewKeyTold:
        """Make a key. It is shown once."""
        with service.database.transaction() as connection:
            tenant_id = caller.tenant_id
            if given.tenant_id is not None:
                tenant_id = found_tenant(connection, known_id(given.tenant_id, "tenant")).id
            scopes = [Scope(name) for name in dict.fromkeys(given.scopes)]
            made, whole = make_key(connection, tenant_id, given.name, scopes)
        return NewKeyTold(**_shown(made), key=whole)

    @routes.get("/keys")
    def list_all_keys(_caller: Admin, asked: Annotated[KeysAsked, Query()]) -> KeysTold:
        """Keys of all tenants or of one, those that were revoked as well."""
        wanted = None if asked.tenant_id is None else plain_id(asked.tenant_id) or "none"
        with service.database.reading() as connection:
            return KeysTold(items=[KeyTold(**_shown(key)) for key in list_keys(connection, wanted)])

    @routes.delete("/keys/{id}", status_code=204, responses=refusals(Problem.NOT_FOUND))
    def delete_key(id: Id, _caller: Admin) -> None:
        """End a key: from now on it opens nothing."""
        with service.database.transaction() as connection:
            try:
                revoke_key(connection, known_id(id, "key"))
            except UnsupportedError as error:
                raise ApiError(Problem.NOT_FOUND, "there is no such key, or it was revoked before") from error

    return routes


def told_me(service: Service, caller: Caller) -> MeTold:
    """Who calls, as they are told."""
    with service.database.reading() as connection:
        tenant = told_tenant(tenant_by_id(connection, caller.tenant_id))
    scopes = sorted(scope.value for scope in caller.scopes)
    return MeTold(key_id=caller.key_id, scopes=scopes, tenant=tenant)  # type: ignore[arg-type]


def _shown(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "tenant_id": key.tenant_id,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": [scope.value for scope in key.scopes],
        "created_at": moment(key.created_at),
        "last_used_at": moment_or_none(key.last_used_at),
        "revoked_at": moment_or_none(key.revoked_at),
    }
