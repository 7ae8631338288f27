"""What several devices share of a model, where a person only says how many there are."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import torch

from manazir.checkpoints.families import GENERIC
from manazir.checkpoints.library import model_folder
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.devices.mesh import Parallel
from manazir.inference.catalogue import MODELS, check_is_here
from manazir.inference.devices_asked import MOST, Devices, told_of
from manazir.inference.engine import Settings
from manazir.inference.ltx.loading import ltx_sharable
from manazir.inference.placement import place
from manazir.inference.sharable import Sharable
from manazir.inference.wan.loading import wan_sharable

SHARABLE: Mapping[str, Callable[[Path, Manifest, Settings], Sharable]] = MappingProxyType(
    {"wan": wan_sharable, "ltx": ltx_sharable}
)
"""By families."""


def chosen(devices: Devices, model: str, settings: Settings, device: torch.device, precision: str | None) -> Parallel:
    """What they share: as it was said; else what sends least, branches before tokens.

    Where a transformer's weights do not fit a device, weights; where a step cache looks at all tokens, weights in place
    of tokens.

    Raises:
        UnsupportedError: the machine has not as many, or the model runs on one alone.
        ShapeError: the number does not come out even; names those that do.
    """
    check_is_here(model)
    manifest = None if model in MODELS else load_manifest(model_folder(model))
    if manifest is None or manifest.family == GENERIC:
        raise UnsupportedError(f"{model} runs on one device; leave devices out, or choose a Wan or an LTX-2")
    _check_there(devices, device)
    sharable = SHARABLE[manifest.family](model_folder(model), manifest, settings)
    if devices.count is None:
        parallel = Parallel(branches=devices.branches, sequence=devices.sequence, tensor=devices.tensor)
        sharable.check(parallel)
        return parallel
    holds_all = _holds_all(manifest, device, precision)
    for parallel in _ways(devices.count, sharable, holds_all=holds_all):
        if sharable.why_not(parallel) is None:
            return parallel
    able = ", ".join(str(count) for count in range(1, MOST + 1) if any(_able(count, sharable)))
    raise ShapeError(f"{told_of(devices)} for {model}: {sharable.told}; so choose from {able}")


def _ways(count: int, sharable: Sharable, *, holds_all: bool) -> list[Parallel]:
    """The best first."""
    divisors = [part for part in range(count, 0, -1) if count % part == 0]
    whole = [Parallel(tensor=count)] if not holds_all else []
    tokens = [] if sharable.has_cache else [Parallel(branches=part, sequence=count // part) for part in divisors]
    return [*whole, *tokens, *(Parallel(branches=part, tensor=count // part) for part in divisors)]


def _able(count: int, sharable: Sharable) -> list[Parallel]:
    return [each for each in _ways(count, sharable, holds_all=True) if sharable.why_not(each) is None]


def _check_there(devices: Devices, device: torch.device) -> None:
    if device.type != "cuda":
        return
    there = torch.cuda.device_count()
    if device.index is not None and devices.total > 1:
        raise UnsupportedError(f"MANAZIR_DEVICE names one GPU, {device}; set it to cuda for {told_of(devices)}")
    if devices.total > there:
        raise UnsupportedError(f"{told_of(devices)}, and this machine has {there} GPUs; choose {there} or fewer")


def _holds_all(manifest: Manifest, device: torch.device, precision: str | None) -> bool:
    """Whether a device holds the largest stage whole."""
    try:
        return not place(manifest, device, precision).words_on_cpu
    except UnsupportedError:
        return False
