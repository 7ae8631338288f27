"""`manazir webhooks replay`: send a message again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import Positional, arg

from manazir.cli.options import read_options

EXAMPLES = ("manazir webhooks replay 0190163d-8694-739b-aea6-966c26f8ad91",)


@dataclass(frozen=True, kw_only=True)
class WebhooksReplay:
    """Send a message again, whatever became of it; the server does, as soon as it sees it."""

    id: Annotated[str, Positional, arg(metavar="ID")]
    """As `manazir webhooks list` shows it."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """Have it sent, and tell."""
    options = read_options(WebhooksReplay, "webhooks replay", arguments, examples=EXAMPLES)
    from manazir.server.opening import open_service
    from manazir.server.webhooks.outbox import replay

    with open_service().database.transaction() as connection:
        delivery = replay(connection, None, options.id)
    told = {"id": delivery.id, "to": delivery.shown_place}
    print(json.dumps(told) if options.json else f"{delivery.id} is sent again to {delivery.shown_place}")
