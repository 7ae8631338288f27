"""How this dialect spells our ids, and which names it has for what jobs came by."""

from contextlib import AbstractContextManager

from manazir.server.errors import ApiError, Problem, absent
from manazir.server.store.ids import plain_id, short_id

DIALECT = "sora"
IMAGES = "sora_images"
"""Pictures are jobs as well, but not among a client's videos: they are neither listed nor told of there."""

VIDEO = "video_"
FILE = "file-"
CHARACTER = "char_"
ENDPOINT = "we_"
THINGS = {VIDEO: "video", FILE: "file", CHARACTER: "character", ENDPOINT: "webhook endpoint"}


def spelled(prefix: str, row_id: str) -> str:
    """A row's id as clients see it.

    >>> spelled(VIDEO, "0190163d-8694-739b-aea6-966c26f8ad91")
    'video_0190163d8694739baea6966c26f8ad91'
    """
    return prefix + short_id(row_id)


def row_id(prefix: str, text: str, field: str | None = None) -> str:
    """The row's id in one of ours.

    Raises:
        ApiError: it is none; the same as if there were no such thing.
    """
    found = plain_id(text.removeprefix(prefix)) if text.startswith(prefix) else None
    if found is None:
        raise ApiError(Problem.NOT_FOUND, _absence(prefix, text), field=field)
    return found


def named(prefix: str, text: str, field: str | None = None) -> AbstractContextManager[None]:
    """Within, what is not there is told by the id that the client sent."""
    return absent(_absence(prefix, text), field=field)


def _absence(prefix: str, text: str) -> str:
    return f"there is no {THINGS[prefix]} {text[:80]!r}"
