"""Engines by the names of their models."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch

from manazir.checkpoints import ltx_names, wan
from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.adapter_stacks import PARTS, Target, adapters_used, read_stacks, unmatched
from manazir.checkpoints.diffusers_loading import load_pipeline
from manazir.checkpoints.families import LTX_HONOURS, channels_of_known, honoured
from manazir.checkpoints.library import model_folder
from manazir.checkpoints.ltx import ltx_shape
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.checkpoints.parts import part_of
from manazir.checkpoints.pipeline_call import from_settings
from manazir.checkpoints.wan import wan_shape
from manazir.core.errors import UnsupportedError
from manazir.devices.offload import held_parameters
from manazir.inference import wan_ways
from manazir.inference.catalogue import DEFAULT, MODELS, check_is_here
from manazir.inference.diffusers_engine import DiffusersEngine
from manazir.inference.engine import Engine
from manazir.inference.film_plan import Makes
from manazir.inference.ltx_engine import LtxEngine
from manazir.inference.ltx_model import LtxModel
from manazir.inference.noor_engine import NoorEngine
from manazir.inference.noor_model import load_model
from manazir.inference.placement import Placement, place
from manazir.inference.wan_engine import WanEngine
from manazir.inference.wan_model import WanModel
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.wan.transformer import WanTransformer

LTX_SIZES = ((768, 512), (512, 768))
"""That most of what is shown of LTX-2 was made at; a person may ask for larger ones."""


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
    loads: dict[str, Callable[..., Engine]] = {"wan": load_wan_engine, "ltx": load_ltx_engine}
    return loads.get(load_manifest(folder).family, load_diffusers_engine)(folder, device, precision, adapters)


def load_wan_engine(
    folder: Path, device: torch.device, precision: str | None = None, adapters: Sequence[AdapterFile] = ()
) -> WanEngine:
    """A Wan of the library; its weights are read when they are first needed.

    Raises:
        UnsupportedError: the device has no room for it, or transformers is not installed.
        CheckpointError: weights are absent, damaged, or of another architecture.
    """
    manifest = load_manifest(folder)
    config = wan_ways.transformer_config(manifest)
    targets = {
        part.name: Target(partial(WanTransformer, wan_shape(part.config)), wan.LAYOUTS)
        for part in manifest.parts
        if part.name in PARTS.values()
    }
    stacks = read_stacks(adapters, targets)
    model = WanModel(folder, place(manifest, device, precision, _held(targets)), stacks)
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


def load_ltx_engine(
    folder: Path, device: torch.device, precision: str | None = None, adapters: Sequence[AdapterFile] = ()
) -> LtxEngine:
    """An LTX-2 of the library; its weights are read when they are first needed.

    Raises:
        UnsupportedError: the device has no room for it, or a part is of a kind that is not known.
        CheckpointError: it is no whole LTX-2.
    """
    manifest = load_manifest(folder)
    target = Target(
        partial(LtxTransformer, ltx_shape(part_of(manifest, "transformer").config)),
        (ltx_names.DIFFUSERS, ltx_names.ORIGINAL),
    )
    stacks = read_stacks(adapters, {"transformer": target})
    model = LtxModel(folder, place(manifest, device, precision, _held({"transformer": target})), stacks)
    per_latent, multiple = model.shape.compression
    makes = Makes(
        name=model.name,
        sizes=LTX_SIZES,
        multiple=multiple,
        frames_per_latent=per_latent,
        frame_rate=24.0,
        frames=121,
        longest_seconds=model.shape.longest_seconds,
        holds_pictures=False,
    )
    return LtxEngine(
        model=model,
        makes=makes,
        honours=LTX_HONOURS,
        weights_hash=weights_hash(manifest),
        adapters=tuple(adapters_used(stacks)),
        notes=tuple(unmatched(stacks)),
    )


def _held(targets: Mapping[str, Target]) -> dict[str, int]:
    """Parameters of each transformer that a device holds at once where its blocks take turns."""
    with torch.device("meta"):
        networks = {part: target.make() for part, target in targets.items()}
    return {
        part: held_parameters(network, list(network.get_submodule("blocks").children()))
        for part, network in networks.items()
    }


def load_diffusers_engine(
    folder: Path, device: torch.device, precision: str | None = None, adapters: Sequence[AdapterFile] = ()
) -> DiffusersEngine:
    """A model of the library that no engine of ours runs; its weights are read when a film is made.

    Raises:
        UnsupportedError: the device has no room for it.
        CheckpointError: its manifest is damaged.
    """
    manifest = load_manifest(folder)
    if adapters:
        raise UnsupportedError(f"{manifest.name} runs through diffusers and takes no adapters; leave them out")
    if precision == "float8":
        raise UnsupportedError(f"{manifest.name} runs through diffusers and takes bfloat16 or float32")
    placement = place(manifest, device, precision)
    if not placement.all_stay and device.type == "cpu":
        raise UnsupportedError(f"{manifest.name} has all its parts in memory at once, and there is no room; free some")
    return DiffusersEngine(
        name=manifest.name,
        pipeline=manifest.pipeline,
        call=from_settings(manifest.settings),
        load=cache(partial(_pipeline, folder, manifest, placement)),
        weights_hash=weights_hash(manifest),
        device=device,
        dtype=placement.dtype,
    )


def _pipeline(folder: Path, manifest: Manifest, placement: Placement) -> Any:
    """A pipeline whose parts are on the device, or wait in memory for their turn there."""
    pipeline = load_pipeline(folder, manifest, placement.dtype)
    if placement.all_stay:
        return pipeline.to(placement.device)
    pipeline.enable_model_cpu_offload(device=placement.device)
    return pipeline


def weights_hash(manifest: Manifest) -> str:
    """One hash for all files of a model."""
    digest = hashlib.sha256()
    for name, facts in sorted(manifest.all_files()):
        digest.update(f"{name} {facts.sha256}\n".encode())
    return digest.hexdigest()
