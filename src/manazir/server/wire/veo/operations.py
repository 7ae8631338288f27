"""`predictLongRunning` and the operations that it starts, in the developer API's paths and in Vertex's."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from manazir.server.errors import ApiError, Problem
from manazir.server.http import base_url
from manazir.server.jobs.job import Job
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.wire.veo.answers import Form, Sample, operation
from manazir.server.wire.veo.media import placing
from manazir.server.wire.veo.names import OperationName, job_of, operation_job
from manazir.server.wire.veo.reading import DIALECT, Prediction, read_prediction
from manazir.server.wire.veo.requests import FetchOperation, Predict
from manazir.server.wire.veo.serving import InlineBudget, ReadBody, Sent, caller_of, download_address, job_and_others
from manazir.server.wire.veo.shape import parse

PUBLISHER = "/publishers/google/models/{model}"
PROJECT = "/projects/{project}/locations/{location}"


@dataclass(frozen=True, slots=True)
class Operations:
    """What the routes do."""

    service: Service

    def start(self, request: Request, model: str, resource: str, sent: Sent) -> JSONResponse:
        """Accept a request, and name its operation."""
        caller = caller_of(self.service, request, Scope.GENERATE)
        asked = Prediction(
            model=model,
            resource=resource,
            body=parse(Predict, sent.take()),
            body_hash=sent.sha256,
            idempotency_key=request.headers.get("idempotency-key"),
        )
        first, *others = read_prediction(asked, placing(self.service, caller))
        job = self.service.submit_all(caller, [*reversed(others), first])
        return JSONResponse({"name": str(OperationName(resource, job.id))})

    def look(self, request: Request, job_id: str, form: Form) -> JSONResponse:
        """An operation as it is now."""
        caller = caller_of(self.service, request, Scope.READ)
        jobs = self._jobs(caller, job_id)
        name = OperationName(jobs[0].wire["resource"], job_id)
        budget = InlineBudget()
        samples = [self._sample(request, job, form, budget) for job in jobs]
        return JSONResponse(operation(name, samples, form))

    def cancel(self, request: Request, job_id: str) -> JSONResponse:
        """End all of an operation that has not ended."""
        caller = caller_of(self.service, request, Scope.GENERATE)
        for job in self._jobs(caller, job_id):
            self.service.cancel(caller, job.id)
        return JSONResponse({})

    def _jobs(self, caller: Caller, job_id: str) -> list[Job]:
        job = self.service.job(caller, job_id, dialect=DIALECT)
        if job.wire.get("as") != "operation":
            raise ApiError(Problem.NOT_FOUND, f"there is no operation {job_id}; this is an interaction")
        return job_and_others(self.service, caller, job)

    def _sample(self, request: Request, job: Job, form: Form, budget: InlineBudget) -> Sample:
        """A video with its address; Vertex's clients want its bytes unless they named a place for it."""
        video = self.service.outputs(job).get("video")
        if video is None:
            return Sample(job=job)
        if form is Form.DEVELOPER:
            return Sample(job=job, uri=download_address(request, video), mime_type=video.mime_type)
        data = None if "storage_uri" in job.wire else budget.read(self.service, video)
        address = self.service.link(video, base_url(request))
        return Sample(job=job, uri=address, data=data, mime_type=video.mime_type)


def operation_routes(service: Service) -> APIRouter:
    """Both APIs' paths, without the version in front."""
    routes = APIRouter()
    operations = Operations(service)
    _add_developer(routes, operations)
    for project in ("", PROJECT):
        _add_vertex(routes, operations, project)
    return routes


def _add_developer(routes: APIRouter, operations: Operations) -> None:
    @routes.post("/models/{model}:predictLongRunning")
    def predict(request: Request, model: str, body: ReadBody) -> Any:
        return operations.start(request, model, f"models/{model}", body)

    @routes.get("/models/{model}/operations/{operation_id}")
    def get(request: Request, operation_id: str) -> Any:
        return operations.look(request, job_of(operation_id, "operation"), Form.DEVELOPER)

    @routes.get("/operations/{operation_id}")
    def get_short(request: Request, operation_id: str) -> Any:
        return operations.look(request, job_of(operation_id, "operation"), Form.DEVELOPER)

    @routes.post("/models/{model}/operations/{operation_id}:cancel")
    def cancel(request: Request, operation_id: str) -> Any:
        return operations.cancel(request, job_of(operation_id, "operation"))


def _add_vertex(routes: APIRouter, operations: Operations, project: str) -> None:
    @routes.post(f"{project}{PUBLISHER}:predictLongRunning")
    def predict(request: Request, model: str, body: ReadBody) -> Any:
        told = dict(request.path_params) | {"model": model}
        return operations.start(request, model, f"{project}{PUBLISHER}".format(**told).removeprefix("/"), body)

    @routes.post(f"{project}{PUBLISHER}:fetchPredictOperation")
    def fetch(request: Request, body: ReadBody) -> Any:
        name = parse(FetchOperation, body.take()).operation_name
        return operations.look(request, operation_job(name), Form.VERTEX)

    @routes.post(f"{project}{PUBLISHER}/operations/{{operation_id}}:cancel")
    def cancel(request: Request, operation_id: str) -> Any:
        return operations.cancel(request, job_of(operation_id, "operation"))
