"""Wans of full size and random weights, made on the device: diffusers' and ours, which share their weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from manazir.checkpoints.wan import wan_shape, wan_weights
from manazir.checkpoints.wan_vae import shape_from_diffusers, weights_from_diffusers
from manazir.models.codecs.wan_vae import WanVae
from manazir.models.codecs.wan_vae_shape import WAN_2_1
from manazir.models.wan.transformer import WanTransformer

WORDS = 512
PRECISE = ("time.first.", "time.second.", "modulation.", ".modulation.", "condition_norm.")
"""Parts that stay in float32 when a Wan is loaded."""
THEIR_PRECISE = ("time_embedder", "scale_shift_table", "norm2")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sizes:
    """A transformer, and what it makes."""

    name: str
    heads: int
    hidden_width: int
    layers: int
    channels: int
    width: int
    height: int
    frames: int
    compression: int = 8
    text_width: int = 4096

    @property
    def latents(self) -> tuple[int, int, int, int]:
        """Channels, frames, rows, columns."""
        return (
            self.channels,
            (self.frames - 1) // 4 + 1,
            self.height // self.compression,
            self.width // self.compression,
        )

    @property
    def config(self) -> dict[str, Any]:
        """As diffusers words it."""
        return {
            "patch_size": (1, 2, 2),
            "num_attention_heads": self.heads,
            "attention_head_dim": 128,
            "in_channels": self.channels,
            "out_channels": self.channels,
            "text_dim": self.text_width,
            "freq_dim": 256,
            "ffn_dim": self.hidden_width,
            "num_layers": self.layers,
        }


WAN_1_3B = Sizes(
    name="Wan 2.1 1.3B", heads=12, hidden_width=8960, layers=30, channels=16, width=832, height=480, frames=81
)
WAN_5B = Sizes(
    name="Wan 2.2 5B",
    heads=24,
    hidden_width=14336,
    layers=30,
    channels=48,
    width=1280,
    height=704,
    frames=121,
    compression=16,
)
TINY_1_3B = Sizes(
    name="Wan 2.1 1.3B", heads=2, hidden_width=64, layers=2, channels=16, width=48, height=32, frames=9, text_width=16
)
TINY_5B = Sizes(
    name="Wan 2.2 5B",
    heads=1,
    hidden_width=64,
    layers=2,
    channels=8,
    width=64,
    height=32,
    frames=5,
    compression=16,
    text_width=16,
)
"""For rehearsals."""


def transformers(sizes: Sizes, device: torch.device, has_diffusers: bool) -> tuple[WanTransformer, Any]:
    """Ours, and diffusers' with the same weights (None, where it is not installed); in bfloat16, as they are loaded."""
    if not has_diffusers:
        with device:
            ours = WanTransformer(wan_shape(sizes.config)).bfloat16()
        return _ready(ours, PRECISE), None
    from diffusers import WanTransformer3DModel

    with device:
        theirs = WanTransformer3DModel(**sizes.config).bfloat16()
    _ready(theirs, THEIR_PRECISE)
    with torch.device("meta"):
        ours = WanTransformer(wan_shape(dict(theirs.config)))
    ours.load_state_dict(wan_weights(theirs.state_dict()), assign=True)
    return _ready(ours, PRECISE), theirs


def autoencoders(device: torch.device, base: int, has_diffusers: bool) -> tuple[WanVae, Any]:
    """Wan 2.1's, in bfloat16, ours and diffusers'."""
    if not has_diffusers:
        with device:
            return WanVae(WAN_2_1).bfloat16().eval().requires_grad_(False), None
    from diffusers import AutoencoderKLWan

    with device:
        theirs = AutoencoderKLWan(base_dim=base).bfloat16().eval().requires_grad_(False)
    shape = shape_from_diffusers(dict(theirs.config))
    ours = WanVae(shape).to(device, torch.bfloat16).eval().requires_grad_(False)
    ours.load_state_dict(weights_from_diffusers(shape, theirs.state_dict()))
    return ours, theirs


def word_encoder(device: torch.device, sizes: Mapping[str, int]) -> Any:
    """umT5's encoder, from transformers."""
    from transformers import UMT5Config, UMT5EncoderModel

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)  # in float32 its making would take twice the memory
    try:
        with device:
            return UMT5EncoderModel(UMT5Config(**sizes)).eval().requires_grad_(False)
    finally:
        torch.set_default_dtype(before)


UMT5_XXL = {"vocab_size": 256384, "d_model": 4096, "d_kv": 64, "d_ff": 10240, "num_layers": 24, "num_heads": 64}
TINY_UMT5 = {"vocab_size": 64, "d_model": 16, "d_kv": 4, "d_ff": 16, "num_layers": 1, "num_heads": 2}


def _ready(module: Any, precise: tuple[str, ...]) -> Any:
    """With random weights where they begin as ones or zeros, and what tells noise levels in float32."""
    assert isinstance(module, nn.Module)
    for name, weight in module.named_parameters():
        if any(part in name for part in precise):
            weight.data = weight.data.float()
    return module.eval().requires_grad_(False)


def inputs(sizes: Sizes, device: torch.device) -> tuple[Tensor, Tensor]:
    """Latents and words, in bfloat16."""
    generator = torch.Generator().manual_seed(0)
    latents = torch.randn(sizes.latents, generator=generator)
    words = torch.randn(WORDS, sizes.text_width, generator=generator)
    return latents.to(device, torch.bfloat16), words.to(device, torch.bfloat16)
