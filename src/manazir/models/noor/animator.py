"""The animator: where and when things turn from their ways, in a layout whose ways are soft.

A network that says two seconds of a body's way in a few waves knows when it comes down and how far it goes, and rounds
off the moment at which it bounces: what noise hid of fast waves it has to say through one linear layer. A network over
time (ways.py) learns that moment.
"""

from jaxtyping import Bool, Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.ways import MOVING, Ways


class Animator(Ways):
    """Layouts → layouts whose bodies move more clearly.

    Args:
        width: of the network.
    """

    def __init__(self, width: int) -> None:
        super().__init__(width, told=1)

    def forward(self, layout: Float[Tensor, "b t s f"], known: Bool[Tensor, "b t s"]) -> Float[Tensor, "b t s f"]:
        """Animate whole layouts, in which slots are there or not for all frames; what is known stays."""
        is_known = known[:, :, at.BODIES, None]
        moved = (layout[:, :, at.BODIES, at.PRESENT, None] > 0) & ~is_known
        result = layout.clone()
        result[:, :, at.BODIES, MOVING] += self.more(layout, is_known) * moved
        return result
