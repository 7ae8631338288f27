"""Names: weights of other projects under the names that our modules have.

A layout of names is a table of patterns, of theirs: every weight must match one of them, once. Where their names follow
from our place in a network by more than its numbers, a function says theirs for each of ours.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

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


def gathered(
    module: nn.Module,
    tensors: Mapping[str, Tensor],
    theirs: Callable[[str], str],
    what: str,
    *,
    change: Callable[[Tensor, torch.Size], Tensor] | None = None,
    unused: str | None = None,
) -> dict[str, Tensor]:
    """Tensors under a module's names.

    Args:
        module: may be on the meta device.
        theirs: our names → theirs.
        change: what is done to a tensor on the way, towards the shape that it has here.
        unused: how names begin that may be there and are not needed.

    Raises:
        CheckpointError: tensors are missing, unknown, or of another shape.
    """
    own = {name: tensor.shape for name, tensor in module.state_dict().items()}
    elsewhere = {name: theirs(name) for name in own}
    missing = sorted(set(elsewhere.values()) - set(tensors))
    others = set(tensors) - set(elsewhere.values())
    unknown = sorted(name for name in others if unused is None or not name.startswith(unused))
    found = {ours: tensors[name] for ours, name in elsewhere.items() if name in tensors}
    result = {ours: tensor if change is None else change(tensor, own[ours]) for ours, tensor in found.items()}
    misshapen = [elsewhere[ours] for ours, tensor in result.items() if tensor.shape != own[ours]]
    if missing or unknown or misshapen:
        raise CheckpointError(
            f"the weights of {what} are of another architecture than its configuration: {len(missing)} missing, "
            f"{len(unknown)} unknown, {len(misshapen)} of another shape (for one, "
            f"{(missing or unknown or misshapen)[0]}); take both from one release"
        )
    return result
