"""`manazir keys create|list|revoke`: who may use the service, and for what."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated

from tyro.conf import Positional, UseAppendAction, arg

from manazir.cli.options import read_options
from manazir.core.errors import UnsupportedError

EXAMPLES = (
    "manazir keys create laptop",
    "manazir keys create gallery --scope read --tenant agency",
    "manazir keys list",
    "manazir keys revoke mnz_1a2b3c4d",
)


@dataclass(frozen=True, kw_only=True)
class Create:
    """Make a key. It is shown once, and kept nowhere."""

    name: Annotated[str, Positional, arg(metavar="NAME")]
    """What it is for."""
    tenant: Annotated[str, arg(metavar="NAME")] = "default"
    """Whose it is: tenants see nothing of each other. One that is not there is made."""
    scope: Annotated[tuple[str, ...], UseAppendAction, arg(metavar="NAME", help_behavior_hint="(may be repeated)")] = ()
    """generate, read or admin. Without it: generate."""
    json: bool = False
    """Print it for a program."""


@dataclass(frozen=True, kw_only=True)
class List:
    """List keys, without their secrets."""

    json: bool = False
    """Print it for a program."""


@dataclass(frozen=True, kw_only=True)
class Revoke:
    """End a key: from now on it opens nothing."""

    key: Annotated[str, Positional, arg(metavar="PREFIX")]
    """Its beginning, as `manazir keys list` shows it."""


def run_create(arguments: Sequence[str]) -> None:
    """Make and show."""
    options = read_options(Create, "keys create", arguments, examples=EXAMPLES)
    from manazir.server.keys import Scope, make_key
    from manazir.server.serving import open_service
    from manazir.server.tenants import find_or_make_tenant

    try:
        scopes = [Scope(name) for name in options.scope or (Scope.GENERATE,)]
    except ValueError as error:
        raise UnsupportedError(f"there is no scope {str(error).split()[0]}; have {', '.join(Scope)}") from error
    with open_service().database.transaction() as connection:
        key, whole = make_key(connection, find_or_make_tenant(connection, options.tenant).id, options.name, scopes)
    if options.json:
        print(json.dumps(asdict(key) | {"key": whole}))
        return
    print(whole)
    print("It is shown this once; keep it where only its user finds it.", file=sys.stderr)


def run_list(arguments: Sequence[str]) -> None:
    """List and tell."""
    options = read_options(List, "keys list", arguments, examples=EXAMPLES)
    from manazir.server.keys import list_keys
    from manazir.server.serving import open_service

    with open_service().database.reading() as connection:
        keys = list_keys(connection)
    if options.json:
        print(json.dumps([asdict(key) for key in keys]))
        return
    for key in keys:
        made = datetime.fromtimestamp(key.created_at, UTC).strftime("%Y-%m-%d")
        state = "revoked" if key.revoked_at else "good"
        print(f"{key.prefix}  {state:7}  {made}  {','.join(key.scopes):14}  {key.name}")


def run_revoke(arguments: Sequence[str]) -> None:
    """Revoke and tell."""
    options = read_options(Revoke, "keys revoke", arguments, examples=EXAMPLES)
    from manazir.server.keys import revoke_key
    from manazir.server.serving import open_service

    with open_service().database.transaction() as connection:
        key = revoke_key(connection, options.key)
    print(f"{key.prefix} ({key.name}) opens nothing any more")
