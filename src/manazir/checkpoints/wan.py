"""Wan's transformer from others' checkpoints: diffusers' layout, and Wan's own."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from manazir.checkpoints.names import Name, renamed
from manazir.core.errors import CheckpointError
from manazir.models.wan.transformer import WanShape, WanTransformer
from manazir.models.wan.vace import VaceShape, VaceTransformer


def _row(tensor: Tensor) -> Tensor:
    """Without the axis of length one that it has for the batch."""
    return tensor[0]


def _flat(tensor: Tensor) -> Tensor:
    """A convolution over patches that do not overlap, as a matrix."""
    return tensor.flatten(1)


_BLOCKS = {"blocks": "blocks", "vace_blocks": "context_blocks"}
"""Theirs and ours: those that all have, and those of VACE."""
_ATTENTION = {"query": "q", "keys.0": "k", "values.0": "v", "query_norm": "norm_q", "key_norms.0": "norm_k"}


def _block_of_diffusers(theirs: str, ours: str) -> tuple[Name, ...]:
    return (
        *(
            Name(f"{theirs}.{attention}.{'' if 'norm' in name else 'to_'}{name}.{{p}}", f"{ours}.{own}.{part}.{{p}}")
            for attention, own in (("attn1", "attention"), ("attn2", "condition_attention"))
            for part, name in _ATTENTION.items()
        ),
        Name(f"{theirs}.attn1.to_out.0.{{p}}", f"{ours}.attention.out.{{p}}"),
        Name(f"{theirs}.attn2.to_out.0.{{p}}", f"{ours}.condition_attention.out.{{p}}"),
        Name(f"{theirs}.attn2.add_k_proj.{{p}}", f"{ours}.condition_attention.keys.1.{{p}}"),
        Name(f"{theirs}.attn2.add_v_proj.{{p}}", f"{ours}.condition_attention.values.1.{{p}}"),
        Name(f"{theirs}.attn2.norm_added_k.{{p}}", f"{ours}.condition_attention.key_norms.1.{{p}}"),
        Name(f"{theirs}.norm2.{{p}}", f"{ours}.condition_norm.{{p}}"),
        Name(f"{theirs}.ffn.net.0.proj.{{p}}", f"{ours}.feed_forward.0.{{p}}"),
        Name(f"{theirs}.ffn.net.2.{{p}}", f"{ours}.feed_forward.2.{{p}}"),
        Name(f"{theirs}.scale_shift_table", f"{ours}.modulation.table", _row),
    )


def _block_of_wan(theirs: str, ours: str) -> tuple[Name, ...]:
    return (
        *(
            Name(f"{theirs}.{attention}.{name}.{{p}}", f"{ours}.{own}.{part}.{{p}}")
            for attention, own in (("self_attn", "attention"), ("cross_attn", "condition_attention"))
            for part, name in (*_ATTENTION.items(), ("out", "o"))
        ),
        Name(f"{theirs}.cross_attn.k_img.{{p}}", f"{ours}.condition_attention.keys.1.{{p}}"),
        Name(f"{theirs}.cross_attn.v_img.{{p}}", f"{ours}.condition_attention.values.1.{{p}}"),
        Name(f"{theirs}.cross_attn.norm_k_img.{{p}}", f"{ours}.condition_attention.key_norms.1.{{p}}"),
        Name(f"{theirs}.norm3.{{p}}", f"{ours}.condition_norm.{{p}}"),
        Name(f"{theirs}.ffn.0.{{p}}", f"{ours}.feed_forward.0.{{p}}"),
        Name(f"{theirs}.ffn.2.{{p}}", f"{ours}.feed_forward.2.{{p}}"),
        Name(f"{theirs}.modulation", f"{ours}.modulation.table", _row),
    )


DIFFUSERS = (
    Name("patch_embedding.weight", "enter.weight", _flat),
    Name("patch_embedding.bias", "enter.bias"),
    Name("condition_embedder.time_embedder.linear_1.{p}", "time.first.{p}"),
    Name("condition_embedder.time_embedder.linear_2.{p}", "time.second.{p}"),
    Name("condition_embedder.time_proj.{p}", "time.leave.{p}"),
    Name("condition_embedder.text_embedder.linear_1.{p}", "text.first.{p}"),
    Name("condition_embedder.text_embedder.linear_2.{p}", "text.second.{p}"),
    Name("condition_embedder.image_embedder.norm1.{p}", "picture.enter_norm.{p}"),
    Name("condition_embedder.image_embedder.ff.net.0.proj.{p}", "picture.first.{p}"),
    Name("condition_embedder.image_embedder.ff.net.2.{p}", "picture.second.{p}"),
    Name("condition_embedder.image_embedder.norm2.{p}", "picture.leave_norm.{p}"),
    Name("condition_embedder.image_embedder.pos_embed", "picture.places", _row),
    *(name for theirs, ours in _BLOCKS.items() for name in _block_of_diffusers(f"{theirs}.{{}}", f"{ours}.{{}}")),
    Name("vace_patch_embedding.weight", "context.first.weight", _flat),
    Name("vace_patch_embedding.bias", "context.first.bias"),
    Name("vace_blocks.0.proj_in.{p}", "context.second.{p}"),
    Name("vace_blocks.{}.proj_out.{p}", "context_blocks.{}.leave.{p}"),
    Name("proj_out.{p}", "leave.{p}"),
    Name("scale_shift_table", "modulation.table", _row),
)
"""As in the folder `transformer` of a diffusers model."""

ORIGINAL = (
    Name("patch_embedding.weight", "enter.weight", _flat),
    Name("patch_embedding.bias", "enter.bias"),
    Name("time_embedding.0.{p}", "time.first.{p}"),
    Name("time_embedding.2.{p}", "time.second.{p}"),
    Name("time_projection.1.{p}", "time.leave.{p}"),
    Name("text_embedding.0.{p}", "text.first.{p}"),
    Name("text_embedding.2.{p}", "text.second.{p}"),
    Name("img_emb.proj.0.{p}", "picture.enter_norm.{p}"),
    Name("img_emb.proj.1.{p}", "picture.first.{p}"),
    Name("img_emb.proj.3.{p}", "picture.second.{p}"),
    Name("img_emb.proj.4.{p}", "picture.leave_norm.{p}"),
    Name("img_emb.emb_pos", "picture.places", _row),
    *(name for theirs, ours in _BLOCKS.items() for name in _block_of_wan(f"{theirs}.{{}}", f"{ours}.{{}}")),
    Name("vace_patch_embedding.weight", "context.first.weight", _flat),
    Name("vace_patch_embedding.bias", "context.first.bias"),
    Name("vace_blocks.0.before_proj.{p}", "context.second.{p}"),
    Name("vace_blocks.{}.after_proj.{p}", "context_blocks.{}.leave.{p}"),
    Name("head.head.{p}", "leave.{p}"),
    Name("head.modulation", "modulation.table", _row),
)
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
