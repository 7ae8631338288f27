"""Step caches by name, as a person asks for them."""

import re
from collections.abc import Callable, Sequence

from manazir.core.errors import UnsupportedError
from manazir.models.step_cache import FirstBlockCache, MagCache, Report, StepCache, TeaCache, spread

WARM_UP, LONGEST = 0.1, 3
"""Of caches that are asked for by name: what the first steps lay out is not guessed, nor more than so many in a row."""

CACHES = {"first-block": 0.1, "tea": 0.1, "mag": 0.06}
"""By name, with the usual threshold; MagCache's is diffusers'."""
MAG_WARM_UP = 0.2
"""MagCache's own (arXiv:2506.09045), and diffusers'."""
Ratios = Callable[[], Sequence[float]]
"""Of a calibrated model, one for each step."""


def parse_cache(text: str, ratios: Ratios) -> StepCache:
    """Read `NAME` or `NAME=THRESHOLD`.

    Args:
        ratios: gives those that `mag` goes by.

    Raises:
        UnsupportedError: there is no such cache, or that is no threshold, or the model was not calibrated for it.

    >>> parse_cache("tea=0.2", list).threshold
    0.2
    """
    found = re.fullmatch(r"([\w-]+)(?:=(\d+\.?\d*|\.\d+))?", text)
    if not found or found[1] not in CACHES:
        raise UnsupportedError(
            f"no step cache {text!r}; have {', '.join(CACHES)}, with a threshold if you like, such as tea=0.2"
        )
    name, threshold = found[1], CACHES[found[1]] if found[2] is None else float(found[2])
    if name == "mag":
        return MagCache(threshold=threshold, ratios=tuple(ratios()), warm_up=MAG_WARM_UP, longest=LONGEST)
    kind = FirstBlockCache if name == "first-block" else TeaCache
    return kind(threshold=threshold, warm_up=WARM_UP, longest=LONGEST)


def last_steps(ratios: Sequence[float], steps: int, strength: float) -> list[float]:
    """Of ratios that hold for a whole walk, those of the steps that are taken where a film is changed.

    >>> last_steps([1.0, 0.9, 0.8, 0.7], 4, 0.5)
    [0.8, 0.7]
    """
    return spread(ratios, steps)[-max(1, min(int(steps * strength), steps)) :]


def told_of(report: Report) -> tuple[str, ...]:
    """For a take: how much a step cache left out."""
    every = report.computed + report.skipped
    if not every:
        return ()
    return (f"the step cache left out {report.skipped} of {every} blocks ({report.skipped / every:.0%})",)
