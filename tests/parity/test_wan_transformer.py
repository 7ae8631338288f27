"""Our Wan transformer gives what diffusers' gives, with the same weights."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import WanTransformer3DModel
from tests.open_weights import TRANSFORMER
from tests.random_weights import randomised
from torch import Tensor

from manazir.checkpoints.bundle import fill
from manazir.checkpoints.wan import ORIGINAL, wan_shape, wan_weights
from manazir.core.errors import CheckpointError, ShapeError, UnsupportedError
from manazir.models.packing import Document
from manazir.models.wan.transformer import Predicted, WanTransformer

TINY = TRANSFORMER | {"text_dim": 10}
CONFIGS: dict[str, dict[str, Any]] = {
    "words": TINY,
    "other sizes": TINY | {"num_attention_heads": 3, "attention_head_dim": 20, "num_layers": 3, "ffn_dim": 50},
    "known frames as channels": TINY | {"in_channels": 9},
    "a picture beside the words": TINY | {"in_channels": 9, "image_dim": 14, "added_kv_proj_dim": 24},
    "two pictures": TINY | {"in_channels": 9, "image_dim": 14, "added_kv_proj_dim": 24, "pos_embed_seq_len": 6},
    "deep patches": TINY | {"patch_size": (2, 2, 2)},
}
WORDS = 512
"""diffusers tells words from pictures by this."""


def _pair(config: dict[str, Any], dtype: torch.dtype = torch.float32) -> tuple[Any, WanTransformer]:
    torch.manual_seed(0)
    theirs = randomised(WanTransformer3DModel(**config)).to(dtype)
    ours = WanTransformer(wan_shape(dict(theirs.config))).to(dtype).eval()
    fill(ours, wan_weights(theirs.state_dict()), "a tiny Wan")
    return theirs, ours


def _inputs(config: dict[str, Any], size: tuple[int, int, int], dtype: torch.dtype) -> dict[str, Any]:
    torch.manual_seed(1)
    picture = (
        torch.randn(1, config.get("pos_embed_seq_len") or 5, config["image_dim"]) if "image_dim" in config else None
    )
    return {
        "hidden_states": torch.randn(1, config["in_channels"], *size).to(dtype),
        "encoder_hidden_states": torch.randn(1, WORDS, config["text_dim"]).to(dtype),
        "encoder_hidden_states_image": None if picture is None else picture.to(dtype),
    }


@torch.no_grad()
def _ours(model: WanTransformer, inputs: dict[str, Any], timesteps: Tensor, backend: str = "sdpa") -> Tensor:
    return model([_document(model, inputs, timesteps)], backend)[0].velocity[None]


def _document(model: WanTransformer, inputs: dict[str, Any], timesteps: Tensor) -> Document:
    picture = inputs["encoder_hidden_states_image"]
    read = model.read(inputs["encoder_hidden_states"][0], None if picture is None else picture[0])
    return Document(inputs["hidden_states"][0], timesteps, read)


def _error(made: Tensor, true: Tensor) -> float:
    return float((made - true).float().norm() / true.float().norm())


@pytest.mark.parametrize("size", [(4, 6, 4), (2, 2, 10)])
@pytest.mark.parametrize("name", CONFIGS)
@torch.no_grad()
def test_predictions_are_equal(name: str, size: tuple[int, int, int]) -> None:
    theirs, ours = _pair(CONFIGS[name])
    inputs = _inputs(CONFIGS[name], size, torch.float32)
    made = _ours(ours, inputs, torch.full((size[0],), 523.0))
    if name == "two pictures":  # diffusers takes them as a batch
        inputs["encoder_hidden_states_image"] = inputs["encoder_hidden_states_image"].view(2, 3, 14)
    true = theirs(**inputs, timestep=torch.tensor([523.0])).sample
    assert _error(made, true) < 1e-5


@torch.no_grad()
def test_predictions_are_nearly_equal_in_bfloat16() -> None:
    name = "a picture beside the words"
    theirs, ours = _pair(CONFIGS[name], torch.bfloat16)
    inputs = _inputs(CONFIGS[name], (3, 6, 4), torch.bfloat16)
    true = theirs(**inputs, timestep=torch.tensor([523.0])).sample
    for backend in ("sdpa", "blocked"):
        assert _error(_ours(ours, inputs, torch.full((3,), 523.0), backend), true) < 1e-2


@torch.no_grad()
def test_each_frame_may_have_its_own_noise_as_in_wan_2_2() -> None:
    theirs, ours = _pair(TINY)
    inputs = _inputs(TINY, (4, 6, 4), torch.float32)
    levels = torch.tensor([0.0, 0.0, 700.0, 700.0])
    true = theirs(**inputs, timestep=levels.repeat_interleave(3 * 2)[None]).sample
    assert _error(_ours(ours, inputs, levels), true) < 1e-5
    mixed = torch.tensor([0.0, 700.0, 0.0, 300.0])
    true = theirs(**inputs, timestep=mixed.repeat_interleave(3 * 2)[None]).sample
    assert _error(_ours(ours, inputs, mixed), true) < 1e-5


@torch.no_grad()
def test_documents_of_several_sizes_and_levels_share_a_pass_and_nothing_else() -> None:
    _, ours = _pair(TINY)
    sizes, levels = [(4, 6, 4), (4, 6, 4), (2, 2, 6), (1, 4, 4)], [900.0, 800.0, 20.0, 411.5]
    documents = [
        _document(
            ours,
            _inputs(TINY, size, torch.float32) | {"encoder_hidden_states": level / 500 * torch.randn(1, words, 10)},
            torch.full(size[:1], level),
        )
        for size, level, words in zip(sizes, levels, (5, 5, 3, 9), strict=True)
    ]
    together = ours(documents)
    for document, made in zip(documents, together, strict=True):
        torch.testing.assert_close(made.velocity, ours([document])[0].velocity, atol=2e-6, rtol=1e-5)
    assert not torch.allclose(together[0].velocity, together[1].velocity)


@torch.no_grad()
def test_a_document_with_a_past_sees_what_was_kept_of_it() -> None:
    """With every layer's keys and values of the first half, the second half is as if both had been given."""
    _, ours = _pair(TINY)
    read = ours.read(torch.randn(7, 10))
    first, second = torch.randn(2, 4, 2, 4, 4)
    kept = ours([Document(first, torch.zeros(2), read, is_kept=True)])[0].keys_values
    assert kept is not None
    made = _second(ours, second, read, kept)
    changed = [(key.roll(1, 0), value) for key, value in kept]
    assert _error(_second(ours, second, read, changed), made) > 1e-3
    alone = ours([Document(second, torch.full((2,), 600.0), read, first_frame=2)])[0].velocity
    assert _error(alone, made) > 1e-3
    one_layer = WanTransformer(replace(ours.shape, layers=1))
    one_layer.load_state_dict({k: v for k, v in ours.state_dict().items() if not k.startswith("blocks.1.")})
    read = [read[0]]
    kept = one_layer([Document(first, torch.zeros(2), read, is_kept=True)])[0].keys_values
    assert kept is not None
    whole = Document(torch.cat([first, second], 1), torch.tensor([0.0, 0.0, 600.0, 600.0]), read)
    torch.testing.assert_close(
        _second(one_layer, second, read, kept), one_layer([whole])[0].velocity[:, 2:], atol=2e-6, rtol=1e-5
    )


def _second(model: WanTransformer, latents: Tensor, read: Sequence[Any], past: Sequence[Any]) -> Tensor:
    document = Document(latents, torch.full((2,), 600.0), read, first_frame=2, past=past)
    made: list[Predicted] = model([document])
    return made[0].velocity


def test_both_layouts_of_names_lead_to_the_same_weights() -> None:
    theirs, _ = _pair(CONFIGS["two pictures"])
    weights = theirs.state_dict()
    ours = wan_weights(weights)
    original: dict[str, Tensor] = {}
    for name, tensor in ours.items():
        for entry in ORIGINAL:
            match = replace(entry, theirs=entry.ours).pattern.fullmatch(name)
            if match:
                own = entry.theirs.replace("{p}", "{}").format(*match.groups())
                source = next(
                    k
                    for k, v in weights.items()
                    if v.numel() == tensor.numel() and torch.equal(v.flatten(), tensor.flatten())
                )
                original[own] = weights[source]
    again = wan_weights(original)
    assert set(again) == set(ours)
    assert all(torch.equal(again[name], ours[name]) for name in ours)


def test_what_does_not_fit_is_refused_by_name() -> None:
    theirs, ours = _pair(TINY)
    with pytest.raises(CheckpointError, match=r"1 of .* have names that are not of its kind .*, extra\.weight"):
        wan_weights(theirs.state_dict() | {"extra.weight": torch.zeros(1)})
    with pytest.raises(CheckpointError, match="qk_norm = 'layer_norm'"):
        wan_shape(dict(theirs.config) | {"qk_norm": "layer_norm"})
    with pytest.raises(ShapeError, match="reads no picture; give none"):
        ours.read(torch.zeros(3, 10), torch.zeros(3, 14))
    read = ours.read(torch.zeros(3, 10))
    with pytest.raises(ShapeError, match=r"no whole patches of \(1, 2, 2\)"):
        ours([Document(torch.zeros(4, 1, 3, 4), torch.zeros(1), read)])
    with pytest.raises(ShapeError, match="2 timesteps for 1 latent frames"):
        ours([Document(torch.zeros(4, 1, 4, 4), torch.zeros(2), read)])
    with pytest.raises(ShapeError, match="latents of 5 channels for a Wan that takes 4"):
        ours([Document(torch.zeros(5, 1, 4, 4), torch.zeros(1), read)])
    with pytest.raises(ShapeError, match="32 places along an axis"):
        ours([Document(torch.zeros(4, 1, 2, 2), torch.zeros(1), read, first_frame=32)])
    with pytest.raises(UnsupportedError, match="no attention backend 'magic'"):
        ours([Document(torch.zeros(4, 1, 4, 4), torch.zeros(1), read)], "magic")
