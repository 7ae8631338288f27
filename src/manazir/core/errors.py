"""Every error a person can cause.

ManazirError
├── CanvasError        a canvas that contradicts itself: an empty one, a keyframe past its end
├── ShapeError         a size, length or rate the model cannot take
├── UnsupportedError   well formed, and this model cannot do it
├── MediaError         a file that is not what it should be: absent, broken, too big, another format
├── CheckpointError    weights are absent, damaged, or do not fit
├── StoreError         the record of jobs cannot be reached, written or read
├── SceneError         a simulated scene that cannot be built or does not do what it says
├── StorageError       bytes that cannot be kept or found, for a `reason`
└── FetchError         what a URL points to may not be had, or cannot, for a `reason`

A message says what was asked, what is possible, and how to get there. A new class only when some
caller would act differently on it. All of them are wrong use (exit code 2) at the command line.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, Self

StorageReason = Literal["no_space", "unavailable", "missing", "damaged", "too_large", "range", "failed"]
FetchReason = Literal["refused", "unreachable", "timeout", "status", "too_large", "kind"]


class ManazirError(Exception):
    """Anything that a person can cause and mend."""

    reason: str | None = None
    """The message as a name that stays, for who tells it in another language; None: the message alone says it."""
    values: Mapping[str, str | int | float] = MappingProxyType({})
    """What the reason is told with."""

    def named(self, reason: str, **values: str | int | float) -> Self:
        """The same error, which has a name from now on."""
        self.reason, self.values = reason, values
        return self


class CanvasError(ManazirError):
    """A canvas that contradicts itself."""


class ShapeError(ManazirError):
    """A size, length or rate that the model cannot take."""


class UnsupportedError(ManazirError):
    """Well formed, and this model cannot do it."""


class MediaError(ManazirError):
    """A file that is not what it should be."""


class CheckpointError(ManazirError):
    """Weights that are absent, damaged, or do not fit."""


class SceneError(ManazirError):
    """A simulated scene that cannot be built, or that does not do what it says."""


class StoreError(ManazirError):
    """The record of jobs cannot be reached, written or read."""


class StorageError(ManazirError):
    """Bytes that cannot be kept or found."""

    def __init__(self, message: str, reason: StorageReason = "failed") -> None:
        """Say what happened.

        Args:
            reason: `no_space` passes once there is room, `unavailable` once the storage can be reached; `missing`,
                `damaged`: what was kept is not there, or not as it was; `too_large`, `range`: what was asked cannot be;
                `failed`: what the disk or the bucket said is in the message.
        """
        super().__init__(message)
        self.reason: StorageReason = reason


class FetchError(ManazirError):
    """What a URL points to may not be had, or cannot."""

    def __init__(self, message: str, reason: FetchReason = "refused") -> None:
        """Say what happened.

        Args:
            reason: `refused`, `too_large` and `kind` stay so; `unreachable`, `timeout` and `status` (the other side
                answered that it will not) may pass.
        """
        super().__init__(message)
        self.reason: FetchReason = reason
