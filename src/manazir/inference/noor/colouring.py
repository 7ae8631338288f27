"""Colouring: a body that no picture shows has one of the palette's colours.

Of a body whose colour words leave open, a generator of few steps makes the mean of those that it may have. Nothing in
the worlds that taught looks like that, and neither painter nor eye knows what to make of it.
"""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.worlds.layout import shown_colour
from manazir.worlds.palette import COLOURS


def coloured(layout: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t s f"]:
    """Layouts with each body in the colour that is nearest to what was laid out."""
    result, bodies = layout.clone(), layout[:, :, at.BODIES]
    palette = np.array([shown_colour(colour) for colour in COLOURS.values()])
    known = torch.from_numpy(palette).to(layout) * at.COLOUR_SCALE
    nearest = (bodies[..., None, at.COLOUR] - known).norm(dim=-1).argmin(-1)
    is_there = bodies[..., at.PRESENT, None] > 0
    result[:, :, at.BODIES, at.COLOUR] = torch.where(is_there, known[nearest], bodies[..., at.COLOUR])
    return result
