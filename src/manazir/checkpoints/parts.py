"""Parts of an installed model: which there are, and the tensors of one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from manazir.checkpoints.lightricks import LIBRARY, those_of
from manazir.checkpoints.manifest import Manifest, Part
from manazir.core.errors import CheckpointError


def part_of(manifest: Manifest, name: str) -> Part:
    """The part of that name.

    Raises:
        CheckpointError: there is none.
    """
    part = manifest.part(name)
    if part is None:
        raise CheckpointError(f"{manifest.name} has no {name}; import it again from a whole folder")
    return part


def tensors_of(
    folder: Path, part: Part, device: torch.device, dtype: torch.dtype | None = None
) -> Mapping[str, Tensor]:
    """A part's tensors by the names that its publishers gave them, read straight to a device.

    Of a file in which other parts have their weights too, only its own are read.

    Args:
        dtype: what they become, one file after the other; None: as they are stored.

    Raises:
        CheckpointError: a file is missing or damaged.
    """
    tensors: dict[str, Tensor] = {}
    for name in sorted(part.files):
        if name.endswith(".safetensors"):
            try:
                read = _read(folder / name, part, device)
            except (OSError, SafetensorError) as error:
                raise CheckpointError(f"cannot read {folder / name} ({error}); import the model again") from error
            tensors |= {own: tensor if dtype is None else tensor.to(dtype) for own, tensor in read.items()}
    return tensors


def _read(path: Path, part: Part, device: torch.device) -> dict[str, Tensor]:
    # Typed as opaque: the typed wrapper around files that safetensors has is none for mypy.
    opened: Any = safe_open(path, framework="pt", device=str(device))
    with opened as file:
        names = those_of(part.name, file.keys()) if part.library == LIBRARY else file.keys()
        return {name: file.get_tensor(name) for name in names}
