"""Names of files, operations and models, as Google's clients spell them."""

import re
from dataclasses import dataclass

from sqlalchemy import select

from manazir.server.errors import ApiError, Problem, absent
from manazir.server.files import Asset
from manazir.server.keys import Caller
from manazir.server.service import Service
from manazir.server.store.ids import plain_id, short_id
from manazir.server.store.tables import assets

VERSIONS = ("v1", "v1beta", "v1alpha", "v1beta1")
CHOSEN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""A file's name that a client chooses."""
LEADING = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class OperationName:
    """`models/veo-3.1/operations/0190…`, or `projects/p/locations/l/publishers/google/models/…`."""

    resource: str
    """What comes before `/operations/`."""
    job_id: str

    def __str__(self) -> str:
        """As it stands in answers."""
        return f"{self.resource}/operations/{short_id(self.job_id)}"


def operation_job(name: str) -> str:
    """The id of the job that an operation's name means.

    Raises:
        ApiError: it is no such name.
    """
    _, slash, last = name.rpartition("/operations/")
    job_id = plain_id(last) if slash else None
    if job_id is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no operation {name[:200]!r}", field="operationName")
    return job_id


def job_of(text: str, what: str) -> str:
    """A row's id from an id of this dialect.

    Raises:
        ApiError: it is none; as if there were nothing.
    """
    job_id = plain_id(text)
    if job_id is None:
        raise ApiError(Problem.NOT_FOUND, f"there is no {what} {text[:100]!r}")
    return job_id


def file_id_of(rest: str) -> str:
    """The id in what follows `files/` in a path, whatever a client has put around it.

    google-genai takes an address that begins with http:// for an id, and puts all of it there.

    >>> file_id_of("http://127.0.0.1:8420/google/v1beta/files/0190ab:download")
    '0190ab'
    """
    found = LEADING.match(rest.rpartition("files/")[2])
    return "" if found is None else found[0]


def file_name(asset: Asset) -> str:
    """What a file is called: what its owner chose, else its id, in which these clients take letters and digits only."""
    return f"files/{asset.wire.get('name') or short_id(asset.id)}"


def find_file(service: Service, caller: Caller, name: str, *, field: str | None = None) -> Asset:
    """A file of the caller by what stands behind `files/`.

    Raises:
        ApiError: there is none.
    """
    found = plain_id(name)
    if found is None and CHOSEN.fullmatch(name):
        found = _by_chosen_name(service, caller, name)
    with absent(f"there is no file files/{name[:100]}", field=field):
        return service.asset(caller, found or "")


def refuse_taken(service: Service, caller: Caller, name: str) -> None:
    """Raise unless a client can have a name for its file.

    Raises:
        ApiError: it cannot be one, or there is such a file.
    """
    if not CHOSEN.fullmatch(name) or plain_id(name) is not None:
        told = f"file.name is {name[:100]!r}; give up to 40 of a-z, 0-9 and dashes between them, or leave it out"
        raise ApiError(Problem.INVALID, told, field="file.name")
    if _by_chosen_name(service, caller, name) is not None:
        raise ApiError(Problem.CONFLICT, f"there is a file files/{name} already; delete it first", field="file.name")


def _by_chosen_name(service: Service, caller: Caller, name: str) -> str | None:
    mine = (assets.c.tenant_id == caller.tenant_id) & assets.c.deleted_at.is_(None)
    with service.database.reading() as connection:
        asked = select(assets.c.id).where(mine & (assets.c.wire["name"].as_string() == name))
        return connection.execute(asked.limit(1)).scalar()
