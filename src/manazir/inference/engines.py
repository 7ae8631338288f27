"""Engines by the names of their models."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import torch

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.checked import check_unchanged
from manazir.checkpoints.families import GENERIC
from manazir.checkpoints.library import model_folder
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.core.errors import MediaError, UnsupportedError
from manazir.devices.mesh import Mesh
from manazir.inference.card_file import is_newest, write_card
from manazir.inference.catalogue import DEFAULT, MODELS, check_is_here
from manazir.inference.engine import Engine
from manazir.inference.generic.loading import load_diffusers_engine
from manazir.inference.ltx.loading import load_ltx_engine, ltx_makes
from manazir.inference.makes import Makes
from manazir.inference.noor.engine import NoorEngine
from manazir.inference.noor.model import load_model
from manazir.inference.wan.loading import load_wan_engine, wan_makes

LOADS: Mapping[str, Callable[..., Engine]] = MappingProxyType(
    {"wan": load_wan_engine, "ltx": load_ltx_engine, GENERIC: load_diffusers_engine}
)
"""Of a folder, a device, a precision and adapters, by the families of `checkpoints.families`."""
MAKES: Mapping[str, Callable[[Manifest], Makes]] = MappingProxyType({"wan": wan_makes, "ltx": ltx_makes})
"""What a model makes, by its family; of others a pipeline knows it, once it is loaded."""
LOG = logging.getLogger(__name__)


def load_engine(
    name: str = DEFAULT,
    device: torch.device | None = None,
    adapters: Sequence[AdapterFile] = (),
    precision: str | None = None,
    mesh: Mesh | None = None,
) -> Engine:
    """A model with its way of filling in canvases.

    Args:
        adapters: what is put into its weights.
        precision: of open weights, a key of `placement.PRECISIONS`; None: what the device does best.
        mesh: of the devices that share a Wan's or an LTX-2's work, each of which loads it; see `several`.

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
    manifest = load_manifest(folder)
    check_unchanged(folder, manifest)
    shared = {} if mesh is None else {"mesh": mesh}
    engine = LOADS[manifest.family](folder, device, precision, adapters, **shared)
    if not is_newest(folder):
        keep_card(folder, manifest)
    return engine


def keep_card(folder: Path, manifest: Manifest) -> None:
    """Write down what a model makes, if its family says; a folder that cannot be written goes without.

    Raises:
        CheckpointError: a configuration is of another architecture.
    """
    if manifest.family not in MAKES:
        return
    try:
        write_card(folder, MAKES[manifest.family](manifest))
    except MediaError as error:
        LOG.warning("what %s makes is not written down: %s", manifest.name, error)
