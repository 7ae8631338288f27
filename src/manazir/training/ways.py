"""How wrong the ways of bodies are: where they are, how fast, and how sharply they turn."""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

_SOFT = 0.03
"""Errors below this count by their square, larger ones by their size: a median is a clear moment, a mean is none."""
_SPEEDS, _BENDS = 2.0, 2.0
"""Of the errors of speeds and of their changes beside those of places."""


def way_loss(
    error: Float[Tensor, "b t n f"], importance: Float[Tensor, "b t n f"], asked: Bool[Tensor, "b t n 1"]
) -> Float[Tensor, ""]:
    """Errors of places, of speeds and of changes of course together.

    Args:
        asked: which of them count.
    """
    loss = torch.zeros((), device=error.device)
    for share in (1.0, _SPEEDS, _BENDS):
        size = F.smooth_l1_loss(error, torch.zeros_like(error), beta=_SOFT, reduction="none")
        loss = loss + share * (size * importance * asked).mean()
        # A change weighs if either of its frames was made: where what is given ends, there is to be no jump.
        error, importance, asked = error.diff(dim=1), importance[:, 1:], asked[:, 1:] | asked[:, :-1]
    return loss
