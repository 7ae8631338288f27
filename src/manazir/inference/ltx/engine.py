"""LTX-2's engine: a canvas, as noise and what is known of it, to a film with its sound."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, UInt8

from manazir.core.canvas import Canvas
from manazir.core.errors import ShapeError
from manazir.core.seeds import derive
from manazir.inference.caching import told_of
from manazir.inference.choices import OF_FAMILY
from manazir.inference.engine import Made, Settings, Step, refuse_beyond, refuse_unread
from manazir.inference.film_plan import SOUND_RATE, FilmPlan, make_film_plan
from manazir.inference.film_result import check_numbers, clip_of, laid_over, sound_of_film
from manazir.inference.library_engine import LibraryEngine
from manazir.inference.ltx.clip import Heard, Known, Wanted, compose, draw, frames_of, samples_of
from manazir.inference.ltx.denoising import denoise
from manazir.inference.ltx.model import LtxModel
from manazir.inference.ltx.sampling import LtxSampling, with_choices
from manazir.inference.previewing import Glimpse
from manazir.inference.sources import sound_of, stereo
from manazir.inference.working import DENOISING, Film, ltx_block_bytes
from manazir.kernels.attention import usual_backend
from manazir.media.clip import Sound
from manazir.media.recompress import recompressed
from manazir.media.resample import resample
from manazir.models.codecs.levels import to_frames
from manazir.models.step_cache import Report

DECODING = 2
"""Of the steps that are counted: video, and sound."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LtxEngine(LibraryEngine):
    """An LTX-2, and how it fills in canvases."""

    model: LtxModel

    def branches(self, settings: Settings) -> int:
        """Predictions of a step, which guidance puts together."""
        sampling = self._sampling(settings, tokens=1)
        return 1 + sampling.is_guided + sampling.is_perturbed + sampling.is_isolated

    def draft(self, settings: Settings) -> Settings:
        """The same with few steps; a distilled one has few as it is."""
        return settings if self.model.is_distilled else replace(settings, steps=12)

    def used(self, settings: Settings) -> dict[str, Any]:
        """The settings as they are used."""
        sampling = self._sampling(settings, tokens=1)
        told: dict[str, Any] = {
            "steps": len(sampling.sigmas) - 1,
            "guidance_scale": sampling.video.guidance_scale,
            "sound_guidance_scale": sampling.sound.guidance_scale,
            "modality_scale": sampling.video.modality_scale,
            "skip_layer_scale": sampling.video.stg_scale,
            "guidance_rescale": sampling.video.guidance_rescale,
        }
        if sampling.is_perturbed:
            told["skip_layers"] = sorted(sampling.blind_layers)
        return told | ({} if settings.cache is None else {"cache": settings.cache}) | self.used_weights()

    def fill(self, canvas: Canvas, settings: Settings, seed: int) -> Iterator[Step | Made]:
        """Fill in a canvas: yields a Step after every step and, last, what was Made.

        Raises:
            UnsupportedError, ShapeError, MediaError, CanvasError: what cannot be done, and what can.
        """
        settings.refuse_beyond(self.name, OF_FAMILY["ltx"])
        refuse_beyond(self.name, canvas.needs(), self.honours)
        sampling = self._sampling(settings, tokens=1)  # what it refuses, it refuses before a weight is read
        refuse_unread(self.name, canvas, is_guided=sampling.is_guided)
        return self._fill(canvas, settings, seed)

    @torch.no_grad()
    def _fill(self, canvas: Canvas, settings: Settings, seed: int) -> Iterator[Step | Made]:
        began = time.perf_counter()
        plan = make_film_plan(canvas, self.makes)
        self._check_length(plan)
        self.model.make_room(self._working, self._film(plan, self.branches(settings)))
        wanted = self._wanted(canvas, plan, self._sampling(settings, tokens=1).is_guided)
        noise = draw(self.model, wanted, torch.Generator().manual_seed(derive(seed, "noise", 0)))
        request = compose(self.model, wanted, noise)
        sampling = self._sampling(settings, request.tokens)
        steps, latents, left_out = len(sampling.sigmas) - 1, noise, Report()
        glimpse = self._glimpse()
        walk, done = denoise(self.model.transformer, request, sampling, glimpse.see, self.model.mesh), 0
        while True:
            try:
                latents = next(walk)
            except StopIteration as end:
                left_out = end.value or left_out
                break
            check_numbers(self.name, latents.video, latents.sound)
            done += 1
            yield Step(done, steps + DECODING, glimpse.preview)
        pixels = frames_of(self.model, latents.video)
        check_numbers(self.name, pixels)
        frames = to_frames(pixels.permute(0, 3, 1, 2) * 2 - 1)
        yield Step(steps + 1, steps + DECODING)
        samples = samples_of(self.model, latents.sound)
        check_numbers(self.name, samples)
        frames[plan.is_known] = plan.frames[plan.is_known]
        sound = self._sound(plan, samples)
        if canvas.sound is not None:
            sound = laid_over(sound, sound_of(canvas.sound, SOUND_RATE))
        clip = clip_of(plan, frames, self.makes.frame_rate, sound)
        yield Step(steps + DECODING, steps + DECODING)
        yield Made(clip, steps, time.perf_counter() - began, (*self.notes, *told_of(left_out)))

    def _glimpse(self) -> Glimpse:
        """At what is made; where parts take turns, the codec would drive the transformer out."""
        if not self.model.placement.all_stay:
            return Glimpse(None)
        codec = self.model.video
        return Glimpse(lambda latents: codec.decode(latents.to(codec.latent_mean.dtype)))

    def _film(self, plan: FilmPlan, documents: int) -> Film:
        frames = 1 + (len(plan.frames) - 1) // self.makes.frames_per_latent
        side = self.makes.multiple
        return Film(
            frames=frames,
            height=plan.height // side,
            width=plan.width // side,
            documents=documents,
            frames_per_latent=self.makes.frames_per_latent,
            frame_rate=self.makes.frame_rate,
        )

    def _working(self, film: Film) -> dict[str, int]:
        """Of denoising; of tokens and branches that are shared, this device's part."""
        mesh, size = self.model.mesh, self.model.placement.dtype.itemsize
        branches, sequence = (1, 1) if mesh is None else (mesh.parallel.branches, mesh.parallel.sequence)
        tokens = -(-film.documents // branches) * film.frames * film.height * film.width
        return {DENOISING: ltx_block_bytes(-(-tokens // sequence), self.model.shape.width, size)}

    def _check_length(self, plan: FilmPlan) -> None:
        longest = int(self.makes.longest_seconds * self.makes.frame_rate) + 1
        if len(plan.frames) > longest:
            spare = (longest - len(plan.frames) + plan.keeps.stop - plan.keeps.start) / self.makes.frame_rate
            told = f"{self.name} has room for {spare:g} s beside what it is shown of the clip; ask for that"
            raise ShapeError(told).named("less_room", model=self.name, most=spare)

    def _sampling(self, settings: Settings, tokens: int) -> LtxSampling:
        sampling = self.model.sampling(tokens, settings.steps, settings.guidance_scale)
        sampling = with_choices(sampling, settings, self.model.shape.layers)
        return replace(
            sampling,
            backend=usual_backend(self.device, self.model.placement.dtype),
            cache=self.step_cache(settings, lambda ratios: ratios),
        )

    def _wanted(self, canvas: Canvas, plan: FilmPlan, is_guided: bool) -> Wanted:
        return Wanted(
            prompt=canvas.prompt,
            unwanted=canvas.negative_prompt if is_guided else None,
            height=plan.height,
            width=plan.width,
            frame_count=len(plan.frames),
            frame_rate=self.makes.frame_rate,
            known=list(self._known(plan)),
            heard=self._heard(canvas, plan),
        )

    def _heard(self, canvas: Canvas, plan: FilmPlan) -> Heard | None:
        """A sound that wants frames; or that of a clip which is gone on from, or led up to, where it stands."""
        rate = self.makes.frame_rate
        if canvas.sound is not None:
            return _as_heard(sound_of(canvas.sound, SOUND_RATE), 0.0)
        if plan.sound is None:
            return None
        begins = plan.keeps.stop if len(plan.after) else plan.keeps.start - len(plan.before)
        return _as_heard(plan.sound, begins / rate)

    def _known(self, plan: FilmPlan) -> Iterator[Known]:
        """Each stretch of known frames, as many as whole latent frames hold; pictures as it was taught with them."""
        first, step = 0, self.makes.frames_per_latent
        for is_known, group in groupby(plan.is_known.tolist()):
            count = len(list(group))
            if is_known:
                shown = plan.frames[first : first + 1 + (count - 1) // step * step]
                yield Known(self._pixels(shown), first)
            first += count

    def _pixels(self, frames: UInt8[np.ndarray, "t h w 3"]) -> Float[torch.Tensor, "t h w 3"]:
        """In [0, 1]; a picture alone as a video codec leaves it, which is how films show their frames."""
        shown = recompressed(frames[0], self.model.picture_crf)[None] if len(frames) == 1 else frames
        return torch.from_numpy(np.ascontiguousarray(shown)).float() / 255

    def _sound(self, plan: FilmPlan, samples: Float[torch.Tensor, "channels samples"]) -> Sound:
        """Of the frames that are kept; the clip's own where it goes on from one that has sound."""
        rate, frame_rate = self.model.sample_rate, self.makes.frame_rate
        made = np.ascontiguousarray(samples.float().clamp(-1, 1).cpu().numpy().T)
        first, last = (round(frame / frame_rate * rate) for frame in (plan.keeps.start, plan.keeps.stop))
        return sound_of_film(plan, Sound(made[first:last], rate), frame_rate)


def _as_heard(sound: Sound, first_second: float) -> Heard:
    """In stereo, at the rate of the codec's spectra."""
    samples = resample(stereo(sound.samples), sound.sample_rate, SOUND_RATE)
    return Heard(torch.from_numpy(np.ascontiguousarray(samples.T)), first_second)
