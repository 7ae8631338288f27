"""What the operator decides, in `server.toml` of the home: names that clients send, prices, how long things stay."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from manazir.core.errors import UnsupportedError
from manazir.core.home import home

FILE = "server.toml"
DAY = 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias:
    """A name that clients send, and the installed model that answers to it."""

    model: str
    resample: bool = False
    """Whether sizes, rates and lengths that the model does not make are reached by scaling and going on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """Credits. A thing costs nothing unless the operator says so."""

    second: float = 0.0
    """Of video."""
    image: float = 0.0
    upscaled_second: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Operator:
    """All of it, with the defaults that serve one person on a laptop."""

    aliases: Mapping[str, Alias] = field(default_factory=dict)
    """Beside those that every installation has; `*` of a dialect's names is answered by the embedded model."""
    prices: Mapping[str, Prices] = field(default_factory=dict)
    """By installed model; `*` for those that are not named."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts in private networks that requests may point to all the same."""
    output_days: float | None = None
    """How long takes are kept; None: until somebody deletes them."""
    input_days: float | None = 7.0
    """How long uploads are kept."""
    link_hours: float = 24.0
    """How long an address of a file can be used by whoever has it."""
    longest_wait_hours: float | None = None
    """Jobs that waited longer end as failed; None: they wait."""
    largest_upload_bytes: int = 2_000_000_000
    largest_body_bytes: int = 200_000_000
    bodies_in_memory_bytes: int = 800_000_000
    """Of all requests' bodies together; no tenant has more than half of it."""
    waiting_per_key: int = 100
    """Calls that listen to events, or wait for a job to end, at the same moment; on one server."""
    waiting_per_tenant: int = 400
    open_per_key: int = 300
    """Requests that are not answered yet, those that wait among them; on one server."""
    open_per_tenant: int = 1000
    connections_per_address: int = 500
    """Of one host beyond this machine, or one that a proxy passes on; on one server."""
    largest_result_pixels: int = 3_000_000_000
    """Of all frames of a result together, for which a worker needs three bytes each, and room to work: a minute of
    1920x1080 at 24 frames/s has so many."""

    def price(self, model: str) -> Prices:
        """Of what a model makes."""
        return self.prices.get(model) or self.prices.get("*") or Prices()


def load_operator(path: Path | None = None) -> Operator:
    """Read the operator's file; what it does not say has its default.

    Raises:
        UnsupportedError: it has something that it cannot have; says where.
    """
    path = path or home() / FILE
    if not path.exists():
        return Operator()
    try:
        told = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise UnsupportedError(f"cannot read {path}: {error}") from error
    return Operator(**_fields(Operator, told, str(path)))


def _fields(kind: type[Any], told: Mapping[str, Any], where: str) -> dict[str, Any]:
    known = {one.name for one in fields(kind)}
    if unknown := sorted(told.keys() - known):
        raise UnsupportedError(f"{where} has no {unknown[0]}; it has {', '.join(sorted(known))}")
    return {name: _value(name, value, f"{name} of {where}") for name, value in told.items()}


def _value(name: str, value: Any, where: str) -> Any:
    tables = {"aliases": Alias, "prices": Prices}
    if name in tables:
        kind = tables[name]
        if not isinstance(value, Mapping) or not all(isinstance(one, Mapping) for one in value.values()):
            raise UnsupportedError(f"{where} is {value!r}; give a table for each name")
        return {key: kind(**_fields(kind, one, f"{key} of {where}")) for key, one in value.items()}
    if name == "allowed_hosts":
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise UnsupportedError(f"{where} is {value!r}; give a list of names")
        return tuple(value)
    wanted: type[Any] | tuple[type[Any], ...] = {"model": str, "resample": bool}.get(name, (int, float))
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise UnsupportedError(f"{where} is {value!r}; give {'a name' if wanted is str else 'a number, true or false'}")
    if isinstance(value, int | float) and value < 0:
        raise UnsupportedError(f"{where} is {value}; give 0 or more")
    return value
