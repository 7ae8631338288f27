"""Writing again while record or storage are away: what was made is not thrown away for that."""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from manazir.core.errors import StorageError, StoreError

LOG = logging.getLogger(__name__)
Result = TypeVar("Result")


def until_kept(write: Callable[[], Result], given_up: threading.Event | None = None) -> Result:
    """Write, and write again while record or storage are away.

    Args:
        given_up: set when nobody waits for it any more; then the error passes.
    """
    wait, given_up = 0.2, given_up or threading.Event()
    while True:
        try:
            return write()
        except (StoreError, StorageError) as error:
            if isinstance(error, StorageError) and error.reason != "unavailable":
                raise
            LOG.warning("%s; trying again in %.1f s", error, wait)
            if given_up.wait(wait):
                raise
            wait = min(5.0, wait * 2)
