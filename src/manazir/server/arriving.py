"""A file that comes with a request, piece by piece."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from manazir.core.errors import MediaError
from manazir.server.assets.checking import MediaKind
from manazir.server.assets.drafts import Filling
from manazir.server.errors import ApiError, Problem
from manazir.server.keys import Caller
from manazir.server.service import Brought, Service


@dataclass(frozen=True, slots=True)
class Arriving:
    """A keeper (`bodies.Keeper`) of one file: its bytes are kept, it is said what they are, and they are handed on."""

    service: Service
    filling: Filling
    called: str
    """The client's field for it, which refusals name."""
    wanted: Collection[MediaKind]
    then: Callable[[Brought], Any]

    def write(self, data: bytes) -> None:
        """The next piece.

        Raises:
            StorageError: it is too large, or cannot be kept.
        """
        self.filling.write(data)

    def finish(self) -> Any:
        """It has come whole.

        Raises:
            ApiError: it is no video, picture or sound, broken, cut off, or not of a wanted kind.
        """
        try:
            return self.then(self.service.look_at(self.filling.finish(), self.called, self.wanted))
        except MediaError as error:
            raise ApiError(Problem.INVALID, str(error), field=self.called, reason="bad_file") from error

    def close(self) -> None:
        """It is over."""
        self.filling.close()


def arriving(
    service: Service, caller: Caller, called: str, wanted: Collection[MediaKind], then: Callable[[Brought], Any]
) -> Arriving:
    """Begin to keep a file that a caller sends.

    Raises:
        ApiError: the caller may store nothing more.
        StorageError: nothing can be kept now.
    """
    service.storage.check_room()
    return Arriving(service, service.storage.begin(service.room(caller)), called, wanted, then)
