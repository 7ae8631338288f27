"""A Wan of the library, ready for use: its experts, its autoencoder, and what reads its prompts.

Weights come in the dtype that is asked for, but for what tells noise levels and for norms, which stay in float32 as
Wan was published; so does the autoencoder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from manazir.checkpoints.bundle import check_fit, fill
from manazir.checkpoints.manifest import Manifest, Part, load_manifest
from manazir.checkpoints.umt5 import load_prompt_encoder
from manazir.checkpoints.wan import wan_shape, wan_weights
from manazir.checkpoints.wan_vae import shape_from_diffusers, weights_from_diffusers
from manazir.core.errors import CheckpointError
from manazir.inference.wan_denoising import Expert, boundary_timestep
from manazir.models.codecs.wan_vae import WanVae
from manazir.models.text.umt5 import PromptEncoder
from manazir.models.wan.transformer import WanTransformer

_PRECISE = ("time.first.", "time.second.", "modulation.", ".modulation.", "condition_norm.")
"""Parts of a transformer that stay in float32."""


@dataclass(frozen=True, slots=True)
class WanModel:
    """Networks on a device, and how they were meant to be sampled."""

    name: str
    transformers: tuple[WanTransformer, ...]
    """From high noise levels to low ones."""
    vae: WanVae
    prompts: PromptEncoder
    shift: float
    boundary_ratio: float | None
    """Share of all levels below which the second transformer is asked."""
    tells_frames_apart: bool
    """Whether it is told the noise of each frame (Wan 2.2 TI2V-5B), so that known ones stand in their places."""

    def experts(self, guidance_scale: float, low_guidance_scale: float | None = None) -> list[Expert]:
        """Which transformer is asked where.

        Args:
            low_guidance_scale: of the second one; None: the same.
        """
        high = Expert(self.transformers[0], guidance_scale, boundary_timestep(self.boundary_ratio))
        scale = guidance_scale if low_guidance_scale is None else low_guidance_scale
        return [high, *(Expert(other, scale) for other in self.transformers[1:])]


def load_wan(folder: Path, device: torch.device, dtype: torch.dtype) -> WanModel:
    """Load a model of the library from its folder.

    Raises:
        CheckpointError: it is no Wan, or a part is missing or damaged.
        UnsupportedError: transformers, which reads its prompts, is not installed.
    """
    manifest = load_manifest(folder)
    if manifest.family != "wan":
        raise CheckpointError(f"{manifest.name} is of the family {manifest.family}; a Wan is wanted")
    names = [name for name in ("transformer", "transformer_2") if manifest.part(name) is not None]
    prompts = load_prompt_encoder(folder, dtype)
    prompts.encoder.to(device)
    return WanModel(
        name=manifest.name,
        transformers=tuple(_transformer(folder, _part(manifest, name), dtype).to(device) for name in names),
        vae=_vae(folder, _part(manifest, "vae")).to(device),
        prompts=prompts,
        shift=float(_part(manifest, "scheduler").config.get("flow_shift") or 1.0),
        boundary_ratio=manifest.settings.get("boundary_ratio"),
        tells_frames_apart=bool(manifest.settings.get("expand_timesteps", False)),
    )


def _transformer(folder: Path, part: Part, dtype: torch.dtype) -> WanTransformer:
    with torch.device("meta"):
        transformer = WanTransformer(wan_shape(part.config))
    weights = wan_weights(_tensors(folder, part))
    precise = {name: any(mark in name for mark in _PRECISE) for name in weights}
    cast = {name: tensor.to(torch.float32 if precise[name] else dtype) for name, tensor in weights.items()}
    check_fit(transformer, cast, f"{part.name} in {folder}")
    transformer.load_state_dict(cast, assign=True)  # no second copy: the largest fill most of a machine's memory
    return transformer.eval().requires_grad_(False)


def _vae(folder: Path, part: Part) -> WanVae:
    shape = shape_from_diffusers(dict(part.config))
    vae = WanVae(shape)
    weights = weights_from_diffusers(shape, _tensors(folder, part))
    fill(vae, {name: tensor.float() for name, tensor in weights.items()}, f"{part.name} in {folder}")
    return vae.eval().requires_grad_(False)


def _part(manifest: Manifest, name: str) -> Part:
    part = manifest.part(name)
    if part is None:
        raise CheckpointError(f"{manifest.name} has no {name}; import it again from a whole folder")
    return part


def _tensors(folder: Path, part: Part) -> Mapping[str, Tensor]:
    tensors: dict[str, Any] = {}
    for name in sorted(part.files):
        if name.endswith(".safetensors"):
            try:
                tensors |= load_file(folder / name)
            except (OSError, SafetensorError) as error:
                raise CheckpointError(f"cannot read {folder / name} ({error}); import the model again") from error
    return tensors
