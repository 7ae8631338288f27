"""`/shots/{id}/takes`, `/projects/{id}/takes`, `/takes/{id}`: having shots made, and looking at what was."""

from collections.abc import Sequence

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.requests import Request

from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.jobs import Estimate, IdempotencyKey, estimated
from manazir.server.api.studio.asking import body_hash, to_submissions
from manazir.server.api.studio.shapes import DrawingGround, ProjectTakesGiven, TakesGiven, TakesTold, TakeTold
from manazir.server.api.studio.telling import StudioTeller
from manazir.server.errors import ApiError, Part, Problem, absent
from manazir.server.files import facts_of
from manazir.server.jobs.submit import Submission, known_job
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.studio.projects import find_project
from manazir.server.studio.shots import Shot, find_shot
from manazir.server.studio.takes import Asked, Made, add_takes, batch_of, find_take, takes_of_shot, with_key

MISSING = refusals(Problem.NOT_FOUND)
Wanted = Sequence[tuple[str, TakesGiven]]
"""Takes by the shots that they are of."""


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
        shot_id = known_id(id, "shot")
        stands_for = body_hash(shot_id, given)
        with service.database.reading() as connection:
            project_id = find_shot(connection, caller.tenant_id, shot_id).project_id
        return _accepted(caller, request, project_id, [(shot_id, given)], idempotency_key, stands_for)

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
        return _accepted(caller, request, project_id, _by_shot(given), idempotency_key, stands_for)

    @routes.post("/shots/{id}/estimate", responses=MISSING)
    def estimate_takes(id: Id, given: TakesGiven, caller: Reader) -> Estimate:
        """Whether such takes can be made, by which model, and what they would cost together. Nothing is made."""
        shot_id = known_id(id, "shot")
        with service.database.reading() as connection:
            project_id = find_shot(connection, caller.tenant_id, shot_id).project_id
        return estimated(service, caller, lambda: _weighed(caller, project_id, shot_id, given))

    @routes.post("/projects/{id}/estimate", responses=MISSING)
    def estimate_takes_of_shots(id: Id, given: ProjectTakesGiven, caller: Reader) -> Estimate:
        """The same of takes of several shots, together; of each that is not possible, why."""
        project_id = known_id(id, "project")
        with service.database.reading() as connection:
            find_project(connection, caller.tenant_id, project_id)
        return estimated(
            service,
            caller,
            lambda: [one for asked in _all_weighed(caller, project_id, _by_shot(given)) for one in asked],
        )

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

    def _accepted(
        caller: Caller, request: Request, project_id: str, wanted: Wanted, key: str | None, stands_for: str
    ) -> TakesTold:
        teller = StudioTeller(service, caller, request)
        if (before := _before(caller, key, stands_for)) is not None:
            return TakesTold(items=teller.takes(before))
        first, *others = _all_weighed(caller, project_id, wanted)
        weighed = [with_key(first, key, stands_for), *others]
        service.storage.check_room()
        with service.database.transaction() as connection:
            project = find_project(connection, caller.tenant_id, project_id, is_for_change=True)
            asked = [
                (_shot_of(caller, connection, project_id, shot_id), _asked(given, submissions))
                for (shot_id, given), submissions in zip(wanted, weighed, strict=True)
            ]
            made = add_takes(connection, project, asked)
        return TakesTold(items=teller.takes(made))

    def _before(caller: Caller, key: str | None, stands_for: str) -> list[Made] | None:
        """What the same request made before; whatever its shots say by now."""
        with service.database.reading() as connection:
            job = known_job(connection, caller.tenant_id, key, stands_for)
            return None if job is None else batch_of(connection, caller.tenant_id, job.id)

    def _all_weighed(caller: Caller, project_id: str, wanted: Wanted) -> list[list[Submission]]:
        """Takes of several shots as they would be accepted; if some would not be, all of those are told."""
        found, refused = [], []
        for shot_id, given in wanted:
            try:
                found.append(_weighed(caller, project_id, shot_id, given))
            except ApiError as error:
                refused.append(Part(shot_id, error))
        if len(refused) == 1 or len(wanted) == 1:
            for part in refused:
                part.error.parts = (part,)
                raise part.error
        if refused:
            told = "; ".join(part.error.message for part in refused)
            raise ApiError(
                refused[0].error.problem,
                f"{len(refused)} shots cannot be made so: {told}",
                parts=refused,
                reason="some_shots",
                values={"count": len(refused)},
            )
        return found

    def _weighed(caller: Caller, project_id: str, shot_id: str, given: TakesGiven) -> list[Submission]:
        parent: Made | None = None
        with service.database.reading() as connection:
            shot = _shot_of(caller, connection, project_id, shot_id)
            project = find_project(connection, caller.tenant_id, shot.project_id)
            if given.from_take_id is not None:
                with absent(f"there is no take {given.from_take_id}", field="from_take_id"):
                    parent = find_take(connection, caller.tenant_id, known_id(given.from_take_id, "take"))
            if given.drawing is not None and given.drawing.ground is not None:
                _check_ground(caller, connection, given.drawing.ground)
        return to_submissions(service, caller, project, shot, given, parent)

    return routes


def _by_shot(given: ProjectTakesGiven) -> Wanted:
    return [(known_id(one.shot_id, "shot"), one) for one in given.shots]


def _shot_of(caller: Caller, connection: Connection, project_id: str, shot_id: str) -> Shot:
    shot = find_shot(connection, caller.tenant_id, shot_id)
    if shot.project_id != project_id:
        raise ApiError(
            Problem.NOT_FOUND, f"there is no shot {shot_id} in this project", field="shot_id", reason="no_such_shot"
        )
    return shot


def _check_ground(caller: Caller, connection: Connection, ground: DrawingGround) -> None:
    asset_id = known_id(ground.file.removeprefix("asset:"), "file")
    if asset_id not in facts_of(connection, caller.tenant_id, [asset_id]):
        told = f"there is no file {asset_id} that was drawn on"
        raise ApiError(Problem.NOT_FOUND, told, field="drawing.ground.file", reason="no_such_file")


def _asked(given: TakesGiven, submissions: Sequence[Submission]) -> Asked:
    return Asked(
        kind=given.kind,
        submissions=submissions,
        parent_take_id=None if given.from_take_id is None else known_id(given.from_take_id, "take"),
        drawing=None if given.drawing is None else given.drawing.model_dump(exclude_unset=True),
    )
