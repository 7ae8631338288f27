"""`manazir serve`: the service on this machine: its APIs, its record, and workers that make what is asked for."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import arg

from manazir.cli.options import number, read_options
from manazir.core.errors import UnsupportedError

EXAMPLES = (
    "manazir serve",
    "manazir serve --port 9000 --workers 2",
    "manazir serve --host 0.0.0.0          # reachable from other machines; keys are asked for, as always",
    "MANAZIR_DATABASE_URL=postgresql://me@db/manazir manazir serve --workers 0   # workers join from elsewhere",
)
MOST_WORKERS = 64
Number = Annotated[int | None, number(int, "N"), arg(help_behavior_hint="")]


@dataclass(frozen=True, kw_only=True)
class Serve:
    """Serve the APIs of Luma, OpenAI and Google, and Manazir's own, from this machine."""

    host: Annotated[str, arg(metavar="ADDRESS")] = "127.0.0.1"
    """Which address to listen at; this machine alone reaches 127.0.0.1."""
    port: Annotated[int, arg(metavar="N")] = 8420
    """0: any that is free."""
    workers: Number = None
    """How many make clips at once on this machine. Without it: one for each GPU, or one. 0: they run elsewhere."""
    json: bool = False
    """Print addresses for a program, one line, once it is ready."""


def run(arguments: Sequence[str]) -> None:
    """Serve until interrupted."""
    options = read_options(Serve, "serve", arguments, examples=EXAMPLES)
    from manazir.server.serving import Place, Serving, serve

    def tell(serving: Serving) -> None:
        if options.json:
            key_file = None if serving.key_file is None else str(serving.key_file)
            told = {"address": serving.address, "key_file": key_file, "process_id": os.getpid()}
            print(json.dumps(told | {"studio": serving.studio}), flush=True)
            return
        print(f"Manazir serves at {serving.address}", flush=True)
        if serving.studio is not None:
            print(f"The studio opens at {serving.studio}", flush=True)
            print("(once, within 15 minutes; `manazir studio` tells another such address)", file=sys.stderr)
        there = "`manazir keys list` has the keys"
        if serving.key_file is not None:
            there = f"The admin's key is in {serving.key_file}"
        print(f"{there}; more: `manazir keys create NAME`. Ctrl-C ends it.", file=sys.stderr)

    serve(Place(options.host, options.port), _workers(options), tell)


def _workers(options: Serve) -> int:
    from manazir.server.workers.supervisor import gpu_count

    if options.workers is None:
        return max(1, gpu_count())
    if not 0 <= options.workers <= MOST_WORKERS:
        raise UnsupportedError(f"{options.workers} workers; choose from 0 to {MOST_WORKERS}")
    return options.workers
