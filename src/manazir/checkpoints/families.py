"""Families of open weights: which pipelines belong to which, and what of a canvas a model was taught to honour.

Imports no torch: lists and refusals are answered at once.
"""

from collections.abc import Mapping
from typing import Any

from manazir.core.canvas import Need
from manazir.core.errors import CheckpointError

FAMILIES = {
    "WanPipeline": "wan",
    "WanImageToVideoPipeline": "wan",
    "WanVideoToVideoPipeline": "wan",
    "LTX2Pipeline": "ltx",
    "LTX2ImageToVideoPipeline": "ltx",
    "LTX2ConditionPipeline": "ltx",
}
"""Classes of diffusers that `model_index.json` names."""

LTX_HONOURS = frozenset(
    {Need.TEXT, Need.FIRST_FRAME, Need.LAST_FRAME, Need.KEYFRAMES, Need.EXTEND_AFTER, Need.EXTEND_BEFORE}
)
"""Pictures and clips stand anywhere in time, as clean latents."""


def family_of(pipeline: str) -> str:
    """The family of a pipeline.

    Raises:
        CheckpointError: it is none of those that run here.
    """
    if pipeline not in FAMILIES:
        raise CheckpointError(f"a model for {pipeline}, which does not run here; have {', '.join(FAMILIES)}")
    return FAMILIES[pipeline]


def honoured(family: str, settings: Mapping[str, Any], transformer: Mapping[str, Any]) -> frozenset[Need]:
    """What a model was taught to honour, from its configurations.

    Args:
        settings: of `model_index.json`.
        transformer: the transformer's `config.json`.
    """
    if family == "ltx":
        return LTX_HONOURS
    channels_in, channels_out = transformer.get("in_channels", 16), transformer.get("out_channels") or 0
    if channels_in > (channels_out or channels_in):  # known frames come as channels
        has_two_pictures = transformer.get("pos_embed_seq_len") is not None
        return frozenset({Need.TEXT, Need.FIRST_FRAME} | ({Need.LAST_FRAME} if has_two_pictures else set()))
    if settings.get("expand_timesteps"):  # each latent frame has its own noise level
        return frozenset({Need.TEXT, Need.FIRST_FRAME})
    return frozenset({Need.TEXT})
