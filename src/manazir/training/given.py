"""What is given in a lesson: which parts of a stretch are known, and the noise on the others."""

import torch
from jaxtyping import Float
from torch import Tensor

from manazir.core import layout as at
from manazir.core.seeds import derive
from manazir.diffusion.noising import NoisingShares, add_noise, draw_levels
from manazir.diffusion.schedules import logit_normal
from manazir.models.noor.sketch import radius_of
from manazir.models.noor.stretch import Levels, Stretch

_HIDDEN = 0.03
"""How often a thing is hidden by another while pictures are known."""


def drawn_levels(clean: Stretch, shift: float, shares: NoisingShares, generator: torch.Generator) -> Levels:
    """Noise levels of a batch whose layout is finished.

    They are drawn on the CPU: item by item, a GPU would be waited for each time.
    """
    device = generator.device
    if device.type != "cpu":
        generator = torch.Generator().manual_seed(derive(generator.initial_seed(), "levels"))
    (b, t), a = clean.layout.shape[:2], clean.sound.shape[1]
    video, sound = draw_levels(b, t, a, shares, shift, generator)
    return Levels(video.to(device), sound.to(device), torch.zeros(clean.layout.shape[:3], device=device))


def before_drawing(levels: Levels, seen: Float[Tensor, "b t s f"], generator: torch.Generator) -> Levels:
    """The same tasks while the layout is made: known is what is seen where pictures are.

    Sound is known or nothing but noise.
    """
    is_made = (levels.video > 0)[..., None] | (seen[..., at.PRESENT] == 0)
    layout = logit_normal(len(seen), 1.0, generator, spread=1.4)[:, None, None] * is_made
    return Levels(torch.ones_like(levels.video), (levels.sound > 0).float(), layout)


def noised(clean: Stretch, levels: Levels, generator: torch.Generator) -> Stretch:
    """A stretch at its noise levels."""

    def spoilt(part: Tensor, sigma: Tensor) -> Tensor:
        return add_noise(part, torch.randn(part.shape, generator=generator, device=part.device), sigma)

    return Stretch(
        spoilt(clean.video, levels.video), spoilt(clean.sound, levels.sound), spoilt(clean.layout, levels.layout)
    )


def as_seen(
    layout: Float[Tensor, "b t s f"], share: float, error: float, aspect: float, generator: torch.Generator
) -> Float[Tensor, "b t s f"]:
    """Layouts as an eye tells them from pictures, in some of a batch: with small errors, and with zeros for the unseen.

    Unseen is what is not there, out of the picture, or hidden.
    """
    device, b = generator.device, len(layout)

    def draw(*size: int) -> Tensor:
        return torch.rand(size, generator=generator, device=device)

    wide, high = max(aspect, 1.0), max(1 / aspect, 1.0)
    reach = 0.5 * radius_of(layout)
    out = (layout[..., at.ACROSS].abs() / at.PLACE_SCALE > wide + reach) | (
        layout[..., at.UP].abs() / at.PLACE_SCALE > high + reach
    )
    unseen = out | (layout[..., at.PRESENT] < 0) | (draw(b, 1, layout.shape[2]) < _HIDDEN)
    unseen[:, :, at.SET] = False
    size = error * draw(b, 1, 1, 1)
    wrong = layout + size * torch.randn(layout.shape, generator=generator, device=device) * (layout != 0)
    wrong[..., at.PRESENT] = layout[..., at.PRESENT]
    told = torch.where(unseen[..., None], torch.zeros_like(layout), wrong)
    return torch.where(draw(b, 1, 1, 1) < share, told, layout)
