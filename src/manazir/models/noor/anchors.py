"""Anchors: what is added to what a network makes, so that it agrees with what is known or expected."""

import torch
from jaxtyping import Float
from torch import Tensor

_PAINTED_VARIANCE = 0.1
"""Of clean latents around what the painter expects."""


def anchored(
    made: Float[Tensor, "b n *rest"],
    noisy: Float[Tensor, "b n *rest"],
    sigma: Float[Tensor, "b n"],
    expected: Float[Tensor, "b n *rest"],
) -> Float[Tensor, "b n *rest"]:
    """Add what the network made to the best linear guess of the clean part, for data that vary little around expected.

    The preconditioning of EDM (arXiv:2206.00364, table 1) for `noisy = (1 - sigma) clean + sigma noise`: all of the
    rest is the network's at sigma 1, none of it at 0. It needs tokens of no more numbers than the network is wide: the
    guess has all the noise in it, which only as many can take away again (see but_known).
    """
    sigma = sigma.reshape(*sigma.shape, *([1] * (noisy.ndim - 2)))
    spread = _PAINTED_VARIANCE * (1 - sigma).square() + sigma.square()
    rest = noisy - (1 - sigma) * expected
    return expected + _PAINTED_VARIANCE * (1 - sigma) / spread * rest + sigma / spread.sqrt() * made


def but_known(
    made: Float[Tensor, "*all"], noisy: Float[Tensor, "*all"], sigma: Float[Tensor, "*items"]
) -> Float[Tensor, "*all"]:
    """What was made; what is known stays.

    Tokens of sound hold more numbers than the network is wide: the noise of an anchor (see anchored) would stay.
    """
    return torch.where(sigma.reshape(*sigma.shape, *([1] * (noisy.ndim - sigma.ndim))) > 0, made, noisy)


def agreeing(
    made: Float[Tensor, "b t s f"], noisy: Float[Tensor, "b t s f"], sigma: Float[Tensor, "b t s"]
) -> Float[Tensor, "b t s f"]:
    """Shift what the network made of each thing so that it agrees with the frames at which the thing is known.

    Between two such frames by a share of both differences, beyond the last by that one's: what the network tells is how
    things change from where they are known to be. A thing of which no frame is known is not shifted.
    """
    frames = made.shape[1]
    frame = torch.arange(frames, device=made.device)[:, None]
    is_known = sigma == 0
    before = torch.where(is_known, frame, -1).cummax(1).values
    after = torch.where(is_known, frame, frames).flip(1).cummin(1).values.flip(1)
    gap = noisy - made
    gaps = [gap.gather(1, place.clamp(0, frames - 1)[..., None].expand_as(gap)) for place in (before, after)]
    way = (frame - before) / (after - before).clamp(min=1)
    way = torch.where(before < 0, 1.0, torch.where(after >= frames, 0.0, way))[..., None]
    shift = (1 - way) * gaps[0] + way * gaps[1]
    return made + torch.where(is_known.any(1, keepdim=True)[..., None], shift, 0.0)
