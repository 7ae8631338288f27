"""Projects with their shots and takes, as they are told: what that takes is looked up at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from manazir.server.api.looking import Teller
from manazir.server.api.shapes import moment
from manazir.server.api.studio.shapes.common import ShotState
from manazir.server.api.studio.shapes.drawings import Drawing
from manazir.server.api.studio.shapes.projects import BriefTold, ProjectTold, ProjectWhole
from manazir.server.api.studio.shapes.shots import ComposerDraft, ShotTold, as_framing, as_move
from manazir.server.api.studio.shapes.takes import TakeTold
from manazir.server.files import Asset, outputs_of_all
from manazir.server.http import base_url
from manazir.server.jobs.job import State
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.studio.projects import Glance, Project, find_project, glances
from manazir.server.studio.shots import Shot, list_shots
from manazir.server.studio.takes import Made, takes_of_project, takes_of_shot


@dataclass(frozen=True, slots=True)
class StudioTeller:
    """Tells a caller's projects, with addresses that lead where the request came to."""

    service: Service
    caller: Caller
    request: Request

    def projects(self, found: Sequence[Project]) -> list[ProjectTold]:
        """Some projects, at a glance."""
        return [ProjectTold(**one) for one in self._glanced(found)]

    def whole(self, project_id: str) -> ProjectWhole:
        """A project with all that is in it."""
        with self.service.database.reading() as connection:
            project = find_project(connection, self.caller.tenant_id, project_id)
            shots, made = list_shots(connection, project), takes_of_project(connection, project)
        takes = self._takes_by_shot(made)
        told = [told_shot(shot, made.get(shot.id, []), takes.get(shot.id, [])) for shot in shots]
        return ProjectWhole(**self._glanced([project])[0], shots=told)

    def shot(self, shot: Shot) -> ShotTold:
        """One shot."""
        with self.service.database.reading() as connection:
            made = takes_of_shot(connection, shot)
        return told_shot(shot, made, self.takes(made))

    def takes(self, made: Sequence[Made]) -> list[TakeTold]:
        """Some takes."""
        jobs = Teller(self.service, self.caller, self.request).all([one.job for one in made])
        return [
            TakeTold(
                id=take.id,
                project_id=take.project_id,
                shot_id=take.shot_id,
                number=take.number,
                kind=take.kind,  # type: ignore[arg-type]
                parent_take_id=take.parent_take_id,
                batch_id=take.batch_id,
                drawing=None if take.drawing is None else Drawing.model_validate(take.drawing),
                job=job,
            )
            for take, job in zip((one.take for one in made), jobs, strict=True)
        ]

    def _takes_by_shot(self, made: Mapping[str, Sequence[Made]]) -> dict[str, list[TakeTold]]:
        found: dict[str, list[TakeTold]] = {}
        for take in self.takes([one for its in made.values() for one in its]):
            found.setdefault(take.shot_id, []).append(take)
        return found

    def _glanced(self, found: Sequence[Project]) -> list[dict[str, Any]]:
        with self.service.database.reading() as connection:
            glanced = glances(connection, [project.id for project in found])
            covers = [one.cover_take_id for one in glanced.values() if one.cover_take_id is not None]
            pictures = outputs_of_all(connection, self.caller.tenant_id, covers)
        return [self._project(project, glanced[project.id], pictures) for project in found]

    def _project(self, project: Project, glance: Glance, pictures: Mapping[str, Mapping[str, Asset]]) -> dict[str, Any]:
        made = pictures.get(glance.cover_take_id or "", {})
        cover = made.get("thumbnail") or made.get("image")
        told = {name: getattr(project, name) for name in ("id", "name", "width", "height", "model", "version")}
        told |= {name: getattr(glance, name) for name in ("shot_count", "chosen_count", "seconds")}
        return told | {
            "brief": BriefTold(text=project.brief, language=project.language),  # type: ignore[arg-type]
            "created_at": moment(project.created_at),
            "updated_at": moment(project.updated_at),
            "archived_at": None if project.archived_at is None else moment(project.archived_at),
            "cover_url": None if cover is None else self.service.link(cover, base_url(self.request)),
        }


def told_shot(shot: Shot, made: Sequence[Made], takes: list[TakeTold]) -> ShotTold:
    """A shot as it is told."""
    return ShotTold(
        id=shot.id,
        project_id=shot.project_id,
        number=shot.number,
        title=shot.title,
        prompt=shot.prompt,
        framing=as_framing(shot.framing),
        move=as_move(shot.move),
        duration_seconds=shot.duration_seconds,
        line=shot.line,
        notes=shot.notes,
        state=state_of(shot, made),
        version=shot.version,
        composer=None if shot.composer is None else ComposerDraft.model_validate(shot.composer),
        references=list(shot.asset_ids),
        chosen_take_id=shot.chosen_take_id,
        takes=takes,
        created_at=moment(shot.created_at),
        updated_at=moment(shot.updated_at),
    )


def state_of(shot: Shot, made: Sequence[Made]) -> ShotState:
    """How far a shot has come; it follows from its takes, and is kept nowhere."""
    done = {one.take.kind for one in made if one.job.state is State.SUCCEEDED}
    begun = {one.take.kind for one in made if not one.job.has_ended}
    if shot.chosen_take_id is not None:
        return "chosen"
    if "master" in done:
        return "master"
    if "draft" in done | begun:
        return "drafts"
    return "still" if "still" in done else "planned"
