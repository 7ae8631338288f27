"""`/images/generations`: pictures, for which the call waits. Each is a job like all others."""

import base64
from dataclasses import dataclass, replace
from typing import Annotated, Any

import anyio
from anyio import to_thread
from fastapi import APIRouter, Depends, Request

from manazir.server.bodies import Bodies
from manazir.server.errors import Problem
from manazir.server.http import base_url
from manazir.server.jobs.job import Job, Reason, State
from manazir.server.service import Service
from manazir.server.wire.sora import answers
from manazir.server.wire.sora.errors import RefusedError
from manazir.server.wire.sora.incoming import Incoming, receiving
from manazir.server.wire.sora.reading import image_ask
from manazir.server.wire.sora.requests import GenerateImage, read

LONGEST_WAIT_SECONDS = 300.0
"""Half of what clients wait before they give up and ask again."""
LOOK_SECONDS = 0.1
MENDABLE = frozenset({Reason.UNSUPPORTED, Reason.BAD_INPUT})
"""Why a job failed, if another request would fare better."""


def image_routes(service: Service, bodies: Bodies, wait_seconds: float = LONGEST_WAIT_SECONDS) -> APIRouter:
    """All of it.

    Args:
        wait_seconds: how long a call waits for its pictures.
    """
    routes = APIRouter(prefix="/images")

    @routes.post("/generations")
    async def generate(request: Request, sent: Annotated[Incoming, Depends(receiving(service, bodies))]) -> Any:
        body = read(GenerateImage, sent.told)
        made = _Making(service, sent, body)
        with service.waiting.enter(sent.caller):
            jobs = await to_thread.run_sync(made.begin)
            with anyio.move_on_after(wait_seconds):
                jobs = await made.wait(request, jobs)
        if not all(job.has_ended for job in jobs):
            raise await to_thread.run_sync(made.give_up, jobs)
        return await to_thread.run_sync(made.told, jobs, base_url(request))

    return routes


@dataclass(frozen=True, slots=True)
class _Making:
    """One call's jobs."""

    service: Service
    sent: Incoming
    body: GenerateImage

    def begin(self) -> list[Job]:
        """Accept one job for each picture; the same key finds the same jobs."""
        key, replay = self.sent.idempotency_key, self.sent.replay()
        return [
            self.service.submit(
                self.sent.caller,
                replace(
                    image_ask(self.body, index),
                    idempotency_key=None if key is None else f"{key} {index}",
                    body=replay,
                ),
            )
            for index in range(self.body.n)
        ]

    async def wait(self, request: Request, jobs: list[Job]) -> list[Job]:
        """Look until all have ended, or nobody waits any more."""
        while not all(job.has_ended for job in jobs):
            if await request.is_disconnected():
                break
            await anyio.sleep(LOOK_SECONDS)
            jobs = await to_thread.run_sync(self._look, jobs)
        return jobs

    def give_up(self, jobs: list[Job]) -> RefusedError:
        """What is said when time is over. Without a key nobody could ever ask for these jobs: they are cancelled."""
        told = "the pictures were not made in time; ask again with the same Idempotency-Key"
        if self.sent.idempotency_key is None:
            for job in jobs:
                self.service.cancel(self.sent.caller, job.id)
            told = (
                "the pictures were not made in time, and were cancelled; send an Idempotency-Key to come back for them"
            )
        return RefusedError(Problem.UNAVAILABLE, told, code="timeout", is_final=True)

    def told(self, jobs: list[Job], base: str) -> dict[str, Any]:
        """The pictures.

        Raises:
            RefusedError: one of them could not be made.
        """
        for job in jobs:
            if job.state is not State.SUCCEEDED:
                raise _failed(job)
        return {
            "created": int(max(job.ended_at or job.created_at for job in jobs)),
            "data": [self._picture(job, base) for job in jobs],
            "size": self.body.size,
            "output_format": self.body.output_format,
            "background": "opaque",
            "manazir": [answers.metadata(job) for job in jobs],
        }

    def _look(self, jobs: list[Job]) -> list[Job]:
        return [job if job.has_ended else self.service.job(self.sent.caller, job.id) for job in jobs]

    def _picture(self, job: Job, base: str) -> dict[str, str]:
        image = self.service.output_of(self.sent.caller, job.id, ("image",), name="the picture")
        if self.body.response_format == "url":
            return {"url": self.service.link(image, base)}
        assert image.sha256 is not None
        with self.service.storage.open(image.sha256) as part:
            return {"b64_json": base64.b64encode(b"".join(part)).decode()}


def _failed(job: Job) -> RefusedError:
    """A job's failure as a refusal: this call has no other place for it."""
    code, told = job.reason_code or Reason.ENGINE_FAILED.value, job.reason or "the picture could not be made"
    problem = Problem.INVALID if job.reason_code in MENDABLE else Problem.FAILED
    return RefusedError(problem, told, code=code, is_final=True)
