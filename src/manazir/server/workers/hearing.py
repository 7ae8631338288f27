"""What the engine says of the job that it is at: steps, pictures of what there is so far, and how it ended."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from manazir.core.errors import StorageError
from manazir.server.assets.storage import Storage
from manazir.server.jobs.lease import Progress
from manazir.server.workers.alive import BEAT_SECONDS, Alive
from manazir.server.workers.engine_process import Failed, Finished, Lost, Runner, Stepped

LOG = logging.getLogger(__name__)
STOP_SECONDS = 1.0
"""What an engine has to stop by itself; then it is killed."""
NO_PREVIEW_SECONDS = 60.0
"""After one that could not be kept: a storage that is away is not asked for each of them."""
LONGEST_SILENCE_SECONDS = 3600.0
"""Between two words of an engine; one that is silent for longer is taken for stuck. Loading a large model is silent."""


@dataclass
class Hearing:
    """A worker's ear for its engine, over all its jobs."""

    runner: Runner
    storage: Storage
    longest_silence_seconds: float = LONGEST_SILENCE_SECONDS
    _previews_from: float = 0.0

    def until_over(self, alive: Alive) -> Finished | Failed | Lost:
        """Listen until the engine has made the job, or cannot. One that is silent for too long is killed.

        Raises:
            LostLeaseError, CancelAskedError, ShutDownError: not to go on; the engine is still at it.
        """
        heard_at = time.monotonic()
        while True:
            told = self.runner.hear(BEAT_SECONDS / 2)
            if isinstance(told, Finished | Failed | Lost):
                return told
            if told is None and time.monotonic() - heard_at > self.longest_silence_seconds:
                self.runner.close(at_once=True)
                return Lost(f"the engine said nothing for {self.longest_silence_seconds / 60:.0f} minutes")
            if isinstance(told, Stepped):
                heard_at = time.monotonic()
                alive.progress = Progress("making", told.done, told.total, self._preview(told, alive))
            alive.check()

    def stop(self) -> None:
        """Let the engine stop between two steps, if it does so soon; one that is at nothing stays."""
        if not self.runner.is_busy:
            return
        self.runner.stop()
        until = time.monotonic() + STOP_SECONDS
        while (left := until - time.monotonic()) > 0:
            told = self.runner.hear(left)
            if isinstance(told, Failed | Finished | Lost):
                return
        self.runner.close(at_once=True)

    def _preview(self, told: Stepped, alive: Alive) -> str | None:
        """Keep a picture of what there is so far; None: there is no newer one, or it cannot be kept."""
        if told.preview is None or time.monotonic() < self._previews_from:
            return None
        path = Path(told.preview)
        try:
            return alive.while_doing(lambda: self.storage.put_file(path)).sha256
        except StorageError as error:
            LOG.warning("a preview was not kept: %s", error)
            self._previews_from = time.monotonic() + NO_PREVIEW_SECONDS
            return None
