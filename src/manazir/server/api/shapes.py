"""What all bodies of our own API have in common: what is given is strict, what is told is whole."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from manazir.server.store.ids import plain_id

Item = TypeVar("Item")

LONGEST_PAGE = 100
FAR = 253_402_300_799.0
"""Seconds since 1970 of the last moment that a date can be written of."""


class Given(BaseModel):
    """A body that a client sends: fields that it does not have, and values of another kind, are refused by name."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Told(BaseModel):
    """A body that the service sends."""

    model_config = ConfigDict(extra="forbid")


class Asked(BaseModel):
    """What stands in a query: all of it is text, and what is not known is refused by name."""

    model_config = ConfigDict(extra="forbid")


class Paged(Asked):
    """Which part of a list."""

    limit: int = Field(25, ge=1, le=LONGEST_PAGE, description="How many at most.")
    after: str | None = Field(
        None, pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", description="The page before's `next`."
    )

    @property
    def after_id(self) -> str | None:
        """As rows carry it."""
        return None if self.after is None else plain_id(self.after)


class Page(Told, Generic[Item]):
    """Part of a list."""

    items: Sequence[Item]
    next: str | None = Field(description="Give it as `after` to have the next part; null: this was the last.")


Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""No store keeps the character NUL."""
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]*[^\x00-\x20][^\x00-\x1f]*$", max_length=200)]
"""A line that is not empty."""


def moment(seconds: float) -> datetime:
    """A time of the store as a date in UTC."""
    return datetime.fromtimestamp(min(seconds, FAR), UTC)


def moment_or_none(seconds: float | None) -> datetime | None:
    """The same of what may not have happened."""
    return None if seconds is None else moment(seconds)
