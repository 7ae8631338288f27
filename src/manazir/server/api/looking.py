"""Jobs as they are told, with what it takes to tell them looked up at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from manazir.server.api.telling import JobTold, told_job
from manazir.server.files import outputs_of_all
from manazir.server.http import base_url
from manazir.server.jobs.job import Job, State
from manazir.server.jobs.listing import places
from manazir.server.keys import Caller
from manazir.server.service import Service


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells a caller's jobs, with addresses that lead where the request came to."""

    service: Service
    caller: Caller
    request: Request

    def one(self, job: Job) -> JobTold:
        """One job."""
        return self.all([job])[0]

    def all(self, jobs: Sequence[Job]) -> list[JobTold]:
        """Some jobs: two queries, however many they are."""
        ended = [job.id for job in jobs if job.state is State.SUCCEEDED]
        waiting = [job.id for job in jobs if job.state is State.QUEUED]
        tenant, base = self.caller.tenant_id, base_url(self.request)
        with self.service.database.reading() as connection:
            made = outputs_of_all(connection, tenant, ended) if ended else {}
            ahead = places(connection, tenant, waiting) if waiting else {}
        return [
            told_job(job, made.get(job.id, {}), ahead.get(job.id), lambda asset: self.service.link(asset, base))
            for job in jobs
        ]
