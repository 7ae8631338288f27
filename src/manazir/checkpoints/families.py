"""Families of open weights: which pipelines belong to which, and what of a canvas a model honours.

Imports no torch: lists and refusals are answered at once.
"""

from collections.abc import Mapping
from typing import Any

from manazir.checkpoints.pipeline_call import from_settings
from manazir.core.canvas import Need
from manazir.core.errors import CheckpointError

GENERIC = "diffusers"
"""The family of all that no engine of ours runs, and diffusers may."""

FAMILIES = {
    "WanPipeline": "wan",
    "WanImageToVideoPipeline": "wan",
    "WanVideoToVideoPipeline": "wan",
    "WanVACEPipeline": "wan",
    "WanDMDPipeline": "wan",
    "LTX2Pipeline": "ltx",
    "LTX2ImageToVideoPipeline": "ltx",
    "LTX2ConditionPipeline": "ltx",
}
"""Classes that `model_index.json` names: diffusers' own, and one of FastVideo's for models distilled by DMD."""

_COMMON = ("transformer", "vae", "text_encoder", "tokenizer", "scheduler")
NEEDED: Mapping[str, tuple[str, ...]] = {"wan": _COMMON, "ltx": (*_COMMON, "connectors", "audio_vae", "vocoder")}
"""Parts without which an engine of ours makes no film, by the family."""

UPSAMPLER = "latent_upsampler"
"""The part of an LTX-2 that a second stage needs."""
EXTRA: Mapping[str, Mapping[str, str]] = {"ltx": {UPSAMPLER: "LTX2LatentUpsamplerModel"}}
"""Parts that some folders have beside those that their index names, and their classes in diffusers, by the family."""

CHANGED = frozenset({Need.MODIFY, Need.KEEP_REGION})
"""Of models that begin from a clip with noise on it: what of its latents stays is put back at every step."""

LTX_HONOURS = CHANGED | {
    *(Need.TEXT, Need.FIRST_FRAME, Need.LAST_FRAME, Need.KEYFRAMES, Need.EXTEND_AFTER, Need.EXTEND_BEFORE),
    *(Need.SOUND_FOR_VIDEO, Need.VIDEO_FOR_SOUND),
}
"""Pictures, clips and sounds stand anywhere in time, as clean latents; a clip that is changed, as noisy ones."""

WAN_ANYWHERE = frozenset(
    {Need.TEXT, Need.FIRST_FRAME, Need.LAST_FRAME, Need.KEYFRAMES, Need.EXTEND_AFTER, Need.EXTEND_BEFORE}
)
"""Of Wans that can be told of any frame that it is known; they were taught with the first one."""

VACE_HONOURS = WAN_ANYWHERE | CHANGED | {Need.REFRAME, Need.REFERENCES}
"""What is known is told pixel by pixel; pictures for reference stand before the film."""


def family_of(pipeline: str) -> str:
    """The family of a pipeline; `GENERIC`: none of ours."""
    return FAMILIES.get(pipeline, GENERIC)


def honoured(family: str, settings: Mapping[str, Any], transformer: Mapping[str, Any]) -> frozenset[Need]:
    """What a model honours, from its configurations.

    Args:
        settings: of its manifest.
        transformer: the transformer's `config.json`.

    Raises:
        CheckpointError: the settings do not say it.
    """
    if family == GENERIC:
        return from_settings(settings).honours
    if family == "ltx":
        return LTX_HONOURS
    if transformer.get("vace_layers") is not None:
        return VACE_HONOURS
    if channels_of_known(transformer):
        if transformer.get("image_dim") is None:  # nothing but the mask says which frames they are
            return WAN_ANYWHERE
        has_two_pictures = transformer.get("pos_embed_seq_len") is not None
        return frozenset({Need.TEXT, Need.FIRST_FRAME, Need.LAST_FRAME if has_two_pictures else Need.EXTEND_AFTER})
    if settings.get("expand_timesteps"):  # each latent frame has its own noise level
        return WAN_ANYWHERE | CHANGED
    return CHANGED | {Need.TEXT}


def needs_picture(family: str, settings: Mapping[str, Any], transformer: Mapping[str, Any]) -> bool:
    """Whether a model was taught to start from something that is seen, and does not without; arguments as above.

    Raises:
        CheckpointError: the settings do not say it.
    """
    if family == GENERIC:
        return from_settings(settings).needs_picture
    return family == "wan" and channels_of_known(transformer) > 0


def channels_of_known(transformer: Mapping[str, Any]) -> int:
    """How many channels a Wan has for known frames beside the noise; 0: they come otherwise, or not.

    Raises:
        CheckpointError: the configuration does not say it.
    """
    channels_in = transformer.get("in_channels", 16)
    channels_out = transformer.get("out_channels") or channels_in
    if not isinstance(channels_in, int) or not isinstance(channels_out, int):
        raise CheckpointError(f"a transformer of {channels_in!r} channels; import the model again")
    return channels_in - channels_out
