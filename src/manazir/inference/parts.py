"""Parts of a model, each loaded when it is first asked for: all stay, or one at a time is there.

Making a film goes in stages that need one part each, so a device that cannot hold all parts holds them in turn.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import nn

from manazir.inference.device import give_back


class Parts:
    """Parts by name.

    Args:
        load: what makes each, on its device.
        all_stay: whether a part stays when another is asked for.
    """

    def __init__(self, load: Mapping[str, Callable[[], Any]], *, all_stay: bool) -> None:
        self._load, self._all_stay = load, all_stay
        self._here: dict[str, Any] = {}

    @property
    def here(self) -> tuple[str, ...]:
        """Names of those that are loaded."""
        return tuple(self._here)

    def held_bytes(self, device: torch.device) -> int:
        """What those that are loaded take of a device, as far as they are networks or have some."""
        modules = {id(each): each for part in self._here.values() for each in _networks(part)}
        weights = {id(one): one for each in modules.values() for one in each.parameters()}
        return sum(one.nbytes for one in weights.values() if one.device.type == device.type)

    def get(self, name: str) -> Any:
        """A part; if parts take turns, the others go first.

        Raises:
            CheckpointError: it is missing or damaged.
        """
        if name not in self._here:
            if not self._all_stay and self._here:
                self._here.clear()
                give_back()
            self._here[name] = self._load[name]()
        return self._here[name]


def _networks(part: Any) -> Iterator[nn.Module]:
    """A part, what it holds, or what several are one part."""
    if isinstance(part, nn.Module):
        yield part
    elif isinstance(part, tuple):
        for each in part:
            yield from _networks(each)
    elif is_dataclass(part):
        yield from (each for field in fields(part) if isinstance(each := getattr(part, field.name), nn.Module))
