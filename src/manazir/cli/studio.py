"""`manazir studio`: an address at which the studio opens, for whoever runs the service."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from tyro.conf import arg

from manazir.cli.options import read_options
from manazir.core.errors import UnsupportedError

EXAMPLES = (
    "manazir studio --open",
    "manazir studio --address https://films.example.com",
)


@dataclass(frozen=True, kw_only=True)
class Studio:
    """Tell an address at which the studio opens with the admin's key: good once, and for 15 minutes."""

    address: Annotated[str | None, arg(metavar="URL", help_behavior_hint="")] = None
    """How the browser reaches the service. Without it: as it was served from this home last."""
    open: bool = False
    """Open it in this machine's browser."""
    json: bool = False
    """Print it for a program."""


def run(arguments: Sequence[str]) -> None:
    """Make and show."""
    options = read_options(Studio, "studio", arguments, examples=EXAMPLES)
    from manazir.server.opening import last_address, open_service, studio_address

    address = (options.address or last_address()).rstrip("/")
    if not address.startswith(("http://", "https://")):
        raise UnsupportedError(f"{address!r} is no address of a service; give one such as http://127.0.0.1:8420")
    told = studio_address(open_service(), address)
    if options.open:
        _open(told)
    print(json.dumps({"studio": told}) if options.json else told)
    print("It is good once, and for 15 minutes.", file=sys.stderr)


def _open(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        print("this machine has no browser to open; open the address in another one", file=sys.stderr)
