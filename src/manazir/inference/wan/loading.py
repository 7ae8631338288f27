"""From a Wan of the library to its engine."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.adapter_stacks import PARTS, Target, adapters_used, read_stacks, unmatched
from manazir.checkpoints.families import honoured, needs_picture
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.checkpoints.parts import part_of
from manazir.checkpoints.wan import LAYOUTS, wan_shape, wan_transformer
from manazir.checkpoints.wan_vae import shape_from_diffusers
from manazir.devices.mesh import Mesh
from manazir.inference.engine import Settings
from manazir.inference.makes import Makes
from manazir.inference.placement import ALONE, Placement, held, place
from manazir.inference.sharable import Sharable
from manazir.inference.wan import ways
from manazir.inference.wan.engine import WanEngine
from manazir.inference.wan.model import WanModel


def wan_makes(manifest: Manifest) -> Makes:
    """What a Wan makes, by its configurations.

    Raises:
        CheckpointError: one is of another architecture.
    """
    way, vae = ways.way_of(manifest), shape_from_diffusers(dict(part_of(manifest, "vae").config))
    return Makes(
        name=manifest.name,
        sizes=ways.sizes_of(manifest),
        multiple=vae.compression * wan_shape(ways.transformer_config(manifest)).patch[1],
        frames_per_latent=vae.frame_compression,
        frame_rate=way.frame_rate,
        frames=way.frames,
        longest_seconds=ways.LONGEST_SECONDS,
        holds_pictures=ways.tells_frames_apart(manifest),
        steps=way.steps,
        guidance_scale=max(way.guidance_scale, way.low_guidance_scale or 0.0),
    )


def wan_sharable(folder: Path, manifest: Manifest, settings: Settings) -> Sharable:
    """Into how many shares devices can cut it; no weight is read.

    Raises:
        CheckpointError: a configuration is of another architecture.
    """
    engine = _engine(WanModel(folder, Placement()), manifest)
    shape = engine.model.shapes[0]
    return Sharable(
        name=manifest.name,
        branches=engine.branches(settings),
        heads=shape.heads,
        hidden=(shape.hidden_width,),
        has_cache=settings.cache is not None,
    )


def unread_wan(folder: Path, placement: Placement) -> tuple[WanEngine, Mapping[str, int]]:
    """An engine of which no weight is read, and what a device holds at once of transformers whose blocks take turns.

    Raises:
        CheckpointError: a configuration is of another architecture.
    """
    manifest = load_manifest(folder)
    return _engine(WanModel(folder, placement), manifest), held(_targets(manifest))


def load_wan_engine(
    folder: Path,
    device: torch.device,
    precision: str | None = None,
    adapters: Sequence[AdapterFile] = (),
    mesh: Mesh | None = None,
) -> WanEngine:
    """A Wan of the library; its weights are read when they are first needed.

    Raises:
        UnsupportedError: the device has no room for it, or transformers is not installed.
        CheckpointError: weights are absent, damaged, or of another architecture.
    """
    manifest = load_manifest(folder)
    targets = _targets(manifest)
    stacks = read_stacks(adapters, targets)
    parallel = ALONE if mesh is None else mesh.parallel
    places = partial(place, manifest, device, precision, held(targets), parallel)
    model = WanModel(folder, places(), stacks, mesh)
    model.places = places
    return replace(_engine(model, manifest), adapters=tuple(adapters_used(stacks)), notes=tuple(unmatched(stacks)))


def _targets(manifest: Manifest) -> dict[str, Target]:
    return {
        part.name: Target(partial(wan_transformer, part.config), LAYOUTS)
        for part in manifest.parts
        if part.name in PARTS.values()
    }


def _engine(model: WanModel, manifest: Manifest) -> WanEngine:
    config = ways.transformer_config(manifest)
    return WanEngine(
        model=model,
        makes=wan_makes(manifest),
        way=ways.way_of(manifest),
        honours=honoured(manifest.family, manifest.settings, config),
        weights_hash=manifest.weights_hash,
        needs_picture=needs_picture(manifest.family, manifest.settings, config),
    )
