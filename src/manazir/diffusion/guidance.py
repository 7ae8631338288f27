"""Guidance: how predictions under different conditions are put together.

A network may predict what is clean or the velocity, `noise - clean`; `noising.py` turns one into the other. Sums whose
numbers add up to 1 are the same for both (`classifier_free`, `away_from`). The others are not, and say where they are
at home. Norms, means and spreads are those of each item of a batch: over all axes but the first.
"""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor


def is_guided(step: int, steps: int, start: float = 0.0, stop: float = 1.0) -> bool:
    """Whether a step, counted from 0, lies in the share of all steps in which guidance acts.

    Rounded as diffusers' guiders do it. Its skip-layer guidance begins one step later than this.

    >>> [is_guided(step, 10, 0.1, 0.35) for step in range(5)]
    [False, True, True, False, False]
    """
    return int(start * steps) <= step < int(stop * steps)


def classifier_free(
    conditional: Float[Tensor, "*shape"], unconditional: Float[Tensor, "*shape"], guidance_scale: float
) -> Float[Tensor, "*shape"]:
    """Move a prediction away from the unconditional one. The same for clean predictions and for velocities.

    Args:
        guidance_scale: 1.0 leaves `conditional` as it is; 0.0 gives `unconditional`. This is the convention of
            Imagen (arXiv:2205.11487, eq. 2). Ho & Salimans (arXiv:2207.12598) count from 0.0.
    """
    return unconditional + guidance_scale * (conditional - unconditional)


def away_from(
    conditional: Float[Tensor, "*shape"], weaker: Iterable[tuple[Float[Tensor, "*shape"], float]]
) -> Float[Tensor, "*shape"]:
    """Move a prediction away from several weaker ones at once. The same for clean predictions and for velocities.

    Args:
        weaker: each with how far: the scale less 1 where it is counted as in `classifier_free` (no prompt; LTX-2's
            modalities that do not see each other), and the scale itself where 0.0 means none (skip-layer guidance and
            spatio-temporal guidance, arXiv:2411.18664: some blocks of the network are passed over).
    """
    guided = conditional
    for other, scale in weaker:
        guided = guided + scale * (conditional - other)
    return guided


def rescaled(
    guided: Float[Tensor, "*shape"], conditional: Float[Tensor, "*shape"], amount: float
) -> Float[Tensor, "*shape"]:
    """Give a guided prediction the spread that the conditional one has: strong guidance is too bright otherwise.

    Lin et al., arXiv:2305.08891, section 3.4. LTX-2 does it to clean predictions, most others to velocities.

    Args:
        amount: 0.0 leaves `guided` as it is, 1.0 takes the whole spread.
    """
    axes = tuple(range(1, guided.ndim))
    ratio = conditional.std(axes, keepdim=True) / guided.std(axes, keepdim=True)
    return guided * (amount * ratio + (1 - amount))


def multimodal(
    conditional: Float[Tensor, "*shape"],
    *,
    unconditional: Float[Tensor, "*shape"] | None = None,
    perturbed: Float[Tensor, "*shape"] | None = None,
    isolated: Float[Tensor, "*shape"] | None = None,
    guidance_scale: float = 1.0,
    stg_scale: float = 0.0,
    modality_scale: float = 1.0,
    guidance_rescale: float = 0.0,
) -> Float[Tensor, "*shape"]:
    """LTX-2's guidance of one modality, on clean predictions; what is not given does not count.

    Args:
        perturbed: with some blocks' attention passed over (spatio-temporal guidance).
        isolated: with video and sound that do not see each other.
        guidance_scale: counted as in `classifier_free`, like `modality_scale`; 0.0 of `stg_scale` means none.
    """
    others = ((unconditional, guidance_scale - 1), (perturbed, stg_scale), (isolated, modality_scale - 1))
    guided = away_from(conditional, [(other, scale) for other, scale in others if other is not None])
    return rescaled(guided, conditional, guidance_rescale) if guidance_rescale > 0 else guided


def zero_star(
    conditional: Float[Tensor, "*shape"], unconditional: Float[Tensor, "*shape"], guidance_scale: float
) -> Float[Tensor, "*shape"]:
    """CFG-Zero*: guidance away from that multiple of the unconditional velocity which is nearest to the conditional.

    Fan et al., arXiv:2503.18886. On velocities; in its first step the velocity is 0, whatever is predicted.
    """
    axes = tuple(range(1, conditional.ndim))
    wanted, other = conditional.float(), unconditional.float()
    nearest = (wanted * other).sum(axes, keepdim=True) / (other.square().sum(axes, keepdim=True) + 1e-8)
    return classifier_free(conditional, unconditional * nearest.to(conditional.dtype), guidance_scale)


def adaptive_projected(
    conditional: Float[Tensor, "*shape"],
    difference: Float[Tensor, "*shape"],
    guidance_scale: float,
    *,
    eta: float = 1.0,
    norm_threshold: float = 0.0,
) -> Float[Tensor, "*shape"]:
    """Adaptive projected guidance (APG), on clean predictions: guidance without what only raises contrast.

    Sadat et al., arXiv:2410.02416.

    Args:
        difference: `conditional - unconditional`; with the paper's momentum (-0.5, say) a sum over the steps, which is
            the caller's to keep: `difference + momentum * sum_before`.
        guidance_scale: counted as in `classifier_free`, of which this is the same with the other settings' defaults.
        eta: how much is kept of what lies along `conditional`; the paper's own value is 0.0.
        norm_threshold: how long `difference` may be; 0.0: any length.
    """
    return conditional + (guidance_scale - 1) * projected(difference, conditional, eta, norm_threshold)


def projected(
    difference: Float[Tensor, "*shape"], onto: Float[Tensor, "*shape"], eta: float, norm_threshold: float
) -> Float[Tensor, "*shape"]:
    """APG's update: a difference of limited length, `eta` times what of it lies along `onto`, and all of the rest.

    diffusers' guider adds `guidance_scale` times this to the unconditional prediction unless told otherwise.
    """
    axes = tuple(range(1, difference.ndim))
    if norm_threshold > 0:
        length = torch.linalg.vector_norm(difference, dim=axes, keepdim=True)
        difference = difference * (norm_threshold / length).clamp(max=1.0)
    direction = torch.nn.functional.normalize(onto.float().flatten(1), dim=1).reshape(onto.shape)
    along = (difference.float() * direction).sum(axes, keepdim=True) * direction
    return difference + (eta - 1) * along.to(difference.dtype)
