"""Requests that bring something: who sends them, their fields, and the files among these, kept before they are read."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import Request

from manazir.server.arriving import Arriving, arriving
from manazir.server.assets.checking import MediaKind
from manazir.server.bodies import Bodies
from manazir.server.errors import ApiError, Problem
from manazir.server.http import admit, bearer
from manazir.server.keys import Caller, Scope
from manazir.server.service import Service
from manazir.server.wire.sora.requests import Upload

LONGEST_KEY = 200
ANY = tuple(MediaKind)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request's sender and fields."""

    caller: Caller
    told: Mapping[str, Any]
    """Files among them are Uploads."""
    idempotency_key: str | None
    path: str
    """Inside this dialect."""

    def replay(self) -> dict[str, Any]:
        """What the same key stands for: the call, its fields, and files by their hashes."""
        return {"path": self.path, "told": _plain(self.told)}


def receiving(
    service: Service, bodies: Bodies, scope: Scope = Scope.GENERATE, **files: Collection[MediaKind]
) -> Callable[[Request], Awaitable[Incoming]]:
    """A dependency that reads a request once its sender is known.

    Args:
        files: fields that may be files, and of which kinds.
    """

    def keep(caller: Caller, name: str, filename: str) -> Arriving:
        if name not in files:
            told = (
                f"{name[:80]!r} is sent as a file; {'only ' + ' or '.join(files) if files else 'nothing here'} may be"
            )
            raise ApiError(Problem.BAD_REQUEST, told, field=name[:80])
        return arriving(service, caller, name, files[name], lambda brought: Upload(brought, filename))

    async def receive(request: Request) -> Incoming:
        caller = await to_thread.run_sync(admit, service, request, bearer(request), scope)
        if files:
            await to_thread.run_sync(_check_length, service, request)
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        return Incoming(caller, await bodies.read(request, partial(keep, caller)), _idempotency_key(request), path)

    return receive


def _check_length(service: Service, request: Request) -> None:
    """Refuse what is too long before it is sent, if its sender says how long it is."""
    told = request.headers.get("content-length", "0")
    length = int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0
    most = service.operator.largest_upload_bytes
    if length > most + (64 << 20):  # fields and boundaries beside the file
        raise ApiError(Problem.TOO_LARGE, f"the request has {length} bytes; files may have {most}")
    service.storage.check_room(length)


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
        told = f"an Idempotency-Key has from 1 to {LONGEST_KEY} characters that print"
        raise ApiError(Problem.BAD_REQUEST, told, field="Idempotency-Key")
    return key


def _plain(value: Any) -> Any:
    if isinstance(value, Upload):
        return {"sha256": value.brought.blob.sha256}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
