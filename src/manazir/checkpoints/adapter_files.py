"""Adapter files as a person names them. Imports no torch."""

import re
from dataclasses import dataclass
from pathlib import Path

from manazir.core.errors import CheckpointError


@dataclass(frozen=True, slots=True)
class AdapterFile:
    """A file of LoRA, LoKr or whole differences, and how much of it is wanted."""

    path: Path
    weight: float = 1.0
    """1: as it was taught; 0: nothing."""
    levels: str | None = None
    """`high` or `low`: for models with a transformer for high noise levels and one for low; `second`: for an LTX-2's
    second stage alone; None: all."""

    def __post_init__(self) -> None:
        """Refuse a weight that can only be a slip."""
        if not -10 <= self.weight <= 10:
            raise CheckpointError(f"a weight of {self.weight:g} for {self.path}; give from -10 to 10, mostly 0 to 1")


def parse_adapter(text: str) -> AdapterFile:
    """Read `[high:|low:|second:]FILE[=WEIGHT]`.

    Raises:
        CheckpointError: there is no file in it, or no such file.
    """
    found = re.fullmatch(r"(?:(high|low|second):)?(.+?)(?:=(-?(?:\d+\.?\d*|\.\d+)))?", text)
    if not found:
        raise CheckpointError(f"the adapter is {text!r}; give FILE or FILE=WEIGHT, such as style.safetensors=0.8")
    levels, path, weight = found[1], Path(found[2]), found[3]
    if not path.is_file():
        raise CheckpointError(f"there is no file {path}; give an adapter's safetensors file")
    return AdapterFile(path, 1.0 if weight is None else float(weight), levels)
