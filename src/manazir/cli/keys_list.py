"""`manazir keys list`: who may use the service."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from manazir.cli.options import read_options

EXAMPLES = ("manazir keys list", "manazir keys list --json")


@dataclass(frozen=True, kw_only=True)
class List:
    """List keys, without their secrets: prefix, state, day, scopes, whose, and what for."""

    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """List and tell."""
    options = read_options(List, "keys list", arguments, examples=EXAMPLES)
    from manazir.server.keys import list_keys
    from manazir.server.opening import open_service
    from manazir.server.tenants import list_tenants

    with open_service().database.reading() as connection:
        keys = list_keys(connection)
        owners = {tenant.id: tenant.name for tenant in list_tenants(connection)}
    if options.json:
        print(json.dumps([asdict(key) | {"tenant": owners[key.tenant_id]} for key in keys]))
        return
    for key in keys:
        made = datetime.fromtimestamp(key.created_at, UTC).strftime("%Y-%m-%d")
        state = "revoked" if key.revoked_at else "good"
        print(f"{key.prefix}  {state:7}  {made}  {','.join(key.scopes):14}  {owners[key.tenant_id]:14}  {key.name}")
