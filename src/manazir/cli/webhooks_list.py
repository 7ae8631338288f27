"""`manazir webhooks list`: messages about jobs, and what became of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated

from tyro.conf import arg

from manazir.cli.options import read_options
from manazir.core.errors import UnsupportedError

EXAMPLES = ("manazir webhooks list --state 'given up'", "manazir webhooks list --json")


@dataclass(frozen=True, kw_only=True)
class WebhooksList:
    """List the newest messages to callbacks and endpoints. Of their URLs only the hosts are shown."""

    state: Annotated[str, arg(metavar="NAME", help_behavior_hint="")] = ""
    """waiting, delivered, skipped or given up. Without it: all."""
    limit: Annotated[int, arg(metavar="N")] = 50
    """How many."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """List and tell."""
    options = read_options(WebhooksList, "webhooks list", arguments, examples=EXAMPLES)
    from manazir.server.opening import open_service
    from manazir.server.webhooks.outbox import Outcome, list_deliveries

    try:
        states = [Outcome(options.state)] if options.state else []
    except ValueError as error:
        raise UnsupportedError(f"there is no state {options.state!r}; have {', '.join(Outcome)}") from error
    with open_service().database.reading() as connection:
        found, _ = list_deliveries(connection, None, states=states, limit=options.limit)
    if options.json:
        print(json.dumps([asdict(one) | {"url": one.shown_place} for one in found]))
        return
    for one in found:
        made = datetime.fromtimestamp(one.created_at, UTC).strftime("%Y-%m-%d %H:%M")
        told = f"{one.attempt:2} tries  job {one.job_id}  {one.shown_place}  {one.last_error or ''}"
        print(f"{one.id}  {made}  {one.state:9}  {told}".rstrip())
