"""Sessions: what a browser shows in the place of a key, so that it never keeps one. Random, and stored hashed.

An *opening* is what the address has at which the studio opens: it is good once, for a session.
"""

import hashlib
import secrets
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from manazir.core.errors import UnsupportedError
from manazir.server.keys import Caller, Scope, caller_of_key, list_keys
from manazir.server.store.database import now
from manazir.server.store.tables import sessions

COOKIE = "manazir_session"
"""How the names of cookies begin; see `Service.cookie`."""
SESSION_SECONDS = 30 * 86_400
OPENING_SECONDS = 15 * 60


def begin_session(connection: Connection, caller: Caller) -> str:
    """Let a browser come back as whoever has a key; returns what it is to show, which is kept nowhere."""
    return _make(connection, "session", caller.key_id, caller.tenant_id, SESSION_SECONDS)


def make_opening(connection: Connection) -> str:
    """Let whoever opens an address first come in with the admin's key that is the oldest.

    Raises:
        UnsupportedError: no admin has a key.
    """
    for key in list_keys(connection):
        if Scope.ADMIN in key.scopes and key.revoked_at is None:
            return _make(connection, "opening", key.id, key.tenant_id, OPENING_SECONDS)
    raise UnsupportedError(
        "no admin has a key that the studio could open with; `manazir keys create NAME --scope admin`"
    )


def use_opening(connection: Connection, token: str) -> Caller | None:
    """Who may come in by an opening, which is used up by that; None: it was before, is too old, or its key is gone."""
    time = now(connection)
    good = (sessions.c.id == _hash(token)) & (sessions.c.kind == "opening") & sessions.c.used_at.is_(None)
    used = update(sessions).where(good & (sessions.c.expires_at > time)).values(used_at=time)
    key_id = connection.execute(used.returning(sessions.c.key_id)).scalar_one_or_none()
    return None if key_id is None else caller_of_key(connection, key_id)


def find_session(connection: Connection, token: str) -> Caller | None:
    """Whose a session is; None: it is none, it is over, or its key was revoked."""
    mine = (sessions.c.id == _hash(token)) & (sessions.c.kind == "session")
    asked = select(sessions.c.key_id).where(mine & (sessions.c.expires_at > now(connection)))
    key_id = connection.execute(asked).scalar_one_or_none()
    return None if key_id is None else caller_of_key(connection, key_id)


def end_session(connection: Connection, token: str) -> None:
    """From now on it opens nothing."""
    connection.execute(delete(sessions).where(sessions.c.id == _hash(token)))


def forget_sessions(connection: Connection) -> None:
    """Delete those that are over, and openings that were used."""
    over = (sessions.c.expires_at < now(connection)) | sessions.c.used_at.is_not(None)
    connection.execute(delete(sessions).where(over))


def _make(connection: Connection, kind: str, key_id: str, tenant_id: str, seconds: float) -> str:
    token, time = secrets.token_urlsafe(32), now(connection)
    row: dict[str, Any] = {"id": _hash(token), "kind": kind, "key_id": key_id, "tenant_id": tenant_id}
    connection.execute(insert(sessions).values(row | {"created_at": time, "expires_at": time + seconds}))
    return token


def _hash(token: str) -> str:
    """A plain hash is enough: a token has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
