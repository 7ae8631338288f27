"""Engines by the names of their models."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.families import channels_of_known, honoured
from manazir.checkpoints.library import model_folder
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.checkpoints.wan import wan_shape
from manazir.checkpoints.wan_adapters import PARTS, adapters_used, read_stacks, unmatched
from manazir.core.errors import UnsupportedError
from manazir.inference import wan_ways
from manazir.inference.catalogue import DEFAULT, MODELS, check_is_here
from manazir.inference.device import usual_dtype
from manazir.inference.engine import Engine
from manazir.inference.film_plan import Makes
from manazir.inference.noor_engine import NoorEngine
from manazir.inference.noor_model import load_model
from manazir.inference.room import all_stay
from manazir.inference.wan_engine import WanEngine
from manazir.inference.wan_model import WanModel


def load_engine(
    name: str = DEFAULT, device: torch.device | None = None, adapters: Sequence[AdapterFile] = ()
) -> Engine:
    """A model with its way of filling in canvases.

    Args:
        adapters: what is put into its weights.

    Raises:
        UnsupportedError: no model has that name, or the device has no room for it.
        CheckpointError: weights are absent, damaged, or of another architecture.
    """
    check_is_here(name)
    device = device or torch.device("cpu")
    if name in MODELS:
        if adapters:
            raise UnsupportedError(f"{name} takes no adapters; leave {adapters[0].path} out")
        return NoorEngine(load_model(name, device))
    return load_wan_engine(model_folder(name), device, usual_dtype(device), adapters)


def load_wan_engine(
    folder: Path, device: torch.device, dtype: torch.dtype, adapters: Sequence[AdapterFile] = ()
) -> WanEngine:
    """A Wan of the library; its weights are read when they are first needed.

    Raises:
        UnsupportedError: the device has no room for it, or transformers is not installed.
        CheckpointError: weights are absent, damaged, or of another architecture.
    """
    manifest = load_manifest(folder)
    config = wan_ways.transformer_config(manifest)
    shapes = [wan_shape(part.config) for part in manifest.parts if part.name in PARTS.values()]
    stacks = read_stacks(adapters, shapes)
    model = WanModel(folder, device, dtype, all_stay=all_stay(manifest, device, dtype), adapters=stacks)
    way, vae = wan_ways.way_of(manifest), model.vae_shape
    makes = Makes(
        name=model.name,
        sizes=wan_ways.sizes_of(manifest),
        multiple=vae.compression * model.shapes[0].patch[1],
        frames_per_latent=vae.frame_compression,
        frame_rate=way.frame_rate,
        frames=way.frames,
        longest_seconds=wan_ways.LONGEST_SECONDS,
        holds_pictures=model.tells_frames_apart,
    )
    return WanEngine(
        model=model,
        makes=makes,
        way=way,
        honours=honoured(manifest.family, manifest.settings, config),
        weights_hash=weights_hash(manifest),
        adapters=tuple(adapters_used(stacks)),
        notes=tuple(unmatched(stacks)),
        needs_picture=channels_of_known(config) > 0,
    )


def weights_hash(manifest: Manifest) -> str:
    """One hash for all files of a model."""
    digest = hashlib.sha256()
    for name, facts in sorted(manifest.all_files()):
        digest.update(f"{name} {facts.sha256}\n".encode())
    return digest.hexdigest()
