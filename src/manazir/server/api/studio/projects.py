"""`/projects`: begun with a brief, which becomes shots."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.requests import Request

from manazir.core.canvas import LONGEST_PROMPT
from manazir.core.script import language_of
from manazir.director.briefs import PlannedShot, read_brief
from manazir.director.samples import SAMPLES
from manazir.server.aliases import answering
from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.errors import refusals
from manazir.server.api.shapes import Page
from manazir.server.api.studio.shapes.projects import (
    BriefGiven,
    PlanGiven,
    ProjectChange,
    ProjectGiven,
    ProjectsAsked,
    ProjectTold,
    ProjectWhole,
)
from manazir.server.api.studio.shapes.shots import ShotGiven, ShotTold
from manazir.server.api.studio.shots import columns
from manazir.server.api.studio.telling import StudioTeller
from manazir.server.errors import ApiError, Problem
from manazir.server.service import Service
from manazir.server.studio import projects
from manazir.server.studio.projects import Project
from manazir.server.studio.shots import add_shots

MISSING = refusals(Problem.NOT_FOUND)
PLANNED = ("title", "prompt", "framing", "move", "duration_seconds", "line")


def project_routes(service: Service) -> APIRouter:
    """Beginning, listing, changing, planning."""
    routes = APIRouter(prefix="/projects", tags=["projects"])
    for add in (_add_beginning, _add_looking, _add_changing, _add_planning):
        add(routes, service)
    return routes


def _add_beginning(routes: APIRouter, service: Service) -> None:
    @routes.post("", status_code=201)
    def create_project(given: ProjectGiven, caller: Maker, request: Request) -> ProjectWhole:
        """Begin a project; with `sample` its shots are there at once."""
        values = _checked(service, given.model_dump(include={"width", "height", "model"}))
        brief = given.brief
        if given.sample is not None:
            brief = BriefGiven(text=SAMPLES[given.sample][1], language=given.sample)
        with service.database.transaction() as connection:
            project = projects.add_project(connection, caller.tenant_id, given.name, values | _brief(brief))
            if given.sample is not None:
                _plan(connection, project, project.brief)
        return StudioTeller(service, caller, request).whole(project.id)


def _add_looking(routes: APIRouter, service: Service) -> None:
    @routes.get("")
    def list_projects(caller: Reader, request: Request, asked: Annotated[ProjectsAsked, Query()]) -> Page[ProjectTold]:
        """Projects; those come first in which something was changed last."""
        with service.database.reading() as connection:
            found, has_more = projects.list_projects(
                connection,
                caller.tenant_id,
                named=asked.named.strip(),
                is_archived=asked.is_archived,
                after_id=asked.after_id,
                limit=asked.limit,
            )
        items = StudioTeller(service, caller, request).projects(found)
        return Page(items=items, next=items[-1].id if has_more else None)

    @routes.get("/{id}", responses=MISSING)
    def get_project(id: Id, caller: Reader, request: Request) -> ProjectWhole:
        """A project with all its shots and takes."""
        return StudioTeller(service, caller, request).whole(known_id(id, "project"))


def _add_changing(routes: APIRouter, service: Service) -> None:
    @routes.patch("/{id}", responses=MISSING | refusals(Problem.CONFLICT))
    def change_project(id: Id, change: ProjectChange, caller: Maker, request: Request) -> ProjectTold:
        """Change a project; what is left out stays. Nothing of an archived one changes before it is brought back."""
        values = change.model_dump(exclude_unset=True, exclude={"brief", "is_archived", "version"})
        if values.get("name", "") is None:
            del values["name"]
        with service.database.transaction() as connection:
            find = projects.find_project if change.is_archived is None else projects.find_any
            held = find(connection, caller.tenant_id, known_id(id, "project"), is_for_change=True)
            new = _checked(service, values, held) | (_brief(change.brief) if change.brief is not None else {})
            if change.is_archived is not None:
                new |= projects.archiving(connection, held, is_archived=change.is_archived)
            project = projects.change_project(connection, held, new, change.version)
        return StudioTeller(service, caller, request).projects([project])[0]

    @routes.delete("/{id}", status_code=204, responses=MISSING)
    def delete_project(id: Id, caller: Maker) -> None:
        """Delete a project with its shots, its board, and its takes and their files; what is under way is cancelled."""
        with service.database.transaction() as connection:
            held = projects.find_any(connection, caller.tenant_id, known_id(id, "project"), is_for_change=True)
            projects.delete_project(connection, held)


def _add_planning(routes: APIRouter, service: Service) -> None:
    @routes.post("/{id}/plan", responses=MISSING)
    def plan_project(id: Id, given: PlanGiven, caller: Maker, request: Request) -> ProjectWhole:
        """Make a brief into shots, which come after those that are there: a list of N points becomes N of them.

        Prose is cut by its sentences. Framing, camera move, length and what is spoken are taken from the words, in
        English and Arabic; nothing is added.
        """
        with service.database.transaction() as connection:
            project = projects.find_project(connection, caller.tenant_id, known_id(id, "project"), is_for_change=True)
            if given.text is not None:
                brief = BriefGiven(text=given.text, language=given.language)
                project = projects.change_project(connection, project, _brief(brief))
            _plan(connection, project, project.brief)
        return StudioTeller(service, caller, request).whole(project.id)

    @routes.post("/{id}/shots", status_code=201, responses=MISSING)
    def create_shot(id: Id, given: ShotGiven, caller: Maker, request: Request) -> ShotTold:
        """Add a shot."""
        values = columns(given.model_dump(exclude_unset=True, exclude={"before"}))
        before = None if given.before is None else known_id(given.before, "shot")
        with service.database.transaction() as connection:
            project = projects.find_project(connection, caller.tenant_id, known_id(id, "project"), is_for_change=True)
            (shot,) = add_shots(connection, project, [values], before)
        return StudioTeller(service, caller, request).shot(shot)


def _checked(service: Service, values: Mapping[str, Any], project: Project | None = None) -> dict[str, Any]:
    """Values of a project once it is sure that they are possible together."""
    size = {name: values.get(name, getattr(project, name, None)) for name in ("width", "height")}
    if (size["width"] is None) != (size["height"] is None):
        missing = "height" if size["height"] is None else "width"
        raise ApiError(
            Problem.INVALID, "a size needs both width and height, or neither", field=missing, reason="half_a_size"
        )
    if values.get("model") is not None:
        answering(values["model"], service.operator)
    return dict(values)


def _brief(brief: BriefGiven | None) -> dict[str, Any]:
    if brief is None:
        return {}
    return {"brief": brief.text, "language": brief.language or language_of(brief.text)}


def _plan(connection: Connection, project: Project, text: str) -> None:
    planned = read_brief(text)
    if not planned:
        told = "this brief says nothing yet; write what the film shows, a line for each shot"
        raise ApiError(Problem.INVALID, told, field="text", reason="brief_says_nothing")
    add_shots(connection, project, _rows(planned))


def _rows(planned: Sequence[PlannedShot]) -> list[dict[str, Any]]:
    for number, shot in enumerate(planned, start=1):
        if max(len(shot.prompt), len(shot.line)) > LONGEST_PROMPT:
            told = f"shot {number} of this brief has more than {LONGEST_PROMPT} characters; give each its own line"
            values = {"shot": number, "most": LONGEST_PROMPT}
            raise ApiError(Problem.INVALID, told, field="text", reason="shot_says_too_much", values=values)
    return [{name: getattr(shot, name) for name in PLANNED} for shot in planned]
