"""Paths: how layout tokens hold what changes over time, as waves of which the slow ones are large.

What a layout's numbers do over two seconds is mostly slow: the waves of a cosine transform vary as much as data say,
and each is given to the network, and taken from it, in units of that. Noise is as large in every wave; of the fast
ones, in which data hardly vary, next to nothing gets through.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core import layout as at

_LEAST = 0.01
"""Spread of a wave that never varies."""


_FARTHEST = 6.0
"""Spreads that a wave is taken to be from zero: a blow has fast waves that hardly anything else has."""


class Paths(nn.Module):
    """Layouts ↔ tokens.

    Args:
        frames: in a token.
        width: of the network.
    """

    basis: Tensor
    spread: Tensor

    def __init__(self, frames: int, width: int) -> None:
        super().__init__()
        self.frames = frames
        self.register_buffer("basis", _cosines(frames), persistent=False)
        self.register_buffer("spread", torch.ones(at.SLOTS, frames, at.FEATURES))
        self.enter_waves = nn.Linear(frames * at.FEATURES, width)
        self.enter_known = nn.Linear(frames * at.FEATURES, width, bias=False)
        self.leave_waves = nn.Linear(width, frames * at.FEATURES)
        nn.init.zeros_(self.leave_waves.weight)
        nn.init.zeros_(self.leave_waves.bias)

    @torch.no_grad()
    def fit(self, layouts: Float[Tensor, "b t s f"]) -> None:
        """Measure how much each wave varies."""
        self.spread.copy_(self._waves(layouts).square().mean((0, 1)).sqrt().clamp(min=_LEAST))

    def enter(self, noisy: Float[Tensor, "b t s f"], sigma: Float[Tensor, "b t"]) -> Float[Tensor, "b g s d"]:
        """Tokens of noisy layouts: the best linear guess of each clean wave, and by itself what is known.

        Frames that are not known have one level. Were the known ones told only among the waves, the noise of eleven
        frames would drown the twelfth (experiments/LOG.md).
        """
        level = sigma.amax(1).view(-1, 1, 1, 1, 1)
        clean = (1 - level) * self.spread
        guess = clean / (clean.square() + level.square() + 1e-6) * self._waves(noisy)
        guess = guess.clamp(-_FARTHEST, _FARTHEST)
        known = self._grouped(noisy * (sigma == 0)[:, :, None, None])
        entered: Tensor = self.enter_waves(guess.flatten(3)) + self.enter_known(known.flatten(3))
        return entered

    def leave(self, tokens: Float[Tensor, "b g s d"]) -> Float[Tensor, "b t s f"]:
        """Layouts of tokens."""
        waves = self.leave_waves(tokens).unflatten(-1, (self.frames, -1)) * self.spread
        return torch.einsum("tk,bgskf->bgtsf", self.basis, waves).flatten(1, 2)

    def _grouped(self, layouts: Float[Tensor, "b t s f"]) -> Float[Tensor, "b g s k f"]:
        b, _, slots, features = layouts.shape
        return layouts.view(b, -1, self.frames, slots, features).transpose(2, 3)

    def _waves(self, layouts: Float[Tensor, "b t s f"]) -> Float[Tensor, "b g s k f"]:
        return torch.einsum("tk,bgstf->bgskf", self.basis, self._grouped(layouts))


def _cosines(frames: int) -> Float[Tensor, "t k"]:
    """The orthonormal cosine transform (DCT-II): column k is the wave of k half turns."""
    turns = (torch.arange(frames)[:, None] + 0.5) * torch.arange(frames)[None] * (math.pi / frames)
    basis = turns.cos() * math.sqrt(2 / frames)
    basis[:, 0] = math.sqrt(1 / frames)
    return basis
