"""Wan's engine: a canvas, as noise and what is known of it, to a film.

Wan 2.2 TI2V-5B and text to video make long films in windows that are blended. Image to video and VACE, which take
what is known beside the noise, make one stretch after the other, each knowing the end of the one before.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from numpy.typing import NDArray
from torch import Tensor

from manazir.core.canvas import Canvas, Need
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.core.seeds import derive
from manazir.inference.caching import last_steps, told_of
from manazir.inference.choices import OF_FAMILY
from manazir.inference.engine import Made, Settings, Step, refuse_beyond, refuse_unread
from manazir.inference.film_plan import FilmPlan, make_film_plan
from manazir.inference.film_result import check_numbers, clip_of, told_of_silence
from manazir.inference.known_latents import known_latents, video_of
from manazir.inference.library_engine import LibraryEngine
from manazir.inference.magnitudes_file import Schedule
from manazir.inference.previewing import Glimpse
from manazir.inference.sources import picture_of
from manazir.inference.stretches import stretches
from manazir.inference.wan.context import context_of, references_of, with_references
from manazir.inference.wan.denoising import Expert, Request, denoise, known_channels
from manazir.inference.wan.model import WanModel
from manazir.inference.wan.rules import CLASSIFIER_FREE, SkipLayers
from manazir.inference.wan.sampling import WanSampling
from manazir.inference.wan.ways import Way
from manazir.inference.working import (
    DECODING,
    DENOISING,
    LOW_NOISE,
    Film,
    wan_block_bytes,
    wan_decoding_bytes,
    words_bytes,
)
from manazir.kernels.attention import usual_backend
from manazir.models.codecs.levels import to_frames
from manazir.models.step_cache import Report
from manazir.models.text.umt5 import WAN_WORDS
from manazir.models.wan.vace import VaceShape

OVERLAP = 3
"""One in so many latent frames of a window is shared with the next."""
SKIPPED = 9
"""The layer that skip-layer guidance skips unless others are named; what makers take for Wan."""
CONTEXT = 3
"""Latent frames, beside the first one, that a stretch knows of the one before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WanEngine(LibraryEngine):
    """A Wan, and how it fills in canvases."""

    model: WanModel
    way: Way
    needs_picture: bool
    """Whether it was taught to start from one, and does not without."""

    def branches(self, settings: Settings) -> int:
        """Predictions of a step, which guidance puts together."""
        is_guided = any(expert.is_guided for expert in self._experts(settings))
        return 1 + is_guided + (self._skip(settings) is not None)

    def film_of(self, canvas: Canvas, settings: Settings) -> Film:
        """See `LibraryEngine`."""
        plan = make_film_plan(canvas, self.makes)
        return self._film(plan, self.branches(settings), len(canvas.references))

    def draft(self, settings: Settings) -> Settings:
        """The same with few steps."""
        return replace(settings, steps=self.way.draft_steps)

    def used(self, settings: Settings) -> dict[str, Any]:
        """The settings as they are used."""
        own = asdict(self._settled(settings))
        if settings.guidance_scale is None and self.way.low_guidance_scale is not None:
            own["low_guidance_scale"] = self.way.low_guidance_scale
        return {name: value for name, value in own.items() if value is not None} | self.used_weights()

    def fill(self, canvas: Canvas, settings: Settings, seed: int) -> Iterator[Step | Made]:
        """Fill in a canvas: yields a Step after every step and, last, what was Made.

        Raises:
            UnsupportedError, ShapeError, MediaError, CanvasError: what cannot be done, and what can.
        """
        settings.refuse_beyond(self.name, OF_FAMILY["wan"])
        self._refuse_what_is_beyond(canvas)
        settled = self._settled(settings)
        self._sampling(settled)  # what it refuses, it refuses before a weight is read
        experts = self._experts(settings)
        is_guided = any(expert.is_guided for expert in experts)
        refuse_unread(self.name, canvas, is_guided=is_guided)
        if settings.guidance_rule is not None and not is_guided:
            told = (
                f"{self.name} follows a guidance rule only where guidance is above 1; give more guidance, or leave the "
            )
            raise UnsupportedError(told + "rule out").named("rule_unread", model=self.name)
        return self._fill(canvas, settled, experts, seed)

    @torch.no_grad()
    def _fill(self, canvas: Canvas, settings: Settings, experts: list[Expert], seed: int) -> Iterator[Step | Made]:
        began = time.perf_counter()
        plan = make_film_plan(canvas, self.makes)
        documents = 1 + any(expert.is_guided for expert in experts) + (self._skip(settings) is not None)
        self.model.make_room(self.working, self._film(plan, documents, len(canvas.references)))
        references = self._references(canvas, plan)
        beside = 0 if references is None else references.shape[1]
        words = self._read(canvas, is_guided=any(expert.is_guided for expert in experts))
        spans = stretches(plan, self._at_once(plan), CONTEXT * self.makes.frames_per_latent + 1)
        frames, known = plan.frames.copy(), plan.is_known.copy()
        calls, done, left_out = 0, 0, Report()
        for index, span in enumerate(spans):
            part = span.of(plan, frames, known)
            sampling = self._sampling(settings, part.strength, derive(seed, "noise", index), beside)
            request = self._request(part, words, sampling.seed, references)
            steps = sampling.sampler().steps
            total = len(spans) * (steps + request.noise.shape[1] - beside)
            video, glimpse = [], self._glimpse()
            for made in self._made(experts, request, sampling, glimpse, beside):
                if isinstance(made, Report):
                    left_out += made
                    continue
                video += [] if made is None else [made]
                done += 1
                yield Step(done, total, glimpse.preview)
            span.put(part.around(np.concatenate(video)), frames, known)
            calls += steps - sampling.held_steps
        clip = clip_of(plan, frames, self.makes.frame_rate)
        notes = (*self.notes, *plan.notes, *told_of_silence(plan), *told_of(left_out))
        yield Made(clip, calls, time.perf_counter() - began, notes)

    def _made(
        self, experts: list[Expert], request: Request, sampling: WanSampling, glimpse: Glimpse, beside: int
    ) -> Iterator[UInt8[np.ndarray, "s h w 3"] | Report | None]:
        """Nothing after each step of denoising; what a step cache left out; then frames, as they are decoded.

        Args:
            beside: so many first latent frames are none of the film's.
        """
        walk = denoise(experts, request, sampling, self.model.mesh, lambda clean: glimpse.see(clean[:, beside:]))
        latents = request.noise
        while True:
            try:
                latents = next(walk)
            except StopIteration as end:
                if end.value is not None:
                    yield end.value
                break
            check_numbers(self.name, latents)
            yield None
        for chunk in self.model.vae.decode_chunks(latents[None, :, beside:].float()):
            check_numbers(self.name, chunk)
            yield to_frames(chunk[0].movedim(1, 0))

    def _glimpse(self) -> Glimpse:
        """At what is made; where parts take turns, the autoencoder would drive the transformer out."""
        if not self.model.placement.all_stay:
            return Glimpse(None)
        return Glimpse(self.model.vae.decode)

    def _experts(self, settings: Settings) -> list[Expert]:
        low = self.way.low_guidance_scale if settings.guidance_scale is None else None
        return self.model.experts(self._settled(settings).guidance_scale or 0.0, low)

    def schedule(self, settings: Settings) -> Schedule:
        """What a calibration with these settings holds for."""
        settled = self._settled(settings)
        return Schedule(solver=settled.solver, shift=settled.shift)

    def _settled(self, settings: Settings) -> Settings:
        """Nothing is left open."""
        own = Settings(
            steps=self.way.steps,
            guidance_scale=self.way.guidance_scale,
            solver=self.way.solver,
            shift=self.way.shift or self.model.shift,
        )
        return replace(own, **{name: value for name, value in asdict(settings).items() if value is not None})

    def _sampling(self, settings: Settings, strength: float = 1.0, seed: int = 0, beside: int = 0) -> WanSampling:
        """Of settings that leave nothing open; `beside` latent frames more than a film's are made at once."""
        assert settings.steps is not None
        assert settings.shift is not None
        assert settings.solver is not None
        window = 1 + (self.makes.frames - 1) // self.makes.frames_per_latent
        return WanSampling(
            steps=settings.steps,
            shift=settings.shift,
            solver=settings.solver,
            guidance_rule=settings.guidance_rule or CLASSIFIER_FREE,
            guidance_rescale=settings.guidance_rescale or 0.0,
            skip=self._skip(settings),
            strength=strength,
            seed=seed,
            window=window + beside,
            overlap=window // OVERLAP,
            cache=self.step_cache(settings, lambda ratios: last_steps(ratios, settings.steps or 0, strength)),
            backend=usual_backend(self.device, self.model.placement.dtype),
        )

    def _skip(self, settings: Settings) -> SkipLayers | None:
        """Skip-layer guidance, if any of its settings is chosen."""
        chosen = {"scale": settings.skip_layer_scale, "span": settings.skip_layer_span, "layers": settings.skip_layers}
        given: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
        count = self.model.shapes[0].layers
        layers = settings.skip_layers or (min(SKIPPED, count - 1),)
        if max(layers) >= count:
            told = f"layer {max(layers)} is to be skipped, and {self.name} has 0 to {count - 1}"
            raise ShapeError(told).named("no_such_layer", layer=max(layers), last=count - 1)
        return SkipLayers(**given | {"layers": frozenset(layers)}) if given and given.get("scale") != 0 else None

    def _read(self, canvas: Canvas, *, is_guided: bool) -> list[Tensor]:
        """Wanted words; where there is guidance, unwanted ones too."""
        prompts = [canvas.prompt, canvas.negative_prompt] if is_guided else [canvas.prompt]
        return list(self.model.prompts.encode(prompts).to(self.device))

    def _references(self, canvas: Canvas, plan: FilmPlan) -> Float[Tensor, "c r h w"] | None:
        """Pictures for reference, as latent frames."""
        if not canvas.references:
            return None
        pictures = [picture_of(one) for one in canvas.references]
        return references_of(pictures, (plan.width, plan.height), self.model.vae, self.device)

    def _request(
        self, plan: FilmPlan, words: Sequence[Tensor], seed: int, references: Float[Tensor, "c r h w"] | None
    ) -> Request:
        noise = self._noise(plan, seed, 0 if references is None else references.shape[1])
        request = Request(noise=noise, words=words[0], unwanted=words[1] if words[1:] else None)
        vae, per_latent = self.model.vae, self.makes.frames_per_latent
        if plan.is_changed:
            changed = vae.encode(video_of(plan, self.device)[None])[0]
            if references is not None:
                changed = torch.cat([references.to(changed), changed], dim=1)
            request = replace(request, changed=changed, kept=self._kept(plan))
        if self.takes_channels:
            channels = vae.encode(video_of(plan, self.device)[None])[0]
            given = torch.from_numpy(plan.is_known).to(self.device)
            return replace(request, channels=known_channels(channels, given), picture=self._picture(plan))
        if self.takes_context:
            context = context_of(plan, vae, self.model.vae_shape.compression, self.device)
            return replace(request, context=context if references is None else with_references(context, references))
        found = known_latents(plan, vae, per_latent, self.device) if self.model.tells_frames_apart else None
        return request if found is None else replace(request, known=found[0], is_known=found[1])

    @property
    def takes_channels(self) -> bool:
        """Whether known frames come as channels beside the noise."""
        shape = self.model.shapes[0]
        return shape.channels_in > shape.channels_out

    @property
    def takes_context(self) -> bool:
        """Whether what is known comes as a context beside the film."""
        return isinstance(self.model.shapes[0], VaceShape)

    def _picture(self, plan: FilmPlan) -> Float[Tensor, "k e"] | None:
        """What a model reads of pictures beside the words: of the first that is known, and of the last."""
        if self.model.pictures is None:
            return None
        known = np.flatnonzero(plan.is_known)
        shown: list[NDArray[np.uint8]] = [plan.frames[known[0]]]
        if self.model.shapes[0].picture_places is not None:
            shown.append(plan.frames[known[-1]])
        return self.model.pictures.encode(shown)

    def _film(self, plan: FilmPlan, documents: int, beside: int) -> Film:
        """What is predicted and decoded at once."""
        side, per_latent = self.model.vae_shape.compression, self.makes.frames_per_latent
        frames = 1 + (min(len(plan.frames), self.makes.frames) - 1) // per_latent
        return Film(
            frames=frames + beside,
            height=plan.height // side,
            width=plan.width // side,
            documents=documents,
            frames_per_latent=self.makes.frames_per_latent,
            frame_rate=self.makes.frame_rate,
        )

    def working(self, film: Film) -> dict[str, int]:
        """See `LibraryEngine`; of tokens and weights that are shared, this device's part; with adapters as without."""
        shape, mesh, size = self.model.shapes[0], self.model.mesh, self.model.placement.dtype.itemsize
        branches, sequence = (1, 1) if mesh is None else (mesh.parallel.branches, mesh.parallel.sequence)
        documents = -(-film.documents // branches)
        tokens = documents * film.frames * film.height * film.width // shape.patch_size
        block = wan_block_bytes(-(-tokens // sequence), shape.width, shape.hidden_width, size)
        words = words_bytes(WAN_WORDS, shape.width, shape.layers, documents, size)
        decoding = wan_decoding_bytes(self.model.vae_shape, film.height, film.width)
        return {DENOISING: block + words, LOW_NOISE: block + words, DECODING: decoding}

    def _kept(self, plan: FilmPlan) -> Bool[Tensor, "h w"] | None:
        """The latent cells that stay as they are."""
        if plan.kept is None:
            return None
        return torch.from_numpy(plan.kept.cells(self.model.vae_shape.compression)).to(self.device)

    def _noise(self, plan: FilmPlan, seed: int, beside: int) -> Float[Tensor, "c t h w"]:
        """The same on every device; for so many latent frames more than the film's."""
        side = self.model.vae_shape.compression
        latents = beside + 1 + (len(plan.frames) - 1) // self.makes.frames_per_latent
        shape = (self.model.vae_shape.latent_channels, latents, plan.height // side, plan.width // side)
        return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(self.device)

    def _at_once(self, plan: FilmPlan) -> int:
        """Frames of a stretch: all of them where windows are blended."""
        return self.makes.frames if self.takes_channels or self.takes_context else len(plan.frames)

    def _refuse_what_is_beyond(self, canvas: Canvas) -> None:
        needs = canvas.needs()
        refuse_beyond(self.name, needs, self.honours)
        if self.needs_picture and not needs & (self.honours - {Need.TEXT}):
            ways = " or ".join(sorted(need.value for need in self.honours - {Need.TEXT}))
            told = f"{self.name} makes films from pictures; give {ways}"
            raise UnsupportedError(told).named("needs_picture", model=self.name)
