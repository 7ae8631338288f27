"""Whether a part's weights are those of its network: names and shapes against ours, on headers alone."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from manazir.checkpoints import lightricks, ltx_codecs
from manazir.checkpoints.bounded import no_larger_than
from manazir.checkpoints.bundle import check_fit
from manazir.checkpoints.headers import Stored
from manazir.checkpoints.ltx import ltx_connectors_shape, ltx_connectors_weights, ltx_shape, ltx_weights
from manazir.checkpoints.ltx_codecs import Layout
from manazir.checkpoints.ltx_networks_from_lightricks import connectors_shape, transformer_shape
from manazir.checkpoints.text_checks import TEXT_ENCODERS, check_text_encoder
from manazir.checkpoints.wan import wan_transformer, wan_weights
from manazir.checkpoints.wan_vae import shape_from_diffusers, weights_from_diffusers
from manazir.core.errors import CheckpointError, ManazirError
from manazir.models.ltx.connectors import Connectors, ConnectorsShape
from manazir.models.ltx.shape import LtxShape
from manazir.models.ltx.transformer import LtxTransformer

Check = Callable[[Mapping[str, Any], Mapping[str, Tensor], str], None]
"""Of a configuration, weights without content, and what they are of; raises a CheckpointError."""


def check_part(class_name: str, config: Mapping[str, Any], weights: Mapping[str, Stored], what: str) -> bool:
    """Hold a part's weights against its network; False: no table of names is known for it.

    Raises:
        CheckpointError: they are of another network, or the configuration asks for what no release has.
    """
    if class_name in TEXT_ENCODERS:
        return check_text_encoder(class_name, config, weights, what)
    if class_name not in CHECKS:
        return False
    empty = {name: torch.empty(stored.shape, device="meta") for name, stored in weights.items()}
    try:
        with no_larger_than(len(weights)):
            CHECKS[class_name](config, empty, what)
    except ManazirError as error:
        raise CheckpointError(str(error) if what in str(error) else f"{what}: {error}") from error
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError) as error:
        raise CheckpointError(f"the configuration of {what} makes no sense ({error!r}); get it again") from error
    return True


def _wan_transformer(config: Mapping[str, Any], weights: Mapping[str, Tensor], what: str) -> None:
    _fits(lambda: wan_transformer(config), wan_weights(weights), what)


def _wan_vae(config: Mapping[str, Any], weights: Mapping[str, Tensor], _what: str) -> None:
    weights_from_diffusers(shape_from_diffusers(config), weights)


def _ltx_transformer(read: Callable[[Mapping[str, Any]], LtxShape]) -> Check:
    def check(config: Mapping[str, Any], weights: Mapping[str, Tensor], what: str) -> None:
        shape = read(config)
        _fits(lambda: LtxTransformer(shape), ltx_weights(weights), what)

    return check


def _ltx_connectors(read: Callable[[Mapping[str, Any]], ConnectorsShape]) -> Check:
    def check(config: Mapping[str, Any], weights: Mapping[str, Tensor], what: str) -> None:
        shape = read(config)
        _fits(lambda: Connectors(shape), ltx_connectors_weights(weights), what)

    return check


def _ltx_codec(build: Callable[..., nn.Module], layout: Layout = "diffusers") -> Check:
    def check(config: Mapping[str, Any], weights: Mapping[str, Tensor], _what: str) -> None:
        build(config, weights, layout)

    return check


def _fits(network: Callable[[], nn.Module], weights: dict[str, Tensor], what: str) -> None:
    with torch.device("meta"):
        check_fit(network(), weights, what)


CHECKS: dict[str, Check] = {
    "WanTransformer3DModel": _wan_transformer,
    "WanVACETransformer3DModel": _wan_transformer,
    "AutoencoderKLWan": _wan_vae,
    "LTX2VideoTransformer3DModel": _ltx_transformer(ltx_shape),
    "LTX2TextConnectors": _ltx_connectors(ltx_connectors_shape),
    "AutoencoderKLLTX2Video": _ltx_codec(ltx_codecs.video_codec),
    "AutoencoderKLLTX2Audio": _ltx_codec(ltx_codecs.audio_codec),
    "LTX2Vocoder": _ltx_codec(ltx_codecs.vocoder),
    "LTX2VocoderWithBWE": _ltx_codec(ltx_codecs.vocoder),
    "LTX2LatentUpsamplerModel": _ltx_codec(ltx_codecs.upsampler),
    lightricks.CLASSES["transformer"]: _ltx_transformer(transformer_shape),
    lightricks.CLASSES["connectors"]: _ltx_connectors(connectors_shape),
    lightricks.CLASSES["vae"]: _ltx_codec(ltx_codecs.video_codec, "lightricks"),
    lightricks.CLASSES["audio_vae"]: _ltx_codec(ltx_codecs.audio_codec, "lightricks"),
    lightricks.CLASSES["vocoder"]: _ltx_codec(ltx_codecs.vocoder, "lightricks"),
    lightricks.CLASSES["latent_upsampler"]: _ltx_codec(ltx_codecs.upsampler, "lightricks"),
}
"""By the class that a configuration is of."""
