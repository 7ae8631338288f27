"""Parts of an LTX-2 of the library, whoever wrote them: the folders of diffusers, or the single files of Lightricks."""

from manazir.checkpoints import ltx_from_diffusers, ltx_from_lightricks, ltx_networks_from_lightricks
from manazir.checkpoints.lightricks import LIBRARY
from manazir.checkpoints.ltx import ltx_connectors_shape, ltx_shape
from manazir.checkpoints.ltx_codecs import Layout
from manazir.checkpoints.manifest import Part
from manazir.models.codecs.ltx_audio import LtxAudioShape
from manazir.models.codecs.ltx_upsampler import LtxUpsamplerShape
from manazir.models.codecs.ltx_video_shape import LtxVideoShape
from manazir.models.codecs.ltx_vocoder import LtxVocoderShape
from manazir.models.codecs.ltx_wide_vocoder import LtxWideVocoderShape
from manazir.models.ltx.connectors import ConnectorsShape
from manazir.models.ltx.shape import LtxShape


def layout_of(part: Part) -> Layout:
    """Who wrote a part."""
    return "lightricks" if part.library == LIBRARY else "diffusers"


def transformer_shape(part: Part) -> LtxShape:
    """The sizes of a `transformer`.

    Raises:
        CheckpointError, UnsupportedError: its configuration tells of something that no released LTX-2 has.
    """
    read = ltx_networks_from_lightricks.transformer_shape if layout_of(part) == "lightricks" else ltx_shape
    return read(part.config)


def connectors_shape(part: Part) -> ConnectorsShape:
    """The sizes of `connectors`; errors as above."""
    read = ltx_networks_from_lightricks.connectors_shape if layout_of(part) == "lightricks" else ltx_connectors_shape
    return read(part.config)


def video_shape(part: Part) -> LtxVideoShape:
    """The sizes of a `vae`; errors as above."""
    read = ltx_from_lightricks.video_shape if layout_of(part) == "lightricks" else ltx_from_diffusers.video_shape
    return read(part.config)


def audio_shape(part: Part) -> LtxAudioShape:
    """The sizes of an `audio_vae`; errors as above."""
    read = ltx_from_lightricks.audio_shape if layout_of(part) == "lightricks" else ltx_from_diffusers.audio_shape
    return read(part.config)


def vocoder_shape(part: Part) -> LtxVocoderShape | LtxWideVocoderShape:
    """The sizes of a `vocoder`; errors as above."""
    read = ltx_from_lightricks.vocoder_shape if layout_of(part) == "lightricks" else ltx_from_diffusers.vocoder_shape
    return read(part.config)


def upsampler_shape(part: Part) -> LtxUpsamplerShape:
    """The sizes of a `latent_upsampler`; errors as above."""
    read = (
        ltx_from_lightricks.upsampler_shape if layout_of(part) == "lightricks" else ltx_from_diffusers.upsampler_shape
    )
    return read(part.config)
