"""Pixel normalisation: each place's channels are scaled to a root mean square of one, with no learned weight."""

from jaxtyping import Float
from torch import Tensor


def pixel_norm(x: Float[Tensor, "b c *place"], eps: float) -> Float[Tensor, "b c *place"]:
    """Scale each place's channels (arXiv:1710.10196, section 4.2)."""
    return x / (x.square().mean(1, keepdim=True) + eps).sqrt()
