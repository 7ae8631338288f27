"""Jobs: what they would be accepted as, accepting them, looking at them, ending them, and what they made."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from manazir.server.asks import Ask, weigh
from manazir.server.errors import ApiError, Problem
from manazir.server.files import Asset, facts_of, outputs_of
from manazir.server.jobs.job import Job
from manazir.server.jobs.listing import Page, list_jobs
from manazir.server.jobs.request import JobRequest
from manazir.server.jobs.steering import cancel, find
from manazir.server.jobs.submit import Submission, note, submit
from manazir.server.keys import Caller
from manazir.server.notes import notes
from manazir.server.service.shared import Shared
from manazir.server.studio.takes import put_job_away


class Jobs(Shared):
    """The jobs of those who call."""

    def submit(self, caller: Caller, ask: Ask) -> Job:
        """Accept a request: from here on it ends, whatever happens.

        Raises:
            ApiError: it cannot be honoured (names the field), or not now.
        """
        submission = self._submission(caller, ask)
        self.storage.check_room()
        with self.database.transaction() as connection:
            job = submit(connection, submission)
        notes().job_id = job.id
        return job

    def submit_all(self, caller: Caller, asks: Sequence[Ask]) -> Job:
        """Accept several requests, all of them or none.

        Returns:
            The last one's job. `others` of its `wire` has the ids of those before it, and `first` of theirs its own.

        Raises:
            ApiError: one of them cannot be honoured, or not now.
        """
        *others, last = (self._submission(caller, ask) for ask in asks)
        self.storage.check_room()
        with self.database.transaction() as connection:
            before = [submit(connection, other) for other in others]
            ids = {"others": [job.id for job in before]} if before else {}
            first = submit(connection, replace(last, wire={**last.wire, **ids}))
            for job in before:
                note(connection, job, first=first.id)
            return first

    def weigh(self, caller: Caller, ask: Ask) -> Submission:
        """What a request would be accepted as, with its cost; nothing is written.

        Raises:
            ApiError: it cannot be honoured; names the field.
        """
        return self._submission(caller, ask)

    def job(self, caller: Caller, job_id: str, *, dialect: str | None = None) -> Job:
        """A job of the caller's tenant.

        Raises:
            ApiError: it is not there, or came by another dialect than the one that asks.
        """
        with self.database.reading() as connection:
            job = find(connection, caller.tenant_id, job_id)
        notes().job_id = job.id
        if dialect is not None and job.dialect != dialect:
            raise ApiError(Problem.NOT_FOUND, f"there is no job {job_id}", reason="no_such_job")
        return job

    def jobs(self, caller: Caller, **how: Any) -> Page:
        """Some of the tenant's jobs; see `list_jobs`."""
        with self.database.reading() as connection:
            return list_jobs(connection, caller.tenant_id, **how)

    def cancel(self, caller: Caller, job_id: str) -> Job:
        """End a job; one that has ended stays as it is."""
        with self.database.transaction() as connection:
            return cancel(connection, caller.tenant_id, job_id)

    def delete(self, caller: Caller, job_id: str) -> Job:
        """Put a job and its files away; it is cancelled if it has not ended.

        Raises:
            ApiError: it is not there, or is the chosen take of a shot.
        """
        with self.database.transaction() as connection:
            return put_job_away(connection, caller.tenant_id, job_id)

    def outputs(self, job: Job) -> dict[str, Asset]:
        """What a job made, by role: `video`, `image`, `thumbnail`, `spritesheet`."""
        with self.database.reading() as connection:
            return outputs_of(connection, job.tenant_id, job.id)

    def output_of(self, caller: Caller, job_id: str, roles: Sequence[str] = ("video",), *, name: str) -> Asset:
        """The file of a job that another is made from.

        Args:
            name: the client's field that points to it.

        Raises:
            ApiError: the job is not there, has not succeeded, or made no such file.
        """
        job = self.job(caller, job_id)
        made = self.outputs(job)
        for role in roles:
            if role in made:
                return made[role]
        told = f"{name} names a job that is {job.state}; wait until it has succeeded"
        if job.state == "succeeded":
            told = f"{name} names a job that made no {' or '.join(roles)}"
        raise ApiError(Problem.INVALID, told, field=name, reason="job_made_no_file", values={"state": job.state.value})

    def known_facts(self, tenant_id: str, request: JobRequest) -> dict[str, Mapping[str, Any]]:
        """What is known of a request's files, by their references: of those that a tenant has here."""
        kept = {one.removeprefix("asset:"): one for one in request.files if one.startswith("asset:")}
        if not kept:
            return {}
        with self.database.reading() as connection:
            return {kept[one]: facts for one, facts in facts_of(connection, tenant_id, tuple(kept)).items()}

    def _submission(self, caller: Caller, ask: Ask) -> Submission:
        return weigh(ask, caller, self.operator, self.hook_reach, partial(self.known_facts, caller.tenant_id))
