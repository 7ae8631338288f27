"""`manazir worker`: makes what a service elsewhere has accepted, from the same record and storage."""

import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from tyro.conf import UseAppendAction, arg

from manazir.cli.options import read_options
from manazir.core.errors import UnsupportedError
from manazir.core.home import database_url

if TYPE_CHECKING:
    from manazir.server.workers.worker import Worker

EXAMPLES = (
    "MANAZIR_DATABASE_URL=postgresql://me@db/manazir MANAZIR_STORAGE_URL=s3://films manazir worker --join",
    "manazir worker --join --model wan2.1-t2v-1.3b",
)


@dataclass(frozen=True, kw_only=True)
class Join:
    """Take jobs from the record that MANAZIR_DATABASE_URL names and make them here, until interrupted."""

    join: bool = False
    """Join the service that uses the same record and the same storage."""
    model: Annotated[tuple[str, ...], UseAppendAction, arg(metavar="NAME", help_behavior_hint="(may be repeated)")] = ()
    """Take only jobs for this model. Without it: all."""
    json: bool = False
    """Print its id for a program, one line, before it takes jobs."""
    supervised: Annotated[str, arg(metavar="ID@PROCESS", help_behavior_hint="")] = ""
    """Used by `manazir serve` for the workers that it starts."""


def run(arguments: Sequence[str]) -> None:
    """Work."""
    options = read_options(Join, "worker", arguments, examples=EXAMPLES)
    if not options.join and not options.supervised:
        raise UnsupportedError("`manazir serve` has workers of its own; for one more, here or elsewhere, give --join")
    if options.join and database_url() is None:
        raise UnsupportedError(
            "a worker joins by the record and the storage that the server has; set MANAZIR_DATABASE_URL to it, and "
            "MANAZIR_STORAGE_URL to a bucket, or to a folder that both machines share"
        )
    from manazir.server.logs import set_up_logs
    from manazir.server.opening import open_service
    from manazir.server.workers.signals import on_signals
    from manazir.server.workers.worker import Worker

    set_up_logs()
    service = open_service()
    service.storage.check_writable()
    worker = Worker(service, models=options.model)
    on_signals(worker.stopping.set, signal.SIGTERM, signal.SIGINT)
    if options.supervised:
        from manazir.media.confine import die_with_parent

        worker.id, _, parent_id = options.supervised.partition("@")
        die_with_parent(signal.SIGTERM, int(parent_id))
    if options.json:
        print(json.dumps({"worker": worker.id, "process_id": os.getpid()}), flush=True)
    _check_device(worker, is_supervised=bool(options.supervised))
    worker.run()


def _check_device(worker: "Worker", *, is_supervised: bool) -> None:
    """Better told now than by each job; and to a supervisor by an exit code, so that it starts no other instead."""
    from manazir.server.workers.supervisor import LOG, NO_DEVICE

    try:
        worker.check_device()
    except UnsupportedError as error:
        if not is_supervised:
            raise
        LOG.error("%s", error)
        raise SystemExit(NO_DEVICE) from error
