"""`manazir keys create`: who may use the service, and for what."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

from tyro.conf import Positional, UseAppendAction, arg

from manazir.cli.options import read_options
from manazir.core.errors import UnsupportedError

EXAMPLES = ("manazir keys create laptop", "manazir keys create gallery --scope read --tenant agency")


@dataclass(frozen=True, kw_only=True)
class Create:
    """Make a key. It is shown once, and kept nowhere."""

    name: Annotated[str, Positional, arg(metavar="NAME")]
    """What it is for."""
    tenant: Annotated[str, arg(metavar="NAME")] = "default"
    """Whose it is: tenants see nothing of each other. One that is not there is made."""
    scope: Annotated[tuple[str, ...], UseAppendAction, arg(metavar="NAME", help_behavior_hint="(may be repeated)")] = ()
    """generate, read, metrics or admin. Without it: generate."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """Make and show."""
    options = read_options(Create, "keys create", arguments, examples=EXAMPLES)
    from manazir.server.keys import Scope, make_key
    from manazir.server.opening import open_service
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
