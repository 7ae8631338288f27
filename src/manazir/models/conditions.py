"""What video transformers are told beside their latents: the noise level, and words."""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class TimeReader(nn.Module):
    """Timesteps → one vector each, and from those the rows that modulate every block.

    Args:
        waves: cosines and sines that tell a timestep.
        kinds: rows for each timestep: shifts, scales, gates.
    """

    def __init__(self, waves: int, width: int, kinds: int) -> None:
        super().__init__()
        self.waves, self.kinds = waves, kinds
        self.first, self.second = nn.Linear(waves, width), nn.Linear(width, width)
        self.leave = nn.Linear(width, kinds * width)

    def forward(self, timesteps: Float[Tensor, " r"], dtype: torch.dtype) -> Float[Tensor, "r d"]:
        """A vector for each."""
        half = self.waves // 2
        speeds = torch.exp(-math.log(10_000) * torch.arange(half, device=timesteps.device) / half)
        angles = timesteps.float()[:, None] * speeds
        waves = torch.cat([angles.cos(), angles.sin()], dim=1).to(self.first.weight.dtype)
        read: Tensor = self.second(F.silu(self.first(waves)))
        return read.to(dtype)

    def rows(self, time: Float[Tensor, "r d"]) -> Float[Tensor, "r k d"]:
        """Shifts, scales and gates."""
        rows: Tensor = self.leave(F.silu(time))
        return rows.view(len(time), self.kinds, -1)


class TextReader(nn.Module):
    """Encoded words → the transformer's width."""

    def __init__(self, text_width: int, width: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(text_width, width), nn.Linear(width, width)

    def forward(self, text: Float[Tensor, "m e"]) -> Float[Tensor, "m d"]:
        """Row by row."""
        read: Tensor = self.second(F.gelu(self.first(text), approximate="tanh"))
        return read
