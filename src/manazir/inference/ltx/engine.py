"""LTX-2's engine: a canvas, as noise and what is known of it, to a film with its sound."""

import math
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, UInt8

from manazir.core.canvas import Canvas
from manazir.core.errors import ShapeError, UnsupportedError
from manazir.core.seeds import derive
from manazir.inference.caching import told_of
from manazir.inference.choices import OF_FAMILY
from manazir.inference.engine import Made, Settings, Step, refuse_beyond, refuse_unread
from manazir.inference.film_plan import SOUND_RATE, FilmPlan, make_film_plan
from manazir.inference.film_result import check_numbers, clip_of, laid_over, sound_of_film
from manazir.inference.library_engine import LibraryEngine
from manazir.inference.ltx.clip import Changed, Heard, Known, Wanted, compose, draw, frames_of, samples_of
from manazir.inference.ltx.coding import KEPT_PIXEL, enlarging_bytes, sound_coding_bytes, video_coding_bytes
from manazir.inference.ltx.denoising import denoise
from manazir.inference.ltx.model import LtxModel
from manazir.inference.ltx.refining import enlarged, refining
from manazir.inference.ltx.request import Latents, Read, Request
from manazir.inference.ltx.sampling import REFINING_SIGMAS, LtxSampling, with_choices
from manazir.inference.previewing import Glimpse
from manazir.inference.sources import sound_of, stereo
from manazir.inference.working import DECODING, DENOISING, ENLARGING, Film, ltx_block_bytes
from manazir.kernels.attention import usual_backend
from manazir.media.clip import Sound
from manazir.media.recompress import recompressed
from manazir.media.resample import resample
from manazir.models.codecs.levels import to_frames
from manazir.models.codecs.ltx_audio import COMPRESSION
from manazir.models.step_cache import Report, spread

_LATENT_SECONDS = 0.04
"""Of sound."""
DECODED = 2
"""Of the steps that are counted: video, and sound."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LtxEngine(LibraryEngine):
    """An LTX-2, and how it fills in canvases."""

    model: LtxModel

    def branches(self, settings: Settings) -> int:
        """Predictions of a step, which guidance puts together."""
        sampling = self._sampling(settings, tokens=1)
        return 1 + sampling.is_guided + sampling.is_perturbed + sampling.is_isolated

    def film_of(self, canvas: Canvas, settings: Settings) -> Film:
        """See `LibraryEngine`; of two stages, the larger."""
        plan, *drafts = self._plans(canvas, settings)
        return self._film(plan, 1 if drafts else self.branches(settings))

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
        if settings.two_stages:
            told |= {"two_stages": True, "refining_steps": len(REFINING_SIGMAS) - 1}
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
        if settings.two_stages:
            self._check_two_stages(canvas)
        elif self.model.refines_with:
            names = " and ".join(self.model.refines_with)
            told = f"{names} is for a second stage; ask for it (--two-stages), or leave that out"
            raise UnsupportedError(told).named("needs_two_stages", model=self.name)
        return self._fill(canvas, settings, seed)

    @torch.no_grad()
    def _fill(self, canvas: Canvas, settings: Settings, seed: int) -> Iterator[Step | Made]:
        began = time.perf_counter()
        plan, *drafts = self._plans(canvas, settings)
        self.model.make_room(self.working, self._film(plan, 1 if drafts else self.branches(settings)))
        if drafts:
            self.model.check_second_stage()
        glimpse, left_out, words, latents, calls, done = self._glimpse(), Report(), None, None, 0, 0
        for index, stage in enumerate([*drafts, plan]):
            request, sampling = self._stage(canvas, stage, settings, derive(seed, "noise", index), words, latents)
            words, steps = request.words, len(sampling.sigmas) - 1
            rest = DECODED + (len(REFINING_SIGMAS) - 1) * (len(drafts) - index)
            calls += steps
            with self.model.refining() if index else nullcontext(self.model.transformer) as transformer:
                walk = denoise(transformer, request, sampling, glimpse.see, self.model.mesh)
                while True:
                    try:
                        latents = next(walk)
                    except StopIteration as end:
                        left_out += end.value or Report()
                        break
                    check_numbers(self.name, latents.video, latents.sound)
                    done += 1
                    yield Step(done, calls + rest, glimpse.preview)
        assert latents is not None
        pixels = frames_of(self.model, latents.video)
        check_numbers(self.name, pixels)
        frames = to_frames(pixels.permute(0, 3, 1, 2) * 2 - 1)
        yield Step(done + 1, done + DECODED)
        samples = samples_of(self.model, latents.sound)
        check_numbers(self.name, samples)
        frames[plan.is_known] = plan.frames[plan.is_known]
        clip = clip_of(plan, plan.around(frames), self.makes.frame_rate, self._sound(canvas, plan, samples))
        yield Step(done + DECODED, done + DECODED)
        notes = (*self.notes, *plan.notes, *self._told_of_stages(drafts), *told_of(left_out))
        yield Made(clip, calls, time.perf_counter() - began, notes)

    def _told_of_stages(self, drafts: list[FilmPlan]) -> tuple[str, ...]:
        """What a person should know of a second stage."""
        if not drafts or self.model.is_distilled or self.model.refines_with:
            return ()
        return (
            "the second stage's three steps are meant for a distilled model, or for LTX-2 with its distilled adapter "
            "(--lora second:FILE); this one has neither",
        )

    def _plans(self, canvas: Canvas, settings: Settings) -> list[FilmPlan]:
        """Of the film, and of its draft if there are two stages."""
        if not settings.two_stages:
            plan = make_film_plan(canvas, self.makes)
            self._check_length(plan)
            return [plan]
        plan, growth = make_film_plan(canvas, self.makes.in_two_stages()), self.makes.growth
        assert growth is not None
        self._check_length(plan)
        smaller = replace(canvas, width=round(plan.width / growth), height=round(plan.height / growth))
        return [plan, make_film_plan(smaller, self.makes)]

    def _stage(
        self,
        canvas: Canvas,
        plan: FilmPlan,
        settings: Settings,
        seed: int,
        words: Read | None,
        draft: Latents | None,
    ) -> tuple[Request, LtxSampling]:
        """What is denoised, and how: from noise, from a clip that is changed, or from the draft of a stage before.

        Args:
            words: the prompt's, if it was read before.
        """
        usual = self._sampling(settings, self._tokens(plan)) if draft is None else self._refining(settings)
        begins = usual.started(plan.strength) if draft is None and plan.is_changed else 0
        wanted = self._wanted(canvas, plan, usual.sigmas[begins], is_guided=usual.is_guided)
        noise = draw(self.model, wanted, torch.Generator().manual_seed(seed))
        request = compose(self.model, wanted, noise, words)
        if draft is not None:
            larger = enlarged(self.model.upsampler, self.model.video, draft.video)
            return refining(request, Latents(larger, draft.sound)), usual
        if not plan.is_changed:
            return request, self._sampling(settings, request.tokens)  # what is appended counts
        # A sound that has to be made is made from pure noise; until it is as noisy as the clip, the clip is held.
        is_heard = request.sound.strengths is not None and bool((request.sound.strengths == 1).all())
        return request, self._from(usual, begins if is_heard else 0, settings)

    def _from(self, sampling: LtxSampling, first: int, settings: Settings) -> LtxSampling:
        """From a step on; a step cache goes by what was measured of the steps that are left."""
        steps = len(sampling.sigmas) - 1
        cache = self.step_cache(settings, lambda ratios: spread(ratios, steps)[first:])
        return replace(sampling, sigmas=sampling.sigmas[first:], cache=cache)

    def _tokens(self, plan: FilmPlan) -> int:
        per_frame, side, _ = self.model.video_shape.compression
        return ((len(plan.frames) - 1) // per_frame + 1) * (plan.height // side) * (plan.width // side)

    def _check_two_stages(self, canvas: Canvas) -> None:
        if self.makes.growth is None:
            told = (
                f"{self.name} has no upsampler, from which a second stage starts; bring one in: `manazir models import "
                f"FILE --base {self.name} --name {self.name}-two-stages`, where FILE is "
                "ltx-2-spatial-upscaler-x2-1.0.safetensors of Lightricks/LTX-2, or the folder latent_upsampler there"
            )
            raise UnsupportedError(told).named("no_upsampler", model=self.name)
        if canvas.width is not None and canvas.height is not None:
            self.makes.in_two_stages().check_size(canvas.width, canvas.height, is_scaled=False)
        if canvas.sound_for is not None:
            told = "a sound for a clip has no second stage, which refines frames; leave it out"
            raise UnsupportedError(told).named("stages_of_sound", model=self.name)

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

    def working(self, film: Film) -> dict[str, int]:
        """See `LibraryEngine`; of tokens and branches that are shared, this device's part."""
        model, mesh, size = self.model, self.model.mesh, self.model.placement.dtype.itemsize
        branches, sequence = (1, 1) if mesh is None else (mesh.parallel.branches, mesh.parallel.sequence)
        latents = film.frames, film.height, film.width
        tokens = -(-film.documents // branches) * math.prod(latents)
        upsampler = model.upsampler_shape
        enlarging = 0 if upsampler is None else enlarging_bytes(upsampler, *latents, size)
        return {
            DENOISING: ltx_block_bytes(-(-tokens // sequence), model.shape.width, size),
            ENLARGING: enlarging,
            DECODING: max(video_coding_bytes(model.video_shape, *latents, size), self._sound_bytes(film)),
        }

    def _sound_bytes(self, film: Film) -> int:
        """While sound is decoded, beside the film's pixels."""
        mel_frames = math.ceil(film.seconds / _LATENT_SECONDS) * COMPRESSION
        pixels = round(film.seconds * film.frame_rate) * film.height * film.width * self.makes.multiple**2
        sound = sound_coding_bytes(self.model.audio_shape, self.model.vocoder_shape, mel_frames)
        return sound + KEPT_PIXEL * pixels

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

    def _refining(self, settings: Settings) -> LtxSampling:
        """Of a second stage: its own three steps, without guidance."""
        return LtxSampling(sigmas=REFINING_SIGMAS, backend=self._sampling(settings, tokens=1).backend)

    def _wanted(self, canvas: Canvas, plan: FilmPlan, level: float, *, is_guided: bool) -> Wanted:
        """Args: the level at which a clip that is changed begins to."""
        return Wanted(
            prompt=canvas.prompt,
            unwanted=canvas.negative_prompt if is_guided else None,
            height=plan.height,
            width=plan.width,
            frame_count=len(plan.frames),
            frame_rate=self.makes.frame_rate,
            known=list(self._known(plan)),
            heard=self._heard(canvas, plan),
            changed=self._changed(plan, level) if plan.is_changed else None,
        )

    def _changed(self, plan: FilmPlan, level: float) -> Changed:
        side = self.model.video_shape.compression[1]
        kept = None if plan.kept is None else torch.from_numpy(plan.kept.cells(side))
        return Changed(pixels=self._pixels(plan.frames), from_level=level, kept=kept)

    def _heard(self, canvas: Canvas, plan: FilmPlan) -> Heard | None:
        """A sound that wants frames; or that of a clip which is gone on from, or led up to, where it stands."""
        rate = self.makes.frame_rate
        if canvas.sound is not None:
            return _as_heard(sound_of(canvas.sound, SOUND_RATE), 0.0)
        if plan.sound is None:
            return None
        begins = plan.keeps.stop if len(plan.after) else plan.keeps.start - len(plan.before)
        heard = _as_heard(plan.sound, begins / rate)
        if canvas.modification is None:
            return heard
        spare = round((len(plan.frames) / rate + _LATENT_SECONDS) * SOUND_RATE) - heard.samples.shape[1]
        return replace(heard, samples=F.pad(heard.samples, (0, max(0, spare))))  # silent where the clip is

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

    def _sound(self, canvas: Canvas, plan: FilmPlan, samples: Float[torch.Tensor, "channels samples"]) -> Sound | None:
        """Of the frames that are kept, as it was made, or given; None: of a clip that is changed its own is kept."""
        if canvas.modification is not None and plan.sound is not None and canvas.sound is None:
            return None
        rate, frame_rate = self.model.sample_rate, self.makes.frame_rate
        made = np.ascontiguousarray(samples.float().clamp(-1, 1).cpu().numpy().T)
        first, last = (round(frame / frame_rate * rate) for frame in (plan.keeps.start, plan.keeps.stop))
        sound = sound_of_film(plan, Sound(made[first:last], rate), frame_rate)
        return sound if canvas.sound is None else laid_over(sound, sound_of(canvas.sound, SOUND_RATE))


def _as_heard(sound: Sound, first_second: float) -> Heard:
    """In stereo, at the rate of the codec's spectra."""
    samples = resample(stereo(sound.samples), sound.sample_rate, SOUND_RATE)
    return Heard(torch.from_numpy(np.ascontiguousarray(samples.T)), first_second)
