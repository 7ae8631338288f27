"""Our LTX-2 gives what diffusers' gives, with the same weights."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
import torch
from diffusers import LTX2VideoTransformer3DModel
from diffusers.loaders.single_file_utils import convert_ltx2_transformer_to_diffusers
from diffusers.pipelines.ltx2 import LTX2TextConnectors
from tests.open_ltx import LTX_2_3, LTX_2_5, TRANSFORMER
from tests.random_weights import randomised
from torch import Tensor

from manazir.checkpoints.bundle import fill
from manazir.checkpoints.ltx import ltx_connectors_shape, ltx_connectors_weights, ltx_shape, ltx_weights
from manazir.checkpoints.ltx_names import CONNECTORS, DIFFUSERS, ORIGINAL, ORIGINAL_CONNECTORS
from manazir.checkpoints.names import Name
from manazir.core.errors import CheckpointError, ShapeError, UnsupportedError
from manazir.models.ltx.connectors import Connectors
from manazir.models.ltx.documents import Document, Predicted, Track
from manazir.models.ltx.shape import Crossed
from manazir.models.ltx.transformer import LtxTransformer

CHANNELS = {"in_channels": 5, "out_channels": 5, "audio_in_channels": 6, "audio_out_channels": 6}
TINY = TRANSFORMER | CHANNELS | {"caption_channels": 10}
LATER = LTX_2_3["transformer"]
CONFIGS: dict[str, dict[str, Any]] = {
    "LTX-2": TINY,
    "other sizes": TINY
    | {
        "num_attention_heads": 3,
        "attention_head_dim": 10,
        "cross_attention_dim": 30,
        "audio_num_attention_heads": 3,
        "audio_attention_head_dim": 6,
        "audio_cross_attention_dim": 18,
        "num_layers": 3,
        "vae_scale_factors": (4, 16, 16),
        "audio_scale_factor": 2,
        "pos_embed_max_pos": 12,
        "audio_pos_embed_max_pos": 12,
        "base_height": 512,
        "base_width": 768,
    },
    "LTX-2.3": TINY | LATER,
    "LTX-2.5": TINY | LTX_2_5["transformer"],
}
FRAME_RATE = 25.0
REGISTERS = ("video_connector_num_learnable_registers", "audio_connector_num_learnable_registers")


@dataclass
class Given:
    """Inputs of one document."""

    video: Tensor
    sound: Tensor
    video_words: Tensor
    sound_words: Tensor
    timesteps: Tensor
    sound_timesteps: Tensor

    def theirs(self, is_crossed: bool) -> dict[str, Any]:
        _, t, h, w = self.video.shape
        return {
            "hidden_states": self.video.flatten(1).T[None],
            "audio_hidden_states": self.sound.transpose(0, 1).flatten(1)[None],
            "encoder_hidden_states": self.video_words[None],
            "audio_encoder_hidden_states": self.sound_words[None],
            "timestep": self.timesteps.repeat_interleave(h * w)[None],
            "audio_timestep": self.sound_timesteps[None],
            "sigma": self.timesteps.max()[None],
            "audio_sigma": self.sound_timesteps.max()[None],
            "num_frames": t,
            "height": h,
            "width": w,
            "fps": FRAME_RATE,
            "audio_num_frames": self.sound.shape[1],
            "use_cross_timestep": is_crossed,
        }


def _pair(
    config: dict[str, Any], dtype: torch.dtype = torch.float32, crosses_by: Crossed = "other"
) -> tuple[Any, LtxTransformer]:
    torch.manual_seed(0)
    theirs = randomised(LTX2VideoTransformer3DModel(**config)).to(dtype)
    ours = LtxTransformer(replace(ltx_shape(dict(theirs.config)), crosses_by=crosses_by)).to(dtype).eval()
    fill(ours, ltx_weights(theirs.state_dict()), "a tiny LTX-2")
    return theirs, ours


def _given(
    config: dict[str, Any],
    size: tuple[int, int, int] = (3, 2, 5),
    sounds: int = 7,
    seed: int = 1,
    dtype: torch.dtype = torch.float32,
) -> Given:
    """Of several noise levels: known frames among them."""
    torch.manual_seed(seed)
    is_read = config.get("use_prompt_embeddings", True)
    widths = [config["num_attention_heads"] * config[f"{kind}attention_head_dim"] for kind in ("", "audio_")]
    video_words, sound_words = (torch.randn(6, config["caption_channels"] if is_read else width) for width in widths)
    levels = torch.tensor([0.0, 700.0, 700.0, 300.0])[: size[0]]
    sound_levels = torch.tensor([0.0, 0.0, *[500.0] * sounds])[:sounds]
    tensors = [torch.randn(5, *size), torch.randn(2, sounds, 3), video_words, sound_words]
    return Given(*(tensor.to(dtype) for tensor in tensors), levels, sound_levels)


def _document(model: LtxTransformer, given: Given, **others: Any) -> Document:
    shape = model.shape
    video = Track(
        given.video,
        given.timesteps,
        shape.video_times(len(given.timesteps), FRAME_RATE),
        model.read_video(given.video_words),
    )
    sound = Track(
        given.sound,
        given.sound_timesteps,
        shape.sound_times(len(given.sound_timesteps)),
        model.read_sound(given.sound_words),
    )
    return Document(video=video, sound=sound, **others)


@torch.no_grad()
def _theirs(model: Any, given: Given, is_crossed: bool = True, **others: Any) -> tuple[Tensor, Tensor]:
    made = model(**given.theirs(is_crossed), **others)
    video = made.sample[0].T.reshape(given.video.shape)
    return video, made.audio_sample[0].view(given.sound.shape[1], 2, 3).transpose(0, 1)


@torch.no_grad()
def _ours(model: LtxTransformer, documents: Sequence[Document], backend: str = "sdpa") -> list[Predicted]:
    return model(documents, backend)


def _error(made: Tensor, true: Tensor) -> float:
    assert made.shape == true.shape
    return float((made - true).float().norm() / true.float().norm())


def _errors(made: Predicted, true: tuple[Tensor, Tensor]) -> float:
    """The larger of both."""
    assert made.video is not None
    assert made.sound is not None
    return max(_error(made.video.velocity, true[0]), _error(made.sound.velocity, true[1]))


@pytest.mark.parametrize(("size", "sounds"), [((3, 2, 5), 7), ((1, 3, 1), 1), ((4, 1, 2), 12)])
@pytest.mark.parametrize("name", CONFIGS)
def test_predictions_are_equal(name: str, size: tuple[int, int, int], sounds: int) -> None:
    theirs, ours = _pair(CONFIGS[name])
    given = _given(CONFIGS[name], size, sounds)
    assert _errors(_ours(ours, [_document(ours, given)])[0], _theirs(theirs, given)) < 1e-5


@pytest.mark.parametrize(("name", "layers"), [("LTX-2", 1), ("LTX-2.3", 2), ("LTX-2.5", 1)])
def test_predictions_are_nearly_equal_in_bfloat16(name: str, layers: int) -> None:
    config = CONFIGS[name] | {"num_layers": layers}
    theirs, ours = _pair(config, torch.bfloat16)
    given = _given(config, dtype=torch.bfloat16)
    true = _theirs(theirs, given)
    for backend in ("sdpa", "blocked"):
        assert _errors(_ours(ours, [_document(ours, given)], backend)[0], true) < 1e-2


def test_video_and_sound_may_be_modulated_for_each_other_by_their_own_noise() -> None:
    theirs, ours = _pair(TINY, crosses_by="own")
    given = _given(TINY)
    made = _ours(ours, [_document(ours, given)])[0]
    assert _errors(made, _theirs(theirs, given, is_crossed=False)) < 1e-5
    assert _errors(made, _theirs(theirs, given, is_crossed=True)) > 1e-3


def test_the_gates_alone_may_follow_the_others_noise() -> None:
    theirs, ours = _pair(TINY, crosses_by="gates")
    given = _given(TINY)
    for reader, levels in (
        (theirs.av_cross_attn_video_a2v_gate, given.sound_timesteps),
        (theirs.av_cross_attn_audio_v2a_gate, given.timesteps),
    ):
        reader.forward = partial(_read_at, reader.forward, levels.max()[None])
    assert _errors(_ours(ours, [_document(ours, given)])[0], _theirs(theirs, given, is_crossed=False)) < 1e-5


def _read_at(read: Any, level: Tensor, _timestep: Tensor, **others: Any) -> Any:
    return read(level, **others)


@pytest.mark.parametrize("name", ["LTX-2", "LTX-2.3"])
def test_all_branches_of_guidance_are_documents_of_one_pack(name: str) -> None:
    theirs, ours = _pair(CONFIGS[name])
    given, against = _given(CONFIGS[name]), _given(CONFIGS[name], seed=2)
    against = replace(given, video_words=against.video_words[:4], sound_words=against.sound_words[:3])
    plain = _document(ours, given)
    documents = [
        plain,
        _document(ours, against),
        replace(plain, blind_layers=frozenset({1})),
        replace(plain, is_isolated=True),
        replace(plain, blind_layers=frozenset({0, 1}), is_isolated=True),
    ]
    true = [
        _theirs(theirs, given),
        _theirs(theirs, against),
        _theirs(theirs, given, spatio_temporal_guidance_blocks=[1]),
        _theirs(theirs, given, isolate_modalities=True),
        _theirs(theirs, given, spatio_temporal_guidance_blocks=[0, 1], isolate_modalities=True),
    ]
    for made, one in zip(_ours(ours, documents), true, strict=True):
        assert _errors(made, one) < 1e-5
    assert all(_error(one[0], true[0][0]) > 1e-3 for one in true[1:])


@pytest.mark.parametrize("name", ["LTX-2", "LTX-2.5"])
def test_documents_of_several_sizes_and_tracks_share_a_pass_and_nothing_else(name: str) -> None:
    _, ours = _pair(CONFIGS[name])
    sizes = [((3, 2, 5), 7), ((3, 2, 5), 7), ((1, 1, 3), 9), ((4, 2, 2), 1)]
    documents = [
        _document(ours, _given(CONFIGS[name], size, sounds, seed)) for seed, (size, sounds) in enumerate(sizes)
    ]
    lone = [replace(documents[0], sound=None), replace(documents[2], video=None)]
    mixed = [documents[0], lone[0], documents[1], lone[1], *documents[2:], replace(documents[3], is_isolated=True)]
    for document, made in zip(mixed, _ours(ours, mixed), strict=True):
        alone = _ours(ours, [document])[0]
        for kind in ("video", "sound"):
            track, own = getattr(made, kind), getattr(alone, kind)
            assert (track is None) == (getattr(document, kind) is None)
            if track is not None:
                torch.testing.assert_close(track.velocity, own.velocity, atol=3e-6, rtol=1e-5)


def test_a_track_without_the_other_is_as_if_they_were_isolated() -> None:
    theirs, ours = _pair(TINY)
    given = _given(TINY)
    document = _document(ours, given)
    video, sound = _theirs(theirs, given, isolate_modalities=True)
    lone_video, lone_sound = _ours(ours, [replace(document, sound=None), replace(document, video=None)])
    assert lone_video.video is not None
    assert lone_sound.sound is not None
    assert _error(lone_video.video.velocity, video) < 1e-5
    assert _error(lone_sound.sound.velocity, sound) < 1e-5


def test_frames_may_stand_at_any_time_and_be_marked_as_pictures() -> None:
    """As keyframes are given: latent frames of one picture each, appended with their own times."""
    theirs, ours = _pair(CONFIGS["LTX-2.5"])
    given = _given(CONFIGS["LTX-2.5"], (4, 2, 3))
    document = _document(ours, given)
    assert document.video is not None
    times = document.video.times.clone()
    times[3] = torch.tensor([40.0, 41.0]) / FRAME_RATE
    marks = torch.tensor([True, False, False, True])
    coordinates = theirs.rope.prepare_video_coords(1, 4, 2, 3, torch.device("cpu"), fps=FRAME_RATE)
    coordinates[:, 0, -6:] = times[3]
    true = _theirs(
        theirs, given, video_coords=coordinates, video_keyframes_mask=marks.float().repeat_interleave(6)[None, :, None]
    )
    placed = replace(document, video=replace(document.video, times=times, are_pictures=marks))
    assert _errors(_ours(ours, [placed])[0], true) < 1e-5
    assert _errors(_ours(ours, [placed, document])[0], true) < 1e-5
    assert _errors(_ours(ours, [document])[0], true) > 1e-3


def test_words_need_not_be_kept_as_keys_and_values() -> None:
    _, ours = _pair(TINY)
    given = _given(TINY)
    document = _document(ours, given)
    assert document.video is not None
    words = ours.read_video(given.video_words, keeps=False)
    assert words.keys_values is None
    made, kept = _ours(ours, [replace(document, video=replace(document.video, words=words)), document])
    assert made.video is not None
    assert kept.video is not None
    torch.testing.assert_close(made.video.velocity, kept.video.velocity)


def test_a_document_with_a_past_sees_what_was_kept_of_it() -> None:
    """With the keys and values of the first half, the second half is as if both had been given: in one layer."""
    config = TINY | {"num_layers": 1}
    _, ours = _pair(config)
    given = _given(config, (4, 2, 3), 8)
    whole = _document(ours, given, is_isolated=True)
    first, second = (_part(whole, ours, at) for at in (0, 1))
    kept = _ours(ours, [replace(first, is_kept=True)])[0]
    made = _ours(ours, [_after(second, kept), second])
    true = _ours(ours, [whole])[0]
    for kind, half in (("video", 2), ("sound", 4)):
        velocity = getattr(true, kind).velocity[:, half:]
        assert _error(getattr(made[0], kind).velocity, velocity) < 1e-5
        assert _error(getattr(made[1], kind).velocity, velocity) > 1e-3
        assert getattr(made[0], kind).keys_values is None


def _part(whole: Document, model: LtxTransformer, at: int) -> Document:
    """Half of a document: the first, or the second."""
    assert whole.video is not None
    assert whole.sound is not None
    video = replace(
        whole.video,
        latents=whole.video.latents[:, 2 * at : 2 * at + 2],
        timesteps=whole.video.timesteps[2 * at : 2 * at + 2],
        times=model.shape.video_times(2, FRAME_RATE, first_frame=2 * at),
        level=whole.video.noise,
    )
    sound = replace(
        whole.sound,
        latents=whole.sound.latents[:, 4 * at : 4 * at + 4],
        timesteps=whole.sound.timesteps[4 * at : 4 * at + 4],
        times=model.shape.sound_times(4, first_frame=4 * at),
    )
    return replace(whole, video=video, sound=sound)


def _after(document: Document, kept: Predicted) -> Document:
    assert document.video is not None
    assert document.sound is not None
    assert kept.video is not None
    assert kept.sound is not None
    video = replace(document.video, past=kept.video.keys_values)
    return replace(document, video=video, sound=replace(document.sound, past=kept.sound.keys_values))


TINY_CONNECTORS: dict[str, Any] = {
    "caption_channels": 12,
    "text_proj_in_factor": 3,
    "video_connector_num_attention_heads": 2,
    "video_connector_attention_head_dim": 6,
    "video_connector_num_learnable_registers": 4,
    "audio_connector_num_attention_heads": 3,
    "audio_connector_attention_head_dim": 4,
    "audio_connector_num_learnable_registers": 4,
    "connector_rope_base_seq_len": 32,
    "rope_type": "split",
}
CONNECTORS_CONFIGS: dict[str, dict[str, Any]] = {
    "LTX-2": TINY_CONNECTORS,
    "LTX-2.3": TINY_CONNECTORS
    | {
        "video_connector_attention_head_dim": 8,
        "video_connector_num_layers": 3,
        "audio_connector_num_layers": 3,
        "video_gated_attn": True,
        "audio_gated_attn": True,
        "per_modality_projections": True,
        "proj_bias": True,
        "video_hidden_dim": 16,
        "audio_hidden_dim": 12,
    },
}


def _connectors(config: dict[str, Any]) -> tuple[Any, Connectors]:
    torch.manual_seed(0)
    theirs = randomised(LTX2TextConnectors(**config))
    ours = Connectors(ltx_connectors_shape(dict(theirs.config))).eval()
    fill(ours, ltx_connectors_weights(theirs.state_dict()), "tiny connectors")
    return theirs, ours


@pytest.mark.parametrize("words", [1, 5, 12])
@pytest.mark.parametrize("name", CONNECTORS_CONFIGS)
@torch.no_grad()
def test_connectors_are_equal(name: str, words: int) -> None:
    theirs, ours = _connectors(CONNECTORS_CONFIGS[name])
    states = 3 * torch.randn(12, 12, 3)
    mask = (torch.arange(12) >= 12 - words).long()
    for dtype, most in ((torch.float32, 1e-5), (torch.bfloat16, 1e-2)):
        theirs, ours, states = theirs.to(dtype), ours.to(dtype), states.to(dtype)
        true = theirs(states[None], mask[None])
        made = ours(states[12 - words :], length=12)
        assert [_error(part, one[0]) < most for part, one in zip(made, true, strict=False)] == [True, True]


def _as_original(tensors: dict[str, Tensor], layout: Sequence[Name], original: Sequence[Name]) -> dict[str, Tensor]:
    """Under Lightricks' names, without a prefix."""
    renamed = {}
    for name, tensor in tensors.items():
        index, match = next((i, m) for i, entry in enumerate(layout) if (m := entry.pattern.fullmatch(name)))
        renamed[original[index].theirs.replace("{p}", "{}").format(*match.groups())] = tensor
    return renamed


@pytest.mark.parametrize(("name", "connectors"), [("LTX-2", "LTX-2"), ("LTX-2.5", "LTX-2.3")])
def test_lightricks_own_files_lead_to_the_same_weights(name: str, connectors: str) -> None:
    theirs, of_words = _pair(CONFIGS[name])[0].state_dict(), _connectors(CONNECTORS_CONFIGS[connectors])[0].state_dict()
    own = _as_original(theirs, DIFFUSERS, ORIGINAL)
    words = _as_original(of_words, CONNECTORS, ORIGINAL_CONNECTORS)
    file = {f"model.diffusion_model.{key}": tensor for key, tensor in own.items()}
    file |= {key if key.startswith("text_") else f"model.diffusion_model.{key}": part for key, part in words.items()}
    file |= {"vae.decoder.conv_in.conv.weight": torch.zeros(1)}
    _assert_same(ltx_weights(file), ltx_weights(theirs))
    _assert_same(ltx_weights(own | words), ltx_weights(theirs))
    _assert_same(ltx_connectors_weights(file), ltx_connectors_weights(of_words))
    assert "video_embeddings_connector.transformer_1d_blocks.0.attn1.q_norm.weight" in words
    assert any(key.startswith("text_embedding_projection.") and "aggregate_embed.weight" in key for key in words)
    again = convert_ltx2_transformer_to_diffusers(dict(own))
    _assert_same({key.replace("prompt_adaln_single", "prompt_adaln"): part for key, part in again.items()}, theirs)


def _assert_same(made: dict[str, Tensor], true: dict[str, Tensor]) -> None:
    assert set(made) == set(true)
    assert all(torch.equal(made[name], true[name]) for name in true)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rope_type", "interleaved"),
        ("patch_size", 2),
        ("audio_num_attention_heads", 4),
        ("cross_attention_dim", 31),
        ("audio_gated_attn", True),
        ("use_prompt_adaln_single", False),
        ("vae_scale_factors", (8, 32, 16)),
    ],
)
def test_a_configuration_that_none_has_is_refused_by_its_field(field: str, value: object) -> None:
    config = dict(LTX2VideoTransformer3DModel(**TINY).config)
    ltx_shape(config)
    with pytest.raises(CheckpointError, match=field):
        ltx_shape(config | {field: value})


def test_what_does_not_fit_is_refused() -> None:
    theirs, ours = _pair(TINY)
    with pytest.raises(CheckpointError, match=r"1 of .* extra\.weight"):
        ltx_weights(theirs.state_dict() | {"extra.weight": torch.zeros(1)})
    config = dict(_connectors(TINY_CONNECTORS)[0].config)
    with pytest.raises(CheckpointError, match="proj_bias = True"):
        ltx_connectors_shape(config | {"proj_bias": True})
    with pytest.raises(CheckpointError, match="without caption_channels"):
        ltx_connectors_shape(config | {"caption_channels": None})
    with pytest.raises(CheckpointError, match="num_learnable_registers"):
        ltx_connectors_shape(config | dict.fromkeys(REGISTERS))
    with pytest.raises(ShapeError, match="give a multiple of 4, at least 12"):
        _connectors(TINY_CONNECTORS)[1](torch.zeros(9, 12, 3), length=8)
    with pytest.raises(ShapeError, match="which reads 10"):
        ours.read_video(torch.zeros(3, 11))
    document = _document(ours, _given(TINY))
    assert document.video is not None
    assert document.sound is not None
    video, sound = document.video, document.sound
    refused = {
        "without video and without sound": replace(document, video=None, sound=None),
        r"blind layers \[2\]; this LTX-2 has 0 to 1": replace(document, blind_layers=frozenset({2})),
        "as video for": replace(document, video=replace(video, latents=torch.zeros(4, 3, 2, 5))),
        "as sound for": replace(document, sound=replace(sound, latents=torch.zeros(2, 7, 2))),
        "2 timesteps": replace(document, video=replace(video, timesteps=torch.zeros(2))),
        "does not mark pictures": replace(document, video=replace(video, are_pictures=torch.ones(3) > 0)),
    }
    for message, one in refused.items():
        with pytest.raises(ShapeError, match=message):
            ours([one])
    with pytest.raises(ShapeError, match="another model has read"):
        _pair(CONFIGS["LTX-2.3"])[1]([document])
    with pytest.raises(UnsupportedError, match="no attention backend 'magic'"):
        ours([document], "magic")
