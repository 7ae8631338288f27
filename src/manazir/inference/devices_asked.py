"""How many devices a person asks for, as a number or by what each does. Imports no torch."""

import re
from dataclasses import asdict, dataclass

from manazir.core.errors import ShapeError

KINDS = ("branches", "sequence", "tensor")
"""What is shared: branches of guidance, tokens, weights; see `devices.mesh.Parallel`."""
MOST = 64
"""On one machine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Devices:
    """So many devices; or so many for each kind of sharing, whose product that is."""

    count: int | None = None
    """What they share is chosen for the model; None: it is said below."""
    branches: int = 1
    sequence: int = 1
    tensor: int = 1

    def __post_init__(self) -> None:
        """Refuse numbers that nobody can mean."""
        kinds = [self.branches, self.sequence, self.tensor]
        if self.count is not None and kinds != [1, 1, 1]:
            raise ShapeError(f"{self.count} devices, and what they share; give one of both")
        if min(kinds) < 1 or not 1 <= self.total <= MOST:
            raise ShapeError(f"the devices are {told_of(self)}; choose from 1 to {MOST} in all")

    @property
    def total(self) -> int:
        """In all."""
        return self.branches * self.sequence * self.tensor if self.count is None else self.count


def parse_devices(text: str | int) -> Devices:
    """Read `N`, or `KIND=N` with commas between them.

    Raises:
        ShapeError: it is something else, or no number of devices.

    >>> parse_devices("4").total, parse_devices("branches=2,tensor=2").tensor
    (4, 2)
    """
    told = str(text).strip()
    if re.fullmatch(r"\d{1,9}", told):
        return Devices(count=int(told))
    found = [re.fullmatch(r"\s*(\w+)\s*=\s*(\d{1,9})\s*", part) for part in told.split(",")]
    pairs = [(one[1], int(one[2])) for one in found if one is not None and one[1] in KINDS]
    if len(pairs) < len(found) or len(dict(pairs)) < len(pairs):
        raise ShapeError(
            f"the devices are {told!r}; give a number, such as 2, or what they share: {', '.join(KINDS)}, each once, "
            "such as branches=2,sequence=2"
        )
    return Devices(**dict(pairs))


def told_of(devices: Devices) -> str:
    """In words.

    >>> told_of(Devices(branches=2, tensor=4))
    'branches=2, tensor=4'
    """
    if devices.count is not None:
        return f"{devices.count} devices"
    kinds = {name: value for name, value in asdict(devices).items() if name in KINDS and value != 1}
    return ", ".join(f"{name}={value}" for name, value in kinds.items()) or "1 device"
