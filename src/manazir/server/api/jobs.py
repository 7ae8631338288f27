"""`/jobs`: ask for something to be made, see what it would cost, look how far it is."""

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import APIRouter, Header, Query
from pydantic import Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from manazir.server.api.access import Id, Maker, Reader, known_id
from manazir.server.api.asking import JobGiven, to_ask
from manazir.server.api.errors import OF_REASON, refusals, told_part
from manazir.server.api.looking import Teller
from manazir.server.api.shapes import Page, Paged, Told
from manazir.server.api.telling import JobTold, KindName, StateName
from manazir.server.errors import ApiError, Part, Problem
from manazir.server.jobs.job import State
from manazir.server.jobs.submit import Submission
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.tenants import tenant_by_id

IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[!-~]+$")] | None,
    Header(alias="Idempotency-Key", description="Yours: who sends it again with the same body gets the same job."),
]
DOES_NOT_EXIST = refusals(Problem.NOT_FOUND)


class JobsAsked(Paged):
    """Which jobs."""

    state: list[StateName] = Field(default_factory=list, description="Only those in one of these states.")
    kind: list[KindName] = Field(default_factory=list)
    dialect: str | None = Field(
        None, max_length=20, pattern=r"^[a-z_]+$", description="Only those that came by this API."
    )
    oldest_first: bool = False


class Obstacle(Told):
    """Why something cannot be made as it was asked for."""

    code: str
    message: str
    field: str | None
    reason: str | None = Field(description=OF_REASON)
    values: dict[str, str | int | float]
    id: str | None = Field(description="Of several shots, that which cannot be made; null: all, or the only one.")


class Estimate(Told):
    """What a request would be accepted as."""

    is_possible: bool
    obstacles: list[Obstacle] = Field(description="The first that was met, of each shot; empty if it is possible.")
    model: str | None = Field(description="The installed model that would make it.")
    allows_resampling: bool | None
    cost: float | None = Field(description="In credits.")
    credits_left: float | None = Field(description="Before it; null: they are not counted.")


def job_routes(service: Service) -> APIRouter:
    """Creating and looking."""
    routes = APIRouter(prefix="/jobs", tags=["jobs"])

    @routes.post("", status_code=201, responses=refusals(Problem.NO_CREDITS, Problem.NOT_FOUND, Problem.CONFLICT))
    def create_job(
        given: JobGiven, caller: Maker, request: Request, response: Response, idempotency_key: IdempotencyKey = None
    ) -> JobTold:
        """Have something made. From here on it ends, whatever happens."""
        job = service.submit(caller, to_ask(service, caller, given, idempotency_key))
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/jobs/{job.id}"
        return Teller(service, caller, request).one(job)

    @routes.get("")
    def list_jobs(caller: Reader, request: Request, asked: Annotated[JobsAsked, Query()]) -> Page[JobTold]:
        """Jobs of whichever API, newest first."""
        page = service.jobs(
            caller,
            dialect=asked.dialect,
            kinds=asked.kind,
            states=[State(name) for name in asked.state],
            after_id=asked.after_id,
            limit=asked.limit,
            is_oldest_first=asked.oldest_first,
        )
        items = Teller(service, caller, request).all(page.jobs)
        return Page(items=items, next=items[-1].id if page.has_more else None)

    @routes.get("/{id}", responses=DOES_NOT_EXIST)
    def get_job(id: Id, caller: Reader, request: Request) -> JobTold:
        """Look how far a job is."""
        return Teller(service, caller, request).one(service.job(caller, known_id(id, "job")))

    @routes.get(
        "/{id}/preview",
        response_class=Response,
        responses=refusals(Problem.NOT_FOUND, Problem.CONFLICT)
        | {200: {"content": {"image/webp": {}}, "description": "A picture."}},
    )
    def get_preview(id: Id, caller: Reader) -> Response:
        """A look at what is being made; 409 while there is none."""
        job = service.job(caller, known_id(id, "job"))
        if job.preview_hash is None or not service.storage.exists(job.preview_hash):
            raise ApiError(Problem.CONFLICT, "there is no preview of this job now", reason="no_preview")
        with service.storage.open(job.preview_hash) as part:
            return Response(b"".join(part), media_type="image/webp", headers={"Cache-Control": "no-store"})

    return routes


def estimate_routes(service: Service) -> APIRouter:
    """What it would cost, before spending."""
    routes = APIRouter(tags=["jobs"])

    @routes.post("/estimate")
    def estimate(given: JobGiven, caller: Reader) -> Estimate:
        """Whether a request can be honoured, by which model, and what it would cost. Nothing is made."""
        return estimated(service, caller, lambda: [service.weigh(caller, to_ask(service, caller, given))])

    return routes


def estimated(service: Service, caller: Caller, weigh: Callable[[], Sequence[Submission]]) -> Estimate:
    """What requests of one kind would be accepted as, and what they would cost together."""
    with service.database.reading() as connection:
        left = tenant_by_id(connection, caller.tenant_id).credits
    try:
        weighed = weigh()
    except ApiError as error:
        parts = [told_part(part).model_dump() for part in error.parts]
        whole = told_part(Part("", error)).model_dump() | {"id": None}
        return _impossible([Obstacle(**one) for one in parts or [whole]], left)
    told = _impossible([], left)
    told.model, told.cost = weighed[0].request.model, sum(one.cost for one in weighed)
    told.allows_resampling = weighed[0].request.delivery.allows_resampling
    if left is not None and told.cost > left:
        short = ApiError(Problem.NO_CREDITS, "more credits than are left", reason="credits", values={"cost": told.cost})
        told.obstacles.append(Obstacle(**told_part(Part("", short)).model_dump() | {"id": None}))
    told.is_possible = not told.obstacles
    return told


def _impossible(obstacles: list[Obstacle], credits_left: float | None) -> Estimate:
    return Estimate(
        is_possible=False,
        obstacles=obstacles,
        model=None,
        allows_resampling=None,
        cost=None,
        credits_left=credits_left,
    )
