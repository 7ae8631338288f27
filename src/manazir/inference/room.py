"""Whether a device has room for a model, asked before a weight is read."""

from pathlib import Path

import torch

from manazir.checkpoints.known_models import those_that_fit
from manazir.checkpoints.manifest import Manifest
from manazir.checkpoints.memory import Verdict, fit, parameters_of
from manazir.core.errors import UnsupportedError


def all_stay(manifest: Manifest, device: torch.device, dtype: torch.dtype) -> bool:
    """Whether a device holds all parts of a model at once, or they are to take turns.

    Raises:
        UnsupportedError: it has no room even for the largest; names what that needs, and what is free.
    """
    free = free_bytes(device)
    if free is None:
        return True
    result = fit(parameters_of(manifest), free, str(dtype).removeprefix("torch."))
    if result.verdict is Verdict.TOO_LARGE:
        others = [name for name in those_that_fit(free) if name != manifest.name]
        raise UnsupportedError(f"{manifest.name} on {device.type}: {result.told(others)}")
    return result.verdict is Verdict.AT_ONCE


def free_bytes(device: torch.device) -> int | None:
    """Memory that is free there; None: the system does not tell."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    available = next((line for line in lines if line.startswith("MemAvailable:")), None)
    return None if available is None else int(available.split()[1]) * 1024
