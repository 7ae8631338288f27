"""Step caches by name, as a person asks for them."""

import re

from manazir.core.errors import UnsupportedError
from manazir.models.step_cache import FirstBlockCache, Report, StepCache, TeaCache

WARM_UP, LONGEST = 0.1, 3
"""Of caches that are asked for by name: what the first steps lay out is not guessed, nor more than so many in a row."""

CACHES: dict[str, tuple[type[FirstBlockCache | TeaCache], float]] = {
    "first-block": (FirstBlockCache, 0.1),
    "tea": (TeaCache, 0.1),
}
"""By name, with the usual threshold."""


def parse_cache(text: str) -> StepCache:
    """Read `NAME` or `NAME=THRESHOLD`.

    Raises:
        UnsupportedError: there is no such cache, or that is no threshold.

    >>> parse_cache("tea=0.2").threshold
    0.2
    """
    found = re.fullmatch(r"([\w-]+)(?:=(\d+\.?\d*|\.\d+))?", text)
    if not found or found[1] not in CACHES:
        raise UnsupportedError(
            f"no step cache {text!r}; have {', '.join(CACHES)}, with a threshold if you like, such as tea=0.2"
        )
    kind, usual = CACHES[found[1]]
    threshold = usual if found[2] is None else float(found[2])
    return kind(threshold=threshold, warm_up=WARM_UP, longest=LONGEST)


def told_of(report: Report) -> tuple[str, ...]:
    """For a take: how much a step cache left out."""
    every = report.computed + report.skipped
    if not every:
        return ()
    return (f"the step cache left out {report.skipped} of {every} blocks ({report.skipped / every:.0%})",)
