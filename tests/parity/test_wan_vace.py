"""Our Wan VACE gives what diffusers' gives, with the same weights."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import WanVACETransformer3DModel
from tests.open_weights import TRANSFORMER
from tests.random_weights import randomised
from torch import Tensor

from manazir.checkpoints.bundle import fill
from manazir.checkpoints.lora_keys import Places
from manazir.checkpoints.wan import LAYOUTS, ORIGINAL, wan_transformer, wan_weights
from manazir.core.errors import ShapeError
from manazir.models.packing import Document
from manazir.models.step_cache import FirstBlockCache
from manazir.models.wan.transformer import WanTransformer
from manazir.models.wan.vace import ContextBlock, ContextDocument, VaceShape, VaceTransformer

TINY = TRANSFORMER | {"text_dim": 10, "num_layers": 3, "vace_layers": [0, 2], "vace_in_channels": 7}
CONFIGS: dict[str, dict[str, Any]] = {
    "every other block": TINY,
    "one block": TINY | {"num_layers": 1, "vace_layers": [0]},
    "every block": TINY | {"num_attention_heads": 3, "attention_head_dim": 20, "ffn_dim": 50, "vace_layers": [0, 1, 2]},
    "the first blocks": TINY | {"num_layers": 4, "vace_layers": [0, 1], "vace_in_channels": 72},
    "deep patches": TINY | {"patch_size": (2, 2, 2)},
    "a picture beside the words": TINY | {"image_dim": 14, "added_kv_proj_dim": 24},
}
SIZES = [(4, 6, 4), (2, 2, 10)]
WORDS = 512
"""diffusers tells words from pictures by this."""


def _pair(config: dict[str, Any], dtype: torch.dtype = torch.float32) -> tuple[Any, VaceTransformer]:
    torch.manual_seed(0)
    theirs = randomised(WanVACETransformer3DModel(**config)).to(dtype)
    ours = wan_transformer(dict(theirs.config)).to(dtype).eval()
    assert isinstance(ours, VaceTransformer)
    fill(ours, wan_weights(theirs.state_dict()), "a tiny Wan VACE")
    return theirs, ours


def _inputs(
    config: dict[str, Any], size: tuple[int, int, int], seed: int = 1, dtype: torch.dtype = torch.float32
) -> dict[str, Any]:
    torch.manual_seed(seed)
    given = {
        "hidden_states": torch.randn(1, config["in_channels"], *size),
        "encoder_hidden_states": torch.randn(1, WORDS, config["text_dim"]),
        "control_hidden_states": torch.randn(1, config["vace_in_channels"], *size),
    }
    if "image_dim" in config:
        given["encoder_hidden_states_image"] = torch.randn(1, 5, config["image_dim"])
    return {name: tensor.to(dtype) for name, tensor in given.items()}


@torch.no_grad()
def _document(model: WanTransformer, inputs: dict[str, Any], level: float, **others: Any) -> ContextDocument:
    latents, picture = inputs["hidden_states"][0], inputs.get("encoder_hidden_states_image")
    read = model.read(inputs["encoder_hidden_states"][0], None if picture is None else picture[0])
    levels = torch.full(latents.shape[1:2], level)
    return ContextDocument(latents, levels, read, context=inputs["control_hidden_states"][0], **others)


@torch.no_grad()
def _theirs(model: Any, inputs: dict[str, Any], level: float, strengths: tuple[float, ...] | None = None) -> Tensor:
    scale = None if strengths is None else torch.tensor(strengths)
    made: Tensor = model(**inputs, timestep=torch.tensor([level]), control_hidden_states_scale=scale).sample[0]
    return made


def _error(made: Tensor, true: Tensor) -> float:
    return float((made - true).float().norm() / true.float().norm())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", CONFIGS)
@torch.no_grad()
def test_predictions_are_equal(name: str, size: tuple[int, int, int]) -> None:
    theirs, ours = _pair(CONFIGS[name])
    inputs = _inputs(CONFIGS[name], size)
    made = ours([_document(ours, inputs, 523.0)])[0].velocity
    assert _error(made, _theirs(theirs, inputs, 523.0)) < 1e-5
    strengths = (0.4, 1.7, 0.0)[: len(ours.context_blocks)]
    weighed = ours([_document(ours, inputs, 523.0, strengths=strengths)])[0].velocity
    assert _error(weighed, _theirs(theirs, inputs, 523.0, strengths)) < 1e-5
    assert _error(weighed, made) > 1e-2


@torch.no_grad()
def test_predictions_are_nearly_equal_in_bfloat16() -> None:
    theirs, ours = _pair(TINY, torch.bfloat16)
    inputs = _inputs(TINY, (3, 6, 4), dtype=torch.bfloat16)
    for backend in ("sdpa", "blocked"):
        made = ours([_document(ours, inputs, 523.0)], backend)[0].velocity
        assert _error(made, _theirs(theirs, inputs, 523.0)) < 1e-2


@torch.no_grad()
def test_documents_of_several_sizes_contexts_and_strengths_share_a_pass_and_nothing_else() -> None:
    theirs, ours = _pair(TINY)
    given = [_inputs(TINY, size, seed) for seed, size in enumerate([(4, 6, 4), (4, 6, 4), (1, 2, 10)])]
    levels, strengths = [900.0, 20.0, 411.5], [None, (0.5, 0.25), (1.0, 2.0)]
    documents = [
        _document(ours, inputs, level, strengths=each)
        for inputs, level, each in zip(given, levels, strengths, strict=True)
    ]
    together = ours(documents)
    for inputs, level, each, made in zip(given, levels, strengths, together, strict=True):
        assert _error(made.velocity, _theirs(theirs, inputs, level, each)) < 1e-5


@torch.no_grad()
def test_a_step_cache_counts_context_blocks_and_takes_their_parts_from_before() -> None:
    _, ours = _pair(TINY)
    inputs = _inputs(TINY, (2, 4, 4))
    plain = ours([_document(ours, inputs, 500.0)])[0].velocity
    for threshold, skipped in ((0.0, 0), (1e3, 4)):  # three blocks and two for the context, the first always computed
        memory = FirstBlockCache(threshold=threshold).begin(steps=2)
        other = _document(ours, _inputs(TINY, (1, 4, 2), 7), 20.0)
        for _ in range(2):
            made, _ = ours([_document(ours, inputs, 500.0, memory=memory), other])
        assert _error(made.velocity, plain) < 1e-5  # nothing has changed between both steps
        assert (memory.report.computed, memory.report.skipped) == (10 - skipped, skipped)


@torch.no_grad()
def test_a_document_with_a_past_sees_what_was_kept_of_its_context_too() -> None:
    """With a layer of each kind the second half is as if both had been given."""
    _, ours = _pair(CONFIGS["one block"])
    inputs = _inputs(CONFIGS["one block"], (4, 4, 4))
    whole = replace(_document(ours, inputs, 600.0), timesteps=torch.tensor([0.0, 0.0, 600.0, 600.0]))
    halves = [
        replace(whole, latents=whole.latents[:, span], context=whole.context[:, span], timesteps=whole.timesteps[span])
        for span in (slice(0, 2), slice(2, 4))
        if whole.context is not None
    ]
    kept = ours([replace(halves[0], is_kept=True)])[0].keys_values
    made = ours([replace(halves[1], first_frame=2, past=kept)])[0].velocity
    assert _error(made, ours([whole])[0].velocity[:, 2:]) < 1e-5


def test_context_blocks_stand_behind_those_that_they_add_to() -> None:
    _, ours = _pair(CONFIGS["the first blocks"])
    assert [isinstance(block, ContextBlock) for block in ours.stack] == [False, True, False, True, False, False]


def test_the_original_names_lead_to_the_same_weights() -> None:
    theirs, _ = _pair(CONFIGS["a picture beside the words"])
    ours = wan_weights(theirs.state_dict())
    patterns = [(entry, replace(entry, theirs=entry.ours).pattern) for entry in ORIGINAL]
    original: dict[str, Tensor] = {}
    for name, tensor in ours.items():
        entry, match = next((entry, match) for entry, found in patterns if (match := found.fullmatch(name)))
        row = tensor[None] if entry.theirs.endswith("modulation") else tensor
        original[entry.theirs.replace("{p}", "{}").format(*match.groups())] = row
    assert {"vace_blocks.0.before_proj.weight", "vace_blocks.1.after_proj.bias"} <= set(original)
    assert {"vace_patch_embedding.weight", "vace_blocks.1.cross_attn.norm_q.weight"} <= set(original)
    again = wan_weights(original)
    assert set(again) == set(ours)
    assert all(torch.equal(again[name], ours[name]) for name in ours)


def test_adapters_find_context_blocks() -> None:
    places = Places(LAYOUTS)
    names = {"vace_blocks.3.attn1.to_q": False, "vace_blocks.3.self_attn.q": False, "vace_blocks_3_self_attn_q": True}
    for layer, is_flat in names.items():
        assert places.find(layer, is_flat, "weight") == ("context_blocks.3.attention.query.weight", None)


def test_what_does_not_fit_is_refused_by_name() -> None:
    _, ours = _pair(TINY)
    document = _document(ours, _inputs(TINY, (1, 4, 4)), 1.0)
    plain = Document(document.latents, document.timesteps, document.conditions)
    with pytest.raises(ShapeError, match=r"takes a context of \(7, 1, 4, 4\) with each document, not none"):
        ours([plain])
    with pytest.raises(ShapeError, match=r"not one of \(4, 1, 4, 4\)"):
        ours([replace(document, context=document.latents)])
    with pytest.raises(ShapeError, match="3 strengths for 2 context blocks"):
        ours([replace(document, strengths=(1.0, 1.0, 1.0))])
    with pytest.raises(ShapeError, match=r"context blocks behind \[0, 9\] of 3 blocks"):
        VaceShape(layers=3, context_layers=(0, 9))
