"""`/shots/{id}`: what is seen, how it is framed and moved, and which take is chosen."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.studio.shapes.shots import ShotChange, ShotPlace, ShotTold
from manazir.server.api.studio.telling import StudioTeller
from manazir.server.errors import Problem
from manazir.server.service import Service
from manazir.server.store.ids import plain_id
from manazir.server.studio import shots

MISSING = refusals(Problem.NOT_FOUND)
TEXTS = ("title", "prompt", "line", "notes")
"""Columns that are never null: nothing said is no words."""


def shot_routes(service: Service) -> APIRouter:
    """Looking, changing, moving, deleting."""
    routes = APIRouter(prefix="/shots/{id}", tags=["shots"])

    @routes.get("", responses=MISSING)
    def get_shot(id: Id, caller: Reader, request: Request) -> ShotTold:
        """A shot with its takes."""
        with service.database.reading() as connection:
            shot = shots.find_shot(connection, caller.tenant_id, known_id(id, "shot"))
        return StudioTeller(service, caller, request).shot(shot)

    @routes.patch("", responses=MISSING | refusals(Problem.CONFLICT))
    def change_shot(id: Id, change: ShotChange, caller: Maker, request: Request) -> ShotTold:
        """Change a shot; what is left out stays. No take of it changes."""
        values = columns(change.model_dump(exclude_unset=True, exclude={"version"}))
        with service.database.transaction() as connection:
            project, shot = shots.hold_shot(connection, caller.tenant_id, known_id(id, "shot"))
            shot = shots.change_shot(connection, project, shot, values, change.version)
        return StudioTeller(service, caller, request).shot(shot)

    @routes.post("/move", responses=MISSING)
    def move_shot(id: Id, place: ShotPlace, caller: Maker, request: Request) -> ShotTold:
        """Put a shot before another one of its project."""
        before = None if place.before is None else known_id(place.before, "shot")
        with service.database.transaction() as connection:
            project, shot = shots.hold_shot(connection, caller.tenant_id, known_id(id, "shot"))
            shot = shots.move_shot(connection, project, shot, before)
        return StudioTeller(service, caller, request).shot(shot)

    @routes.delete("", status_code=204, responses=MISSING)
    def delete_shot(id: Id, caller: Maker) -> None:
        """Delete a shot with its takes and their files; what is under way is cancelled."""
        with service.database.transaction() as connection:
            shots.delete_shot(connection, *shots.hold_shot(connection, caller.tenant_id, known_id(id, "shot")))

    return routes


def columns(told: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a shot as its row has them."""
    values = {name: "" if name in TEXTS and value is None else value for name, value in told.items()}
    if "references" in values:
        values["asset_ids"] = list(dict.fromkeys(map(plain_id, values.pop("references") or [])))
    if values.get("chosen_take_id") is not None:
        values["chosen_take_id"] = plain_id(values["chosen_take_id"])
    return values
