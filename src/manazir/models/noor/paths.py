"""Paths: how layout tokens hold what changes over time, as waves of which the slow ones are large.

What a layout's numbers do over two seconds is mostly slow: the waves of a cosine transform vary as much as data say.
Noise is as large in every wave; the best linear guess of a clean wave lets next to nothing of it through where data
hardly vary. The network adds to that guess, in units of how far the guess may be off (the preconditioning of EDM,
arXiv:2206.00364, table 1, wave by wave): at little noise nearly all is said before it speaks. Frames that are known say
what to expect of the others, as frames of data vary together: how a body goes on is guessed before it is learnt.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from manazir.core import layout as at

_LEAST = 0.01
"""Spread of a wave that never varies."""
_FARTHEST = 6.0
"""Spreads that a wave is taken to be from zero: a blow has fast waves that hardly anything else has."""
_MOVING = slice(at.PRESENT + 1, at.COLOUR.start)
"""Features of which known frames say what to expect; the others hardly change."""
_SURE, _UNKNOWN = 0.02, 1e6
"""By how much known frames may be off; and the variance of what says nothing."""
_LARGEST_SHARE = 5.0
"""Of the usual spread that the network may say a wave has in a case, as a logarithm; the smallest likewise."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What known frames lead to expect of each wave: its mean, and how much it varies around that."""

    mean: Float[Tensor, "b g s k f"]
    spread: Float[Tensor, "b g s k f"]


class Paths(nn.Module):
    """Layouts ↔ tokens.

    Args:
        frames: in a token.
        width: of the network.
    """

    basis: Tensor
    bands: Tensor
    covariance: Tensor

    def __init__(self, frames: int, width: int) -> None:
        super().__init__()
        self.frames = frames
        self.register_buffer("basis", _cosines(frames), persistent=False)
        self.register_buffer("covariance", torch.eye(frames).expand(at.SLOTS, at.FEATURES, -1, -1).clone())
        self.enter_waves = nn.Linear(frames * at.FEATURES, width)
        self.enter_known = nn.Linear(frames * at.FEATURES, width, bias=False)
        self.leave_waves = nn.Linear(width, frames * at.FEATURES)
        self.register_buffer("bands", _bands(frames), persistent=False)
        self.leave_spreads = nn.Linear(width, len(self.bands) * at.FEATURES)
        for layer in (self.leave_waves, self.leave_spreads):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    @property
    def spread(self) -> Float[Tensor, "s k f"]:
        """How much each wave varies."""
        variance = torch.einsum("tk,sftu,uk->skf", self.basis, self.covariance, self.basis)
        return variance.clamp(min=_LEAST**2).sqrt()

    @torch.no_grad()
    def fit(self, layouts: Float[Tensor, "b t s f"]) -> None:
        """Measure how frames vary together."""
        paths = self._grouped(layouts).flatten(0, 1)
        covariance = torch.einsum("nskf,nslf->sfkl", paths, paths) / len(paths)
        self.covariance.copy_(covariance + _LEAST**2 * torch.eye(self.frames, device=covariance.device))

    @torch.no_grad()
    def expect(self, noisy: Float[Tensor, "b t s f"], sigma: Float[Tensor, "b t s"]) -> Expected:
        """What known frames lead to expect, were paths normal (Gaussian process regression)."""
        known = self._grouped((sigma == 0)[..., None])[..., 0]  # [b, g, s, k]
        mean = torch.zeros(*known.shape, at.FEATURES, device=noisy.device)
        spread = self.spread.expand_as(mean).clone()
        some = known.any(3) & ~known.all(3)
        if bool(some.any()):
            slot = torch.arange(at.SLOTS, device=noisy.device).expand_as(some)[some]
            said = self._grouped(noisy)[some][..., _MOVING]
            moving = self._regressed(said, known[some], self.covariance[slot][:, _MOVING])
            mean[..., _MOVING][some], spread[..., _MOVING][some] = moving.mean, moving.spread
        return Expected(mean, spread)

    def _regressed(
        self, said: Float[Tensor, "n k f"], known: Bool[Tensor, "n k"], covariance: Float[Tensor, "n f k k"]
    ) -> Expected:
        """The waves of paths of which some frames are known."""
        error = torch.where(known, _SURE**2, _UNKNOWN)[:, None].expand(-1, said.shape[-1], -1)
        wanted = torch.cat([(said * known[..., None]).mT[..., None], covariance], dim=-1)
        solved = covariance @ torch.linalg.solve(covariance + torch.diag_embed(error), wanted)
        mean = torch.einsum("tk,nft->nkf", self.basis, solved[..., 0])
        varies = torch.einsum("tk,nftu,uk->nkf", self.basis, covariance - solved[..., 1:], self.basis)
        return Expected(mean, varies.clamp(min=_LEAST**2).sqrt())

    def enter(
        self, noisy: Float[Tensor, "b t s f"], sigma: Float[Tensor, "b t s"], expected: Expected
    ) -> Float[Tensor, "b g s d"]:
        """Tokens of noisy layouts: the guess of each clean wave, and by itself what is known.

        Frames of a thing that are not known have one level. Were the known ones told only among the waves, the noise of
        eleven frames would drown the twelfth (experiments/LOG.md).
        """
        rest, level = self._rest(noisy, sigma, expected)
        guess = (expected.mean + _gain(expected.spread, level) * rest) / self.spread
        known = self._grouped(noisy * (sigma == 0)[..., None])
        entered: Tensor = self.enter_waves(guess.clamp(-_FARTHEST, _FARTHEST).flatten(3))
        entered = entered + self.enter_known(known.flatten(3))
        return entered

    def leave(
        self,
        tokens: Float[Tensor, "b g s d"],
        noisy: Float[Tensor, "b t s f"],
        sigma: Float[Tensor, "b t s"],
        expected: Expected,
    ) -> Float[Tensor, "b t s f"]:
        """Layouts of tokens: the guess, and what the network adds.

        The network also says how much waves vary in such a case: those of what rests not at all, of what bounces much.
        """
        rest, level = self._rest(noisy, sigma, expected)
        told = self.leave_spreads(tokens).unflatten(-1, (len(self.bands), -1))
        share = torch.exp(_LARGEST_SHARE * torch.tanh(torch.einsum("nk,bgsnf->bgskf", self.bands, told)))
        added = _doubt(expected.spread, level) * self.leave_waves(tokens).unflatten(-1, (self.frames, -1))
        made = expected.mean + _gain(expected.spread * share, level) * rest + added
        return torch.einsum("tk,bgskf->bgtsf", self.basis, made).flatten(1, 2)

    def _rest(
        self, noisy: Float[Tensor, "b t s f"], sigma: Float[Tensor, "b t s"], expected: Expected
    ) -> tuple[Float[Tensor, "b g s k f"], Float[Tensor, "b g s 1 1"]]:
        """Noisy waves around what is expected, and their level; known frames are made as faint as the others are."""
        sigmas, grouped = self._grouped(sigma[..., None]), self._grouped(noisy)
        level = sigmas.amax(3, keepdim=True)
        faded = torch.where(sigmas == 0, (1 - level) * grouped, grouped)
        return torch.einsum("tk,bgstf->bgskf", self.basis, faded) - (1 - level) * expected.mean, level

    def _grouped(self, layouts: Float[Tensor, "b t s f"]) -> Float[Tensor, "b g s k f"]:
        b, _, slots, features = layouts.shape
        return layouts.view(b, -1, self.frames, slots, features).transpose(2, 3)


def _gain(spread: Tensor, level: Tensor) -> Tensor:
    """What to multiply a noisy wave with for the best linear guess of the clean one."""
    return (1 - level) * spread.square() / ((1 - level).square() * spread.square() + level.square())


def _doubt(spread: Tensor, level: Tensor) -> Tensor:
    """How far that guess may be off."""
    return level * spread / ((1 - level).square() * spread.square() + level.square()).sqrt()


def _cosines(frames: int) -> Float[Tensor, "t k"]:
    """The orthonormal cosine transform (DCT-II): column k is the wave of k half turns."""
    turns = (torch.arange(frames)[:, None] + 0.5) * torch.arange(frames)[None] * (math.pi / frames)
    basis = turns.cos() * math.sqrt(2 / frames)
    basis[:, 0] = math.sqrt(1 / frames)
    return basis


def _bands(frames: int) -> Float[Tensor, "n k"]:
    """Which waves vary together: the first by itself, the next two, the next four, ...; a row for each band."""
    band = (torch.arange(frames) + 1).log2().floor().long()
    return F.one_hot(band, frames.bit_length()).T.float()
