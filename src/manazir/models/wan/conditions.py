"""What Wan is told beside its latents: the noise level, words, and in 2.1's image to video a picture."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class TimeReader(nn.Module):
    """Timesteps → one vector each, and from those the rows that modulate every block.

    Args:
        waves: cosines and sines that tell a timestep.
    """

    def __init__(self, waves: int, width: int) -> None:
        super().__init__()
        self.waves = waves
        self.first, self.second = nn.Linear(waves, width), nn.Linear(width, width)
        self.leave = nn.Linear(width, 6 * width)

    def forward(self, timesteps: Float[Tensor, " r"], dtype: torch.dtype) -> Float[Tensor, "r d"]:
        """A vector for each."""
        half = self.waves // 2
        speeds = torch.exp(-math.log(10_000) * torch.arange(half, device=timesteps.device) / half)
        angles = timesteps.float()[:, None] * speeds
        waves = torch.cat([angles.cos(), angles.sin()], dim=1).to(self.first.weight.dtype)
        read: Tensor = self.second(F.silu(self.first(waves)))
        return read.to(dtype)

    def rows(self, time: Float[Tensor, "r d"]) -> Float[Tensor, "r 6 d"]:
        """Shifts, scales and gates of a block's two halves."""
        rows: Tensor = self.leave(F.silu(time))
        return rows.view(len(time), 6, -1)


class TextReader(nn.Module):
    """Encoded words → the transformer's width."""

    def __init__(self, text_width: int, width: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(text_width, width), nn.Linear(width, width)

    def forward(self, text: Float[Tensor, "m e"]) -> Float[Tensor, "m d"]:
        """Row by row."""
        read: Tensor = self.second(F.gelu(self.first(text), approximate="tanh"))
        return read


class PictureReader(nn.Module):
    """A picture's encoding → the transformer's width.

    Args:
        places: learned vectors to add, where the encodings of two pictures come one after the other.
    """

    def __init__(self, picture_width: int, width: int, places: int | None) -> None:
        super().__init__()
        self.enter_norm, self.leave_norm = nn.LayerNorm(picture_width), nn.LayerNorm(width)
        self.first, self.second = nn.Linear(picture_width, picture_width), nn.Linear(picture_width, width)
        self.places = None if places is None else nn.Parameter(torch.zeros(places, picture_width))

    def forward(self, picture: Float[Tensor, "k e"]) -> Float[Tensor, "k d"]:
        """Row by row."""
        placed = picture if self.places is None else picture + self.places
        read: Tensor = self.leave_norm(self.second(F.gelu(self.first(self.enter_norm(placed)))))
        return read
