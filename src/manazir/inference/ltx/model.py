"""An LTX-2 of the library: what reads prompts, the transformer, and the codecs of video and sound.

Weights come in the dtype that is asked for, but for the codec and the vocoder of sound, which stay in float32: what
rounding adds there is heard.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from manazir.checkpoints.adapter_stacks import SECOND_STAGE
from manazir.checkpoints.families import UPSAMPLER
from manazir.checkpoints.flow_schedule import flow_schedule
from manazir.checkpoints.gemma import load_layered_encoder
from manazir.checkpoints.lora_hot import attach
from manazir.checkpoints.ltx import ltx_connectors_weights, ltx_weights
from manazir.checkpoints.ltx_codecs import Layout, audio_codec, upsampler, video_codec, vocoder
from manazir.checkpoints.ltx_parts import (
    audio_shape,
    connectors_shape,
    layout_of,
    transformer_shape,
    upsampler_shape,
    video_shape,
    vocoder_shape,
)
from manazir.checkpoints.manifest import Manifest
from manazir.checkpoints.parts import part_of, tensors_of
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.devices.mesh import Mesh
from manazir.inference.library_model import NONE, Adapters, LibraryModel, filled
from manazir.inference.ltx.request import Read
from manazir.inference.ltx.sampling import DISTILLED_SIGMAS, SOUND_GUIDANCE, VIDEO_GUIDANCE, LtxSampling
from manazir.inference.placement import Placement
from manazir.models.codecs.ltx_audio import LtxAudioCodec
from manazir.models.codecs.ltx_upsampler import LtxUpsampler, LtxUpsamplerShape
from manazir.models.codecs.ltx_video import LtxVideoCodec
from manazir.models.codecs.ltx_vocoder import LtxVocoder, LtxVocoderShape
from manazir.models.codecs.ltx_wide_vocoder import LtxWideVocoder
from manazir.models.ltx.connectors import Connectors
from manazir.models.ltx.shape import LtxShape
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.text.gemma import LayeredEncoder


class LtxModel(LibraryModel):
    """An LTX-2 of the library; see `LibraryModel`."""

    family = "ltx"
    kind = "an LTX-2"

    def __init__(self, folder: Path, placement: Placement, adapters: Adapters = NONE, mesh: Mesh | None = None) -> None:
        super().__init__(folder, placement, adapters, mesh)
        self.shape = transformer_shape(part_of(self.manifest, "transformer"))
        self.video_shape = video_shape(part_of(self.manifest, "vae"))
        self.audio_shape = audio_shape(part_of(self.manifest, "audio_vae"))
        self.vocoder_shape = vocoder_shape(part_of(self.manifest, "vocoder"))
        self.schedule = flow_schedule(self._config("scheduler"))
        self.is_distilled = is_distilled(self.manifest)
        """To eight steps without guidance."""

    @property
    def words(self) -> tuple[LayeredEncoder, Connectors]:
        """What reads prompts, and what makes video's and sound's words of that."""
        found: tuple[LayeredEncoder, Connectors] = self._parts.get("words")
        return found

    @property
    def transformer(self) -> LtxTransformer:
        """What removes noise."""
        found: LtxTransformer = self._parts.get("transformer")
        return found

    @property
    def video(self) -> LtxVideoCodec:
        """The autoencoder of video."""
        found: LtxVideoCodec = self._parts.get("video")
        return found

    @property
    def audio(self) -> LtxAudioCodec:
        """The autoencoder of sound, as spectra."""
        found: LtxAudioCodec = self._parts.get("sound")[0]
        return found

    @property
    def vocoder(self) -> LtxVocoder | LtxWideVocoder:
        """From spectra to samples."""
        found: LtxVocoder | LtxWideVocoder = self._parts.get("sound")[1]
        return found

    @property
    def upsampler(self) -> LtxUpsampler:
        """What enlarges latents between two stages."""
        found: LtxUpsampler = self._parts.get("upsampler")
        return found

    @property
    def upsampler_shape(self) -> LtxUpsamplerShape | None:
        """None: it has no upsampler."""
        part = self.manifest.part(UPSAMPLER)
        return None if part is None else upsampler_shape(part)

    @property
    def refines_with(self) -> tuple[str, ...]:
        """Names of the adapters of a second stage."""
        return tuple(weighted.adapter.name for weighted in self._adapters.get(SECOND_STAGE, ()))

    def check_second_stage(self) -> None:
        """Raise if adapters are for a second stage, and cannot be put beside the transformer for it alone.

        Raises:
            UnsupportedError: they cannot: its blocks take turns on the device, or devices share its weights.
        """
        is_shared = self.mesh is not None and self.mesh.parallel.tensor > 1
        if self.refines_with and (self.placement.is_streamed or is_shared):
            raise UnsupportedError(
                f"{self.name} is too large here to have adapters for its second stage alone: its blocks take turns on "
                "the device, or devices share its weights; give them without second:, or leave them out"
            )

    @contextmanager
    def refining(self) -> Iterator[LtxTransformer]:
        """The transformer with the adapters of a second stage beside its weights, which are afterwards what they were.

        Raises:
            UnsupportedError: see `check_second_stage`.
        """
        self.check_second_stage()
        stack, transformer = self._adapters.get(SECOND_STAGE, ()), self.transformer
        if not stack:
            yield transformer
            return
        with attach(transformer, stack):
            yield transformer

    @property
    def sample_rate(self) -> int:
        """Of the sound that it makes."""
        shape = self.vocoder_shape
        return shape.sample_rate if isinstance(shape, LtxVocoderShape) else shape.second.sample_rate

    @property
    def picture_crf(self) -> int:
        """How coarsely pictures were compressed that it was taught to go on from; see `media.recompress`."""
        return 18 if self.shape.marks_pictures else 33

    @torch.no_grad()
    def read(self, prompt: str) -> Read:
        """What video and sound read of a prompt."""
        prompts, connectors = self.words
        video, sound = connectors(prompts.encode(prompt))
        return Read(video.to(self.placement.device), sound.to(self.placement.device))

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
                has = len(DISTILLED_SIGMAS) - 1
                told = f"{steps} steps for {self.name}, which was distilled to {has}"
                raise ShapeError(told).named("fixed_steps", model=self.name, steps=has)
            usual = LtxSampling(sigmas=DISTILLED_SIGMAS)
        else:
            usual = self._usual(tokens, steps)
        if guidance_scale is None:
            return usual
        return replace(usual, video=replace(usual.video, guidance_scale=guidance_scale))

    def _usual(self, tokens: int, steps: int | None) -> LtxSampling:
        shape = self.shape
        is_later = shape.modulates_words
        return LtxSampling(
            sigmas=self.schedule.sigmas(steps or usual_steps(shape, is_distilled=False), tokens),
            video=VIDEO_GUIDANCE,
            sound=SOUND_GUIDANCE,
            blind_layers=frozenset({min(28 if is_later else 29, shape.layers - 1)}),
        )

    def _loads(self) -> Mapping[str, Callable[[], Any]]:
        return {
            "words": self._words,
            "transformer": self._transformer,
            "video": lambda: video_codec(*self._given("vae", self.placement.dtype)),
            "sound": self._sound,
            "upsampler": lambda: upsampler(*self._given(UPSAMPLER, self.placement.dtype)),
        }

    def _words(self) -> tuple[LayeredEncoder, Connectors]:
        class_name = part_of(self.manifest, "text_encoder").class_name
        place = self.placement
        prompts = load_layered_encoder(self._folder, class_name, place.dtype)
        prompts.model.to(place.words_device)
        part = part_of(self.manifest, "connectors")
        weights = ltx_connectors_weights(tensors_of(self._folder, part, place.words_device, place.dtype))
        with torch.device("meta"):
            connectors = Connectors(connectors_shape(part))
        return prompts, filled(connectors, weights, "the connectors")

    def _transformer(self) -> LtxTransformer:
        part, place = part_of(self.manifest, "transformer"), self.placement
        weights = ltx_weights(tensors_of(self._folder, part, place.loads_on, place.dtype))
        with torch.device("meta"):
            transformer = LtxTransformer(self.shape)
        return self._settled("transformer", filled(transformer, weights, "the transformer"))

    def _sound(self) -> tuple[LtxAudioCodec, LtxVocoder | LtxWideVocoder]:
        return audio_codec(*self._given("audio_vae", torch.float32)), vocoder(*self._given("vocoder", torch.float32))

    def _given(self, name: str, dtype: torch.dtype) -> tuple[Mapping[str, Any], Mapping[str, Tensor], Layout]:
        """A part's configuration, its tensors on the device that computes, and who wrote them."""
        part = part_of(self.manifest, name)
        return part.config, tensors_of(self._folder, part, self.placement.device, dtype), layout_of(part)


def is_distilled(manifest: Manifest) -> bool:
    """Whether it was taught to take eight steps: so its name or its source says, or its schedule, which then is static.

    Raises:
        CheckpointError: it has no schedule that is known.
    """
    says_so = "distilled" in f"{manifest.name} {manifest.source}".lower()
    return says_so or not flow_schedule(part_of(manifest, "scheduler").config).grows


def usual_steps(shape: LtxShape, *, is_distilled: bool) -> int:
    """How many its publishers take."""
    if is_distilled:
        return len(DISTILLED_SIGMAS) - 1
    return 30 if shape.modulates_words else 40
