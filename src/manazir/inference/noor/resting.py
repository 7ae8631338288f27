"""Resting: what words say stands still does, wherever it is seen from.

A generator lets things that rest drift and turn a little; in a world nothing does so by itself.
"""

from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.filming import NONE, anchor_of, seen_by


def rested(layout: Float[Tensor, "b t s f"], known: range = NONE) -> Float[Tensor, "b t s f"]:
    """Layouts whose things stay in the world as they are in one frame, while the camera goes where it went.

    Args:
        known: frames at one end that stay as they are, the next of which decides. None of them: the middle does.
    """
    anchor = anchor_of(layout.shape[1], known)
    standing = layout[:, anchor : anchor + 1].expand_as(layout)
    result = seen_by(standing, layout[:, :, at.SET])
    if known:
        result[:, known.start : known.stop] = layout[:, known.start : known.stop]
    return result
