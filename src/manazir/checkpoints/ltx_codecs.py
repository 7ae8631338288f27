"""LTX-2's codecs from other projects' weights: diffusers' folders, and the single files that Lightricks publishes.

A single file holds every part under a prefix, `vae.`, `audio_vae.`, `vocoder.`, and the configuration as JSON in its
metadata; an upsampler is a file of its own. Each function here takes the configuration and the tensors of one source,
and returns our module with those very tensors in it, frozen. Which configurations there may be, `ltx_from_diffusers.py`
and `ltx_from_lightricks.py` say.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import torch
from torch import Tensor, nn

from manazir.checkpoints import ltx_from_diffusers, ltx_from_lightricks
from manazir.checkpoints.names import gathered
from manazir.models.codecs.ltx_audio import LtxAudioCodec
from manazir.models.codecs.ltx_upsampler import LtxUpsampler
from manazir.models.codecs.ltx_video import LtxVideoCodec
from manazir.models.codecs.ltx_vocoder import LtxVocoder, LtxVocoderShape
from manazir.models.codecs.ltx_wide_vocoder import LtxWideVocoder, LtxWideVocoderShape

Layout = Literal["diffusers", "lightricks"]
Config = Mapping[str, Any]
Tensors = Mapping[str, Tensor]
Rename = Callable[[list[str]], str]
"""The parts of one of our names → the name elsewhere."""

Part = TypeVar("Part", bound=nn.Module)

CONVOLUTIONS = {"first": "conv1", "second": "conv2", "first_norm": "norm1", "second_norm": "norm2"}
STATISTICS_NAME = "per_channel_statistics."
STATISTICS = {"latent_mean": "mean-of-means", "latent_std": "std-of-means"}


def video_codec(config: Config, tensors: Tensors, layout: Layout) -> LtxVideoCodec:
    """Return the video codec: diffusers' `vae/`, or what a single file has under `vae.`.

    Args:
        config: diffusers' `config.json`, or the whole of a single file's `config`.
        tensors: all of the source's; a single file may hold more than the codec.
        layout: who wrote them.

    Raises:
        CheckpointError: names are missing or unknown, or a tensor has another shape.
        UnsupportedError: the configuration asks for what no released one has.
    """
    if layout == "lightricks":
        shape, tensors = ltx_from_lightricks.video_shape(config), _under("vae.", tensors)
        return _filled(LtxVideoCodec, shape, tensors, _video_at_lightricks, unused=STATISTICS_NAME)
    shape = ltx_from_diffusers.video_shape(config)
    last = str(len(shape.encoder) - 1)
    return _filled(LtxVideoCodec, shape, tensors, lambda parts: _video_in_diffusers(parts, last))


def audio_codec(config: Config, tensors: Tensors, layout: Layout) -> LtxAudioCodec:
    """Return the audio codec: diffusers' `audio_vae/`, or what a single file has under `audio_vae.`.

    Arguments and errors are those of `video_codec`.
    """
    if layout == "lightricks":
        shape, tensors = ltx_from_lightricks.audio_shape(config), _under("audio_vae.", tensors)
        return _filled(LtxAudioCodec, shape, tensors, _audio_at_lightricks, unused=STATISTICS_NAME)
    return _filled(LtxAudioCodec, ltx_from_diffusers.audio_shape(config), tensors, _audio_in_diffusers)


def vocoder(config: Config, tensors: Tensors, layout: Layout) -> LtxVocoder | LtxWideVocoder:
    """Return the vocoder: diffusers' `vocoder/`, or what a single file has under `vocoder.`.

    Arguments and errors are those of `video_codec`.
    """
    if layout == "lightricks":
        shape, words = ltx_from_lightricks.vocoder_shape(config), VOCODER_AT_LIGHTRICKS
        tensors = _under("vocoder.", tensors)
    else:
        shape, words = ltx_from_diffusers.vocoder_shape(config), VOCODER_IN_DIFFUSERS
    if isinstance(shape, LtxVocoderShape):
        narrow = shape
        return _filled(LtxVocoder, narrow, tensors, lambda parts: _vocoder_name(parts, narrow, words))
    wide = shape
    unused = "mel_stft.stft_fn.inverse_basis"
    return _filled(LtxWideVocoder, wide, tensors, lambda parts: _wide_vocoder_name(parts, wide, words), unused)


def upsampler(config: Config, tensors: Tensors, layout: Layout) -> LtxUpsampler:
    """Return the latent upsampler: diffusers' `latent_upsampler/`, or a single file's all.

    Arguments and errors are those of `video_codec`.
    """
    read = ltx_from_lightricks.upsampler_shape if layout == "lightricks" else ltx_from_diffusers.upsampler_shape
    # Two ways to write down the same convolution; one of them stores the blur's fixed weights as well.
    grow = "upsampler.conv" if "upsampler.conv.weight" in tensors else "upsampler.0"
    unused = "upsampler.blur_down.kernel"
    return _filled(LtxUpsampler, read(config), tensors, lambda parts: _upsampler_name(parts, grow), unused)


def _filled(
    kind: Callable[[Any], Part], shape: object, tensors: Tensors, rename: Rename, unused: str | None = None
) -> Part:
    """Build a part around given tensors.

    Args:
        kind: the part's class.
        shape: its sizes.
        tensors: by their names elsewhere.
        rename: our names' parts → those names.
        unused: how names begin that may be there and are not needed.
    """
    with torch.device("meta"):
        part = kind(shape)
    what = f"an {type(part).__name__}"
    own = gathered(part, tensors, lambda name: rename(name.split(".")), what, unused=unused)
    part.load_state_dict(own, assign=True)
    return part.eval().requires_grad_(False)


def _under(prefix: str, tensors: Tensors) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _video_in_diffusers(parts: list[str], last: str) -> str:
    match parts:
        case ["latent_mean" | "latent_std" as name]:
            return name.replace("latent", "latents")
        case ["encoder", "stages", stage, "blocks", block, which, kind]:
            home = "mid_block" if stage == last else f"down_blocks.{stage}"
            return f"encoder.{home}.resnets.{block}.{CONVOLUTIONS[which]}.conv.{kind}"
        case ["decoder", "stages", stage, "blocks", block, which, kind]:
            home = "mid_block" if stage == "0" else f"up_blocks.{int(stage) - 1}"
            return f"decoder.{home}.resnets.{block}.{CONVOLUTIONS[which]}.conv.{kind}"
        case ["encoder", "stages", stage, "resize", "convolution", kind]:
            return f"encoder.down_blocks.{int(stage) - 1}.downsamplers.0.conv.conv.{kind}"
        case ["decoder", "stages", stage, "resize", "convolution", kind]:
            return f"decoder.up_blocks.{int(stage) - 1}.upsamplers.0.conv.conv.{kind}"
        case _:
            return _end(parts)


def _video_at_lightricks(parts: list[str]) -> str:
    """Stages and changes of size stand in one row there."""
    row = {"encoder": "down_blocks", "decoder": "up_blocks"}.get(parts[0])
    match parts:
        case ["latent_mean" | "latent_std" as name]:
            return f"{STATISTICS_NAME}{STATISTICS[name]}"
        case [side, "stages", stage, "blocks", block, which, kind]:
            return f"{side}.{row}.{2 * int(stage)}.res_blocks.{block}.{CONVOLUTIONS[which]}.conv.{kind}"
        case [side, "stages", stage, "resize", "convolution", kind]:
            return f"{side}.{row}.{2 * int(stage) - 1}.conv.conv.{kind}"
        case _:
            return _end(parts)


def _end(parts: list[str]) -> str:
    """Where a codec is entered and left, as both projects and both codecs have it."""
    side, end, kind = parts
    return f"{side}.{'conv_in' if end == 'enter' else 'conv_out'}.conv.{kind}"


def _audio_in_diffusers(parts: list[str]) -> str:
    """The decoder's stages are counted from the finest there, from the coarsest here."""
    match parts:
        case ["latent_mean" | "latent_std" as name]:
            return name.replace("latent", "latents")
        case [side, "middle", block, which, kind]:
            return f"{side}.mid.block_{int(block) + 1}.{CONVOLUTIONS[which]}.conv.{kind}"
        case ["encoder", "stages", stage, "resize", kind]:
            return f"encoder.down.{stage}.downsample.conv.{kind}"
        case ["decoder", "stages", stage, "resize", kind]:
            return f"decoder.up.{2 - int(stage)}.upsample.conv.conv.{kind}"
        case [side, "stages", stage, "blocks", block, which, kind]:
            row = f"down.{stage}" if side == "encoder" else f"up.{2 - int(stage)}"
            return f"{side}.{row}.block.{block}.{(CONVOLUTIONS | {'shortcut': 'nin_shortcut'})[which]}.conv.{kind}"
        case _:
            return _end(parts)


def _audio_at_lightricks(parts: list[str]) -> str:
    return f"{STATISTICS_NAME}{STATISTICS[parts[0]]}" if parts[0] in STATISTICS else _audio_in_diffusers(parts)


VOCODER_IN_DIFFUSERS = {
    "enter": "conv_in",
    "leave": "conv_out",
    "rise": "upsamplers",
    "blocks": "resnets",
    "bend": "act_out",
    "fall": "downsample.filter",
}
VOCODER_AT_LIGHTRICKS = {
    "enter": "conv_pre",
    "leave": "conv_post",
    "rise": "ups",
    "blocks": "resblocks",
    "bend": "act_post",
    "fall": "downsample.lowpass.filter",
}


def _vocoder_name(parts: list[str], shape: LtxVocoderShape, words: Mapping[str, str]) -> str:
    """Blocks of all stages stand in one row elsewhere."""
    snake = {"log_a": "act.alpha", "log_b": "act.beta", "rise": "upsample.filter", "fall": words["fall"]}
    match parts:
        case ["stages", stage, "rise", kind]:
            return f"{words['rise']}.{stage}.{kind}"
        case ["stages", stage, "blocks", block, layer, which, kind]:
            row = f"{words['blocks']}.{int(stage) * len(shape.block_kernels) + int(block)}"
            many = {"first": "convs1", "second": "convs2", "bend_first": "acts1", "bend_second": "acts2"}[which]
            return f"{row}.{many}.{layer}.{snake.get(kind, kind)}"
        case [which, kind]:
            return f"{words[which]}.{snake.get(kind, kind)}"
        case _:
            raise AssertionError(parts)


def _wide_vocoder_name(parts: list[str], shape: LtxWideVocoderShape, words: Mapping[str, str]) -> str:
    match parts:
        case ["spectrum", "waves"]:
            return "mel_stft.stft_fn.forward_basis"
        case ["spectrum", "bands"]:
            return "mel_stft.mel_basis"
        case ["first", *rest]:
            return f"vocoder.{_vocoder_name(rest, shape.first, words)}"
        case [_, *rest]:
            return f"bwe_generator.{_vocoder_name(rest, shape.second, words)}"
        case _:
            raise AssertionError(parts)


def _upsampler_name(parts: list[str], grow: str) -> str:
    ends = {"enter": "initial_conv", "enter_norm": "initial_norm", "leave": "final_conv"}
    match parts:
        case ["before" | "after" as row, block, which, kind]:
            blocks = {"before": "res_blocks", "after": "post_upsample_res_blocks"}[row]
            return f"{blocks}.{block}.{CONVOLUTIONS[which]}.{kind}"
        case ["grow", "convolution", kind]:
            return f"{grow}.{kind}"
        case [end, kind]:
            return f"{ends[end]}.{kind}"
        case _:
            raise AssertionError(parts)
