"""Whether a part's weights are those of its network: names and shapes against ours, on headers alone."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from manazir.checkpoints import ltx_codecs
from manazir.checkpoints.bundle import fill
from manazir.checkpoints.headers import Stored
from manazir.checkpoints.ltx import ltx_connectors_shape, ltx_connectors_weights, ltx_shape, ltx_weights
from manazir.checkpoints.wan import wan_shape, wan_weights
from manazir.core.errors import CheckpointError, ManazirError
from manazir.models.ltx.connectors import Connectors
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.wan.transformer import WanTransformer

Check = Callable[[Mapping[str, Any], Mapping[str, Tensor], str], None]
"""Of a configuration, weights without content, and what they are of; raises a CheckpointError."""


def check_part(class_name: str, config: Mapping[str, Any], weights: Mapping[str, Stored], what: str) -> bool:
    """Hold a part's weights against its network; False: no table of names is known for it.

    Raises:
        CheckpointError: they are of another network.
    """
    if class_name not in CHECKS:
        return False
    empty = {name: torch.empty(stored.shape, device="meta") for name, stored in weights.items()}
    CHECKS[class_name](config, empty, what)
    return True


def _wan_transformer(config: Mapping[str, Any], weights: Mapping[str, Tensor], what: str) -> None:
    try:
        shape = wan_shape(config)
    except KeyError as error:
        raise CheckpointError(f"the configuration of {what} lacks {error}; get it again") from error
    _fits(lambda: WanTransformer(shape), wan_weights(weights), what)


def _ltx_transformer(config: Mapping[str, Any], weights: Mapping[str, Tensor], what: str) -> None:
    _fits(lambda: LtxTransformer(ltx_shape(config)), ltx_weights(weights), what)


def _ltx_connectors(config: Mapping[str, Any], weights: Mapping[str, Tensor], what: str) -> None:
    _fits(lambda: Connectors(ltx_connectors_shape(config)), ltx_connectors_weights(weights), what)


def _ltx_codec(read: Callable[..., nn.Module]) -> Check:
    def check(config: Mapping[str, Any], weights: Mapping[str, Tensor], what: str) -> None:
        try:
            read(config, weights, "diffusers")
        except ManazirError as error:  # of a kind, or of sizes, that cannot be built
            raise CheckpointError(f"{what}: {error}") from error

    return check


def _fits(network: Callable[[], nn.Module], weights: dict[str, Tensor], what: str) -> None:
    with torch.device("meta"):
        fill(network(), weights, what)


CHECKS: dict[str, Check] = {
    "WanTransformer3DModel": _wan_transformer,
    "LTX2VideoTransformer3DModel": _ltx_transformer,
    "LTX2TextConnectors": _ltx_connectors,
    "AutoencoderKLLTX2Video": _ltx_codec(ltx_codecs.video_codec),
    "AutoencoderKLLTX2Audio": _ltx_codec(ltx_codecs.audio_codec),
    "LTX2Vocoder": _ltx_codec(ltx_codecs.vocoder),
    "LTX2VocoderWithBWE": _ltx_codec(ltx_codecs.vocoder),
}
"""By the class that a configuration is of."""
