"""`manazir serve`, with one more dialect, as small as can be: what the runs of chaos ask for."""

import sys
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import FastAPI, Header, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse

from manazir.cli.main import main
from manazir.core.canvas import Canvas
from manazir.server import app
from manazir.server.asks import Ask
from manazir.server.errors import ApiError
from manazir.server.http import answer_errors, bearer
from manazir.server.jobs.job import Job
from manazir.server.jobs.request import Kind
from manazir.server.keys import Scope
from manazir.server.service import Service


class Wanted(BaseModel):
    """A job."""

    prompt: str
    seed: int
    kind: Kind = Kind.IMAGE
    steps: int = 1
    seconds: float = 1.0


def chaos(service: Service) -> FastAPI:
    """The dialect."""
    made = FastAPI(openapi_url=None)
    answer_errors(made, render)

    @made.post("/jobs")
    def submit(request: Request, wanted: Wanted, idempotency_key: Annotated[str | None, Header()] = None) -> Any:
        caller = service.caller(bearer(request), Scope.GENERATE)
        canvas = Canvas(prompt=wanted.prompt, seed=wanted.seed, duration_seconds=wanted.seconds)
        ask = Ask(dialect="chaos", model="sora-2", canvas=canvas, kind=wanted.kind, settings={"steps": wanted.steps})
        ask = Ask(**{name: getattr(ask, name) for name in Ask.__slots__} | {"idempotency_key": idempotency_key})
        return shown(service.submit(caller, ask))

    @made.get("/jobs/{job_id}")
    def job(request: Request, job_id: str) -> Any:
        return shown(service.job(service.caller(bearer(request), Scope.READ), job_id))

    @made.post("/jobs/{job_id}/cancel")
    def cancel(request: Request, job_id: str) -> Any:
        return shown(service.cancel(service.caller(bearer(request), Scope.GENERATE), job_id))

    return made


def shown(job: Job) -> dict[str, Any]:
    return {"id": job.id, "state": job.state, "reason": job.reason_code, "stage": job.stage, "done": job.steps_done}


def render(_: Request, error: ApiError) -> JSONResponse:
    again = {} if error.retry_after_seconds is None else {"Retry-After": str(error.retry_after_seconds)}
    return JSONResponse({"error": error.message}, error.problem.status, headers=again)


if __name__ == "__main__":
    app.DIALECTS = MappingProxyType({**app.DIALECTS, "/chaos": chaos})
    sys.exit(main())
