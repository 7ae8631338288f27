"""Teaching the steerer: what actions change, from scenes that were simulated with them and without, by regression."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from manazir.core import layout as at
from manazir.models.noor.steerer import PLAYED, Steerer
from manazir.models.noor.ways import MOVING
from manazir.training.importance import presence
from manazir.training.steered_scenes import SteeredPairs
from manazir.training.ways import way_loss

_SEEN = [at.ACROSS, at.UP, at.BULK, at.HEIGHT]
"""What the log tells of."""
_EDGE = 0.95 * at.LARGEST
"""What is farther out is not where its numbers say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Steering:
    """How the steerer is taught."""

    batch: int = 64
    width: int = 48
    frame_rate: float = 12.0
    wrong: float = 0.03
    """Up to so much of noise is added to both layouts of a pair alike: a generator's ways are not as clean."""


class SteeringTask:
    """Pairs of layouts; nothing else takes part."""

    def __init__(self, pairs: SteeredPairs, steering: Steering) -> None:
        self.model: nn.Module = Steerer(steering.width, steering.frame_rate)
        self.pairs, self.steering = pairs, steering

    def loss(self, model: nn.Module, step: int, generator: torch.Generator) -> tuple[Tensor, dict[str, float]]:  # noqa: ARG002
        """In the log: how much of what actions change is not told, of the body that is steered and of the others."""
        pair = self.pairs.draw(self.steering.batch, generator)
        b, device = len(pair.actions), generator.device
        size = self.steering.wrong * torch.rand(b, 1, 1, 1, generator=generator, device=device)
        noise = torch.zeros_like(pair.left)
        there = pair.left[:, :, at.BODIES, at.PRESENT, None] > 0
        drawn = torch.randn(noise[:, :, at.BODIES, MOVING].shape, generator=generator, device=device)
        noise[:, :, at.BODIES, MOVING] = size * drawn * there
        made, clean = model(pair.left + noise, pair.actions), pair.steered + noise
        asked = (clean[:, :, at.BODIES][..., [at.ACROSS, at.UP]].abs() < _EDGE).all(-1, keepdim=True) & there
        error, importance = (part[:, :, at.BODIES, MOVING] for part in (made - clean, presence(clean)))
        loss = way_loss(error, importance, asked)
        return loss, dict(zip(("own", "others"), _left(made.detach() - clean, pair, asked), strict=True))

    def samples(self, model: nn.Module) -> NDArray[np.uint8] | None:  # noqa: ARG002
        """There is nothing to look at."""
        return None

    def facts(self) -> dict[str, Any]:
        """Sizes, and how many pairs there were."""
        about = {"width": self.steering.width}
        return {"steerer": about, "steering": asdict(self.steering), "pairs": len(self.pairs.left)}


def _left(error: Float[Tensor, "b t s f"], pair: SteeredPairs, asked: Tensor) -> tuple[float, float]:
    """How much of what actions change is not told: of the steered body, of the others."""
    change = pair.steered - pair.left
    told = [(part[:, :, at.BODIES][..., _SEEN] * asked).square().sum((0, 1, 3)) for part in (error, change)]
    own = [float(part[PLAYED]) for part in told]
    others = [float(part.sum()) - own[index] for index, part in enumerate(told)]
    return own[0] / max(own[1], 1e-9), others[0] / max(others[1], 1e-9)
