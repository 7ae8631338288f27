"""`/shots/{id}/takes`, `/projects/{id}/takes`, `/takes/{id}`: having shots made, and looking at what was."""

from fastapi import APIRouter
from starlette.requests import Request

from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.jobs import Estimate, IdempotencyKey, estimated
from manazir.server.api.studio.asking import body_hash
from manazir.server.api.studio.shapes.takes import ProjectTakesGiven, TakesGiven, TakesTold, TakeTold
from manazir.server.api.studio.taking import Taking, Wanted
from manazir.server.api.studio.telling import StudioTeller
from manazir.server.errors import Problem
from manazir.server.service import Service
from manazir.server.studio.projects import find_project
from manazir.server.studio.shots import find_shot
from manazir.server.studio.takes import find_take, takes_of_shot

MISSING = refusals(Problem.NOT_FOUND)


def take_routes(service: Service) -> APIRouter:
    """Asking for takes, and looking at them; they are steered, and deleted, as jobs."""
    routes = APIRouter(tags=["takes"])
    for add in (_add_asking, _add_estimating, _add_looking):
        add(routes, service)
    return routes


def _add_asking(routes: APIRouter, service: Service) -> None:
    @routes.post(
        "/shots/{id}/takes",
        status_code=201,
        responses=refusals(Problem.NO_CREDITS, Problem.NOT_FOUND, Problem.CONFLICT),
    )
    def create_takes(
        id: Id, given: TakesGiven, caller: Maker, request: Request, idempotency_key: IdempotencyKey = None
    ) -> TakesTold:
        """Have takes of a shot made: all of them are accepted, or none. From here on each ends, whatever happens."""
        shot_id = known_id(id, "shot")
        stands_for = body_hash(shot_id, given)
        with service.database.reading() as connection:
            project_id = find_shot(connection, caller.tenant_id, shot_id).project_id
        return Taking(service, caller).accepted(request, project_id, [(shot_id, given)], idempotency_key, stands_for)

    @routes.post(
        "/projects/{id}/takes",
        status_code=201,
        responses=refusals(Problem.NO_CREDITS, Problem.NOT_FOUND, Problem.CONFLICT),
    )
    def create_takes_of_shots(
        id: Id, given: ProjectTakesGiven, caller: Maker, request: Request, idempotency_key: IdempotencyKey = None
    ) -> TakesTold:
        """Have takes of several shots made: all of them are accepted, or none; `parts` says of each why not."""
        project_id = known_id(id, "project")
        with service.database.reading() as connection:
            find_project(connection, caller.tenant_id, project_id)
        stands_for = body_hash(project_id, given)
        return Taking(service, caller).accepted(request, project_id, _by_shot(given), idempotency_key, stands_for)


def _add_estimating(routes: APIRouter, service: Service) -> None:
    @routes.post("/shots/{id}/estimate", responses=MISSING)
    def estimate_takes(id: Id, given: TakesGiven, caller: Reader) -> Estimate:
        """Whether such takes can be made, by which model, and what they would cost together. Nothing is made."""
        shot_id = known_id(id, "shot")
        with service.database.reading() as connection:
            project_id = find_shot(connection, caller.tenant_id, shot_id).project_id
        return estimated(service, caller, lambda: Taking(service, caller).weighed(project_id, shot_id, given))

    @routes.post("/projects/{id}/estimate", responses=MISSING)
    def estimate_takes_of_shots(id: Id, given: ProjectTakesGiven, caller: Reader) -> Estimate:
        """The same of takes of several shots, together; of each that is not possible, why."""
        project_id = known_id(id, "project")
        with service.database.reading() as connection:
            find_project(connection, caller.tenant_id, project_id)
        return estimated(
            service,
            caller,
            lambda: [
                one for asked in Taking(service, caller).all_weighed(project_id, _by_shot(given)) for one in asked
            ],
        )


def _add_looking(routes: APIRouter, service: Service) -> None:
    @routes.get("/shots/{id}/takes", responses=MISSING)
    def list_takes(id: Id, caller: Reader, request: Request) -> TakesTold:
        """A shot's takes, the first one first."""
        with service.database.reading() as connection:
            made = takes_of_shot(connection, find_shot(connection, caller.tenant_id, known_id(id, "shot")))
        return TakesTold(items=StudioTeller(service, caller, request).takes(made))

    @routes.get("/takes/{id}", responses=MISSING)
    def get_take(id: Id, caller: Reader, request: Request) -> TakeTold:
        """A take, with all that it takes to make it again."""
        with service.database.reading() as connection:
            made = find_take(connection, caller.tenant_id, known_id(id, "take"))
        return StudioTeller(service, caller, request).takes([made])[0]


def _by_shot(given: ProjectTakesGiven) -> Wanted:
    return [(known_id(one.shot_id, "shot"), one) for one in given.shots]
