"""Denoising with LTX-2: a request's video and sound from noise, step by step.

All branches of guidance are documents of one pack. Guidance acts on clean predictions, of video and of sound apart;
then what is known is put in its place, and both go a step along the straight path.
"""

from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor

from manazir.core.errors import UnsupportedError
from manazir.devices.branches import predict as predict_together
from manazir.devices.mesh import Mesh
from manazir.diffusion.guidance import multimodal
from manazir.diffusion.noising import clean_from_velocity
from manazir.diffusion.schedules import TRAINED_LEVELS
from manazir.diffusion.solvers import Parts, euler
from manazir.inference.ltx.request import Latents, Read, Request, Stretch
from manazir.inference.ltx.sampling import Guidance, LtxSampling
from manazir.models.ltx.documents import Document, Predicted, Track, Words
from manazir.models.ltx.transformer import LtxTransformer
from manazir.models.step_cache import Report


@dataclass(frozen=True, slots=True)
class _Branch:
    """One prediction of a step, and what guidance calls it."""

    name: Literal["conditional", "unconditional", "perturbed", "isolated"]
    video: Words
    sound: Words
    blind_layers: frozenset[int] = frozenset()
    is_isolated: bool = False


@torch.no_grad()
def denoise(
    transformer: LtxTransformer,
    request: Request,
    sampling: LtxSampling,
    seen: Callable[[Tensor], None] | None = None,
    mesh: Mesh | None = None,
) -> Generator[Latents, None, Report | None]:
    """Yield the latents after each step; the last ones are the result. Return what a step cache left out, if any.

    Args:
        seen: is given each prediction of what the clean video `[c, t, h, w]` will be.
        mesh: of the devices that do this together, each of which calls this and gets the same latents.

    Raises:
        UnsupportedError: guidance is asked for, and unwanted words are lacking.
    """
    if mesh is not None:
        request = mesh.agreed(request)
    branches = _branches(transformer, request, sampling)
    dtype = transformer.video.enter.weight.dtype
    cache, steps = sampling.cache, len(sampling.sigmas) - 1
    memories = [None if cache is None else cache.begin(steps) for _ in branches]

    def predict(noisy: Parts, sigma: float, next_sigma: float) -> Parts:  # noqa: ARG001
        documents = [
            replace(_document(branch, request, noisy, sigma, dtype), memory=memory)
            for branch, memory in zip(branches, memories, strict=True)
        ]
        call = partial(transformer, backend=sampling.backend)
        made = call(documents) if mesh is None else predict_together(mesh, call, documents, transformer.shape.heads)
        video = _guided(branches, noisy[0], [_velocity(one, "video") for one in made], sigma, sampling.video)
        sound = _guided(branches, noisy[1], [_velocity(one, "sound") for one in made], sigma, sampling.sound)
        clean = request.video.held(video, sigma)
        if seen is not None:
            seen(clean[:, : request.frames])
        return clean, request.sound.held(sound, sigma)

    first = sampling.sigmas[0]
    for video, sound in euler(predict, (request.video.noised(first), request.sound.noised(first)), sampling.sigmas):
        yield Latents(video[:, : request.frames], sound)
    reports = [memory.report for memory in memories if memory is not None]
    return sum(reports, Report()) if reports else None


def _branches(transformer: LtxTransformer, request: Request, sampling: LtxSampling) -> list[_Branch]:
    """What each step predicts; words are read once for all steps."""
    words = _read(transformer, request.words)
    branches = [_Branch("conditional", *words)]
    if sampling.is_guided:
        if request.unwanted is None:
            raise UnsupportedError("guidance moves away from unwanted words; give some, or empty ones")
        branches.append(_Branch("unconditional", *_read(transformer, request.unwanted)))
    if sampling.is_perturbed:
        branches.append(_Branch("perturbed", *words, blind_layers=sampling.blind_layers))
    if sampling.is_isolated:
        branches.append(_Branch("isolated", *words, is_isolated=True))
    return branches


def _read(transformer: LtxTransformer, words: Read) -> tuple[Words, Words]:
    dtype = transformer.video.enter.weight.dtype
    return transformer.read_video(words.video.to(dtype)), transformer.read_sound(words.sound.to(dtype))


def _document(branch: _Branch, request: Request, noisy: Parts, sigma: float, dtype: torch.dtype) -> Document:
    return Document(
        video=_track(request.video, noisy[0].to(dtype), sigma, branch.video),
        sound=_track(request.sound, noisy[1].to(dtype), sigma, branch.sound),
        is_isolated=branch.is_isolated,
        blind_layers=branch.blind_layers,
    )


def _track(stretch: Stretch, noisy: Tensor, sigma: float, words: Words) -> Track:
    """What is known is told apart; words and the other track are told the level of all the rest."""
    timestep = sigma * TRAINED_LEVELS
    return Track(noisy, stretch.timesteps(timestep), stretch.times, words, level=timestep)


def _velocity(made: Predicted, kind: Literal["video", "sound"]) -> Tensor:
    track = made.video if kind == "video" else made.sound
    assert track is not None
    return track.velocity.float()


def _guided(
    branches: list[_Branch], noisy: Tensor, velocities: list[Tensor], sigma: float, guidance: Guidance
) -> Tensor:
    """The clean prediction of one of video and sound."""
    clean: dict[str, Any] = {
        branch.name: clean_from_velocity(noisy, velocity, sigma)[None]
        for branch, velocity in zip(branches, velocities, strict=True)
    }
    conditional = clean.pop("conditional")
    return multimodal(conditional, **clean, **asdict(guidance))[0]
