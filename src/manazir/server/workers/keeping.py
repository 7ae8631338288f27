"""What was made: its bytes kept under their hashes, and then the job committed, once."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from manazir.server.jobs.ending import Output, succeed
from manazir.server.jobs.job import Job
from manazir.server.service import DAY_SECONDS, Service
from manazir.server.workers.alive import LostLeaseError
from manazir.server.workers.engine_process import Finished
from manazir.server.workers.patience import until_kept

LOG = logging.getLogger(__name__)
KEEP_AGAIN_SECONDS = 900.0
"""Bytes that no row names are swept after an hour (`janitor`): what could not be committed is kept anew before that."""


@dataclass(frozen=True)
class Keeping:
    """Keeps what one attempt made."""

    service: Service
    job: Job
    made: Finished

    def outputs(self) -> list[Output]:
        """Put all files into the storage.

        Raises:
            StorageError: one cannot be kept.
        """
        return [self._kept(file) for file in self.made.files]

    def commit(self, outputs: list[Output]) -> None:
        """Write down that the job has succeeded, however long the store is away.

        Raises:
            LostLeaseError: it is another's by now, or was ended.
        """
        kept_at = time.monotonic()

        def commit() -> None:
            nonlocal outputs, kept_at
            if time.monotonic() - kept_at > KEEP_AGAIN_SECONDS:  # the store was away, and nobody's bytes are swept
                outputs, kept_at = self.outputs(), time.monotonic()
            self._write(outputs)

        until_kept(commit)
        LOG.info("job %s succeeded", self.job.id)

    def _write(self, outputs: list[Output]) -> None:
        days = self.service.operator.output_days
        kept_seconds = None if days is None else days * DAY_SECONDS
        with self.service.database.transaction() as connection:
            if not succeed(connection, self.job.id, self.job.attempt, self.made.take, outputs, kept_seconds):
                raise LostLeaseError

    def _kept(self, file: Mapping[str, object]) -> Output:
        blob = self.service.storage.put_file(Path(str(file["path"])))
        facts = file["facts"]
        assert isinstance(facts, dict)
        return Output(
            role=str(file["role"]),
            sha256=blob.sha256,
            size_bytes=blob.size_bytes,
            mime_type=str(file["mime_type"]),
            facts=facts,
        )
