"""What takes are asked for becomes: weighed shot by shot, then accepted together, under one key."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.requests import Request

from manazir.server.api.access import known_id
from manazir.server.api.studio.asking import to_submissions
from manazir.server.api.studio.shapes.drawings import DrawingGround
from manazir.server.api.studio.shapes.takes import TakesGiven, TakesTold
from manazir.server.api.studio.telling import StudioTeller
from manazir.server.errors import ApiError, Part, Problem, absent
from manazir.server.files import facts_of
from manazir.server.jobs.submit import Submission, known_job
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.studio.projects import find_project
from manazir.server.studio.shots import Shot, find_shot
from manazir.server.studio.takes import Asked, Made, add_takes, batch_of, find_take, with_key

Wanted = Sequence[tuple[str, TakesGiven]]
"""Takes by the shots that they are of."""


@dataclass(frozen=True, slots=True)
class Taking:
    """For one caller."""

    service: Service
    caller: Caller

    def accepted(
        self, request: Request, project_id: str, wanted: Wanted, key: str | None, stands_for: str
    ) -> TakesTold:
        """Takes of shots of one project, all of which are accepted, or none.

        Raises:
            ApiError: one of them cannot be made, or not now; or the key stands for another request.
        """
        teller = StudioTeller(self.service, self.caller, request)
        if (before := self._before(key, stands_for)) is not None:
            return TakesTold(items=teller.takes(before))
        first, *others = self.all_weighed(project_id, wanted)
        weighed = [with_key(first, key, stands_for), *others]
        self.service.storage.check_room()
        with self.service.database.transaction() as connection:
            project = find_project(connection, self.caller.tenant_id, project_id, is_for_change=True)
            asked = [
                (_shot_of(self.caller, connection, project_id, shot_id), _asked(given, submissions))
                for (shot_id, given), submissions in zip(wanted, weighed, strict=True)
            ]
            made = add_takes(connection, project, asked)
        return TakesTold(items=teller.takes(made))

    def _before(self, key: str | None, stands_for: str) -> list[Made] | None:
        """What the same request made before; whatever its shots say by now."""
        with self.service.database.reading() as connection:
            job = known_job(connection, self.caller.tenant_id, key, stands_for)
            return None if job is None else batch_of(connection, self.caller.tenant_id, job.id)

    def all_weighed(self, project_id: str, wanted: Wanted) -> list[list[Submission]]:
        """Takes of several shots as they would be accepted; if some would not be, all of those are told.

        Raises:
            ApiError: some would not be.
        """
        found, refused = [], []
        for shot_id, given in wanted:
            try:
                found.append(self.weighed(project_id, shot_id, given))
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

    def weighed(self, project_id: str, shot_id: str, given: TakesGiven) -> list[Submission]:
        """Takes of a shot as they would be accepted; nothing is written.

        Raises:
            ApiError: they would not be.
        """
        parent: Made | None = None
        with self.service.database.reading() as connection:
            shot = _shot_of(self.caller, connection, project_id, shot_id)
            project = find_project(connection, self.caller.tenant_id, shot.project_id)
            if given.from_take_id is not None:
                with absent(f"there is no take {given.from_take_id}", field="from_take_id"):
                    parent = find_take(connection, self.caller.tenant_id, known_id(given.from_take_id, "take"))
            if given.drawing is not None and given.drawing.ground is not None:
                _check_ground(self.caller, connection, given.drawing.ground)
        return to_submissions(self.service, self.caller, project, shot, given, parent)


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
