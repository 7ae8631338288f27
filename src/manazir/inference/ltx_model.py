"""An LTX-2 of the library, ready for use: what reads prompts, the transformer, and the codecs of video and sound.

Weights come in the dtype that is asked for, but for the codec and the vocoder of sound, which stay in float32: what
rounding adds there is heard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from manazir.checkpoints.bundle import check_fit
from manazir.checkpoints.flow_schedule import flow_schedule
from manazir.checkpoints.gemma import load_layered_encoder
from manazir.checkpoints.ltx import ltx_connectors_shape, ltx_connectors_weights, ltx_shape, ltx_weights
from manazir.checkpoints.ltx_codecs import audio_codec, video_codec, vocoder
from manazir.checkpoints.manifest import Manifest, load_manifest
from manazir.checkpoints.parts import part_of, tensors_of
from manazir.core.errors import CheckpointError, ShapeError
from manazir.diffusion.flow_schedule import FlowSchedule
from manazir.inference.ltx_request import Read
from manazir.inference.ltx_sampling import DISTILLED_SIGMAS, SOUND_GUIDANCE, VIDEO_GUIDANCE, LtxSampling
from manazir.models.codecs.ltx_audio import LtxAudioCodec
from manazir.models.codecs.ltx_video import LtxVideoCodec
from manazir.models.codecs.ltx_vocoder import LtxVocoder
from manazir.models.codecs.ltx_wide_vocoder import LtxWideVocoder
from manazir.models.ltx.connectors import Connectors
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.text.gemma import LayeredEncoder

Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class LtxModel:
    """Networks on a device, and how they were meant to be sampled."""

    name: str
    transformer: LtxTransformer
    connectors: Connectors
    prompts: LayeredEncoder
    video: LtxVideoCodec
    audio: LtxAudioCodec
    vocoder: LtxVocoder | LtxWideVocoder
    schedule: FlowSchedule
    is_distilled: bool
    """To eight steps without guidance: so its name or its source says, or its schedule, which then does not grow."""

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return self.transformer.video.enter.weight.device

    @property
    def sample_rate(self) -> int:
        """Of the sound that it makes."""
        return self.vocoder.sample_rate

    @property
    def picture_crf(self) -> int:
        """How coarsely pictures were compressed that it was taught to go on from; see `media.recompress`."""
        return 18 if self.transformer.shape.marks_pictures else 33

    @torch.no_grad()
    def read(self, prompt: str) -> Read:
        """What video and sound read of a prompt."""
        return Read(*self.connectors(self.prompts.encode(prompt)))

    def sampling(self, tokens: int, steps: int | None = None, guidance_scale: float | None = None) -> LtxSampling:
        """How its publishers sample it.

        Args:
            tokens: of the request.
            steps: 40 for LTX-2 and 30 for later ones, unless given; distilled ones have eight.
            guidance_scale: of video, away from unwanted words; None: 3.0, or none for distilled ones.

        Raises:
            ShapeError: another number of steps for a distilled model.
        """
        if self.is_distilled:
            if steps not in (None, len(DISTILLED_SIGMAS) - 1):
                raise ShapeError(f"{steps} steps for {self.name}, which was distilled to {len(DISTILLED_SIGMAS) - 1}")
            usual = LtxSampling(sigmas=DISTILLED_SIGMAS)
        else:
            usual = self._usual(tokens, steps)
        if guidance_scale is None:
            return usual
        return replace(usual, video=replace(usual.video, guidance_scale=guidance_scale))

    def _usual(self, tokens: int, steps: int | None) -> LtxSampling:
        shape = self.transformer.shape
        is_later = shape.modulates_words
        return LtxSampling(
            sigmas=self.schedule.sigmas(steps or (30 if is_later else 40), tokens),
            video=VIDEO_GUIDANCE,
            sound=SOUND_GUIDANCE,
            blind_layers=frozenset({min(28 if is_later else 29, shape.layers - 1)}),
        )


def load_ltx(folder: Path, device: torch.device, dtype: torch.dtype) -> LtxModel:
    """Load a model of the library from its folder.

    Raises:
        CheckpointError: it is no LTX-2, or a part is missing or damaged.
        UnsupportedError: transformers, which reads its prompts, is not installed, or a part is of an unknown kind.
    """
    manifest = load_manifest(folder)
    if manifest.family != "ltx":
        raise CheckpointError(f"{manifest.name} is of the family {manifest.family}; an LTX-2 is wanted")
    schedule = flow_schedule(part_of(manifest, "scheduler").config)
    prompts = load_layered_encoder(folder, part_of(manifest, "text_encoder").class_name, dtype)
    prompts.model.to(device)
    given = partial(_given, folder, manifest, device)
    return LtxModel(
        name=manifest.name,
        transformer=_transformer(*given("transformer", dtype)),
        connectors=_connectors(*given("connectors", dtype)),
        prompts=prompts,
        video=video_codec(*given("vae", dtype), "diffusers"),
        audio=audio_codec(*given("audio_vae", torch.float32), "diffusers"),
        vocoder=vocoder(*given("vocoder", torch.float32), "diffusers"),
        schedule=schedule,
        is_distilled=not schedule.grows or "distilled" in f"{manifest.name} {manifest.source}".lower(),
    )


def _given(
    folder: Path, manifest: Manifest, device: torch.device, name: str, dtype: torch.dtype
) -> tuple[Mapping[str, Any], Mapping[str, Tensor]]:
    """A part's configuration and tensors."""
    part = part_of(manifest, name)
    return part.config, tensors_of(folder, part, device, dtype)


def _transformer(config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> LtxTransformer:
    with torch.device("meta"):
        transformer = LtxTransformer(ltx_shape(config))
    return _filled(transformer, ltx_weights(tensors), "the transformer")


def _connectors(config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Connectors:
    with torch.device("meta"):
        connectors = Connectors(ltx_connectors_shape(config))
    return _filled(connectors, ltx_connectors_weights(tensors), "the connectors")


def _filled(network: Network, weights: dict[str, Tensor], what: str) -> Network:
    """With those very tensors in it: the largest fill most of a machine's memory."""
    check_fit(network, weights, what)
    network.load_state_dict(weights, assign=True)
    return network.eval().requires_grad_(False)
