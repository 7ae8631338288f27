"""From a model of the library that only diffusers runs to its engine."""

from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import torch

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.diffusers_loading import load_pipeline
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.checkpoints.pipeline_call import from_settings
from manazir.core.errors import UnsupportedError
from manazir.inference.generic.engine import DiffusersEngine
from manazir.inference.placement import Placement, place


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
        told = f"{manifest.name} has all its parts in memory at once, and there is no room; free some"
        raise UnsupportedError(told).named("no_room_for_model", model=manifest.name)
    return DiffusersEngine(
        name=manifest.name,
        pipeline=manifest.pipeline,
        call=from_settings(manifest.settings),
        load=cache(partial(_pipeline, folder, manifest, placement)),
        weights_hash=manifest.weights_hash,
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
