"""What LTX-2 is to make, in latents: video and sound, each partly known, and the words that both follow.

What is known stands in its place, told apart by its noise. Pictures and clips at other times than the beginning are
appended as latent frames of their own, at their own times, and are cut off at the end.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from manazir.core.errors import ShapeError


@dataclass(frozen=True, slots=True)
class Read:
    """A prompt as the connectors gave it."""

    video: Float[Tensor, "m v"]
    sound: Float[Tensor, "m a"]


@dataclass(frozen=True, slots=True)
class Latents:
    """Of video and sound, with a mean of about zero and a variance of about one."""

    video: Float[Tensor, "c t h w"]
    sound: Float[Tensor, "c t bands"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Video or sound that is to be made."""

    noise: Float[Tensor, "c t *size"]
    times: Float[Tensor, "t 2"]
    """When each latent frame begins and ends, in seconds."""
    known: Float[Tensor, "c t *size"] | None = None
    """What is held; anything where the strength is 0."""
    strengths: Float[Tensor, " t"] | None = None
    """How firmly each latent frame is held: 0.0 not at all, 1.0 as it is; between, a little noise may change it."""
    draft: Float[Tensor, "c t *size"] | None = None
    """What noise is put on where nothing is known, if the first level is below 1: latents to refine, or to change."""
    changes_from: float = 1.0
    """The level at which a draft is free to change; above it, it is held, and as noisy as the level says."""
    kept: Bool[Tensor, "h w"] | None = None
    """Of video: cells of all latent frames that stay as they are known, whatever the strengths."""

    def __post_init__(self) -> None:
        """Refuse parts that do not belong together."""
        if (self.known is None) != (self.strengths is None):
            raise ShapeError("known latents come with their strengths")
        if self.kept is not None and self.known is None:
            raise ShapeError("kept cells are those of known latents; give the latents")
        others = [other for other in (self.known, self.draft) if other is not None]
        if any(other.shape != self.noise.shape for other in others):
            raise ShapeError(f"known latents and drafts have the shape of the noise, {tuple(self.noise.shape)}")
        count = self.noise.shape[1]
        if len(self.times) != count:
            raise ShapeError(f"{count} latent frames of noise and {len(self.times)} times; draw it for this very clip")
        if self.strengths is not None and len(self.strengths) != count:
            raise ShapeError(f"{len(self.strengths)} strengths for {count} latent frames; give each one")

    def noised(self, sigma: float) -> Float[Tensor, "c t *size"]:
        """Where denoising begins: each latent frame at its own level, `sigma` where nothing is known."""
        start = torch.zeros_like(self.noise) if self.draft is None else self.draft.to(self.noise)
        if self.known is None or self.strengths is None:
            return sigma * self.noise + (1 - sigma) * start
        strengths = self._strengths()
        levels = (1 - strengths) * sigma
        start = self._with_kept(torch.where(strengths > 0, self.known.to(start), start))
        return levels * self.noise + (1 - levels) * start

    def held(self, clean: Float[Tensor, "c t *size"], sigma: float) -> Float[Tensor, "c t *size"]:
        """A clean prediction at a level, with what is known in its place."""
        if self.draft is not None and sigma > self.changes_from:
            clean = self.draft.to(clean)
        if self.known is None:
            return clean
        strengths = self._strengths()
        return self._with_kept(clean * (1 - strengths) + self.known.to(clean) * strengths)

    def _with_kept(self, clean: Float[Tensor, "c t *size"]) -> Float[Tensor, "c t *size"]:
        """What stays is put into predictions, so that it is as noisy at each level as the rest (arXiv:2206.02779)."""
        if self.kept is None or self.known is None:
            return clean
        return torch.where(self.kept.to(clean.device), self.known.to(clean), clean)

    def timesteps(self, timestep: float) -> Float[Tensor, " t"]:
        """What is told of each latent frame's noise; on the CPU."""
        told = torch.tensor(timestep).expand(self.noise.shape[1])
        return told if self.strengths is None else told * (1 - self.strengths.cpu())

    def _strengths(self) -> Tensor:
        """Beside latents."""
        assert self.strengths is not None
        return self.strengths.to(self.noise).view(-1, *[1] * (self.noise.ndim - 2))


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A clip that is to be made."""

    video: Stretch
    """With pictures and clips of other times behind the clip's own latent frames."""
    sound: Stretch
    frames: int
    """Latent frames of video that are the clip's own."""
    words: Read
    unwanted: Read | None = None
    """What classifier-free guidance moves away from: encoded empty or negative words."""

    @property
    def tokens(self) -> int:
        """Of video, with all that is appended: what a growing schedule is shifted by."""
        return math.prod(self.video.noise.shape[1:])
