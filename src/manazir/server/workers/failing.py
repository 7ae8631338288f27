"""What a job that failed says of why: a reason, and words for whoever asked for it."""

import errno
import logging

from manazir.core.errors import FetchError, ManazirError, MediaError, StorageError
from manazir.server.errors import ApiError, Problem
from manazir.server.jobs.job import Job, Reason
from manazir.server.jobs.why import UNFORESEEN, Named

LOG = logging.getLogger(__name__)


def unforeseen(error: Exception, job: Job) -> tuple[Reason, str, Named]:
    """Of an error that no code foresaw: its reason, why in words, and its name. Where it was raised goes to the log."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        told = "the worker's disk is full; free some of it, then retry this"
        return Reason.NO_SPACE, told, Named("no_space")
    LOG.error("job %s failed", job.id, exc_info=error)
    kind = type(error).__name__
    name = Named(UNFORESEEN, {"error": kind})
    return Reason.ENGINE_FAILED, f"an error of ours ({kind}); the worker's log has it", name


def told_of(error: ManazirError) -> str:
    """For whoever asked for the job: what a disk or a bucket says is for the operator."""
    if isinstance(error, StorageError) and error.reason in ("failed", "unavailable"):
        LOG.error("the storage failed", exc_info=error)
        return "a file could not be read or kept; the worker's log has it"
    return str(error)


def reason_of(error: ManazirError) -> Reason:
    """The kind of failure that an error of ours is."""
    if isinstance(error, ApiError) and error.problem is Problem.NO_CREDITS:
        return Reason.NO_CREDITS
    if isinstance(error, StorageError):
        return Reason.NO_SPACE if error.reason == "no_space" else Reason.ENGINE_FAILED
    return Reason.BAD_INPUT if isinstance(error, MediaError | FetchError) else Reason.UNSUPPORTED
