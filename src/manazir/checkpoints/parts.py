"""Parts of an installed model: which there are, and the tensors of one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

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

    Args:
        dtype: what they become, one file after the other; None: as they are stored.

    Raises:
        CheckpointError: a file is missing or damaged.
    """
    tensors: dict[str, Any] = {}
    for name in sorted(part.files):
        if name.endswith(".safetensors"):
            try:
                read = load_file(folder / name, device=str(device))
            except (OSError, SafetensorError) as error:
                raise CheckpointError(f"cannot read {folder / name} ({error}); import the model again") from error
            tensors |= {own: tensor if dtype is None else tensor.to(dtype) for own, tensor in read.items()}
    return tensors
