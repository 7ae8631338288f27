"""flashdreams' transformer: a whole clip as the first chunk of a stream. Two parts of it need CUDA, and are exchanged:
its kernel for rotary embeddings (for a complex product, in place as there), and cuDNN's attention (for PyTorch's)."""

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from flashdreams.core.attention import cp, rope
from flashdreams.recipes.wan.transformer.impl.network import WanDiTNetworkConfig
from safetensors.torch import load_file
from torch import Tensor

from protocol import DTYPES, Prepare, Work, inputs, serve

NAMES = {
    r"condition_embedder\.text_embedder\.linear_1": "text_embedding.0",
    r"condition_embedder\.text_embedder\.linear_2": "text_embedding.2",
    r"condition_embedder\.time_embedder\.linear_1": "time_embedding.0",
    r"condition_embedder\.time_embedder\.linear_2": "time_embedding.2",
    r"condition_embedder\.time_proj": "time_projection.1",
    r"\.attn1\.": ".self_attn.",
    r"\.attn2\.": ".cross_attn.",
    r"\.to_out\.0\.": ".o.",
    r"\.to_([qkv])\.": r".\1.",
    r"\.norm2\.": ".norm3.",
    r"\.ffn\.net\.0\.proj\.": ".ffn.0.",
    r"\.ffn\.net\.2\.": ".ffn.2.",
    r"(blocks\.\d+)\.scale_shift_table": r"\1.modulation",
    r"^scale_shift_table": "head.modulation",
    r"^proj_out\.": "head.head.",
}
"""diffusers' names, and Wan's own."""


def measures() -> Mapping[str, Prepare]:
    rope.apply_rotary_pos_emb = _turned
    cp.torch_sdpa_cudnn = _attend
    return {f"transformer {dtype}": partial(_transformer, dtype=dtype) for dtype in DTYPES}


def _transformer(cases: Path, dtype: str) -> Work:
    folder = cases / "step/model/transformer"
    told = json.loads((folder / "config.json").read_text())
    given = {name: tensor.to(DTYPES[dtype]) for name, tensor in inputs(cases, "step").items()}
    heads, head_width = told["num_attention_heads"], told["attention_head_dim"]
    config = WanDiTNetworkConfig(
        text_len=given["words"].shape[1],
        in_dim=told["in_channels"],
        out_dim=told["out_channels"],
        dim=heads * head_width,
        num_heads=heads,
        ffn_dim=told["ffn_dim"],
        freq_dim=told["freq_dim"],
        text_dim=told["text_dim"],
        num_layers=told["num_layers"],
    )
    network = config.setup()
    weights = load_file(folder / "diffusion_pytorch_model.safetensors")
    network.load_state_dict({_renamed(name): tensor for name, tensor in weights.items()})
    network = network.to(DTYPES[dtype]).eval()
    network.update_parameters_after_loading_checkpoint()
    frames, height, width = given["latents"].shape[2:]
    tokens = frames * height * width // 4
    cache = network.initialize_cache(tokens, tokens, 0, given["words"])
    turns = rope.RotaryPositionEmbedding3D(
        head_dim=head_width,
        len_t=frames,
        len_h=height // 2,
        len_w=width // 2,
        interleaved=True,
        device=torch.device("cpu"),
    ).shift_t(0)
    timestep = torch.tensor([500.0])

    def work() -> Tensor:
        x = network.patchify_and_maybe_split_cp(given["latents"].transpose(1, 2))
        made = network(x, timestep, cache, turns, current_chunk_idx=0)
        return network.unpatchify_and_maybe_gather_cp(height // 2, width // 2, made).transpose(1, 2)

    return work


def _renamed(name: str) -> str:
    for theirs, own in NAMES.items():
        name = re.sub(theirs, own, name)
    return name


def _turned(x: Tensor, freqs: Tensor, interleaved: bool = False, inplace: bool = True) -> Tensor:
    assert interleaved
    assert inplace
    angles = freqs[:, 0, :, ::2]
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
    return x.copy_(torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)).flatten(-2))


def _attend(query: Tensor, key: Tensor, value: Tensor, return_lse: bool = False) -> tuple[Tensor, None]:
    assert not return_lse
    return F.scaled_dot_product_attention(query, key, value), None


if __name__ == "__main__":
    serve("flashdreams", measures)
