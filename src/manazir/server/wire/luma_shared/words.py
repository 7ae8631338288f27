"""Words that both of Luma's APIs use for how freely a clip is changed, how long one is, and what is in which shape."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from manazir.core.canvas import LONGEST_PROMPT

STRENGTHS: Mapping[str, float] = MappingProxyType(
    {
        f"{freedom}_{degree}": round(0.1 * (3 * place + degree), 1)
        for place, freedom in enumerate(("adhere", "flex", "reimagine"))
        for degree in (1, 2, 3)
    }
)
"""How much of a clip is made anew: `adhere_1` a tenth, and a tenth more for each of the nine."""
DEFAULT_STRENGTH = STRENGTHS["flex_2"]
LONGEST_SECONDS = 60.0
"""A length that is more likely a mistake than a wish; how far a model goes on, it says itself."""
DURATION = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?)s?")


def seconds_of(duration: str) -> float:
    """A length in the clients' words.

    Raises:
        ValueError: it is none; says what is.

    >>> seconds_of("5s"), seconds_of("9s")
    (5.0, 9.0)
    """
    found = DURATION.fullmatch(duration)
    if found is None or not 0 < float(found[1]) <= LONGEST_SECONDS:
        raise ValueError(f"give seconds such as 5s or 9s, {LONGEST_SECONDS:g}s at most")
    return float(found[1])


def checked_duration(duration: str) -> str:
    """The same, known to be a length."""
    seconds_of(duration)
    return duration


Duration = Annotated[str, AfterValidator(checked_duration)]
Prompt = Annotated[str, Field(max_length=LONGEST_PROMPT)]


class Body(BaseModel):
    """What a client sends: of exactly the types that it should have, and nothing that is not known."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)
