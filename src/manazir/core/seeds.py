"""Seeds: one number from a person, many independent streams from it."""

import hashlib

SEED_LIMIT = 2**63
"""Seeds lie in [0, SEED_LIMIT): what fits a signed 64-bit column and torch's generator."""


def derive(seed: int, *path: str | int) -> int:
    """Return the seed of the stream that `path` names, independent of every other path's.

    >>> derive(7, "noise", 0) == derive(7, "noise", 0)
    True
    >>> derive(7, "noise", 0) == derive(7, "noise", 1)
    False
    """
    text = "/".join([str(seed), *map(str, path)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % SEED_LIMIT


def in_share(key: str, share: float) -> bool:
    """Whether `key` falls in the `share` of all keys that a hash picks, the same on every machine.

    >>> in_share("red cone", 0.0), in_share("red cone", 1.0)
    (False, True)
    """
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") < share * 2**64
