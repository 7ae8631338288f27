"""Weights of the Wan video autoencoders, from the names of diffusers and from Wan's own.

One weight of ours, `encoder.stages.1.blocks.0.added.1.weight`, is elsewhere

    encoder.down_blocks.3.conv1.weight                       diffusers, Wan 2.1
    encoder.down_blocks.1.resnets.0.conv1.weight             diffusers, Wan 2.2
    encoder.downsamples.3.residual.2.weight                  Wan2.1_VAE.pth
    encoder.downsamples.1.downsamples.0.residual.2.weight    Wan2.2_VAE.pth

and a kernel over time, height and width there, which is folded here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from manazir.checkpoints.names import gathered
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.models.codecs.causal_conv import folded
from manazir.models.codecs.wan_vae import WanVae
from manazir.models.codecs.wan_vae_shape import WanVaeShape

CONFIG = {
    "base_dim": "width",
    "decoder_base_dim": "decoder_width",
    "dim_mult": "multipliers",
    "num_res_blocks": "blocks",
    "temperal_downsample": "halves_time",
    "is_residual": "is_residual",
    "patch_size": "patch",
    "in_channels": "channels_in",
    "out_channels": "channels_out",
    "z_dim": "latent_channels",
    "latents_mean": "latents_mean",
    "latents_std": "latents_std",
}
"""diffusers' word in config.json, and ours."""

FOLLOWS = {"scale_factor_temporal", "scale_factor_spatial", "dropout", "clip_output"}
"""What follows from the rest, or changes neither encoding nor decoding."""

STAGE = re.compile(r"(\w+)\.stages\.(\d+)\.blocks\.(\d+)\.(.+)")


@dataclass(frozen=True, kw_only=True)
class Names:
    """How somebody else names the same weights."""

    place: Callable[[WanVaeShape, str, int, int], str]
    """The name of a block: of the encoder or decoder, of which stage, which in it."""
    words: dict[str, str]
    """The other parts of a name, ours to theirs."""


def shape_from_diffusers(config: Mapping[str, Any]) -> WanVaeShape:
    """What a config.json of diffusers' `AutoencoderKLWan` describes; what it does not say is as in Wan 2.1.

    Raises:
        CheckpointError: it says something that is not known here.
        UnsupportedError: there is attention between the stages, which no release has.
    """
    if config.get("attn_scales"):
        raise UnsupportedError("a Wan autoencoder with attn_scales cannot be built; leave the list empty")
    unknown = sorted(key for key in set(config) - set(CONFIG) - FOLLOWS - {"attn_scales"} if not key.startswith("_"))
    if unknown:
        raise CheckpointError(f"the autoencoder's config.json has {len(unknown)} unknown keys (for one, {unknown[0]})")
    said: dict[str, Any] = {ours: config[theirs] for theirs, ours in CONFIG.items() if config.get(theirs) is not None}
    said.setdefault("decoder_width", said.get("width", WanVaeShape().width))
    for key in {"multipliers", "halves_time", "latents_mean", "latents_std"} & set(said):
        said[key] = tuple(said[key])
    return WanVaeShape(**said)


def weights_from_diffusers(shape: WanVaeShape, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a `WanVae` from the state of diffusers' `AutoencoderKLWan`.

    Raises:
        CheckpointError: they belong to another architecture.
    """
    return _renamed(shape, tensors, DIFFUSERS)


def weights_from_wan(shape: WanVaeShape, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a `WanVae` from what Wan2.1_VAE.pth or Wan2.2_VAE.pth holds.

    Raises:
        CheckpointError: they belong to another architecture.
    """
    return _renamed(shape, tensors, WAN)


def _renamed(shape: WanVaeShape, tensors: Mapping[str, Tensor], names: Names) -> dict[str, Tensor]:
    with torch.device("meta"):
        module = WanVae(shape)
    return gathered(
        module, tensors, lambda name: _their_name(name, shape, names), "the Wan autoencoder", change=_as_ours
    )


def _their_name(name: str, shape: WanVaeShape, names: Names) -> str:
    """The name of one of our weights in another layout."""
    if match := STAGE.fullmatch(name):
        coder, stage, block, part = match.groups()
        name = f"{coder}.{names.place(shape, coder, int(stage), int(block))}.{part}"
    for ours, theirs in names.words.items():
        name = re.sub(rf"(^|\.){re.escape(ours)}(?=\.)", rf"\1{theirs}", name)
    return name


def _as_ours(tensor: Tensor, shape: torch.Size) -> Tensor:
    """A kernel over time, folded; axes of one element behind the others, which say nothing, come and go."""
    tensor = folded(tensor) if tensor.ndim == 5 else tensor
    return tensor.reshape(shape) if _trimmed(tensor.shape) == _trimmed(shape) else tensor


def _trimmed(shape: torch.Size) -> torch.Size:
    sides = list(shape)
    while len(sides) > 1 and sides[-1] == 1:
        sides.pop()
    return torch.Size(sides)


def _place_in_diffusers(shape: WanVaeShape, coder: str, stage: int, block: int) -> str:
    if coder == "encoder" and not shape.is_residual:
        return f"down_blocks.{stage * (shape.blocks + 1) + block}"
    place = f"{'down' if coder == 'encoder' else 'up'}_blocks.{stage}"
    if block < shape.blocks + (coder == "decoder"):
        return f"{place}.resnets.{block}"
    resampling = "downsampler" if coder == "encoder" else "upsampler" if shape.is_residual else "upsamplers.0"
    return f"{place}.{resampling}"


def _place_in_wan(shape: WanVaeShape, coder: str, stage: int, block: int) -> str:
    stages = "downsamples" if coder == "encoder" else "upsamples"
    if shape.is_residual:
        return f"{stages}.{stage}.{stages}.{block}"
    blocks = shape.blocks + (2 if coder == "decoder" else 1)  # the last is the change of size
    return f"{stages}.{stage * blocks + block}"


DIFFUSERS = Names(
    place=_place_in_diffusers,
    words={
        "to_moments": "quant_conv",
        "from_latents": "post_quant_conv",
        "middle.1.norm": "mid_block.attentions.0.norm",
        "middle.1.query_key_value": "mid_block.attentions.0.to_qkv",
        "middle.1.leave": "mid_block.attentions.0.proj",
        "middle.0": "mid_block.resnets.0",
        "middle.2": "mid_block.resnets.1",
        "enter": "conv_in",
        "leave.0.norm": "norm_out",
        "leave.1": "conv_out",
        "added.0.norm": "norm1",
        "added.1": "conv1",
        "added.2.norm": "norm2",
        "added.3": "conv2",
        "shortcut": "conv_shortcut",
        "space": "resample.1",
        "time": "time_conv",
    },
)

WAN = Names(
    place=_place_in_wan,
    words={
        "to_moments": "conv1",
        "from_latents": "conv2",
        "query_key_value": "to_qkv",
        "middle.1.leave": "middle.1.proj",
        "enter": "conv1",
        "leave.0.norm": "head.0",
        "leave.1": "head.2",
        "added.0.norm": "residual.0",
        "added.1": "residual.2",
        "added.2.norm": "residual.3",
        "added.3": "residual.6",
        "space": "resample.1",
        "time": "time_conv",
    },
)
