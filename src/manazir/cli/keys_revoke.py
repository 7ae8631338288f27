"""`manazir keys revoke`: who may no longer use the service."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

from tyro.conf import Positional, arg

from manazir.cli.options import read_options

EXAMPLES = ("manazir keys revoke mnz_1a2b3c4d",)


@dataclass(frozen=True, kw_only=True)
class Revoke:
    """End a key: from now on it opens nothing."""

    key: Annotated[str, Positional, arg(metavar="PREFIX")]
    """Its beginning, as `manazir keys list` shows it."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """Revoke and tell."""
    options = read_options(Revoke, "keys revoke", arguments, examples=EXAMPLES)
    from manazir.server.keys import revoke_key
    from manazir.server.opening import open_service

    with open_service().database.transaction() as connection:
        key = revoke_key(connection, options.key)
    told = f"{key.prefix} ({key.name}) opens nothing any more"
    print(json.dumps(asdict(key)) if options.json else told)
