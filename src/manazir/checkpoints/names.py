"""Names: weights of other projects under the names that our modules have.

A layout of names is a table of patterns; every weight must match one of them, once.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from manazir.core.errors import CheckpointError


@dataclass(frozen=True, slots=True)
class Name:
    """One pattern of a layout.

    Braces stand for a number: `blocks.{}.ffn.net.2.{weight}` matches the weight and the bias of each block.
    """

    theirs: str
    ours: str
    change: Callable[[Tensor], Tensor] | None = None
    """What is done to the tensor on the way."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """As a regular expression."""
        parts = re.escape(self.theirs).replace(r"\{\}", r"(\d+)").replace(r"\{p\}", "(weight|bias)")
        return re.compile(parts)


def renamed(tensors: Mapping[str, Tensor], layout: Sequence[Name], what: str) -> dict[str, Tensor]:
    """Tensors under our names.

    Raises:
        CheckpointError: a tensor that the layout does not know.
    """
    patterns = [(name, name.pattern) for name in layout]
    result: dict[str, Tensor] = {}
    unknown = []
    for theirs, tensor in tensors.items():
        found = next(((name, match) for name, pattern in patterns if (match := pattern.fullmatch(theirs))), None)
        if found is None:
            unknown.append(theirs)
            continue
        name, match = found
        ours = name.ours.replace("{p}", "{}").format(*match.groups())
        result[ours] = tensor if name.change is None else name.change(tensor)
    if unknown:
        raise CheckpointError(
            f"{len(unknown)} of {len(tensors)} weights of {what} have names that are not of its kind (for one, "
            f"{sorted(unknown)[0]}); give the weights of that model"
        )
    return result
