"""Addresses of files, good for a while for whoever has them: signed, because vendors' clients fetch without a key."""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Connection, insert, select

from manazir.server.errors import ApiError, Problem
from manazir.server.store.database import one_at_a_time
from manazir.server.store.tables import facts

FACT = "signing key"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and checks paths with the service's own secret."""

    secret: bytes

    @property
    def service_name(self) -> str:
        """Of the service whose secret it is: short, the same for all servers of a store, and telling nothing of it."""
        return hmac.new(self.secret, b"the name of this service", hashlib.sha256).hexdigest()[:12]

    def sign(self, path: str, lasts_seconds: float) -> str:
        """A path with an end and a signature in its query."""
        until = int(time.time() + lasts_seconds)
        return f"{path}?{urlencode({'until': until, 'signature': self._signature(path, until)})}"

    def check(self, path: str, until: str, signature: str) -> None:
        """Raise unless a path was signed here and its time is not over.

        Raises:
            ApiError: as if there were nothing.
        """
        is_number = until.isascii() and until.isdigit() and len(until) < 15
        if not is_number or not hmac.compare_digest(self._signature(path, int(until)).encode(), signature.encode()):
            raise ApiError(Problem.NOT_FOUND, "this address was not signed here")
        if int(until) < time.time():
            raise ApiError(Problem.NOT_FOUND, "this address is no longer good; ask for the job again, it has a new one")

    def _signature(self, path: str, until: int) -> str:
        return hmac.new(self.secret, f"{until} {path}".encode(), hashlib.sha256).hexdigest()[:40]


def load_signer(connection: Connection) -> Signer:
    """The service's signer; its secret is made when it is first needed, and is the same for all servers of a store."""
    value = connection.execute(select(facts.c.value).where(facts.c.name == FACT)).scalar()
    if value is None:
        one_at_a_time(connection, FACT)  # another server may be making one
        value = connection.execute(select(facts.c.value).where(facts.c.name == FACT)).scalar()
    if value is None:
        value = secrets.token_hex(32)
        connection.execute(insert(facts).values(name=FACT, value=value))
    return Signer(bytes.fromhex(value))
