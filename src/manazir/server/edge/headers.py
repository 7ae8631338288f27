"""Headers that every answer has: what browsers must not do with it, and where the caller is in its minute."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from manazir.server.rates import Rate

ALWAYS: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",  # addresses of files have signatures in them
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }
)
"""Unless an answer says something else."""
NOTHING_INSIDE = "default-src 'none'; frame-ancestors 'none'"
"""For data: if a browser is made to show it, it loads and runs nothing."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """ASGI middleware: adds what an answer does not say itself."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**ALWAYS, **_policy(headers), **_rate(headers, state.get("rate"))}.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, guarded)


def _policy(headers: MutableHeaders) -> dict[str, str]:
    kind = headers.get("content-type", "").partition(";")[0]
    is_data = kind in ("application/json", "text/plain") or kind.endswith("+json")
    return {"Content-Security-Policy": NOTHING_INSIDE} if is_data else {}


def _rate(headers: MutableHeaders, rate: Rate | None) -> dict[str, str]:
    """In the words that most APIs use, unless the dialect has its own."""
    if rate is None or any(name.startswith("x-ratelimit-") for name in headers):
        return {}
    return {
        "X-RateLimit-Limit": str(rate.limit),
        "X-RateLimit-Remaining": str(rate.remaining),
        "X-RateLimit-Reset": str(rate.resets_in_seconds),
    }
