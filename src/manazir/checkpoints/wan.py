"""Wan's transformer from others' checkpoints: diffusers' layout, and Wan's own."""

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from manazir.checkpoints.names import Name, renamed
from manazir.core.errors import CheckpointError
from manazir.models.wan.transformer import WanShape, WanTransformer
from manazir.models.wan.vace import VaceShape, VaceTransformer

Change = Callable[[Tensor], Tensor]


def _row(tensor: Tensor) -> Tensor:
    """Without the axis of length one that it has for the batch."""
    return tensor[0]


def _flat(tensor: Tensor) -> Tensor:
    """A convolution over patches that do not overlap, as a matrix."""
    return tensor.flatten(1)


def _both(ours: str, diffusers: str, original: str, change: Change | None = None) -> tuple[Name, Name]:
    """One of our names, and what it is called in diffusers and by Wan itself."""
    return Name(diffusers, ours, change), Name(original, ours, change)


_ATTENTIONS = {"attention": ("attn1", "self_attn"), "condition_attention": ("attn2", "cross_attn")}
_IN_ATTENTION = {
    "query": ("to_q", "q"),
    "keys.0": ("to_k", "k"),
    "values.0": ("to_v", "v"),
    "query_norm": ("norm_q", "norm_q"),
    "key_norms.0": ("norm_k", "norm_k"),
    "out": ("to_out.0", "o"),
}
_IN_BLOCK = {
    f"{attention}.{part}": (f"{outer[0]}.{inner[0]}", f"{outer[1]}.{inner[1]}")
    for attention, outer in _ATTENTIONS.items()
    for part, inner in _IN_ATTENTION.items()
} | {
    "condition_attention.keys.1": ("attn2.add_k_proj", "cross_attn.k_img"),
    "condition_attention.values.1": ("attn2.add_v_proj", "cross_attn.v_img"),
    "condition_attention.key_norms.1": ("attn2.norm_added_k", "cross_attn.norm_k_img"),
    "condition_norm": ("norm2", "norm3"),
    "feed_forward.0": ("ffn.net.0.proj", "ffn.0"),
    "feed_forward.2": ("ffn.net.2", "ffn.2"),
}


def _blocks(ours: str, theirs: str) -> tuple[tuple[Name, Name], ...]:
    """Blocks are called the same in diffusers and by Wan."""
    ours, theirs = f"{ours}.{{}}", f"{theirs}.{{}}"
    return (
        *(
            _both(f"{ours}.{own}.{{p}}", f"{theirs}.{diffusers}.{{p}}", f"{theirs}.{original}.{{p}}")
            for own, (diffusers, original) in _IN_BLOCK.items()
        ),
        _both(f"{ours}.modulation.table", f"{theirs}.scale_shift_table", f"{theirs}.modulation", _row),
    )


_NAMES = (
    _both("enter.weight", "patch_embedding.weight", "patch_embedding.weight", _flat),
    _both("enter.bias", "patch_embedding.bias", "patch_embedding.bias"),
    _both("time.first.{p}", "condition_embedder.time_embedder.linear_1.{p}", "time_embedding.0.{p}"),
    _both("time.second.{p}", "condition_embedder.time_embedder.linear_2.{p}", "time_embedding.2.{p}"),
    _both("time.leave.{p}", "condition_embedder.time_proj.{p}", "time_projection.1.{p}"),
    _both("text.first.{p}", "condition_embedder.text_embedder.linear_1.{p}", "text_embedding.0.{p}"),
    _both("text.second.{p}", "condition_embedder.text_embedder.linear_2.{p}", "text_embedding.2.{p}"),
    _both("picture.enter_norm.{p}", "condition_embedder.image_embedder.norm1.{p}", "img_emb.proj.0.{p}"),
    _both("picture.first.{p}", "condition_embedder.image_embedder.ff.net.0.proj.{p}", "img_emb.proj.1.{p}"),
    _both("picture.second.{p}", "condition_embedder.image_embedder.ff.net.2.{p}", "img_emb.proj.3.{p}"),
    _both("picture.leave_norm.{p}", "condition_embedder.image_embedder.norm2.{p}", "img_emb.proj.4.{p}"),
    _both("picture.places", "condition_embedder.image_embedder.pos_embed", "img_emb.emb_pos", _row),
    *_blocks("blocks", "blocks"),
    *_blocks("context_blocks", "vace_blocks"),
    _both("context.first.weight", "vace_patch_embedding.weight", "vace_patch_embedding.weight", _flat),
    _both("context.first.bias", "vace_patch_embedding.bias", "vace_patch_embedding.bias"),
    _both("context.second.{p}", "vace_blocks.0.proj_in.{p}", "vace_blocks.0.before_proj.{p}"),
    _both("context_blocks.{}.leave.{p}", "vace_blocks.{}.proj_out.{p}", "vace_blocks.{}.after_proj.{p}"),
    _both("leave.{p}", "proj_out.{p}", "head.head.{p}"),
    _both("modulation.table", "scale_shift_table", "head.modulation", _row),
)

DIFFUSERS = tuple(diffusers for diffusers, _ in _NAMES)
"""As in the folder `transformer` of a diffusers model."""
ORIGINAL = tuple(original for _, original in _NAMES)
"""As Wan's own files have them."""

_SIZES = ("num_attention_heads", "attention_head_dim", "in_channels", "text_dim", "freq_dim", "ffn_dim", "num_layers")
"""Fields that nothing stands in for."""

LAYOUTS = (DIFFUSERS, ORIGINAL)
"""Under either of which adapters name its layers."""


def wan_weights(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Weights under our names, from either layout, with or without the prefix that single files have.

    Raises:
        CheckpointError: they are of neither.
    """
    bare = {name.removeprefix("model.").removeprefix("diffusion_model."): tensor for name, tensor in tensors.items()}
    layout = DIFFUSERS if any(name.startswith("condition_embedder.") for name in bare) else ORIGINAL
    return renamed(bare, layout, "a Wan transformer")


def wan_transformer(config: Mapping[str, Any]) -> WanTransformer:
    """The network that a diffusers `config.json` tells.

    Raises:
        CheckpointError: it tells of something that no released Wan has.
    """
    shape = wan_shape(config)
    return VaceTransformer(shape) if isinstance(shape, VaceShape) else WanTransformer(shape)


def wan_shape(config: Mapping[str, Any]) -> WanShape:
    """The sizes that a diffusers `config.json` tells: a `VaceShape` of a VACE.

    Raises:
        CheckpointError: it lacks a size, or tells of something that no released Wan has.
    """
    for field in _SIZES:
        _check_size(field, config.get(field))
    patch = config.get("patch_size")
    if not isinstance(patch, list | tuple) or len(patch) != 3:
        raise CheckpointError(f"a config.json of Wan with patch_size = {patch!r}; give the model's own")
    for size in patch:
        _check_size("patch_size", size)
    usual = {"cross_attn_norm": True, "qk_norm": "rms_norm_across_heads", "eps": 1e-6}
    for field, value in usual.items():
        if config.get(field, value) != value:
            raise CheckpointError(
                f"a Wan transformer with {field} = {config[field]!r}; ours has {value!r}, as all released"
            )
    sizes: dict[str, Any] = {
        "patch": tuple(config["patch_size"]),
        "heads": config["num_attention_heads"],
        "head_width": config["attention_head_dim"],
        "channels_in": config["in_channels"],
        "channels_out": config["out_channels"] or config["in_channels"],
        "text_width": config["text_dim"],
        "time_width": config["freq_dim"],
        "hidden_width": config["ffn_dim"],
        "layers": config["num_layers"],
        "picture_width": config.get("image_dim"),
        "picture_places": config.get("pos_embed_seq_len"),
        "longest": config.get("rope_max_seq_len", 1024),
    }
    if config.get("vace_layers") is None:
        return WanShape(**sizes)
    layers = tuple(sorted(config["vace_layers"]))
    return VaceShape(**sizes, context_layers=layers, context_channels=config["vace_in_channels"])


def _check_size(field: str, size: object) -> None:
    if not isinstance(size, int) or size < 1:
        raise CheckpointError(f"a config.json of Wan with {field} = {size!r}; give the model's own")
