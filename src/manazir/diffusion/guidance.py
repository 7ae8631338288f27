"""Guidance: how predictions under different conditions are put together."""

from jaxtyping import Float
from torch import Tensor


def classifier_free(
    conditional: Float[Tensor, "*shape"], unconditional: Float[Tensor, "*shape"], guidance_scale: float
) -> Float[Tensor, "*shape"]:
    """Move a prediction away from the unconditional one.

    Args:
        guidance_scale: 1.0 leaves `conditional` as it is; 0.0 gives `unconditional`. This is the convention of
            Imagen (arXiv:2205.11487, eq. 2). Ho & Salimans (arXiv:2207.12598) count from 0.0.
    """
    return unconditional + guidance_scale * (conditional - unconditional)
