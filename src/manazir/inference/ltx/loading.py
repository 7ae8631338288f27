"""From an LTX-2 of the library to its engine."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from manazir.checkpoints.adapter_files import AdapterFile
from manazir.checkpoints.adapter_stacks import Target, adapters_used, read_stacks, unmatched
from manazir.checkpoints.families import LTX_HONOURS, UPSAMPLER
from manazir.checkpoints.ltx_names import DIFFUSERS, ORIGINAL
from manazir.checkpoints.ltx_parts import transformer_shape, upsampler_shape, video_shape
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.checkpoints.parts import part_of
from manazir.devices.mesh import Mesh
from manazir.inference.engine import Settings
from manazir.inference.ltx.engine import LtxEngine
from manazir.inference.ltx.model import LtxModel, is_distilled, usual_steps
from manazir.inference.ltx.sampling import SOUND_GUIDANCE, VIDEO_GUIDANCE
from manazir.inference.makes import Makes
from manazir.inference.placement import ALONE, Placement, held, place
from manazir.inference.sharable import Sharable
from manazir.models.ltx.transformer import LtxTransformer

SIZES = ((768, 512), (512, 768))
"""That most of what is shown of LTX-2 was made at; a person may ask for larger ones."""


def ltx_makes(manifest: Manifest) -> Makes:
    """What an LTX-2 makes, by its configurations.

    Raises:
        CheckpointError: it is no whole LTX-2, or a part is of a kind that is not known.
    """
    shape = transformer_shape(part_of(manifest, "transformer"))
    padding = video_shape(part_of(manifest, "vae")).decoder_padding
    per_latent, multiple = shape.compression
    is_few = is_distilled(manifest)
    return Makes(
        name=manifest.name,
        sizes=SIZES,
        multiple=multiple,
        least_cells=2 if padding == "reflect" else 1,
        frames_per_latent=per_latent,
        frame_rate=24.0,
        frames=121,
        longest_seconds=shape.longest_seconds,
        holds_pictures=False,
        steps=usual_steps(shape, is_distilled=is_few),
        has_fixed_steps=is_few,
        guidance_scale=1.0 if is_few else VIDEO_GUIDANCE.guidance_scale,
        kept_guidance_scale=1.0 if is_few else SOUND_GUIDANCE.guidance_scale,
        growth=_growth(manifest),
    )


def ltx_sharable(folder: Path, manifest: Manifest, settings: Settings) -> Sharable:
    """Into how many shares devices can cut it; no weight is read.

    Raises:
        CheckpointError: it is no whole LTX-2.
    """
    engine = _engine(LtxModel(folder, Placement()), manifest)
    return Sharable(
        name=manifest.name,
        branches=engine.branches(settings),
        heads=engine.model.shape.heads,
        hidden=(),  # always whole multiples of the heads
        has_cache=settings.cache is not None,
    )


def _growth(manifest: Manifest) -> float | None:
    """Of a second stage; None: there is no upsampler, or one that doubles frames instead."""
    part = manifest.part(UPSAMPLER)
    if part is None:
        return None
    shape = upsampler_shape(part)
    return None if shape.doubles_time else shape.enlarge / shape.reduce


def unread_ltx(folder: Path, placement: Placement) -> tuple[LtxEngine, Mapping[str, int]]:
    """An engine of which no weight is read, and what a device holds at once of a transformer whose blocks take turns.

    Raises:
        CheckpointError: it is no whole LTX-2.
    """
    manifest = load_manifest(folder)
    return _engine(LtxModel(folder, placement), manifest), held(_targets(manifest))


def load_ltx_engine(
    folder: Path,
    device: torch.device,
    precision: str | None = None,
    adapters: Sequence[AdapterFile] = (),
    mesh: Mesh | None = None,
) -> LtxEngine:
    """An LTX-2 of the library; its weights are read when they are first needed.

    Raises:
        UnsupportedError: the device has no room for it, or a part is of a kind that is not known.
        CheckpointError: it is no whole LTX-2.
    """
    manifest = load_manifest(folder)
    targets = _targets(manifest)
    stacks = read_stacks(adapters, targets, has_second_stage=_growth(manifest) is not None)
    parallel = ALONE if mesh is None else mesh.parallel
    places = partial(place, manifest, device, precision, held(targets), parallel)
    model = LtxModel(folder, places(), stacks, mesh)
    model.places = places
    return replace(_engine(model, manifest), adapters=tuple(adapters_used(stacks)), notes=tuple(unmatched(stacks)))


def _targets(manifest: Manifest) -> dict[str, Target]:
    make = partial(LtxTransformer, transformer_shape(part_of(manifest, "transformer")))
    return {"transformer": Target(make, (DIFFUSERS, ORIGINAL))}


def _engine(model: LtxModel, manifest: Manifest) -> LtxEngine:
    return LtxEngine(model=model, makes=ltx_makes(manifest), honours=LTX_HONOURS, weights_hash=manifest.weights_hash)
