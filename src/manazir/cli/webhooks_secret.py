"""`manazir webhooks secret`: how a receiver checks that a callback is this service's."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import arg

from manazir.cli.options import read_options

EXAMPLES = ("manazir webhooks secret", "manazir webhooks secret --tenant agency")


@dataclass(frozen=True, kw_only=True)
class WebhooksSecret:
    """Show the secret that signs a tenant's callbacks: messages to URLs that single requests name."""

    tenant: Annotated[str, arg(metavar="NAME")] = "default"
    """Whose."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """Derive and show."""
    options = read_options(WebhooksSecret, "webhooks secret", arguments, examples=EXAMPLES)
    from manazir.server.opening import open_service
    from manazir.server.tenants import find_tenant
    from manazir.server.webhooks.signatures import callback_secret

    service = open_service()
    with service.database.reading() as connection:
        tenant = find_tenant(connection, options.tenant)
    secret = callback_secret(service.signer, tenant.id)
    if options.json:
        print(json.dumps({"tenant": tenant.name, "secret": secret}))
        return
    print(secret)
    print("Give it to whoever receives these callbacks; it signs them as Standard Webhooks does.", file=sys.stderr)
