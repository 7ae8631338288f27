"""`/tenants`: whose the jobs and files are, and how much of the machine is theirs. For admins."""

from dataclasses import asdict
from datetime import datetime

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import Connection

from manazir.core.errors import UnsupportedError
from manazir.server.api.access import Admin, Id, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.shapes import Given, Name, Told, moment
from manazir.server.errors import ApiError, Problem
from manazir.server.service import Service
from manazir.server.tenants import Limits, Tenant, change_tenant, list_tenants, make_tenant, tenant_by_id

MANY = 2**53
MOST = 2**31 - 1
MISSING = refusals(Problem.NOT_FOUND)


class LimitsGiven(Given):
    """What a tenant may take; what is left out stays, or has its default. null: without a limit."""

    priority: int = Field(0, ge=-1000, le=1000, description="All of a higher one's jobs go first.")
    weight: float = Field(1.0, ge=0.001, le=1000, description="Of its share beside others of its priority.")
    max_queued: int = Field(20_000, ge=0, le=MOST)
    max_running: int = Field(64, ge=0, le=MOST)
    max_stored_bytes: int | None = Field(None, ge=0, le=MANY)
    requests_per_minute: int = Field(6000, ge=1, le=MOST)
    credits: float | None = Field(None, ge=0, le=MANY, description="What is left to be spent.")


class TenantGiven(LimitsGiven):
    """A tenant that is to be made."""

    name: Name


class TenantTold(Told):
    """A tenant and its limits."""

    id: str
    name: str
    is_paused: bool = Field(description="Whether nothing of it that waits is taken.")
    priority: int
    weight: float
    max_queued: int
    max_running: int
    max_stored_bytes: int | None
    requests_per_minute: int
    credits: float | None
    created_at: datetime


class TenantsTold(Told):
    """All of them."""

    items: list[TenantTold]


def tenant_routes(service: Service) -> APIRouter:
    """Making, listing, changing, pausing."""
    routes = APIRouter(prefix="/tenants", tags=["tenants"])

    def changed(tenant_id: str, **values: object) -> TenantTold:
        with service.database.transaction() as connection:
            tenant = found_tenant(connection, known_id(tenant_id, "tenant"))
            if values:
                change_tenant(connection, tenant.id, **values)
            return told_tenant(found_tenant(connection, tenant.id))

    @routes.post("", status_code=201, responses=refusals(Problem.CONFLICT))
    def create_tenant(given: TenantGiven, _caller: Admin) -> TenantTold:
        """Make a tenant; `POST /keys` lets somebody in."""
        with service.database.transaction() as connection:
            try:
                made = make_tenant(connection, given.name, Limits(**given.model_dump(exclude={"name"})))
            except UnsupportedError as error:
                raise ApiError(Problem.CONFLICT, str(error), field="name") from error
        return told_tenant(made)

    @routes.get("")
    def list_all_tenants(_caller: Admin) -> TenantsTold:
        """All of them, by name."""
        with service.database.reading() as connection:
            return TenantsTold(items=[told_tenant(one) for one in list_tenants(connection)])

    @routes.get("/{id}", responses=MISSING)
    def get_tenant(id: Id, _caller: Admin) -> TenantTold:
        """One tenant."""
        return changed(id)

    @routes.patch("/{id}", responses=MISSING)
    def change_limits(id: Id, given: LimitsGiven, _caller: Admin) -> TenantTold:
        """Change what a tenant may take; what is left out stays."""
        return changed(id, **given.model_dump(exclude_unset=True))

    @routes.post("/{id}/pause", responses=MISSING)
    def pause_tenant(id: Id, _caller: Admin) -> TenantTold:
        """Take nothing more of it; what runs goes on."""
        return changed(id, is_paused=True)

    @routes.post("/{id}/resume", responses=MISSING)
    def resume_tenant(id: Id, _caller: Admin) -> TenantTold:
        """Take its jobs again."""
        return changed(id, is_paused=False)

    return routes


def found_tenant(connection: Connection, tenant_id: str) -> Tenant:
    """A tenant by id.

    Raises:
        ApiError: there is none.
    """
    try:
        return tenant_by_id(connection, tenant_id)
    except UnsupportedError as error:
        raise ApiError(Problem.NOT_FOUND, str(error)) from error


def told_tenant(tenant: Tenant) -> TenantTold:
    """A tenant as it is told."""
    return TenantTold(**asdict(tenant) | {"created_at": moment(tenant.created_at)})
