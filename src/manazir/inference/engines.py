"""Engines by the names of their models."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import torch

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.families import GENERIC
from manazir.checkpoints.library import model_folder
from manazir.checkpoints.manifest import load_manifest
from manazir.core.errors import UnsupportedError
from manazir.inference.catalogue import DEFAULT, MODELS, check_is_here
from manazir.inference.engine import Engine
from manazir.inference.generic.loading import load_diffusers_engine
from manazir.inference.ltx.loading import load_ltx_engine
from manazir.inference.noor.engine import NoorEngine
from manazir.inference.noor.model import load_model
from manazir.inference.wan.loading import load_wan_engine

LOADS: Mapping[str, Callable[..., Engine]] = MappingProxyType(
    {"wan": load_wan_engine, "ltx": load_ltx_engine, GENERIC: load_diffusers_engine}
)
"""Of a folder, a device, a precision and adapters, by the families of `checkpoints.families`."""


def load_engine(
    name: str = DEFAULT,
    device: torch.device | None = None,
    adapters: Sequence[AdapterFile] = (),
    precision: str | None = None,
) -> Engine:
    """A model with its way of filling in canvases.

    Args:
        adapters: what is put into its weights.
        precision: of open weights, a key of `placement.PRECISIONS`; None: what the device does best.

    Raises:
        UnsupportedError: no model has that name, or the device has no room for it.
        CheckpointError: weights are absent, damaged, or of another architecture.
    """
    check_is_here(name)
    device = device or torch.device("cpu")
    if name in MODELS:
        if adapters:
            raise UnsupportedError(f"{name} takes no adapters; leave {adapters[0].path} out")
        if precision is not None:
            raise UnsupportedError(f"{name} takes no precision; leave it out")
        return NoorEngine(load_model(name, device))
    folder = model_folder(name)
    return LOADS[load_manifest(folder).family](folder, device, precision, adapters)
