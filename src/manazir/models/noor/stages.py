"""Stages: what the networks that paint and that see are made of."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from manazir.core import layout as at


class Stage(nn.Module):
    """A residual block whose channels the set (camera, light, ground) scales and shifts."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.modulation = nn.Linear(at.FEATURES, 2 * width)
        for weight in self.second.parameters():
            nn.init.zeros_(weight)

    def forward(self, x: Float[Tensor, "b c h w"], scenery: Float[Tensor, "b f"]) -> Float[Tensor, "b c h w"]:
        """Return the block's result."""
        scale, shift = self.modulation(scenery)[:, :, None, None].chunk(2, dim=1)
        y = F.silu(self.first(F.silu(x))) * (1 + 0.1 * scale) + 0.1 * shift
        added: Tensor = self.second(y)
        return x + added


class BroadStage(nn.Module):
    """A residual block whose every place is also told the mean of the whole picture."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.whole = nn.Linear(width, width)
        for weight in self.second.parameters():
            nn.init.zeros_(weight)

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b c h w"]:
        """Return the block's result."""
        y = F.silu(x)
        added: Tensor = self.second(F.silu(self.first(y) + self.whole(y.mean((2, 3)))[:, :, None, None]))
        return x + added
