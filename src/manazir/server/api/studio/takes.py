"""`/shots/{id}/takes`, `/takes/{id}`: having a shot made, and looking at what was."""

from fastapi import APIRouter
from starlette.requests import Request

from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.jobs import Estimate, IdempotencyKey, estimated
from manazir.server.api.studio.asking import body_hash, to_submissions
from manazir.server.api.studio.shapes import TakesGiven, TakesTold, TakeTold
from manazir.server.api.studio.telling import StudioTeller
from manazir.server.errors import Problem, absent
from manazir.server.jobs.submit import Submission, known_job
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.studio.projects import find_project
from manazir.server.studio.shots import find_shot, hold_shot
from manazir.server.studio.takes import Asked, Made, add_takes, batch_of, find_take, takes_of_shot, with_key

MISSING = refusals(Problem.NOT_FOUND)


def take_routes(service: Service) -> APIRouter:
    """Asking for takes, and looking at them; they are steered, and deleted, as jobs."""
    routes = APIRouter(tags=["takes"])

    @routes.post(
        "/shots/{id}/takes",
        status_code=201,
        responses=refusals(Problem.NO_CREDITS, Problem.NOT_FOUND, Problem.CONFLICT),
    )
    def create_takes(
        id: Id, given: TakesGiven, caller: Maker, request: Request, idempotency_key: IdempotencyKey = None
    ) -> TakesTold:
        """Have takes of a shot made: all of them are accepted, or none. From here on each ends, whatever happens."""
        shot_id, teller = known_id(id, "shot"), StudioTeller(service, caller, request)
        stands_for = body_hash(shot_id, given)
        if (before := _before(caller, shot_id, idempotency_key, stands_for)) is not None:
            return TakesTold(items=teller.takes(before))
        asked = Asked(
            kind=given.kind,
            submissions=with_key(_weighed(caller, shot_id, given), idempotency_key, stands_for),
            parent_take_id=None if given.from_take_id is None else known_id(given.from_take_id, "take"),
            drawing=None if given.drawing is None else given.drawing.model_dump(exclude_unset=True),
        )
        service.storage.check_room()
        with service.database.transaction() as connection:
            made = add_takes(connection, *hold_shot(connection, caller.tenant_id, shot_id), asked)
        return TakesTold(items=teller.takes(made))

    @routes.post("/shots/{id}/estimate", responses=MISSING)
    def estimate_takes(id: Id, given: TakesGiven, caller: Reader) -> Estimate:
        """Whether such takes can be made, by which model, and what they would cost together. Nothing is made."""
        shot_id = known_id(id, "shot")
        with service.database.reading() as connection:
            find_shot(connection, caller.tenant_id, shot_id)
        return estimated(service, caller, lambda: _weighed(caller, shot_id, given))

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

    def _before(caller: Caller, shot_id: str, key: str | None, stands_for: str) -> list[Made] | None:
        """What the same request made before; whatever the shot says by now."""
        with service.database.reading() as connection:
            find_shot(connection, caller.tenant_id, shot_id)
            job = known_job(connection, caller.tenant_id, key, stands_for)
            return None if job is None else batch_of(connection, caller.tenant_id, job.id)

    def _weighed(caller: Caller, shot_id: str, given: TakesGiven) -> list[Submission]:
        parent: Made | None = None
        with service.database.reading() as connection:
            shot = find_shot(connection, caller.tenant_id, shot_id)
            project = find_project(connection, caller.tenant_id, shot.project_id)
            if given.from_take_id is not None:
                with absent(f"there is no take {given.from_take_id}", field="from_take_id"):
                    parent = find_take(connection, caller.tenant_id, known_id(given.from_take_id, "take"))
        return to_submissions(service, caller, project, shot, given, parent)

    return routes
