"""Adapters in every style of keys change our Wan as they change diffusers'."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from diffusers import WanTransformer3DModel
from diffusers.loaders.lora_conversion_utils import (
    _bake_lokr_alpha_,
    _convert_musubi_wan_lora_to_diffusers,
    _convert_non_diffusers_wan_lora_to_diffusers,
)
from safetensors.torch import save_file
from tests.open_weights import TRANSFORMER
from tests.random_weights import randomised
from torch import Tensor, nn

from manazir.checkpoints.bundle import fill
from manazir.checkpoints.lora import Adapter, Full, Kronecker, LowRank, Weighted
from manazir.checkpoints.lora_hot import Branched, attach
from manazir.checkpoints.lora_keys import Places
from manazir.checkpoints.lora_merge import Merge, merged
from manazir.checkpoints.lora_read import read_adapter
from manazir.checkpoints.wan import LAYOUTS, wan_shape, wan_weights
from manazir.core.errors import CheckpointError, UnsupportedError
from manazir.models.packing import Document
from manazir.models.wan.transformer import WanTransformer

CONFIG = TRANSFORMER | {"in_channels": 9, "text_dim": 10, "image_dim": 14, "added_kv_proj_dim": 24}
ATTENTION = [f"{kind}_attn.{name}" for kind in ("self", "cross") for name in "qkvo"]
IN_BLOCKS = [f"blocks.{index}.{name}" for index in range(2) for name in (*ATTENTION, "ffn.0", "ffn.2")]
PICTURE = [f"blocks.{index}.cross_attn.{name}" for index in range(2) for name in ("k_img", "v_img")]
AROUND = ["time_projection.1", "head.head", *(f"{kind}_embedding.{n}" for kind in ("text", "time") for n in (0, 2))]
AROUND += ["img_emb.proj.1", "img_emb.proj.3"]


@pytest.fixture
def models() -> tuple[Any, WanTransformer]:
    torch.manual_seed(0)
    theirs = randomised(WanTransformer3DModel(**CONFIG))
    ours = WanTransformer(wan_shape(dict(theirs.config)))
    fill(ours, wan_weights(theirs.state_dict()), "a tiny Wan")
    return theirs, ours.eval()


@pytest.fixture
def ours(models: tuple[Any, WanTransformer]) -> WanTransformer:
    return models[1]


def _shapes(model: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(each.shape) for name, each in model.state_dict().items()}


def _size(model: WanTransformer, layer: str) -> tuple[int, ...]:
    found = Places(LAYOUTS).find(layer, False, "weight")
    assert found is not None, layer
    return _shapes(model)[found[0]]


def _pair(model: WanTransformer, layer: str, rank: int) -> tuple[Tensor, Tensor]:
    out, into = _size(model, layer)
    return torch.randn(rank, into) * 0.3, torch.randn(out, rank) * 0.3


def _read(tensors: dict[str, Tensor], folder: Path, model: nn.Module, **about: Any) -> Adapter:
    metadata = about.pop("metadata", None)
    path = folder / f"{about.pop('name', 'style')}.safetensors"
    save_file({key: each.contiguous().clone() for key, each in tensors.items()}, path, metadata=metadata)
    return read_adapter(path, LAYOUTS, _shapes(model), **about)


def _inputs() -> dict[str, Tensor]:
    torch.manual_seed(1)
    sizes = {"hidden_states": (1, 9, 3, 4, 6), "encoder_hidden_states": (1, 512, 10)}
    sizes["encoder_hidden_states_image"] = (1, 5, 14)
    return {name: torch.randn(size) for name, size in sizes.items()}


@torch.no_grad()
def _made(model: WanTransformer) -> Tensor:
    inputs = {name: each[0].to(model.enter.weight.dtype) for name, each in _inputs().items()}
    read = model.read(inputs["encoder_hidden_states"], inputs["encoder_hidden_states_image"])
    return model([Document(inputs["hidden_states"], torch.full((3,), 523.0), read)])[0].velocity


@torch.no_grad()
def _true(theirs: Any, deltas: dict[str, Tensor]) -> Tensor:
    """What diffusers' model makes with differences added to its weights."""
    before = {name: each.clone() for name, each in theirs.state_dict().items()}
    assert set(deltas) <= set(before)
    theirs.load_state_dict({name: each + deltas.get(name, 0) for name, each in before.items()})
    made: Tensor = theirs(**_inputs(), timestep=torch.tensor([523.0])).sample[0]
    theirs.load_state_dict(before)
    return made


def _deltas(converted: dict[str, Tensor]) -> dict[str, Tensor]:
    """Differences of weights and biases, from keys as PEFT has them."""
    found: dict[str, Tensor] = {}
    for key, each in converted.items():
        layer = key.removeprefix("transformer.").partition(".lora_")[0]
        if key.endswith("lora_A.weight"):
            found[f"{layer}.weight"] = converted[key.replace("lora_A", "lora_B")] @ each
        if key.endswith("lora_B.bias"):
            found[f"{layer}.bias"] = each
    return found


def _cloned(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """For diffusers, which changes some of what it converts."""
    return {key: each.clone() for key, each in tensors.items()}


def _error(made: Tensor, true: Tensor) -> float:
    return float((made - true).float().norm() / true.float().norm())


def _check(model: WanTransformer, adapter: Adapter, true: Tensor) -> None:
    """Merged and hot, it makes what it should, which is something else than without; and then it is gone."""
    before = _made(model)
    assert _error(before, true) > 1e-2
    merge = Merge(model, [Weighted(adapter)])
    assert _error(_made(model), true) < 1e-5
    merge.undo()
    with attach(model, [Weighted(adapter)]):
        assert _error(_made(model), true) < 1e-5
    assert torch.equal(_made(model), before)


def _original(model: WanTransformer, layers: list[str], prefix: str = "diffusion_model.") -> dict[str, Tensor]:
    torch.manual_seed(2)
    tensors: dict[str, Tensor] = {}
    for index, layer in enumerate(layers):
        down, up = _pair(model, layer, 2 + index % 3)
        tensors |= {f"{prefix}{layer}.lora_down.weight": down, f"{prefix}{layer}.lora_up.weight": up}
    return tensors


def test_wans_own_names_with_alphas_and_biases(models: tuple[Any, WanTransformer], tmp_path: Path) -> None:
    theirs, ours = models
    tensors = _original(ours, [*IN_BLOCKS, *PICTURE, *AROUND])
    for index, layer in enumerate([*IN_BLOCKS, *PICTURE]):
        tensors[f"diffusion_model.{layer}.alpha"] = torch.tensor(1.0 + index % 4)
    for layer in [*IN_BLOCKS, *PICTURE, *AROUND]:
        tensors[f"diffusion_model.{layer}.diff_b"] = torch.randn(_size(ours, layer)[0]) * 0.1
    true = _true(theirs, _deltas(_convert_non_diffusers_wan_lora_to_diffusers(_cloned(tensors))))
    adapter = _read(tensors, tmp_path, ours)
    assert adapter.unmatched == ()
    assert len(adapter.changes) == 2 * len([*IN_BLOCKS, *PICTURE, *AROUND])
    _check(ours, adapter, true)


def test_wans_own_names_as_peft_ends_them(models: tuple[Any, WanTransformer], tmp_path: Path) -> None:
    theirs, ours = models
    changed = {"lora_down": "lora_A", "lora_up": "lora_B"}
    tensors = {
        re.sub("lora_(down|up)", lambda found: changed[found[0]], key): each
        for key, each in _original(ours, [*IN_BLOCKS, *AROUND]).items()
    }
    true = _true(theirs, _deltas(_convert_non_diffusers_wan_lora_to_diffusers(_cloned(tensors))))
    for prefix in ("diffusion_model.", "model.diffusion_model.", "", "pipe.dit."):
        named = {key.replace("diffusion_model.", prefix): each for key, each in tensors.items()}
        if prefix == "pipe.dit.":
            named = {key.replace(".weight", ".default.weight"): each for key, each in named.items()}
        _check(ours, _read(named, tmp_path, ours), true)


def test_kohyas_names(models: tuple[Any, WanTransformer], tmp_path: Path) -> None:
    theirs, ours = models
    tensors = {}
    for key, each in _original(ours, [*IN_BLOCKS, *PICTURE], "").items():
        layer, ending = key.split(".lora_")
        tensors[f"lora_unet_{layer.replace('.', '_')}.lora_{ending}"] = each
        tensors[f"lora_unet_{layer.replace('.', '_')}.alpha"] = torch.tensor(1.5)
    true = _true(theirs, _deltas(_convert_musubi_wan_lora_to_diffusers(_cloned(tensors))))
    _check(ours, _read(tensors, tmp_path, ours), true)


THEIRS = ["blocks.0.attn1.to_q", "blocks.1.attn2.to_out.0", "blocks.1.attn2.add_k_proj", "blocks.0.ffn.net.0.proj"]
THEIRS += ["condition_embedder.text_embedder.linear_1", "condition_embedder.time_proj", "proj_out"]


@pytest.mark.parametrize(
    ("prefix", "down", "up"),
    [
        ("transformer.", "lora_A.weight", "lora_B.weight"),
        ("transformer.", "lora_down.weight", "lora_up.weight"),
        ("transformer.", "lora.down.weight", "lora.up.weight"),
        ("base_model.model.", "lora_A.default.weight", "lora_B.default.weight"),
        ("", "lora_A", "lora_B"),
        ("lora_transformer_", "lora_down.weight", "lora_up.weight"),
    ],
)
def test_diffusers_names(prefix: str, down: str, up: str, models: tuple[Any, WanTransformer], tmp_path: Path) -> None:
    theirs, ours = models
    torch.manual_seed(3)
    tensors, deltas = {}, {}
    for layer in THEIRS:
        factors = _pair(ours, layer, 3)
        named = layer.replace(".", "_") if prefix == "lora_transformer_" else layer
        tensors |= {f"{prefix}{named}.{down}": factors[0], f"{prefix}{named}.{up}": factors[1]}
        deltas[f"{layer}.weight"] = factors[1] @ factors[0]
    _check(ours, _read(tensors, tmp_path, ours), _true(theirs, deltas))


@pytest.mark.parametrize("is_beside", [False, True])
@pytest.mark.parametrize("is_by_root", [False, True])
def test_alphas_that_are_told_beside_the_weights(
    is_beside: bool, is_by_root: bool, models: tuple[Any, WanTransformer], tmp_path: Path
) -> None:
    theirs, ours = models
    torch.manual_seed(3)
    told = {"r": 4, "lora_alpha": 6, "use_rslora": is_by_root, "alpha_pattern": {"attn1.to_q": 1, "proj_out": 3}}
    prefix = "base_model.model." if is_beside else "transformer."
    tensors, deltas = {}, {}
    for layer in THEIRS:
        down, up = _pair(ours, layer, 4)
        tensors |= {f"{prefix}{layer}.lora_A.weight": down, f"{prefix}{layer}.lora_B.weight": up}
        alpha = {"blocks.0.attn1.to_q": 1, "proj_out": 3}.get(layer, 6)
        deltas[f"{layer}.weight"] = alpha / (2 if is_by_root else 4) * up @ down
    metadata = {"lora_adapter_metadata": json.dumps({f"transformer.{key}": each for key, each in told.items()})}
    if is_beside:
        (tmp_path / "adapter_config.json").write_text(json.dumps(told))
    adapter = _read(tensors, tmp_path, ours, metadata=None if is_beside else metadata)
    _check(ours, adapter, _true(theirs, deltas))


@pytest.mark.parametrize("prefix", ["diffusion_model.", "lycoris_", "transformer."])
@pytest.mark.parametrize("thin", ["", "w2", "w1 w2"])
def test_kronecker_products(prefix: str, thin: str, models: tuple[Any, WanTransformer], tmp_path: Path) -> None:
    theirs, ours = models
    torch.manual_seed(4)
    tensors: dict[str, Tensor] = {}
    layers = ["blocks.0.attn1.to_q", "blocks.1.ffn.net.0.proj", "blocks.1.ffn.net.2"]
    named = dict(zip(layers, ["blocks.0.self_attn.q", "blocks.1.ffn.0", "blocks.1.ffn.2"], strict=True))
    for layer in layers:
        out, into = _size(ours, layer)
        sizes = {"w1": (4, 2), "w2": (out // 4, into // 2)}
        for factor, (rows, columns) in sizes.items():
            if factor in thin:
                tensors[f"{layer}.lokr_{factor}_a"] = torch.randn(rows, 2) * 0.5
                tensors[f"{layer}.lokr_{factor}_b"] = torch.randn(2, columns) * 0.5
            else:
                tensors[f"{layer}.lokr_{factor}"] = torch.randn(rows, columns) * 0.5
        tensors[f"{layer}.alpha"] = torch.tensor(3.0)
    baked = dict(tensors)
    _bake_lokr_alpha_(baked)
    deltas = {}
    for layer in layers:
        w1, w2 = (
            baked[f"{layer}.lokr_{factor}_a"] @ baked[f"{layer}.lokr_{factor}_b"]
            if factor in thin
            else baked[f"{layer}.lokr_{factor}"]
            for factor in ("w1", "w2")
        )
        deltas[f"{layer}.weight"] = torch.kron(w1, w2)
    saved = {}
    for key, each in tensors.items():
        layer = next(layer for layer in layers if key.startswith(layer))
        root = named[layer] if prefix == "diffusion_model." else layer
        root = root.replace(".", "_") if prefix == "lycoris_" else root
        saved[f"{prefix}{root}{key.removeprefix(layer)}"] = each
    adapter = _read(saved, tmp_path, ours)
    assert all(isinstance(change, Kronecker) for change in adapter.changes.values())
    _check(ours, adapter, _true(theirs, deltas))


def test_whole_differences_of_matrices_norms_and_tables(models: tuple[Any, WanTransformer], tmp_path: Path) -> None:
    theirs, ours = models
    torch.manual_seed(5)
    state = theirs.state_dict()
    named = {
        "patch_embedding.weight": "patch_embedding.diff",
        "patch_embedding.bias": "patch_embedding.diff_b",
        "proj_out.weight": "head.head.diff",
        "proj_out.bias": "head.head.diff_b",
        "scale_shift_table": "head.modulation.diff",
        "blocks.0.scale_shift_table": "blocks.0.modulation.diff",
        "blocks.0.norm2.weight": "blocks.0.norm3.diff",
        "blocks.0.norm2.bias": "blocks.0.norm3.diff_b",
        "blocks.1.attn1.norm_q.weight": "blocks.1.self_attn.norm_q.diff",
        "blocks.1.attn2.norm_added_k.weight": "blocks.1.cross_attn.norm_k_img.w_norm",
        "blocks.1.attn1.to_q.bias": "blocks.1.self_attn.q.diff_b",
    }
    deltas = {name: torch.randn(state[name].shape) * 0.2 for name in named}
    tensors = {f"diffusion_model.{key}": deltas[name] for name, key in named.items()}
    zero = torch.zeros(state["blocks.0.attn1.norm_k.weight"].shape)
    adapter = _read(tensors | {"diffusion_model.blocks.0.self_attn.norm_k.diff": zero}, tmp_path, ours)
    assert len(adapter.changes) == len(named)  # what is nothing changes nothing
    assert adapter.unmatched == ()
    _check(ours, adapter, _true(theirs, deltas))


def _random_adapter(model: nn.Module, seed: int) -> Adapter:
    torch.manual_seed(seed)
    state = model.state_dict()
    q, k, v, f = (
        state[f"blocks.{index}.{name}.weight"]
        for index, name in (
            (0, "attention.query"),
            (0, "attention.keys.0"),
            (1, "attention.values.0"),
            (1, "feed_forward.2"),
        )
    )
    changes = {
        "blocks.0.attention.query.weight": LowRank(
            torch.randn(2 + seed, q.shape[1]) * 0.3, torch.randn(q.shape[0], 2 + seed) * 0.3, 0.7
        ),
        "blocks.0.attention.keys.0.weight": Kronecker(
            torch.randn(4, 3) * 0.3, torch.randn(k.shape[0] // 4, k.shape[1] // 3), 0.5
        ),
        "blocks.1.attention.values.0.weight": Full(torch.randn(v.shape) * 0.1),
        "blocks.1.attention.values.0.bias": Full(torch.randn(v.shape[0]) * 0.1),
        "blocks.1.condition_norm.weight": Full(torch.randn(v.shape[0]) * 0.1),
        "blocks.1.modulation.table": Full(torch.randn(6, v.shape[0]) * 0.1),
    }
    if seed == 1:
        changes["blocks.1.feed_forward.2.weight"] = LowRank(torch.randn(1, f.shape[1]), torch.randn(f.shape[0], 1), 0.1)
    return Adapter(name=f"adapter {seed}", sha256="", changes=changes)


def test_adapters_are_stacked_by_their_weights(ours: WanTransformer) -> None:
    stack = [Weighted(_random_adapter(ours, 1), 0.5), Weighted(_random_adapter(ours, 2), -1.2)]
    state = ours.state_dict()
    new = merged(state, stack)
    for name, each in state.items():
        expected = each.clone()
        for weighted in stack:
            match weighted.adapter.changes.get(name):
                case LowRank(down, up, scale):
                    expected += weighted.weight * scale * (up @ down)
                case Kronecker(w1, w2, scale):
                    expected += weighted.weight * scale * torch.kron(w1, w2)
                case Full(difference):
                    expected += weighted.weight * difference
                case None:
                    pass
        torch.testing.assert_close(new[name], expected, atol=1e-6, rtol=1e-6)
    assert new["blocks.0.attention.out.weight"] is state["blocks.0.attention.out.weight"]
    other = WanTransformer(ours.shape)
    other.load_state_dict(new)
    with attach(ours, stack):
        assert _error(_made(ours), _made(other)) < 1e-5


def test_what_is_taken_off_leaves_every_bit_as_it_was(ours: WanTransformer) -> None:
    before = {name: (each, each.clone()) for name, each in ours.named_parameters()}
    alone, names = _made(ours), set(ours.state_dict())
    first, second = ([Weighted(_random_adapter(ours, seed))] for seed in (1, 2))
    merge = Merge(ours, first)
    inside = _made(ours)
    merge.undo()
    merge.undo()
    attached = attach(ours, first)
    assert _error(_made(ours), inside) < 1e-5
    attached.replace(second)
    with pytest.raises(UnsupportedError, match="adapters are attached to this module already"):
        attach(ours, first)
    with pytest.raises(CheckpointError, match="which this model has not"):
        attached.replace([Weighted(Adapter(name="x", sha256="", changes={"y": Full(torch.ones(1))}))])
    assert _error(_made(ours), inside) > 1e-2
    attached.replace(first)
    assert _error(_made(ours), inside) < 1e-5
    attached.replace([Weighted(first[0].adapter, 0.0)])
    assert torch.equal(_made(ours), alone)
    attached.detach()
    assert set(ours.state_dict()) == names
    for name, each in ours.named_parameters():
        assert each is before[name][0]
        assert torch.equal(each, before[name][1])
    assert torch.equal(_made(ours), alone)


@torch.no_grad()
def test_in_bfloat16_both_ways_are_near_what_is_exact(ours: WanTransformer) -> None:
    stack = [Weighted(_random_adapter(ours, 1), 0.8), Weighted(_random_adapter(ours, 2), 0.4)]
    half = WanTransformer(ours.shape).to(torch.bfloat16)
    half.load_state_dict(ours.state_dict())
    exact = WanTransformer(ours.shape)
    exact.load_state_dict({name: each.float() for name, each in half.state_dict().items()})
    x = torch.randn(7, exact.shape.width, dtype=torch.bfloat16)
    names = ("blocks.0.attention.query", "blocks.0.attention.keys.0", "blocks.1.attention.values.0")
    merge = Merge(exact, stack)
    true = {name: exact.get_submodule(name)(x.float()) for name in names}
    merge.undo()
    with attach(half, stack):
        for name in names:
            layer = half.get_submodule(name)
            assert isinstance(layer, Branched)
            assert layer(x).dtype == torch.bfloat16
            assert _error(layer(x), true[name]) < 1e-2
    merge = Merge(half, stack)
    for name in names:
        assert half.get_submodule(name).weight.dtype == torch.bfloat16
        assert _error(half.get_submodule(name)(x), true[name]) < 1e-2


class _EightBits(nn.Linear):
    """A linear layer whose weight is kept in eight bits."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__(layer.in_features, layer.out_features)
        self.step = float(layer.weight.abs().max()) / 127
        self.weight = nn.Parameter((layer.weight.data / self.step).round().to(torch.int8), requires_grad=False)
        self.bias = layer.bias

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight.to(x.dtype) * self.step, self.bias)


@torch.no_grad()
def test_quantised_weights_stay_as_they_are(ours: WanTransformer) -> None:
    model = WanTransformer(ours.shape)
    model.load_state_dict(ours.state_dict())
    model.blocks[0].attention.query = _EightBits(model.blocks[0].attention.query)  # type: ignore[union-attr,arg-type]
    stack = [Weighted(_random_adapter(ours, 1))]
    bits = model.get_parameter("blocks.0.attention.query.weight").clone()
    change = stack[0].adapter.changes["blocks.0.attention.query.weight"]
    x = torch.randn(5, ours.shape.width)
    alone = model.get_submodule("blocks.0.attention.query")(x)
    with attach(model, stack, dtype=torch.float32):
        made = model.get_submodule("blocks.0.attention.query")(x)
        assert _error(made, alone + x @ change.delta(x.device).T) < 1e-5
        model.to(torch.float64)  # branches go along
        assert model.get_submodule("blocks.0.attention.query")(x.double()).dtype == torch.float64
    assert torch.equal(model.get_parameter("blocks.0.attention.query.weight"), bits)
    with pytest.raises(UnsupportedError, match=r"is kept as torch.int8.*attach the adapter beside it"):
        Merge(model, stack)


def test_what_has_no_place_in_the_model_is_named(ours: WanTransformer, tmp_path: Path) -> None:
    tensors = _original(ours, IN_BLOCKS)
    strange = {
        "diffusion_model.blocks.7.self_attn.q.lora_down.weight": torch.zeros(2, 24),
        "diffusion_model.blocks.7.self_attn.q.lora_up.weight": torch.zeros(24, 2),
        "lora_te_text_model.lora_up.weight": torch.zeros(24, 2),
        "lora_te_text_model.lora_down.weight": torch.zeros(24, 2),
        "something": torch.zeros(1),
    }
    adapter = _read(tensors | strange, tmp_path, ours)
    assert len(adapter.changes) == len(IN_BLOCKS)
    assert set(adapter.unmatched) == set(strange)


def test_an_adapter_of_another_model_says_what_keys_look_like(ours: WanTransformer, tmp_path: Path) -> None:
    tensors = {f"transformer.single_blocks.{n}.lora_{ab}.weight": torch.zeros(2, 2) for n in (3, 4) for ab in "AB"}
    with pytest.raises(CheckpointError) as caught:
        _read(tensors, tmp_path, ours)
    said = str(caught.value)
    assert "matches no layer of this model: its first key is transformer.single_blocks.3.lora_A.weight" in said
    assert "transformer.blocks.0.attn1.to_q.lora_A.weight or diffusion_model.blocks.0.self_attn.q.lora_down" in said
    larger = {
        key: torch.zeros(2, 48) if "down" in key else torch.zeros(48, 2) for key in _original(ours, IN_BLOCKS[:1])
    }
    with pytest.raises(CheckpointError, match=r"was made for another model: .* shape \(48, 48\), .* shape \(24, 24\)"):
        _read(larger, tmp_path, ours)


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("lokr_t2", "LoKr with Tucker factors"),
        ("lora_mid.weight", "LoRA with Tucker factors"),
        ("dora_scale", "DoRA"),
        ("lora_magnitude_vector.default.weight", "DoRA"),
        ("hada_w1_a", "LoHa"),
        ("oft_blocks", "OFT"),
        ("set_weight", "weights of another shape"),
    ],
)
def test_kinds_that_are_not_read_are_refused_by_name(
    ending: str, kind: str, ours: WanTransformer, tmp_path: Path
) -> None:
    tensors = _original(ours, IN_BLOCKS[:2]) | {f"diffusion_model.{IN_BLOCKS[0]}.{ending}": torch.zeros(1)}
    with pytest.raises(CheckpointError, match=f"is of {kind}, which is not read; have LoRA, LoKr"):
        _read(tensors, tmp_path, ours)


def test_files_that_are_none_are_refused(ours: WanTransformer, tmp_path: Path) -> None:
    half = {key: each for key, each in _original(ours, IN_BLOCKS[:1]).items() if "down" in key}
    with pytest.raises(CheckpointError, match=r"of the pair to which .* belongs, one is lacking"):
        _read(half, tmp_path, ours)
    both = _original(ours, ["blocks.0.self_attn.q"])
    both |= {key.replace("self_attn.q", "attn1.to_q"): each for key, each in both.items()}
    with pytest.raises(CheckpointError, match=r"changes blocks\.0\.attention\.query\.weight twice"):
        _read(both, tmp_path, ours)
    (tmp_path / "x.safetensors").write_bytes(b"no")
    for name, message in (("x.safetensors", "or damaged"), ("x.pt", "is a pickle"), ("x.txt", "is no safetensors")):
        (tmp_path / name).touch()
        with pytest.raises(CheckpointError, match=message):
            read_adapter(tmp_path / name, LAYOUTS, _shapes(ours))


def test_a_file_for_two_transformers_gives_each_its_own(ours: WanTransformer, tmp_path: Path) -> None:
    layer = THEIRS[0]
    tensors = {}
    for part, size in (("transformer", 1.0), ("transformer_2", 2.0)):
        tensors[f"{part}.{layer}.lora_A.weight"] = torch.full((1, 24), size)
        tensors[f"{part}.{layer}.lora_B.weight"] = torch.ones(24, 1)
    for part, size in (("transformer", 1.0), ("transformer_2", 2.0)):
        (change,) = _read(tensors, tmp_path, ours, part=part).changes.values()
        assert isinstance(change, LowRank)
        assert float(change.down[0, 0]) == size
    alone = {key: each for key, each in tensors.items() if key.startswith("transformer.")}
    assert len(_read(alone, tmp_path, ours, part="transformer_2").changes) == 1  # one file for either


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("lora_A.weight", torch.tensor(1.0), "is no matrix"),
        ("lora_A.weight", torch.ones(24), "is no matrix"),
        ("lora_A.weight", torch.ones(0, 24), "is no matrix, or an empty one"),
        ("lora_A.weight", torch.ones(2, 24, dtype=torch.int64), "is kept as int64; give a file of float32"),
        ("lora_A.weight", torch.ones(3, 24), "which have no product"),
        ("alpha", torch.ones(2, 2), "the alpha of .* is 4 numbers"),
    ],
)
def test_factors_that_make_no_sense_are_refused(
    name: str, value: Tensor, message: str, ours: WanTransformer, tmp_path: Path
) -> None:
    layer = "transformer.blocks.0.attn1.to_q"
    whole = {f"{layer}.lora_A.weight": torch.ones(4, 24), f"{layer}.lora_B.weight": torch.ones(24, 4)}
    save_file(whole | {f"{layer}.{name}": value}, tmp_path / "a.safetensors")
    with pytest.raises(CheckpointError, match=message):
        read_adapter(tmp_path / "a.safetensors", LAYOUTS, _shapes(ours))


@pytest.mark.parametrize(
    "told",
    [
        {"lora_alpha": "much"},
        {"lora_alpha": [1]},
        {"lora_alpha": float("nan")},
        {"r": -4},
        {"alpha_pattern": {"[": 1}},
        {"alpha_pattern": [1]},
        "[" * 100_000,
    ],
)
def test_alphas_that_make_no_sense_are_refused(told: object, ours: WanTransformer, tmp_path: Path) -> None:
    layer = "transformer.blocks.0.attn1.to_q"
    whole = {f"{layer}.lora_A.weight": torch.ones(4, 24), f"{layer}.lora_B.weight": torch.ones(24, 4)}
    text = told if isinstance(told, str) else json.dumps(told)
    save_file(whole, tmp_path / "a.safetensors", {"lora_adapter_metadata": text})
    with pytest.raises(CheckpointError, match=r"what tells the alphas of an adapter in .* is damaged"):
        read_adapter(tmp_path / "a.safetensors", LAYOUTS, _shapes(ours))
