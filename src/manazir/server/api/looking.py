"""Jobs as they are told, with what it takes to tell them looked up at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.requests import Request

from manazir.server.api.telling import JobTold, told_job
from manazir.server.files import outputs_of_all
from manazir.server.http import base_url
from manazir.server.jobs.job import Job, State
from manazir.server.jobs.listing import ahead_of, places
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
        tenant, base = self.caller.tenant_id, base_url(self.request)
        with self.service.database.reading() as connection:
            made = outputs_of_all(connection, tenant, ended) if ended else {}
            ahead = self._ahead(connection, jobs)
        return [
            told_job(job, made.get(job.id, {}), ahead.get(job.id), lambda asset: self.service.link(asset, base))
            for job in jobs
        ]

    def _ahead(self, connection: Connection, jobs: Sequence[Job]) -> dict[str, int]:
        waiting = [job for job in jobs if job.state is State.QUEUED and not job.is_held]
        if len(waiting) == 1:
            return {waiting[0].id: ahead_of(connection, waiting[0])}
        return places(connection, self.caller.tenant_id, waiting) if waiting else {}
