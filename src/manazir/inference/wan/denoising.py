"""Denoising with Wan: a request's latents from noise, step by step, with what is known of them in its place.

Wan 2.2 TI2V-5B is told the noise of each frame: known latents stand in their places at level 0, whichever frames they
are. Image to video of Wan 2.1 and 2.2 A14B takes known frames as channels of their own beside the noise, VACE as a
context beside the film. A14B has two experts, one for high levels and one for low ones.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from manazir.core.errors import ShapeError, UnsupportedError
from manazir.core.seeds import derive
from manazir.devices.branches import predict as predict_together
from manazir.devices.mesh import Mesh
from manazir.diffusion.noising import add_noise, clean_from_velocity
from manazir.diffusion.schedules import TRAINED_LEVELS
from manazir.diffusion.solvers import Parts
from manazir.inference.blending import fading, spans
from manazir.inference.wan.rules import Guiding, Kind, parse_rule
from manazir.inference.wan.sampling import WanSampling
from manazir.models.packing import Document, KeysValues
from manazir.models.step_cache import Memory, Report
from manazir.models.wan.transformer import WanTransformer
from manazir.models.wan.vace import ContextDocument


@dataclass(frozen=True, slots=True)
class Expert:
    """A transformer, and at which noise levels it is asked."""

    open: Callable[[], WanTransformer]
    """Gives the transformer; where parts take turns it is loaded now, and another goes."""
    guidance_scale: float
    lowest_timestep: float = 0.0
    """Below it another expert is asked."""

    @property
    def is_guided(self) -> bool:
        """Whether unwanted words are read."""
        return self.guidance_scale > 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a film is to be made of, in latents."""

    noise: Float[Tensor, "c t h w"]
    words: Float[Tensor, "m d"]
    unwanted: Float[Tensor, "m d"] | None = None
    """What guidance moves away from: encoded empty or negative words."""
    picture: Float[Tensor, "k e"] | None = None
    """For models that read a picture's encoding."""
    known: Float[Tensor, "c t h w"] | None = None
    """Latents of the frames in `is_known`; for models that are told the noise of each frame."""
    is_known: Bool[Tensor, " t"] | None = None
    channels: Float[Tensor, "k t h w"] | None = None
    """For models that take known frames as channels: `known_channels`."""
    context: Float[Tensor, "k t h w"] | None = None
    """For VACE: `context.context_of`."""
    changed: Float[Tensor, "c t h w"] | None = None
    """Latents of a film that is to be changed, as freely as the sampling's strength says."""
    kept: Bool[Tensor, "h w"] | None = None
    """Which cells of all its frames stay as they are."""

    def __post_init__(self) -> None:
        """Refuse half of a condition."""
        if (self.known is None) != (self.is_known is None):
            raise ShapeError("known latents come with the mask that says which frames they are")
        if self.kept is not None and self.changed is None:
            raise ShapeError("kept cells are those of a film that is changed; give its latents")


@dataclass(frozen=True, slots=True)
class _Branch:
    """One branch of guidance: what it reads in an expert, and what it remembers there of each window."""

    kind: Kind
    read: list[list[KeysValues]]
    memories: list[Memory | None]
    passed_layers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Asked:
    """An expert, while it is asked."""

    expert: Expert
    branches: list[_Branch]
    guiding: list[Guiding]
    """Of each window."""


@torch.no_grad()
def denoise(
    experts: Sequence[Expert],
    request: Request,
    sampling: WanSampling,
    mesh: Mesh | None = None,
    seen: Callable[[Tensor], None] | None = None,
) -> Generator[Float[Tensor, "c t h w"], None, Report | None]:
    """Yield the latents after each step; the last ones are the result. Return what a step cache left out, if any.

    Both branches of guidance go through a transformer as two documents of one pack, and words are read once for all
    steps. What is read and remembered of an expert is let go of when the next one is asked.

    Args:
        experts: from the highest levels to the lowest.
        mesh: of the devices that do this together, each of which calls this and gets the same latents.
        seen: is given each prediction of what the clean latents `[c, t, h, w]` will be.

    Raises:
        UnsupportedError: guidance is asked for, and unwanted words are lacking.
    """
    if request.unwanted is None and any(expert.is_guided for expert in experts):
        raise UnsupportedError("guidance moves away from unwanted words; give some, or empty ones")
    if mesh is not None:
        request = mesh.agreed(request)
    sampler = sampling.sampler()
    told = {
        sigma: (step, timestep)
        for step, (sigma, timestep) in enumerate(zip(sampler.sigmas, sampler.timesteps, strict=False))
    }
    asked: _Asked | None = None
    report = None if sampling.cache is None else Report()

    def predict(noisy: Parts, sigma: float, next_sigma: float) -> Parts:  # noqa: ARG001
        nonlocal asked, report
        step, timestep = told[sigma]
        expert = _asked(experts, timestep)
        if expert.is_guided and step < sampling.held_steps:
            return (_with_kept(noisy[0], request),)  # with a velocity of 0, what is noisy is clean
        if asked is None or asked.expert is not expert:
            report = _reported(report, asked)
            asked = None  # what was read and remembered makes room before the next expert comes
            asked = _ask(expert, request, sampling, step)
        level = _Level(step, sampler.steps, timestep, sigma)
        velocity = _velocity(asked, request, noisy[0], level, sampling, mesh)
        clean = _with_kept(clean_from_velocity(noisy[0], velocity.to(noisy[0].dtype), sigma), request)
        if seen is not None:
            seen(clean)
        return (clean,)

    def fresh(step: int) -> Parts:
        generator = torch.Generator().manual_seed(derive(sampling.seed, "step", step))
        return (torch.randn(request.noise.shape, generator=generator).to(request.noise),)

    for (latents,) in sampler.walk(predict, (_start(request, sampler.sigmas[0]),), fresh):
        yield _with_known(latents, request)
    return _reported(report, asked)


def _start(request: Request, sigma: float) -> Float[Tensor, "c t h w"]:
    """Noise; on a film that is to be changed, as much as the first level says."""
    if request.changed is None:
        return request.noise
    return add_noise(request.changed, request.noise, torch.tensor(sigma, device=request.noise.device))


def _asked(experts: Sequence[Expert], timestep: float) -> Expert:
    """The first expert that is asked at this level."""
    return next(expert for expert in experts if timestep >= expert.lowest_timestep)


@dataclass(frozen=True, slots=True)
class _Level:
    """Where on the walk a prediction is."""

    step: int
    steps: int
    timestep: float
    sigma: float


def _ask(expert: Expert, request: Request, sampling: WanSampling, step: int) -> _Asked:
    """Wanted words, unwanted ones where there is guidance, and the wanted ones again for skip-layer guidance."""
    transformer = expert.open()
    dtype = transformer.enter.weight.dtype
    picture = None if request.picture is None else request.picture.to(dtype)
    steps, windows, skip = sampling.sampler().steps, _windows(request, sampling), sampling.skip

    def memories(first: int) -> list[Memory | None]:
        return [None if sampling.cache is None else sampling.cache.begin(steps, first) for _ in windows]

    branches = [_Branch("wanted", transformer.read(request.words.to(dtype), picture), memories(step))]
    if expert.is_guided and request.unwanted is not None:
        branches.append(_Branch("unwanted", transformer.read(request.unwanted.to(dtype), picture), memories(step)))
    if skip is not None and (acting := [each for each in range(step, steps) if skip.acts(each, steps)]):
        branches.append(_Branch("skipping", branches[0].read, memories(acting[0]), skip.layers))
    rule = parse_rule(sampling.guidance_rule)
    scale = 0.0 if skip is None else skip.scale
    return _Asked(
        expert, branches, [Guiding(rule, expert.guidance_scale, scale, sampling.guidance_rescale) for _ in windows]
    )


def _windows(request: Request, sampling: WanSampling) -> list[slice]:
    frames = request.noise.shape[1]
    return spans(frames, sampling.window or frames, sampling.overlap)


def _reported(report: Report | None, asked: _Asked | None) -> Report | None:
    """With what was left out of an expert."""
    every = [] if asked is None else [one for branch in asked.branches for one in branch.memories]
    memories = [one for one in every if one is not None]
    return None if report is None else sum((memory.report for memory in memories), report)


def _velocity(
    asked: _Asked,
    request: Request,
    noisy: Float[Tensor, "c t h w"],
    level: _Level,
    sampling: WanSampling,
    mesh: Mesh | None,
) -> Float[Tensor, "c t h w"]:
    """Of the whole film, or window by window, blended."""
    started = shown = _with_known(noisy, request)
    if request.channels is not None:
        shown = torch.cat([shown, request.channels.to(shown.dtype)])
    timesteps = torch.full(noisy.shape[1:2], level.timestep, device=noisy.device)
    if request.is_known is not None:
        timesteps = torch.where(request.is_known, 0.0, timesteps)
    branches = [one for one in asked.branches if one.kind != "skipping" or _skips(sampling, level)]
    windows = _windows(request, sampling)
    velocity = torch.zeros_like(noisy)
    for place, (span, share) in enumerate(zip(windows, fading(windows, noisy.device), strict=True)):
        documents = _documents(asked.expert, shown[:, span], timesteps[span], _context(request, span), branches, place)
        made = _predicted(asked.expert, documents, sampling, mesh)
        predictions: dict[Kind, Tensor] = dict(zip([one.kind for one in branches], made, strict=True))
        is_made = None if request.is_known is None else (~request.is_known[span]).float()
        guided = asked.guiding[place].together(predictions, started[:, span], level.sigma, is_made)
        velocity[:, span] += share[:, None, None] * guided.to(velocity.dtype)
    return velocity


def _skips(sampling: WanSampling, level: _Level) -> bool:
    return sampling.skip is not None and sampling.skip.acts(level.step, level.steps)


def _context(request: Request, span: slice) -> Tensor | None:
    return None if request.context is None else request.context[:, span]


def _documents(
    expert: Expert,
    shown: Float[Tensor, "k t h w"],
    timesteps: Float[Tensor, " t"],
    context: Float[Tensor, "k t h w"] | None,
    branches: Sequence[_Branch],
    place: int,
) -> list[Document]:
    """Of one window, one for each branch."""
    latents = shown.to(expert.open().enter.weight.dtype)
    kind = Document if context is None else partial(ContextDocument, context=context.to(latents.dtype))
    return [
        kind(latents, timesteps, one.read, memory=one.memories[place], passed_layers=one.passed_layers)
        for one in branches
    ]


def _predicted(
    expert: Expert, documents: Sequence[Document], sampling: WanSampling, mesh: Mesh | None
) -> list[Float[Tensor, "c t h w"]]:
    """The velocities of documents."""
    transformer = expert.open()
    call = partial(transformer, backend=sampling.backend)
    heads = transformer.shape.heads
    predicted = call(documents) if mesh is None else predict_together(mesh, call, documents, heads)
    return [each.velocity for each in predicted]


def _with_known(latents: Float[Tensor, "c t h w"], request: Request) -> Float[Tensor, "c t h w"]:
    if request.known is None or request.is_known is None:
        return latents
    return torch.where(request.is_known[None, :, None, None], request.known.to(latents.dtype), latents)


def _with_kept(clean: Float[Tensor, "c t h w"], request: Request) -> Float[Tensor, "c t h w"]:
    """A prediction, with what stays: so that is as noisy at each level as the rest (arXiv:2206.02779, section 4)."""
    if request.kept is None or request.changed is None:
        return clean
    return torch.where(request.kept, request.changed.to(clean.dtype), clean)


def known_channels(latents: Float[Tensor, "c t h w"], is_known: Bool[Tensor, " frames"]) -> Float[Tensor, "k t h w"]:
    """Known frames as image to video takes them: for each latent frame which of its frames are known, then latents.

    Args:
        latents: of a clip that is grey where it is not known.
        is_known: of its pixel frames; the first latent frame holds one, each other four.

    Raises:
        ShapeError: there are not as many frames as the latents hold.
    """
    per_latent = 4
    if len(is_known) != per_latent * (latents.shape[1] - 1) + 1:
        raise ShapeError(f"{len(is_known)} frames for {latents.shape[1]} latent ones; those hold 1 + 4 n")
    spread = torch.cat([is_known[:1].expand(per_latent), is_known[1:]]).view(-1, per_latent).T
    mask = spread[:, :, None, None].expand(-1, -1, *latents.shape[2:])
    return torch.cat([mask.to(latents.dtype), latents])


def boundary_timestep(ratio: float | None) -> float:
    """Below which the second expert is asked: a share of all levels, as configurations tell it."""
    return 0.0 if ratio is None else ratio * TRAINED_LEVELS
