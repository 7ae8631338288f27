"""How much the parts of a clip count in teaching: bodies more than an empty ground, places more than looks."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from manazir.core import layout as at
from manazir.models.noor.transformer import Noor

_TURN_OF_A_BALL = 0.2
"""Hardly anything shows it, and a ball that rolls turns fast."""


def presence(clean: Float[Tensor, "b t s f"]) -> Float[Tensor, "b t s f"]:
    """Weights for a layout: empty slots weigh little, but that they are empty; places and sizes more than looks."""
    there = 0.1 + 0.9 * (clean[..., at.PRESENT, None] > 0).float()
    features = torch.ones(clean.shape[-1], device=clean.device)
    features[at.ACROSS : at.SHADOW_UP + 1] = 3.0
    weight = there * features
    weight[..., at.PRESENT] = 3.0
    is_ball = clean[:, :, at.BODIES, at.SHAPE.start, None] > 0
    weight[:, :, at.BODIES, at.TURN] *= torch.where(is_ball, _TURN_OF_A_BALL, 1.0)
    return weight / weight.mean()


def salience(clean: Float[Tensor, "b t c h w"], amount: float) -> Float[Tensor, "b t 1 h w"]:
    """Weights of mean one for cells: those with edges in them, where bodies are, weigh up to `1 + amount` times more.

    Bodies fill a tenth of a picture; unweighed, most of the loss is the empty ground's, which few captions describe.
    """
    detail = clean[:, :, clean.shape[2] // 8 :].square().mean(2, keepdim=True)  # beyond mean colour and gradients
    weight = 1 + amount * detail / (detail + 0.3)
    return weight / weight.mean()


def drawn_tokens(
    model: Noor, clean: Float[Tensor, "b t c h w"], share: float, generator: torch.Generator
) -> Int[Tensor, " n"] | None:
    """Draw the video tokens that take part in a batch, the same for all its clips; None: all.

    An empty sky teaches little and costs as much as a body (MaskDiT, arXiv:2306.09305, drops tokens evenly).
    """
    if share >= 1.0:
        return None
    detail = salience(clean, 8.0).mean(0, keepdim=True).expand(1, -1, model.shape.channels, -1, -1)
    weights = model.patchify(detail.contiguous()).mean((0, 2))
    drawn = torch.multinomial(weights, round(share * len(weights)), generator=generator)
    return drawn.sort().values


def participation(
    model: Noor, clean: Float[Tensor, "b t c h w"], drawn: Int[Tensor, " n"] | None
) -> Float[Tensor, "1 t #c h w"] | float:
    """Weights of mean one: zero for the tokens that take no part."""
    if drawn is None:
        return 1.0
    grid = model.grid(clean)
    mask = torch.zeros(1, grid[0] * grid[1] * grid[2], model.shape.video_width, device=clean.device)
    mask[:, drawn] = mask.shape[1] / len(drawn)
    return model.unpatchify(mask, grid)
