"""Names of rows: UUIDs that sort by when they were made (RFC 9562, version 7)."""

import re
import secrets
import time
from uuid import UUID


def new_id() -> str:
    """A new one, with dashes: 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << 80) | (7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)
    return str(UUID(int=number))


def plain_id(text: str) -> str | None:
    """An id as rows carry it, from any of its spellings (with dashes or without, in capitals); None: it is none.

    >>> plain_id("0190163D8694739BAEA6966C26F8AD91")
    '0190163d-8694-739b-aea6-966c26f8ad91'
    """
    bare = text.replace("-", "").lower()
    return str(UUID(bare)) if re.fullmatch(r"[0-9a-f]{32}", bare) else None


def short_id(row_id: str) -> str:
    """An id in lower-case letters and digits alone, for clients that take nothing else."""
    return row_id.replace("-", "")
