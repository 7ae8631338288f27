"""What an assistant can do: have something made, look how far it is, list, fetch, cancel."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from mcp.server import MCPServer
from mcp.server.mcpserver import Context, Image
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field
from starlette.requests import Request

from manazir.core.errors import ManazirError
from manazir.server.api.access import known_id
from manazir.server.api.asking import read_job, to_ask
from manazir.server.api.looking import Teller
from manazir.server.api.telling import JobTold, StateName
from manazir.server.errors import ApiError, Problem
from manazir.server.http import as_api_error
from manazir.server.jobs.job import Job, State
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service

INSTRUCTIONS = """Manazir makes video with sound, and pictures, from words and from pictures and clips that you name.
`generate` returns at once with a job; ask `status` every few seconds until it is `succeeded`, then `fetch` it."""
LOOKS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
Result = TypeVar("Result")
JobId = Annotated[str, Field(description="The `id` that generate or list told.", max_length=64)]
FileName = Annotated[str | None, Field(description="https://…, asset:ID or job:ID.", max_length=8192)]


class JobShort(BaseModel):
    """A job in a few words."""

    id: str
    state: StateName
    kind: str
    model: str
    prompt: str
    progress: float = Field(description="From 0 to 1.")
    ahead: int | None = Field(description="How many jobs are taken before it.")
    reason: str | None = Field(description="Why it ended as it did.")
    cost: float = Field(description="In credits.")


class JobsShort(BaseModel):
    """Some jobs, the newest first."""

    jobs: list[JobShort]
    next: str | None = Field(description="Give it as `after` to have the next ones.")


def add_tools(server: MCPServer[Any], service: Service) -> None:
    """Give a server all tools; each acts for whoever's key came with the request."""
    for add in (_add_generate, _add_status, _add_list, _add_fetch, _add_cancel):
        add(server, service)


def _add_generate(server: MCPServer[Any], service: Service) -> None:
    @server.tool(annotations=ToolAnnotations(read_only_hint=False, destructive_hint=False))
    def generate(
        context: Context,
        prompt: Annotated[str, Field(description="What should be seen and heard.", max_length=4000)] = "",
        kind: Literal["video", "image"] = "video",
        model: Annotated[str | None, Field(description="A name that the service answers to.")] = None,
        duration_seconds: Annotated[float | None, Field(gt=0, le=600)] = None,
        width: Annotated[int | None, Field(description="Pixels, even; with height.")] = None,
        height: int | None = None,
        first_frame: FileName = None,
        last_frame: FileName = None,
        extend: Annotated[str | None, Field(description="A clip to go on from: job:ID, asset:ID or https://…")] = None,
        is_loop: bool = False,
        negative_prompt: Annotated[str, Field(max_length=4000)] = "",
        seed: int | None = None,
        is_draft: Annotated[bool, Field(description="Few steps: a quick look.")] = False,
        idempotency_key: Annotated[str | None, Field(description="The same key is the same job.")] = None,
    ) -> JobShort:
        """Have a video or a picture made. Sizes that the model does not make are reached by scaling."""
        frames = [(first_frame, 0.0), (last_frame, None)]
        canvas: dict[str, Any] = {
            "prompt": prompt,
            "negative_prompt": negative_prompt,
            "width": width,
            "height": height,
            "duration_seconds": duration_seconds,
            "keyframes": [{"image": image, "at_seconds": at} for image, at in frames if image],
            "extension": None if extend is None else {"clip": extend},
            "is_loop": is_loop,
            "seed": seed,
        }
        body: dict[str, Any] = {
            "canvas": canvas,
            "kind": kind,
            "allows_resampling": True,
            "settings": {"is_draft": is_draft},
        }
        body |= {} if model is None else {"model": model}

        def work(caller: Caller, teller: Teller) -> JobShort:
            ask = to_ask(service, caller, read_job(body), idempotency_key)
            return _short(teller.one(service.submit(caller, ask)))

        return _for_caller(service, context, Scope.GENERATE, work)


def _add_status(server: MCPServer[Any], service: Service) -> None:
    @server.tool(annotations=LOOKS)
    def status(context: Context, job_id: JobId) -> JobShort:
        """Look how far a job is."""
        return _for_caller(
            service, context, Scope.READ, lambda caller, teller: _short(teller.one(_job(service, caller, job_id)))
        )


def _add_list(server: MCPServer[Any], service: Service) -> None:
    @server.tool(name="list", annotations=LOOKS)
    def list_(
        context: Context,
        state: StateName | None = None,
        limit: Annotated[int, Field(ge=1, le=100)] = 20,
        after: Annotated[str | None, Field(description="The `next` of the part before.")] = None,
    ) -> JobsShort:
        """List jobs, the newest first."""

        def work(caller: Caller, teller: Teller) -> JobsShort:
            page = service.jobs(
                caller,
                states=[] if state is None else [State(state)],
                after_id=None if after is None else known_id(after, "job"),
                limit=limit,
            )
            told = [_short(one) for one in teller.all(page.jobs)]
            return JobsShort(jobs=told, next=told[-1].id if page.has_more else None)

        return _for_caller(service, context, Scope.READ, work)


def _add_fetch(server: MCPServer[Any], service: Service) -> None:
    @server.tool(annotations=LOOKS, structured_output=False)
    def fetch(context: Context, job_id: JobId) -> CallToolResult:
        """Get what a job made: links that can be opened for a while, and a small picture of it."""
        return _for_caller(
            service,
            context,
            Scope.READ,
            lambda caller, teller: _fetched(service, teller, _job(service, caller, job_id)),
        )


def _add_cancel(server: MCPServer[Any], service: Service) -> None:
    @server.tool(annotations=ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True))
    def cancel(context: Context, job_id: JobId) -> JobShort:
        """End a job that waits or runs; one that has ended stays as it is."""
        return _for_caller(
            service,
            context,
            Scope.GENERATE,
            lambda caller, teller: _short(teller.one(service.cancel(caller, known_id(job_id, "job")))),
        )


def _for_caller(service: Service, context: Context, scope: Scope, work: Callable[[Caller, Teller], Result]) -> Result:
    """Do something for whoever's key came with the request; what is refused is told in words."""
    request = context.request_context.request
    assert isinstance(request, Request)
    caller: Caller = request.state.caller
    try:
        caller.check_may(scope)
        return work(caller, Teller(service, caller, request))
    except ManazirError as error:
        told = as_api_error(error)
        raise ToolError(told.message if told.field is None else f"{told.field}: {told.message}") from error


def _job(service: Service, caller: Caller, job_id: str) -> Job:
    return service.job(caller, known_id(job_id, "job"))


def _short(job: JobTold) -> JobShort:
    return JobShort(
        id=job.id,
        state=job.state,
        kind=job.kind,
        model=job.model,
        prompt=job.canvas.get("prompt", ""),
        progress=job.progress.fraction,
        ahead=job.ahead,
        reason=None if job.reason is None else job.reason.message,
        cost=job.cost,
    )


def _fetched(service: Service, teller: Teller, job: Job) -> CallToolResult:
    if job.state is not State.SUCCEEDED:
        told = f"job {job.id} is {job.state}" + (f": {job.reason}" if job.reason else "; ask for its status")
        raise ApiError(Problem.CONFLICT, told)
    outputs = teller.one(job).outputs
    links = {role: made.model_dump(exclude_none=True) for role, made in outputs.items()}
    lines = [f"{role}: {made.url}" for role, made in outputs.items()]
    shown = [_picture(service, outputs["thumbnail"])] if "thumbnail" in outputs else []
    return CallToolResult(
        content=[TextContent(type="text", text="\n".join(lines)), *shown],
        structured_content={"id": job.id, "outputs": links},
    )


def _picture(service: Service, made: Any) -> Any:
    with service.storage.open(made.sha256) as part:
        data = b"".join(part)
    return Image(data=data, format=made.mime_type.removeprefix("image/")).to_image_content()
