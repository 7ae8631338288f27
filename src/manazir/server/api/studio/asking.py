"""What is asked for when takes of a shot are: from the shot's words, its composer, another take, and what is said now.

What is said now goes before the take that it is made from, that before the composer, and that before the shot.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from manazir.core.canvas import MOST_REFERENCES, Need
from manazir.core.canvas_json import canvas_to_json
from manazir.core.moves import in_canvas
from manazir.core.seeds import SEED_LIMIT
from manazir.director.briefs import said
from manazir.inference.catalogue import DEFAULT
from manazir.server.aliases import answering
from manazir.server.api.asking import read_job, to_ask
from manazir.server.api.studio.shapes.takes import ProjectTakesGiven, TakesGiven
from manazir.server.errors import ApiError, Problem
from manazir.server.files import facts_of
from manazir.server.jobs.submit import Submission
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.studio.projects import Project
from manazir.server.studio.shots import Shot
from manazir.server.studio.takes import Made

DRAWN_SEEDS = 2**31
"""Seeds that are drawn here lie below: every language's numbers hold them."""
WHOLE = ("modification", "reframing", "sound_for")
"""Parts of a canvas that say how long it is."""
STEPS = ("is_draft", "steps", "layout_steps")
Told = dict[str, Any]


def to_submissions(
    service: Service, caller: Caller, project: Project, shot: Shot, given: TakesGiven, parent: Made | None
) -> list[Submission]:
    """Takes of a shot as they would be accepted.

    Raises:
        ApiError: they cannot be made so; names the field.
    """
    base = _of_take(parent, given.kind) if parent is not None else _of_shot(service, project, shot, given)
    told = base | given.model_dump(
        exclude_none=True, include={"canvas", "model", "settings", "allows_resampling", "has_sound", "priority"}
    )
    if given.canvas is not None:
        told["canvas"] = given.canvas.model_dump(exclude_unset=True)
    if given.settings is not None:
        told["settings"] = given.settings.model_dump(exclude_unset=True)
    told["settings"] = _settings(told["settings"], given.kind)
    if parent is None:
        told["canvas"] = _with_references(service, shot, told["canvas"], told.get("model"))
    told["canvas"], told["kind"] = _as_kind(told["canvas"], given, shot)
    ask = to_ask(service, caller, read_job(told))
    seeds = _seeds(given, ask.canvas.seed, parent)
    return [service.weigh(caller, replace(ask, canvas=replace(ask.canvas, seed=seed))) for seed in seeds]


def body_hash(asked_of: str, given: TakesGiven | ProjectTakesGiven) -> str:
    """Of what an Idempotency-Key stands for: what the client sent, not what became of it."""
    body = json.dumps(["takes", asked_of, given.model_dump(mode="json", exclude_unset=True)], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def _of_take(parent: Made, kind: str) -> Told:
    request = parent.job.request
    settings = dict(request.settings)
    if parent.take.kind == "draft" and kind != "draft":
        settings = {name: value for name, value in settings.items() if name not in STEPS}
    return {
        "canvas": canvas_to_json(request.canvas),
        "model": parent.job.alias,
        "settings": settings,
        "allows_resampling": request.delivery.allows_resampling,
        "has_sound": request.delivery.has_sound,
    }


def _of_shot(service: Service, project: Project, shot: Shot, given: TakesGiven) -> Told:
    left: Mapping[str, Any] = shot.composer or {}
    model = given.model or left.get("model") or project.model or DEFAULT
    told = {name: left[name] for name in ("allows_resampling", "has_sound") if left.get(name) is not None}
    follows = Need.CAMERA in answering(model, service.operator).card.honours
    canvas = (
        {} if given.canvas is not None else _canvas(project, shot, left.get("canvas") or {}, follows_camera=follows)
    )
    return told | {"canvas": canvas, "model": model, "settings": left.get("settings") or {}}


def _canvas(project: Project, shot: Shot, left: Mapping[str, Any], *, follows_camera: bool) -> Told:
    """A shot's canvas: what stands in its composer, and what of the rest the shot says."""
    canvas = {name: value for name, value in left.items() if value not in (None, "", [])}
    canvas.setdefault("prompt", shot.prompt)
    if not canvas["prompt"].strip() and canvas.keys() <= {"prompt", "negative_prompt", "width", "height", "seed"}:
        told = f"shot {shot.number} says nothing yet; write what is seen in it, or give a canvas"
        raise ApiError(Problem.INVALID, told, field="prompt", reason="shot_says_nothing", values={"shot": shot.number})
    if "width" not in canvas and project.width is not None:
        canvas |= {"width": project.width, "height": project.height}
    if shot.duration_seconds is not None and not canvas.keys() & {"duration_seconds", *WHOLE}:
        canvas["duration_seconds"] = shot.duration_seconds
    move = shot.move if "camera" not in canvas else None
    if move is not None and follows_camera and _leaves_camera_free(canvas):
        canvas["camera"], move = {"move": in_canvas(move)}, None
    canvas["prompt"] = said(canvas["prompt"], shot.framing, move, project.language)
    return canvas


def _leaves_camera_free(canvas: Mapping[str, Any]) -> bool:
    """Whether a path can be gone: what is known lies before what is made, or after it. Else words have to do."""
    if canvas.keys() & {"modification", "sound_for", "reframing"} or canvas.get("is_loop"):
        return False
    keys = canvas.get("keyframes", [])
    return not keys or ("extension" not in canvas and all(key.get("at_seconds") == 0 for key in keys))


def _with_references(service: Service, shot: Shot, canvas: Mapping[str, Any], model: str | None) -> Told:
    """A canvas with the pictures among a shot's references, where the model looks at such; unless it has its own."""
    looks = Need.REFERENCES in answering(model or DEFAULT, service.operator).card.honours
    if not looks or not shot.asset_ids or "references" in canvas:
        return dict(canvas)
    with service.database.reading() as connection:
        known = facts_of(connection, shot.tenant_id, shot.asset_ids)
    pictures = [
        one
        for one in shot.asset_ids
        if (facts := known.get(one)) and facts.get("width") and not facts.get("duration_seconds")
    ]
    return {**canvas, "references": [f"asset:{one}" for one in pictures[:MOST_REFERENCES]]}


def _settings(told: Mapping[str, Any], kind: str) -> Told:
    settings = {name: value for name, value in told.items() if value is not None}
    if kind != "still":
        settings.pop("is_draft", None)
    if kind == "draft" and "steps" not in settings:
        settings["is_draft"] = True
    return settings


def _as_kind(canvas: Mapping[str, Any], given: TakesGiven, shot: Shot) -> tuple[Told, str]:
    """A canvas for one frame, or for a clip; a length that somebody just gave is left for whoever checks."""
    told = dict(canvas)
    if given.kind != "still":
        is_timed = told.keys() & {"duration_seconds", *WHOLE}
        if given.canvas is None and shot.duration_seconds is not None and not is_timed:
            told["duration_seconds"] = shot.duration_seconds
        return told, "video"
    if given.canvas is None:
        told.pop("duration_seconds", None)
    return told, "image"


def _seeds(given: TakesGiven, told: int | None, parent: Made | None) -> Sequence[int]:
    first = given.seed if isinstance(given.seed, int) else None
    if given.seed == "same" or (given.seed is None and given.canvas is None and parent is not None):
        assert parent is not None  # a shape that says `same` names a take
        first = _seed_of(parent)
    elif given.seed is None:
        first = told
    if first is None:
        return [secrets.randbelow(DRAWN_SEEDS) for _ in range(given.count)]
    return [(first + more) % SEED_LIMIT for more in range(given.count)]


def _seed_of(parent: Made) -> int:
    seed = (parent.job.take or {}).get("seed", parent.job.request.canvas.seed)
    if seed is None:
        told = "the seed of that take is not known before it is made; wait for it, or give another seed"
        raise ApiError(Problem.CONFLICT, told, field="from_take_id", reason="seed_not_known")
    return int(seed)
