"""Who calls: by a key, or by a browser's session."""

import time

from manazir.server.errors import ApiError, Problem
from manazir.server.keys import SEEN_SECONDS, Caller, Scope, find_caller, note_use
from manazir.server.notes import notes
from manazir.server.service.shared import Shared
from manazir.server.sessions import find_session


class Callers(Shared):
    """Those who may ask, and what for."""

    def caller(self, key: str | None, scope: Scope) -> Caller:
        """Who has that key.

        Raises:
            ApiError: no key, none of ours, or one that may not do this.
        """
        if not key:
            raise ApiError(Problem.NO_KEY, "no API key was sent; `manazir keys create` makes one", reason="no_key")
        with self.database.reading() as connection:
            caller = find_caller(connection, key)
        if caller is None:
            told = "this API key is not known here, or was revoked; `manazir keys list` has them"
            raise ApiError(Problem.NO_KEY, told, reason="unknown_key")
        return self.admitted(caller, scope)

    def visitor(self, token: str, scope: Scope) -> Caller:
        """Whose a browser's session is.

        Raises:
            ApiError: it is over, or may not do this.
        """
        with self.database.reading() as connection:
            caller = find_session(connection, token)
        if caller is None:
            raise ApiError(
                Problem.NO_KEY,
                "this session is over; `manazir studio` tells an address for another",
                reason="session_over",
            )
        return self.admitted(caller, scope)

    def admitted(self, caller: Caller, scope: Scope) -> Caller:
        """Somebody who is known, and may do this.

        Raises:
            ApiError: they may not.
        """
        caller.check_may(scope)
        notes().tenant_id = caller.tenant_id
        if time.time() - (caller.last_used_at or 0.0) > SEEN_SECONDS:
            with self.database.transaction() as connection:
                note_use(connection, caller)
        return caller
