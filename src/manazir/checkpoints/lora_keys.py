"""Keys of adapters: which layer a key speaks of, and which part of its change it holds.

A key is a prefix, a layer as its model's own code or diffusers calls it, and an ending:

    transformer.blocks.0.attn1.to_q.lora_A.weight                diffusers, PEFT
    diffusion_model.blocks.0.self_attn.q.lora_down.weight        ComfyUI, and trainers that save for it
    lora_unet_blocks_0_self_attn_q.lora_down.weight              kohya
    lycoris_blocks_0_attn1_to_q.lokr_w1                          LyCORIS
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import Tensor

from manazir.checkpoints.names import Name
from manazir.core.errors import CheckpointError

PREFIXES = ("base_model.model.", "diffusion_model.", "transformer_2.", "transformer.", "model.", "pipe.dit.", "unet.")
FLAT_PREFIXES = ("lora_unet_", "lora_transformer_", "lycoris_")
"""After these, dots of the layer's name are underscores."""

ENDINGS = {
    ".lora_down.weight": "down",
    ".lora_A.weight": "down",
    ".lora.down.weight": "down",
    "_lora.down.weight": "down",
    ".lora_linear_layer.down.weight": "down",
    ".lora_A": "down",
    ".lora_up.weight": "up",
    ".lora_B.weight": "up",
    ".lora.up.weight": "up",
    "_lora.up.weight": "up",
    ".lora_linear_layer.up.weight": "up",
    ".lora_B": "up",
    ".lora_B.bias": "up_bias",
    ".alpha": "alpha",
    ".lokr_w1": "w1",
    ".lokr_w1_a": "w1_a",
    ".lokr_w1_b": "w1_b",
    ".lokr_w2": "w2",
    ".lokr_w2_a": "w2_a",
    ".lokr_w2_b": "w2_b",
    ".diff": "diff",
    ".w_norm": "diff",
    ".diff_b": "diff_bias",
    ".b_norm": "diff_bias",
}

REFUSED = {
    r"\.lokr_t\d": "LoKr with Tucker factors",
    r"\.lora_mid\.weight": "LoRA with Tucker factors",
    r"\.(dora_scale|lora_magnitude_vector.*)": "DoRA",
    r"\.hada_.*": "LoHa",
    r"\.(oft_.*|boft_.*)": "OFT",
    r"\.(a1|a2|b1|b2)\.weight": "GLoRA",
    r"\.(set_weight|reshape_weight)": "weights of another shape",
}
"""Kinds that are not read; to leave their part of a change out would be to change it."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key taken apart."""

    layer: str
    is_flat: bool
    """Whether dots of the layer's name are underscores."""
    role: str


def parse_key(key: str) -> Key | None:
    """Take a key apart; None: it has no ending that is known.

    Raises:
        CheckpointError: it is of a kind that is not read.

    >>> parse_key("lora_unet_blocks_0_ffn_0.lora_up.weight")
    Key(layer='blocks_0_ffn_0', is_flat=True, role='up')
    """
    bare = key.replace(".default.", ".").removesuffix(".default")  # PEFT's name for an adapter
    for pattern, kind in REFUSED.items():
        if re.fullmatch(rf".*{pattern}", bare):
            raise CheckpointError(f"{key} is of {kind}, which is not read; have LoRA, LoKr and full differences")
    endings = [ending for ending in ENDINGS if bare.endswith(ending)]
    if not endings:
        return None
    ending = max(endings, key=len)
    layer = bare.removesuffix(ending)
    for prefix in FLAT_PREFIXES:
        if layer.startswith(prefix):
            return Key(layer.removeprefix(prefix), True, ENDINGS[ending])
    while prefixes := [prefix for prefix in PREFIXES if layer.startswith(prefix)]:
        layer = layer.removeprefix(prefixes[0])
    return Key(layer, False, ENDINGS[ending])


@dataclass(frozen=True, slots=True)
class _Place:
    dotted: re.Pattern[str]
    flat: re.Pattern[str]
    leaf: str | None
    """The one weight that the layer has; None: a weight and a bias."""
    name: Name


class Places:
    """Where others' layers are in our model.

    Args:
        layouts: in which its weights are published: diffusers' first.
    """

    def __init__(self, layouts: Sequence[Sequence[Name]]) -> None:
        self._places = [_place(name) for layout in layouts for name in layout]
        self._firsts = [_first(layout) for layout in layouts]

    def find(self, layer: str, is_flat: bool, leaf: str) -> tuple[str, Callable[[Tensor], Tensor] | None] | None:
        """Our name of a layer's weight or bias, and what is done to it on the way; None: there is none."""
        for place in self._places:
            found = (place.flat if is_flat else place.dotted).fullmatch(layer)
            if found and place.leaf in (None, leaf):
                return place.name.ours.replace("{p}", leaf).format(*found.groups()), place.name.change
        return None

    def examples(self) -> list[str]:
        """What keys of this model look like, in each layout."""
        endings = ("transformer.", ".lora_A.weight"), ("diffusion_model.", ".lora_down.weight")
        return [f"{prefix}{layer}{ending}" for layer, (prefix, ending) in zip(self._firsts, endings, strict=False)]


def _first(layout: Sequence[Name]) -> str:
    """A layer that every block has."""
    layers = (name.theirs for name in layout if "{}" in name.theirs and name.theirs.endswith(".{p}"))
    return next(layers).removesuffix(".{p}").replace("{}", "0")


def _place(name: Name) -> _Place:
    layer, leaf = name.theirs, "weight"
    for ending in (".{p}", ".weight", ".bias"):
        if layer.endswith(ending):
            layer, leaf = layer.removesuffix(ending), ending[1:]
            break
    dotted = re.escape(layer).replace(r"\{\}", r"(\d+)")
    flat = re.escape(layer.replace(".", "_")).replace(r"\{\}", r"(\d+)")
    return _Place(re.compile(dotted), re.compile(flat), None if leaf == "{p}" else leaf, name)
